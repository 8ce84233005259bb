#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a message costs, in two builds of baotin that run in turn on this
machine. Prints medians of each build, and the ratio new / old, of:

* Redis' processor time for a delivered text: 8 modems, a network of 50 ms,
  AOF `always`, status reports on;
* processor time of daemon, workers and Redis together for a text, the same
  with status reports off;
* fresh events taken in a second, AOF `always`, no modem;
* Redis' memory for a waiting message, over all its keys;
* seconds until held messages are released, and the longest call meanwhile;
* milliseconds from XADD to AT+CMGS on an idle system, and one modem's share
  of its network's capacity.

    bench/heart.py OLD_BUILD NEW_BUILD [--runs N] [--texts N] [--waiting N]
                   [--only delivered,sent,fresh,held,idle]

OLD_BUILD and NEW_BUILD are folders in which each tree was configured and
built with the same CFLAGS; naming one folder twice shows the noise. Needs
redis-server and python3-redis. Numbers are for reading: nothing here passes
or fails.
"""

import argparse
import os
import re
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "..", "tests", "flow"))
import lab as laboratory  # noqa: E402
from lab import Lab, wait  # noqa: E402

NETWORK_MS = 50
MODEMS = 8
BATCH = 500
SETTINGS = {
    "log": {"target": "stderr", "level": "info"},
    "notices": {"flood_factor": 0},
}
SIM = ["--latency", str(NETWORK_MS), "--report-delay", "100"]
TICK = os.sysconf("SC_CLK_TCK")


def use(build):
    """From here on a Lab runs this build, with its own templates."""
    with open(os.path.join(build, "Makefile")) as makefile:
        source = re.search(r"^abs_top_srcdir = (.*)$", makefile.read(), re.M)
    laboratory.BUILD, laboratory.SOURCE = build, source.group(1)


class DurableLab(Lab):
    """A Lab whose Redis syncs its append-only file at every write."""

    def start_redis(self, *words):
        super().start_redis("--appendfsync", "always", *words)


def code(i):
    return f"H10.45-{230515 + i // 10000:06d}-{i % 10000:04d}"


def feed(lab, n):
    for start in range(0, n, BATCH):
        pipe = lab.redis.pipeline(transaction=False)
        for i in range(start, min(n, start + BATCH)):
            pipe.xadd("baotin:events", {
                "dossier": code(i), "status": 9, "phone": f"+8491{i:07d}"})
        pipe.execute()


def seconds_of(pid):
    """Processor time of a process, user and system."""
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return children.read().split()


def spent(lab):
    """Seconds of (Redis, daemon and workers) so far."""
    daemon = lab.children["baotind"].pid
    return (seconds_of(lab.children["redis"].pid),
            sum(map(seconds_of, [daemon, *children_of(daemon)])))


def work(n, state, reports):
    """Sends n texts until all are in that state; seconds per 1,000 texts of
    (Redis, daemon and workers)."""
    with DurableLab(modems=MODEMS, sim=SIM, settings=SETTINGS,
                    modem={"status_reports": reports}) as lab:
        before = spent(lab)
        feed(lab, n)
        wait(lambda: len(lab.receipts(state=state)) >= n, "the texts",
             60 + n * 0.1)
        return [(b - a) * 1000 / n for a, b in zip(before, spent(lab))]


def delivered(options):
    redis, _ = work(options.texts, "delivered", True)
    return {"Redis, s per 1,000 delivered": redis}


def sent(options):
    redis, ours = work(options.texts, "sent", False)
    return {"all, s per 1,000 sent, no reports": redis + ours,
            "  of it Redis": redis}


def without_modem(lab):
    lab.sim("hangup modem1")
    wait(lambda: lab.usable_modems() == 0, "the modem's end")


def until_taken(lab, n):
    """Seconds until the stream is empty."""
    began = time.monotonic()
    feed(lab, n)
    wait(lambda: lab.redis.xlen("baotin:events") == 0, "an empty stream",
         60 + n * 0.01)
    return time.monotonic() - began


def fresh(options):
    with DurableLab(settings=SETTINGS) as lab:
        without_modem(lab)
        return {"fresh events a second":
                options.texts * 5 / until_taken(lab, options.texts * 5)}


def held(options):
    n = options.waiting
    with Lab(settings=SETTINGS) as lab:
        without_modem(lab)
        lab.ctl("hold")
        before = lab.redis.info("memory")["used_memory"]
        until_taken(lab, n)
        bytes_each = (lab.redis.info("memory")["used_memory"] - before) / n
        lab.redis.config_set("slowlog-log-slower-than", 1000)
        lab.redis.slowlog_reset()
        began = time.monotonic()
        lab.ctl("release")
        seconds = time.monotonic() - began
        slow = [row["duration"] / 1000 for row in lab.redis.slowlog_get(1000)]
        return {f"bytes of a waiting message, {n} of them": bytes_each,
                f"seconds to release {n}": seconds,
                "  longest call meanwhile, ms": max(slow, default=0)}


def idle(options):
    times = []
    with Lab(sim=SIM, settings=SETTINGS) as lab:
        for i in range(50):
            began = time.monotonic()
            lab.event(dossier=code(i), status=9, phone=f"+8491{i:07d}")
            wait(lambda: len(lab.lines("segment")) > i, "a segment")
            times.append((lab.lines("segment")[-1]["t_cmd"] - began) * 1000)
            wait(lambda: lab.receipts(state="delivered", dossier=code(i)),
                 "its report")
    with Lab(sim=SIM, settings=SETTINGS) as lab:
        feed(lab, 300)
        wait(lambda: len(lab.lines("segment")) >= 300, "all segments", 120)
        at = sorted(s["t_cmd"] for s in lab.lines("segment"))
    share = (len(at) - 1) / (at[-1] - at[0]) * NETWORK_MS / 1000
    return {"XADD to AT+CMGS, ms": statistics.median(times),
            "share of the network, one modem": share}


MEASURES = {"delivered": delivered, "sent": sent, "fresh": fresh,
            "held": held, "idle": idle}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("old")
    parser.add_argument("new")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--texts", type=int, default=2000)
    parser.add_argument("--waiting", type=int, default=200000)
    parser.add_argument("--only", default=",".join(MEASURES))
    options = parser.parse_args()
    print(f"{'':<42}{'old':>10}{'new':>10}{'new/old':>9}")
    for name in options.only.split(","):
        seen = {"old": [], "new": []}
        for _ in range(options.runs):
            for side in seen:
                use(os.path.abspath(getattr(options, side)))
                seen[side].append(MEASURES[name](options))
        for row in seen["old"][0]:
            old, new = (statistics.median(run[row] for run in seen[side])
                        for side in seen)
            print(f"{row:<42}{old:>10.3g}{new:>10.3g}"
                  f"{new / old if old else float('nan'):>9.2f}", flush=True)


main()
