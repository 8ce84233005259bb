#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.9: the pages for users hang together. Each link of README*.md, docs/ and
HACKING.md leads to a file, and to a heading or an anchor in it. Each page of
docs/ has a Vietnamese twin with as many headings, tables and blocks of
commands, is installed, and stands in the contents of README."""

import os
import re
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
HEADING = re.compile(r"^#+ (.*)$", re.M)


def read(name):
    with open(os.path.join(ROOT, name), encoding="utf-8") as file:
        return file.read()


def anchors(text):
    """What may stand behind "#": named anchors, and headings as they are
    named by those who show such pages."""
    found = set(re.findall(r'<a id="([^"]+)"', text))
    for heading in HEADING.findall(text):
        word = re.sub(r"[^\w\- ]", "", heading.lower())
        found.add(word.replace(" ", "-"))
    return found


def faults_of_links(name):
    for link in re.findall(r"\]\(([^)\s]+)\)", read(name)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = name if path == "" else os.path.normpath(
            os.path.join(os.path.dirname(name), path))
        if not os.path.exists(os.path.join(ROOT, target)):
            yield f"{name}: {link}: there is no such file"
        elif anchor and anchor not in anchors(read(target)):
            yield f"{name}: {link}: there is no such place in {target}"


def shape(text):
    """How many headings of each level, rows of tables, and blocks."""
    return {"headings": [len(mark) for mark in
                         re.findall(r"^(#+) ", text, re.M)],
            "tables": len(re.findall(r"^\|[-|]+\|$", text, re.M)),
            "blocks": len(re.findall(r"\n\n {4,}\S", text)) +
            text.count("\n```\n")}


def faults_of_twins(name):
    twin = name[:-len("md")] + "vi.md"
    if not os.path.exists(os.path.join(ROOT, twin)):
        yield f"{name}: there is no {twin}"
        return
    one, other = shape(read(name)), shape(read(twin))
    for what, count in one.items():
        if count != other[what]:
            yield f"{name} and {twin} differ in {what}: {count}, " \
                f"{other[what]}"


def main():
    pages = sorted("docs/" + name for name in
                   os.listdir(os.path.join(ROOT, "docs"))
                   if name.endswith(".md"))
    faults = [fault for name in
              ["README.md", "README.vi.md", "HACKING.md", *pages]
              for fault in faults_of_links(name)]
    installed = set(re.findall(r"docs/\S+\.md", read("docs/Module.am")))
    for name in pages:
        readme = "README.vi.md" if name.endswith(".vi.md") else "README.md"
        if f"]({name})" not in read(readme):
            faults.append(f"{readme} does not name {name}")
        if name not in installed:
            faults.append(f"docs/Module.am does not install {name}")
    for name in ["README.md", *pages]:
        if not name.endswith(".vi.md"):
            faults += faults_of_twins(name)
    print("1..1")
    for fault in faults:
        print("# " + fault)
    good = not faults and len(pages) > 10
    print(("ok" if good else "not ok") +
          f" 1 - {len(pages)} pages for users hang together")
    sys.exit(not good)


main()
