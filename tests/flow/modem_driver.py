# SPDX-License-Identifier: GPL-2.0-or-later
"""Plays the daemon for one baotin-modem over a socketpair, against a
baotin-sim of its own. The codec reads src/ipc/proto.def, so that it cannot
disagree with the C one about fields."""

import json
import os
import re
import select
import socket
import struct
import subprocess
import tempfile
import time

TOP_SRC = os.environ.get("top_srcdir", ".")
TOP_BUILD = os.environ.get("top_builddir", ".")
VERSION = 1
OUTCOMES = ["SENT", "REFUSED", "UNKNOWN", "UNSENT"]
PHONE = "+84912345678"


def _read_table():
    with open(os.path.join(TOP_SRC, "src/ipc/proto.def"),
              encoding="utf-8") as f:
        text = f.read()
    fields = {}
    for m in re.finditer(r"#define PROTO_(\w+)\(F\)((?:.*\\\n)*.*)\n", text):
        if m.group(1) != "MESSAGES":
            fields[m.group(1)] = re.findall(r"F\((\w+), (\w+)\)", m.group(2))
    order = re.search(r"#define PROTO_MESSAGES\(M\)((?:.*\\\n)*.*)\n", text)
    names = re.findall(r"M\((\w+), \w+\)", order.group(1))
    return {name: (i + 1, fields[name]) for i, name in enumerate(names)}


TABLE = _read_table()
BY_NUMBER = {number: name for name, (number, _) in TABLE.items()}
NUMBERS = {"u32": "<I", "u64": "<Q", "i32": "<i", "i64": "<q", "bool": "<?"}


def encode(name, values):
    number, fields = TABLE[name]
    out = b""
    for kind, field in fields:
        value = values.get(field, "" if kind == "str" else
                           b"" if kind == "bytes" else 0)
        if kind in NUMBERS:
            out += struct.pack(NUMBERS[kind], value)
        else:
            raw = value.encode() if kind == "str" else bytes(value)
            out += struct.pack("<I", len(raw)) + raw
    return struct.pack("<IHH", len(out), number, VERSION) + out


def decode(number, data):
    name, at, out = BY_NUMBER[number], 0, {}
    for kind, field in TABLE[name][1]:
        if kind in NUMBERS:
            (out[field],) = struct.unpack_from(NUMBERS[kind], data, at)
            at += struct.calcsize(NUMBERS[kind])
        else:
            (n,) = struct.unpack_from("<I", data, at)
            raw = data[at + 4:at + 4 + n]
            out[field] = raw.decode() if kind == "str" else raw
            at += 4 + n
    assert at == len(data), name
    return name, out


def wait_until(what, predicate, seconds=20):
    end = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError("waited in vain for " + what)
        time.sleep(0.01)


class Sim:
    def __init__(self, *options):
        self.tmp = tempfile.TemporaryDirectory(prefix="baotin-worker.")
        self.dir = self.tmp.name
        self.exe = os.path.join(TOP_BUILD, "sim/baotin-sim")
        self.process = subprocess.Popen(
            [self.exe, "--dir", self.dir, *options],
            stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline().startswith("ready")

    def ctl(self, *words):
        out = subprocess.run([self.exe, "ctl", "--dir", self.dir, *words],
                             capture_output=True, text=True, check=False)
        assert out.returncode == 0, (words, out.stdout, out.stderr)
        return json.loads(out.stdout) if out.stdout.strip() else None

    def texts(self):
        path = os.path.join(self.dir, "texts.jsonl")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as f:
            return [json.loads(line) for line in f if line.endswith("\n")]

    def close(self):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        self.tmp.cleanup()


class Worker:
    """One run of baotin-modem. config: what differs from the defaults."""

    def __init__(self, sim, modem="modem1", wrapper=(), **config):
        self.sim = sim
        base = os.path.join(sim.dir, modem)
        self.journal = base + ".journal"
        self.pin_memory = os.path.join(sim.dir, "pins")
        self.log_path = base + ".log"
        self.config = dict(
            modem=modem, device=base, connection="dku2at",
            journal=self.journal, pin_memory=self.pin_memory, pace_ms=0,
            send_timeout_ms=20000, status_reports=True, missed_calls=True,
            log_target="stderr", log_level="debug")
        self.config.update(config)
        mine, theirs = socket.socketpair()
        self.sock, self.buffer, self.frames = mine, b"", []
        exe = os.path.join(TOP_BUILD, "src/worker/baotin-modem")
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [*wrapper, exe], stderr=log, pass_fds=(3,),
                preexec_fn=lambda: os.dup2(theirs.fileno(), 3))
        theirs.close()
        self.send("CONFIG", **self.config)
        self.messages = 0

    def send(self, name, **values):
        self.sock.sendall(encode(name, values))

    def submit(self, text, **values):
        self.messages += 1
        v = dict(message="m%d" % self.messages, fence=1, phone=PHONE,
                 text=text, concat_ref=self.messages % 256,
                 references=bytes((self.messages * 10 + i) % 256
                                  for i in range(10)),
                 report=True, validity_ms=48 * 3600000,
                 lease_deadline=int(time.monotonic() * 1000) + 60000)
        v.update(values)
        self.send("SUBMIT", **v)
        return v["message"]

    def next(self, seconds=30):
        """The next frame, or None at the end of the stream."""
        end = time.monotonic() + seconds
        while True:
            if len(self.buffer) >= 8:
                n, number, version = struct.unpack_from("<IHH", self.buffer)
                assert version == VERSION
                if len(self.buffer) >= 8 + n:
                    frame = decode(number, self.buffer[8:8 + n])
                    self.buffer = self.buffer[8 + n:]
                    self.frames.append(frame)
                    return frame
            left = end - time.monotonic()
            if left <= 0 or not select.select([self.sock], [], [], left)[0]:
                raise AssertionError("no frame; log:\n" + self.log())
            try:
                data = self.sock.recv(65536)
            except ConnectionResetError:
                data = b""
            if not data:
                return None
            self.buffer += data

    def expect(self, name, seconds=30, **values):
        """Reads on to the next frame of this name (with these values)."""
        while True:
            frame = self.next(seconds)
            if frame is None:
                raise AssertionError("ended before %s; log:\n%s" %
                                     (name, self.log()))
            if frame[0] == name and all(frame[1][k] == v
                                        for k, v in values.items()):
                return frame[1]

    def result(self, seconds=30):
        r = self.expect("RESULT", seconds)
        r["outcome"] = OUTCOMES[r["outcome"]]
        return r

    def drain(self):
        """Everything up to the end of the stream."""
        out = []
        while True:
            frame = self.next()
            if frame is None:
                return out
            out.append(frame)

    def ready(self):
        ready = self.expect("READY")
        self.expect("HEALTH")
        return ready

    def log(self):
        with open(self.log_path, encoding="utf-8") as f:
            return f.read()

    def records(self):
        """The journal: (type name, fields), marks left out."""
        with open(self.journal, "rb") as f:
            data = f.read()
        out, at = [], 0
        while at + 48 <= len(data):
            magic, n = struct.unpack_from("<II", data, at)
            assert magic == 0x4a544142
            (number,) = struct.unpack_from("<H", data, at + 12)
            if number:
                out.append(decode(number, data[at + 48:at + 48 + n]))
            at += 48 + n
        return out

    def wait(self, seconds=30):
        return self.process.wait(seconds)

    def close(self):
        self.sock.close()
        if self.process.poll() is None:
            try:
                self.process.wait(25)
            except subprocess.TimeoutExpired:
                for line in self.log().split("\n"):
                    print("#", line)
                self.process.kill()
                self.process.wait()
                raise
