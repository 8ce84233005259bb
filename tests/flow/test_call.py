#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A missed call: rejected after two rings, answered by one text."""

import signal

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-%04d"


def record(lab, n, phone=PHONE, **more):
    code = CODE % n
    lab.event(dossier=code, status=4, phone=phone, notify=0,
              at=f"2026-11-{n:02d}T08:00:00+07:00", **more)
    wait(lambda: lab.redis.exists("baotin:dossier:" + code), "the record")


def hang_ups(lab, modem=0):
    return lab.sim("modems")["modems"][modem]["at"].get("+CHUP", 0)


def answers(lab):
    return lab.sim("modems")["modems"][0]["at"].get("A", 0)


def metric(lab, name):
    rows = {m["name"]: m["value"] for m in lab.ctl("stats")["metrics"]}
    return rows["baotin_" + name]


def own_dossiers_come_as_one_text():
    with Lab(clock="2026-11-20 08:00:00") as lab:
        for n in (1, 2, 3, 4):
            record(lab, n)
        before = hang_ups(lab)
        lab.sim(f"call modem1 {PHONE} rings=50 every=700")
        text = lab.wait_text(PHONE)
        assert hang_ups(lab) == before + 1	# it rings no more
        for n in (2, 3, 4):
            assert "%04d" % n in text, text
        assert "0001" not in text, text
        assert lab.texts(PHONE)[0]["segments"] == 1
        # Again within ten minutes: nothing; but it is rejected.
        lab.sim(f"call modem1 {PHONE} rings=50 every=100")
        wait(lambda: hang_ups(lab) == before + 2, "the hang-up")
        wait(lambda: metric(lab, "incoming_calls_total") == 2, "the call")
        assert answers(lab) == 0
        assert len(lab.texts()) == 1


def nobody_is_answered_who_has_nothing_to_ask():
    with Lab() as lab:
        before = hang_ups(lab)
        for n, caller in enumerate(("withheld", "+84987654321", "19001234",
                                    "+12025550123")):
            lab.sim(f"call modem1 {caller} rings=50 every=50")
            wait(lambda n=n: hang_ups(lab) == before + n + 1, "the hang-up")
        wait(lambda: metric(lab, "incoming_calls_total") == 4, "the calls")
        wait(lambda: lab.redis.zcard("baotin:questions") == 0, "no question")
        assert not lab.texts()


def one_ring_is_enough():
    with Lab() as lab:
        record(lab, 1)
        before = hang_ups(lab)
        lab.sim(f"call modem1 {PHONE} rings=1 every=50")
        assert "0001" in lab.wait_text(PHONE)
        assert hang_ups(lab) == before


def one_ring_and_no_word_of_its_end():
    """Many modems do not say that an unanswered call is over."""
    with Lab() as lab:
        record(lab, 1)
        lab.sim(f"call modem1 {PHONE} rings=1 every=60000")
        assert "0001" in lab.wait_text(PHONE)


def switched_off():
    with Lab(modem={"missed_calls": False}) as lab:
        record(lab, 1)
        before = hang_ups(lab)
        lab.sim(f"call modem1 {PHONE} rings=3 every=30")
        lab.sim("sms modem1 +84900000001 TG")
        lab.wait_text("+84900000001")
        assert not lab.texts(PHONE)
        assert hang_ups(lab) == before
    with Lab(settings={"lookup": {"enabled": False}}) as lab:
        record(lab, 1)
        lab.sim(f"call modem1 {PHONE} rings=1 every=30")
        wait(lambda: metric(lab, "questions_silent_total") == 1, "silence")
        assert not lab.texts(PHONE)


def while_texts_go_out():
    with Lab(sim=["--latency", "200"]) as lab:
        record(lab, 1)
        for i in range(8):
            lab.ctl("send", f"+8490000000{i}", "x")
        before = hang_ups(lab)
        lab.sim(f"call modem1 {PHONE} rings=200 every=100")
        assert "0001" in lab.wait_text(PHONE)
        wait(lambda: hang_ups(lab) == before + 1, "the hang-up")
        wait(lambda: len(lab.texts()) == 9, "all texts")


def heard_without_the_daemon():
    """The worker has it in its journal, the daemon dies before it reads:
    the next one is told, and answers once."""
    with Lab() as lab:
        record(lab, 1)
        lab.children["baotind"].send_signal(signal.SIGSTOP)
        lab.sim(f"call modem1 {PHONE} rings=1 every=50")
        wait(lambda: " rang modem=modem1" in lab.log(), "the worker's ear")
        lab.kill("baotind", signal.SIGKILL)
        lab.start_daemon()
        assert "0001" in lab.wait_text(PHONE)
        wait(lambda: lab.redis.zcard("baotin:questions") == 0, "no question")
        assert len(lab.texts()) == 1


if __name__ == "__main__":
    run([own_dossiers_come_as_one_text,
         nobody_is_answered_who_has_nothing_to_ask, one_ring_is_enough,
         one_ring_and_no_word_of_its_end,
         switched_off, while_texts_go_out, heard_without_the_daemon])
