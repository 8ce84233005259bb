#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""baotinctl dry-run (issue 13.4): what an import would send; and that what it
says comes true."""

import json
import subprocess

from lab import Lab, program, run, wait

SHUT = {"notices": {"window": "00:00-00:01"}}
FIELDS = "dossier,status,phone,at,not_before,notify,agency,accents"


def ctl(lab, command, rows, is_json=True):
    """FIELDS, then rows; (status, JSON or text)."""
    name = lab.path("don.csv")
    with open(name, "w", encoding="utf-8") as out:
        out.write("\n".join([FIELDS, *rows]) + "\n")
    done = subprocess.run(
        [program("baotinctl"), *(["-j"] if is_json else []), "-s",
         lab.path("control.sock"), command, name],
        capture_output=True, text=True)
    assert done.stderr == "", done
    out = done.stdout.replace(name, "FILE")
    return done.returncode, json.loads(out) if is_json else out


def dry(lab, *rows):
    status, out = ctl(lab, "dry-run", rows)
    assert status in (0, 1), out
    return out


def untouched(lab):
    """No dossier, message or receipt came of it."""
    assert lab.redis.xlen("baotin:receipts") == 0
    assert lab.redis.xlen("baotin:events") == 0
    assert lab.redis.keys("baotin:dossier:*") == []
    assert lab.redis.keys("baotin:message:*") == []


def issue13_4_it_shows_the_very_text_and_sends_nothing():
    with Lab() as lab:
        row = "H10.45-230515-0001,9,0912345678,,,,,"
        out = dry(lab, row)
        plan, = out["rows"]
        assert plan["line"] == 2 and plan["phone"] == "+84912345678", plan
        assert (plan["coding"], plan["segments"], plan["pool"]) == (
            "gsm7", 1, "default"), plan
        assert (out["texts"], out["segments"], out["refused"]) == (1, 1, [])
        untouched(lab)
        assert lab.texts() == []
        ctl(lab, "import", [row])
        assert lab.wait_text("+84912345678") == plan["text"]
        # Now it would be one too many.
        assert dry(lab, row)["no_text"] == {"duplicate": 1}


def issue13_4_each_why_not_has_its_word():
    with Lab() as lab:
        now = lab.redis.time()[0] * 1000
        code = "H10.45-230515-000"
        out = dry(
            lab, f"{code}1,9,,,,,,", f"{code}2,4,0912345678,,,,,",
            f"{code}3,9,0912345678,,,0,,",
            f"{code}4,9,0912345678,{now - 90000000},,,,",
            f"{code}5,9,0912345678,,,,,", f"{code}5,9,0912345678,,,,,",
            f"{code}6,12,0912345678,,,,,", f"{code}7,9,123,,,,,",
            f"{code}8,9,0912345678,{now // 1000},,,,")
        assert [r.get("no_text") for r in out["rows"]] == [
            "no_phone", "switched_off", "notify", "stale", None,
            "duplicate"], out["rows"]
        assert [(r["line"], r["field"], r["error"])
                for r in out["refused"]] == [
            (8, "status", "status_unknown"), (9, "phone", "phone_short"),
            (10, "at", "time_form")], out["refused"]
        untouched(lab)


def issue13_4_it_knows_wishes_records_and_holds():
    with Lab() as lab:
        lab.event(dossier="H10.45-230515-0001", status=2,
                  phone="0912345678")
        lab.wait_text("+84912345678")
        for phone, word in (("+84912345678", "CODAU"),
                            ("+84987654321", "DUNG")):
            lab.sim(f'sms modem1 {phone} "{word}"')
            lab.wait_text(phone, 2 if word == "CODAU" else 1)
        before = lab.redis.time()[0] * 1000 - 3600000
        lab.ctl("hold", "--agency", "H10.45")
        out = dry(lab, "H10.45-230515-0002,9,0912345678,,,,,",
                  "H10.45-230515-0003,9,0987654321,,,,,",
                  f"H10.45-230515-0001,9,0912345678,{before},,,,")
        first, second, third = out["rows"]
        assert first["coding"] == "ucs2" and "đã có kết quả" in \
            first["text"], first
        assert first["waits_for"] == "release", first
        assert second["no_text"] == "optout", second
        assert third["no_text"] == "older_status", third


def issue13_4_it_says_when():
    with Lab(settings=SHUT) as lab:
        row, = dry(lab, "H10.45-230515-0001,9,0912345678,,,,,")["rows"]
        if row["waits_for"] == "":
            return      # within the only minute of the day
        assert row["waits_for"] == "window", row
        assert row["at"] > lab.redis.time()[0] * 1000, row
        status, out = ctl(lab, "dry-run",
                          ["H10.45-230515-0001,9,0912345678,,,,,"], False)
        lines = out.splitlines()
        assert status == 0 and lines[0].startswith(
            "FILE:2: H10.45-230515-0001 ready to +84912345678: 1 segment "
            "gsm7, pool default, from "), out
        assert lines[0].endswith("(window)"), out
        assert "H10.45-230515-0001 da co ket qua" in lines[1], out
        assert lines[2] == \
            "1 text in 1 segment, 0 refused; nothing was sent", out


def issue13_4_not_on_the_status_socket():
    with Lab() as lab:
        with open(lab.path("don.csv"), "w") as out:
            out.write("dossier,status\nH10.45-1,4\n")
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("status.sock"), "dry-run",
             lab.path("don.csv")], capture_output=True, text=True)
        assert done.returncode == 1, done
        assert "status socket" in done.stderr, done


run([
    issue13_4_it_shows_the_very_text_and_sends_nothing,
    issue13_4_each_why_not_has_its_word,
    issue13_4_it_knows_wishes_records_and_holds,
    issue13_4_it_says_when,
    issue13_4_not_on_the_status_socket,
])
