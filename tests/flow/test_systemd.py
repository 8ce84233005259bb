#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.11: what the service manager hears, by a socket that plays it; and what
the unit and the rule for udev say."""

import os
import re
import signal
import socket

from lab import PATIENCE, SOURCE, Lab, run, wait
from test_install import make

CODE = "H10.45-230515-000%d"


class Manager:
    """systemd's end of NOTIFY_SOCKET."""

    def __init__(self, lab):
        self.heard = []
        self.path = lab.path("notify.sock")
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.sock.bind(self.path)
        self.sock.setblocking(False)
        os.environ["NOTIFY_SOCKET"] = self.path

    def listen(self):
        """All that was said so far, a list of {name: value}."""
        while True:
            try:
                text = self.sock.recv(4096).decode()
            except BlockingIOError:
                return self.heard
            self.heard.append(dict(line.split("=", 1)
                                   for line in text.splitlines()))

    def wait(self, fact, what, timeout=30.0):
        return wait(lambda: [m for m in self.listen() if fact(m)], what,
                    timeout)[0]

    def wait_new(self, fact, what, timeout=30.0):
        self.listen()
        del self.heard[:]
        return self.wait(fact, what, timeout)

    def close(self):
        del os.environ["NOTIFY_SOCKET"]
        self.sock.close()


def children_of(pid):
    out = []
    for name in os.listdir("/proc"):
        try:
            with open(f"/proc/{name}/stat") as file:
                if int(file.read().rsplit(")", 1)[1].split()[1]) == pid:
                    out.append(int(name))
        except (OSError, ValueError, IndexError):
            pass
    return out


def begin(lab):
    lab.start_redis()
    lab.start_sim()
    lab.write_conf()
    manager = Manager(lab)
    lab.start_daemon()
    return manager


def issue12_11_status_tells_modems_and_queue():
    with Lab(modems=2, start=False) as lab:
        manager = begin(lab)
        try:
            manager.wait(lambda m: m.get("READY") == "1", "READY=1")
            beat = manager.wait(lambda m: m.get("WATCHDOG") == "1" and
                                m["STATUS"].endswith("0 queued"), "a beat")
            assert beat["STATUS"] == "2/2 modems up, 0 queued", beat
            lab.ctl("hold")
            for i in range(3):
                lab.event(dossier=CODE % i, status=9, phone="0912345678")
            lab.sim("hangup modem2")
            status = manager.wait(
                lambda m: "1/2 modems up, 3 queued" in m.get("STATUS", ""),
                "what waits")["STATUS"]
            assert re.fullmatch(r"1/2 modems up, 3 queued, oldest \d+ s",
                                status), status
            lab.kill("redis")
            status = manager.wait_new(
                lambda m: "redis" in m.get("STATUS", ""), "Redis' end")
            assert "queued" not in status["STATUS"], status
            assert status["WATCHDOG"] == "1", "Redis is not the daemon"
            lab.stop("baotind")
            manager.wait(lambda m: m.get("STOPPING") == "1", "STOPPING=1")
        finally:
            manager.close()


def issue12_11_watchdog_waits_for_a_worker_that_hangs():
    """It is late for a while, then killed and replaced; meanwhile the
    watchdog is not answered, so that systemd would step in if the kill did
    not help."""
    with Lab(modems=2, start=False) as lab:
        manager = begin(lab)
        try:
            manager.wait(lambda m: m.get("WATCHDOG") == "1", "a beat")
            worker = children_of(lab.children["baotind"].pid)[0]
            os.kill(worker, signal.SIGSTOP)
            most = 150 / PATIENCE
            late = manager.wait(
                lambda m: "no sign of life" in m.get("STATUS", ""),
                "a word about it", most)
            assert "WATCHDOG" not in late, late
            manager.wait_new(lambda m: m.get("WATCHDOG") == "1" and
                             "2/2 modems" in m["STATUS"], "a new worker",
                             60 / PATIENCE)
            assert "missing the deadline of a sign of life" in lab.log()
        finally:
            manager.close()


def issue12_11_unit_fits_256_modems_and_asks_for_a_watchdog():
    with open(os.path.join(SOURCE, "systemd", "baotin.service.in")) as file:
        unit = dict(re.findall(r"^(\w+)=(.*)$", file.read(), re.M))
    assert unit["Type"] == "notify" and unit["NotifyAccess"] == "main"
    assert int(unit["WatchdogSec"]) >= 10
    # A daemon, a worker each, and both kinds again while a reload swaps them.
    assert int(unit["TasksMax"]) >= 2 * 256 + 2
    assert int(unit["LimitNOFILE"]) >= 256 * 8


def issue12_11_rule_against_modemmanager_is_installed():
    with Lab(start=False) as lab:
        make(lab.dir, "install")
        path = lab.path("usr/lib/udev/rules.d/78-baotin-mm-ignore.rules")
        with open(path) as file:
            rules = [line for line in file.read().splitlines()
                     if line and not line.startswith("#")]
        labels = {line.split('"')[1] for line in rules
                  if line.startswith("LABEL=")}
        for line in rules:
            for label in re.findall(r'GOTO="(\w+)"', line):
                assert label in labels, line
            assert re.fullmatch(r'([A-Z]+(\{\w+\})?|TEST)?[A-Za-z_{}/]*(==|!='
                                r'|=)"[^"]*"(, [A-Za-z_{}/]+(==|!=|=)"[^"]*")*',
                                line), line
        for vendor in ("2c7c", "1e0e", "12d1", "19d2"):
            assert (f'ATTRS{{idVendor}}=="{vendor}", '
                    'ENV{ID_MM_DEVICE_IGNORE}="1"') in rules
        make(lab.dir, "uninstall")
        assert not os.path.exists(path)


if __name__ == "__main__":
    run([issue12_11_status_tells_modems_and_queue,
         issue12_11_watchdog_waits_for_a_worker_that_hangs,
         issue12_11_unit_fits_256_modems_and_asks_for_a_watchdog,
         issue12_11_rule_against_modemmanager_is_installed])
