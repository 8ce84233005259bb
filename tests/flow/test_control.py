#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What an operator decides and sees: cancel, retry, hold, release, and whom
to telephone."""

import subprocess
import time

from lab import AGENCY, Lab, program, run, wait
from test_lookup import Dialogue

PHONE = "+84912345678"
OTHER = {"id": "H10.46", "name": "UBND xã Thác Mơ"}


def code(n, agency="H10.45"):
    return f"{agency}-230515-{n:04}"


def phone(n):
    return f"+8491{n:07}"


def refused(lab, *words, status=1, socket="control.sock"):
    """What baotinctl says when it can't do it."""
    done = subprocess.run(
        [program("baotinctl"), "-s", lab.path(socket), *words],
        capture_output=True, text=True)
    assert done.returncode == status, (words, done)
    return done.stderr


def hold(lab, *words):
    assert lab.ctl("hold", *words) == {"moved": 0}


def cancelled_by_id_and_by_agency_since():
    with Lab(agencies=[AGENCY, OTHER]) as lab:
        hold(lab)
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(1), state="held", reason="hold")
        time_ms = lab.redis.time()
        since = time_ms[0] * 1000 + time_ms[1] // 1000 + 1
        wait(lambda: time.time() * 1000 > since, "the next moment")
        for n in (2, 3):
            lab.event(dossier=code(n), status=9, phone=phone(n))
        lab.event(dossier=code(4, "H10.46"), status=9, phone=phone(4))
        for n in (5, 6):
            lab.event(dossier=code(n), status=9, phone=phone(n))
        last = lab.wait_receipt(dossier=code(6), state="held")["message"]
        assert lab.ctl("cancel", last) == {"moved": 1}
        lab.wait_receipt(dossier=code(6), state="cancelled",
                         reason="operator")
        text = refused(lab, "cancel", last)
        assert "is cancelled" in text, text
        assert "no message" in refused(lab, "cancel", "ffff")
        text = refused(lab, "cancel", "--agency", "H10.47", status=2)
        assert "H10.45, H10.46" in text, text
        assert lab.ctl("cancel", "--agency", "H10.45", "--since",
                       str(since)) == {"moved": 3}
        queue = lab.ctl("queue")
        assert queue["all_on_hold"] and queue["held_back"] == 2, queue
        assert [(h["agency"], h["messages"], h["reason"])
                for h in queue["held"]] == [
                    ("H10.45", 1, "hold"), ("H10.46", 1, "hold")], queue
        assert lab.texts() == []
        assert lab.ctl("release") == {"moved": 2}
        lab.wait_text(phone(1))
        lab.wait_text(phone(4))
        assert len(lab.texts()) == 2
        assert lab.ctl("cancel", "--agency", "H10.45") == {"moved": 0}


def held_until_release_of_its_agency():
    with Lab(agencies=[AGENCY, OTHER]) as lab:
        hold(lab, "--agency", "H10.45")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.event(dossier=code(1), status="late", phone=PHONE)
        lab.event(dossier=code(2, "H10.46"), status=9, phone=phone(2))
        lab.wait_receipt(dossier=code(1), state="held", reason="hold")
        lab.wait_text(phone(2))        # that agency is not on hold
        assert lab.texts(PHONE) == []
        lab.ctl("release", "--agency", "H10.45")
        lab.wait_receipt(dossier=code(1), state="delivered")
        # All on hold: one agency's release says so. Own texts wait too.
        hold(lab)
        text = refused(lab, "release", "--agency", "H10.45")
        assert "all agencies are on hold" in text, text
        own = lab.ctl("send", PHONE, "thử")["message"]
        lab.wait_receipt(message=own, state="held")
        assert lab.ctl("release") == {"moved": 1}
        lab.wait_receipt(message=own, state="delivered")
        assert "reading only" in refused(lab, "hold", socket="status.sock")


def answers_are_never_held():
    """Who asks waits for the answer now; it would be of no use later."""
    with Lab() as lab:
        lab.event(dossier=code(1), status=4, phone=PHONE, notify=0)
        wait(lambda: lab.redis.exists("baotin:dossier:" + code(1)),
             "the record")
        hold(lab)
        own = lab.ctl("send", PHONE, "thử")["message"]
        lab.wait_receipt(message=own, state="held")
        lab.sim(f"sms modem1 {PHONE} TC")
        assert lab.wait_text(PHONE).startswith("Ho so ")
        Dialogue(lab, PHONE, "*1022*0001#").type("1")
        lab.wait_text(PHONE, 2)
        assert len(lab.texts()) == 2
        assert lab.ctl("release") == {"moved": 1}
        lab.wait_receipt(message=own, state="delivered")


def flood_is_held_and_released():
    with Lab(modems=2, settings={"notices": {"flood_factor": 1}}) as lab:
        hold(lab)   # what comes first waits too, so that the sums are sure
        for n in range(500):
            lab.event(dossier=code(n), status=9, phone=phone(n))
        wait(lambda: lab.ctl("queue")["held_back"] == 500, "500 held", 60)
        assert lab.ctl("alarms")["raised"] == []
        for n in range(500, 505):
            lab.event(dossier=code(n), status=9, phone=phone(n))
        wait(lambda: len(lab.receipts(state="held", reason="flood")) == 5,
             "5 held for the flood")
        raised = lab.ctl("alarms")["raised"]
        assert [(a["alarm"], a["about"]) for a in raised] == [
            ("flood", "H10.45")], raised
        entry = wait(lambda: lab.redis.xrevrange("baotin:alarms"),
                     "the alarm")[0][1]
        assert entry["alarm"] == "flood" and entry["modem"] == "H10.45"
        held = lab.ctl("queue")["held"]
        assert held[0]["on_hold"] and held[0]["messages"] == 505, held
        assert lab.texts() == []
        assert lab.ctl("release") == {"moved": 505}
        wait(lambda: len(lab.texts()) == 505, "all texts", 120)
        wait(lambda: lab.ctl("alarms")["newest"][0]["level"] == "clear",
             "the end of the alarm")
        assert lab.ctl("alarms")["raised"] == []
        # The count starts anew.
        lab.event(dossier=code(600), status=9, phone=phone(600))
        lab.wait_text(phone(600))


def failed_is_listed_and_retried():
    with Lab() as lab:
        lab.event(dossier=code(0), status=9, phone=phone(1))
        lab.wait_receipt(state="delivered")  # this SIM's word counts
        lab.sim(f"fail modem1 to={PHONE} cms=1 count=1")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        failed = lab.wait_receipt(dossier=code(1), state="failed")["message"]
        row, = lab.ctl("undelivered")["undelivered"]
        assert row["phone"] == PHONE and row["state"] == "failed", row
        assert row["status"] == "ready" and row["agency"] == "H10.45"
        assert lab.ctl("retry", failed) == {"moved": 1}
        lab.wait_receipt(message=failed, state="delivered")
        lab.wait_text(PHONE)
        assert lab.ctl("undelivered")["undelivered"] == []
        assert "is delivered" in refused(lab, "retry", failed)
        assert lab.ctl("retry", "all") == {"moved": 0}


def undelivered_lists_whom_to_telephone():
    with Lab(agencies=[AGENCY, OTHER]) as lab:
        lab.sim(f"report to={phone(1)} mode=failed")
        lab.sim(f"fail modem1 to={phone(2)} cms=1 forever")
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(1), state="undelivered")
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_receipt(dossier=code(2), state="failed")
        hold(lab, "--agency", "H10.46")
        now = int(time.time() * 1000)
        lab.event(dossier=code(3, "H10.46"), status=9, phone=phone(3),
                  expires=now + 1500)
        lab.wait_receipt(dossier=code(3, "H10.46"), state="expired")
        lab.event(dossier=code(4), status=9, phone=phone(4))
        lab.wait_receipt(dossier=code(4), state="delivered")
        rows = lab.ctl("undelivered")
        assert not rows["more"]
        assert [(r["dossier"], r["state"]) for r in rows["undelivered"]] == [
            (code(3, "H10.46"), "expired"), (code(2), "failed"),
            (code(1), "undelivered")], rows
        rows = lab.ctl("undelivered", "--agency", "H10.46")["undelivered"]
        assert [r["phone"] for r in rows] == [phone(3)], rows
        assert lab.ctl("undelivered", "--since", "1h") != []
        # The network takes them now: all at once.
        lab.sim("clear")
        lab.sim(f"report to={phone(1)} mode=now")
        lab.ctl("release", "--agency", "H10.46")
        assert lab.ctl("retry", "all") == {"moved": 3}
        for n in (1, 2, 3):
            wait(lambda n=n: lab.texts(phone(n)), f"text {n}")


def phone_and_modem_are_shown():
    with Lab() as lab:
        lab.event(dossier=code(1), status=9, phone="0912345678")
        lab.wait_receipt(dossier=code(1), state="delivered")
        seen = lab.ctl("phone", "0912 345 678")
        assert seen["phone"] == PHONE and not seen["optout"], seen
        assert seen["last_modems"] == [
            {"pool": "default", "modem": "modem1"}], seen
        assert [d["code"] for d in seen["dossiers"]] == [code(1)], seen
        message, = seen["messages"]
        assert message["state"] == "delivered", seen
        assert lab.ctl("modem", "modem1")["breaker"] == "closed"


def unknown_stays_listed_when_held():
    settings = {"retry": {"on_unknown": "hold", "unknown_wait": 1,
                          "send_timeout": 3}}
    with Lab(settings=settings) as lab:
        lab.sim("fail modem1 silent-lost count=1")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        seen = lab.wait_receipt(dossier=code(1), state="unknown", timeout=60)
        score = lab.redis.zscore("baotin:unknown", seen["message"])
        wait(lambda: lab.redis.zscore("baotin:unknown", seen["message"]) !=
             score, "the sweep")
        row, = lab.ctl("unknown")["unknown"]
        assert row["phone"] == PHONE and row["modem"] == "modem1", row
        assert lab.ctl("retry", seen["message"]) == {"moved": 1}
        lab.wait_text(PHONE, timeout=60)
        assert lab.ctl("unknown")["unknown"] == []


def closed_window_and_quota_are_told():
    limits = {"limits": {"minute": 0, "hour": 0, "day": 5, "month": 0}}
    # A minute of the day that is not the present one, here or anywhere.
    minute = (int(time.time()) // 60 + 720) % 1440
    minute = min(max(minute, 1), 1438)
    window = "%02d:%02d-%02d:%02d" % (*divmod(minute, 60),
                                      *divmod(minute + 1, 60))
    settings = {"gateway": {"timezone": "UTC"}, "notices": {"window": window}}
    with Lab(modem=limits, settings=settings) as lab:
        own = lab.ctl("send", PHONE, "urgent")["message"]
        lab.wait_receipt(message=own, state="sent")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(1), state="queued")
        queue = lab.ctl("queue")
        assert queue["waiting_for_window"] == 1, queue
        assert not queue["window"]["open"]
        assert queue["window"]["hours"] == window, queue
        quota = wait(lambda: [q for q in lab.ctl("queue")["quotas"]
                              if q["used"] == 1], "the quota")[0]
        assert quota == {"modem": "modem1", "period": "day", "used": 1,
                         "limit": 5, "rest": 4}, quota
        quotas = lab.ctl("modem", "modem1")["quotas"]
        assert [q["rest"] for q in quotas] == [4], quotas


run([
    cancelled_by_id_and_by_agency_since,
    held_until_release_of_its_agency, answers_are_never_held,
    flood_is_held_and_released,
    failed_is_listed_and_retried,
    undelivered_lists_whom_to_telephone,
    phone_and_modem_are_shown,
    unknown_stays_listed_when_held,
    closed_window_and_quota_are_told,
])
