#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.3: why did this citizen get no text? The story in words, and every word
explained."""

import json
import os
import re
import subprocess

from lab import SOURCE, Lab, program, run, wait
from test_desk import code, ctl, phone


def story(lab, about):
    return [(r["state"], r["why"]) for r in lab.ctl("why", about)["story"]]


def issue13_3_suppressed_rejected_refused_and_reported():
    """The newest first: nothing is hidden, whatever it was."""
    with Lab() as lab:
        lab.event(dossier=code(1), status=2)
        lab.wait_receipt(dossier=code(1), reason="no_phone")
        lab.event(dossier=code(1).lower(), status=5, phone="0271")
        wait(lambda: lab.rejected(), "the rejected one")
        lab.sim(f"fail modem1 to={phone(1)} cms=38 count=1")
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_receipt(dossier=code(1), state="delivered")
        told = story(lab, code(1).lower())
        assert [s for s, _ in told] == [
            "delivered", "sent", "sending", "queued", "sending", "queued",
            "rejected", "suppressed"], told
        assert "cms_38 by modem1" in told[3][1], told
        assert "out of order" in told[3][1], told
        assert "phone phone_short" in told[6][1], told
        assert "no phone" in told[7][1], told
        seen = lab.ctl("why", phone(1))
        assert [r["state"] for r in seen["story"]] == [
            s for s, _ in told], seen
        assert not seen["wants_no_texts"]
        text = ctl(lab, "why", code(1))
        assert "network is out of order" in text, text


def issue13_3_a_stop_and_nothing_at_all():
    with Lab() as lab:
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(1), state="delivered")
        lab.sim(f'sms modem1 {phone(1)} "DUNG"')
        wait(lambda: lab.redis.xlen("baotin:feedback"), "the stop")
        lab.event(dossier=code(2), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(2), state="suppressed")
        seen = lab.ctl("why", phone(1))
        assert seen["wants_no_texts"], seen
        state, why = story(lab, code(2))[0]
        assert state == "suppressed" and "DUNG" in why, why
        assert "no event and no text" in lab.ctl("why", code(9))["note"]
        assert "neither" in ctl(lab, "why", "a b", status=2)


def issue13_3_every_word_is_explained():
    with open(os.path.join(SOURCE, "src", "daemon", "reasons.def")) as file:
        words = re.findall(r'\bN\("(\w+)"', file.read())
    assert len(words) > 70
    with Lab() as lab:
        for word in words + ["delivered", "cms_38", "cms_21", "cms_512",
                             "error", "silent"]:
            seen = lab.ctl("explain", word)
            assert seen["means"] and seen["vietnamese"], seen
        assert lab.ctl("explain", "cms_38")["class"] == "later"
        assert "no word" in ctl(lab, "explain", "cms_x", status=1)
        assert "no word" in ctl(lab, "explain", "nonsense", status=1)


def issue13_3_each_message_that_waits():
    with Lab() as lab:
        lab.sim(f"fail modem1 to={phone(1)} cms=38 forever")
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(1), reason="cms_38")
        lab.ctl("hold", "--agency", "H10.45")
        for n in (2, 3):
            lab.event(dossier=code(n), status=9, phone=phone(n))
            lab.wait_receipt(dossier=code(n), state="held")

        def waits(*words):
            return {r["dossier"]: r["state"]
                    for r in lab.ctl("queue", "list", *words)["waiting"]}
        held = {code(2): "held", code(3): "held"}
        assert waits("--state", "held") == held
        row = lab.ctl("queue", "list", "--state", "held")["waiting"][0]
        assert waits("--reason", "hold", "--agency", "H10.45",
                     "--pool", row["pool"]) == held
        assert waits("--reason", "flood") == {}
        assert waits("--pool", "elsewhere") == {}
        lab.ctl("cancel", row["id"])
        assert len(waits("--state", "held")) == 1
        assert "--state" in ctl(lab, "queue", "list", "x", status=2)


def issue13_3_cancel_takes_what_queue_list_shows():
    """By the same options, whatever agency, with the count."""
    with Lab() as lab:
        lab.sim("fail modem1 cms=38 forever")
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(1), reason="cms_38")
        lab.ctl("hold")
        for n in range(2, 5):
            lab.event(dossier=code(n), status=9, phone=phone(n))
            lab.wait_receipt(dossier=code(n), state="held")
        pool = lab.ctl("queue", "list")["waiting"][0]["pool"]

        def left():
            return {r["dossier"] for r in lab.ctl("queue",
                                                  "list")["waiting"]}
        for words in (("--reason", "flood"), ("--pool", "elsewhere"),
                      ("--state", "unknown"),
                      ("--state", "held", "--reason", "cms_38")):
            assert lab.ctl("cancel", *words) == {"moved": 0}, words
        assert left() == {code(n) for n in range(1, 5)}
        assert lab.ctl("cancel", "--state", "held", "--reason", "hold",
                       "--pool", pool) == {"moved": 3}
        assert left() == {code(1)}
        assert lab.ctl("cancel", "--reason", "cms_38") == {"moved": 1}
        assert left() == set()
        for words in ((), ("--since", "2h"), ("x", "--state", "held")):
            assert "queue list" in ctl(lab, "cancel", *words, status=2) or \
                words == ()


def issue13_3_rejected_events_in_one_json_field():
    with Lab() as lab:
        lab.event(json=json.dumps({"dossier": code(1).lower(), "status": 99,
                                   "phone": phone(1)}))
        lab.event(json=json.dumps({"dossier": "?", "status": 9,
                                   "phone": "0" + phone(1)[3:]}))
        lab.event(json='["no object"]')
        lab.event(json='{"dossier": 7, "status": {}, "phone": []}')
        wait(lambda: len(lab.rejected()) == 4, "rejected")
        (state, why), = story(lab, code(1))
        assert state == "rejected" and why.startswith("status "), why
        row, = lab.ctl("why", code(1))["story"]
        assert row["dossier"] == code(1).lower() and row["status"] == "99"
        assert len(story(lab, phone(1))) == 2
        assert not story(lab, phone(2))


def issue13_3_why_speaks_vietnamese():
    with Lab() as lab:
        lab.event(dossier=code(1), status=2)
        lab.wait_receipt(dossier=code(1), reason="no_phone")
        english = story(lab, code(1))[0][1]
        vi, = lab.ctl("why", code(1), "--vi")["story"]
        assert "số điện thoại" in vi["why"] != english, vi
        assert "phần mềm" in lab.ctl("why", code(9), "--vi")["note"]
        for env, is_vi in (({"LANG": "vi_VN.UTF-8"}, True),
                           ({"LANG": "vi_VN", "LC_ALL": "C.UTF-8"}, False),
                           ({"LANG": "vie", "LC_ALL": ""}, False)):
            text = subprocess.run(
                [program("baotinctl"), "-s", lab.path("control.sock"), "why",
                 code(1)], capture_output=True, text=True,
                env={**os.environ, "LC_ALL": "", "LC_MESSAGES": "", **env},
                check=True).stdout
            assert ("số điện thoại" in text) == is_vi, (env, text)


def issue13_3_what_an_open_text_waits_for():
    with Lab(clock="2026-11-20 20:50:00", modem={"limits": {"day": 1}},
             settings={"notices": {"window": "07:00-21:00"}}) as lab:
        def waits(about, *words):
            rows = lab.ctl("why", about, *words).get("waiting", [])
            return [(r["state"], r["waits_for"], r["until_at"])
                    for r in rows]
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_receipt(dossier=code(1), state="delivered")
        assert waits(code(1)) == [], "it is out"
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_receipt(dossier=code(2), state="queued")
        wait(lambda: "limits of the SIMs (modem1 day" in
             str(waits(code(2))), "the limit")
        assert "hạn mức" in waits(code(2), "--vi")[0][1]
        lab.event(dossier=code(3), status=9, phone=phone(3),
                  not_before="2026-11-21T09:00:00+07:00")
        lab.wait_receipt(dossier=code(3), state="queued")
        (_, why, until), = waits(phone(3))
        assert "not_before" in why and until == 1795226400000, (why, until)
        lab.set_clock("2026-11-20 21:10:00")
        (_, why, until), = waits(code(2))
        assert "07:00-21:00" in why, why
        assert until == 1795219200000, until    # 07:00 of the next day
        lab.ctl("hold", "--agency", "H10.45")
        lab.event(dossier=code(5), status=9, phone=phone(5))
        lab.wait_receipt(dossier=code(5), state="held")
        (state, why, until), = waits(code(5))
        assert state == "held" and "release --agency H10.45" in why
        assert until is None
        lab.ctl("release", "--agency", "H10.45")
        for status in (4, 5):           # two lines of work, none supersedes
            lab.event(dossier=code(6), status=status, phone=phone(6),
                      at=f"2026-11-20T21:0{status}:00+07:00")
        wait(lambda: len(lab.receipts(dossier=code(6))) >= 2, "both")
        seen = waits(code(6))
        assert seen, lab.receipts(dossier=code(6))
        lab.ctl("pause", "modem1")
        lab.set_clock("2026-11-21 08:00:00")
        wait(lambda: "none now" in str(waits(code(2))) or
             "its turn" in str(waits(code(2))), "a modem that can send")


if __name__ == "__main__":
    run([issue13_3_suppressed_rejected_refused_and_reported,
         issue13_3_a_stop_and_nothing_at_all,
         issue13_3_every_word_is_explained,
         issue13_3_each_message_that_waits,
         issue13_3_cancel_takes_what_queue_list_shows,
         issue13_3_rejected_events_in_one_json_field,
         issue13_3_why_speaks_vietnamese,
         issue13_3_what_an_open_text_waits_for])
