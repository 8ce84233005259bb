#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""baotin-sim alone: AT commands typed over the pseudo terminal, and every
command of the control socket. Nothing sleeps for a fixed time."""

import contextlib
import json
import os
import random
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import tty

BUILD = os.path.abspath(os.environ.get("top_builddir", "."))
PATIENCE = float(os.environ.get("BAOTIN_TEST_PATIENCE", "1"))
PROGRAM = next((path for path in (os.path.join(BUILD, "sim/baotin-sim"),
                                  os.path.join(BUILD, "baotin-sim"))
                if os.path.exists(path)), "baotin-sim")
PHONE = "+84912345678"
OTHER = "+84987654321"


def wait(fact, what, timeout=10.0):
    deadline = time.monotonic() + timeout * PATIENCE
    while True:
        value = fact()
        if value:
            return value
        assert time.monotonic() < deadline, "waited in vain for " + what
        time.sleep(0.005)  # poll


class Sim:
    """A simulator in a folder of its own."""

    def __init__(self, *options, own_dir=False):
        self.top = tempfile.mkdtemp(prefix="baotin-sim-test.")
        self.dir = os.path.join(self.top, "sim")
        argv = [PROGRAM, *options]
        if not own_dir:
            argv += ["--dir", self.dir]
        if "--latency" not in options:
            argv += ["--latency", "5"]
        if "--report-delay" not in options:
            argv += ["--report-delay", "5"]
        self.stderr = open(os.path.join(self.top, "stderr"), "w+")
        self.process = subprocess.Popen(
            argv, stdout=subprocess.PIPE, stderr=self.stderr, text=True,
            env=dict(os.environ, TMPDIR=self.top, TZ="Asia/Ho_Chi_Minh"))
        line = self.process.stdout.readline()
        assert line.startswith("ready dir="), line + self.errors()
        self.dir = line.split()[1][4:]
        self.modems = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for modem in self.modems:
            modem.close()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30 * PATIENCE)
        self.process.stdout.close()
        self.stderr.close()
        shutil.rmtree(self.top, ignore_errors=True)
        assert status == 0, f"the simulator ended with {status}"

    def errors(self):
        self.stderr.seek(0)
        return self.stderr.read()

    def ctl(self, line):
        """The answer to a command line, right or wrong."""
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(os.path.join(self.dir, "sim.sock"))
            s.sendall(line.encode() + b"\n")
            return json.loads(s.makefile(encoding="utf-8").readline())

    def do(self, line):
        answer = self.ctl(line)
        assert answer["ok"], f"{line}: {answer}"
        return answer

    def refuse(self, line, word):
        answer = self.ctl(line)
        assert not answer["ok"] and word in answer["error"], answer

    def modem(self, name="modem1", pdu=True):
        modem = Modem(os.path.join(self.dir, name))
        self.modems.append(modem)
        modem.at("ATE0")
        if pdu:
            modem.at("AT+CMEE=1")
            modem.at("AT+CNMI=2,1,0,1,0")
        return modem

    def lines(self, kind):
        with open(os.path.join(self.dir, "texts.jsonl")) as f:
            return [r for r in map(json.loads, f) if r["kind"] == kind]

    def inbox(self, phone=PHONE):
        return [t["text"] for t in self.do("inbox " + phone)["texts"]]

    def view(self, name="modem1"):
        return next(m for m in self.do("modems")["modems"]
                    if m["name"] == name)


class Modem:
    """The line to one modem."""

    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR | os.O_NOCTTY)
        tty.setraw(self.fd)
        self.kept = b""

    def close(self):
        if self.fd >= 0:
            os.close(self.fd)
        self.fd = -1

    def type(self, data):
        os.write(self.fd, data if isinstance(data, bytes) else data.encode())

    def until(self, *ends, timeout=10.0):
        """What comes until one of the ends, that included."""
        deadline = time.monotonic() + timeout * PATIENCE
        while True:
            for end in ends:
                at = self.kept.find(end.encode())
                if at >= 0:
                    cut = at + len(end)
                    text, self.kept = self.kept[:cut], self.kept[cut:]
                    return text.decode("utf-8", "replace")
            left = deadline - time.monotonic()
            assert left > 0, f"no {ends}, but {self.kept!r}"
            if select.select([self.fd], [], [], left)[0]:
                self.kept += os.read(self.fd, 65536)

    def line(self, start):
        """The next line that begins so, without its end."""
        self.until(start)
        return start + self.until("\r\n")[:-2]

    def command(self, text):
        self.type(text + "\r")
        answer = self.until("\r\nOK\r\n", "\r\nERROR\r\n", "ERROR: ")
        if answer.endswith("ERROR: "):
            answer += self.until("\r\n")
        return answer

    def at(self, text):
        """The lines of an answer that ends with OK."""
        answer = self.command(text)
        assert answer.endswith("OK\r\n"), f"{text}: {answer!r}"
        return [l for l in answer.split("\r\n") if l and l != "OK"]

    def error(self, text):
        answer = self.command(text)
        assert "ERROR" in answer, f"{text}: {answer!r}"
        return answer.strip()

    def submit(self, tpdu, end="\r\nOK\r\n"):
        """Sends a TPDU; what came after Ctrl-Z."""
        self.type(f"AT+CMGS={len(tpdu) // 2}\r")
        self.until("\r\n> ")
        self.type("00" + tpdu + "\x1a")
        return self.until(end) if end else ""

    def nothing_more(self):
        """No byte is on its way: a command is answered by itself alone."""
        self.type("AT\r")
        answer = self.until("\r\nOK\r\n")
        assert answer == "\r\nOK\r\n", repr(answer)


def septets(text):
    """GSM-7 of plain ASCII letters and digits, packed."""
    bits, n = 0, 0
    for char in text:
        bits |= ord(char) << n
        n += 7
    return bits.to_bytes((n + 7) // 8, "little").hex().upper()


def tpdu(text, to=PHONE, mr=0, report=True, rd=False, ref=None, part=1,
         parts=1):
    """An SMS-SUBMIT: GSM-7 for ASCII, else UCS-2; validity one day."""
    first = 0x11 | (0x20 if report else 0) | (4 if rd else 0) | \
        (0x40 if ref is not None else 0)
    digits = to.lstrip("+")
    number = "".join(b + a for a, b in zip(
        (digits + "F")[::2], (digits + "F")[1::2]))
    head = f"{first:02X}{mr:02X}{len(digits):02X}" + \
        ("91" if to[0] == "+" else "81") + number + "00"
    udh = "" if ref is None else f"050003{ref:02X}{parts:02X}{part:02X}"
    if text.isascii() and not udh:
        return head + f"00A7{len(text):02X}" + septets(text)
    ud = udh + text.encode("utf-16-be").hex().upper()
    return head + f"08A7{len(ud) // 2:02X}" + ud


def run(*argv):
    return subprocess.run([PROGRAM, *argv], capture_output=True, text=True,
                          timeout=30 * PATIENCE)


def command_line():
    done = run("--help")
    assert done.returncode == 0 and "--report-delay" in done.stdout
    done = run("ctl", "--help")
    assert done.returncode == 0 and "silent-taken" in done.stdout
    assert run("--version").stdout.startswith("baotin-sim ")
    for bad, word in ((["--modems", "0"], "1 to 1024"),
                      (["--latency", "x"], "--latency"),
                      (["--bogus"], "--bogus"),
                      (["--dir"], "DIR"),
                      (["--quiet=1"], "no value"),
                      (["--modem", "a,colour=red"], "key=value"),
                      (["--modem", "../a"], "name"),
                      (["--modem", "a", "--modem", "a"], "taken"),
                      (["stray"], "stray"),
                      (["ctl", "phones"], "--dir"),
                      (["ctl", "--dir", "/nowhere"], "command")):
        done = run(*bad)
        assert done.returncode == 2 and word in done.stderr, (bad, done)
    assert run("ctl", "--dir", "/nowhere", "phones").returncode == 1


def folder_and_its_end():
    with Sim("--modems", "2", "--modem", "viettel", own_dir=True) as sim:
        folder = sim.dir
        assert sorted(os.listdir(folder)) == [
            "modem2", "sim.sock", "texts.jsonl", "viettel"]
        assert os.path.islink(os.path.join(folder, "viettel"))
        done = run("--dir", folder)
        assert done.returncode == 1 and "another" in done.stderr, done
        assert run("ctl", "--dir", folder, "phones").stdout.startswith(
            '{"ok":true')
        assert run("ctl", "--dir", folder, "bogus").returncode == 1
        sim.do("quit")
        sim.process.wait(10 * PATIENCE)
        assert not os.path.exists(folder)
    with Sim() as sim:
        sim.process.send_signal(signal.SIGINT)
        sim.process.wait(10 * PATIENCE)
        assert os.listdir(sim.dir) == ["texts.jsonl"], os.listdir(sim.dir)


def identification():
    with Sim("--modem", "m,number=+84355555555,imei=356938035643809,"
             "imsi=452049876543210,iccid=8984048000012345678") as sim:
        m = sim.modem("m", pdu=False)
        m.at("ATE1")
        assert m.command("AT").startswith("AT\r"), "the echo"
        m.at("ATE0")
        assert m.at("AT+CGMI") == ["Baotin"]
        assert m.at("AT+CGSN") == ["356938035643809"]
        assert m.at("AT+CIMI") == ["452049876543210"]
        assert m.at("AT+CCID") == ["+CCID: 8984048000012345678"]
        assert m.at("AT+ICCID") == ["+ICCID: 8984048000012345678"]
        assert m.at("AT+CNUM") == ['+CNUM: ,"+84355555555",145']
        assert len(m.at("ATI")) == 3
        assert m.at("AT+CSCA?") == ['+CSCA: "+84980200030",145']
        m.at('AT+CSCS="UCS2"')
        assert m.at("AT+CSCA?") == [
            '+CSCA: "%s",145' % "+84980200030".encode("utf-16-be").hex()
            .upper()]
        m.at('AT+CSCS="004900520041"')
        assert m.at("AT+CSCS?") == ['+CSCS: "IRA"']
        m.at('AT+CSCA="+84900000023",145')
        assert m.at("AT+CSCA?") == ['+CSCA: "+84900000023",145']
        assert m.at("AT+CMGF=?") == ["+CMGF: (0)"]
        m.at("AT+CMMS=2")
        assert sim.view("m")["cmms"] == 2
        assert m.error("AT+CMGF=1") == "ERROR"
        assert m.error("AT+MODE=2") == "ERROR"
        m.at("AT+CMEE=2")
        assert m.error("AT+CMMS=9") == "+CME ERROR: incorrect parameters"
        assert sim.view("m")["unknown"] == 1


def lines_of_all_kinds():
    with Sim() as sim:
        m = sim.modem()
        assert m.at("AT+CSQ;+CREG?;E0") == ["+CSQ: 20,99", "+CREG: 0,1"]
        assert m.error('AT+CUSD=1,"open') == "ERROR"
        assert m.error("AT" + "X" * 5000) == "ERROR"
        m.type("no command\r\x1bhalf a line\x1b")
        m.nothing_more()
        m.type("AT+CMGS=16\r")
        m.until("\r\n> ")
        m.type("0011\x1b")
        m.until("\r\nOK\r\n")
        assert m.error("AT+CMGS=7") == "+CMS ERROR: 302"
        for bad in ("", "zz", "00" + "31", "0" * 3000):
            m.type("AT+CMGS=16\r")
            m.until("\r\n> ")
            m.type(bad + "\x1a")
            m.until("+CMS ERROR: 304\r\n")
        m.nothing_more()
        # Nothing that comes over the line stops it.
        dice = random.Random(7)
        for _ in range(200):
            m.type(bytes(dice.randrange(256) for _ in range(200)))
            m.type("\x1b\rATE0\r")
            m.until("\r\nOK\r\n")
        m.type("\x1b\rAT+CGMM\r")
        m.until("SIM-LTE\r\n\r\nOK\r\n")


def sim_card():
    with Sim("--modem", "m,pin=1234") as sim:
        m = sim.modem("m")
        assert m.at("AT+CPIN?") == ["+CPIN: SIM PIN"]
        assert m.at('AT+CPINR="SIM PIN"') == ["+CPINR: SIM PIN,3,3"]
        assert m.error("AT+CIMI") == "+CME ERROR: 11"
        assert m.error("AT+CMGS=16") == "+CMS ERROR: 311"
        assert m.at("AT+CREG?") == ["+CREG: 0,0"]
        assert m.error('AT+CPIN="0000"') == "+CME ERROR: 16"
        assert m.at("AT+CPINR")[0] == "+CPINR: SIM PIN,2,3"
        m.at('AT+CPIN="1234"')
        assert m.at("AT+CPIN?") == ["+CPIN: READY"]
        assert m.at("AT+CPINR")[0] == "+CPINR: SIM PIN,3,3"
        sim.do("hangup m")
        sim.do("plug m")
        m = sim.modem("m")
        for left in "210":
            m.error('AT+CPIN="0000"')
            assert m.at("AT+CPINR")[0] == f"+CPINR: SIM PIN,{left},3"
        assert m.at("AT+CPIN?") == ["+CPIN: SIM PUK"]
        assert m.error("AT+CIMI") == "+CME ERROR: 12"
        m.at('AT+CPIN="12345678","4321"')
        assert m.at("AT+CPIN?") == ["+CPIN: READY"]
        sim.do("pin m absent")
        assert m.error("AT+CPIN?") == "+CME ERROR: 10"
        assert m.error("AT+CMGL=4") == "+CMS ERROR: 310"
        sim.do("pin m puk")
        assert m.at("AT+CPIN?") == ["+CPIN: SIM PUK"]
        sim.do("pin m ready")
        assert m.at("AT+CIMI")
        sim.refuse("pin m lost", "absent")


def registration_and_signal():
    with Sim() as sim:
        m = sim.modem()
        m.at("AT+CREG=1")
        m.at("AT+CEREG=2")
        for word, stat in (("searching", 2), ("denied", 3), ("roaming", 5),
                           ("none", 0), ("home", 1)):
            sim.do("reg modem1 " + word)
            assert m.line("+CREG: ") == f"+CREG: {stat}"
            m.until("+CEREG: ")
            m.until("\r\n")
            assert m.at("AT+CGREG?") == [f"+CGREG: 0,{stat}"]
        assert m.at("AT+CEREG?")[0].startswith('+CEREG: 2,1,"')
        assert m.at("AT+COPS?") == ['+COPS: 0,0,"Baotin Network",7']
        m.at("AT+COPS=3,2")
        assert m.at("AT+COPS?") == ['+COPS: 0,2,"45204",7']
        sim.do("csq modem1 7")
        assert m.at("AT+CSQ") == ["+CSQ: 7,99"]
        sim.refuse("csq modem1 40", "0 to 31")
        m.at("AT+CFUN=4")
        assert m.at("AT+CREG?")[0] == "+CREG: 1,0"
        assert m.at("AT+COPS?") == ["+COPS: 0"]
        assert "331" in m.submit(tpdu("hi"), "+CMS ERROR: 331\r\n")
        m.at("AT+CFUN=1,1")
        # After a reset everything is as after power on: the echo too.
        assert m.command("AT+CMEE?").startswith("AT+CMEE?\r\r\n+CMEE: 0")


def a_text_goes_out():
    with Sim("--latency", "30") as sim:
        m = sim.modem()
        answer = m.submit(tpdu("hello", mr=77))
        assert "\r\n+CMGS: 77\r\n" in answer, answer
        segment, = sim.lines("segment")
        for key, value in {"modem": "modem1", "from": "+84928880001",
                           "to": PHONE, "mr": 77, "rd": False, "srr": True,
                           "coding": "gsm7", "dcs": 0, "vp": 167,
                           "ref": None, "part": 1, "parts": 1,
                           "text": "hello", "result": "ok"}.items():
            assert segment[key] == value, (key, segment)
        assert "duplicate" not in segment
        times = [segment[t] for t in ("t_cmd", "t_prompt", "t_pdu",
                                      "t_reply")]
        assert times == sorted(times), times
        assert times[3] - times[2] >= 0.029, "the network's latency"
        text, = sim.lines("text")
        assert (text["text"], text["to"], text["segments"], text["coding"]) \
            == ("hello", PHONE, 1, "gsm7")
        assert sim.inbox("0912345678") == ["hello"], "the number's other form"
        # A national number is the same phone, a short code stays one.
        m.submit(tpdu("again", to="0912345678"))
        m.submit(tpdu("data", to="191"))
        assert sim.inbox() == ["hello", "again"]
        assert sim.inbox("191") == ["data"]
        phones = {p["number"]: p for p in sim.do("phones")["phones"]}
        assert phones[PHONE]["texts"] == 2 and phones[PHONE]["on"]
        stats = sim.do("stats")
        assert stats["submits"] == 3 and stats["texts"] == 3, stats
        sim.do("clear")
        assert sim.inbox() == [] and sim.do("stats")["submits"] == 0


def parts_in_any_order():
    with Sim() as sim:
        m = sim.modem()
        words = ["Hồ sơ của ông bà ", "đã có kết quả. ", "Mời đến nhận 😀"]
        for part in (3, 1, 1, 2):
            m.submit(tpdu(words[part - 1], ref=200, part=part, parts=3,
                          mr=part))
        assert sim.inbox() == ["".join(words)]
        marks = [s.get("duplicate", False) for s in sim.lines("segment")]
        assert marks == [False, False, True, False], marks
        text, = sim.lines("text")
        assert text["segments"] == 3 and text["coding"] == "ucs2"
        # All of it again: the phone shows it twice, and that is marked.
        for part in (1, 2, 3):
            m.submit(tpdu(words[part - 1], ref=200, part=part, parts=3,
                          mr=part))
        assert [t.get("duplicate", False) for t in sim.lines("text")] == \
            [False, True]
        assert sim.do("stats")["duplicates"] == 4


def reports_of_all_kinds():
    with Sim() as sim:
        m = sim.modem()

        def report(policy, mr, asked=True):
            sim.do("report " + policy)
            m.submit(tpdu("hi", mr=mr, report=asked))

        def coming():
            line = m.line("+CDS: ")
            pdu = m.until("\r\n").strip()
            tail = pdu[2 * (1 + int(pdu[:2], 16)):]
            assert int(line[6:]) == len(tail) // 2
            assert tail[4:20] == "0B914819325476F8", tail
            return int(tail[2:4], 16), int(tail[-2:], 16)

        report("mode=now", 1)
        assert coming() == (1, 0)
        report("mode=late 30", 2)
        assert coming() == (2, 0)
        report("mode=twice", 3)
        assert coming() == (3, 0) and coming() == (3, 0)
        report("mode=failed", 4)
        assert coming() == (4, 70)
        report("mode=failed=65", 5)
        assert coming() == (5, 65)
        assert len(sim.inbox()) == 3, "what failed does not arrive"
        report("mode=pending", 6)
        assert coming() == (6, 48)
        assert len(sim.inbox()) == 3 and sim.do("stats")["held"] == 1
        sim.do(f"phone {PHONE} on")
        assert coming() == (6, 0) and len(sim.inbox()) == 4
        report("mode=never", 7)
        report("mode=now", 8, asked=False)
        sim.do(f"report to={OTHER} mode=never")
        report("mode=now", 9)
        assert coming() == (9, 0), "neither 7 nor 8 had one"
        sim.refuse("report mode=later", "later")
        sim.refuse("report mode=failed=300", "0 to 255")
        sim.refuse("report mode=late", "missing")
        # Stored, as CNMI can ask for.
        m.at("AT+CNMI=2,1,0,2,0")
        report("mode=now", 10)
        assert m.line("+CDSI: ") == '+CDSI: "SM",1'
        assert m.at("AT+CMGR=1")[0].startswith("+CMGR: 0,,")
        m.at("AT+CMGD=1")
        # Nobody has said where: it waits for AT+CNMI.
        m.at("AT+CNMI=0,0,0,0,0")
        report("mode=now", 11)
        wait(lambda: sim.view()["waiting"] == 1, "the report to wait")
        m.at("AT+CNMI=2,1,0,1,0")
        assert coming() == (11, 0)
    with Sim("--reports", "off") as sim:
        m = sim.modem()
        m.submit(tpdu("hi"))
        assert sim.do("stats")["reports"] == 0


def reject_duplicates_while_held():
    with Sim() as sim:
        m = sim.modem()
        sim.do("phone 0912345678 off")
        m.submit(tpdu("hi", mr=5))
        assert sim.inbox() == [] and sim.do("stats")["held"] == 1
        m.submit(tpdu("hi", mr=5, rd=True), "+CMS ERROR: 197\r\n")
        m.submit(tpdu("hi", mr=6, rd=True))
        m.submit(tpdu("hi", to=OTHER, mr=5, rd=True))
        assert sim.do("stats")["refused"] == 1
        assert [s["result"] for s in sim.lines("segment")] == [
            "ok", "cms 197", "ok", "ok"]
        sim.do("phone 0912345678 on")
        assert sim.inbox() == ["hi", "hi"]
        m.submit(tpdu("hi", mr=5, rd=True))
        assert len(sim.inbox()) == 3, "delivered: no longer held"


def references_kept_or_not():
    with Sim("--mr", "overwrite") as sim:
        m = sim.modem()
        assert "+CMGS: 0\r" in m.submit(tpdu("a", mr=99))
        assert "+CMGS: 1\r" in m.submit(tpdu("b", mr=99))
        sim.do("mr modem1 keep")
        assert "+CMGS: 99\r" in m.submit(tpdu("c", mr=99))
        assert [s["mr"] for s in sim.lines("segment")] == [0, 1, 99]


def faults():
    with Sim("--modems", "2") as sim:
        m = sim.modem()
        sim.do("fail modem1 cms=38 count=2 after=1")
        m.submit(tpdu("hi"))
        m.submit(tpdu("hi"), "+CMS ERROR: 38\r\n")
        m.submit(tpdu("hi"), "+CMS ERROR: 38\r\n")
        m.submit(tpdu("hi", mr=1))
        sim.do(f"fail * to={OTHER} cme=14 forever")
        for _ in range(3):
            m.submit(tpdu("hi", to=OTHER), "+CME ERROR: 14\r\n")
        m.submit(tpdu("hi", mr=2))
        sim.do("fail * clear")
        m.submit(tpdu("hi", to=OTHER))
        sim.do("fail modem1 error")
        m.submit(tpdu("hi"), "\r\nERROR\r\n")
        sim.do("fail modem1 cms=500 at=prompt")
        assert m.error("AT+CMGS=16") == "+CMS ERROR: 500"
        sim.do("fail modem2 error forever")
        sim.do("fail modem1 silent-prompt")
        m.type("AT+CMGS=16\r")
        m.nothing_more()
        before = len(sim.inbox())
        sim.do("fail modem1 silent-lost")
        m.submit(tpdu("lost", mr=3), "")
        m.nothing_more()
        sim.do("fail modem1 silent-taken")
        m.submit(tpdu("taken", mr=4), "")
        wait(lambda: len(sim.inbox()) > before, "what was taken")
        assert sim.inbox()[before:] == ["taken"]
        m.line("+CDS: ")
        assert [s["result"] for s in sim.lines("segment")] == [
            "ok", "cms 38", "cms 38", "ok", "cme 14", "cme 14", "cme 14",
            "ok", "ok", "error", "lost", "taken"]
        assert sim.lines("segment")[-1]["t_reply"] is None
        sim.refuse("fail modem1", "missing")
        sim.refuse("fail modem9 error", "modem9")
        sim.refuse(f"fail modem1 to={PHONE} silent-prompt", "prompt")
        sim.refuse("fail modem1 silent-lost at=prompt", "Ctrl-Z")
        sim.refuse("fail modem1 error bogus", "bogus")


def one_submit_at_a_time():
    with Sim("--latency", "1500") as sim:
        m = sim.modem()
        m.submit(tpdu("hi"), "")
        assert m.error("AT+CMGS=16") == "+CMS ERROR: 515"
        assert m.at("AT+CSQ") == ["+CSQ: 20,99"]
        m.until("+CMGS: 0\r\n")
        sim.do("net * latency=0 jitter=3")
        for i in range(20):
            m.submit(tpdu("hi", mr=i))
        sim.refuse("net modem1 latency=x", "latency")
        sim.refuse("net modem7 latency=1", "modem7")


def texts_come_in():
    with Sim("--modem", "m,slots=3") as sim:
        m = sim.modem("m")
        sim.do('sms m +84911111111 "TC 0001" smsc-time=2026-11-22T08:30:00')
        assert m.line("+CMTI: ") == '+CMTI: "SM",1'
        head, pdu = m.at("AT+CMGR=1")
        assert head.startswith("+CMGR: 0,,")
        assert "62112280030082" in pdu, pdu
        assert pdu.endswith("07" + septets("TC 0001")), pdu
        assert m.at("AT+CMGR=1")[0].startswith("+CMGR: 1,,"), "read now"
        assert m.error("AT+CMGR=2") == "+CMS ERROR: 321"
        # Long, accented, last part first.
        long = "Tôi muốn hỏi hồ sơ " * 5
        assert sim.do(f'sms m VIETTEL "{long}" parts=reversed')[
            "segments"] == 2
        m.line("+CMTI: ")
        m.line("+CMTI: ")
        assert len(m.at("AT+CMGL=0")) == 4 and m.at("AT+CMGL=0") == []
        listed = m.at("AT+CMGL=4")
        assert [l.split(",")[0] for l in listed[::2]] == [
            "+CMGL: 1", "+CMGL: 2", "+CMGL: 3"]
        assert "0202" in listed[3] and "0201" in listed[5], listed
        assert m.at("AT+CPMS?")[0].startswith('+CPMS: "SM",3,3,')
        # Three slots are full: the next one waits for room.
        sim.do("sms m +84911111111 waiting")
        assert m.line("^SMMEMFULL") == '^SMMEMFULL: "SM"'
        assert sim.view("m")["waiting"] == 1
        m.at("AT+CMGD=2")
        assert m.line("+CMTI: ") == '+CMTI: "SM",2'
        m.at("AT+CMGD=1,4")
        assert m.at("AT+CPMS?")[0].startswith('+CPMS: "SM",0,3,')
        sim.do("simfull m on")
        assert m.at("AT+CPMS?")[0].startswith('+CPMS: "SM",3,3,')
        sim.do("sms m +84911111111 more")
        m.line("^SMMEMFULL")
        sim.do("simfull m off")
        m.line("+CMTI: ")
        m.at('AT+CPMS="ME","ME","ME"')
        sim.do("sms m +84911111111 elsewhere")
        assert m.line("+CMTI: ") == '+CMTI: "ME",1'
        m.at("AT+CNMI=2,2,0,1,0")
        sim.do("sms m +84911111111 direct")
        m.line("+CMT: ")
        assert m.until("\r\n").strip().endswith(septets("direct"))
        sim.refuse("sms m +84911111111", "text")
        sim.refuse("sms m +84911111111 x smsc-time=soon", "smsc-time")
        sim.refuse("sms m +84911111111 " + "x" * 40000, "too long")


def from_modem_to_modem():
    with Sim("--modems", "2") as sim:
        one, two = sim.modem("modem1"), sim.modem("modem2")
        one.submit(tpdu("to you", to="+84928880002"))
        two.line("+CMTI: ")
        assert two.at("AT+CMGR=1")[1].endswith(septets("to you"))
        assert sim.inbox("+84928880002") == ["to you"]


def ussd():
    with Sim() as sim:
        m = sim.modem()
        sim.refuse("ussd modem1 hi", "CUSD")
        m.at('AT+CUSD=1,"*101#",15')
        assert m.line("+CUSD: ").startswith('+CUSD: 0,"TK goc')
        sim.do('balance *101# "Số dư 5đ"')
        m.at('AT+CSCS="UCS2"')
        m.at('AT+CUSD=1,"%s",15' % "*101#".encode("utf-16-be").hex())
        assert m.line("+CUSD: ") == '+CUSD: 0,"%s",72' % \
            "Số dư 5đ".encode("utf-16-be").hex().upper()
        m.at('AT+CSCS="GSM"')
        m.at('AT+CUSD=1,"*999#",15')
        assert m.line("+CUSD: ") == "+CUSD: 4"
        # A menu, by hand and from the network.
        sim.do('balance *100# "1.Goi 2.Data"')
        sim.do('balance *100#/2 "1.Ngay"')
        sim.do('balance *100#/2/1 "Da dang ky"')
        m.at('AT+CUSD=1,"*100#",15')
        assert m.line("+CUSD: ") == '+CUSD: 1,"1.Goi 2.Data",15'
        m.at('AT+CUSD=1,"2",15')
        assert m.line("+CUSD: ") == '+CUSD: 1,"1.Ngay",15'
        m.at('AT+CUSD=1,"1",15')
        assert m.line("+CUSD: ") == '+CUSD: 0,"Da dang ky",15'
        sim.do('ussd modem1 "Ban co dong y?" ask=1')
        assert m.line("+CUSD: ") == '+CUSD: 1,"Ban co dong y?",15'
        m.at('AT+CUSD=1,"9",15')
        assert m.line("+CUSD: ") == "+CUSD: 2"
        assert sim.view()["ussd_reply"] == "9"
        sim.do("ussd modem1 Xong")
        assert m.line("+CUSD: ") == '+CUSD: 0,"Xong",15'
        sim.do('ussd modem1 Ai? ask=1 keep=1')
        assert m.line("+CUSD: ") == '+CUSD: 1,"Ai?",15'
        m.at('AT+CUSD=1,"%s",15' % ("9" * 182))
        sim.do('ussd modem1 Gi? ask=1 keep=1')
        assert m.line("+CUSD: ") == '+CUSD: 1,"Gi?",15'
        assert sim.view()["ussd_reply"] == "9" * 182
        m.at("AT+CUSD=2")
        sim.do("reg modem1 none")
        assert m.error('AT+CUSD=1,"*101#",15') == "+CME ERROR: 30"


def calls():
    with Sim() as sim:
        m = sim.modem()
        m.at("AT+CLIP=1")
        sim.do("call modem1 +84911111111 rings=2 every=20")
        for _ in range(2):
            m.line("RING")
            assert m.line("+CLIP: ") == '+CLIP: "+84911111111",145,,,,0'
        m.until("NO CARRIER\r\n")
        m.at("AT+CRC=1")
        sim.do("call modem1 withheld every=60000")
        m.line("+CRING: VOICE")
        assert m.line("+CLIP: ") == '+CLIP: "",128,,,,1'
        assert m.at("AT+CPAS") == ["+CPAS: 3"]
        sim.refuse("call modem1 +84911111111", "busy")
        m.at("AT+CHUP")
        assert m.at("AT+CPAS") == ["+CPAS: 0"]
        sim.do("call modem1 +84911111111 every=60000")
        m.line("+CLIP: ")
        m.at("ATA")
        assert m.at("AT+CLCC")[0].startswith("+CLCC: 1,1,0,0,0,")
        m.at("ATH")
        assert m.at("AT+CLCC") == []


def unplugged_and_back():
    with Sim() as sim:
        m = sim.modem()
        sim.do("hangup modem1")
        try:
            ended = wait(lambda: select.select([m.fd], [], [], 0)[0] and
                         os.read(m.fd, 100) == b"", "the end of the line")
        except OSError:
            ended = True
        assert ended
        assert not os.path.lexists(os.path.join(sim.dir, "modem1"))
        sim.do("sms modem1 +84911111111 waiting")
        assert sim.view()["waiting"] == 1
        sim.refuse("call modem1 +84911111111", "off the network")
        sim.do("plug modem1 name=ttyUSB3")
        assert sim.view()["link"] == "ttyUSB3"
        m = sim.modem("ttyUSB3")
        assert len(m.at("AT+CMGL=4")) == 2, "it waited at the centre"
        sim.refuse("plug modem1", "plugged")
        sim.refuse("plug modem1 name=../x", "name")


def between_two_users():
    with Sim() as sim:
        m = sim.modem()
        assert sim.view()["open"]
        m.close()
        wait(lambda: not sim.view()["open"], "the line to be free")
        sim.do("sms modem1 +84911111111 unheard")
        m = sim.modem(pdu=False)
        m.nothing_more()
        assert len(m.at("AT+CMGL=4")) == 2


def disturbances():
    with Sim() as sim:
        m = sim.modem()
        sim.do("noise modem1 5000")
        sim.do("noise modem1 line=3000")
        m.until("x" * 3000)
        m.until("\r\n")
        sim.do("chatter modem1 5")
        for _ in range(3):
            assert m.line("^RSSI: ") == "^RSSI: 20"
        sim.do("chatter modem1 off")
        sim.refuse("noise modem1", "bytes")


def nothing_between_prompt_and_pdu():
    with Sim() as sim:
        m = sim.modem()
        m.type("AT+CMGS=16\r")
        m.until("\r\n> ")
        sim.do("sms modem1 +84911111111 now")
        assert m.kept == b"" and not select.select([m.fd], [], [], 0)[0]
        m.type("00" + tpdu("hi") + "\x1a")
        assert "+CMTI" in m.until("+CMGS: 0\r\n")


def scenario():
    with contextlib.ExitStack() as stack:
        top = tempfile.mkdtemp()
        stack.callback(shutil.rmtree, top)
        path = os.path.join(top, "day")
        with open(path, "w") as f:
            f.write("# a day\n\n0.02 sms modem1 +84911111111 'second one'\n"
                    "0 sms modem1 +84911111111 first\n"
                    "0.03 fail modem9 error\n")
        sim = stack.enter_context(Sim("--scenario", path))
        wait(lambda: sim.view()["stored"] == 2, "both texts")
        listed = sim.modem().at("AT+CMGL=4")
        assert listed[1].endswith(septets("first"))
        assert listed[3].endswith(septets("second one"))
        wait(lambda: f"{path}:5:" in sim.errors(), "the error of line 5")
        for text, line in (("1 bogus\n", 1), ("# x\nsoon phones\n", 2),
                           ("1 sms 'open\n", 1), ("-1 phones\n", 1)):
            with open(path, "w") as f:
                f.write(text)
            done = run("--scenario", path)
            assert done.returncode == 2, done
            assert f"{path}:{line}: " in done.stderr, done
        assert run("--scenario", top + "/none").returncode == 2


def control_socket():
    with Sim() as sim:
        sim.refuse("", "no such command")
        sim.refuse("say 'open", "quote")
        sim.refuse("reg modem9 home", "modem9")
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(os.path.join(sim.dir, "sim.sock"))
            s.sendall(b"phones\nphones\n\xff\xfe\n")
            f = s.makefile(encoding="utf-8")
            assert [json.loads(f.readline())["ok"] for _ in range(3)] == [
                True, True, False]
        with socket.socket(socket.AF_UNIX) as s:
            s.connect(os.path.join(sim.dir, "sim.sock"))
            with contextlib.suppress(BrokenPipeError, ConnectionError):
                for _ in range(100):
                    s.sendall(b"x" * 10000)
        done = run("ctl", "--dir", sim.dir, "sms", "modem1", "+84911111111",
                   'quotes "here"\nand a new line')
        assert done.returncode == 0, done
        assert sim.do("stats")["incoming"] == 1
        mode = os.stat(os.path.join(sim.dir, "sim.sock")).st_mode
        assert mode & 0o077 == 0, oct(mode)


def many_modems():
    with Sim("--modems", "256", "--latency", "0") as sim:
        modems = [sim.modem(f"modem{i}") for i in range(1, 257)]
        for m in modems:
            m.type(f"AT+CMGS={len(tpdu('hi')) // 2}\r")
        for m in modems:
            m.until("\r\n> ")
            m.type("00" + tpdu("hi") + "\x1a")
        for m in modems:
            m.until("+CMGS: 0\r\n")
        assert len(sim.inbox()) == 256
        assert len({s["from"] for s in sim.lines("segment")}) == 256


TESTS = (command_line, folder_and_its_end, identification,
         lines_of_all_kinds, sim_card, registration_and_signal,
         a_text_goes_out, parts_in_any_order, reports_of_all_kinds,
         reject_duplicates_while_held, references_kept_or_not, faults,
         one_submit_at_a_time, texts_come_in, from_modem_to_modem, ussd,
         calls, unplugged_and_back, between_two_users, disturbances,
         nothing_between_prompt_and_pdu, scenario, control_socket,
         many_modems)


def main():
    wanted = sys.argv[1:]
    tests = [t for t in TESTS if not wanted or t.__name__ in wanted]
    print(f"1..{len(tests)}")
    for number, test in enumerate(tests, 1):
        try:
            test()
            print(f"ok {number} - {test.__name__}", flush=True)
        except Exception:
            print(f"not ok {number} - {test.__name__}")
            print("# " + traceback.format_exc().replace("\n", "\n# "),
                  flush=True)


if __name__ == "__main__":
    main()
