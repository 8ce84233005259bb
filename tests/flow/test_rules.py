#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Who gets which text, when, through which SIM; with a set clock where the
rule is about time."""

import os

from lab import AGENCY, NO_LIMITS, SOURCE, Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
TEMPLATES = os.path.join(SOURCE, "templates")


def notices(**more):
    return {"notices": {"templates": TEMPLATES, "window": "00:00-24:00",
                        "max_age": "7d", "validity": "7d", **more}}


def code(i):
    return f"H10.45-230600-{i:04d}"


def phone(i, prefix="91"):
    return f"+84{prefix}{i:07d}"


def accepted(lab, n=0):
    """The stream is empty and n receipts are there."""
    wait(lambda: lab.redis.xlen("baotin:events") == 0 and
         lab.redis.xlen("baotin:receipts") >= n, "the intake")


def window_opens_and_closes():
    with Lab(clock="2026-11-22 20:59:30",
             settings=notices(window="07:00-21:00")) as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_text(PHONE)
        lab.set_clock("2026-11-22 21:00:01")
        lab.event(dossier=code(2), status=9, phone=PHONE)
        accepted(lab)
        # An operator's text goes at any hour, and shows that the notice
        # behind it was looked at.
        lab.ctl("send", phone(9), "thu")
        lab.wait_text(phone(9))
        assert len(lab.texts(PHONE)) == 1
        lab.set_clock("2026-11-23 06:59:55")
        lab.ctl("send", phone(9), "thu 2")
        lab.wait_text(phone(9), 2)
        assert len(lab.texts(PHONE)) == 1
        lab.set_clock("2026-11-23 07:00:00")
        lab.wait_text(PHONE, 2)


def not_before_and_expires():
    with Lab(clock="2026-11-22 10:00:00", settings=notices()) as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE,
                  not_before="2026-11-22T12:00:00")
        lab.event(dossier=code(2), status=9, phone=phone(2),
                  not_before="2026-11-22T12:00:00",
                  expires="2026-11-22T12:30:00")
        lab.event(dossier=code(3), status=9, phone=phone(3))
        lab.wait_text(phone(3))
        assert len(lab.texts()) == 1
        lab.set_clock("2026-11-22 12:30:01")
        assert lab.wait_receipt(dossier=code(2),
                                state="expired")["reason"] == "validity"
        lab.wait_text(PHONE)
        assert not lab.texts(phone(2))


def validity_counts_from_the_change():
    """What is left of it goes into TP-VP (3GPP TS 23.040 9.2.3.12.1)."""
    with Lab(clock="2026-11-22 10:00:00",
             settings=notices(validity="48h")) as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_text(PHONE)
        lab.event(dossier=code(2), status=9, phone=phone(2),
                  at="2026-11-20T16:00:00")
        lab.wait_text(phone(2))
        lab.event(dossier=code(3), status=9, phone=phone(3),
                  at="2026-11-20T09:59:00")
        lab.wait_receipt(dossier=code(3), state="expired")
        vps = [s["vp"] for s in lab.lines("segment")]
        # 48 h or just under, and under 6 h: 167 is 24 h, +1 a day; 71 is
        # 6 h in steps of 5 minutes.
        assert vps[0] in (167, 168) and vps[1] in (70, 71), vps


def old_events_only_update_the_record():
    with Lab(clock="2026-11-22 10:00:00",
             settings=notices(max_age="24h", validity="7d")) as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE,
                  at="2026-11-21T09:59:59")
        assert lab.wait_receipt(dossier=code(1))["reason"] == "stale"
        lab.event(dossier=code(2), status=9, phone=PHONE,
                  at="2026-11-21T10:10:00")
        lab.wait_text(PHONE)
        assert lab.redis.hget("baotin:dossier:" + code(1),
                              "status") == "ready"


def a_phones_day_is_limited_but_never_ready():
    with Lab(clock="2026-11-22 23:50:00",
             settings=notices(per_phone_per_day=2)) as lab:
        for i in range(4):
            lab.event(dossier=code(i), status=7, phone=PHONE)
        lab.event(dossier=code(9), status=9, phone=PHONE)
        wait(lambda: len(lab.receipts(state="delivered")) == 3, "three")
        wait(lambda: len(lab.receipts(reason="phone_limit")) == 2, "limit")
        told = [t["text"] for t in lab.texts(PHONE)]
        assert sum("ket qua" in t for t in told) == 1, told
        lab.set_clock("2026-11-22 23:59:50")
        lab.ctl("send", phone(8), "thu")
        lab.wait_text(phone(8))
        assert len(lab.texts(PHONE)) == 3
        lab.set_clock("2026-11-23 00:00:01")
        wait(lambda: len(lab.texts(PHONE)) == 5, "the next day")


def priorities_order_the_queue():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("reg modem1 searching")
        lab.write_conf()
        lab.start_daemon(ready=False)
        for i, word in enumerate(["low", "normal", None, "high"]):
            lab.event(dossier=code(i), status=9, phone=phone(i),
                      priority=word)
        accepted(lab, 4)
        lab.sim("reg modem1 home")
        wait(lambda: len(lab.texts()) == 4, "four texts")
        order = [t["to"] for t in lab.texts()]
        assert order == [phone(3), phone(1), phone(2), phone(0)], order


def quota_of_a_minute_and_a_day():
    limits = {"minute": 2, "hour": 0, "day": 5, "month": 0}
    with Lab(clock="2026-11-22 23:57:10", settings=notices(),
             modem={"limits": limits}) as lab:
        for i in range(8):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="delivered")) == 2, "two")
        lab.set_clock("2026-11-22 23:58:01")
        wait(lambda: len(lab.receipts(state="delivered")) == 4, "four")
        alarm = wait(lambda: [a for _, a in
                              lab.redis.xrange("baotin:alarms")
                              if a["alarm"] == "quota_day"], "a warning")
        assert alarm[0]["level"] == "warning", alarm
        assert alarm[0]["modem"] == "modem1", alarm
        # The count outlives the daemon.
        lab.stop("baotind")
        lab.start_daemon()
        lab.set_clock("2026-11-22 23:59:01")
        wait(lambda: len(lab.receipts(state="delivered")) == 5, "five")
        lab.set_clock("2026-11-22 23:59:55")
        lab.ctl("send", phone(90), "thu")
        wait(lambda: lab.ctl("queue"), "the queue")
        assert len(lab.texts()) == 5, "the day is used up"
        lab.set_clock("2026-11-23 00:00:01")
        wait(lambda: len(lab.texts()) == 7, "a new day, a new minute")
        lab.set_clock("2026-11-23 00:01:01")
        wait(lambda: len(lab.texts()) == 9, "all")


def quota_counts_segments():
    limits = {"minute": 6, "hour": 0, "day": 0, "month": 0}
    with Lab(clock="2026-11-22 10:00:05", settings=notices(),
             modem={"limits": limits}) as lab:
        for i in range(4):
            lab.ctl("send", phone(i), "đường " * 15)  # two segments each
        wait(lambda: len(lab.texts()) == 3, "three texts")
        lab.set_clock("2026-11-22 10:01:01")
        wait(lambda: len(lab.texts()) == 4, "the fourth")
        assert len(lab.lines("segment")) == 8


def recipients_of_a_month():
    limits = {**NO_LIMITS, "recipients_month": 2}
    with Lab(clock="2026-11-30 10:00:00", settings=notices(),
             modem={"limits": limits}) as lab:
        for i in (1, 2):
            lab.event(dossier=code(i), status=9, phone=phone(i))
            lab.wait_text(phone(i))
        for i in (3, 1, 2):
            lab.event(dossier=code(10 + i), status=9, phone=phone(i))
        wait(lambda: len(lab.texts()) == 4, "the two known phones")
        assert not lab.texts(phone(3))
        lab.set_clock("2026-12-01 00:00:01")
        lab.wait_text(phone(3))


def a_full_sim_does_not_help_its_mate():
    """One SIM may tell one phone a month; what waits for the other, slow
    one stays there, and nothing turns in circles."""
    n = 6
    with Lab(start=False, modems=2) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("net modem2 latency=800")
        lab.write_conf(modems=[
            {"name": f"modem{i}", "device": lab.path("sim", f"modem{i}"),
             "pace_ms": 0, "prefer": prefer,
             "limits": {**NO_LIMITS, "recipients_month": recipients}}
            for i, prefer, recipients in ((1, ["032"], 1),
                                          (2, ["091"], 0))])
        lab.start_daemon()
        lab.event(dossier=code(90), status=9, phone=phone(1, "32"))
        lab.wait_text(phone(1, "32"))
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.texts()) == n + 1, "all")
        assert {s["modem"] for s in lab.lines("segment")
                if s["to"] != phone(1, "32")} == {"modem2"}


def prefix_and_acquaintance_choose_the_sim():
    with Lab(start=False, modems=2) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf(modems=[
            {"name": f"modem{i}", "device": lab.path("sim", f"modem{i}"),
             "pace_ms": 0, "limits": NO_LIMITS, "prefer": prefer}
            for i, prefer in ((1, ["032"]), (2, ["091"]))])
        lab.start_daemon()
        for i in range(6):
            lab.event(dossier=code(i), status=7, phone=phone(i, "91"))
            lab.event(dossier=code(10 + i), status=7, phone=phone(i, "32"))
        wait(lambda: len(lab.texts()) == 12, "twelve texts")
        used = {s["to"]: s["modem"] for s in lab.lines("segment")}
        for i in range(6):
            assert used[phone(i, "91")] == "modem2", used
            assert used[phone(i, "32")] == "modem1", used
        # Known by another SIM than the prefix says: that one.
        lab.redis.set("baotin:last:default:" + phone(7, "91"), "modem1")
        lab.event(dossier=code(30), status=9, phone=phone(7, "91"))
        lab.wait_text(phone(7, "91"))
        assert lab.lines("segment")[-1]["modem"] == "modem1"
        # A preference never decides that a text can't be sent.
        lab.sim("hangup modem2")
        wait(lambda: lab.usable_modems() == 1, "the unplug")
        lab.event(dossier=code(31), status=9, phone=phone(1, "91"))
        lab.wait_text(phone(1, "91"), 2)


def failing_modem_passes_its_texts_on():
    with Lab(modems=2, settings={"retry": {
            "delays": [1, 1], "jitter": 0, "send_timeout": 5,
            "unknown_wait": 2, "lease": 60}}) as lab:
        lab.sim("fail modem1 cms=500 forever")
        n = 12
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="delivered")) == n, "all", 60)
        assert not lab.receipts(state="failed")
        assert {s["modem"] for s in lab.lines("segment")
                if s["result"] == "ok"} == {"modem2"}
        refused = [s for s in lab.lines("segment") if s["result"] != "ok"]
        assert 1 <= len(refused) <= 8, "the breaker keeps texts away"
        alarms = [a for _, a in lab.redis.xrange("baotin:alarms")]
        assert [a["modem"] for a in alarms
                if a["alarm"] == "modem_failing"] == ["modem1"], alarms


def number_is_given_up_when_two_sims_agree():
    with Lab(modems=2) as lab:
        lab.sim(f"fail * to={PHONE} cms=1 forever")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        failed = lab.wait_receipt(state="failed")
        assert failed["reason"] == "cms_1", failed
        assert {s["modem"] for s in lab.lines("segment")} == \
            {"modem1", "modem2"}
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_text(phone(2))


def overridden_error_class():
    with Lab(settings={"retry": {
            "delays": [1, 1], "jitter": 0, "send_timeout": 5,
            "unknown_wait": 2, "lease": 60,
            "errors": [{"code": 38, "class": "permanent"}]}}) as lab:
        lab.sim(f"fail modem1 to={PHONE} cms=38 count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        failed = lab.wait_receipt(state="failed")
        assert (failed["reason"], failed["attempt"]) == ("cms_38", "1")


def superseding_and_its_exceptions():
    """Unsent notices of one dossier to one phone, and what a newer one does
    to them."""
    cases = [
        (["received", "ready"], ["ready"]),
        (["withdrawn", "ready"], ["withdrawn", "ready"]),
        (["late", "supplement"], ["late", "supplement"]),
        (["late", "late"], ["late"]),
        (["late", "ready"], ["ready"]),
        (["received", "late", "supplement", "ready"], ["ready"]),
        (["ready", "processing"], []),
    ]
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("reg modem1 searching")
        lab.write_conf()
        lab.start_daemon(ready=False)
        for i, (statuses, _) in enumerate(cases):
            for n, status in enumerate(statuses):
                lab.event(dossier=code(i), status=status, phone=phone(i),
                          due=f"2027-01-{n + 1:02d}", event=f"{i}.{n}")
        accepted(lab)
        lab.sim("reg modem1 home")
        total = sum(len(want) for _, want in cases)
        wait(lambda: len(lab.receipts(state="delivered")) == total,
             "what is left")
        for i, (_, want) in enumerate(cases):
            got = [r["status"] for r in
                   lab.receipts(dossier=code(i), state="sent")]
            assert got == want, (cases[i], got)


def reminder_comes_once_and_not_after_collection():
    with Lab(clock="2026-11-02 10:00:00",
             settings=notices(remind_after="10d")) as lab:
        for i in (1, 2):
            lab.event(dossier=code(i), status=9, phone=phone(i))
            lab.wait_text(phone(i))
        lab.event(dossier=code(2), status=10, phone=phone(2))
        accepted(lab)
        wait(lambda: len(lab.receipts(state="delivered")) == 2, "reports")
        lab.set_clock("2026-11-12 10:00:30")
        lab.wait_text(phone(1), 2)
        lab.set_clock("2026-11-30 10:00:00")
        lab.event(dossier=code(3), status=9, phone=phone(3))
        lab.wait_text(phone(3))
        assert len(lab.texts(phone(1))) == 2
        assert len(lab.texts(phone(2))) == 1


def pools_keep_to_their_modems():
    agencies = [dict(AGENCY, pool="south"),
                dict(AGENCY, id="H10.46", pool="north")]
    with Lab(modems=2, agencies=agencies, settings={"pools": [
            {"name": "south", "modems": ["modem1"]},
            {"name": "north", "modems": ["modem2"]}]}) as lab:
        for i in range(5):
            lab.event(dossier=f"H10.45-{i}", status=9, phone=phone(i))
            lab.event(dossier=f"H10.46-{i}", status=9, phone=phone(10 + i))
            lab.event(dossier=f"X-{i}", status=9, phone=phone(20 + i),
                      agency="H10.46")
        wait(lambda: len(lab.texts()) == 15, "fifteen texts")
        for s in lab.lines("segment"):
            south = int(s["to"][5:]) < 10
            assert s["modem"] == ("modem1" if south else "modem2"), s


def details_reach_the_text():
    with Lab() as lab:
        lab.event(dossier=code(1), status=9, phone=phone(1),
                  collect_at="Trung tâm xã Thiện Hưng")
        assert "Trung tam xa Thien Hung" in lab.wait_text(phone(1))
        lab.event(dossier=code(2), status=9, phone=phone(2),
                  channel="postal", parcel="EE123456789VN",
                  at="2026-01-05T08:00:00", event="p")
        assert lab.wait_receipt(dossier=code(2))["reason"] == "stale"
        lab.event(dossier=code(2), status=9, phone=phone(2),
                  channel="postal", parcel="EE123456789VN")
        text = lab.wait_text(phone(2))
        assert "EE123456789VN" in text and "buu dien" in text, text
        lab.event(dossier=code(3), status=6, phone=phone(3), fee=1200000,
                  accents=1)
        text = lab.wait_text(phone(3))
        assert "1.200.000 đ" in text, text
        lab.event(dossier=code(4), status=9, phone=phone(4), lang="xx")
        assert "da co ket qua" in lab.wait_text(phone(4))
        lab.event(dossier=code(5), status="late", phone=phone(5),
                  due="2027-02-03")
        assert "03/02/2027" in lab.wait_text(phone(5))
        record = lab.redis.hgetall("baotin:dossier:" + code(5))
        assert "status" not in record and record["due"] == "2027-02-03"


def only_to_limits_a_trial():
    with Lab(settings=notices(only_to=[phone(1)])) as lab:
        for i in (1, 3):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        lab.wait_text(phone(1))
        lab.wait_receipt(dossier=code(3), state="suppressed",
                         reason="only_to")


def clock_jumps_lose_nothing():
    with Lab(clock="2026-11-22 10:00:00", settings=notices()) as lab:
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_text(phone(1))
        lab.set_clock("2026-11-22 04:00:00")
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_text(phone(2))
        lab.set_clock("2026-11-24 10:00:00")
        lab.event(dossier=code(3), status=9, phone=phone(3))
        lab.wait_text(phone(3))
        lab.wait_receipt(dossier=code(3), state="delivered")


run([window_opens_and_closes, not_before_and_expires,
     validity_counts_from_the_change, old_events_only_update_the_record,
     a_phones_day_is_limited_but_never_ready, priorities_order_the_queue,
     quota_of_a_minute_and_a_day, quota_counts_segments,
     recipients_of_a_month, a_full_sim_does_not_help_its_mate,
     prefix_and_acquaintance_choose_the_sim,
     failing_modem_passes_its_texts_on,
     number_is_given_up_when_two_sims_agree, overridden_error_class,
     superseding_and_its_exceptions,
     reminder_comes_once_and_not_after_collection,
     pools_keep_to_their_modems, details_reach_the_text, only_to_limits_a_trial,
     clock_jumps_lose_nothing])
