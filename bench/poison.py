#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Does one citizen's trouble delay another's text? Prints, from one run, the
delay from XADD to AT+CMGS of N texts offered steadily to two modems, clean
and poisoned in turns, and the ratio of the medians. Poison is:

* a number that answers CMS 38 for ever, with 20 dossiers for it, spread
  over the run, under the default retry delays;
* a third modem that fails every send for ever (CMS 500). In the clean runs
  it is unplugged, so the capacity is that of two modems in both;
* every 20th event malformed.

    top_builddir=build bench/poison.py [N [PAIRS [PERCENT [steady|random]]]]

PERCENT is the offered rate in parts of what the two modems' network can do;
texts come at an even pace, or at random moments (the same in each run), when
they wait for each other and all that takes a modem's time shows. Needs the
built programs and redis-server. Numbers are for reading: nothing here passes
or fails.
"""

import os
import random
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "..", "tests", "flow"))
os.environ.setdefault("top_srcdir",
                      os.path.join(os.path.dirname(__file__), ".."))
from lab import Lab, wait  # noqa: E402

NETWORK_MS = 50
MODEMS = 2
BAD_PHONE = "+84999999999"
BAD_DOSSIERS = 20
BAD_EVERY = 20


def phone(i):
    return f"+8491{i:07d}"


def code(i, series=230515):
    return f"H10.45-{series + i // 10000:06d}-{i % 10000:04d}"


def poison(lab):
    lab.sim(f"fail * to={BAD_PHONE} cms=38 forever")
    lab.sim("fail modem3 cms=500 forever")


def offer(lab, n, rate, is_random, is_poisoned):
    """When each of the n texts was given to Redis."""
    chance = random.Random(n)  # the same moments in each run
    given, due = [], time.monotonic()
    for i in range(n):
        due += chance.expovariate(rate) if is_random else 1 / rate
        time.sleep(max(0, due - time.monotonic()))
        if is_poisoned and i % BAD_EVERY == 0:
            lab.event(dossier=code(i, 130000), status="boiled",
                      phone="tomorrow")
        if is_poisoned and i % max(1, n // BAD_DOSSIERS) == 0:
            lab.event(dossier=code(i, 120000), status=9, phone=BAD_PHONE)
        given.append(time.monotonic())
        lab.event(dossier=code(i), status=9, phone=phone(i))
    return given


def load(n, percent, is_random, is_poisoned):
    """Milliseconds from XADD to the AT+CMGS that went well, sorted; and a
    line on what else happened."""
    settings = {
        "log": {"target": "stderr", "level": "info"},
        "notices": {"flood_factor": 0, "per_phone_per_day": 1000},
        "retry": {"delays": [60, 300, 900, 3600], "jitter": 20,
                  "unknown_wait": 2, "send_timeout": 20, "lease": 60},
    }
    with Lab(modems=MODEMS + 1, settings=settings,
             sim=["--latency", str(NETWORK_MS),
                  "--report-delay", "100"]) as lab:
        if is_poisoned:
            poison(lab)
        else:
            lab.sim("hangup modem3")
            wait(lambda: lab.usable_modems() == MODEMS, "modem3's end")
        given = offer(lab, n, MODEMS * 1000 / NETWORK_MS * percent / 100,
                      is_random, is_poisoned)
        wait(lambda: len(lab.texts()) >= n, "the texts", 60 + n * 0.1)
        rows = lab.lines("segment")
        sent = {}
        for row in rows:
            sent[row["to"]] = row["t_cmd"]
        tried = sum(row["to"] == BAD_PHONE for row in rows)
        failed = sum(row["modem"] == "modem3" for row in rows)
        rejected = len(lab.rejected())
    delays = sorted((sent[phone(i)] - at) * 1000
                    for i, at in enumerate(given))
    return delays, f"{tried} tries of the bad number, {failed} sends of " \
        f"the bad modem, {rejected} rejected"


def main():
    words = sys.argv[1:] + ["2000", "2", "60",
                            "steady"][len(sys.argv) - 1:]
    n, pairs, percent = map(int, words[:3])
    all_delays = {"clean": [], "poisoned": []}
    for _ in range(pairs):
        for kind, delays in all_delays.items():
            new, rest = load(n, percent, words[3] == "random",
                             kind == "poisoned")
            delays += new
            print(f"{kind}: median {statistics.median(new):.1f} ms, p95 "
                  f"{new[int(len(new) * 0.95)]:.1f}, at most {new[-1]:.0f} "
                  f"({n} texts, {words[3]}, at {percent} %; {rest})", flush=True)
    clean, poisoned = (statistics.median(d) for d in all_delays.values())
    print(f"medians of all: clean {clean:.1f} ms, poisoned {poisoned:.1f} "
          f"ms, ratio {poisoned / clean:.3f}")


main()
