#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.6: the alarms of modems: each row of alarm.def is raised and cleared;
test_alarms_sim.py, _inbox.py and _gateway.py have the others."""

import errno
import os
import struct

import test_alarms_gateway
import test_alarms_inbox
import test_alarms_sim
from alarm_scenes import (CLOCK, comes, goes, proves, raised, scenes, table,
                          told)
from lab import BUILD, Lab, run, wait

assert test_alarms_gateway and test_alarms_inbox and test_alarms_sim


def code(i):
    return f"H10.45-230515-{i:04d}"


def phone(i):
    return f"+8491{i:07d}"


def offer(lab, n, first=0):
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=phone(i))


def issue12_6_each_row_has_a_scenario():
    assert set(scenes) == set(table()), set(scenes) ^ set(table())


@proves("modem_down", "no_modem")
def issue12_6_a_modem_is_unplugged():
    with Lab(clock=CLOCK) as lab:
        lab.sim("hangup modem1")
        wait(lambda: lab.usable_modems() == 0, "it to be seen")
        assert not raised(lab, "modem_down"), "60 s have not passed"
        row = comes(lab, "modem_down", "modem1", pass_s=5)
        assert "modem1" in row["text"], row    # the device, or its sentence
        comes(lab, "no_modem", "default", "critical", pass_s=5)
        lab.sim("plug modem1")
        wait(lambda: lab.usable_modems() == 1, "it to be back", 60)
        assert raised(lab, "modem_down"), "30 s have not passed"
        goes(lab, "modem_down", "modem1", pass_s=5)
        goes(lab, "no_modem", "default", pass_s=5)


@proves("modem_unregistered")
def issue12_6_a_modem_finds_no_network():
    with Lab(clock=CLOCK) as lab:
        lab.sim("reg modem1 none")
        wait(lambda: lab.usable_modems() == 0, "it to be seen", 60)
        comes(lab, "modem_unregistered", "modem1", pass_s=10)
        lab.sim("reg modem1 home")
        goes(lab, "modem_unregistered", "modem1", pass_s=5)


@proves("modem_locked")
def issue12_6_a_sim_is_locked():
    with Lab() as lab:
        lab.sim("pin modem1 puk")
        lab.sim("restart modem1")
        row = comes(lab, "modem_locked", "modem1", "critical")
        assert "PUK" in row["text"], row
        lab.sim("pin modem1 ready")
        goes(lab, "modem_locked", "modem1")


@proves("modem_no_reports", "modem_no_announcements", "modem_no_reading",
        "modem_no_memories", "modem_no_calls")
def issue12_6_a_modem_can_not_do_all():
    words = ("reports", "announcements", "reading", "memories", "calls")
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("refuse modem1 +CNMI=* +CPMS=* +CMGL=* +CLIP=* +CLCC*")
        lab.write_conf()
        lab.start_daemon()
        for word in words:
            comes(lab, "modem_no_" + word, "modem1")
        lab.sim("refuse modem1 off")
        lab.sim("restart modem1")
        for word in words:
            goes(lab, "modem_no_" + word, "modem1", timeout=150)


class BadDisk(Lab):
    """A lab whose state_dir lies on a disk that can be made to fail."""

    def disk(self, error=0, free_mb=0):
        fd = os.open(self.path("disk"), os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(fd, struct.pack("=6i", error, 0, 0, 0, error, free_mb), 0)
        os.close(fd)

    def clock_env(self):
        return {"LD_PRELOAD": os.path.join(os.path.abspath(BUILD),
                                           "tests/disk/baddisk.so"),
                "BAOTIN_TEST_DISK": self.path("disk"),
                "BAOTIN_TEST_DISK_DIR": self.path("state"),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" +
                os.environ.get("ASAN_OPTIONS", "")}


@proves("journal", "disk_low")
def issue12_6_the_disk():
    with BadDisk(start=False) as lab:
        lab.disk()
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        lab.disk(free_mb=63)
        assert "63 MB" in comes(lab, "disk_low", level="critical")["text"]
        lab.disk(free_mb=100)
        assert raised(lab, "disk_low"), "not well enough"
        lab.disk(free_mb=200)
        goes(lab, "disk_low")
        lab.disk(error=errno.ENOSPC)
        offer(lab, 1)
        comes(lab, "journal", "modem1", "critical")
        lab.disk()
        goes(lab, "journal", "modem1")


def issue12_6_an_alarm_outlives_a_restart():
    """The daemon's, with who knows of it and since when; what ended
    meanwhile is cleared, and what is about a modem that is gone, too."""
    with Lab(modems=2, clock=CLOCK) as lab:
        lab.sim("hangup modem1")
        before = comes(lab, "modem_down", "modem1", pass_s=10)
        assert lab.ctl("alarms", "ack", "modem_down", "modem1") == {
            "acknowledged": 1}
        lab.kill("baotind")
        lab.n_modems = 1	# as to what start_daemon() waits for
        lab.start_daemon()
        after, = raised(lab, "modem_down")
        assert after["raised_at"] == before["raised_at"], (before, after)
        assert after["acked_at"] and after["acked_by"], after
        assert len(told(lab, "modem_down", "warning")) == 1
        lab.stop("baotind")
        lab.sim("plug modem1")
        lab.n_modems = 2
        lab.start_daemon()
        goes(lab, "modem_down", "modem1", pass_s=10)
        lab.sim("hangup modem2")
        comes(lab, "modem_down", "modem2", pass_s=10)
        lab.stop("baotind")
        lab.n_modems = 1
        lab.write_conf()
        lab.start_daemon()
        goes(lab, "modem_down", "modem2")


def issue12_6_a_damaged_memory_is_passed_over():
    for text in ("", "{", "[]", '{"raised": 1, "untold": []}',
                 '{"raised": [{}, 1, {"alarm": "no_such"}], "untold": [7]}'):
        with Lab(start=False) as lab:
            for name in ("alarms.json", "memory.json"):
                with open(lab.path("state", name), "w") as out:
                    out.write(text)
            lab.start_redis()
            lab.start_sim()
            lab.write_conf()
            lab.start_daemon()
            assert raised(lab, "modem_down") == []


def issue12_6_the_stream_hears_what_came_while_redis_was_away():
    with Lab(clock=CLOCK) as lab:
        lab.kill("redis")
        comes(lab, "redis_down", "", "critical", pass_s=5)
        lab.start_redis()
        entry = wait(lambda: told(lab, "redis_down", "critical"),
                     "the entry")[0]
        goes(lab, "redis_down", pass_s=5)
        clear, = told(lab, "redis_down", "clear")
        assert int(entry["at"]) < int(clear["at"]), (entry, clear)


if __name__ == "__main__":
    run([issue12_6_each_row_has_a_scenario] +
        list(dict.fromkeys(scene for scene in scenes.values()
                           if scene.__module__ == "__main__")) +
        [issue12_6_an_alarm_outlives_a_restart,
         issue12_6_a_damaged_memory_is_passed_over,
         issue12_6_the_stream_hears_what_came_while_redis_was_away])
