#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""10.13: each word that may stand in a reason or an error has a row in
src/daemon/reasons.def, from which baotin-reasons(7) is made, and no row has
a word that nothing says."""

import glob
import os
import re
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")


def read(pattern):
    return "\n".join(open(path, encoding="utf-8").read() for path in
                     sorted(glob.glob(os.path.join(ROOT, pattern))))


def states():
    """And a word that stands beside them in a script, but is none."""
    return set(re.findall(r'^S\(\w+, "(\w+)"', read(
        "src/message/states.def"), re.M)) | {"sms"}


def said():
    """Words, and where."""
    words = {}

    def add(where, found):
        for word in found:
            words.setdefault(word, where)

    add("base/phone.h", set(re.findall(r'"(phone_\w+)"',
                                       read("src/base/phone.h"))))
    intake = read("src/intake/*.c")
    add("intake", re.findall(r'refuse\(\s*fault,\s*\w*"?\w+"?,\s*"(\w+)"',
                             intake))
    add("intake", re.findall(r'\*(?:error|reason) = [^;]*?"(\w+)"', intake))
    add("intake", re.findall(r'\*error = [^;]*: "(\w+)"', intake))
    for name in ("why_silent", "why_no_json"):
        body = intake[intake.index("\n" + name + "("):]
        add(name, re.findall(r'return "(\w+)"', body[:body.index("\n}")]))
    add("dossier/code.c", re.findall(r'refuse\(out, reason, "(\w+)"',
                                     read("src/dossier/code.c")))
    calls = re.findall(r"\b(?:finish|change|receipt|suppress|hold|requeue|"
                       r"become_unknown)\(((?:[^()]|\([^()]*\))*)\)",
                       read("src/redis/library/*.lua") +
                       read("src/redis/scripts/*.lua"))
    for call in calls:
        add("scripts", set(re.findall(r"'([a-z]+(?:_[a-z]+)*)'", call)) -
            states())
    add("worker", re.findall(r'(?:give_back_head|send_end_waiting)\(w, '
                             r'"(\w+)"\)', read("src/worker/*.c")))
    add("ctl", re.findall(r'stop\(s, "(\w+)"\)', read("src/ctl/sheet.c")))
    add("ctl", re.findall(r'->error = "(\w+)"', read("src/ctl/import.c")))
    return words


def main():
    table = read("src/daemon/reasons.def")
    rows = re.findall(r'\bN\("(\w+)"', table)
    numbers = [w for w in rows if w.startswith("tp_")]
    own = read("src/dispatch/errors.def")
    refusals = set(re.findall(r'^R\("(\w+)"', own, re.M))
    sources = "\n".join(
        open(path, encoding="utf-8").read()
        for path in glob.glob(os.path.join(ROOT, "src/**/*.*"),
                              recursive=True)
        if path.endswith((".c", ".h", ".lua")))
    faults = [f"{word} ({where}) has no row" for word, where in
              sorted(said().items())
              if word not in rows and word not in refusals]
    faults += [f"{word}: two rows" for word in sorted(set(rows))
               if rows.count(word) > 1]
    faults += [f"{word}: nothing says it" for word in rows
               if word not in numbers and
               not re.search(rf"""["']{word}["']""", sources)]
    print("1..1")
    for fault in faults:
        print("# src/daemon/reasons.def: " + fault)
    print(("not ok" if faults else "ok") + " 1 - every word is explained")
    sys.exit(1 if faults else 0)


main()
