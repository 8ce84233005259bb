#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an idle gateway costs: processor time of the daemon, of its workers
and of Redis, in percent of one core, with nothing to send; and the same while
somebody has the status page open (asked as often as page.js does) and
Prometheus asks /metrics every 15 s.

    bench/idle.py [--modems 64] [--seconds 120]

The build is the one of top_builddir. Numbers are for reading: nothing here
passes or fails. The aim is below 0.5 % for the product, and as much for
Redis.
"""

import argparse
import os
import re
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "tests", "flow"))
from lab import Lab  # noqa: E402
from test_admin_http import Web  # noqa: E402

TICK = os.sysconf("SC_CLK_TCK")
METRICS_S = 15
WARM_S = 70     # starts, first health rounds and heartbeats are over


def nanoseconds(pid):
    """Processor time of a process: finer than the ticks of /proc/PID/stat."""
    total = 0
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/schedstat") as file:
            total += int(file.read().split()[0])
    return total


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(word) for word in file.read().split()]


def measure(lab, seconds, web=None):
    """{who: percent of a core}; web: the page is open meanwhile."""
    daemon = lab.children["baotind"].pid
    groups = {"daemon": [daemon], "workers": children_of(daemon),
              "redis": [lab.children["redis"].pid]}
    before = {who: sum(map(nanoseconds, pids))
              for who, pids in groups.items()}
    began = time.monotonic()
    octets, every = 0, 5
    for second in range(seconds):
        if web is not None and second % every == 0:
            text = web.get("/")[1]
            octets = len(text.encode())
            every = int(re.search(r'data-every="(\d+)"', text).group(1))
        if web is not None and second % METRICS_S == 0:
            web.get("/metrics")
        time.sleep(max(0, began + second + 1 - time.monotonic()))
    passed = (time.monotonic() - began) * 1e9
    out = {who: 100 * (sum(map(nanoseconds, pids)) - before[who]) / passed
           for who, pids in groups.items()}
    if web is not None:
        out["page, octets"] = octets
    return out


def tell(what, numbers):
    product = numbers["daemon"] + numbers["workers"]
    print(f"{what:28} product {product:.3f} % (daemon "
          f"{numbers['daemon']:.3f}, workers {numbers['workers']:.3f}), "
          f"Redis {numbers['redis']:.3f} %" + (
              f", page {numbers['page, octets'] / 1024:.0f} KB"
              if "page, octets" in numbers else ""), flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--modems", type=int, default=64)
    parser.add_argument("--seconds", type=int, default=120)
    args = parser.parse_args()
    web = Web()
    with Lab(modems=args.modems, settings={
            **web.settings, "log": {"target": "stderr",
                                    "level": "info"}}) as lab:
        time.sleep(WARM_S)
        print(f"{args.modems} modems, {args.seconds} s each, percent of one "
              "core")
        tell("idle", measure(lab, args.seconds))
        tell("idle, the page open", measure(lab, args.seconds, web))


if __name__ == "__main__":
    main()
