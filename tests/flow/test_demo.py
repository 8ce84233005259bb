#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.9: scripts/demo as somebody sees it for the first time, in a terminal of
80x24: at most two screens, one citizen, and nothing left behind."""

import datetime
import fcntl
import os
import pty
import re
import signal
import struct
import tempfile
import termios

from lab import BUILD, SOURCE, run, wait


def start(folder, *words):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", TMPDIR=folder,
                          BAOTIN_BUILD=os.path.abspath(BUILD))
        os.execv("/bin/bash", ["bash", os.path.join(
            os.path.abspath(SOURCE), "scripts", "demo"), *words])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    return pid, fd


def read_until(fd, mark=None):
    """What it prints, without colours, up to the mark or to its end."""
    data = b""
    while mark is None or mark.encode() not in data:
        try:
            more = os.read(fd, 65536)
        except OSError:
            break
        if not more:
            break
        data += more
    text = re.sub(rb"\x1b\[[0-9;?]*[a-zA-Z]", b"", data).decode()
    return text.replace("\r\n", "\n")


def issue13_9_two_screens_tell_the_story_of_one_citizen():
    with tempfile.TemporaryDirectory() as folder:
        pid, fd = start(folder, "--fast")
        said = read_until(fd)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, said
        assert os.listdir(folder) == [], "it left something behind"
    lines = said.rstrip("\n").split("\n")
    assert len(lines) <= 2 * 24 - 2, (len(lines), said)
    wide = [line for line in lines if len(line) > 80]
    assert not wide, wide
    assert re.fullmatch(r"3 events, 3 texts on the telephones, "
                        r"0 events rejected\.", lines[-1]), lines[-1]
    # One telephone, and times that go forward and have passed.
    numbers = set(re.findall(r"┌─ ([\d ]+) ─", said))
    assert len(numbers) == 1, numbers
    steps = re.findall(r"^(\d\d)/(\d\d) (\d\d):(\d\d) ", said, re.M)
    assert len(steps) == 4 and len({step[:2] for step in steps}) == 1, steps
    assert steps == sorted(steps), steps
    now = datetime.datetime.now(
        datetime.timezone(datetime.timedelta(hours=7))).replace(tzinfo=None)
    day, month, hour, minute = map(int, steps[-1])
    last = datetime.datetime(now.year, month, day, hour, minute)
    age = (now - last).total_seconds() % (365 * 86400)
    assert 0 <= age < 2 * 86400, (last, now)
    # The day that the text promises is the day that the event says.
    year, month, day = re.search(r"due (\d+)-(\d+)-(\d+)", said).groups()
    assert f"{day}/{month}/{year}" in said, said
    for word in ("da co ket qua", "her telephone has the text", "no text:",
                 "Try next:", "scripts/demo --keep"):
        assert word in said, (word, said)
    assert "cms_" not in said and "tp_" not in said, said


def issue13_9_keep_goes_on_and_ends_with_ctrl_c():
    with tempfile.TemporaryDirectory() as folder:
        pid, fd = start(folder, "--fast", "--keep")
        said = read_until(fd, "baotind.log")
        assert "until Ctrl-C" in said, said
        assert len(os.listdir(folder)) == 1
        os.write(fd, b"\x03")
        read_until(fd)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        assert status in (130, -signal.SIGINT), status
        wait(lambda: os.listdir(folder) == [], "its end")


if __name__ == "__main__":
    run([issue13_9_two_screens_tell_the_story_of_one_citizen,
         issue13_9_keep_goes_on_and_ends_with_ctrl_c])
