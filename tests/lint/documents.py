#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.8: what HACKING.md and doc/design say is there: each file that they name,
each folder of src/ in the map, each test of the table of deaths, and each page
of doc/design in both READMEs. TAP."""
import glob
import os
import re
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
FILE = re.compile(r"`([\w.-]+/[\w./-]+\.(?:c|h|lua|def|py|sh|awk|md|yml|json))`")
TEST = re.compile(r"`(\w+)`[^|`]*?\((test_\w+|chaos)\)")
SITES = ("", "src", "src/redis", "sim", "tests", "tests/flow", "tests/chaos",
         "doc/design")


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as f:
        return f.read()


def is_there(path):
    return any(os.path.exists(os.path.join(ROOT, site, path))
               for site in SITES)


def has_test(name, where):
    paths = glob.glob(os.path.join(ROOT, "tests", "chaos", "*.py")) \
        if where == "chaos" else \
        [os.path.join(ROOT, "tests", "flow", where + ".py")]
    for path in paths:
        if os.path.exists(path) and re.search(
                rf"^def {name}\(|^static void\n{name}\(", read(path), re.M):
            return True
    return False


def faults():
    pages = ["HACKING.md"] + sorted(
        os.path.relpath(path, ROOT) for path in
        glob.glob(os.path.join(ROOT, "doc", "design", "*.md")))
    if len(pages) < 2:
        yield "no page in doc/design"
    for page in pages:
        for path in FILE.findall(read(page)):
            if not is_there(path):
                yield f"{page}: there is no {path}"
    for name, where in TEST.findall(read("doc/design/exactly-once.md")):
        if not has_test(name, where):
            yield f"exactly-once.md: {where} has no {name}"
    for path in sorted(glob.glob(os.path.join(ROOT, "src", "*", ""))):
        folder = os.path.basename(path[:-1])
        if f"| `{folder}/` |" not in read("HACKING.md"):
            yield f"HACKING.md: the map lacks {folder}/"
    for readme in ("README.md", "README.vi.md"):
        for page in pages:
            if page not in read(readme):
                yield f"{readme}: {page} is not listed"


def main():
    found = list(faults())
    print("1..1")
    for fault in found:
        print("# " + fault)
    print("%sok 1 - the documents name what is there" % (
        "not " if found else ""))
    return bool(found)


sys.exit(main())
