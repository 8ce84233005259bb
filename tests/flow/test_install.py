#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""make install and uninstall never touch what somebody changed."""

import os
import shutil
import subprocess
import tempfile

from lab import BUILD, SOURCE, run

SYSCONF = "etc/baotin"
SHIPPED = "usr/share/baotin"
NAMES = ["baotin.conf.example", "templates/vi.txt", "templates/en.txt",
         "templates/lookup/vi.txt", "templates/lookup/en.txt"]


def make(root, target):
    env = {k: v for k, v in os.environ.items()
           if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")}
    done = subprocess.run(
        ["make", "-C", BUILD, target, "DESTDIR=" + root, "prefix=/usr",
         "sysconfdir=/etc"], capture_output=True, text=True, env=env)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def read(*names):
    with open(os.path.join(*names), "rb") as text:
        return text.read()


def edit(*names):
    with open(os.path.join(*names), "ab") as text:
        text.write(b"# ours\n")
    return read(*names)


def issue9_10_edited_files_outlive_install_and_uninstall():
    root = tempfile.mkdtemp(prefix="baotin-install-")
    try:
        make(root, "install")
        for name in NAMES:
            assert read(root, SYSCONF, name) == read(root, SHIPPED, name)
        ours = {name: edit(root, SYSCONF, name) for name in NAMES[::2]}
        with open(os.path.join(root, SYSCONF, "baotin.conf"), "w") as out:
            out.write("# ours\n")
        said = make(root, "install")
        for name, text in ours.items():
            assert read(root, SYSCONF, name) == text, name
            assert os.path.join(SYSCONF, name) in said, said
        # A newer version: what nobody changed is renewed.
        for place in (SYSCONF, SHIPPED):
            with open(os.path.join(root, place, NAMES[1]), "w") as out:
                out.write("# of an earlier version\n")
        make(root, "install")
        assert read(root, SYSCONF, NAMES[1]) == read(SOURCE, NAMES[1])
        make(root, "uninstall")
        left = [os.path.relpath(os.path.join(folder, name), root)
                for folder, _, names in os.walk(root) for name in names]
        want = [os.path.join(SYSCONF, name)
                for name in [*ours, "baotin.conf"]]
        assert sorted(left) == sorted(want), left
        for name, text in ours.items():
            assert read(root, SYSCONF, name) == text, name
        # And a new installation leaves them alone.
        make(root, "install")
        for name, text in ours.items():
            assert read(root, SYSCONF, name) == text, name
    finally:
        shutil.rmtree(root)


if __name__ == "__main__":
    run([issue9_10_edited_files_outlive_install_and_uninstall])
