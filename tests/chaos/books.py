# SPDX-License-Identifier: GPL-2.0-or-later
"""After all has calmed down: does every event have one end, and is every text
on a phone one message's? Segments are counted where the centre took them."""

import json
from collections import Counter, defaultdict

from producer import WORDS
from verdicts import Verdicts
from world import LIST

from lab import wait
from states import STATES, with_trait, wrong_transitions

ON_AIR = with_trait("OUT")
OVER = set(STATES) - with_trait("OPEN") - {"suppressed"}
# What a state may become later, once it is an end.
AFTER = {"sent": {"delivered", "undelivered", "no_report"},
         "no_report": {"delivered", "undelivered"},
         "unknown": {"queued", "sent", "superseded", "expired"}}
WORK = ("leased:*", "expiring", "unknown", "ready:*", "delayed:*", "held:*",
        "taken", "questions")


def is_over(m):
    return m["state"] in OVER or (
        m["state"] == "unknown" and "final_at" in m)


def load_messages(world):
    return {m["id"]: m for m in world.messages()}


def unfinished(world):
    """What still waits for something; empty: all is at rest."""
    redis = world.redis
    left = {}
    for name in ("baotin:events", LIST):
        n = redis.xlen(name) if name != LIST else redis.llen(name)
        if n:
            left[name] = n
    for pattern in WORK:
        for key in redis.scan_iter("baotin:" + pattern, count=1000):
            left[key] = redis.zcard(key) if redis.type(key) == "zset" \
                else redis.llen(key)
    for key in redis.scan_iter("baotin:dossier:*", count=1000):
        waiting = redis.hget(key, "waiting")
        if waiting:
            left[key] = waiting
    for modem in world.sim("modems")["modems"]:
        if modem["stored"] + modem["waiting"]:
            left["not read by " + modem["name"]] = modem["stored"] + \
                modem["waiting"]
    states = Counter(m["state"] for m in world.messages()
                     if not is_over(m))
    left.update({"state " + state: n for state, n in states.items()})
    return left


class Books:
    def __init__(self, world, events):
        self.world, self.events = world, events
        self.faults = []
        self.counts = Counter()
        self.forgotten = set()

    def fault(self, kind, text):
        self.counts[kind] += 1
        self.faults.append(f"{kind}: {text}")

    def balance(self):
        redis = self.world.redis
        self.check_repair()
        n_receipts = -1
        while n_receipts != redis.xlen("baotin:receipts"):
            # Reports may still come in: all of one moment.
            n_receipts = redis.xlen("baotin:receipts")
            awaiting = set(redis.zrange("baotin:awaiting", 0, -1))
            self.messages = load_messages(self.world)
            rows = redis.xrange("baotin:receipts")
        self.world.awaiting = awaiting
        self.receipts = defaultdict(list)
        of_event = defaultdict(set)
        suppressed = defaultdict(set)
        for _, r in rows:
            self.receipts[r["message"]].append(r)
            key = (r["dossier"], r["status"])
            if r["state"] == "suppressed":
                if r["reason"] != "duplicate":
                    suppressed[key].add(r["message"])
            else:
                of_event[key].add(r["message"])
        rejected = Counter(
            self.dossier_of(row)
            for _, row in redis.xrange("baotin:rejected"))
        self.check_events(of_event, suppressed, rejected)
        self.count_segments()
        for m in self.messages.values():
            self.check_message(m)
        self.check_texts()
        self.check_order()
        Verdicts(self.world, self.events, self.messages, self.receipts,
                 self.fault).check()
        return self.faults

    def dump(self, path):
        """What they were made of, for whoever looks at a fault."""
        with open(path, "w") as out:
            json.dump({"messages": self.messages, "receipts": self.receipts,
                       "events": [vars(e) for e in self.events],
                       "taken": self.taken, "faults": self.faults}, out,
                      indent=1)

    @staticmethod
    def dossier_of(row):
        if "dossier" in row:
            return row["dossier"]
        return row["json"].split('"dossier": "')[1].split('"')[0]

    def check_events(self, of_event, suppressed, rejected):
        bad = Counter()
        for event in self.events:
            self.counts["events"] += 1
            key = (event.dossier, WORDS[event.status])
            n = len(of_event[key]) + len(suppressed[key])
            if not event.is_acknowledged:
                self.fault("unacknowledged", event.key)
            elif event.is_bad:
                bad[event.dossier] += 1
                if n:
                    self.fault("accepted", f"{event.key} is bad")
            elif n == 0:
                self.fault("lost", f"{event.key} by {event.way} left no "
                           "trace")
            elif n > 1:
                self.fault("twofold", f"{event.key}: {of_event[key]} "
                           f"{suppressed[key]}")
        for dossier, n in bad.items():
            if rejected[dossier] < n:
                self.fault("lost", f"{dossier}: {rejected[dossier]} of {n} "
                           "bad events rejected")

    def count_segments(self):
        """self.taken: message -> part -> moments at which the centre took
        it, in the order of the simulator's log."""
        of_phone = defaultdict(list)
        for m in self.messages.values():
            of_phone[m["phone"]].append(m)
        self.taken = defaultdict(lambda: defaultdict(list))
        joined = defaultdict(set)   # by number and reference: messages
        doubtful = []
        for i, s in enumerate(self.world.lines("segment")):
            if s["result"] not in ("ok", "taken"):
                continue
            owners = {m["id"] for m in self.owners(s, of_phone[s["to"]])}
            if len(owners) == 1:
                joined[s["to"], s["ref"]] |= owners
                self.count_segment(i, s, owners)
            else:
                doubtful.append((i, s, owners))
        for i, s, owners in doubtful:
            self.count_segment(i, s, owners & joined[s["to"], s["ref"]])

    def count_segment(self, i, s, owners):
        if not owners and self.is_forgotten(s):
            return
        if len(owners) != 1:
            self.fault("stray", f"{s['to']} {s['text']!r} is of {owners}")
            return
        self.taken[owners.pop()][s["part"]].append(i)
        self.counts["segments"] += 1

    def owners(self, s, messages):
        """A message that a restored Redis made anew joins its parts by
        another reference."""
        found = [m for m in messages if int(m["segments"]) == s["parts"] and
                 (s["parts"] == 1 and s["text"] == m["text"] or
                  s["parts"] > 1 and s["text"] in m["text"])]
        exact = [m for m in found if s["parts"] == 1 or
                 int(m["concat_ref"]) == s["ref"]]
        return exact or (found if self.world.has_lost_writes() else [])

    def is_forgotten(self, s):
        """A master that lost its place goes on for a while, and what it
        accepted then is lost with it: its event comes again, perhaps behind
        a newer one. Said once, though."""
        if not self.world.has_lost_writes() or \
                (s["to"], s["text"]) in self.forgotten:
            return False
        self.forgotten.add((s["to"], s["text"]))
        self.counts["forgotten"] += 1
        return True

    def is_corrected(self, rows):
        """A report ended it before the resend that a lost master had noted
        was told again: one more receipt of the same end brings the mark."""
        return bool(
            self.world.has_lost_writes() and len(rows) > 1 and
            rows[-1]["reason"] == "unknown_resent" and
            rows[-1]["state"] in [r["state"] for r in rows[:-1]])

    @staticmethod
    def is_taken_back(row, following):
        """It failed by a SIM that refuses everybody, as turned out then."""
        return row["state"] == "failed" and any(
            r["state"] == "queued" and r["reason"] == row["reason"]
            for r in following)

    def check_repair(self):
        """Once looked through, all is in its place."""
        def repair():
            status, out = self.world.gateways[0].ctl("repair", timeout=60)
            return json.loads(out) if status == 0 else None
        first = wait(repair, "a repair")
        second = wait(repair, "a repair")
        self.counts["repaired"] += first["repaired"]
        if second["repaired"]:
            self.fault("misplaced", f"a second repair mends {second}")

    def check_message(self, m):
        rows = [r for r in self.receipts[m["id"]]
                if r["reason"] != "duplicate"]
        states = [r["state"] for r in rows]
        who = f"{m['id']} of {m['dossier']} {m['status']}"
        n_parts = int(m["segments"])
        taken = self.taken[m["id"]]
        times = [len(taken[i + 1]) for i in range(n_parts)]
        is_marked = any(r["reason"] == "unknown_resent" for r in rows)
        is_corrected = self.is_corrected(rows)
        self.counts["messages"] += 1
        self.counts["state " + m["state"]] += 1
        self.counts["unknown"] += "unknown" in states
        self.counts["resent"] += is_marked
        self.counts["transitions"] += len(rows) - 1
        for before, after in wrong_transitions(
                rows, self.world.has_lost_writes()):
            self.fault("transition", f"{who}: {before} to {after}, which "
                       f"states.def does not have: {states}")
        if not is_over(m):
            self.fault("unfinished", f"{who} is {m['state']}")
        if not states or states[-1] != m["state"]:
            self.fault("untold", f"{who} is {m['state']}, told: {states}")
        ends = [r["state"] for i, r in enumerate(rows[:len(rows) -
                                                      is_corrected])
                if r["state"] in OVER and
                not self.is_taken_back(r, rows[i + 1:i + 2])]
        for a, b in zip(ends, ends[1:]):
            if b not in AFTER.get(a, ()) and not (
                    b == "sent" and self.world.has_lost_writes()):
                self.fault("two ends", f"{who}: {states}")
        if m["state"] in ON_AIR and min(times) == 0:
            self.fault("lost", f"{who} is {m['state']}, on the air: {times}")
        if m["state"] not in ON_AIR and max(times) > 0 and \
                "unknown" not in states and min(times) > 0:
            self.fault("untold", f"{who} is {m['state']}, on the air: "
                       f"{times}")
        if max(times) > 2 or (max(times) == 2 and not is_marked):
            self.fault("doubled", f"{who}: {times} {states}")
        elif max(times) == 2:
            self.counts["doubled, marked"] += 1
            if m["phone"] in self.world.cast.off:
                self.counts["doubled, held"] += 1
            last = rows[-1:] if is_corrected else [
                r for r in rows if r["state"] == "sent"]
            if last and (last[-1]["reason"] != "unknown_resent" or
                         int(last[-1]["attempt"]) < 2):
                self.fault("doubled", f"{who}: its receipt says "
                           f"{last[-1]['reason']} {last[-1]['attempt']}")

    def check_texts(self):
        """What the phones show is what was meant, and whole."""
        meant = Counter((m["phone"], m["text"])
                        for m in self.messages.values())
        for text in self.world.texts():
            self.counts["texts"] += 1
            if meant[text["to"], text["text"]] != 1 and not any(
                    to == text["to"] and part in text["text"]
                    for to, part in self.forgotten):
                self.fault("stray", f"{text['to']} shows {text['text']!r}")
        shown = {(text["to"], text["text"]) for text in self.world.texts()}
        for m in self.messages.values():
            if m["state"] in ON_AIR and \
                    m["phone"] not in self.world.cast.failing and \
                    (m["phone"], m["text"]) not in shown:
                self.fault("lost", f"{m['id']} of {m['dossier']} "
                           f"{m['status']} is {m['state']}, but not whole "
                           "on the phone")

    def check_order(self):
        """Of one dossier and phone: the older notice is out before the newer
        one begins."""
        lanes = defaultdict(list)
        for m in self.messages.values():
            moments = [i for part in self.taken[m["id"]].values()
                       for i in part]
            if moments and m["dossier"]:
                lanes[m["dossier"], m["phone"]].append(
                    (int(m.get("at") or 0), min(moments), max(moments),
                     m["status"]))
        for (dossier, _), rows in lanes.items():
            rows.sort()
            for a, b in zip(rows, rows[1:]):
                if a[2] <= b[1]:
                    continue
                if self.world.group:
                    # What a master that lost its place had superseded comes
                    # again behind what it sent.
                    self.counts["order, failed over"] += 1
                else:
                    self.fault("order", f"{dossier}: {a} {b}")
