#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Calls in any order: leases, outcomes, reports and parts of texts as they can
come from modems, drawn at random and given to a real redis-server, beside a
model that knows what was on the air. What Redis believes may be less than the
truth, never more: nothing is sent that was not, nothing delivered that was
not, nothing goes out twice without a mark, a text in parts is one question.

A fuzz target in C would need a Lua interpreter and a Redis inside itself, and
would test these copies.

BAOTIN_SEQUENCE_SEED: the first seed; BAOTIN_SEQUENCES: how many."""

import os
import random

from lab import Lab, run
from test_scripts import PHONE, Scripts

SEED = int(os.environ.get("BAOTIN_SEQUENCE_SEED", "1"))
SEQUENCES = int(os.environ.get("BAOTIN_SEQUENCES", "25"))
STEPS = 60
SENT = ("sent", "delivered", "undelivered", "no_report")


class Segment:
    """One submit of one segment, as the network saw it."""

    def __init__(self, message, number, modem, mr, at):
        self.message, self.number, self.modem = message, number, modem
        self.mr, self.at = mr, at
        self.is_reported = False


class Model:
    def __init__(self, s, rng):
        self.s, self.rng = s, rng
        self.own_mr = {m: rng.random() < 0.5 for m in ("m1", "m2")}
        self.next_mr = {m: rng.randrange(256) for m in self.own_mr}
        self.n = 0
        self.in_hands = []      # (lease, modem, next segment)
        self.submits = []       # each that the centre took
        self.reports = []       # on their way, each some times
        self.delivered = set()  # (message, segment)

    # --- the network ---------------------------------------------------------

    def submit(self, lease, modem, segment):
        """The centre takes it; with which TP-MR."""
        mr = lease["references"][segment - 1]
        if self.own_mr[modem]:
            self.next_mr[modem] = mr = (self.next_mr[modem] + 1) % 256
        self.submits.append(Segment(lease["id"], segment, modem, mr,
                                    self.s.tick()))
        return self.submits[-1]

    def make_report(self):
        """Of something that was taken: temporary ones first, now and then;
        the final one once, but it may be told several times."""
        open_ones = [x for x in self.submits if not x.is_reported]
        if not open_ones:
            return
        segment = self.rng.choice(open_ones)
        verdict = self.rng.choice(("pending", "delivered", "delivered",
                                   "undelivered"))
        segment.is_reported = verdict != "pending"
        if verdict == "delivered":
            self.delivered.add((segment.message, segment.number))
        report = {"reference": segment.mr, "modem": segment.modem,
                  "class": verdict, "sent_at": 1000 * segment.at,
                  "discharged_at": 1000 * self.s.tick(),
                  "tp_status": {"pending": 48, "delivered": 0,
                                "undelivered": 70}[verdict]}
        self.reports += [report] * self.rng.choice((1, 1, 2, 3))

    # --- what can happen -----------------------------------------------------

    def event(self):
        self.n += 1
        self.s.event(f"e{self.n}", dossier=f"H10.45-{self.n}",
                     segments=self.rng.choice((1, 1, 2, 3)))

    def lease(self):
        modem = self.rng.choice(list(self.own_mr))
        if any(row[1] == modem for row in self.in_hands):
            return
        for lease in self.s.leased(modem):
            done = int(lease["done"])
            todo = [i + 1 for i in range(lease["segments"])
                    if not done >> i & 1]
            self.in_hands.append((lease, modem, todo))

    def settle(self):
        """The next segment of one that a modem has."""
        if not self.in_hands:
            return
        row = self.rng.choice(self.in_hands)
        lease, modem, todo = row
        segment = todo.pop(0)
        begun = self.s.tick()
        outcome = self.rng.choice(("sent",) * 5 + (
            "unknown", "lost", "refused", "unsent"))
        more = {"segment": segment, "begun_at": begun,
                "reference": lease["references"][segment - 1]}
        if outcome in ("sent", "unknown"):
            taken = self.submit(lease, modem, segment)
        if outcome == "sent":
            more.update(reference=taken.mr,
                        reference_kept=taken.mr == more["reference"])
        elif outcome == "refused":
            more.update(action="retry", reason="cms_42", counts=True,
                        delays=[0] * 50)
        if self.rng.random() < 0.1:     # the report overtakes its outcome
            self.make_report()
            self.report()
        told = "unknown" if outcome == "lost" else outcome
        for _ in range(self.rng.choice((1, 1, 1, 2))):  # a replay tells again
            self.s.settle(lease, told, modem, **more)
        if told != "sent" or not todo:
            self.in_hands.remove(row)

    def report(self):
        if not self.reports:
            return
        report = dict(self.reports.pop(
            self.rng.randrange(len(self.reports))))
        self.s.report(report.pop("reference"), report.pop("modem"), **report)

    def sweep(self):
        self.s.sweep()

    # --- what must be --------------------------------------------------------

    def times(self, message, segment):
        return sum((x.message, x.number) == (message, segment)
                   for x in self.submits)

    def check(self):
        for i in range(1, self.n + 1):
            ident = f"e{i}"
            m = self.s.message(ident)
            if m:
                self.check_message(ident, m)

    def check_message(self, ident, m):
        n, state = int(m["segments"]), m["state"]
        for segment in range(1, n + 1):
            times = self.times(ident, segment)
            is_done = int(float(m["done"])) >> segment - 1 & 1
            assert times or not is_done, \
                f"{ident}: segment {segment} is done, and never was sent"
            assert times <= 1 or "resent" in m, \
                f"{ident}: segment {segment} went out {times} times, unmarked"
            assert times <= 2, f"{ident}: {times} times"
            assert state != "delivered" or \
                (ident, segment) in self.delivered, \
                f"{ident} is delivered, segment {segment} was not"
        assert state not in SENT or \
            int(float(m["done"])) == 2 ** n - 1, f"{ident}: {m}"
        assert state != "undelivered" or any(
            (x.message, x.is_reported) == (ident, True) and
            (x.message, x.number) not in self.delivered or
            self.times(ident, x.number) > 1 for x in self.submits), \
            f"{ident} is undelivered, and nobody said so"

    WEIGHTS = {"event": 2, "lease": 4, "settle": 6, "make_report": 3,
             "report": 5, "sweep": 2}

    def step(self):
        name, = self.rng.choices(list(self.WEIGHTS), self.WEIGHTS.values())
        getattr(self, name)()
        self.check()


def each_seed(play):
    """One redis-server for all; a seed that fails is named."""
    with Lab(start=False) as world:
        world.start_redis()
        for seed in range(SEED, SEED + SEQUENCES):
            world.redis.flushall()
            try:
                play(Scripts(world.redis), random.Random(seed))
            except Exception:
                print(f"# BAOTIN_SEQUENCE_SEED={seed} BAOTIN_SEQUENCES=1")
                raise


def outcomes_and_reports_in_any_order():
    """issue 9, 4: reports in any order, repeated, early and temporary, for
    modems with their own TP-MR, too."""
    def play(s, rng):
        model = Model(s, rng)
        # The modems are known: each has sent a text to somebody.
        for modem in model.own_mr:
            model.event()
            lease, = s.leased(modem)
            for segment in range(1, lease["segments"] + 1):
                taken = model.submit(lease, modem, segment)
                s.settle(lease, "sent", modem, segment=segment,
                         reference=taken.mr, reference_kept=taken.mr ==
                         lease["references"][segment - 1], begun_at=taken.at)
        for _ in range(STEPS):
            model.step()
    each_seed(play)


def parts_of_texts_in_any_order():
    """Several long texts of one phone at once, each part told up to three
    times: each text is heard once, whole."""
    def play(s, rng):
        texts = {ref: ["".join(rng.choices("abc ", k=20))
                       for _ in range(rng.randrange(1, 6))]
                 for ref in rng.sample(range(256), rng.randrange(1, 5))}
        told = [(ref, i) for ref, parts in texts.items()
                for i in range(len(parts))
                for _ in range(rng.choice((1, 1, 2, 3)))]
        rng.shuffle(told)
        heard = []
        for ref, i in told:
            parts = texts[ref]
            reply = s.run(
                "hear", modem="m1", imsi="i-m1", seq=0, kind="sms",
                phone=PHONE, pool="p", mark=f"{ref}-{i}", text=parts[i],
                part=i + 1, parts=len(parts), concat_ref=ref, at=s.now(),
                validity_ms=3600000, again_ms=60000, hashes=["k:1"])
            if reply["result"] == "heard":
                heard.append(reply["question"]["text"])
        assert sorted(heard) == sorted("".join(p) for p in texts.values()), \
            (heard, texts)
        assert not s.redis.keys("b:parts:*")
    each_seed(play)


run([outcomes_and_reports_in_any_order, parts_of_texts_in_any_order])
