#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Transcripts of the two state machines, a modem's and a message's, in
typical stories, held against tests/golden/*.txt.

After a wanted change: BAOTIN_GOLDEN=write tests/flow/test_golden.py, and
read the difference before committing it.
"""

import os
import re

from lab import SOURCE, Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
FAST = {"retry": {"delays": [1], "jitter": 0, "unknown_wait": 1,
                  "send_timeout": 2, "lease": 30}}


def transcript(lab):
    """Modem states from the log, message states from the receipts. Times,
    ids and what a story does not decide are left out."""
    out = ["modem:"]
    for line in lab.log().splitlines():
        found = re.search(r"modem_state modem=(\S+) from=(\S+) to=(\S+)",
                          line)
        if found:
            out.append("  {} {} -> {}".format(*found.groups()))
        found = re.search(r"(modem_locked|modem_missing|modem_found) "
                          r"modem=(\S+)", line)
        if found:
            out.append("  {1} {0}".format(*found.groups()))
    out.append("message:")
    for r in lab.receipts():
        out.append(f"  {r['status']} {r['state']}"
                   f" reason={r['reason'] or '-'} modem={r['modem'] or '-'}"
                   f" attempt={r['attempt']}")
    return "\n".join(out) + "\n"


def compare(name, lab):
    path = os.path.join(SOURCE, "tests", "golden", name + ".txt")
    got = transcript(lab)
    if os.environ.get("BAOTIN_GOLDEN") == "write":
        with open(path, "w") as out:
            out.write(got)
    with open(path) as want:
        want = want.read()
    assert got == want, f"{name}:\n--- want\n{want}--- got\n{got}"


def one_text():
    with Lab() as lab:
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.stop("baotind")
        compare("one_text", lab)


def refused_then_taken():
    with Lab(settings=FAST) as lab:
        lab.sim("fail modem1 cms=41 count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.stop("baotind")
        compare("refused_then_taken", lab)


def silence_and_once_more():
    with Lab(settings=FAST) as lab:
        lab.sim("fail modem1 silent-lost count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.stop("baotind")
        compare("silence_and_once_more", lab)


def no_network_at_first():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("reg modem1 searching")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: "to=unregistered" in lab.log(), "no network")
        lab.event(dossier=CODE, status=2, phone=PHONE, due="2026-12-01")
        lab.wait_receipt(state="queued")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="superseded")
        lab.sim("reg modem1 roaming")
        lab.wait_receipt(state="delivered")
        lab.stop("baotind")
        compare("no_network_at_first", lab)


def unplugged():
    with Lab() as lab:
        lab.sim("hangup modem1")
        wait(lambda: "modem_missing" in lab.log(), "the unplug")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="queued")
        lab.sim("plug modem1")
        lab.wait_receipt(state="delivered")
        lab.stop("baotind")
        compare("unplugged", lab)


def no_pin():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("pin modem1 pin")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: "to=locked" in lab.log(), "the lock")
        lab.stop("baotind")
        compare("no_pin", lab)


run([one_text, refused_then_taken, silence_and_once_more,
     no_network_at_first, unplugged, no_pin])
