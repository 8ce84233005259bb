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
WORDS = {2: "received", 3: "refused", 5: "supplement", 6: "payment",
         9: "ready"}


class Event:
    def __init__(self, key, dossier, status, phone, way, accents=False,
                 notify=True, is_bad=False, valid_ms=0):
        self.key, self.dossier, self.status = key, dossier, status
        self.phone, self.way, self.accents = phone, way, accents
        self.notify, self.is_bad, self.valid_ms = notify, is_bad, valid_ms
        self.word = WORDS[status]
        self.at = 0
        self.pushes = 0     # how often Redis may have it
        self.is_acknowledged = False
        self.acknowledged_at = 0.0

    def fields(self):
        out = {"dossier": self.dossier, "status": str(self.status),
               "phone": self.phone, "event": self.key, "at": str(self.at)}
        if self.accents:
            out["accents"] = "1"
        if not self.notify:
            out["notify"] = "0"
        if self.valid_ms:
            out["expires"] = str(self.at + self.valid_ms)
        return out


def make_line(rng, number, cast, can_import):
    """The events of one dossier, in their order; one in eight is of the
    small agency."""
    agency = "H10.46" if rng.random() < 0.12 else "H10.45"
    dossier = f"{agency}-261122-{number:05d}"
    is_bad = rng.random() < 0.03
    phone = "12345" if is_bad else cast.pick(rng)
    count = rng.choice((1, 1, 2, 2, 3, 4))
    line = []
    for status in sorted(rng.sample(range(len(STATUSES)), count)):
        line.append(Event(
            f"{dossier}/{status}", dossier, STATUSES[status], phone,
            rng.choice(("stream",) * 6 + ("list",) * 3 + ("import",)),
            rng.random() < 0.3, rng.random() > 0.04, is_bad,
            rng.choice((1500, 3000, 6000)) if rng.random() < 0.04 else 0))
    for event in line if is_bad or not can_import else ():
        event.way = "stream" if event.way == "import" else event.way
    return line


def make_events(rng, n, cast, can_import=True):
    """Some n events of about n/2 dossiers, each dossier's in their order."""
    lines, made = [], 0
    while made < n:
        line = make_line(rng, len(lines), cast, can_import)[:n - made]
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
        self.lock = threading.Lock()
        self.n_brought = 0
        self.again = []     # what a restored Redis has lost
        self.is_busy = False

    def repeat_since(self, moment):
        """What was acknowledged after this moment is brought once more,
        before anything else."""
        with self.lock:
            self.again += [e for e in self.events
                           if e.acknowledged_at >= moment - 0.1 and
                           e not in self.again]

    def is_done(self):
        with self.lock:
            return not (self.again or self.is_busy or
                        self.n_brought < len(self.events))

    def next_batch(self):
        """One event, or some for one import; repeated ones come one by
        one."""
        with self.lock:
            self.is_busy = True
            if self.again:
                return [self.again.pop(0)]
            batch = self.events[self.n_brought:self.n_brought + 1]
            if batch and batch[0].way == "import":
                for event in self.events[self.n_brought + 1:
                                         self.n_brought + 6]:
                    if event.is_bad:
                        break
                    batch.append(event)
            self.n_brought += len(batch)
            return batch

    def run(self):
        try:
            began = time.monotonic()
            while not self.is_stopped:
                batch = self.next_batch()
                if batch:
                    self.bring(batch)
                    if self.rng.random() < 0.08:    # the same ones once more
                        self.bring(batch)
                self.is_busy = False
                late = began + self.n_brought * self.pause - time.monotonic()
                if late > 0 and not self.again or not batch:
                    time.sleep(min(max(late, 0.01), 1))
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
                    event.acknowledged_at = time.time()
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
                 "notify", "expires"]
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
