#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How fast is the first text? Prints, from one run on this machine:

* from XADD to AT+CMGS on an idle system, one event at a time;
* segments a second of one modem whose network takes 50 ms per segment, with
  pace_ms = 0, beside what that network can do at most (20 a second).

    top_builddir=build bench/first_text.py [EVENTS]

Needs the built programs and redis-server. Numbers are for reading: nothing
here passes or fails.
"""

import os
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "..", "tests", "flow"))
os.environ.setdefault("top_srcdir",
                      os.path.join(os.path.dirname(__file__), ".."))
from lab import Lab, wait  # noqa: E402

NETWORK_MS = 50


def phone(i):
    return f"+8491{i:07d}"


def code(i):
    return f"H10.45-{230515 + i // 10000:06d}-{i % 10000:04d}"


def idle(lab, n):
    """Milliseconds from XADD to AT+CMGS, one event at a time."""
    times = []
    for i in range(n):
        began = time.monotonic()
        lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.lines("segment")) > i, "a segment")
        times.append((lab.lines("segment")[-1]["t_cmd"] - began) * 1000)
        wait(lambda: lab.receipts(state="delivered", dossier=code(i)),
             "its report")
    return sorted(times)


def busy(lab, n, first):
    """Segments a second over the middle of a backlog of n."""
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=phone(i))
    wait(lambda: len(lab.lines("segment")) >= first + n, "all segments",
         n * 0.3 + 30)
    at = sorted(s["t_cmd"] for s in lab.lines("segment")[first:])
    return (len(at) - 1) / (at[-1] - at[0])


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with Lab(sim=["--latency", str(NETWORK_MS), "--report-delay", "100"],
             settings={"log": {"target": "stderr", "level": "info"}}) as lab:
        times = idle(lab, 50)
        rate = busy(lab, n, 50)
    most = 1000 / NETWORK_MS
    print(f"idle, XADD to AT+CMGS: median {statistics.median(times):.1f} ms, "
          f"p95 {times[int(len(times) * 0.95)]:.1f} ms "
          f"({len(times)} events)")
    print(f"one modem, {NETWORK_MS} ms a segment, pace_ms 0: {rate:.1f} "
          f"segments/s, {100 * rate / most:.0f} % of the network's "
          f"{most:.0f} ({n} events)")


main()
