# SPDX-License-Identifier: GPL-2.0-or-later
"""What is broken: gateways on one Redis with simulated modems, whose
processes can be killed, frozen and cut off their power one by one.

Only processes of this world are ever signalled, by their numbers: its
children, and what its daemons left behind (which becomes its child)."""

import ctypes
import json
import mmap
import os
import signal
import struct
import subprocess
import sys
import uuid

import redis as redis_client

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "flow"))

from group import Group, write_conf  # noqa: E402
from cast import Cast, numbers  # noqa: E402
from lab import (  # noqa: E402
    AGENCY, BUILD, NO_LIMITS, Lab, program, under, wait, whole_message)

PR_SET_CHILD_SUBREAPER = 36
LEASE_S = 3
LIST = "chaos:list"
# Of a broken unix socket python3-redis 4.3 wants to tell the host.
REDIS_TROUBLE = (redis_client.exceptions.RedisError, AttributeError)
# The last one is small: all that it has may be cancelled.
AGENCIES = [AGENCY, {"id": "H10.46", "name": "UBND xã Phú Riềng",
                     "desk": "Một cửa xã Phú Riềng"}]
RETRY = {"delays": [1, 1, 1, 2], "jitter": 50, "unknown_wait": 1,
         "send_timeout": 2, "lease": LEASE_S}


def preload():
    return os.path.join(os.path.abspath(BUILD), "tests/chaos/disk.so")


def children_of(pid):
    try:
        with open(f"/proc/{pid}/task/{pid}/children") as children:
            return [int(word) for word in children.read().split()]
    except OSError:
        return []


def send(pid, number):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


class Disk:
    """The page that disk.c maps: see there."""

    SIZE, N_SLOTS = 4096, 200

    def __init__(self, path):
        self.path = path
        fd = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.ftruncate(fd, self.SIZE)
        self.page = mmap.mmap(fd, self.SIZE)
        os.close(fd)
        self.boot()

    def boot(self):
        text = str(uuid.uuid4()).encode() + b"\n"
        self.page[0:40] = text.ljust(40, b"\0")

    def set_full(self, is_full):
        self.page[40:44] = struct.pack("=I", is_full)

    def is_full(self):
        return self.page[40:44] != bytes(4)

    def synced(self, inode):
        """Octets of that file that would survive a power cut."""
        for i in range(self.N_SLOTS):
            at = 64 + 16 * i
            if at + 16 > self.SIZE:
                break
            mine, size = struct.unpack("=QQ", self.page[at:at + 16])
            if mine == inode:
                return size
        return 0


class Gateway:
    """One machine: a daemon, its workers, their disk."""

    def __init__(self, world, name, modems):
        self.world, self.name, self.modems = world, name, modems
        self.state = world.path("state-" + name)
        self.control = world.path(f"control-{name}.sock")
        os.makedirs(self.state, exist_ok=True)
        self.disk = Disk(world.path(f"disk-{name}"))
        self.is_wanted = False  # up, or to be
        self.frozen = set()
        self.conf = world.path(name + ".conf")
        os.rename(world.conf_of(
            gateway={"name": name, "state_dir": self.state},
            admin={"socket": self.control,
                   "status_socket": world.path(f"status-{name}.sock")},
            privacy={"key_file": world.path("privacy.key")},
            modems=[{"name": modem, "device": world.path("sim", modem),
                     "pace_ms": 0, "limits": NO_LIMITS}
                    for modem in modems]), self.conf)

    def start(self):
        self.is_wanted = True
        self.world.spawn(self.name, under("BAOTIN_UNDER_DAEMON", [
            self.world.daemon, "-f", "-c", self.conf]), env={
                "BAOTIN_WORKER": self.world.worker(),
                "LD_PRELOAD": preload(),
                "BAOTIN_CHAOS_DISK": self.disk.path,
                "ASAN_OPTIONS": "verify_asan_link_order=0:" +
                os.environ.get("ASAN_OPTIONS", "")})

    def pid(self):
        child = self.world.children.get(self.name)
        return child.pid if child is not None and child.poll() is None \
            else None

    def workers(self):
        pid = self.pid()
        return children_of(pid) if pid else []

    def kill_daemon(self):
        self.is_wanted = False
        self.world.kill(self.name)

    def ctl(self, *words, timeout=10):
        done = subprocess.run(
            [program("baotinctl"), "-j", "-s", self.control, *words],
            capture_output=True, text=True, timeout=timeout)
        return done.returncode, done.stdout

    def ready_modems(self):
        try:
            status, out = self.ctl("modems")
            rows = json.loads(out) if status == 0 else []
        except (subprocess.TimeoutExpired, ValueError):
            return 0
        return sum(row["state"] in ("ready", "busy") for row in rows)

    def cut(self, rng):
        """The power goes: nobody finishes anything, and what was not synced
        is gone, or half of it, or zeros. Its workers include those that a
        daemon before left behind."""
        pids = self.workers() + self.world.orphans(self.state)
        self.kill_daemon()
        for pid in pids:
            send(pid, signal.SIGKILL)
        self.world.wait_gone(pids)
        for name in sorted(os.listdir(self.state)):
            path = os.path.join(self.state, name)
            if name.endswith(".journal.before"):
                now = path[:-len(".before")]
                if rng.random() < 0.5:
                    os.rename(path, now)
                else:
                    os.unlink(path)
        for name in sorted(os.listdir(self.state)):
            if name.endswith(".journal"):
                self.tear(os.path.join(self.state, name), rng)
        self.disk.set_full(False)
        self.disk.boot()

    def tear(self, path, rng):
        info = os.stat(path)
        safe = min(self.disk.synced(info.st_ino), info.st_size)
        lost = info.st_size - safe
        self.world.unsynced += lost
        at = safe + (rng.randrange(lost + 1) if lost else 0)
        how = rng.choice(("all", "torn", "zeros", "none"))
        if how == "all":
            os.truncate(path, safe)
        elif how != "none":
            os.truncate(path, at)
            if how == "zeros":
                os.truncate(path, info.st_size)


class World(Lab):
    def __init__(self, n_gateways=1, modems_each=3, sim=(), settings=None,
                 daemon=None, has_sentinel=False):
        super().__init__(
            modems=n_gateways * modems_each, start=False, sim=sim,
            agencies=AGENCIES, settings={
                "retry": RETRY,
                "intake": {"list": LIST},
                "notices": {
                    "templates": os.path.join(os.path.abspath(os.environ.get(
                        "top_srcdir") or os.path.join(os.path.dirname(
                            os.path.abspath(__file__)), "..", "..")),
                        "templates"),
                    "window": "00:00-24:00", "validity": "10m",
                    "per_phone_per_day": 1000, "flood_factor": 0},
                **(settings or {})})
        self.n_gateways, self.modems_each = n_gateways, modems_each
        self.daemon = daemon or program("baotind")
        self.has_sentinel, self.group = has_sentinel, None
        self.gateways = []
        self.seen_octets = self.n_seen = 0
        self.unsynced = 0
        self.redis_frozen = False
        self.wanted_redis = False
        self.cast = Cast()
        self.producer = None
        # What was done, for the books.
        self.backup = 0.0           # when it was taken
        self.is_restored = self.is_failing_over = self.is_holding = False
        self.has_odd_reports = False
        self.late_share = 0.0       # of restored backups, see backup.py
        self.unplugged, self.refusing = set(), set()
        self.refused = set()        # (modem, reason): to everybody, a while
        self.awaiting = set()       # a report, in the end
        self.cancelled, self.cancelled_until = set(), {}
        # Who will ask, and who has.
        self.askers = self.cast.askers + numbers("+8489", 2)
        self.stoppers, self.callers = self.cast.stoppers[:], \
            self.cast.callers[:]
        self.asked, self.called = set(), set()
        self.stopped, self.resumed = set(), set()
        self.shown_at_rest, self.delivered_at_rest = set(), set()
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)

    def build(self):
        if self.has_sentinel:
            # Not so short that a busy machine looks like a dead master.
            self.group = Group(self, down_after_ms=2000)
        else:
            self.start_redis()
        self.start_sim()
        for i in range(self.n_gateways):
            self.gateways.append(Gateway(self, f"gate{i + 1}", [
                f"modem{i * self.modems_each + k + 1}"
                for k in range(self.modems_each)]))

    def has_lost_writes(self):
        """Does Redis know less than it once acknowledged?"""
        return bool(self.group) or self.is_restored

    def set_phones(self):
        """What the network does to some phones; "report" without a phone
        forgets it."""
        for phone in self.cast.pending:
            self.sim(f"report to={phone} mode=pending")
        for phone in self.cast.failing:
            self.sim(f"report to={phone} mode=failed")

    def switch_phones(self, is_on):
        for phone in self.cast.off + self.cast.pending * is_on:
            self.sim(f"phone {phone} {'on' if is_on else 'off'}")

    def refuse_barred(self):
        for phone in self.cast.barred:
            self.sim(f"fail * to={phone} cms=1 forever")

    def note_rest(self):
        """What the phones that are on show before the others are, too."""
        self.delivered_at_rest = {
            m["id"] for m in self.messages() if m["state"] == "delivered"}
        self.shown_at_rest = {(t["to"], t["text"]) for t in self.texts()}

    def messages(self):
        keys = list(self.redis.scan_iter("baotin:message:*", count=1000))
        pipe = self.redis.pipeline(transaction=False)
        for key in keys:
            pipe.hgetall(key)
        return [{**whole_message(m), "id": key.rsplit(":", 1)[1]}
                for key, m in zip(keys, pipe.execute()) if "state" in m]

    def conf_of(self, **more):
        if self.group:
            return write_conf(self, self.group.sentinels, **more)
        return self.write_conf(**more)

    def connect(self):
        """A connection to what is Redis now, for a producer."""
        if self.group:
            return redis_client.Redis(
                port=self.group.master(), decode_responses=True,
                socket_timeout=3)
        return redis_client.Redis(
            unix_socket_path=self.path("redis.sock"), decode_responses=True,
            socket_timeout=3)

    def is_safe(self, redis):
        """Would what was just written outlive a failover?"""
        return self.group is None or redis.wait(1, 1000) >= 1

    def forget_name(self, gateway):
        """As if the time had passed. False while there is no Redis."""
        if self.redis_frozen:
            return False
        try:
            redis = self.connect()
            redis.delete("baotin:instance:" + gateway.name)
            redis.close()
            return True
        except REDIS_TROUBLE:
            return False

    def follow(self):
        """The lab's own connection, after a failover."""
        if self.group:
            self.redis = self.group.client(self.group.master())

    @staticmethod
    def redirect(gateway, address):
        """Another way to Redis, from the next start on."""
        with open(gateway.conf) as conf:
            lines = [f'redis: {{ address = "{address}"; }};\n'
                     if line.startswith("redis") else line for line in conf]
        with open(gateway.conf, "w") as conf:
            conf.writelines(lines)

    def start_redis(self, *words):
        self.wanted_redis = True
        super().start_redis("--appendfsync", "always", *words)

    def kill_redis(self, number=signal.SIGKILL):
        self.wanted_redis = False
        self.kill("redis", number)

    def progress(self):
        """Segments that the simulator has seen an end of."""
        try:
            with open(self.path("sim", "texts.jsonl"), "rb") as log:
                log.seek(self.seen_octets)
                data = log.read()
        except FileNotFoundError:
            return 0
        self.seen_octets += len(data)
        self.n_seen += data.count(b'"kind":"segment"')
        return self.n_seen

    def modem_names(self):
        return [name for g in self.gateways for name in g.modems]

    # --- what daemons left behind ---------------------------------------------

    def reap(self):
        known = {child.pid for child in self.children.values()}
        for pid in children_of(os.getpid()):
            if pid not in known and self.is_worker(pid):
                self.bury(pid)

    @staticmethod
    def bury(pid):
        try:
            os.waitpid(pid, os.WNOHANG)
        except ChildProcessError:
            pass

    @staticmethod
    def is_worker(pid):
        """Or one that is still called as its daemon is."""
        try:
            with open(f"/proc/{pid}/stat") as stat:
                name = stat.read().split("(")[1].split(")")[0]
        except OSError:
            return False
        return name in ("baotin-modem", "baotind")

    def orphans(self, state=None):
        """Workers whose daemon is gone; of one gateway only with state: told
        by the journal they hold."""
        self.reap()
        known = {child.pid for child in self.children.values()}
        found = []
        for pid in children_of(os.getpid()):
            if pid in known or not self.is_worker(pid):
                continue
            if state is None or self.holds(pid, state):
                found.append(pid)
        return found

    @staticmethod
    def holds(pid, state):
        try:
            names = [os.readlink(f"/proc/{pid}/fd/{fd}")
                     for fd in os.listdir(f"/proc/{pid}/fd")]
        except OSError:
            return False
        return any(name.startswith(state + "/") for name in names)

    def wait_gone(self, pids):
        def gone():
            for pid in pids:
                self.bury(pid)
            return not any(os.path.exists(f"/proc/{pid}") for pid in pids)
        wait(gone, "killed workers")

    def __exit__(self, kind, value, trace):
        pids = self.orphans()
        for gateway in self.gateways:
            pids += gateway.workers()
            if gateway.pid():
                send(gateway.pid(), signal.SIGCONT)
        for name in list(self.children):
            self.kill(name)
        for pid in pids:
            send(pid, signal.SIGKILL)
        self.wait_gone(pids)
        self.failed = self.failed or kind is not None
        if not self.failed:
            super().__exit__(kind, value, trace)
        else:
            print(f"# logs kept in {self.dir}")
