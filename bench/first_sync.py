#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a producer's first synchronisation costs. Prints, from one run:

* N events that are two days to a year old: events a second, texts sent (it
  should be none), records, and the daemon's memory before, at most and after;
* N fresh events whose modem is unplugged: the same;
* what a lease takes in Redis, and texts a second of one modem whose network
  takes 50 ms, with a short queue and with that backlog.

    top_builddir=build bench/first_sync.py [N]

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
BATCH = 500
SAMPLE = 200
DAY_MS = 86400 * 1000
SETTINGS = {
    "log": {"target": "stderr", "level": "info"},
    "notices": {"flood_factor": 0},
}


def code(series, i):
    return f"H10.45-{series:02d}{i // 10000:04d}-{i % 10000:04d}"


class Memory:
    """The daemon's resident memory in KiB, and Redis' in MiB."""

    def __init__(self, lab):
        self.lab = lab
        self.pid = lab.children["baotind"].pid
        self.begin = self.most = self.now()
        self.redis_most = self.redis()
        with open(f"/proc/{self.pid}/clear_refs", "w") as out:
            out.write("5")  # the high-water mark starts here

    def field(self, name):
        with open(f"/proc/{self.pid}/status") as status:
            for line in status:
                if line.startswith(name + ":"):
                    return int(line.split()[1])
        raise AssertionError(f"no {name}")

    def now(self):
        return self.field("VmRSS")

    def redis(self):
        return self.lab.redis.info("memory")["used_memory"] / 2 ** 20

    def look(self):
        self.most = max(self.most, self.field("VmHWM"))
        self.redis_most = max(self.redis_most, self.redis())

    def tell(self):
        self.look()
        return (f"daemon {self.begin} KiB before, {self.most} at most, "
                f"{self.now()} after; Redis {self.redis_most:.0f} MiB at "
                f"most, {self.redis():.0f} after")


def feed(lab, n, series, memory, at):
    """n events as fast as Redis takes them; returns events a second, until
    the stream is empty."""
    began = time.monotonic()
    for start in range(0, n, BATCH):
        pipe = lab.redis.pipeline(transaction=False)
        for i in range(start, min(n, start + BATCH)):
            fields = {"dossier": code(series, i), "status": 9,
                      "phone": f"+849{series // 10}{i:07d}"}
            if at is not None:
                fields["at"] = at(i)
            pipe.xadd("baotin:events", fields)
        pipe.execute()
        memory.look()

    def is_empty():
        memory.look()
        return lab.redis.xlen("baotin:events") == 0
    wait(is_empty, "an empty stream", 60 + n / 100)
    return n / (time.monotonic() - began)


def leases(lab, first):
    """Takes SAMPLE texts from the first on: microseconds of each lease in
    Redis, and texts a second."""
    wait(lambda: len(lab.lines("segment")) >= first + SAMPLE, "the texts",
         60 + SAMPLE)
    rows = [row for row in lab.redis.slowlog_get(100000)
            if b'"pools":[' in bytes(row["command"])]
    at = sorted(s["t_cmd"] for s in lab.lines("segment")[first:])[:SAMPLE]
    return (sorted(row["duration"] for row in rows),
            (len(at) - 1) / (at[-1] - at[0]))


def watch(lab, is_on):
    lab.redis.config_set("slowlog-max-len", 20000 if is_on else 0)
    lab.redis.config_set("slowlog-log-slower-than", 0 if is_on else -1)
    lab.redis.slowlog_reset()


def tell_leases(when, times, rate):
    print(f"{when}: a lease takes {statistics.median(times)} us in Redis, "
          f"p95 {times[int(len(times) * 0.95)]} ({len(times)} leases); "
          f"{rate:.1f} texts/s of {1000 / NETWORK_MS:.0f}", flush=True)


def old(n):
    with Lab(settings=SETTINGS) as lab:
        now = int(time.time() * 1000)
        memory = Memory(lab)
        rate = feed(lab, n, 10, memory, lambda i: now - 2 * DAY_MS -
                    363 * DAY_MS * (n - i) // n)
        records = sum(1 for _ in lab.redis.scan_iter(
            "baotin:dossier:*", count=5000))
        print(f"{n} old events: {rate:.0f} events/s, "
              f"{len(lab.lines('segment'))} texts sent, {records} records\n"
              f"  {memory.tell()}", flush=True)


def backlog(n):
    with Lab(sim=["--latency", str(NETWORK_MS), "--report-delay", "100"],
             settings=SETTINGS) as lab:
        watch(lab, True)
        feed(lab, SAMPLE, 20, Memory(lab), None)
        tell_leases(f"a queue of {SAMPLE}", *leases(lab, 0))
        watch(lab, False)
        wait(lambda: not lab.redis.exists("baotin:leased:lab"), "all out")
        lab.sim("hangup modem1")
        wait(lambda: lab.usable_modems() == 0, "the modem's end")
        first = len(lab.lines("segment"))
        memory = Memory(lab)
        rate = feed(lab, n, 30, memory, None)
        print(f"{n} fresh events without a modem: {rate:.0f} events/s, "
              f"{lab.redis.zcard('baotin:expiring')} waiting\n"
              f"  {memory.tell()}", flush=True)
        watch(lab, True)
        lab.sim("plug modem1")
        tell_leases(f"a backlog of {n}", *leases(lab, first))


def main():
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 100000
    old(n)
    backlog(n)


main()
