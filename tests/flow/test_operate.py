#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.8: what an operator sees at first sight: the line of status, modems in
80 columns, check for monitoring tools, times in the gateway's zone."""

import fcntl
import json
import os
import pty
import re
import select
import struct
import subprocess
import termios

from lab import AGENCY, BUILD, Lab, program, run, wait

PHONE = "+84912345678"


def code(i):
    return f"H10.45-230515-{i:04d}"


def ctl(lab, *words, status=0, env=None):
    """baotinctl as somebody types it: its text."""
    done = subprocess.run(
        [program("baotinctl"), "-s", lab.path("control.sock"), *words],
        capture_output=True, text=True, env=dict(os.environ, **(env or {})))
    assert done.returncode == status, (words, done)
    assert status == 2 or not done.stderr, done
    return done.stdout


def first(lab, status=0):
    return ctl(lab, "status", status=status).split("\n")[0]


def usable(lab, n):
    wait(lambda: lab.usable_modems() == n, f"{n} modems", 60)


def issue12_8_the_first_line_says_why_nothing_is_sent():
    with Lab(modems=2) as lab:
        wait(lambda: first(lab).startswith("SENDING"), "it to begin")
        assert first(lab) == "SENDING: 2 of 2 modems can send"
        lab.sim("hangup modem1")
        usable(lab, 1)
        assert first(lab) == "SENDING: 1 of 2 modems can send"
        lab.sim("reg modem2 none")
        usable(lab, 0)
        line = first(lab, status=1)
        assert re.match(r"NOT SENDING since \d\d:\d\d: modem1 down, modem2 "
                        r"unregistered; next: .", line), line
        lab.sim("plug modem1")
        usable(lab, 1)
        lab.ctl("pause", "modem1")
        line = first(lab, status=1)
        assert "modem1 paused, modem2 unregistered; next: baotinctl " \
            "resume" in line, line
        told = lab.ctl("status")
        assert not told["sending"] and told["why"] == "modems", told
        assert [(m["name"], m["wish"]) for m in told["each_modem"]] == [
            ("modem1", "paused"), ("modem2", "up")], told
        lab.sim("hangup modem1")
        lab.sim("hangup modem2")
        wait(lambda: "paused, modem2 down" in ctl(lab, "status", status=1),
             "both")
        lab.ctl("resume", "modem1")
        assert "both modems down" in first(lab, status=1)
        lab.kill("redis")
        wait(lambda: "Redis at unix:" in ctl(lab, "status", status=1),
             "Redis to be missed")
        assert "next: systemctl status redis-server" in first(lab, status=1)


def issue12_8_a_hold_a_closed_window_and_quotas_are_shown():
    limits = {"minute": 0, "hour": 0, "day": 1, "month": 0}
    with Lab(clock="2026-11-20 20:00:00", modem={"limits": limits},
             settings={"notices": {"window": "07:00-21:00"}}) as lab:
        wait(lambda: first(lab).startswith("SENDING"), "it to begin")
        lab.ctl("hold")
        assert first(lab) == "ON HOLD: an operator holds all texts; next: " \
            "baotinctl release"
        assert lab.ctl("status")["all_on_hold"] is True
        lab.ctl("release")
        lab.ctl("hold", "--agency", AGENCY["id"])
        held, = lab.ctl("status")["held"]
        assert held["agency"] == AGENCY["id"] and held["on_hold"], held
        lab.ctl("release", "--agency", AGENCY["id"])
        lab.ctl("send", PHONE, "one")
        lab.wait_text(PHONE)
        used = wait(lambda: lab.ctl("status")["quotas_used_up"],
                    "the quota")[0]
        assert (used["modem"], used["period"], used["rest"]) == (
            "modem1", "day", 0), used
        lab.set_clock("2026-11-20 22:00:00")
        assert first(lab) == "WAITING: outside of notices.window " \
            "07:00-21:00, which opens at 2026-11-21 07:00; answers go out"
        assert lab.ctl("status")["window"]["open"] is False


def issue12_8_modems_fit_80_columns():
    names = ["a-modem-with-a-long-name-" + str(i) for i in range(3)]
    with Lab(modems=3, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf(modems=[
            {"name": name, "device": lab.path("sim", f"modem{i + 1}")}
            for i, name in enumerate(names)])
        lab.start_daemon()
        lab.ctl("pause", names[0])
        lab.sim("pin modem2 puk")
        lab.sim("restart modem2")
        wait(lambda: lab.ctl("modems")[1]["state"] == "locked", "the lock",
             60)
        text = ctl(lab, "modems")
        assert max(map(len, text.splitlines())) <= 80, text
        assert "paused" in text and "locked" in text, text
        assert all(f"-name-{i} " in text for i in range(3)), text
        wide = ctl(lab, "-l", "modems")
        assert names[2] in wide and "firmware" in wide, wide
        # JSON is whole.
        assert [m["name"] for m in lab.ctl("modems")] == names


def on_terminal(lab, *words, env=None):
    """The same with a terminal behind it."""
    master, slave = pty.openpty()
    child = subprocess.Popen(
        [program("baotinctl"), "-s", lab.path("control.sock"), *words],
        stdout=slave, stdin=subprocess.DEVNULL,
        env=dict(os.environ, TERM="xterm", **(env or {})))
    os.close(slave)
    text = b""
    try:
        while True:
            more = os.read(master, 65536)
            if not more:
                break
            text += more
    except OSError:		# the end of a pseudo terminal
        pass
    child.wait()
    os.close(master)
    return text.decode()


def issue12_8_bad_states_have_a_colour_on_a_terminal_only():
    with Lab() as lab:
        assert "\033[1;31m" not in on_terminal(lab, "modems")
        lab.sim("hangup modem1")
        usable(lab, 0)
        wait(lambda: "NOT SENDING" in ctl(lab, "status", status=1), "it")
        assert "\033[1;31mdown" in on_terminal(lab, "modems")
        assert "\033[1;31mNOT SENDING" in on_terminal(lab, "status")
        assert "\033" not in on_terminal(lab, "status",
                                         env={"NO_COLOR": "1"})
        assert "\033" not in ctl(lab, "status", status=1)


def issue12_8_check_for_monitoring_tools():
    with Lab(modems=2, clock="2026-11-20 08:05:00") as lab:
        wait(lambda: lab.ctl("status")["sending"], "it to begin")
        text = ctl(lab, "check")
        assert re.fullmatch(
            r"BAOTIN OK - SENDING: 2 of 2 modems can send \| "
            r"modems=2;;;0;2 waiting=0;0;0;0 oldest=0s;900;3600;0 "
            r"alarms=0;;;0\n", text), text
        lab.ctl("hold")
        assert ctl(lab, "check", status=1).startswith("BAOTIN WARNING - ON")
        lab.ctl("release")
        lab.sim("hangup modem1")
        wait(lambda: (lab.let_pass(10), lab.ctl("alarms")["raised"])[1],
             "the alarm")
        text = ctl(lab, "check", status=1)
        assert "BAOTIN WARNING - " in text, text
        assert "; alarm modem_down modem1 |" in text, text
        lab.sim("reg modem2 none")
        usable(lab, 0)
        assert ctl(lab, "check", status=2).startswith(
            "BAOTIN CRITICAL - NOT SENDING")
        # Thresholds.
        lab.ctl("alarms", "ack", "all")
        lab.sim("reg modem2 home")
        usable(lab, 1)
        lab.ctl("pause", "modem2")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(1), state="queued")
        lab.ctl("resume", "modem1")
        assert "waiting=1;1;2;0" in ctl(lab, "check", "--waiting", "1,2",
                                        status=2)
        for words in (["--waiting", "2,1"], ["--waiting", "x,1"],
                      ["--oldest", "1"], ["--oldest"], ["--nothing", "1,2"],
                      ["--oldest", "1h,15m"]):
            assert ctl(lab, "check", *words, status=3).startswith(
                "BAOTIN UNKNOWN"), words
        lab.stop("baotind")
        done = subprocess.run([program("baotinctl"), "-s",
                               lab.path("control.sock"), "check"],
                              capture_output=True, text=True)
        assert done.returncode == 2, done
        assert done.stdout.startswith("BAOTIN CRITICAL"), done


def issue12_8_times_are_read_in_the_zone_in_which_they_are_shown():
    """Wherever the operator's terminal is."""
    with Lab() as lab:
        lab.ctl("hold")
        for i in (1, 2):
            lab.event(dossier=code(i), status=9, phone=PHONE)
            seen = lab.wait_receipt(dossier=code(i), state="held")["message"]
        elsewhere = {"TZ": "America/New_York"}
        text = ctl(lab, "message", seen, env=elsewhere)
        at = re.search(r"created_at\s+(\S+)", text).group(1)
        assert at.endswith("+07:00"), at
        for since in (at, at[:-6]):
            text = ctl(lab, "cancel", "--agency", AGENCY["id"], "--since",
                       since, env=elsewhere)
            assert re.search(r"moved\s+" + ("1" if since == at else "0"),
                             text), (since, text)


def completed(lab, *words):
    """What bash offers for the last of these words."""
    script = (f'PATH={os.path.dirname(program("baotinctl"))}:$PATH; '
              f'baotinctl() {{ command baotinctl -s '
              f'{lab.path("control.sock")} "$@"; }}; '
              f'. "{BUILD}/src/ctl/bash/baotinctl"; COMP_WORDS=("$@"); '
              'COMP_CWORD=$(($# - 1)); _baotinctl; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run(["bash", "-c", script, "bash", "baotinctl", *words],
                          capture_output=True, text=True)
    assert done.returncode == 0 and not done.stderr, done
    return done.stdout.split()


def issue12_8_bash_completes_commands_and_modems():
    with Lab() as lab:
        assert completed(lab, "pau") == ["pause"]
        assert completed(lab, "sta") == ["status", "stats"]
        assert completed(lab, "alarms", "a") == ["ack"]
        assert completed(lab, "pause", "") == ["modem1"]
        assert completed(lab, "modem", "mo") == ["modem1"]
        assert completed(lab, "-j", "cancel", "--") == [
            "--agency", "--state", "--reason", "--pool", "--since"]


class Monitor:
    """baotinctl monitor on a terminal of 80x24, as a person sees it."""

    def __init__(self, lab, rows=24, columns=80):
        self.size = (rows, columns)
        self.text = b""
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ,
                    struct.pack("HHHH", rows, columns, 0, 0))
        self.before = termios.tcgetattr(slave)
        self.slave = slave
        self.child = subprocess.Popen(
            [program("baotinctl"), "-s", lab.path("control.sock"),
             "monitor"], stdin=slave, stdout=slave, stderr=slave,
            env=dict(os.environ, TERM="xterm"), start_new_session=True,
            # Its controlling terminal: Ctrl-C comes as a signal.
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))

    def screen(self):
        """The lines of the newest whole view."""
        while select.select([self.master], [], [], 0)[0]:
            self.text += os.read(self.master, 65536)
        views = self.text.decode(errors="replace").split("\033[H")
        whole = [v.split("\033[J")[0] for v in views if "\033[J" in v]
        if not whole:
            return []
        lines = re.sub(r"\033\[[0-9;?]*[a-zA-Z]", "", whole[-1])
        lines = lines.replace("\r", "").split("\n")
        lines = lines if lines[-1] else lines[:-1]
        assert len(lines) <= self.size[0], lines
        assert max(map(len, lines)) <= self.size[1], lines
        return lines

    def wait(self, words):
        return wait(lambda: words in "\n".join(self.screen()) and
                    self.screen(), words)

    def end(self, key):
        os.write(self.master, key)
        assert self.child.wait(30) == 0
        self.screen()
        assert self.text.endswith(b"\033[?25h\033[?1049l"), self.text[-99:]
        assert termios.tcgetattr(self.slave) == self.before, "its modes"
        os.close(self.slave)
        os.close(self.master)


def issue12_8_monitor_on_a_terminal():
    with Lab(modems=3, clock="2026-11-20 08:00:00") as lab:
        monitor = Monitor(lab)
        lines = monitor.wait("SENDING: 3 of 3 modems can send")
        assert lines[0].startswith("baotin lab  2026-11-20 08:0"), lines
        assert re.match(r"name +state +since +operator", lines[3]), lines
        assert [ln.split()[:2] for ln in lines[4:7]] == [
            [f"modem{i}", "ready"] for i in (1, 2, 3)], lines
        lab.sim("pin modem3 puk")
        lab.sim("restart modem3")
        lines = monitor.wait("locked")
        # What is wrong stands first, and the change below.
        assert lines[4].split()[:2] == ["modem3", "locked"], lines
        changes = lines[lines.index("LAST CHANGES") + 1:]
        assert changes[0].split() == ["since", "modem", "state", "reason"]
        assert changes[1].split()[1:3] == ["modem3", "locked"], changes
        lab.let_pass(120)
        lines = monitor.wait("modem_locked")
        assert "ALARMS" in lines, lines
        # It outlives the daemon.
        lab.stop("baotind")
        monitor.wait("can't reach the daemon")
        lab.start_daemon(ready=False)
        monitor.wait("2 of 3 modems")
        lab.ctl("hold")
        monitor.wait("ON HOLD")
        monitor.end(b"q")


def issue12_8_monitor_fits_any_terminal():
    with Lab(modems=20) as lab:
        lab.sim("hangup modem17")
        for rows, columns in ((24, 80), (10, 40), (3, 20), (1, 1), (60, 200)):
            monitor = Monitor(lab, rows, columns)
            wait(monitor.screen, "a view")
            if rows == 24:
                lines = monitor.wait("... and")
                # modem17 before all others, and room for the rest.
                wait(lambda: "modem17" in monitor.screen()[4], "it first")
                assert "LAST CHANGES" in lines, lines
            if rows == 60:
                lines = monitor.wait("modem20")
                assert not any("... and" in ln for ln in lines[:30]), lines
            monitor.end(b"\x03" if rows == 10 else b"q")


def issue12_8_monitor_in_a_pipe_prints_changes():
    with Lab(modems=2) as lab:
        for words in ([], ["-j"]):
            child = subprocess.Popen(
                [program("baotinctl"), "-s", lab.path("control.sock"),
                 *words, "monitor"], stdout=subprocess.PIPE, text=True)
            line = child.stdout.readline()
            assert "SENDING: 2 of 2 modems can send" in line, line
            lines = [child.stdout.readline() for _ in range(2)]
            assert all("ready" in ln for ln in lines), lines
            lab.ctl("pause", "modem2")
            seen = [child.stdout.readline() for _ in range(2)]
            if words:
                seen = [json.loads(ln) for ln in seen]
                assert seen[0]["status"] == "SENDING: 1 of 2 modems can " \
                    "send" and seen[0]["at"] > 0, seen
                assert (seen[1]["modem"], seen[1]["wish"],
                        seen[1]["reason"]) == ("modem2", "paused", "paused")
            else:
                assert re.fullmatch(r"\d{4}-\S+\+07:00 SENDING: 1 of 2 "
                                    r"modems can send\n", seen[0]), seen
                assert re.fullmatch(r"\S+ modem2 ready paused paused\n",
                                    seen[1]), seen
                # A text in its hands is no news, nor is a look.
                lab.event(dossier=code(1), status=9, phone=PHONE)
                lab.wait_receipt(dossier=code(1), state="delivered")
            lab.ctl("resume", "modem2")
            assert "2 of 2" in child.stdout.readline()
            child.terminate()
            assert child.wait(30) == 0
            child.stdout.close()
        done = subprocess.run([program("baotinctl"), "-s", lab.path("none"),
                               "monitor"], capture_output=True, text=True)
        assert done.returncode == 1 and "can't reach" in done.stderr, done


if __name__ == "__main__":
    run([issue12_8_monitor_on_a_terminal,
         issue12_8_monitor_fits_any_terminal,
         issue12_8_monitor_in_a_pipe_prints_changes,
         issue12_8_the_first_line_says_why_nothing_is_sent,
         issue12_8_a_hold_a_closed_window_and_quotas_are_shown,
         issue12_8_modems_fit_80_columns,
         issue12_8_bad_states_have_a_colour_on_a_terminal_only,
         issue12_8_check_for_monitoring_tools,
         issue12_8_bash_completes_commands_and_modems,
         issue12_8_times_are_read_in_the_zone_in_which_they_are_shown])
