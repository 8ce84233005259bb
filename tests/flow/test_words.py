#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts from citizens: words, answers, duplicates, long texts, guards."""

import os
import signal

from lab import Lab, run, wait

PHONE = "+84912345678"
OTHER = "+84987654321"
CODE = "H10.45-230515-0001"
NOT_FOUND = ("Khong tim thay. Dung so dien thoai da dang ky hoac den "
             "Mot cua.")


def record(lab, code=CODE, phone=PHONE, status=4, **more):
    """A dossier as the office would tell of it, without a notice."""
    lab.event(dossier=code, status=status, phone=phone, notify=0, **more)
    wait(lambda: lab.redis.exists("baotin:dossier:" + code), "the record")


def say(lab, text, phone=PHONE, modem="modem1", options=""):
    text = text.replace("\\", "\\\\").replace('"', '\\"')
    lab.sim(f'sms {modem} {phone} "{text}" {options}')


def metric(lab, name):
    rows = {m["name"]: m["value"] for m in lab.ctl("stats")["metrics"]}
    return rows["baotin_" + name]


def quiet(lab):
    """Every question that was heard is closed."""
    wait(lambda: lab.redis.zcard("baotin:questions") == 0, "closed questions")


def silent(lab, n):
    """n questions more were closed without an answer."""
    wait(lambda: metric(lab, "questions_silent_total") >= n,
         f"{n} without an answer")


def kill_worker(lab):
    daemon = lab.children["baotind"].pid
    with open(f"/proc/{daemon}/task/{daemon}/children") as children:
        (worker,) = map(int, children.read().split())
    ready = lab.log().count("baotind info modem_ready")
    os.kill(worker, signal.SIGKILL)
    wait(lambda: lab.log().count("baotind info modem_ready") > ready,
         "the next worker")


def stored(lab):
    return lab.sim("modems")["modems"][0]["stored"]


def each_word_is_answered():
    with Lab(clock="2026-11-20 23:30:00") as lab:
        record(lab, due="2026-12-01", id4="4321")
        n = 0
        for text, answer in (
                ("TC", "Ho so .."),
                ("TC " + CODE, f"Ho so {CODE}: dang xu ly"),
                ("tc 0001", f"Ho so {CODE}: dang xu ly"),
                ("\"Tc  h1o 45 23o515 ooo1\"", f"Ho so {CODE}: dang"),
                ("TG", "TC: ho so cua so nay"),
                ("Dừng", "Da ngung gui tin"),
                ("lại", "Se gui tin"),
                ("CODAU", "Tin sẽ có dấu"),
                ("KHONGDAU", "Tin se khong dau"),
                ("SAISO", "Xin loi")):
            say(lab, text)
            n += 1
            got = lab.wait_text(PHONE, n)
            assert got.startswith(answer.split(" ..")[0]), (text, got)
        quiet(lab)
        assert len(lab.texts()) == n
        words = [f["word"] for _, f in lab.redis.xrange("baotin:feedback")]
        assert words == ["DUNG", "SAISO"], words


def another_phone_needs_the_four_digits():
    with Lab() as lab:
        record(lab, id4="4321")
        say(lab, f"TC {CODE} 4321", OTHER)
        assert lab.wait_text(OTHER).startswith(f"Ho so {CODE}: dang xu ly,")
        say(lab, f"TC {CODE}", "+84911111111")
        say(lab, f"TC {CODE} 1111", "+84922222222")
        say(lab, "TC H10.45-230515-9999 1111", "+84933333333")
        texts = {lab.wait_text(p) for p in (
            "+84911111111", "+84922222222", "+84933333333")}
        assert texts == {NOT_FOUND}, texts
        # The second mistake within ten minutes costs no segment.
        say(lab, f"TC {CODE} 2222", "+84922222222")
        silent(lab, 1)
        assert len(lab.texts("+84922222222")) == 1


def nobody_else_is_answered():
    with Lab() as lab:
        record(lab)
        for n, (sender, text) in enumerate((
                (PHONE, "Đúng rồi"), (PHONE, "cam on"),
                (PHONE, "Ho so ..0001: dang xu ly"))):
            say(lab, text, sender)
            silent(lab, n + 1)
        for sender in ("VIETTEL", "9123", "+12025550123", "+842713123456"):
            say(lab, "TC", sender)
        say(lab, "TC", lab.sim("modems")["modems"][0]["number"])
        say(lab, "TC")
        lab.wait_text(PHONE)
        quiet(lab)
        assert len(lab.texts()) == 1, lab.texts()
        assert metric(lab, "questions_total") == 4


def off_means_silence_but_wishes_count():
    with Lab(settings={"lookup": {"enabled": False}}) as lab:
        record(lab)
        for n, text in enumerate(("TC", "TG", "DUNG")):
            say(lab, text)
            silent(lab, n + 1)
        wait(lambda: lab.redis.xlen("baotin:feedback") == 1, "feedback")
        assert not lab.texts()


def asked_sim_answers():
    with Lab(modems=2) as lab:
        record(lab)
        for n in range(1, 5):
            modem = f"modem{1 + n % 2}"
            say(lab, "TC", modem=modem, options="smsc-time="
                f"2026-11-20T08:00:0{n}+07:00")
            lab.wait_text(PHONE, n)
            wait(lambda: len(lab.receipts(state="sent")) == n, "sent")
        by = [r["modem"] for r in lab.receipts(state="sent")]
        assert by == ["modem2", "modem1", "modem2", "modem1"], by


def long_text_in_any_order():
    with Lab() as lab:
        record(lab)
        text = f"TC {CODE} " + "xin cam on " * 30
        say(lab, text, options="parts=reversed")
        assert lab.wait_text(PHONE).startswith(f"Ho so {CODE}")
        say(lab, "TC " + "á" * 100 + " " + CODE)
        assert lab.wait_text(PHONE, 2).startswith(f"Ho so {CODE}")
        assert metric(lab, "incoming_segments_total") == 5


def told_twice_is_answered_once():
    with Lab() as lab:
        record(lab)
        when = "smsc-time=2026-11-20T08:00:00+07:00"
        say(lab, "TC", options=when)
        lab.wait_text(PHONE)
        say(lab, "TC", options=when)
        wait(lambda: metric(lab, "questions_duplicate_total") == 1,
             "the duplicate")
        assert len(lab.texts()) == 1


def killed_in_the_middle():
    """The daemon dies while texts come in; the worker hears them without
    it, its journal tells the next daemon. Each is answered once."""
    phones = [f"+8491{i:07d}" for i in range(1, 13)]
    with Lab() as lab:
        for i, phone in enumerate(phones):
            record(lab, f"H10.45-230515-{i:04d}", phone)
        for i, phone in enumerate(phones):
            say(lab, "TC", phone)
            if i % 4 == 2:
                lab.kill("baotind", signal.SIGKILL)
            if i % 4 == 3:
                lab.start_daemon(ready=False)
        for phone in phones:
            lab.wait_text(phone, timeout=60)
        wait(lambda: metric(lab, "modems_usable") == 1, "the modem")
        quiet(lab)
        assert sorted(t["to"] for t in lab.texts()) == phones


def read_twice_from_the_sim():
    """The worker has a text in its journal and dies before the SIM forgets
    it; the next one reads it again. As often as that happens: one answer."""
    with Lab() as lab:
        record(lab)
        lab.sim("simkeep modem1 on")
        say(lab, "TC")
        lab.wait_text(PHONE)
        for _ in range(2):
            before = metric(lab, "questions_duplicate_total")
            kill_worker(lab)
            wait(lambda n=before: metric(lab, "questions_duplicate_total") >
                 n, "the duplicate")
        lab.sim("simkeep modem1 off")
        kill_worker(lab)
        wait(lambda: stored(lab) == 0, "an empty SIM")
        say(lab, "TG", OTHER)
        lab.wait_text(OTHER)
        quiet(lab)
        assert len(lab.texts(PHONE)) == 1, lab.texts()


def taken_up_again():
    """A daemon heard the question and died before it answered: what is
    open is answered by the next one, once."""
    with Lab() as lab:
        record(lab)
        # As hear.lua left it.
        lab.kill("baotind", signal.SIGKILL)
        now = lab.redis.time()
        now = now[0] * 1000 + now[1] // 1000
        lab.redis.set("baotin:question:k:q1", (
            '{"id":"k:q1","kind":"sms","phone":"%s","text":"TC",'
            '"modem":"modem1","pool":"default","at":%d,"expires_at":%d,'
            '"accents":-1,"lang":""}') % (PHONE, now, now + 60000),
            px=60000)
        lab.redis.zadd("baotin:questions", {"k:q1": now, "k:gone": now})
        lab.start_daemon()
        assert lab.wait_text(PHONE).startswith("Ho so ")
        quiet(lab)
        assert len(lab.texts()) == 1
        assert not lab.redis.exists("baotin:question:k:q1")


def nobody_is_telephoned_for_an_answer():
    """Who asked may ask again: no desk has to look after it."""
    with Lab(settings={"retry": {"delays": [1], "jitter": 0}}) as lab:
        record(lab)
        lab.sim(f"fail * to={PHONE} cms=1 forever")
        say(lab, "TC")
        lab.wait_receipt(state="failed")
        assert not lab.ctl("undelivered")["undelivered"]


if __name__ == "__main__":
    run([each_word_is_answered, another_phone_needs_the_four_digits,
         nobody_else_is_answered, off_means_silence_but_wishes_count,
         asked_sim_answers, long_text_in_any_order,
         told_twice_is_answered_once, killed_in_the_middle,
         read_twice_from_the_sim, taken_up_again,
         nobody_is_telephoned_for_an_answer])
