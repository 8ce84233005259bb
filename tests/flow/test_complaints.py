#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What users of other SMS gateways complain of, as scenarios of ours; the
number is that of our list. Complaints that another test proves:

 1 said twice after a timeout: test_broken.unknown_and_taken_is_settled_by_its_\
report, silence_after_the_report_is_no_doubt; tests/chaos
 2 one bad number holds up all: test_broken.a_bad_number_delays_nobody,
   test_refusals.issue10_1_one_bad_number_among_good_ones
 3 a dead modem looks alive: test_health.issue12_3_complaint_03_…
 6 another name after a reset: test_health.issue12_3_complaint_06_…
 8 a PIN is locked out: test_health.issue12_4_complaint_08_…
10 slow: bench/, and test_worker.test_two_in_hand
12 limits of operators: test_alarms_gateway.issue12_6_a_quota_is_used_up_and_\
raised, unit test_quota
13 a report finds no text: test_unknown.a_report_with_a_strange_reference_…,
   the_modem_overwrites_the_reference
14 the report's words are believed: test_broken.report_that_says_pending_\
decides_nothing, failed_report_makes_undelivered
15 a text comes twice: test_words.told_twice_is_answered_once,
   read_twice_from_the_sim
16 parts lost or mixed: test_words.long_text_in_any_order,
   test_unknown.only_what_is_missing_is_said_again
17 accents: test_worker.test_alphabets_survive, unit test_template
18 USSD that can't be read: unit test_worker_ussd, fuzz_worker_ussd
19 USSD stops the sending: test_health.issue12_5_complaint_19_…
20 no USSD on LTE: test_brands.issue10_7_a_silent_network_ends_the_session,
   test_alarms_sim.issue12_6_the_operator_answers_in_other_words
22 a full SIM hears nothing: test_worker.test_full_sim, test_alarms_inbox
23 Redis is gone: test_broken.redis_dies_while_texts_are_on_the_air
25 odd lines break the reader: test_worker.test_noise_and_chatter,
   fuzz_worker_at
26 the credit ends: test_health.issue12_5_complaint_26_…
27 nobody knows it is down: test_pager, test_operate.issue12_8_check_…
28 memory fills: test_bounds
29 another program has the port: test_health.issue12_3_complaint_29_…
30 a restart loses or repeats: tests/chaos
31 a SIM expires unused: not offered; the operator's own warning raises
   operator_text (test_health.issue12_5_an_operators_word_of_blocking_…)"""

import collections
import os

from lab import NO_LIMITS, Lab, run, wait

PHONE = "+84912345678"


def code(n):
    return f"H10.45-230700-{n:04}"


def modem(lab, name="modem1"):
    return lab.ctl("modem", name, check=False) or {}


def tell(lab, n, first=0):
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=f"+8491{i:07d}")


def ready(lab, name="modem1", timeout=60):
    wait(lambda: modem(lab, name).get("state") == "ready", "the modem",
         timeout)


def complaint_04_resets_make_it_worse():
    """12.3: the radio off and on once; ten minutes later the modem restarts,
    and no reset comes between. One that came back counts from zero."""
    with Lab(clock="2026-11-20 08:00:00") as lab:
        def resets(kind):
            return lab.log().count(f"modem_reset modem=modem1 kind={kind}")

        lab.sim("mute modem1 +CEREG until=restart")
        wait(lambda: resets("soft") == 1, "the radio off and on", 90)
        before = modem(lab)["restarts"]
        wait(lambda: modem(lab)["restarts"] >= before + 4, "workers", 120)
        assert (resets("soft"), resets("hard")) == (1, 0)
        lab.let_pass(601)
        wait(lambda: resets("hard") == 1, "the restart", 90)
        ready(lab)
        tell(lab, 1)
        lab.wait_receipt(dossier=code(0), state="delivered")
        assert (resets("soft"), resets("hard")) == (1, 1)
        states = [p["state"] for p in modem(lab)["history"]]
        assert states[0] == "ready" and "resetting" in states, states


def complaint_05_no_reconnect_after_unplug():
    """Again and again, also while it is not there at the start."""
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("hangup modem1")
        lab.write_conf()
        lab.start_daemon(ready=False)
        for i in range(3):
            wait(lambda: modem(lab).get("state") == "down", "it to be away",
                 30)
            tell(lab, 1, i)
            lab.sim("plug modem1")
            lab.wait_receipt(dossier=code(i), state="delivered", timeout=60)
            lab.sim("hangup modem1")
        assert len(lab.texts()) == 3


def complaint_07_a_flood_of_lines():
    """It sends among them, says no text twice, and stops when told to."""
    with Lab() as lab:
        lab.sim("chatter modem1 5")
        tell(lab, 10)
        wait(lambda: len(lab.receipts(state="delivered")) == 10, "all", 90)
        assert len(lab.texts()) == 10
        assert modem(lab)["restarts"] == 0
        lab.stop("baotind")


def complaint_09_many_modems_one_queue():
    """One daemon: each text once, every modem has a share, and a citizen
    hears from the same SIM again."""
    with Lab(modems=4) as lab:
        lab.sim("net * latency=200")
        tell(lab, 40)
        wait(lambda: len(lab.receipts(state="delivered")) == 40, "all", 90)
        heard = collections.Counter(t["to"] for t in lab.texts())
        assert set(heard.values()) == {1} and len(heard) == 40, heard
        by = {r["dossier"]: r["modem"] for r in lab.receipts(state="sent")}
        share = collections.Counter(by.values())
        assert len(share) == 4 and min(share.values()) >= 4, share
        for i in range(4):
            lab.event(dossier=code(i), status=10, phone=f"+8491{i:07d}")
            lab.event(dossier=code(100 + i), status=9,
                      phone=f"+8491{i:07d}")
            again = lab.wait_receipt(dossier=code(100 + i), state="sent")
            assert again["modem"] == by[code(i)], (again, by[code(i)])


def complaint_11_no_pacing_where_it_is_wanted():
    """Parts count, not texts."""
    limits = dict(NO_LIMITS, minute=4)
    with Lab(modem={"limits": limits}, clock="2026-11-20 08:00:05") as lab:
        for i in range(3):
            lab.ctl("send", f"+8491000000{i}", "x" * 200)
        wait(lambda: len(lab.receipts(state="sent")) == 2, "two of them")
        used, = [q for q in modem(lab)["quotas"] if q["period"] == "minute"]
        assert (used["used"], used["rest"]) == (4, 0), used
        assert len(lab.receipts(state="sent")) == 2
        lab.set_clock("2026-11-20 08:01:10")
        wait(lambda: len(lab.receipts(state="sent")) == 3, "the third", 90)


def complaint_21_one_sim_can_not_send():
    """SMS fails on one modem (on LTE, with this operator): the texts go by
    another, and the operator is told."""
    with Lab(modems=2) as lab:
        lab.sim("fail modem1 cms=500 forever")
        tell(lab, 8)
        wait(lambda: len(lab.receipts(state="delivered")) == 8, "all", 90)
        assert {r["modem"] for r in lab.receipts(state="sent")} == {"modem2"}
        told = modem(lab)
        assert told["reason"] and told["advice"], told
        assert told["failure"]["reason"] == "cms_500", told["failure"]
        assert len(lab.texts()) == 8
        # 12.1: consecutive failures and their class, and the SIM's reports.
        assert told["failures_in_a_row"] >= 1, told
        assert told["failing_class"] == "other_modem", told
        assert told["report_ratio"] is None, told
        well = modem(lab, "modem2")
        assert (well["failures_in_a_row"], well["failing_class"],
                well["report_ratio"]) == (0, "", 1), well


def complaint_24_a_sim_that_is_busy_at_the_start():
    """It is asked again, no PIN is tried, and no try is lost."""
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim('cpin modem1 "SIM busy"')
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: modem(lab).get("reason") == "sim_busy", "the reason",
             60)
        lab.sim("cpin modem1 off")
        ready(lab, timeout=120)
        assert lab.sim("modems")["modems"][0]["pin_tries"] == 3
        tell(lab, 1)
        lab.wait_receipt(dossier=code(0), state="delivered")


def complaint_32_a_text_is_data():
    """Whatever a citizen writes, nothing runs, and it stays what it is."""
    with Lab() as lab:
        said = ["$(touch pwned)", "`touch pwned`", "; touch pwned #",
                "{{7*7}} %s%n", "'; FLUSHALL; --", "../../etc/passwd"]
        for text in said:
            lab.sim(f'sms modem1 {PHONE} "{text}"')
        wait(lambda: lab.log().count("incoming ") >= len(said), "all of them")
        tell(lab, 1)
        lab.wait_receipt(dossier=code(0), state="delivered")
        names = {name for _, _, files in os.walk(lab.dir) for name in files}
        assert "pwned" not in names
        assert not any("49" == t["text"] for t in lab.texts())


if __name__ == "__main__":
    run([complaint_04_resets_make_it_worse,
         complaint_05_no_reconnect_after_unplug,
         complaint_07_a_flood_of_lines,
         complaint_09_many_modems_one_queue,
         complaint_11_no_pacing_where_it_is_wanted,
         complaint_21_one_sim_can_not_send,
         complaint_24_a_sim_that_is_busy_at_the_start,
         complaint_32_a_text_is_data])
