#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""From an event in Redis to the citizen's phone, and the report back."""

import os
import unicodedata

from lab import Lab, call, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


def ready_is_told_and_delivered():
    with Lab() as lab:
        lab.event(dossier=CODE, status=9, phone="0912 345 678")
        text = lab.wait_text(PHONE)
        assert text.startswith("UBND xa Bom Bo: ho so " + CODE), text
        assert "da co ket qua" in text, text
        receipt = lab.wait_receipt(dossier=CODE, state="delivered")
        assert receipt["phone"] == "+8491*****78", receipt
        assert receipt["status"] == "ready" and receipt["attempt"] == "1"
        states = [r["state"] for r in lab.receipts(dossier=CODE)]
        assert states == ["queued", "sending", "sent", "delivered"], states
        assert lab.redis.xlen("baotin:events") == 0
        record = lab.redis.hgetall("baotin:dossier:" + CODE)
        assert record["status"] == "ready" and record["phone"] == PHONE
        assert len(lab.texts()) == 1


def long_accented_text_arrives_identical():
    words = "Ủy ban nhân dân xã kính báo: hồ sơ của ông bà đã có kết quả, "
    text = unicodedata.normalize("NFC", (words * 8)[:399] + "ạ")
    assert len(text) == 400
    with Lab(start=False) as lab:
        lab.write_texts(f"ready = {text}")
        lab.settings = {"notices": {"templates": lab.path("templates"),
                                    "window": "00:00-24:00",
                                    "max_segments": 10}}
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        lab.event(dossier=CODE, status="ready", phone=PHONE, accents=1)
        assert lab.wait_text(PHONE) == text
        arrived = lab.texts(PHONE)[0]
        assert arrived["coding"] == "ucs2" and arrived["segments"] == 6
        lab.wait_receipt(dossier=CODE, state="delivered", segments=6)
        parts = lab.lines("segment")
        assert [p["part"] for p in parts] == [1, 2, 3, 4, 5, 6], parts
        assert len({p["ref"] for p in parts}) == 1
        sent = lab.ctl("send", PHONE, "đường " * 30)["message"]
        lab.wait_receipt(message=sent, state="delivered")
        assert lab.wait_text(PHONE, 2) == "đường " * 30


def thousand_events_through_two_modems():
    """500 dossiers, two notices each that do not supersede one another:
    every text once, in order per dossier, all delivered."""
    n = 500
    with Lab(modems=2, sim=["--latency", "5", "--report-delay", "20"],
             settings={"log": {"target": "stderr", "level": "info"}}) as lab:
        pipe = lab.redis.pipeline()
        for status in ("withdrawn", "ready"):
            for i in range(n):
                pipe.xadd("baotin:events", {
                    "dossier": f"H10.45-230516-{i:04d}", "status": status,
                    "phone": f"+8491{i:07d}"})
        pipe.execute()
        wait(lambda: len(lab.receipts(state="delivered")) >= 2 * n,
             "1,000 deliveries", 120)
        texts = lab.texts()
        assert len(texts) == 2 * n, len(texts)
        by_phone = {}
        for text in texts:
            by_phone.setdefault(text["to"], []).append(text["text"])
        assert len(by_phone) == n
        for phone, (first, second) in by_phone.items():
            code = f"H10.45-230516-{int(phone[5:]):04d}"
            assert code in first and "rut ho so" in first, first
            assert code in second and "ket qua" in second, second
        used = {s["modem"] for s in lab.lines("segment")}
        assert used == {"modem1", "modem2"}, used
        for state in ("queued", "sending", "sent", "delivered"):
            assert len(lab.receipts(state=state)) == 2 * n, state


def an_idle_modem_goes_first():
    """A text does not wait behind another while a modem has nothing to do,
    whichever of the two is asked first."""
    with Lab(modems=2, sim=["--latency", "3000"]) as lab:
        for i in range(2):
            phone = f"+8491234567{i}"
            lab.event(dossier=f"H10.45-230517-{i:04d}", status=9, phone=phone)
            lab.wait_receipt(dossier=f"H10.45-230517-{i:04d}",
                             state="sending")
        lab.wait_text("+84912345671")
        assert {t["modem"] for t in lab.texts()} == {"modem1", "modem2"}


def producers_duplicates_are_one_notice():
    with Lab() as lab:
        for _ in range(3):
            lab.event(dossier=CODE, status=9, phone=PHONE)
        for _ in range(2):
            lab.event(dossier=CODE, status=9, phone=PHONE, event="k-1",
                      collect_at="Một cửa")
        wait(lambda: lab.redis.xlen("baotin:events") == 0, "the intake")
        lab.wait_receipt(state="delivered")
        states = sorted(r["reason"] for r in lab.receipts(state="suppressed"))
        assert states == ["duplicate"] * 3, states


def newer_notice_supersedes_an_unsent_one():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("reg modem1 searching")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: lab.ctl("status", check=False), "the control socket")
        lab.event(dossier=CODE, status=2, phone=PHONE, due="2026-12-01")
        lab.wait_receipt(state="queued", status="received")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        gone = lab.wait_receipt(state="superseded")
        assert gone["status"] == "received", gone
        assert gone["reason"] == "newer_status", gone
        lab.sim("reg modem1 home")
        lab.wait_receipt(state="delivered", status="ready", timeout=60)
        assert len(lab.texts(PHONE)) == 1


def json_form_and_details():
    with Lab() as lab:
        lab.event(json='{"dossier": "h10.45-230515-0007", "status": 2, '
                       '"phone": "84912345678", "due": "2026-12-01", '
                       '"id4": "1234", "lang": "en"}')
        text = lab.wait_text(PHONE)
        assert "01/12/2026" in text and "H10.45-230515-0007" in text, text
        record = lab.redis.hgetall("baotin:dossier:H10.45-230515-0007")
        assert record["due"] == "2026-12-01" and len(record["id4"]) == 41
        for key in lab.redis.keys("*"):
            if lab.redis.type(key) == "hash":
                assert "1234" not in lab.redis.hgetall(key).values(), key


def silent_events_update_the_record():
    with Lab() as lab:
        lab.event(dossier=CODE, status=9, phone=PHONE, notify=0, event="a")
        lab.event(dossier=CODE, status=9, event="b")
        lab.event(dossier=CODE, status=4, phone=PHONE, event="c")
        lab.event(dossier=CODE, status=9, phone=PHONE, event="d",
                  at="2020-01-01")
        lab.event(dossier="H10.45-1", status=9, phone=PHONE, event="e",
                  at="2020-01-01")
        wait(lambda: len(lab.receipts(state="suppressed")) == 5, "receipts")
        reasons = [r["reason"] for r in lab.receipts(state="suppressed")]
        assert reasons == ["notify", "no_phone", "switched_off",
                           "older_status", "stale"], reasons
        assert lab.redis.hget("baotin:dossier:" + CODE,
                              "status") == "processing"
        assert lab.texts() == []


BAD = [
    (dict(dossier=None), "dossier", "missing"),
    (dict(dossier="x" * 51), "dossier", "code_long"),
    (dict(status=None), "status", "missing"),
    (dict(status="12"), "status", "status_unknown"),
    (dict(phone="0211 3000000"), "phone", "phone_fixed"),
    (dict(phone="123"), "phone", "phone_short"),
    (dict(phone="09123x5678"), "phone", "phone_character"),
    (dict(at="yesterday"), "at", "time_form"),
    (dict(at="2999-01-01T00:00:00Z"), "at", "at_future"),
    (dict(channel="pigeon"), "channel", "channel_unknown"),
    (dict(agency="H99"), "agency", "agency_unknown"),
    (dict(dossier="X1-230515-0001"), "agency", "no_agency"),
    (dict(dossier="H10.451-230515-0001"), "agency", "no_agency"),
    (dict(due="2026-02-30"), "due", "date_form"),
    (dict(fee="much"), "fee", "not_an_amount"),
    (dict(accents="yes"), "accents", "not_0_or_1"),
    (dict(notify="2"), "notify", "not_0_or_1"),
    (dict(priority="first"), "priority", "priority_unknown"),
    (dict(lang="v1"), "lang", "not_a_language"),
    (dict(id4="12345"), "id4", "not_4_digits"),
    (dict(collect_at="a" * 101), "collect_at", "too_long"),
    (dict(collect_at="a\x07b"), "collect_at", "control_character"),
    (dict(not_before="2026-01-02", expires="2026-01-01"), "not_before",
     "after_expires"),
    (dict(json="{}"), "json", "json_and_fields"),
]


def bad_events_are_rejected_with_field_and_reason():
    with Lab() as lab:
        good = dict(dossier=CODE, status=9, phone=PHONE)
        for change, _, _ in BAD:
            lab.event(**{**good, **change})
        for text in ("{", "[]", '{"dossier": 1.5}', '{"a":1,"a":2}'):
            lab.event(json=text)
        lab.redis.xadd("baotin:events", {"dossier": b"\xff\xfe",
                                         "status": "9"})
        want = [(f, e) for _, f, e in BAD] + [
            ("json", "json_syntax"), ("json", "json_type"),
            ("dossier", "json_type"), ("json", "json_syntax"),
            ("dossier", "not_utf8")]
        wait(lambda: lab.redis.xlen("baotin:rejected") == len(want),
             "rejections")
        got = [(r["field"], r["error"]) for r in lab.rejected()]
        assert got == want, [x for x in zip(got, want) if x[0] != x[1]]
        assert "12345" not in [r.get("id4") for r in lab.rejected()]
        # Nothing of it ended the daemon or held up the next citizen.
        lab.event(**good)
        lab.wait_text(PHONE)


def issue9_6_what_is_news():
    """Without `at` and `event`, as docs/producers.md shows it: equal to the dossier's
    last accepted change is a duplicate, anything else is news."""
    cases = [  # what comes, and how many texts say that it is ready
        ([9, 4, 9], 2), ([9, 9], 1), ([9, 4, 9, 9], 2),
        ([9, 4, 9, 4, 9], 3), ([9, 4, 4, 9], 2), ([9, "late", 9], 2),
        ([9, 10, 9], 2), ([9, 9, 9, 9], 1), ([2, 9, 2, 9], 2)]
    with Lab() as lab:
        for i, (statuses, n) in enumerate(cases):
            phone, code = f"+8491230000{i}", f"H10.45-2306{i:02d}-0001"
            for status in statuses:
                seen = len(lab.receipts(dossier=code))
                lab.event(dossier=code, status=status, phone=phone,
                          due="2027-01-02")
                wait(lambda: len(lab.receipts(dossier=code)) > seen and
                     lab.redis.xlen("baotin:events") == 0, "the intake")
                wait(lambda: lab.redis.zcard("baotin:leased:lab") == 0 and
                     not lab.redis.hexists("baotin:dossier:" + code,
                                           "waiting"), "the sending")
            ready = {r["message"] for r in lab.receipts(
                dossier=code, state="sent", status="ready")}
            assert len(ready) == n, (statuses, lab.receipts(dossier=code))
            last = {"late": "ready", 9: "ready", 4: "processing"}
            assert lab.redis.hget("baotin:dossier:" + code, "status") == \
                last[statuses[-1]]


def issue9_6_an_events_key_belongs_to_its_dossier():
    with Lab() as lab:
        for i in range(3):
            lab.event(dossier=f"H10.45-23060{i}-0001", status=9, event="1",
                      phone=f"+8491230000{i}")
            lab.event(dossier=f"H10.45-23060{i}-0001", status=9, event="1",
                      phone=f"+8491230000{i}")
        wait(lambda: len(lab.receipts(state="delivered")) == 3, "three")
        wait(lambda: len(lab.receipts(reason="duplicate")) == 3, "the others")
        assert all(lab.redis.exists(f"baotin:dossier:H10.45-23060{i}-0001")
                   for i in range(3))


def issue9_6_an_entry_that_is_read_twice_is_one():
    """By a second gateway, after the first one took it and 4 came in."""
    with Lab() as lab:
        code = "H10.45-230600-0001"
        first = lab.event(dossier=code, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.event(dossier=code, status=4, phone=PHONE)
        wait(lambda: lab.redis.hget("baotin:dossier:" + code, "status") ==
             "processing", "4")
        content = lab.redis.hgetall("baotin:dossier:" + code)
        event = {"dossier": code, "status": "ready", "phone": PHONE,
                 "at": int(first.split("-")[0]) + 60000, "is_dated": False,
                 "agency": "H10.45", "channel": "direct",
                 "record": {"status": "ready"}}
        said = call(lab.redis, "accept", "baotin", "lab", {
            "id": "0" * 24, "key": "k", "is_by_content": True,
            "content": "other", "key_ttl_ms": 86400000, "entry": first,
            "stream": "baotin:events", "group": "baotin", "keep": False,
            "event": event, "suppress": "switched_off"})
        assert said["reason"] == "duplicate", said
        assert lab.redis.hgetall("baotin:dossier:" + code) == content


run([issue9_6_what_is_news, issue9_6_an_events_key_belongs_to_its_dossier,
     issue9_6_an_entry_that_is_read_twice_is_one,
     ready_is_told_and_delivered, long_accented_text_arrives_identical,
     thousand_events_through_two_modems, an_idle_modem_goes_first,
     producers_duplicates_are_one_notice,
     newer_notice_supersedes_an_unsent_one, json_form_and_details,
     silent_events_update_the_record,
     bad_events_are_rejected_with_field_and_reason])
