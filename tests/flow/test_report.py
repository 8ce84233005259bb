#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.2: counters per agency and day, and what superiors read of them."""

import csv
import datetime
import io

from lab import AGENCY, Lab, run, wait
from test_desk import OTHER, code, ctl, phone
from test_scripts import DAY, lab_of

YEARS = 5 * 366 * DAY


def utc_day(ms):
    """The library's zone is UTC where nobody says another."""
    return datetime.datetime.fromtimestamp(
        ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%d")


def counts(s, agency="H10.45", day=None):
    name = f"b:count:{agency}:{day or utc_day(s.now())}"
    return {k: int(v) for k, v in s.redis.hgetall(name).items() if v != "0"}


def event(s, ident, status="ready", silence=None, **record):
    """A change with all that accept wants."""
    more = {"suppress": silence} if silence else {"message": {
        "text": "x", "coding": "gsm7", "segments": 1, "pool": "p",
        "priority": "normal", "expires_at": s.now() + DAY}}
    s.run("accept", key=ident, id=ident, key_ttl_ms=DAY, content=ident,
          flood_factor=0, flood_floor=500, **more, event={
              "dossier": record.pop("dossier", "H10.45-1"),
              "status": status, "phone": "+84912345678",
              "at": record.pop("at", s.now()), "agency": "H10.45",
              "channel": "direct", "record": {"status": status, **record}})


@lab_of
def issue13_2_each_change_and_each_end_once(s):
    event(s, "a")
    event(s, "a")                       # a duplicate is none
    event(s, "b", "processing", "switched_off", dossier="H10.45-2")
    assert counts(s) == {"event_ready": 1, "event_processing": 1,
                         "suppressed_switched_off": 1}, counts(s)
    lease, = s.leased()
    for _ in range(2):                  # told twice
        s.settle(lease, "sent")
    s.redis.zadd("b:awaiting", {"a": 1})
    s.sweep()
    assert counts(s)["no_report"] == 1
    for _ in range(2):
        s.report(lease["references"][0])
    now = counts(s)
    assert "no_report" not in now, "it was delivered after all"
    assert now["delivered_5"] == 1 and sum(now.values()) == 4, now
    name = "b:count:H10.45:" + utc_day(s.now())
    assert YEARS - DAY < s.redis.pttl(name) <= YEARS


@lab_of
def issue13_2_another_try_takes_its_end_back(s):
    event(s, "a")
    lease, = s.leased()
    s.settle(lease, "refused", action="fail", reason="cms_1")
    assert counts(s)["failed"] == 1
    s.run("control", verb="retry", id="a", window=10, validity_ms=DAY)
    assert "failed" not in counts(s)
    lease, = s.leased()
    s.settle(lease, "sent", report=False)
    assert counts(s) == {"event_ready": 1, "sent": 1}, counts(s)


@lab_of
def issue13_2_an_end_counts_for_the_day_of_its_notice(s):
    """It was made yesterday and is delivered today, a day and more later."""
    event(s, "a")
    yesterday = s.now() - DAY
    s.redis.hset("b:message:a", mapping={"created_at": yesterday,
                                         "event": f"{yesterday}-0"})
    lease, = s.leased()
    s.settle(lease, "sent")
    s.report(lease["references"][0])
    assert counts(s) == {"event_ready": 1}
    assert counts(s, day=utc_day(yesterday)) == {"delivered_163840": 1}


@lab_of
def issue13_2_days_of_the_calendar(s):
    """As the gateway's zone has them: leap days, ends of years."""
    for ms in (951782400000, 951868800000 - 1, 951868800000, 1798761599999,
               1709164800000, 4102444799999):
        event(s, f"e{ms}", dossier=f"H10.45-{ms}")
        lease, = s.leased()
        s.redis.hset("b:message:" + lease["id"], "created_at", ms)
        s.settle(lease, "sent", report=False)
        assert counts(s, day=utc_day(ms))["sent"] >= 1, utc_day(ms)


@lab_of
def issue13_2_on_time_or_late(s):
    at = 1795315706658                  # 2026-11-22
    cases = [("received", "2026-11-22", "on_time"),
             ("received", "2026-11-21", "late"),
             ("late", "2026-12-24", "late"),
             ("supplement", "2026-11-01", None), ("received", None, None)]
    want = {"on_time": 0, "late": 0}
    for n, (status, due, word) in enumerate(cases):
        dossier = f"H10.45-{n}"
        event(s, f"a{n}", status, "notify", dossier=dossier, at=at - 1000,
              **({"due": due} if due else {}))
        event(s, f"b{n}", "ready", "notify", dossier=dossier, at=at)
        if word:
            want[word] += 1
        now = counts(s)
        assert {k: now.get(k, 0) for k in want} == want, (n, now)


def issue13_2_a_report_of_a_day():
    with Lab(agencies=[AGENCY, OTHER]) as lab:
        today = datetime.datetime.now(
            datetime.timezone(datetime.timedelta(hours=7)))
        lab.sim(f"report to={phone(2)} mode=failed")
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.event(dossier=code(3), status=9)
        lab.event(dossier=code(4, "H10.46"), status=2, phone=phone(4),
                  due="2026-12-24")
        lab.sim(f'sms modem1 {phone(1)} "TC"')
        lab.wait_receipt(dossier=code(1), state="delivered")
        lab.wait_receipt(dossier=code(2), state="undelivered")
        lab.wait_receipt(dossier=code(4, "H10.46"), state="delivered")
        wait(lambda: lab.ctl("report")["total"]["lookups"] == 1, "the lookup")
        seen = lab.ctl("report")
        assert seen["from"] == today.strftime("%Y-%m-01"), seen
        assert seen["to"] == today.strftime("%Y-%m-%d")
        first, other = [r for r in seen["agencies"] if r["agency"] != "-"]
        assert first["agency"] == "H10.45"
        assert (first["events"], first["notices"], first["reached"],
                first["not_reached"], first["waiting"]) == (3, 2, 1, 2, 0)
        assert (other["events"], other["notices"], other["reached"]) == (
            1, 1, 1)
        assert 0 < first["median_s"] <= first["p95_s"] < 120, first
        total = seen["total"]
        assert total["events"] == 4 and total["reached"] == 2
        assert total["by_status"] == {"ready": 3, "received": 1}
        assert total["by_outcome"] == {"delivered": 2, "undelivered": 1}
        assert total["without_text"] == {"no_phone": 1}
        assert total["by_front"] == {"sms": 1}
        for name in lab.redis.scan_iter("baotin:count:*"):
            assert "9" not in str(lab.redis.hkeys(name)).replace(
                "90", ""), "no number in " + name


def issue13_2_periods_agencies_and_what_can_t_be_meant():
    with Lab(agencies=[AGENCY, OTHER]) as lab:
        for day, n in (("2026-10-31", 1), ("2026-11-01", 10),
                       ("2026-11-30", 100), ("2026-12-01", 1000)):
            for agency in ("H10.45", "H10.46"):
                lab.redis.hset(f"baotin:count:{agency}:{day}", mapping={
                    "event_ready": n, "delivered_10": n // 2 or 1,
                    "delivered_600": n - (n // 2 or 1)})

        def events(*words):
            return lab.ctl("report", *words)["total"]["events"]
        assert events("--month", "2026-11") == 220
        assert events("--month", "2026-11", "--agency", "H10.46") == 110
        assert events("--from", "2026-10-31", "--to", "2026-11-29") == 22
        assert events("--from", "2026-11-30", "--to", "2026-11-30") == 200
        assert events("--from", "2022-01-01", "--to", "2026-12-31") == 2222
        row = lab.ctl("report", "--month", "2026-12")["agencies"][0]
        assert 5 <= row["median_s"] <= 10, row
        assert 300 < row["p95_s"] <= 600, row
        rows = list(csv.DictReader(io.StringIO(ctl(
            lab, "report", "--month", "2026-11", "--csv"))))
        assert [(r["day"], r["agency"], r["events"], r["event_ready"])
                for r in sorted(rows, key=lambda r: (r["day"], r["agency"]))
                ] == [("2026-11-01", "H10.45", "10", "10"),
                      ("2026-11-01", "H10.46", "10", "10"),
                      ("2026-11-30", "H10.45", "100", "100"),
                      ("2026-11-30", "H10.46", "100", "100")]
        page = ctl(lab, "report", "--month", "2026-11", "--html")
        assert page.rstrip().endswith("</html>")
        assert "01/11/2026" in page and "30/11/2026" in page
        assert "UBND xã Thác Mơ" in page and "<td>220</td>" in page
        for words, why in ((("--month", "2026-13"), "--month"),
                           (("--month", "2026-11", "--to", "2026-11-02"),
                            "--month"),
                           (("--from", "1/11/2026"), "such as 2026-11-01"),
                           (("--from", "2026-11-03", "--to", "2026-11-02"),
                            "must not be after"),
                           (("--from", "2001-01-01"), "at most"),
                           (("--agency", "H99"), "H10.45"),
                           (("--csv", "--html"), "--csv or --html")):
            assert why in ctl(lab, "report", *words, status=2), words


def issue13_3_the_past_of_agencies_that_are_gone_and_headings():
    """A commune that was merged into another one is in the report of the
    years before."""
    with Lab() as lab:
        def rows(*words):
            return list(csv.reader(io.StringIO(ctl(
                lab, "report", *words, "--csv"))))
        empty, = rows("--month", "2025-01")
        assert empty[:3] == ["day", "agency", "events"], empty
        lab.redis.sadd("baotin:agencies", "H10.46")
        lab.redis.hset("baotin:count:H10.46:2026-11-01",
                       mapping={"event_ready": 3, "delivered_10": 3})
        seen = lab.ctl("report", "--month", "2026-11")
        assert [(r["agency"], r["name"], r["events"])
                for r in seen["agencies"]] == [
            ("H10.45", AGENCY["name"], 0), ("H10.46", "", 3)], seen
        assert seen["total"]["events"] == 3
        head, row = rows("--month", "2026-11")
        assert head == empty and row[:3] == ["2026-11-01", "H10.46", "3"]
        assert len(row) == len(head)
        assert len(lab.ctl("report", "--month", "2026-12")["agencies"]) == 1
    with Lab(agencies=[AGENCY, OTHER]) as lab:
        lab.event(dossier=code(1, "H10.46"), status=9, notify=0)
        wait(lambda: "H10.46" in lab.redis.smembers("baotin:agencies"),
             "an agency of which there is a count")


if __name__ == "__main__":
    run([issue13_2_each_change_and_each_end_once,
         issue13_2_another_try_takes_its_end_back,
         issue13_2_an_end_counts_for_the_day_of_its_notice,
         issue13_2_days_of_the_calendar,
         issue13_2_on_time_or_late,
         issue13_2_a_report_of_a_day,
         issue13_2_periods_agencies_and_what_can_t_be_meant,
         issue13_3_the_past_of_agencies_that_are_gone_and_headings])
