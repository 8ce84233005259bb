#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Can the books find a fault? Some are planted in copies of the tree
(faults/*.patch) and struck where it hurts (directed.py, directed_ends.py):
each must show its own symptom and no other, and the real daemon none. TAP.
Arguments: names of blows, to do only these."""

import concurrent.futures
import os
import shutil
import subprocess
import sys
import tempfile
import time
import traceback

import directed
import directed_ends
from books import Books, unfinished
from world import World

from lab import BUILD, SOURCE, skip_all, wait


BLOWS = {**directed.BLOWS, **directed_ends.BLOWS}


def makefile_value(name):
    with open(os.path.join(BUILD, "Makefile")) as makefile:
        for line in makefile:
            if line.startswith(name + " = "):
                return line.split("=", 1)[1].strip()
    raise AssertionError(f"no {name} in the Makefile")


def copy_source(to):
    """Links to all files that git or the tarball would have."""
    source = os.path.abspath(SOURCE)
    for folder, names, files in os.walk(source):
        here = os.path.join(to, os.path.relpath(folder, source))
        names[:] = [n for n in names if n[0] != "." and not os.path.exists(
            os.path.join(folder, n, "config.status"))]
        os.makedirs(here, exist_ok=True)
        for name in files:
            path = os.path.join(here, name)
            if not os.path.lexists(path):
                os.symlink(os.path.join(folder, name), path)


def copy_build(to):
    """What make needs to go on: its own files, and the objects of src/."""
    os.makedirs(to, exist_ok=True)
    for name in os.listdir(BUILD):
        path = os.path.join(BUILD, name)
        if os.path.isfile(path) and not name.endswith((".log", ".xz")):
            shutil.copy2(path, to)
    for name in ("src", "tests", "conf", "bench"):
        if os.path.isdir(os.path.join(BUILD, name)):
            shutil.copytree(
                os.path.join(BUILD, name), os.path.join(to, name),
                ignore=lambda folder, names: [
                    n for n in names if not n.endswith(
                        (".o", ".a", ".Po", ".inc", ".h", ".c")) and
                    not n.startswith(".") and os.path.isfile(
                        os.path.join(folder, n))] if "/src" in folder
                else [n for n in names if not n.endswith(".Po") and
                      os.path.isfile(os.path.join(folder, n))])


def patch(source, fault):
    name = os.path.join(directed.FAULTS, fault + ".patch")
    with open(name) as lines:
        files = [line[len("+++ b/"):].strip() for line in lines
                 if line.startswith("+++ b/")]
    for path in (os.path.join(source, file) for file in files):
        real = os.path.realpath(path)
        os.unlink(path)
        shutil.copy(real, path)
    done = subprocess.run(["patch", "-p1", "--no-backup-if-mismatch", "-i",
                           name], cwd=source, capture_output=True, text=True)
    assert done.returncode == 0, f"{fault} no longer applies:\n" + \
        done.stdout + done.stderr


def build(folder, fault):
    """A baotind with this fault; its path."""
    srcdir = makefile_value("srcdir")
    target = os.path.join(folder, fault, "a", "b", "c", "build")
    if os.path.isabs(srcdir):
        source = os.path.join(folder, fault, "source")
        words = [f"{name}={source}" for name in (
            "srcdir", "top_srcdir", "abs_srcdir", "abs_top_srcdir", "VPATH")]
    else:
        source, words = os.path.normpath(os.path.join(target, srcdir)), []
    words += [f"{name}={target}" for name in ("abs_builddir",
                                              "abs_top_builddir")]
    copy_source(source)
    copy_build(target)
    patch(source, fault)
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "top_srcdir",
                        "top_builddir")}
    done = subprocess.run(["make", "-C", target, *words,
                           "src/daemon/baotind"], env=env, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout[-3000:]
    return os.path.join(target, "src", "daemon", "baotind")


def strike(name, daemon):
    """The books' faults by kind."""
    _, _, n_gateways, blow = BLOWS[name]
    world = World(n_gateways=n_gateways, modems_each=1, daemon=daemon,
                  sim=["--latency", "30", "--report-delay", "30"])
    with world:
        world.build()
        events = blow(world)
        wait(lambda: not unfinished(world), "rest", 60)
        world.note_rest()
        world.switch_phones(True)
        books = Books(world, events)
        books.balance()
        return {fault.split(":")[0] for fault in books.faults}, books.faults


def main():
    if shutil.which("patch") is None or shutil.which("make") is None:
        skip_all("patch or make is not installed")
    blows = {name: row for name, row in BLOWS.items()
             if name in sys.argv[1:] or not sys.argv[1:]}
    print(f"1..{2 * len(blows)}", flush=True)
    folder = tempfile.mkdtemp(prefix="baotin-faults-")
    number, bad = 0, 0
    try:
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            built = {name: pool.submit(build, folder, row[0])
                     for name, row in blows.items()}
        for name, (fault, symptom, _, _) in blows.items():
            for title, daemon, expected in (
                    (name, None, set()), (fault, built[name], {symptom})):
                number += 1
                began = time.monotonic()
                try:
                    got, faults = strike(name, daemon and daemon.result())
                    assert got == expected, f"{got}, not {expected}: {faults}"
                    word = "ok"
                except Exception:
                    for line in traceback.format_exc().splitlines():
                        print("# " + line)
                    word, bad = "not ok", bad + 1
                print(f"{word} {number} - {title} "
                      f"({time.monotonic() - began:.1f} s)", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
