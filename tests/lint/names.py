#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a newcomer greps for has one home. The name of a function that other
files use belongs to no other function of src/, a struct or enum of a header
has its name alone among the headers, and no name of small helpers stands in
more than FILES_MOST files. Hooks (on_...), what a library calls (..._cb) and
main() are named by their caller. sim/ is a program of its own. TAP."""
import sys

from circles import LOCAL, TAG, FUNCTION, bare, sources

FILES_MOST = 5


def is_named_by_its_caller(name):
    return name == "main" or name.startswith("on_") or name.endswith("_cb")


def homes(files, top):
    """{name: files with a function for others}, {name: files with a static
    one}, {tag: headers}."""
    shared, static, tags = {}, {}, {}
    for name, parts in files.items():
        if name.startswith("sim/") != (top == "sim"):
            continue
        code = bare(parts.get("c", ""))
        for found in FUNCTION.findall(code):
            shared.setdefault(found, []).append(name + ".c")
        for found, _ in LOCAL.findall(code):
            if found:
                static.setdefault(found, []).append(name + ".c")
        for kind, found in TAG.findall(bare(parts.get("h", ""))):
            tags.setdefault(kind + " " + found, []).append(name + ".h")
    return shared, static, tags


def judge(shared, static, tags):
    for name, places in sorted(shared.items()):
        places = places + static.get(name, [])
        if len(places) > 1 and not is_named_by_its_caller(name):
            yield f"{name}() has {len(places)} homes: " + " ".join(places)
    for name, places in sorted(static.items()):
        if len(places) > FILES_MOST and not is_named_by_its_caller(name):
            yield f"{name}() stands in {len(places)} files: say what it " \
                "does to what: " + " ".join(places)
    for tag, places in sorted(tags.items()):
        if len(places) > 1:
            yield f"{tag} has {len(places)} homes: " + " ".join(places)


def main():
    files = sources()
    if not files:
        print("Bail out! no sources")
        return 1
    faults = [fault for top in ("src", "sim")
              for fault in judge(*homes(files, top))]
    print("1..1")
    for fault in faults:
        print("# " + fault)
    print("%sok 1 - names that can be found" % ("not " if faults else ""))
    return bool(faults)


sys.exit(main())
