#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.6: the alarms of modems and SIMs: each row of alarm.def is raised and
cleared; test_alarms_gateway.py has the others."""

import errno
import os
import struct

import test_alarms_gateway
from alarm_scenes import (CLOCK, comes, goes, proves, raised, scenes, table,
                          told)
from lab import BUILD, NO_LIMITS, Lab, run, wait

assert test_alarms_gateway


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


@proves("sim_changed")
def issue12_6_another_sim_stays_until_it_is_acknowledged():
    with Lab(modems=2, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.n_modems = 1
        lab.write_conf()
        lab.start_daemon()
        wait(lambda: os.path.exists(lab.path("state", "memory.json")),
             "the SIM to be known")
        lab.stop("baotind")
        os.rename(lab.path("sim", "modem2"), lab.path("sim", "modem1"))
        lab.start_daemon()
        comes(lab, "sim_changed", "modem1")
        assert lab.ctl("alarms", "ack", "sim_changed") == {"acknowledged": 1}
        goes(lab, "sim_changed", "modem1")
        entry, = wait(lambda: told(lab, "sim_changed", "ack"), "the entry")
        assert entry["by"].startswith("uid "), entry


@proves("refusals", "modem_failing")
def issue12_6_everybody_is_refused():
    """Also after a restart they end with a success only."""
    with Lab() as lab:
        lab.sim("fail modem1 cms=38 forever")
        offer(lab, 4)
        comes(lab, "refusals", "modem1", "critical")
        comes(lab, "modem_failing", "modem1", "critical")
        lab.stop("baotind")
        lab.start_daemon()
        assert raised(lab, "refusals") and raised(lab, "modem_failing")
        lab.sim("fail modem1 clear")
        goes(lab, "refusals", "modem1", timeout=90)
        goes(lab, "modem_failing", "modem1")


@proves("receive_only")
def issue12_6_sends_fail_while_receiving_works():
    with Lab() as lab:
        lab.sim("fail modem1 cms=8 forever")
        lab.sim(f"sms modem1 {phone(99)} TC")
        offer(lab, 4)
        comes(lab, "receive_only", "modem1", "critical")
        lab.sim("fail modem1 clear")
        goes(lab, "receive_only", "modem1", timeout=90)


@proves("many_refused")
def issue12_6_many_numbers_are_refused_among_good_ones():
    with Lab(clock=CLOCK) as lab:
        for i in range(14):
            if i % 2 == 0:
                lab.sim(f"fail * to={phone(i)} cms=38 forever")
            offer(lab, 1, i)
            lab.wait_receipt(dossier=code(i), modem="modem1",
                             state="queued" if i % 2 == 0 else "sent")
        comes(lab, "many_refused", "modem1")
        lab.sim("clear")
        offer(lab, 20, 20)
        goes(lab, "many_refused", "modem1")


@proves("silent_block")
def issue12_6_no_reports_come_any_more():
    with Lab(clock="2026-11-27T08:00:00") as lab:
        offer(lab, 6)
        wait(lambda: len(lab.receipts(state="delivered")) == 6, "reports")
        lab.sim("report mode=never")
        offer(lab, 10, 10)
        wait(lambda: len(lab.receipts(state="sent")) == 16, "the texts")
        lab.set_clock("2026-11-27T08:15:00")
        comes(lab, "silent_block", "modem1", "critical")
        lab.sim("report mode=now")
        offer(lab, 1, 40)
        goes(lab, "silent_block", "modem1")


@proves("sim_moved")
def issue12_6_a_sim_was_in_another_device():
    own = "modem1,imsi=452049999999999,imei=3569380300000"
    with Lab(sim=["--modem", own + "13"]) as lab:
        lab.stop("baotind")
        lab.kill("baotin-sim")
        lab.sim_words = ["--modem", own + "88"]
        lab.start_sim()
        lab.start_daemon()
        comes(lab, "sim_moved", "modem1")
        offer(lab, 1)
        goes(lab, "sim_moved", "modem1")


BALANCE = {"code": "*101#", "every": "1s",
           "pattern": "TK goc: ([0-9.,]+)", "low": 10000}


@proves("credit_low")
def issue12_6_the_credit_of_a_sim_ends():
    with Lab(start=False, modem={"balance": BALANCE}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim('balance "*101#" "TK goc: 9.999d"')
        lab.write_conf()
        lab.start_daemon()
        row = comes(lab, "credit_low", "modem1")
        assert "9999" in row["text"], row
        lab.sim('balance "*101#" "TK goc: 50.000d"')
        goes(lab, "credit_low", "modem1")


@proves("balance_unreadable")
def issue12_6_the_operator_answers_in_other_words():
    with Lab(start=False, modem={"balance": BALANCE}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim('balance "*101#" "So du cua ban la 50.000d"')
        lab.write_conf()
        lab.start_daemon()
        comes(lab, "balance_unreadable", "modem1")
        lab.sim('balance "*101#" "TK goc: 50.000d"')
        goes(lab, "balance_unreadable", "modem1")


@proves("operator_text")
def issue12_6_the_operator_writes_of_an_end():
    with Lab() as lab:
        lab.sim('sms modem1 VIETTEL "Thue bao cua ban sap het han"')
        comes(lab, "operator_text", "modem1")
        lab.ctl("alarms", "ack", "operator_text")
        goes(lab, "operator_text", "modem1")


def reload(lab, modem):
    lab.modem_settings = modem
    lab.write_conf()
    lab.ctl("reload")


@proves("quota_day", "quota_month", "quota_recipients")
def issue12_6_a_quota_is_used_up_and_raised():
    """At four fifths, and when it is used up; none for a minute's burst."""
    limits = {"minute": 100, "hour": 10, "day": 5, "month": 5,
              "recipients_month": 5}
    names = ("quota_day", "quota_month", "quota_recipients")
    with Lab(modem={"limits": limits}) as lab:
        offer(lab, 4)
        for name in names:
            row = comes(lab, name, "modem1")
            assert "4 of 5" in row["text"], row
        offer(lab, 1, 4)
        for name in names:
            wait(lambda n=name: raised(lab, n)[0]["level"] == "critical",
                 f"{name} to be used up")
            assert "5 of 5" in raised(lab, name)[0]["text"]
        reload(lab, {"limits": dict(limits, day=100, month=100,
                                    recipients_month=0)})
        for name in names:
            goes(lab, name, "modem1")
        assert not told(lab, "quota_minute", "warning")
        assert not told(lab, "quota_hour", "warning")
        reload(lab, {"limits": dict(NO_LIMITS, day=5)})
        comes(lab, "quota_day", "modem1", "critical")
        reload(lab, {"limits": NO_LIMITS})
        goes(lab, "quota_day", "modem1")


@proves("inbox_full")
def issue12_6_the_inbox_is_full():
    """The worker counts at its start, and once a minute."""
    with Lab(clock=CLOCK, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("simkeep modem1 on")
        for i in range(41):
            lab.sim(f"sms modem1 {phone(i)} hello")
        lab.write_conf()
        lab.start_daemon()
        comes(lab, "inbox_full", "modem1", pass_s=5)
        lab.sim("simkeep modem1 off")
        lab.sim("restart modem1")
        wait(lambda: lab.sim("modems")["modems"][0]["stored"] == 0,
             "all to be read", 60)
        lab.sim("restart modem1")
        goes(lab, "inbox_full", "modem1", pass_s=5, timeout=90)


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
            goes(lab, "modem_no_" + word, "modem1")


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
