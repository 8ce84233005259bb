#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.1: the tables of states in docs/producers.md, docs/producers.vi.md and
doc/design/states.md are those of src/message/states.def. With --write it
renews them."""

import os
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
os.environ["top_srcdir"] = ROOT
sys.path.insert(0, os.path.join(ROOT, "tests", "flow"))
from states import STATES  # noqa: E402

BEGIN = "<!-- states: made by tests/lint/states.py --write -->\n"
END = "<!-- end of states -->\n"
# For each page the heads of its columns, and what stands in them.
PAGES = {
    "docs/producers.md": {"state": lambda s: f"`{s.name}`",
                          "meaning": lambda s: s.english},
    "docs/producers.vi.md": {"trạng thái": lambda s: f"`{s.name}`",
                             "ý nghĩa": lambda s: s.vietnamese},
    "doc/design/states.md": {
        "state": lambda s: f"`{s.name}`",
        "place": lambda s: f"`{s.place}`",
        "may be followed by": lambda s: " ".join(
            f"`{name}`" for name in s.next) or "nothing",
        "meaning": lambda s: s.english},
}


def line(cells):
    return "| " + " | ".join(cells) + " |\n"


def table(columns):
    rows = [line(cell(s) for cell in columns.values())
            for s in STATES.values()]
    return line(columns) + "|" + "---|" * len(columns) + "\n" + "".join(rows)


def renew(page):
    """The page as it is and as it should be."""
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    return text, head + BEGIN + table(PAGES[page]) + END + \
        rest.split(END, 1)[1]


def main():
    stale = []
    for page in PAGES:
        text, right = renew(page)
        if text != right:
            stale.append(page)
            if "--write" in sys.argv:
                with open(os.path.join(ROOT, page), "w",
                          encoding="utf-8") as file:
                    file.write(right)
    print("1..1")
    for page in stale:
        print(f"# {page}: its states are not those of "
              "src/message/states.def: run tests/lint/states.py --write")
    print(("not ok" if stale else "ok") + " 1 - the pages tell the states")
    sys.exit(1 if stale else 0)


main()
