#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11: the files that the Redis functions share stand in layers. Each says in
its head what it uses; that is so, and all of it stands before it in
src/redis/Module.am, so that there is no circle."""

import os
import re
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
REDIS = os.path.join(ROOT, "src", "redis")


def read(*names):
    with open(os.path.join(REDIS, *names), encoding="utf-8") as file:
        return file.read()


def defined(text):
    """What a file gives to those behind it: its local names at the left."""
    names = set(re.findall(r"^local function (\w+)", text, re.M))
    for row in re.findall(r"^local ([\w, ]+?)\s*(?:=|--|$)", text, re.M):
        if not row.startswith("function"):
            names |= set(re.findall(r"\w+", row))
    return names


def called(text):
    """The words of the code that are no field and stand in no string."""
    text = re.sub(r"--.*", "", text)
    text = re.sub(r"'[^'\n]*'", "''", text)
    text = re.sub(r"\b\w+ = ", "", text)
    return set(re.findall(r"(?<![\w.])[A-Za-z_]\w*", text))


def main():
    order = re.findall(r"src/redis/library/(\w+)\.lua \\$",
                       read("Module.am"), re.M)
    faults, given = [], {}
    files = {name[:-4] for name in os.listdir(os.path.join(REDIS, "library"))
             if name.endswith(".lua")}
    faults += [f"{name}.lua is not in Module.am" for name in
               sorted(files - set(order))]
    for name in order:
        text = read("library", name + ".lua")
        head = re.search(r"^-- uses: (.*)$", text, re.M)
        said = set(head[1].split()) - {"nothing"} if head else set()
        own = defined(text)
        words = called(text) - own
        uses = {other for other, names in given.items() if words & names}
        if not head:
            faults.append(f"{name}.lua does not say what it uses")
        for other in sorted(uses - said):
            what = ", ".join(sorted(words & given[other])[:3])
            faults.append(f"{name}.lua uses {other} ({what}) and does not "
                          "say so")
        for other in sorted(said - uses):
            faults.append(f"{name}.lua says that it uses {other}" + (
                "" if other in given else ", which stands behind it or "
                "nowhere"))
        given[name] = own
    print("1..1")
    for fault in faults:
        print("# src/redis/library/" + fault)
    print(("not ok" if faults or not order else "ok") +
          f" 1 - {len(order)} files in layers")
    sys.exit(1 if faults or not order else 0)


main()
