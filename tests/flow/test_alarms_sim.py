#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.6: the alarms of SIMs, and of what their operators let through: each row
of alarm.def is raised and cleared."""

import os

from alarm_scenes import (CLOCK, comes, goes, proves, raised, scenes, told)
from lab import Lab, run, wait


def code(i):
    return f"H10.45-230515-{i:04d}"


def phone(i):
    return f"+8491{i:07d}"


def offer(lab, n, first=0):
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=phone(i))


@proves("sim_changed")
def issue12_6_another_sim_stays_until_it_is_acknowledged():
    with Lab(modems=2, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.n_modems = 1
        lab.write_conf()
        lab.start_daemon()
        wait(lambda: os.path.exists(lab.path("state", "memory.json")),
             "the SIM to be known")
        lab.stop("baotind")
        os.rename(lab.path("sim", "modem2"), lab.path("sim", "modem1"))
        lab.start_daemon()
        comes(lab, "sim_changed", "modem1")
        assert lab.ctl("alarms", "ack", "sim_changed") == {"acknowledged": 1}
        goes(lab, "sim_changed", "modem1")
        entry, = wait(lambda: told(lab, "sim_changed", "ack"), "the entry")
        assert entry["by"].startswith("uid "), entry


@proves("refusals", "modem_failing")
def issue12_6_everybody_is_refused():
    """Also after a restart they end with a success only."""
    with Lab() as lab:
        lab.sim("fail modem1 cms=38 forever")
        offer(lab, 4)
        comes(lab, "refusals", "modem1", "critical")
        comes(lab, "modem_failing", "modem1", "critical")
        lab.stop("baotind")
        lab.start_daemon()
        assert raised(lab, "refusals") and raised(lab, "modem_failing")
        lab.sim("fail modem1 clear")
        goes(lab, "refusals", "modem1", timeout=90)
        goes(lab, "modem_failing", "modem1")


@proves("receive_only")
def issue12_6_sends_fail_while_receiving_works():
    with Lab() as lab:
        lab.sim("fail modem1 cms=8 forever")
        lab.sim(f"sms modem1 {phone(99)} TC")
        offer(lab, 4)
        comes(lab, "receive_only", "modem1", "critical")
        lab.sim("fail modem1 clear")
        goes(lab, "receive_only", "modem1", timeout=90)


@proves("many_refused")
def issue12_6_many_numbers_are_refused_among_good_ones():
    with Lab(clock=CLOCK) as lab:
        for i in range(14):
            if i % 2 == 0:
                lab.sim(f"fail * to={phone(i)} cms=38 forever")
            offer(lab, 1, i)
            lab.wait_receipt(dossier=code(i), modem="modem1",
                             state="queued" if i % 2 == 0 else "sent")
        comes(lab, "many_refused", "modem1")
        lab.sim("clear")
        offer(lab, 20, 20)
        goes(lab, "many_refused", "modem1")


@proves("silent_block")
def issue12_6_no_reports_come_any_more():
    with Lab(clock="2026-11-27T08:00:00") as lab:
        offer(lab, 6)
        wait(lambda: len(lab.receipts(state="delivered")) == 6, "reports")
        lab.sim("report mode=never")
        offer(lab, 10, 10)
        wait(lambda: len(lab.receipts(state="sent")) == 16, "the texts")
        lab.set_clock("2026-11-27T08:15:00")
        comes(lab, "silent_block", "modem1", "critical")
        lab.sim("report mode=now")
        offer(lab, 1, 40)
        goes(lab, "silent_block", "modem1")


@proves("sim_moved")
def issue12_6_a_sim_was_in_another_device():
    own = "modem1,imsi=452049999999999,imei=3569380300000"
    with Lab(sim=["--modem", own + "13"]) as lab:
        lab.stop("baotind")
        lab.kill("baotin-sim")
        lab.sim_words = ["--modem", own + "88"]
        lab.start_sim()
        lab.start_daemon()
        comes(lab, "sim_moved", "modem1")
        offer(lab, 1)
        goes(lab, "sim_moved", "modem1")


BALANCE = {"code": "*101#", "every": "1s",
           "pattern": "TK goc: ([0-9.,]+)", "low": 10000}


@proves("credit_low")
def issue12_6_the_credit_of_a_sim_ends():
    with Lab(start=False, modem={"balance": BALANCE}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim('balance "*101#" "TK goc: 9.999d"')
        lab.write_conf()
        lab.start_daemon()
        row = comes(lab, "credit_low", "modem1")
        assert "9999" in row["text"], row
        lab.sim('balance "*101#" "TK goc: 50.000d"')
        goes(lab, "credit_low", "modem1")


@proves("balance_unreadable")
def issue12_6_the_operator_answers_in_other_words():
    with Lab(start=False, modem={"balance": BALANCE}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim('balance "*101#" "So du cua ban la 50.000d"')
        lab.write_conf()
        lab.start_daemon()
        comes(lab, "balance_unreadable", "modem1")
        lab.sim('balance "*101#" "TK goc: 50.000d"')
        goes(lab, "balance_unreadable", "modem1")


@proves("operator_text")
def issue12_6_the_operator_writes_of_an_end():
    with Lab() as lab:
        lab.sim('sms modem1 VIETTEL "Thue bao cua ban sap het han"')
        comes(lab, "operator_text", "modem1")
        lab.ctl("alarms", "ack", "operator_text")
        goes(lab, "operator_text", "modem1")


if __name__ == "__main__":
    run(list(dict.fromkeys(scenes.values())))
