#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.6: the alarms of quotas, queue, Redis, events, citizens and the machine: each
row of alarm.def is raised and cleared."""

import secrets

from alarm_scenes import (CLOCK, comes, goes, proves, raised, scenes,
                          told)
from lab import NO_LIMITS, Lab, run, wait
from test_awaited import fall_back, kill_second, second_sends, start_second
from test_awaited import two
from test_lookup import LOOSE, OTHER, OWNER, Door, dossiers, question
from test_states import planted
from test_strangers import BUDGET, NEXT_HOUR, flood, stranger

PHONE = "+84912345678"


def code(i):
    return f"H10.45-230515-{i:04d}"


def phone(i):
    return f"+8491{i:07d}"


@proves("queue_old")
def issue12_6_a_text_waits_within_the_window():
    with Lab(clock="2026-11-20 20:30:00",
             settings={"notices": {"window": "07:00-21:00"}}) as lab:
        lab.sim("reg modem1 none")
        wait(lambda: lab.usable_modems() == 0, "it to be seen", 60)
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(1), state="queued")
        lab.set_clock("2026-11-21 07:05:00")
        seen = lab.ctl("stats")
        wait(lambda: lab.ctl("queue")["window"]["open"], "the window")
        assert seen and not raised(lab, "queue_old"), "closed hours count"
        lab.set_clock("2026-11-21 07:20:00")
        comes(lab, "queue_old")
        lab.sim("reg modem1 home")
        goes(lab, "queue_old")


@proves("redis_down")
def issue12_6_redis_is_away():
    with Lab(clock=CLOCK) as lab:
        lab.kill("redis")
        comes(lab, "redis_down", "", "critical", pass_s=5)
        lab.start_redis()
        goes(lab, "redis_down", pass_s=5)


@proves("redis_refuses", "redis_forgets")
def issue12_6_redis_is_set_up_badly():
    with Lab(clock=CLOCK) as lab:
        lab.redis.config_set("maxmemory-policy", "allkeys-lru")
        lab.redis.config_set("maxmemory", "100mb")
        lab.redis.client_kill_filter(_type="normal", skipme=True)
        row = comes(lab, "redis_forgets", "", "critical", pass_s=2)
        assert "noeviction" in row["text"], row
        lab.redis.config_set("maxmemory-policy", "noeviction")
        lab.redis.config_set("maxmemory", 1)
        comes(lab, "redis_refuses", "redis", "critical")
        lab.redis.config_set("maxmemory", 0)
        lab.redis.client_kill_filter(_type="normal", skipme=True)
        goes(lab, "redis_refuses", "redis")
        goes(lab, "redis_forgets")


@proves("key_misplaced")
def issue12_6_another_program_writes_to_our_keys():
    with Lab() as lab:
        lab.redis.set("baotin:dossier:" + code(1), "mine")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        comes(lab, "key_misplaced", "dossier", "critical")
        goes(lab, "key_misplaced", "dossier")
        assert "repair_done" in lab.log()


@proves("transition_refused")
def issue12_6_a_mistake_of_ours():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.redis.execute_command("FUNCTION", "LOAD", planted(
            ("finish(m, 'cancelled', 'operator')",
             "finish(m, 'delivered', 'operator')")))
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        lab.ctl("hold")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        seen = lab.wait_receipt(dossier=code(1), state="held")
        lab.ctl("cancel", seen["message"], check=False)
        comes(lab, "transition_refused", "control", "critical")
        lab.ctl("alarms", "ack", "transition_refused", "control")
        goes(lab, "transition_refused", "control")


@proves("key_changed")
def issue12_6_the_key_is_another_one():
    with Lab() as lab:
        lab.sim(f"sms modem1 {PHONE} DUNG")
        wait(lambda: lab.redis.keys("baotin:wish:*"), "the wish")
        lab.wait_text(PHONE)
        lab.stop("baotind")
        with open(lab.path("state", "privacy.key"), "w") as out:
            out.write(secrets.token_hex(32) + "\n")
        lab.start_daemon(ready=False)
        wait(lambda: lab.ctl("status", check=False), "the daemon")
        comes(lab, "key_changed", "", "critical")
        lab.ctl("key", "accept")
        goes(lab, "key_changed")


@proves("gateway_awaited")
def issue12_6_another_gateway_must_tell():
    with Lab(modems=2, start=False) as lab:
        path = two(lab)
        second_sends(lab)
        kill_second(lab)
        fall_back(lab)
        comes(lab, "gateway_awaited", "second", "critical")
        wait(lambda: lab.ctl("release", check=False), "the release")
        start_second(lab, path)
        goes(lab, "gateway_awaited", "second")
        lab.stop("second")


@proves("intake_list")
def issue12_6_the_list_is_none():
    key = "baotin:list"
    with Lab(settings={"intake": {"list": key}}) as lab:
        lab.redis.set(key, "not a list")
        comes(lab, "intake_list", key, "critical")
        lab.redis.delete(key)
        goes(lab, "intake_list", key)


@proves("rejects")
def issue12_6_too_many_events_are_rejected():
    with Lab(clock=CLOCK) as lab:
        for i in range(18):
            lab.event(dossier=code(i), status=9, phone=PHONE, notify=0)
        for i in range(2):
            lab.event(dossier=code(i), status="nonsense")
        wait(lambda: len(lab.rejected()) == 2, "both")
        assert not raised(lab, "rejects")
        lab.event(dossier=code(1), status="nonsense")
        row = comes(lab, "rejects")
        assert "3 of 21" in row["text"], row
        goes(lab, "rejects", pass_s=120)


@proves("flood")
def issue12_6_an_agency_has_far_more_than_usual():
    with Lab(settings={"notices": {"flood_factor": 1}}) as lab:
        lab.ctl("hold")
        for n in range(501):
            lab.event(dossier=code(n), status=9, phone=phone(n))
        comes(lab, "flood", "H10.45", "critical")
        lab.ctl("cancel", "--agency", "H10.45")
        lab.ctl("release")
        goes(lab, "flood", "H10.45")


@proves("strangers")
def issue12_6_strangers_ask():
    with Lab(clock=CLOCK) as lab:
        flood(lab, ["TC 9999"], [stranger(n) for n in range(BUDGET + 5)])
        comes(lab, "strangers", "modem1")
        lab.set_clock(NEXT_HOUR)
        goes(lab, "strangers", "modem1")


@proves("scanning", "guessing")
def issue12_6_somebody_tries_codes():
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        for _ in range(60):
            question(lab, OWNER, "0001", door=door)
        for i in range(30):
            question(lab, f"+8490100{i:04d}", f"1045230515{i * 7 + 100:04d}",
                     "0000", door)
        comes(lab, "scanning")
        for i in range(300, 305):
            question(lab, OTHER, f"1045230515{i:04d}", None, door)
            question(lab, OTHER, f"1045230515{i:04d}", f"{i:04d}", door)
        comes(lab, "guessing")
        lab.set_clock("2026-11-22T09:00:10")
        goes(lab, "scanning")
        goes(lab, "guessing")


def offer(lab, n, first=0):
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=phone(i))


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


@proves("clock")
def issue12_6_the_clock_is_not_synchronised():
    with Lab(clock=CLOCK) as lab:
        lab.write_clock(16, 1)
        assert not raised(lab, "clock"), "15 minutes have not passed"
        comes(lab, "clock", pass_s=60)
        lab.write_clock(16, 0)
        goes(lab, "clock")


if __name__ == "__main__":
    run(list(dict.fromkeys(scenes.values())))
