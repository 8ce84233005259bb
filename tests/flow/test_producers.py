#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/producers.md (issue 13.4): its examples run, in each language; and the
kit that plays the office's software says what the document says."""

import json
import os
import re
import shutil
import subprocess

from lab import SOURCE, Lab, free_port, run

TOKEN = "producers-token-of-28-octets"
PHONE = "+84912345678"
# Language of the block: file, commands; {} is the folder.
RUN = {
    "python": ("send.py", [["/usr/bin/python3", "{}/send.py"]]),
    "java": ("Send.java", [["java", "{}/Send.java"]]),
    "php": ("send.php", [["php", "{}/send.php"]]),
    "csharp": ("send.cs", [["mcs", "-r:System.Net.Http", "-out:{}/send.exe",
                            "{}/send.cs"], ["mono", "{}/send.exe"]]),
    "javascript": ("send.js", [["node", "{}/send.js"]]),
}


def blocks(name):
    """[(language, code)] of a document."""
    with open(os.path.join(SOURCE, "docs", name), encoding="utf-8") as page:
        return re.findall(r"^```(\w+)\n(.*?)^```$", page.read(),
                          re.M | re.S)


class PostLab(Lab):
    def __init__(self):
        super().__init__()
        self.port = free_port()
        with open(self.path("token"), "w") as out:
            out.write(TOKEN + "\n")
        os.chmod(self.path("token"), 0o600)
        self.settings = {"intake": {"http": {
            "listen": f"127.0.0.1:{self.port}",
            "token_files": [self.path("token")]}}}

    def run_block(self, language, code):
        """What the program prints."""
        name, commands = RUN[language]
        with open(self.path(name), "w", encoding="utf-8") as out:
            out.write(code)
        env = {**os.environ, "BAOTIN_TOKEN": TOKEN,
               "BAOTIN_URL": f"http://127.0.0.1:{self.port}/events",
               "BAOTIN_REDIS": "unix://" + self.path("redis.sock")}
        for command in commands:
            done = subprocess.run(
                [word.replace("{}", self.dir) for word in command], env=env,
                capture_output=True, text=True, timeout=120)
            assert done.returncode == 0, done
        return done.stdout


def try_language(language, marked=False):
    code = [c for lang, c in blocks("producers.md")
            if lang == language and c.startswith("# redis") == marked]
    assert len(code) == 1, f"one {language} example"
    with PostLab() as lab:
        out = lab.run_block(language, code[0])
        entry = out.strip() if marked else \
            json.loads(out)["items"][0]["entry"]
        assert "H10.45-230515-0001" in lab.wait_text(PHONE)
        assert lab.wait_receipt(state="queued")["event"] == entry
        # The same event once more: one text.
        lab.run_block(language, code[0])
        lab.wait_receipt(reason="duplicate")
        assert len(lab.texts()) == 1


def issue13_4_python_with_redis():
    try_language("python", True)


def issue13_4_python():
    try_language("python")


def issue13_4_java():
    try_language("java")


def issue13_4_php():
    try_language("php")


def issue13_4_csharp():
    try_language("csharp")


def issue13_4_javascript():
    try_language("javascript")


def issue13_4_both_documents_have_the_same_examples():
    assert blocks("producers.md") == blocks("producers.vi.md")
    assert {lang for lang, _ in blocks("producers.md")} == set(RUN)


def issue13_4_the_kit_finds_what_is_documented():
    with Lab(settings={"notices": {"only_to": [PHONE]}}) as lab:
        done = subprocess.run(
            [os.path.join(SOURCE, "contrib/producer-kit"), "--redis",
             "unix:" + lab.path("redis.sock"), "--phone", "0912345678"],
            capture_output=True, text=True, timeout=120)
        assert done.returncode == 0 and done.stderr == "", done
        assert "documented:" not in done.stdout, done.stdout
        assert len(done.stdout.splitlines()) > 20, done.stdout
        lab.wait_text(PHONE)


def issue13_4_the_kit_says_when_nobody_answers():
    with Lab() as lab:
        lab.stop("baotind")
        kit = os.path.join(SOURCE, "contrib/producer-kit")
        done = subprocess.run(
            [kit, "--redis", "unix:" + lab.path("redis.sock"), "--phone",
             "0912345678", "--patience", "0.3"], capture_output=True,
            text=True, timeout=60)
        assert done.returncode == 1 and "is baotind running" in done.stderr
        done = subprocess.run(
            [kit, "--redis", "unix:" + lab.path("none.sock"), "--phone", "1"],
            capture_output=True, text=True, timeout=60)
        assert done.returncode == 2 and "none.sock" in done.stderr, done


assert all(shutil.which(c[0]) for _, cs in RUN.values() for c in cs), \
    "an interpreter is missing: see scripts/packages"
run([
    issue13_4_python_with_redis,
    issue13_4_python,
    issue13_4_java,
    issue13_4_php,
    issue13_4_csharp,
    issue13_4_javascript,
    issue13_4_both_documents_have_the_same_examples,
    issue13_4_the_kit_finds_what_is_documented,
    issue13_4_the_kit_says_when_nobody_answers,
])
