# SPDX-License-Identifier: GPL-2.0-or-later
"""The producers: a list of events made from a seed, and a thread that brings
them in by three ways, each again and again until it is acknowledged."""

import csv
import json
import subprocess
import threading
import time

from world import LIST, REDIS_TROUBLE

# Those that send a text by themselves, in an order that makes sense.
STATUSES = [2, 5, 6, 3, 9]
BARRED = "+84977000001"


class Event:
    def __init__(self, key, dossier, status, phone, way, accents, notify,
                 is_bad):
        self.key, self.dossier, self.status = key, dossier, status
        self.phone, self.way, self.accents = phone, way, accents
        self.notify, self.is_bad = notify, is_bad
        self.at = 0
        self.pushes = 0     # how often Redis may have it
        self.is_acknowledged = False

    def fields(self):
        out = {"dossier": self.dossier, "status": str(self.status),
               "phone": self.phone, "event": self.key, "at": str(self.at)}
        if self.accents:
            out["accents"] = "1"
        if not self.notify:
            out["notify"] = "0"
        return out


def make_events(rng, n, phones_off=(), can_import=True):
    """n events of about n/2 dossiers, each dossier's in their order."""
    lines, made = [], 0
    while made < n:
        number = len(lines)
        dossier = f"H10.45-261122-{number:05d}"
        kind = rng.random()
        phone = f"+8491{rng.randrange(10 ** 7):07d}"
        if kind < 0.04:
            phone = BARRED
        elif kind < 0.15 and phones_off:
            phone = rng.choice(phones_off)
        is_bad = kind > 0.97
        count = min(n - made, rng.choice((1, 1, 2, 2, 3, 4)))
        line = []
        for status in sorted(rng.sample(range(len(STATUSES)), count)):
            line.append(Event(
                f"{dossier}/{status}", dossier, STATUSES[status],
                "12345" if is_bad else phone,
                rng.choice(("stream",) * 6 + ("list",) * 3 + ("import",)),
                rng.random() < 0.3, rng.random() > 0.04, is_bad))
        for event in line if is_bad or not can_import else ():
            event.way = "stream" if event.way == "import" else event.way
        made += len(line)
        lines.append(line)
    events, open_lines = [], []
    while lines or open_lines:  # a few dossiers at a time
        while lines and len(open_lines) < 12:
            open_lines.append(lines.pop(0))
        line = rng.choice(open_lines)
        events.append(line.pop(0))
        if not line:
            open_lines.remove(line)
    return events


class Producer(threading.Thread):
    def __init__(self, world, events, rng, seconds):
        super().__init__(daemon=True)
        self.world, self.events, self.rng = world, events, rng
        self.pause = seconds / len(events)
        self.is_stopped = False
        self.trouble = None
        self.last_at = 0

    def run(self):
        try:
            began, i = time.monotonic(), 0
            while i < len(self.events) and not self.is_stopped:
                batch = [self.events[i]]
                if batch[0].way == "import":
                    while len(batch) < 6 and i + len(batch) < len(
                            self.events) and not self.events[
                                i + len(batch)].is_bad:
                        batch.append(self.events[i + len(batch)])
                self.bring(batch)
                if self.rng.random() < 0.08:    # the same ones once more
                    self.bring(batch)
                i += len(batch)
                late = began + i * self.pause - time.monotonic()
                if late > 0:
                    time.sleep(late)
        except BaseException as error:
            self.trouble = error
            raise

    def bring(self, batch):
        for event in batch:
            if event.at == 0:
                self.last_at = max(int(time.time() * 1000), self.last_at + 1)
                event.at = self.last_at
        bring = {"stream": self.to_stream, "list": self.to_list,
                 "import": self.to_import}[batch[0].way]
        while not self.is_stopped:  # until Redis has it
            for event in batch:
                event.pushes += 1
            if bring(batch):
                for event in batch:
                    event.is_acknowledged = True
                return
            time.sleep(0.05)

    def ask(self, act):
        redis = None
        try:
            redis = self.world.connect()
            act(redis)
            return self.world.is_safe(redis)
        except REDIS_TROUBLE:
            return False
        finally:
            if redis:
                redis.close()

    def to_stream(self, batch):
        return self.ask(lambda r: r.xadd("baotin:events",
                                         batch[0].fields()))

    def to_list(self, batch):
        return self.ask(lambda r: r.lpush(LIST,
                                          json.dumps(batch[0].fields())))

    def to_import(self, batch):
        path = self.world.path("import.csv")
        names = ["dossier", "status", "phone", "event", "at", "accents",
                 "notify"]
        with open(path, "w", newline="") as out:
            sheet = csv.DictWriter(out, names)
            sheet.writeheader()
            for event in batch:
                sheet.writerow(event.fields())
        gateway = self.rng.choice(self.world.gateways)
        try:
            return gateway.ctl("import", path, timeout=15)[0] == 0
        except subprocess.TimeoutExpired:
            return False
