#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Breaks worlds at random and balances their books afterwards.

    chaos.py [--runs N] [--seed S] [--events N] [--seconds N] [--jobs N]

Run i has the seed S + i; a run that fails keeps its folder and says how to
repeat it (as far as processes can be repeated). Prints a table."""

import argparse
import heapq
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter

import kinds
from books import Books, unfinished
from verdicts import answers_due
from producer import Producer, make_events
from world import World

from lab import PATIENCE, wait

REST_S = 120
FRESH_S = 8
ANSWERS_S = 30  # then the books say what is missing
SLOW_S = 45     # kept, to see what it waited for
TIRED_S = 1.2
TOTAL_S = 420


class Run:
    def __init__(self, seed, options):
        self.seed, self.n_events = seed, options.events
        self.seconds, self.keep = options.seconds, options.keep
        self.frozen_s, self.sentinel_share = options.frozen, options.sentinel
        self.restore_share = options.restores
        self.late_share = options.late
        self.without = options.without
        self.rng = random.Random(seed)
        self.done = Counter()
        self.undo = []
        self.n = 0
        self.diary = []
        self.is_slow = False

    def note(self, text):
        self.diary.append(f"{time.monotonic() - self.began:8.3f} {text}")

    def later(self, seconds, undo, what):
        self.n += 1
        heapq.heappush(self.undo, (time.monotonic() + seconds, self.n, undo,
                                   what))

    def undo_due(self, everything=False):
        again = []
        while self.undo and (everything or
                             self.undo[0][0] <= time.monotonic()):
            _, _, undo, what = heapq.heappop(self.undo)
            if undo() is False:
                again.append((undo, what))
            else:
                self.note("undo " + what)
        for undo, what in again:
            self.later(0.05, undo, what)

    def strike(self, world):
        names = list(kinds.KINDS)
        weights = [kinds.KINDS[name][0] for name in names]
        for name in kinds.RESTORES if self.has_restore else ():
            weights[names.index(name)] = kinds.RESTORES[name]
        for name in self.without:
            weights[names.index(name)] = 0
        for _ in range(30):
            name = self.rng.choices(names, weights)[0]
            result = kinds.KINDS[name][1](world, self.rng)
            if result is None:
                continue
            self.note(name)
            self.done[name] += 1
            if result[1] is not None:
                self.later(*result, name)
            if name not in kinds.GENTLE:
                break

    def check_alive(self, world):
        """Nobody may end but by us."""
        for gateway in world.gateways:
            if gateway.is_wanted and gateway.pid() is None:
                status = world.children[gateway.name].returncode
                raise AssertionError(f"{gateway.name} ended: {status}")
        if world.wanted_redis and world.children["redis"].poll() is not None:
            raise AssertionError("redis-server ended")

    @staticmethod
    def check_producer(producer):
        if producer.trouble:
            raise AssertionError(f"producer: {producer.trouble!r}")

    def freeze_long(self, world):
        """Once a run, when asked for: until the other gateway has taken over
        what this one had, and longer."""
        if self.frozen_s == 0 or world.progress() < 10:
            return False
        what = kinds.freeze_gateway(world, self.rng, self.frozen_s)
        if what is None:
            return False
        self.frozen_s = 0
        self.note("gateway frozen for long")
        self.done["gateway frozen"] += 1
        self.later(*what, "gateway frozen for long")
        return True

    def next_strike(self, world):
        """After some more segments, so that a blow meets work: their number
        on the simulator's log, the moment when we tire of waiting, a little
        delay. Now and then at once, on top of the last blow."""
        n = 0 if self.rng.random() < 0.2 else self.rng.randrange(1, 9)
        return (world.progress() + n, time.monotonic() + TIRED_S,
                self.rng.uniform(0, 0.12))

    def break_things(self, world, producer):
        end = time.monotonic() + self.seconds
        goal, tired_at, delay = self.next_strike(world)
        strike_at = None
        while time.monotonic() < end or not producer.is_done():
            now = time.monotonic()
            self.undo_due()
            world.reap()
            self.check_alive(world)
            self.check_producer(producer)
            if strike_at is None and (now >= tired_at or
                                      world.progress() >= goal):
                strike_at = now + delay
            if strike_at is not None and now >= strike_at and now < end:
                if not self.freeze_long(world):
                    self.strike(world)
                goal, tired_at, delay = self.next_strike(world)
                strike_at = None
            time.sleep(0.01)

    def calm_down(self, world):
        while any(row[3].endswith("for long") for row in self.undo):
            self.undo_due()
            time.sleep(0.1)
        deadline = time.monotonic() + REST_S * PATIENCE
        while self.undo and time.monotonic() < deadline:
            self.undo_due(everything=True)
            time.sleep(0.02)
        for modem in world.modem_names():
            world.sim(f"fail {modem} clear")
        self.ask_the_rest(world)
        self.note("calm")
        # A modem whose breaker is open rests for half a minute, and so does
        # a text of which it sent a part: a new daemon knows of no breaker.
        calm_at = note_at = time.monotonic()
        fresh_at = calm_at + FRESH_S
        while time.monotonic() < deadline:
            self.undo_due()
            self.check_alive(world)
            self.check_producer(world.producer)
            world.follow()
            left = {}
            if time.monotonic() < calm_at + ANSWERS_S * PATIENCE and \
                    (n := answers_due(world)):
                left["answers"] = n
            if not world.producer.is_done():
                left["events to bring"] = 1
            left.update(unfinished(world))
            if not left and not self.undo:
                self.is_slow = time.monotonic() - calm_at > SLOW_S * PATIENCE
                return
            if time.monotonic() > note_at:
                note_at += 10
                self.note(f"left: {left}")
            if time.monotonic() > fresh_at:
                fresh_at = deadline
                self.note("fresh daemons")
                for gateway in world.gateways:
                    self.later(*kinds.stop_daemon(world, self.rng, gateway),
                               "fresh daemon")
            time.sleep(0.2)
        raise AssertionError(f"no rest: {left}")

    def ask_the_rest(self, world):
        """Those who have not asked yet do so in peace."""
        for kind in (kinds.air.question, kinds.air.stop):
            while (what := kind(world, self.rng)) is not None:
                if what[1]:
                    self.later(*what, "stop")

    def check_replay(self, world):
        """Started once more, the gateways find nothing new in their
        journals. Reports still come, and validities pass."""
        def told():
            return Counter((r["message"], r["state"]) for r in
                           world.receipts()
                           if r["state"] not in ("delivered", "undelivered",
                                                 "no_report"))
        before, segments = told(), len(world.lines("segment"))
        for gateway in world.gateways:
            gateway.kill_daemon()
        for gateway in world.gateways:
            gateway.start()
        wait(lambda: all(g.ready_modems() == len(g.modems)
                         for g in world.gateways), "the modems", 90)
        assert not unfinished(world), "work after the end"
        assert len(world.lines("segment")) == segments, "texts after the end"
        new = told() - before
        assert not new, f"the journals had more: {new}"

    def make_world(self):
        two = self.rng.random() < 0.5 or self.frozen_s > 0
        has_sentinel = self.rng.random() < self.sentinel_share
        self.has_restore = not has_sentinel and \
            self.rng.random() < self.restore_share
        sim = ["--latency", "30", "--jitter", "60", "--report-delay", "30"]
        if self.rng.random() < 1 / 3:
            sim += ["--mr", "overwrite"]
        world = World(has_sentinel=has_sentinel, n_gateways=2 if two else 1,
                      modems_each=2 if two else 3, sim=sim)
        world.late_share = self.late_share
        return world

    def begin(self, world):
        world.build()
        world.switch_phones(False)
        world.set_phones()
        world.refuse_barred()
        for gateway in world.gateways:
            gateway.start()
        events = make_events(self.rng, self.n_events, world.cast,
                             not world.has_sentinel)
        world.phones = sorted({e.phone for e in events if not e.is_bad} -
                              set(world.cast.barred))
        world.producer = Producer(world, events, random.Random(self.seed),
                                  self.seconds)
        world.producer.start()
        return events

    def end(self, world, events):
        """All is at rest: the faults that the books show, and the counts."""
        self.note("rest")
        self.check_replay(world)
        world.note_rest()
        world.switch_phones(True)
        books = Books(world, events)
        if books.balance():
            books.dump(world.path("books.json"))
        return books.faults, books.counts

    def __call__(self):
        self.began = time.monotonic()
        world = self.make_world()
        faults, counts = [], Counter()
        with world:
            try:
                events = self.begin(world)
                self.break_things(world, world.producer)
                self.calm_down(world)
                faults, counts = self.end(world, events)
            except Exception as error:
                faults.append("broken: " + repr(error)[:2000])
                traceback.print_exc(file=sys.stdout)
            if world.producer:
                world.producer.is_stopped = True
            if faults or self.keep or self.is_slow:
                world.failed = True
                with open(world.path("diary"), "w") as out:
                    out.write("\n".join([*self.diary, *faults, ""]))
        return {"seed": self.seed, "faults": faults,
                "done": dict(self.done), "counts": dict(counts),
                "unsynced": world.unsynced,
                "seconds": round(time.monotonic() - self.began, 1),
                "folder": world.dir if world.failed else ""}


def one(seed, options):
    def give_up(number, frame):
        raise AssertionError(f"signal {number}")
    signal.signal(signal.SIGALRM, give_up)
    signal.signal(signal.SIGTERM, give_up)
    signal.alarm(int(TOTAL_S * PATIENCE))
    result = Run(seed, options)()
    print("RESULT " + json.dumps(result), flush=True)


# --- many runs, and the table -------------------------------------------------

ROWS = ("events", "messages", "segments", "texts", "lost", "doubled",
        "doubled, marked", "doubled, held", "unknown", "transitions", "resent",
        "forgotten", "order, failed over")


def start_one(seed, options):
    return subprocess.Popen(
        [sys.executable, os.path.abspath(__file__), "--one", str(seed),
         "--events", str(options.events), "--seconds",
         str(options.seconds), "--frozen", str(options.frozen),
         "--sentinel", str(options.sentinel),
         "--restores", str(options.restores), "--late", str(options.late),
         *[word for name in options.without
           for word in ("--without", name)],
         *(["--keep"] if options.keep else [])],
        stdout=subprocess.PIPE, text=True)


def finish_one(seed, child):
    out = child.communicate()[0]
    for line in out.splitlines():
        if line.startswith("RESULT "):
            return json.loads(line[len("RESULT "):]), out
    return {"seed": seed, "faults": ["broken: no result"], "done": {},
            "counts": {}, "folder": "", "seconds": 0, "unsynced": 0}, out


def run_all(options, tell):
    """All runs; tell(result, output) after each. Ended by SIGTERM, it ends
    those that run."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    seeds = [options.seed + i for i in range(options.runs)]
    open_runs = []
    try:
        while seeds or open_runs:
            while seeds and len(open_runs) < options.jobs:
                seed = seeds.pop(0)
                open_runs.append((seed, start_one(seed, options)))
            # The oldest one: they take about equally long.
            seed, child = open_runs[0]
            result = finish_one(seed, child)
            open_runs.pop(0)
            tell(*result)
    finally:
        for _, child in open_runs:
            child.terminate()
            child.wait()


def table(results):
    done, counts = Counter(), Counter()
    for result in results:
        done.update(result["done"])
        counts.update(result["counts"])
    n_kills = sum(done[name] for name in kinds.KILLS)
    rows = [("runs", len(results)),
            ("failed runs", sum(bool(r["faults"]) for r in results)),
            ("kills", n_kills)]
    rows += [("  " + name, done[name]) for name in kinds.KILLS]
    rows.append(("other breaks", sum(done.values()) - n_kills))
    rows += [("  " + name, done[name]) for name in kinds.KINDS
             if name not in kinds.KILLS]
    rows += [(name, counts[name]) for name in ROWS]
    rows.append(("other faults", sum(
        n for name, n in counts.items() if name in (
            "unacknowledged", "accepted", "twofold", "stray", "unfinished",
            "untold", "two ends", "order", "unjust", "answers",
            "transition"))))
    return "\n".join(f"{name:20} {n:8}" for name, n in rows)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--seed", type=int,
                        default=int(time.time()) % 1000000)
    parser.add_argument("--events", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--frozen", type=float, default=0, metavar="SECONDS",
                        help="in each run one of two gateways stands still "
                        "for so long: 75 is beyond all that protects it")
    parser.add_argument("--sentinel", type=float, default=0.2,
                        metavar="SHARE",
                        help="of the runs with a replica and a Sentinel")
    parser.add_argument("--restores", type=float, default=0.3,
                        metavar="SHARE",
                        help="of the runs without a Sentinel, in which a "
                        "backup of Redis is put back")
    parser.add_argument("--late", type=float, default=0.3, metavar="SHARE",
                        help="of these, so late that the names of all "
                        "gateways have run out in the backup")
    parser.add_argument("--without", action="append", default=[],
                        metavar="KIND", choices=list(kinds.KINDS),
                        help="a kind of trouble that is left out")
    parser.add_argument("--keep", action="store_true",
                        help="keep the folders of all runs")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    return parser


def main():
    options = arguments().parse_args()
    if options.one is not None:
        one(options.one, options)
        return 0
    results = []

    def tell(result, out):
        results.append(result)
        print(f"run {len(results)}/{options.runs} seed {result['seed']}: "
              f"{result['seconds']} s, "
              f"{sum(result['done'].values())} breaks, "
              f"{'FAILED' if result['faults'] else 'ok'}", flush=True)
        if result["folder"]:
            for fault in result["faults"][:10]:
                print("    " + fault)
            print(f"    kept in {result['folder']}; again: chaos.py --seed "
                  f"{result['seed']} --events {options.events} --seconds "
                  f"{options.seconds:g}", flush=True)
    run_all(options, tell)
    print(table(results))
    return 1 if any(r["faults"] for r in results) else 0


if __name__ == "__main__":
    sys.exit(main())
