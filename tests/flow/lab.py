# SPDX-License-Identifier: GPL-2.0-or-later
"""A laboratory for flow tests: a private redis-server, baotin-sim and
baotind in a folder of their own, on unix sockets and pseudo terminals.

    with Lab(modems=2) as lab:
        lab.event(dossier="H10.45-230515-0001", status=9, phone="0912345678")
        lab.wait_text("+84912345678")

Nothing here sleeps for a fixed time: wait() polls until a fact holds or a
deadline passes. The folder stays, with all logs, when a test fails.
"""

import datetime
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import traceback

from calls import check_answer, words_of



def skip_all(reason):
    """The TAP of a program whose tests can't be run here."""
    print("1..0 # SKIP " + reason)
    sys.exit(0)


try:
    import redis as redis_client
except ImportError:
    skip_all("python3-redis is not installed")
# Another server of the same protocol: valkey-server.
REDIS_SERVER = os.environ.get("BAOTIN_REDIS_SERVER", "redis-server")
if shutil.which(REDIS_SERVER) is None:
    skip_all(REDIS_SERVER + " is not installed")

SOURCE = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
BUILD = os.environ.get("top_builddir") or os.path.join(SOURCE, "build")
# A factor for slow surroundings (valgrind, sanitizers).
PATIENCE = float(os.environ.get("BAOTIN_TEST_PATIENCE", "1"))

NO_LIMITS = {"minute": 0, "hour": 0, "day": 0, "month": 0}

AGENCY = {
    "id": "H10.45", "name": "UBND xã Bom Bo", "desk": "Một cửa xã Bom Bo",
    "hotline": "02713000000",
}


def program(name):
    for folder in ("src/daemon", "src/ctl", "sim", "src/worker", "."):
        path = os.path.join(os.path.abspath(BUILD), folder, name)
        if os.path.exists(path):
            return path
    raise AssertionError(f"{name} is not built in {BUILD}")


def under(tool_variable, argv):
    """argv, run by a tool such as valgrind when the variable names one."""
    return os.environ.get(tool_variable, "").split() + argv


def wait(fact, what, timeout=30.0):
    """Polls fact() until it gives something true, and returns that."""
    deadline = time.monotonic() + timeout * PATIENCE
    pause = 0.002
    while True:
        value = fact()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError("waited in vain for " + what)
        time.sleep(pause)  # poll
        pause = min(pause * 1.5, 0.1)


def free_port():
    """A port on 127.0.0.1 that nobody had a moment ago, below those that
    the kernel gives to whoever asks for any."""
    for _ in range(1000):
        port = random.randrange(12000, 32000)
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
                return port
            except OSError:
                pass
    raise AssertionError("no free port")


def setting(value):
    """A Python value in libconfig's notation."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, dict):
        return "{ " + " ".join(
            f"{k} = {setting(v)};" for k, v in value.items()) + " }"
    if all(isinstance(v, int) for v in value) and value:
        return "[ " + ", ".join(map(setting, value)) + " ]"
    return "( " + ", ".join(map(setting, value)) + " )"


# What Redis does not store of a message because it is usual (guard.lua).
USUAL = {"done": "0", "attempt": "0", "fence": "0", "tries": "0",
         "reason": "", "want": "", "channel": "direct", "priority": "normal"}


def whole_message(fields):
    """A message as Redis has it, its text in one piece, with the fields that
    are not stored. Other hashes stay as they are."""
    fields = {**USUAL, **fields} if "state" in fields else dict(fields)
    text = "text" if "text" in fields else b"text"
    for i in range(2, len(fields)):
        name = f"text_{i}" if text == "text" else b"text_%d" % i
        if name in fields:
            fields[text] += fields.pop(name)
    return fields


def library():
    """Name and text of our library of Redis functions."""
    with open(os.path.join(BUILD, "src", "redis", "library.lua")) as file:
        text = file.read()
    return text.split("\n")[0].split("=")[1], text


def call(redis, function, prefix, gateway, args):
    """One function of our library, as the daemon calls it, with the settings
    of calls.COMMON; what it returns, from JSON."""
    name, text = library()
    words = ["FCALL", f"{name}_{function}", 0,
             *words_of(function, prefix, gateway, args)]
    try:
        answer = redis.execute_command(*words)
    except redis_client.exceptions.ResponseError as error:
        if "Function not found" not in str(error):
            raise
        redis.execute_command("FUNCTION", "LOAD", text)
        answer = redis.execute_command(*words)
    if isinstance(answer, str):
        answer = json.loads(answer)
        check_answer(function, answer)
    return answer


class Lab:
    def __init__(self, modems=1, sim=(), settings=None, modem=None,
                 agencies=None, start=True, clock=None):
        self.dir = tempfile.mkdtemp(prefix="baotin-")
        self.has_clock = clock is not None
        if self.has_clock:
            self.set_clock(clock)
        self.children = {}
        self.n_modems = modems
        self.sim_words = list(sim)
        self.settings = settings or {}
        self.modem_settings = modem or {}
        self.agencies = [AGENCY] if agencies is None else agencies
        self.auto = start
        self.failed = False

    # --- the clock ----------------------------------------------------------

    def set_clock(self, text):
        """The wall clock of Redis and the daemon, in Asia/Ho_Chi_Minh, from
        now on; it goes on from there. Needs Lab(clock=…)."""
        zone = datetime.timezone(datetime.timedelta(hours=7))
        moment = datetime.datetime.fromisoformat(text).replace(tzinfo=zone)
        offset = moment.timestamp() - time.time()
        # In place: the file is mapped by those who read it.
        self.write_clock(0, int(offset * 1000))

    def let_pass(self, seconds):
        """For the alarms so much time has passed (CLOCK_BOOTTIME). Needs
        Lab(clock=…)."""
        self.passed = getattr(self, "passed", 0) + int(seconds * 1000)
        self.write_clock(8, self.passed)

    def write_clock(self, at, number):
        fd = os.open(self.path("clock"), os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(fd, struct.pack("=q", number), at)
        os.close(fd)

    def clock_env(self):
        if not self.has_clock:
            return {}
        return {"LD_PRELOAD": os.path.join(os.path.abspath(BUILD),
                                           "tests/clock/setclock.so"),
                "BAOTIN_TEST_CLOCK": self.path("clock"),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" +
                os.environ.get("ASAN_OPTIONS", "")}

    # --- parts ------------------------------------------------------------

    def path(self, *names):
        return os.path.join(self.dir, *names)

    def __enter__(self):
        try:
            os.makedirs(self.path("state"), exist_ok=True)
            if self.auto:
                self.start_redis()
                self.start_sim()
                self.write_conf()
                self.start_daemon()
        except BaseException:
            self.__exit__(*sys.exc_info())
            raise
        return self

    def __exit__(self, kind, value, trace):
        self.failed = self.failed or kind is not None
        try:
            if "baotind" in self.children:
                self.stop("baotind")
        finally:
            for name in list(self.children):
                self.kill(name)
        if self.failed:
            print(f"# logs kept in {self.dir}")
            for name in ("baotind", "baotin-sim", "redis"):
                self.tell_log(name)
        else:
            shutil.rmtree(self.dir, ignore_errors=True)

    def tell_log(self, name, most=40):
        try:
            with open(self.path(name + ".log"), errors="replace") as log:
                for line in log.readlines()[-most:]:
                    print(f"# {name}: {line.rstrip()}")
        except OSError:
            pass

    def spawn(self, name, argv, env=None, stdout=None):
        log = open(self.path(name + ".log"), "a")
        self.children[name] = subprocess.Popen(
            argv, stdout=stdout or log, stderr=log, stdin=subprocess.DEVNULL,
            env=dict(os.environ, **(env or {})), cwd=self.dir)
        log.close()
        return self.children[name]

    def kill(self, name, number=signal.SIGKILL):
        child = self.children.pop(name)
        if child.poll() is None:
            child.send_signal(number)
        child.wait()
        return child.returncode

    def stop(self, name, timeout=30):
        """SIGTERM, and it must end well."""
        child = self.children.pop(name)
        child.terminate()
        try:
            status = child.wait(timeout * PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            raise AssertionError(f"{name} did not stop")
        if status != 0:
            self.failed = True
            raise AssertionError(f"{name} ended with status {status}")

    def start_redis(self, *words):
        self.spawn("redis", [
            REDIS_SERVER, "--port", "0", "--unixsocket",
            self.path("redis.sock"), "--dir", self.dir, "--save", "",
            "--appendonly", "yes", "--appendfsync", "everysec", *words],
            env=self.clock_env())
        self.redis = redis_client.Redis(
            unix_socket_path=self.path("redis.sock"), decode_responses=True,
            encoding_errors="replace")
        wait(self.redis_answers, "redis-server")

    def redis_answers(self):
        try:
            return self.redis.ping()
        except redis_client.exceptions.RedisError:
            return False

    def start_sim(self, *words):
        os.makedirs(self.path("sim"), exist_ok=True)
        child = self.spawn("baotin-sim", under("BAOTIN_UNDER_SIM", [
            program("baotin-sim"), "--dir", self.path("sim"), "--modems",
            str(self.n_modems), *self.sim_words, *words]),
            stdout=subprocess.PIPE)
        line = child.stdout.readline().decode()
        assert line.startswith("ready"), "baotin-sim said " + repr(line)

    def write_conf(self, to="baotin.conf", **more):
        conf = {
            "gateway": {"name": "lab", "state_dir": self.path("state")},
            "redis": {"address": "unix:" + self.path("redis.sock")},
            "agencies": self.agencies,
            "notices": {
                "templates": os.path.join(os.path.abspath(SOURCE),
                                          "templates"),
                "window": "00:00-24:00",
            },
            "retry": {"delays": [1, 2], "jitter": 0, "unknown_wait": 2,
                      "send_timeout": 20, "lease": 60},
            "privacy": {"key_file": self.path("state", "privacy.key")},
            "modems": [dict({
                "name": f"modem{i}",
                "device": self.path("sim", f"modem{i}"), "pace_ms": 0,
                "limits": NO_LIMITS,
            }, **self.modem_settings)
                for i in range(1, self.n_modems + 1)],
            "admin": {"socket": self.path("control.sock"), "group": "",
                      "status_socket": self.path("status.sock"), "http": ""},
            "log": {"target": "stderr", "level": "debug"},
        }
        for group, values in {**self.settings, **more}.items():
            if isinstance(values, dict):
                conf.setdefault(group, {}).update(values)
            else:
                conf[group] = values
        with open(self.path(to), "w") as out:
            for name, value in conf.items():
                out.write(f"{name} = {setting(value)};\n".replace(
                    "= {", ": {", 1) if isinstance(value, dict)
                    else f"{name} = {setting(value)};\n")
        return self.path(to)

    def write_texts(self, line):
        """vi.txt in our own folder of templates: the shipped texts with
        another line for "ready"."""
        with open(os.path.join(SOURCE, "templates", "vi.txt")) as shipped:
            others = [row for row in shipped
                      if not row.startswith(("#", "ready"))]
        os.makedirs(self.path("templates"), exist_ok=True)
        with open(self.path("templates", "vi.txt"), "w") as out:
            out.write(line + "\n" + "".join(others))

    def worker(self):
        """The worker's path, or that of a script that wraps it."""
        tool = os.environ.get("BAOTIN_UNDER_MODEM")
        if not tool:
            return program("baotin-modem")
        path = self.path("worker.sh")
        with open(path, "w") as out:
            out.write(f"#!/bin/sh\nexec {tool} {program('baotin-modem')}\n")
        os.chmod(path, 0o755)
        return path

    def start_daemon(self, name="baotind", ready=True):
        self.spawn(name, under("BAOTIN_UNDER_DAEMON", [
            program("baotind"), "-f", "-c", self.path("baotin.conf")]),
            env={"BAOTIN_WORKER": self.worker(), **self.clock_env()})
        if ready:
            wait(lambda: self.usable_modems() == self.n_modems, "the modems")

    # --- what the outside sees ----------------------------------------------

    def ctl(self, *words, check=True):
        done = subprocess.run(
            [program("baotinctl"), "-j", "-s", self.path("control.sock"),
             *words], capture_output=True, text=True)
        # status ends with 1 when nothing can be sent, and says all the same.
        if done.returncode == 1 and words == ("status",) and done.stdout:
            return json.loads(done.stdout)
        if check and done.returncode != 0:
            raise AssertionError(f"baotinctl {words}: {done.stderr}")
        return json.loads(done.stdout) if done.returncode == 0 else None

    def usable_modems(self):
        modems = self.ctl("modems", check=False) or []
        return sum(m["state"] in ("ready", "busy") for m in modems)

    def sim(self, command):
        """One command on the simulator's control socket."""
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(self.path("sim", "sim.sock"))
            sock.sendall(command.encode() + b"\n")
            data = b""
            while not data.endswith(b"\n"):
                more = sock.recv(65536)
                if not more:
                    break
                data += more
        answer = json.loads(data)
        assert answer["ok"], (command, answer)
        return answer

    def event(self, stream="baotin:events", **fields):
        return self.redis.xadd(stream, {
            k: v for k, v in fields.items() if v is not None})

    def lines(self, kind):
        """The lines of the simulator's log of this kind."""
        try:
            with open(self.path("sim", "texts.jsonl")) as log:
                rows = [json.loads(line) for line in log
                        if line.endswith("\n")]
        except FileNotFoundError:
            return []
        return [row for row in rows if row["kind"] == kind]

    def texts(self, phone=None):
        return [t for t in self.lines("text")
                if phone in (None, t["to"])]

    def wait_text(self, phone, n=1, timeout=30):
        return wait(lambda: self.texts(phone)[n - 1:n],
                    f"text {n} to {phone}", timeout)[0]["text"]

    def receipts(self, **match):
        rows = [r for _, r in self.redis.xrange("baotin:receipts")]
        return [r for r in rows
                if all(r.get(k) == str(v) for k, v in match.items())]

    def wait_receipt(self, timeout=30, **match):
        return wait(lambda: self.receipts(**match), f"receipt {match}",
                    timeout)[0]

    def rejected(self):
        return [r for _, r in self.redis.xrange("baotin:rejected")]

    def log(self, name="baotind"):
        with open(self.path(name + ".log"), errors="replace") as log:
            return log.read()


def run(tests):
    """Runs the functions, prints TAP, and exits."""
    only = sys.argv[1:]
    tests = [t for t in tests if not only or t.__name__ in only]
    print(f"1..{len(tests)}", flush=True)
    bad = 0
    for number, test in enumerate(tests, 1):
        began = time.monotonic()
        try:
            test()
            word = "ok"
        except BaseException:
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            word = "not ok"
            bad += 1
        print(f"{word} {number} - {test.__name__} "
              f"({time.monotonic() - began:.1f} s)", flush=True)
    sys.exit(1 if bad else 0)
