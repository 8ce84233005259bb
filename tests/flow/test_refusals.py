#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A modem, a SIM or a network that refuses everybody, and a number that is
refused: which of them it is."""

from lab import Lab, run, wait


def phone(i):
    return f"+8491{i:07d}"


def code(i):
    return f"H10.45-230600-{i:04d}"


def offer(lab, n, first=0):
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=phone(i))


def alarms(lab, name):
    return [(a["modem"], a["level"]) for _, a in
            lab.redis.xrange("baotin:alarms") if a["alarm"] == name]


def states(lab, n):
    return [lab.redis.hget("baotin:message:" + r["message"], "state")
            for i in range(n) for r in lab.receipts(dossier=code(i))[:1]]


def issue10_1_no_notice_fails_by_a_modem_that_refuses_everybody():
    n = 6
    for word in ("cms=1", "cms=195", "cms=304", "cms=21", "cms=38", "error"):
        with Lab() as lab:
            lab.sim(f"fail modem1 {word} forever")
            offer(lab, n)
            wait(lambda: alarms(lab, "refusals"), "the alarm")
            assert alarms(lab, "refusals") == [("modem1", "critical")]
            told = lab.ctl("modem", "modem1")
            assert told["breaker"] == "open", told
            assert "refuses several numbers" in told["trouble"], told
            wait(lambda: len(states(lab, n)) == n, "all")
            # One was behind the third in the modem's hands.
            wait(lambda: "sending" not in states(lab, n), "its refusal")
            assert set(states(lab, n)) == {"queued"}, (word, states(lab, n))
            assert len(lab.lines("segment")) <= 5, "the breaker is open"
            lab.sim("fail modem1 clear")
            if word != "cms=1":
                continue
            wait(lambda: states(lab, n).count("delivered") == n, "all", 90)
            wait(lambda: ("modem1", "clear") in alarms(lab, "refusals"),
                 "the alarm's end")


def issue10_1_two_modems_that_refuse_everybody():
    n = 14
    with Lab(modems=2) as lab:
        lab.sim("fail * cms=1 forever")
        offer(lab, n)
        wait(lambda: len({m for m, _ in alarms(lab, "refusals")}) == 2,
             "both alarms")
        assert set(states(lab, n)) <= {"queued", "sending"}, states(lab, n)


def issue10_1_a_healthy_modem_beside_it_sends_all():
    n = 14
    for word in ("cms=1", "cms=196", "cms=38"):
        with Lab(modems=2) as lab:
            lab.sim(f"fail modem1 {word} forever")
            offer(lab, n)
            wait(lambda: states(lab, n).count("delivered") == n, "all", 60)
            assert not lab.receipts(state="failed")


def issue10_1_one_bad_number_among_good_ones():
    with Lab() as lab:
        offer(lab, 1)
        lab.wait_receipt(state="delivered")
        lab.sim(f"fail * to={phone(5)} cms=1 forever")
        offer(lab, 9, 1)
        failed = lab.wait_receipt(state="failed")
        assert (failed["dossier"], failed["attempt"]) == (code(5), "1")
        wait(lambda: states(lab, 10).count("delivered") == 9, "the others")
        assert not alarms(lab, "refusals")


def issue10_1_one_number_alone_is_given_up_in_the_end():
    with Lab() as lab:
        lab.sim(f"fail * to={phone(0)} cms=1 forever")
        offer(lab, 1)
        failed = lab.wait_receipt(state="failed")
        assert failed["attempt"] == "3", failed
        row, = lab.ctl("undelivered")["undelivered"]
        assert row["phone"] == phone(0)


def issue10_1_two_citizens_do_not_pay_for_a_modem_that_refuses():
    """Too few to know: their tries run out, and nobody fails. It is healthy
    again: both get their texts."""
    with Lab() as lab:
        lab.sim("fail * cms=1 forever")
        offer(lab, 2)
        wait(lambda: len(lab.lines("segment")) >= 12, "tries", 60)
        assert set(states(lab, 2)) <= {"queued", "sending"}, states(lab, 2)
        assert not lab.receipts(state="failed")
        lab.sim("fail * clear")
        wait(lambda: states(lab, 2).count("delivered") == 2, "both", 60)


run([issue10_1_no_notice_fails_by_a_modem_that_refuses_everybody,
     issue10_1_two_modems_that_refuse_everybody,
     issue10_1_a_healthy_modem_beside_it_sends_all,
     issue10_1_one_bad_number_among_good_ones,
     issue10_1_two_citizens_do_not_pay_for_a_modem_that_refuses,
     issue10_1_one_number_alone_is_given_up_in_the_end])
