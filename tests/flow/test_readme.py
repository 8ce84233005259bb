#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.9: the walk without hardware, pasted as it stands in docs/try.md and
docs/try.vi.md, indented, by an ordinary user's shell."""

import os
import re
import subprocess

from lab import SOURCE, Lab, free_port, program, run, wait

PHONE = "+84912345678"


def pages():
    """All pages for users, in both languages."""
    docs = sorted(os.listdir(os.path.join(SOURCE, "docs")))
    return ["README.md", "README.vi.md"] + [
        "docs/" + name for name in docs if name.endswith(".md")]


def steps(lab, name, port):
    """The blocks of the walk, made to lie in the lab's folder."""
    with open(os.path.join(SOURCE, name)) as text:
        page = text.read()
    walk = page[page.index("       mkdir"):]
    blocks = re.findall(r"(?:^ {7}[^\n]*\n)+", walk, re.M)
    assert "/usr/local/sbin/baotind" in blocks[2], blocks[2]
    return [b.replace("/tmp/try", lab.dir).replace("8022", str(port))
            .replace("/usr/local/sbin/baotind", program("baotind"))
            for b in blocks[:5]]


def shell(lab, name, block):
    """Starts a block in a terminal of its own."""
    folders = [os.path.dirname(program(p))
               for p in ("baotinctl", "baotin-sim")]
    return lab.spawn(name, ["sh", "-c", block + "\n"], env={
        "PATH": ":".join([*folders, "/usr/bin:/bin"]),
        "BAOTIN_WORKER": program("baotin-modem")})


def walked(name):
    with Lab(start=False) as lab:
        redis, sim, daemon, look, phone = steps(lab, name, free_port())
        # What "make install" puts elsewhere.
        daemon = daemon.replace(
            "notices: { ", 'notices: { templates = "%s"; ' %
            os.path.join(os.path.abspath(SOURCE), "templates"))
        for label, block, ready in (
                ("redis", redis, "redis.sock"), ("sim", sim, "sim/sim.sock"),
                ("daemon", daemon, "control.sock")):
            child = shell(lab, label, "exec 2>&1\n" + re.sub(
                r"^( +)(redis-server|baotin-sim|/\S*baotind) ",
                r"\1exec \2 ", block, flags=re.M))
            wait(lambda: os.path.exists(lab.path(ready)) or
                 child.poll() is not None, label)
            assert child.poll() is None, lab.log(label)
        done = shell(lab, "look", "set -e\n" + look.split("\n")[0])
        assert done.wait() == 0, lab.log("look")
        wait(lambda: lab.texts(PHONE), "the text")
        for line in look.strip().split("\n")[1:]:
            done = shell(lab, "look", line)
            assert done.wait() == 0, (line, lab.log("look"))
        words = [line.split("> ", 1)[1] for line in phone.split("\n")
                 if "> " in line]
        assert words[-2].startswith("*") and words[-1] == "*101#", words
        answer = subprocess.run(
            [program("baotin-sim"), "phone", "--dir", lab.path("sim"),
             "0912345678"], input=words[-2] + "\n", capture_output=True,
            text=True, timeout=60)
        assert "unknown_code" not in answer.stdout, answer
        assert "..0001 co ket qua" in answer.stdout, answer


def issue10_16_try_as_typed():
    walked("docs/try.md")


def issue10_16_try_vi_as_typed():
    walked("docs/try.vi.md")


def issue10_16_nothing_hangs_on_an_indented_end():
    for name in pages():
        with open(os.path.join(SOURCE, name)) as text:
            assert not re.search(r"^ +.*<<'?END", text.read(), re.M), name


run([issue10_16_try_as_typed, issue10_16_try_vi_as_typed,
     issue10_16_nothing_hangs_on_an_indented_end])
