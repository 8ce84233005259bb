#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.1: the tables of states in README.md and README.vi.md are those of
src/message/states.def. With --write it renews them."""

import os
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
os.environ["top_srcdir"] = ROOT
sys.path.insert(0, os.path.join(ROOT, "tests", "flow"))
from states import STATES  # noqa: E402

BEGIN = "<!-- states: made by tests/lint/states.py --write -->\n"
END = "<!-- end of states -->\n"
PAGES = {
    "README.md": ("state", "meaning", "english"),
    "README.vi.md": ("trạng thái", "ý nghĩa", "vietnamese"),
}


def table(state, meaning, language):
    rows = [f"| {state} | {meaning} |", "|---|---|"]
    rows += [f"| `{s.name}` | {getattr(s, language)} |"
             for s in STATES.values()]
    return "\n".join(rows) + "\n"


def renew(page):
    """The page as it is and as it should be."""
    with open(os.path.join(ROOT, page), encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    return text, head + BEGIN + table(*PAGES[page]) + END + \
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
