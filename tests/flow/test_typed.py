#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.9: each block of README and of docs/, in both languages, is typed as it
stands there, or stands in ELSEWHERE with the reason. A command that nobody
has typed, and a configuration that baotind refuses, fail."""

import os
import re
import shutil
import subprocess

from lab import SOURCE, Lab, free_port, program, run, wait

CODE = "H10.45-230515-0001"
PHONE = "+84912345678"
# The commands that need root, a whole system or a whole build.
ELSEWHERE = [
    (r"scripts/(demo|check|deb)\b", "builds everything"),
    (r"(apt|apt-get) ", "installs packages"),
    (r"ls -l /dev/serial/by-path", "needs a modem"),
    (r"\./autogen\.sh$|mkdir build$|cd build$|\.\./configure|make\b",
     "the build; test_install installs"),
    (r"systemctl |systemd-sysusers|install -d |chgrp |cd /etc/baotin ",
     "needs root; test_systemd has the unit"),
    (r"groupadd |journalctl |baotinctl -s /run/baotin/agency-",
     "needs root, users and a unit; test_agency has an agency's socket"),
    (r"#", "a remark"),
    (r"contrib/producer-kit ", "test_producers runs it"),
    (r"server \{", "nginx; test_http plays it"),
]
# What may be typed here: nothing else is, for this may run as root.
TYPED = re.compile(r"(baotinctl|redis-cli|curl|printf|runuser -u baotin --) ")
# Where another status than 0 is right: nothing has raised this alarm, a
# gateway that lives can't be forgotten, monitor goes on until it is ended, and
# this Redis has no file of its own.
STATUS = {r"baotinctl alarms ack": 1, r"baotinctl gateway forget": 1,
          r"baotinctl status": (0, 1), r"baotinctl check": (0, 1),
          r"baotinctl monitor": 124, r"redis-cli CONFIG REWRITE": 1}
BLOCK = re.compile(r"(?:^ {4,}\S.*\n(?:(?: {4,}.*)?\n(?= {4,}\S))?)+", re.M)


def pages():
    docs = sorted(os.listdir(os.path.join(SOURCE, "docs")))
    return ["README.md", "README.vi.md"] + [
        "docs/" + name for name in docs if name.endswith(".md")]


def read(page):
    with open(os.path.join(SOURCE, page), encoding="utf-8") as file:
        return file.read()


def blocks(page):
    """The indented blocks, without their indentation. docs/try*.md is one
    walk: test_readme types its steps, and only what follows comes here."""
    text = re.sub(r"^```.*?^```", "", read(page), flags=re.S | re.M)
    for match in BLOCK.finditer(text):
        block = re.sub(r"^ {4}", "", match.group(), flags=re.M)
        if not block.startswith("   "):
            yield from re.split(r"\n\n+", block.strip("\n"))


def commands(block):
    """The block's commands: a line, or as many as the shell needs."""
    command = ""
    for line in block.split("\n"):
        command += line + "\n"
        whole = subprocess.run(["bash", "-n", "-c", command],
                               capture_output=True).returncode == 0
        if whole and not line.endswith("\\"):
            yield command.strip()
            command = ""
    assert command == "", command


class Typist:
    """A gateway, and a shell in whose PATH the programs find it."""

    def __init__(self, lab, ports):
        self.lab = lab
        self.ports = ports
        os.makedirs(lab.path("bin"))
        self.wrap("baotinctl", program("baotinctl"), "-s",
                  lab.path("control.sock"))
        self.wrap("redis-cli", shutil.which("redis-cli"), "-e", "-s",
                  lab.path("redis.sock"))
        self.wrap("baotind", program("baotind"))

    def wrap(self, name, *words):
        path = self.lab.path("bin", name)
        with open(path, "w") as out:
            out.write("#!/bin/sh\nexec " + " ".join(words) + ' "$@"\n')
        os.chmod(path, 0o755)

    def environment(self):
        return dict(os.environ, BAOTIN_WORKER=program("baotin-modem"),
                    PATH=self.lab.path("bin") + ":" + os.environ["PATH"])

    def here(self, text):
        """A command as it must be here."""
        for old, new in (
                ("runuser -u baotin -- ", ""), ("/usr/local/sbin/", ""),
                (" && systemctl restart baotin", ""),
                ("/var/lib/baotin", self.lab.path("state")),
                ("/etc/baotin", self.lab.path("etc")),
                ("127.0.0.1:8022", f"127.0.0.1:{self.ports[0]}"),
                ("127.0.0.1:9478", f"127.0.0.1:{self.ports[1]}"),
                ("baotinctl monitor", "timeout 2 baotinctl monitor"),
                ("viettel-1", "modem1"), ("forget NAME", "forget lab"),
                ("forget TÊN", "forget lab")):
            text = text.replace(old, new)
        text = re.sub(r"retry (MESSAGE|MÃ-TIN)", "retry " + self.unreached()
                      if "retry M" in text else "", text)
        return re.sub(r"baotind -t", "baotind -t -c " + self.lab.path(
            "etc", "baotin.conf"), text)

    def unreached(self):
        """A message that did not reach its telephone."""
        number = "0987654399"
        self.lab.sim("report to=+84987654399 mode=failed")
        entry = self.lab.event(dossier="H10.45-unreached", status="9",
                               phone=number)
        return became(self.lab, entry, "undelivered")

    def prepare(self, command):
        """What the page takes for granted."""
        redis = self.lab.redis
        if "requeue" in command:
            entry = re.search(r"\d+-\d+", command).group()
            redis.delete("baotin:rejected")
            redis.xadd("baotin:rejected", {
                "dossier": "H10.45-230515-0009", "status": "9",
                "phone": "12345", "error": "phone_short", "field": "phone",
                "entry": "1-1"}, id=entry)
        if "undelivered done" in command or " why " in command:
            self.lab.event(dossier=CODE, status="9",
                           event=str(os.urandom(4)))
            wait(lambda: redis.xlen("baotin:events") == 0, "the intake")

    def type(self, command):
        for pattern, _ in ELSEWHERE:
            if re.match(pattern, command):
                return
        assert TYPED.match(command), ("neither typed nor in ELSEWHERE",
                                      command)
        self.prepare(command)
        done = subprocess.run(
            ["bash", "-c", self.here(command)], cwd=self.lab.dir,
            capture_output=True, text=True, timeout=60,
            stdin=subprocess.DEVNULL,
            env=self.environment())
        want = next((status for pattern, status in STATUS.items()
                     if re.match(pattern, command)), 0)
        want = want if isinstance(want, tuple) else (want,)
        assert done.returncode in want, (command, done)
        if command.startswith("curl"):
            assert re.match(r'CON |\{"taken":1,"refused":0,', done.stdout), \
                (command, done)
        if command.startswith("printf"):
            self.configuration(None)

    def configuration(self, text):
        """A configuration, or a part of one, or the file that was just
        written: baotind takes it, with the rest as this lab has it."""
        path = self.lab.path("etc", "baotin.conf")
        if text is None:
            with open(path) as file:
                text = file.read()
        text = self.here(text)
        whole = {
            "gateway": 'name = "x";',
            "agencies": '{ id = "H10.45"; name = "x"; desk = "y"; }',
            "modems": '{ name = "m"; device = "/dev/ttyUSB2"; }',
            "notices": 'templates = "%s";' % os.path.join(
                os.path.abspath(SOURCE), "templates"),
            "privacy": 'key_file = "%s";' % self.lab.path(
                "state", "privacy.key")}
        for group, inside in whole.items():
            if not re.search(r"^\s*%s:" % group, text, re.M):
                text += "%s: %s;\n" % (group, (
                    "( %s )" if group in ("agencies", "modems")
                    else "{ %s }") % inside)
        text = re.sub(r'gateway: \{', 'gateway: { state_dir = "%s";' %
                      self.lab.path("state"), text)
        with open(path, "w") as out:
            out.write(text)
        done = subprocess.run([program("baotind"), "-t", "-c", path],
                              capture_output=True, text=True,
                              env=self.environment())
        assert done.returncode == 0, (text, done.stderr)


def became(lab, entry, state):
    """The message of an event, when it has come to this state."""
    return wait(lambda: [receipt["message"] for _, receipt in
                         lab.redis.xrange("baotin:receipts")
                         if receipt["event"] == entry and
                         receipt["state"] == state], state)[0]


def typed_block(typist, block):
    lab, first = typist.lab, block.split("\n")[0]
    if first.startswith("╭"):
        picture(lab, block)
    elif re.match(r"(gateway|redis|intake|ussd|alarms|pools|modems): ",
                  first):
        typist.configuration(block)
    elif first == "appendonly yes":
        for line in block.split("\n"):
            lab.redis.config_set(*line.split())
    elif first.startswith("dossier,"):
        with open(lab.path("don.csv"), "w") as out:
            out.write(block + "\n")
    elif first.startswith('{"taken"'):
        pass                    # the answer to the command above it
    elif first.startswith("fail modem1"):
        for line in block.split("\n"):
            lab.sim(re.split(r" {2,}", line)[0])
        wait(lambda: lab.usable_modems() == 1, "the modem")
    elif first.startswith("server {"):
        pass                    # nginx; test_http plays it
    else:
        for command in commands(block):
            typist.type(command)


def picture(lab, block):
    """The telephone in README shows what a telephone would."""
    rows = [re.match(r"│ (.{30}) │", row).group(1)
            for row in block.split("\n")[1:-1]]
    said = " ".join(" ".join(rows[2:-2]).split())
    entry = lab.event(dossier=CODE, status="9", phone="0912345678")
    became(lab, entry, "delivered")
    assert lab.texts(PHONE)[-1]["text"] == said, said


def typed(page):
    ports = [free_port(), free_port()]
    with Lab(start=False, settings={
            "intake": {"list": "don"}}) as lab:
        os.makedirs(lab.path("etc"))
        for name in ("ussd.token", "producer.token"):
            with open(lab.path("etc", name), "w") as out:
                out.write("a-secret-of-the-pages\n")
            os.chmod(lab.path("etc", name), 0o600)
        lab.settings["intake"]["http"] = {
            "listen": f"127.0.0.1:{ports[1]}",
            "token_files": [lab.path("etc", "producer.token")]}
        lab.settings["ussd"] = {"http": {
            "listen": f"127.0.0.1:{ports[0]}",
            "token_files": [lab.path("etc", "ussd.token")]}}
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        with open(lab.path("don.csv"), "w") as out:
            out.write(f"dossier,status,phone\n{CODE},9,0912345678\n")
        typist = Typist(lab, ports)
        n = 0
        for block in blocks(page):
            typed_block(typist, block)
            n += 1
    return n


def issue13_9_every_page_is_typed_as_it_stands():
    count = sum(typed(page) for page in pages() if not page.endswith(".vi.md"))
    assert count > 20, count


def issue13_9_every_vietnamese_page_is_typed_as_it_stands():
    count = sum(typed(page) for page in pages() if page.endswith(".vi.md"))
    assert count > 20, count


def issue13_9_every_command_in_a_sentence_exists():
    """`baotinctl WORD` in the text of a page is a command of baotinctl."""
    known = subprocess.run([program("baotinctl"), "help"],
                           capture_output=True, text=True).stdout
    for page in pages():
        for word in re.findall(r"`baotinctl (?:-\w )?([a-z-]+)", re.sub(
                r"\s+", " ", read(page))):
            assert re.search(r"^ *%s\b" % word, known, re.M), (page, word)


if __name__ == "__main__":
    run([issue13_9_every_page_is_typed_as_it_stands,
         issue13_9_every_vietnamese_page_is_typed_as_it_stands,
         issue13_9_every_command_in_a_sentence_exists])
