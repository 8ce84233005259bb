#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts of citizens without a word of ours: the desk reads them, nobody
answers."""

import json
import subprocess

from lab import AGENCY, Lab, call, program, run, wait

PHONE = "+84912345678"
STRANGER = "+84987654321"
CODE = "H10.45-230515-0001"


def record(lab, code=CODE, phone=PHONE):
    lab.event(dossier=code, status=4, phone=phone, notify=0)
    wait(lambda: lab.redis.exists("baotin:dossier:" + code), "the record")


def say(lab, text, phone=PHONE, options=""):
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    lab.sim(f'sms modem1 {phone} "{text}" {options}')


def written(lab):
    return [f for _, f in lab.redis.xrange("baotin:feedback")
            if f["word"] == "TEXT"]


def wait_written(lab, n):
    wait(lambda: len(written(lab)) >= n, f"{n} texts in feedback")
    return written(lab)


def closed(lab, n):
    wait(lambda: {m["name"]: m["value"] for m in lab.ctl("stats")["metrics"]}
         ["baotin_questions_no_word_total"] >= n and
         lab.redis.zcard("baotin:questions") == 0, f"{n} closed questions")


def issue13_8_a_text_without_a_word_goes_to_the_desk():
    with Lab() as lab:
        record(lab)
        say(lab, "cam on can bo")
        say(lab, "Hồ sơ của tôi bao giờ xong?", STRANGER)
        say(lab, "TC")
        rows = {r["phone"]: r for r in wait_written(lab, 2)}
        known, stranger = rows["+8491*****78"], rows["+8498*****21"]
        assert known["text"] == "cam on can bo", known
        assert known["dossier"] == CODE, known
        assert known["agency"] == AGENCY["id"], known
        assert stranger["text"] == "Hồ sơ của tôi bao giờ xong?", stranger
        assert stranger["dossier"] == "" == stranger["agency"], stranger
        assert PHONE not in json.dumps(rows) and "TC" not in [
            r["text"] for r in rows.values()]
        lab.wait_text(PHONE)
        closed(lab, 2)
        assert len(lab.texts()) == 1, "only TC is answered"
        # Read twice, or told again by a replay, it is there once.
        assert len(written(lab)) == 2
        assert "cam on" not in lab.log() and PHONE not in lab.log()


def issue13_8_texts_citizens_shows_them_on_the_control_socket():
    with Lab() as lab:
        record(lab)
        say(lab, "cam on")
        wait_written(lab, 1)
        say(lab, "xin hoi phi", STRANGER)
        wait_written(lab, 2)
        say(lab, "DUNG")
        rows = lab.ctl("texts", "--citizens")
        assert [(r["phone"], r["text"]) for r in rows] == [
            (STRANGER, "xin hoi phi"), (PHONE, "cam on")], rows
        assert rows[1]["dossier"] == CODE and rows[1]["at"] > 1e12, rows
        only, = lab.ctl("texts", "--citizens", "--agency", AGENCY["id"])
        assert only["phone"] == PHONE
        assert 'command="texts --citizens"' in lab.log(), "who read them"
        assert lab.ctl("texts") == []
        refused = subprocess.run(
            [program("baotinctl"), "-s", lab.path("status.sock"), "texts",
             "--citizens"], capture_output=True, text=True)
        assert refused.returncode == 1, refused
        assert "control socket" in refused.stderr, refused.stderr
        assert "cam on" not in refused.stdout + refused.stderr


def issue13_8_a_hostile_text_is_bounded_and_harmless():
    with Lab() as lab:
        record(lab)
        say(lab, "xin\tchào \u202edảo\u202c \u200bbạn\x0b \x1b[2Jhết")
        say(lab, "x" * 1500, STRANGER, "parts=reversed")
        rows = {r["phone"]: r["text"] for r in wait_written(lab, 2)}
        text = rows["+8491*****78"]
        assert text.startswith("xin chào dảo bạn"), ascii(text)
        assert not [c for c in text if ord(c) < 32 or c in "\u202e\u200b"]
        assert rows["+8498*****21"] == "x" * 1000 + "...", rows


def issue13_8_an_hour_takes_five_of_a_phone():
    with Lab() as lab:
        record(lab)
        for i in range(7):
            say(lab, f"spam {i}")
        closed(lab, 7)
        assert len(written(lab)) == 5, written(lab)
        lab.redis.delete("baotin:wrote:" + PHONE)       # the hour is over
        say(lab, "cam on")
        assert wait_written(lab, 6)[5]["text"] == "cam on"


def ask_and_note(lab, i, phone):
    """A question as `hear` leaves it, closed with its text."""
    call(lab.redis, "hear", "baotin", "lab", {
        "modem": "m", "imsi": "4", "seq": i, "after": 0, "kind": "sms",
        "phone": phone, "pool": "default", "mark": f"q{i}", "text": "a",
        "concat_ref": 0, "part": 1, "parts": 1, "at": lab.now(),
        "validity_ms": 3600000, "again_ms": 10000, "hashes": [f"h:{phone}"]})
    return call(lab.redis, "answer", "baotin", "lab", {
        "question": f"q{i}", "id": "", "said": f"text {i}",
        "hashes": [f"h:{phone}"]})["result"]


def issue13_8_strangers_together_are_bounded():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.now = lambda: int(lab.redis.time()[0]) * 1000
        said = [ask_and_note(lab, i, f"+8498{i:07d}") for i in range(70)]
        assert said == 60 * ["noted"] + 10 * ["closed"], said
        # Whoever has a dossier is heard all the same.
        lab.redis.zadd("baotin:phone:" + PHONE, {CODE: 1})
        assert ask_and_note(lab, 99, PHONE) == "noted"
        # Told again, it is there once.
        assert call(lab.redis, "answer", "baotin", "lab", {
            "question": "q99", "id": "", "said": "text 99",
            "hashes": []})["result"] == "duplicate"
        assert len(written(lab)) == 61


def issue13_8_export_erase_and_retention_know_the_texts():
    with Lab(clock="2026-11-20 10:00:00") as lab:
        record(lab)
        say(lab, "cam on")
        say(lab, "xin hoi phi", STRANGER)
        wait_written(lab, 2)
        for phone, text in ((PHONE, "cam on"), (STRANGER, "xin hoi phi")):
            kept = lab.ctl("export", phone)
            assert [r["text"] for r in kept["feedback"]] == [text], kept
        assert lab.ctl("erase", PHONE)["feedback"] == 1
        left, = written(lab)
        assert left["text"] == "xin hoi phi", left
        only, = lab.ctl("texts", "--citizens")
        assert only["phone"] == STRANGER
        assert PHONE not in str([lab.redis.get(k) for k in
                                 lab.redis.keys("baotin:written:*")])
        key, = lab.redis.keys("baotin:written:*")
        assert 29 * 86400 < lab.redis.ttl(key) <= 30 * 86400
        lab.set_clock("2026-12-21 10:00:00")
        wait(lambda: not written(lab), "the end of privacy.retention")
        wait(lambda: not lab.redis.exists(key), "the end of the number")


if __name__ == "__main__":
    run([issue13_8_a_text_without_a_word_goes_to_the_desk,
         issue13_8_texts_citizens_shows_them_on_the_control_socket,
         issue13_8_a_hostile_text_is_bounded_and_harmless,
         issue13_8_an_hour_takes_five_of_a_phone,
         issue13_8_strangers_together_are_bounded,
         issue13_8_export_erase_and_retention_know_the_texts])
