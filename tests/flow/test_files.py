#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever an operator's files are, the daemon says so with file and line,
and what runs goes on running."""

import os
import shutil
import signal
import subprocess

from lab import SOURCE, Lab, program, run, wait

PHONE = "+84912345678"


def code(n):
    return f"H10.45-230515-{n:04}"


def tried(lab, *words, conf=None):
    """baotind -t: its status and what it says."""
    done = subprocess.run(
        [program("baotind"), "-t", "-c", conf or lab.path("baotin.conf"),
         *words], capture_output=True, text=True, timeout=60,
        env=dict(os.environ, BAOTIN_WORKER=program("baotin-modem")))
    return done.returncode, done.stderr


def add_line(lab, line):
    """One more line for the configuration; returns its number."""
    path = lab.path("baotin.conf")
    with open(path, "a") as out:
        out.write(line + "\n")
    with open(path) as text:
        return len(text.readlines())


def templates(lab):
    shutil.copytree(os.path.join(SOURCE, "templates"), lab.path("templates"))
    lab.settings = {"notices": {"templates": lab.path("templates"),
                                "window": "00:00-24:00"}}


def start(lab):
    lab.start_redis()
    lab.start_sim()
    lab.write_conf()
    lab.start_daemon()


def sighup_refused(lab):
    before = lab.log().count("reload_failed")
    lab.children["baotind"].send_signal(signal.SIGHUP)
    wait(lambda: lab.log().count("reload_failed") > before, "a refusal")


def bad_includes(lab):
    """Lines that include what is no configuration, and what is said."""
    os.mkdir(lab.path("folder"))
    os.mkfifo(lab.path("pipe"))
    with open(lab.path("self.conf"), "w") as out:
        out.write('@include "self.conf"\n')
    with open(lab.path("one.conf"), "w") as out:
        out.write('\n\n@include "two.conf"\n')
    with open(lab.path("two.conf"), "w") as out:
        out.write('@include "one.conf"\n')
    with open(lab.path("huge.conf"), "w") as out:
        out.write("# long\n" * 500000)
    with open(lab.path("deep.conf"), "w") as out:
        out.write("a: " + "{ b: " * 200000)
    with open(lab.path("zeros.conf"), "wb") as out:
        out.write(bytes(100))
    with open(lab.path("wrong.conf"), "w") as out:
        out.write("\nlog: { level = loud };\n")
    return [("folder", "folder"), ("pipe", "pipe"), ("/dev/zero", "device"),
            ("/dev/tty", ""), ("missing.conf", "No such file"),
            ("self.conf", "itself"), ("one.conf", "itself"),
            ("huge.conf", "too large"), ("deep.conf", ""),
            ("zeros.conf", "UTF-8"), ("wrong.conf", "wrong.conf:2:")]


def issue10_8_no_include_ends_the_daemon():
    with Lab(start=False) as lab:
        start(lab)
        pid = lab.ctl("status")["pid"] if "pid" in lab.ctl("status") else None
        for name, words in bad_includes(lab):
            lab.write_conf()
            line = add_line(lab, f'@include "{name}"')
            status, said = tried(lab)
            assert status == 2, (name, status, said)
            assert words in said, (name, said)
            if name in ("folder", "pipe", "/dev/zero", "missing.conf"):
                assert f"baotin.conf:{line}: " in said, (name, said)
            sighup_refused(lab)
            assert lab.ctl("reload", check=False) is None, name
            assert lab.children["baotind"].poll() is None, name
        lab.write_conf()
        assert lab.ctl("reload")["reloaded"]
        assert pid is None or lab.ctl("status")["pid"] == pid
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_text(PHONE)


def issue10_8_no_template_ends_the_daemon():
    with Lab(start=False) as lab:
        templates(lab)
        start(lab)
        path = lab.path("templates", "vi.txt")
        for make in (os.mkfifo, lambda p: os.symlink("/dev/zero", p),
                     lambda p: os.symlink(p, p), os.mkdir):
            os.unlink(path)
            make(path)
            status, said = tried(lab)
            assert status == 2 and "templates" in said, said
            sighup_refused(lab)
            if os.path.isdir(path) and not os.path.islink(path):
                os.rmdir(path)
                open(path, "w").close()
        lookup = lab.path("templates", "lookup", "vi.txt")
        shutil.copy(os.path.join(SOURCE, "templates", "vi.txt"), path)
        os.unlink(lookup)
        os.mkfifo(lookup)
        sighup_refused(lab)
        assert tried(lab)[0] == 2
        os.unlink(lookup)
        assert lab.ctl("reload")["reloaded"]


def issue10_8_a_missing_folder_is_told_with_its_line():
    with Lab(start=False) as lab:
        for more, key in (({"gateway": {
                "name": "lab", "state_dir": lab.path("none")}},
                "gateway.state_dir"), ({"notices": {
                    "templates": lab.path("none")}}, "notices.templates")):
            conf = lab.write_conf(**more)
            status, said = tried(lab)
            assert status == 2, said
            assert said.startswith(conf + ":"), said
            assert f"key {key}: there is no folder" in said, said


def issue10_8_what_is_read_wrong_in_silence_is_told():
    with Lab(start=False) as lab:
        lab.write_conf()
        os.mkdir(lab.path("folder"))
        with open(lab.path("sim-file"), "w") as out:
            out.write("x")
        tried(lab)  # makes the key
        conf = lab.write_conf(modems=[
            {"name": "m1", "device": lab.path("folder")},
            {"name": "m2", "device": lab.path("sim-file")},
            {"name": "m3", "device": "/dev/null",
             "pin_file": lab.path("folder")}])
        status, said = tried(lab)
        assert status == 2, said
        line = said.split(":")[1]
        assert said.count(f"{conf}:{line}: key modems[") == 3, said
        assert "modems[0].device" in said and "a folder" in said, said
        assert "modems[1].device" in said and "a file" in said, said
        assert "modems[2].pin_file" in said, said

        lab.write_conf(modems=[
            {"name": "m1", "device": "/dev/none",
             "pin_file": lab.path("none")},
            {"name": "m2", "device": "/dev/null"}],
            pools=[{"name": "p", "modems": ["m1"]}])
        status, said = tried(lab)
        assert status == 0, said
        for words in ("modems[0].device: /dev/none is not there",
                      "modems[0].pin_file", '"m2" is in no pool'):
            assert words in said, (words, said)
        for line in said.splitlines():
            assert line.startswith(lab.path("baotin.conf:")), line

        lab.write_conf()
        line = add_line(lab, "/* hidden\nretry: { jitter = 0; };")
        status, said = tried(lab)
        assert status == 2, said
        assert f"baotin.conf:{line - 1}: " in said and "*/" in said, said

        for number in ("4294967297", "2147483648", "-4294967290",
                       "0x100000005", "18446744073709551617"):
            lab.write_conf()
            line = add_line(lab, 'lookup: { limits: { day = ' + number +
                            "; }; };")
            status, said = tried(lab)
            assert status == 2 and f"baotin.conf:{line}: " in said, said
            assert "day" in said or "larger" in said, said


def issue9_10_no_text_goes_missing():
    """A notice that goes out by default has a text or is switched off."""
    with Lab(start=False) as lab:
        templates(lab)
        start(lab)
        path = lab.path("templates", "vi.txt")
        with open(path) as text:
            lines = text.readlines()

        def rewrite(rows):
            with open(path, "w") as out:
                out.writelines(rows)

        for gone in ("received", "refused", "supplement", "payment",
                     "withdrawn", "stopped", "ready", "late"):
            rewrite([row for row in lines if not row.startswith(gone)])
            status, said = tried(lab)
            assert status == 2 and f'"{gone}"' in said, (gone, said)
        for rows in ([], ["# " + row for row in lines], lines[:20],
                     [row for row in lines
                      if not row.startswith("registered")]):
            rewrite(rows)
            assert tried(lab)[0] == 2, rows[:3]
            sighup_refused(lab)
            assert lab.ctl("template", "check", check=False) is None
            assert lab.ctl("reload", check=False) is None
        # By one channel only: the others would get nothing.
        rewrite([row.replace("ready =", "ready.postal =")
                 if row.startswith("ready =") else row for row in lines
                 if not row.startswith("ready.postal")])
        status, said = tried(lab)
        assert status == 2 and '"ready" (direct' in said, said
        # What still runs has the texts from before.
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_text(PHONE)
        # Switched off on purpose.
        rewrite([row.replace("ready", "ready off", 1)
                 if row.startswith("ready =") else
                 row.replace("ready.postal", "ready.postal off", 1)
                 for row in lines])
        assert tried(lab)[0] == 0
        assert lab.ctl("reload")["reloaded"]
        lab.event(dossier=code(2), status=9, phone=PHONE)
        assert lab.wait_receipt(dossier=code(2))["reason"] == "switched_off"


def issue10_11_files_open_to_everybody_are_told():
    with Lab(start=False) as lab:
        templates(lab)
        conf = lab.write_conf(modems=[{"name": "m", "device": "/dev/null",
                                       "pin_file": lab.path("pin")}])
        with open(lab.path("pin"), "w") as out:
            out.write("1234\n")
        os.chmod(lab.path("pin"), 0o600)
        tried(lab)  # makes the key
        assert tried(lab) == (0, ""), tried(lab)
        for path, mode in ((lab.path("state", "privacy.key"), 0o666),
                           (lab.path("state", "privacy.key"), 0o644),
                           (conf, 0o666), (lab.path("state"), 0o777),
                           (lab.path("templates"), 0o777),
                           (lab.path("pin"), 0o644)):
            before = os.stat(path).st_mode & 0o7777
            os.chmod(path, mode)
            status, said = tried(lab)
            assert status == 0 and path in said and f"{mode:04o}" in said, \
                (path, said)
            assert "chmod" in said, said
            os.chmod(path, before)
        assert tried(lab) == (0, ""), "all is well again"


run([issue10_8_no_include_ends_the_daemon,
     issue10_8_no_template_ends_the_daemon,
     issue10_8_a_missing_folder_is_told_with_its_line,
     issue10_8_what_is_read_wrong_in_silence_is_told,
     issue9_10_no_text_goes_missing,
     issue10_11_files_open_to_everybody_are_told])
