#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes in is meant as its sender meant it, or refused with a reason:
telephone numbers in any notation, times in any unit, octets that are no
text, rows of a spreadsheet."""

import datetime
import json
import os
import re
import subprocess
import time

from lab import SOURCE, Lab, program, run, wait

CODE = "H10.45-230515-%04d"


def issue9_7_reports_in_national_form_are_known():
    """9.7: TP-RA as 0915…, 915…, 84915… or +84915…, with the type octets of
    unknown, national and international numbers, settles its text."""
    with Lab() as lab:
        n = 0
        forms = [(prefix, kind) for prefix in ("0", "", "84", "0084")
                 for kind in ("81", "A1", "80", "91")
                 if (prefix, kind) != ("", "91")]
        for prefix, kind in forms:
            n += 1
            national = "9150000%02d" % n
            for mode, state in (("now", "delivered"),
                                ("failed", "undelivered")):
                lab.sim(f"report to=+84{national} mode={mode} "
                        f"recipient={prefix}{national} type={kind}")
                code = CODE % n + ("" if mode == "now" else "9")
                lab.event(dossier=code, status=9, phone="0" + national)
                lab.wait_receipt(dossier=code, state=state)


def refused_raw(lab, fields):
    """(error, field) of an event that can't be used."""
    before = len(lab.rejected())
    lab.redis.xadd("baotin:events", fields)
    wait(lambda: len(lab.rejected()) > before, f"a rejection of {fields}")
    last = lab.rejected()[-1]
    return last["error"], last["field"]


def refused(lab, **fields):
    return refused_raw(lab, fields)


def iso(seconds, form):
    return datetime.datetime.fromtimestamp(
        seconds, datetime.timezone(datetime.timedelta(hours=7))).strftime(form)


def issue9_8_times_that_nobody_means_are_rejected():
    """9.8: seconds, micro- and nanoseconds, years without sense and days of
    no calendar, in each time field, as text and as JSON."""
    with Lab() as lab:
        now = int(time.time())
        bad = [str(now), f"{now}.25", str(now * 10**6), str(now * 10**9), "0",
               "-1", "1970-01-01T00:00:00Z", "0000-00-00", "0001-01-01",
               "9999-12-31T23:59:59Z", "1999-12-31", "2100-01-02",
               "20261122083000", "26-11-22T08:30", "2026-02-31", "22/11/2026",
               "2026-11-22T24:00", "2026-11-22T23:59:60", "2026-11-22T8:30",
               "1.79E+12", "tomorrow"]
        for field in ("at", "not_before", "expires"):
            for value in bad:
                # A date that is merely ahead: another word, for at only.
                error = "at_future" if field == "at" and value in (
                    "9999-12-31T23:59:59Z", "2100-01-02") else "time_form"
                got = refused(lab, dossier=CODE % 1, status="9",
                              phone="0912345678", **{field: value})
                assert got == (error, field), (field, value, got)
            for value in (now, now + 0.25, now * 10**6, float(now), 0, -1.0):
                got = refused(lab, json=json.dumps(
                    {"dossier": CODE % 1, "status": 9, field: value}))
                assert got == ("time_form", field), (field, value, got)
        for value in ("0001-01-01", "9999-12-31", "2026-02-31", "22/11/2026",
                      str(now * 1000), "26-11-22"):
            got = refused(lab, dossier=CODE % 1, status="2", due=value)
            assert got == ("date_form", "due"), (value, got)
        # What would wait until it expires (validity: 48 h from at).
        for ahead in (49, 24 * 400):
            got = refused(lab, dossier=CODE % 1, status="9",
                          phone="0912345678",
                          not_before=str((now + ahead * 3600) * 1000))
            assert got == ("after_expires", "not_before"), (ahead, got)
        # An entry that its producer numbers in seconds or microseconds.
        lab.redis.xadd("baotin:events", {"dossier": CODE % 2, "status": "9"},
                       id=f"{now * 10**6}-1")
        wait(lambda: (lab.rejected()[-1]["error"],
                      lab.rejected()[-1]["field"]) == ("time_form", "at"),
             "the entry's own time")
        assert lab.texts() == [] and lab.receipts() == []
        assert not lab.redis.exists("baotin:dossier:" + CODE % 1)


def issue9_8_times_that_are_meant_are_taken():
    """9.8: epoch milliseconds and ISO 8601 with and without offset, seconds
    and fraction; JSON numbers that are whole are numbers."""
    with Lab() as lab:
        now = int(time.time())
        good = [str(now * 1000), iso(now, "%Y-%m-%dT%H:%M:%S+07:00"),
                iso(now, "%Y-%m-%dT%H:%M"), iso(now, "%Y-%m-%d %H:%M:%S"),
                iso(now, "%Y-%m-%dT%H:%M:%S.250+0700"),
                iso(now, "%Y-%m-%dT%H:%M:%S,5"),
                iso(now - 7 * 3600, "%Y-%m-%dT%H:%M:%SZ")]
        for n, value in enumerate(good):
            lab.event(dossier=CODE % n, status=9, phone="09120000%02d" % n,
                      at=value, not_before=value,
                      expires=str((now + 3600) * 1000))
            lab.wait_text("+849120000%02d" % n)
        code = CODE % 50
        lab.redis.xadd("baotin:events", {"json": '{"dossier": "%s", "status":'
                       ' 6.0, "phone": 912000050.0, "fee": 1.5e5, "at": %d.0,'
                       ' "expires": %.10e}' % (code, now * 1000,
                                               (now + 3600) * 1000)})
        lab.wait_text("+84912000050")
        record = lab.redis.hgetall("baotin:dossier:" + code)
        assert record["fee"] == "150000" and record["status"] == "payment"
        assert record["at"] == str(now * 1000), record
        for field, value, error in (
                ("status", 9.5, "status_unknown"), ("fee", 0.5,
                                                    "not_an_amount"),
                ("status", True, "json_type"), ("phone", False, "json_type"),
                ("dossier", 1.5, "json_type"), ("event", 1.5, "json_type")):
            got = refused(lab, json=json.dumps(
                {"dossier": code, "status": 9, **{field: value}}))
            assert got == (error, field), (field, value, got)
        got = refused(lab, json='{"dossier": "%s", "status": 9, '
                      '"fee": 99999999999999999999}' % code)
        assert got == ("json_number", "json"), got
        assert lab.rejected()[-1]["error"] == "json_number"


FIELDS = ("dossier", "status", "phone", "at", "channel", "agency",
          "collect_at", "due", "fee", "parcel", "lang", "accents", "notify",
          "priority", "not_before", "expires", "id4", "event")


def issue9_9_a_nul_in_a_value_rejects_the_event():
    """9.9: in each field, as plain field, JSON and item of the list; UTF-16
    text; names with NUL; octets that are no UTF-8; a code of control
    characters."""
    with Lab(settings={"intake": {"list": "arrivals"}}) as lab:
        whole = {"dossier": CODE % 5, "status": "9", "phone": "0912345678",
                 "channel": "direct", "agency": "H10.45", "fee": "1",
                 "due": "2026-12-01", "lang": "vi", "accents": "0",
                 "notify": "1", "priority": "low", "id4": "1234",
                 "at": str(int(time.time()) * 1000), "event": "e",
                 "parcel": "P", "collect_at": "here",
                 "not_before": str(int(time.time()) * 1000),
                 "expires": str(int(time.time() + 900) * 1000)}
        assert set(whole) == set(FIELDS)
        for field in FIELDS:
            for tail in ("\0", "\0XYZ"):
                fields = dict(whole, **{field: whole[field] + tail})
                got = refused(lab, **fields)
                assert got == ("control_character", field), (field, got)
                got = refused(lab, json=json.dumps(fields))
                assert got == ("control_character", field), (field, got)
            got = refused(lab, **{**whole, field: "\0" + whole[field]})
            assert got == ("control_character", field), (field, got)
        n = len(lab.rejected())
        lab.redis.lpush("arrivals", json.dumps(
            {"dossier": CODE % 5 + "\0XYZ", "status": 9}))
        wait(lambda: len(lab.rejected()) == n + 1, "the item's rejection")
        assert lab.rejected()[-1]["error"] == "control_character"
        for raw, error, field in (
                ((CODE % 5).encode("utf-16-le"), "control_character",
                 "dossier"),
                ((CODE % 5).encode("utf-16-be"), "control_character",
                 "dossier"),
                ((CODE % 5).encode("utf-16"), "not_utf8", "dossier"),
                (b"H10.45-\xff-1", "not_utf8", "dossier"),
                (b"\x01\x02\x03", "code_character", "dossier"),
                (b"H10.45-1\x7f", "code_character", "dossier"),
                (b"H10.45\x1b[2J", "code_character", "dossier")):
            got = refused(lab, dossier=raw, status="9", phone="0912345678")
            assert got == (error, field), (raw, got)
        for name, error in ((b"phone\0", "control_character"),
                            (b"\0", "control_character"),
                            (b"phone\xff", "not_utf8"),
                            (b"id4\0", "control_character")):
            got = refused_raw(lab, {b"dossier": (CODE % 5).encode(),
                                    b"status": b"9", name: b"0912345678"})
            assert got == (error, "?"), (name, got)
        for text, error in (
                ('{"dossier": "%s", "sta\\u0000tus": 9}', "control_character"),
                ('{"dossier": "%s", "status": 9}\0{}', "control_character"),
                ('{"dossier": "%s\0", "status": 9}', "control_character")):
            got = refused(lab, json=text % (CODE % 5))
            assert got == (error, "json"), (text, got)
        # Nothing of all that became a record; and it can be looked at.
        assert lab.texts() == [] and lab.receipts() == []
        shown = json.dumps(lab.ctl("rejected", "1000"), ensure_ascii=False)
        assert CODE % 5 + "\u2400XYZ" in shown
        assert "id4" not in [k for r in lab.rejected() for k in r
                             if r[k] == "0912345678" and k.startswith("id4")]
        # What was cut nowhere is found by the number behind the NUL.
        lab.ctl("erase", "0912345678")
        wait(lambda: not any("0912345678" in value for row in lab.rejected()
                             for value in row.values()), "erased entries")


def shown(lab, zone, *words):
    """What baotinctl prints for people, run in another time zone."""
    done = subprocess.run(
        [program("baotinctl"), "-s", lab.path("control.sock"), *words],
        capture_output=True, text=True, env=dict(os.environ, TZ=zone))
    assert done.returncode == 0, (words, done.stderr)
    return done.stdout


def value_of(text, key):
    (line,) = [line for line in text.splitlines()
               if line.split()[:1] == [key]]
    return line.split()[1]


def issue9_11_a_time_as_shown_means_that_moment():
    """9.11: cancel --since TIME-AS-SHOWN takes the texts from that one on,
    whatever the zones of gateway and caller are."""
    for zone, offset in (("Asia/Ho_Chi_Minh", "+07:00"), ("UTC", "+00:00"),
                         ("America/St_Johns", None)):
        for caller in ("UTC", "Asia/Ho_Chi_Minh", "America/New_York"):
            with Lab(settings={"gateway": {"timezone": zone},
                               "notices": {"window": "00:00-24:00"}}) as lab:
                since_is_exact(lab, caller, offset)


def since_is_exact(lab, caller, offset):
    lab.ctl("hold")
    for n in range(4):
        lab.event(dossier=CODE % n, status=9, phone="091200000%d" % n)
        lab.wait_receipt(dossier=CODE % n, state="held")
    rows = {r["dossier"]: r["message"] for r in lab.receipts(state="held")}
    text = shown(lab, caller, "message", rows[CODE % 2])
    moment = value_of(text, "created_at")
    assert offset is None or moment.endswith(offset), moment
    assert moment == re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d",
        moment).group()
    assert moment in shown(lab, caller, "phone", "0912000002")
    # The times of all four, as people and as programs read them.
    at = {n: lab.ctl("message", rows[CODE % n])["created_at"]
          for n in range(4)}
    assert sorted(at.values()) == list(at.values())
    assert datetime.datetime.fromisoformat(moment).timestamp() == \
        at[2] / 1000
    gone = sum(when >= at[2] for when in at.values())
    told = shown(lab, caller, "cancel", "--agency", "H10.45", "--since",
                 moment)
    assert told.split() == ["moved", str(gone)], (told, at)
    left = {r["dossier"] for r in lab.receipts(state="cancelled")}
    assert CODE % 3 in left and CODE % 2 in left
    assert (CODE % 0 in left) == (at[0] == at[2])
    # Other notations, and what can't be meant.
    undelivered = lab.ctl("undelivered", "--since", str(at[0]))
    assert undelivered["undelivered"] == []
    for bad in (str(at[0] // 1000), str(at[0] * 1000), "1970-01-01",
                "2026-02-31", "tomorrow", "31/10/2026", "2100-01-01"):
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("control.sock"), "cancel",
             "--agency", "H10.45", "--since", bad],
            capture_output=True, text=True)
        assert done.returncode == 2 and "no moment" in done.stderr, bad
    today = moment[:10]
    assert lab.ctl("cancel", "--agency", "H10.45", "--since", today)[
        "moved"] == len(at) - gone


def issue10_12_another_country_by_its_own_plan():
    """10.12: national forms of another country, from producer, network and
    operator, are one number."""
    with Lab(settings={"gateway": {"country_code": "254"},
                       "notices": {"only_to": ["0712 345 678"]}}) as lab:
        lab.sim("report to=+254712345678 mode=failed "
                "recipient=0712345678 type=A1")
        forms = ("0712345678", "712345678", "+254 (0) 712 345 678",
                 "254712345678", "00254712345678")
        for n, form in enumerate(forms):
            lab.event(dossier=CODE % n, status=9, phone=form)
            lab.wait_receipt(dossier=CODE % n, state="undelivered")
        assert {m["dossier"] for m in
                lab.ctl("phone", "712 345 678")["messages"]} == {
                    CODE % n for n in range(len(forms))}
        lab.sim("report to=+254712345678 mode=now")
        lab.sim('sms modem1 0712345678 "TC 0001"')
        assert CODE % 1 in lab.wait_text("+254712345678")
        for form, error in (("0912345678", "phone_prefix"),
                            ("071234567", "phone_length"),
                            ("000712345678", "phone_length"),
                            ("22334", "phone_short")):
            got = refused(lab, dossier=CODE % 1, status="9", phone=form)
            assert got == (error, "phone"), (form, got)


def issue10_12_reasons_that_fit():
    """10.12: hotlines, machines' numbers, zeros too many."""
    with Lab() as lab:
        for form, error in (("000912345678", "phone_length"),
                            ("1900545463", "phone_service"),
                            ("1800 123 456", "phone_service"),
                            ("0121012345", "phone_machine"),
                            ("0121312345", "phone_machine"),
                            ("0140123456", "phone_machine"),
                            ("+84160123456", "phone_machine"),
                            ("01301234567", "phone_old_prefix")):
            got = refused(lab, dossier=CODE % 1, status="9", phone=form)
            assert got == (error, "phone"), (form, got)
        # A machine and a hotline that call or write get nothing.
        for sender in ("0121012345", "1900545463", "0140123456"):
            lab.sim(f'sms modem1 {sender} TG')
        lab.sim('sms modem1 0912345678 TG')
        lab.wait_text("+84912345678")
        assert len(lab.texts()) == 1


def imported(lab, data, *words):
    with open(lab.path("don.csv"), "w") as out:
        out.write(data)
    done = subprocess.run(
        [program("baotinctl"), *words, "-s", lab.path("control.sock"),
         "import", lab.path("don.csv")], capture_output=True, text=True)
    assert done.stderr == "", done.stderr
    return done.stdout.replace(lab.path("don.csv"), "FILE")


def issue10_13_the_csv_example_of_the_documents_sends():
    """10.13: what docs/producers.md shows as a spreadsheet is taken and sent."""
    for name in ("docs/producers.md", "docs/producers.vi.md"):
        with open(os.path.join(SOURCE, name)) as page:
            rows = re.search(r"((?:    dossier,.*\n)(?:    .*,.*\n)+)",
                             page.read()).group()
        with Lab() as lab:
            told = imported(lab, re.sub("(?m)^    ", "", rows))
            assert told == "2 imported, 0 refused\n", told
            assert "H10.45-230515-0001" in lab.wait_text("+84912345678")
            assert "H10.45-230515-0002" in lab.wait_text("+84987654321")
            told = imported(lab, re.sub("(?m)^    ", "", rows))
            assert told == "0 imported, 2 duplicate, 0 refused\n", told
            assert len(lab.texts()) == 2


def issue10_13_an_import_says_what_became_of_the_rows():
    """10.13: duplicates, rows without a text and why, rows that only the
    intake refuses."""
    with Lab(settings={"notices": {"only_to": ["0912345678"]}}) as lab:
        old = int(time.time() * 1000) - 3 * 86400 * 1000
        data = ("dossier,status,phone,at,notify,collect_at\n"
                "H10.45-1,9,0912345678,,,\n"
                "H10.45-1,9,0912345678,,,\n"
                f"H10.45-2,9,0912345678,{old},,\n"
                f"H10.45-3,9,0912345678,{old},,\n"
                "H10.45-4,9,0912345678,,0,\n"
                "H10.45-5,9,,,,\n"
                "H10.45-6,9,0987654321,,,\n"
                "H10.45-7,4,0912345678,,,\n"
                "H10.45-8,9,02713000000,,,\n"
                f"H10.45-9,9,0912345678,,,{'村' * 100}\n")
        want = ("FILE:10: field phone: phone_fixed \"0271*****00\"\n"
                "FILE:11: field collect_at: text_too_long "
                f"\"{'村' * 13}…\"\n"
                "7 imported, 1 duplicate, 2 refused\n"
                "  2 without a text: stale\n"
                "  1 without a text: only_to\n"
                "  1 without a text: switched_off\n")
        told = imported(lab, data)
        assert told == want, told
        one = json.loads(imported(lab, "dossier,status\nH10.45-10,9\n",
                                  "-j"))
        assert one["imported"] == 1 and one["no_text"] == {"no_phone": 1}, one
        again = json.loads(imported(lab, data, "-j"))
        assert again["imported"] == 0 and again["duplicates"] == 8, again
        assert again["no_text"] == {} and again["not_known_yet"] == 0
        assert len(again["refused"]) == 2
        # The same of single entries, for producers.
        entry = lab.event(dossier=CODE % 1, status=9, phone="0912345678")
        lab.wait_receipt(event=entry, state="delivered")
        (row,) = lab.ctl("outcome", entry)
        assert row["state"] == "delivered" and row["entry"] == entry, row
        (row,) = lab.ctl("outcome", lab.event(dossier=""))
        assert row["state"] in ("", "rejected")
        assert lab.ctl("outcome", "H10.45", check=False) is None


if __name__ == "__main__":
    run([
        issue9_7_reports_in_national_form_are_known,
        issue9_8_times_that_nobody_means_are_rejected,
        issue9_8_times_that_are_meant_are_taken,
        issue9_9_a_nul_in_a_value_rejects_the_event,
        issue9_11_a_time_as_shown_means_that_moment,
        issue10_12_another_country_by_its_own_plan,
        issue10_12_reasons_that_fit,
        issue10_13_the_csv_example_of_the_documents_sends,
        issue10_13_an_import_says_what_became_of_the_rows,
    ])
