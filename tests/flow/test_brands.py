#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Real modems (issue 10, points 4 to 7): the whole life of a message on each
kind that baotin-sim plays, and what happens where a modem can't do it."""

import re
import subprocess

from lab import Lab, program, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-%04d"

# The first AT+CNMI that each takes; reports None: it makes none.
TAKEN = {
    "ec25": "2,1,0,2,0", "sim7600": "1,1,0,1,0", "a7670": "1,1,0,1,1",
    "e3372": "1,1,0,1,0", "ml307": "2,1,0,1,0", "sim800": "2,1,0,1,0",
    "mc7455": "2,1,0,2,0", "sara-r4": "1,1,0,1,0", "zte": "1,1,0,1,0",
    "telit": "2,1,0,1,0", "cinterion": "2,1,0,1,0", "phonesim": "2,1,0,0,0",
    "no-echo": "2,1,0,1,0", "ucs2": "2,1,0,1,0",
}


def brands():
    out = subprocess.run([program("baotin-sim"), "--like", "help"],
                         capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in out.splitlines()]


def view(lab, modem=0):
    return lab.sim("modems")["modems"][modem]


def modem(lab, name="modem1"):
    return lab.ctl("modem", name)


def trouble(lab):
    """"" also while the daemon does not listen yet."""
    return (lab.ctl("modem", "modem1", check=False) or {}).get("reason", "")


def alarms(lab):
    return {a["alarm"] for a in lab.ctl("alarms")["raised"]}


def tell(lab, n, **more):
    """A dossier that changes; its code."""
    lab.event(dossier=CODE % n, status=9, phone=PHONE, **more)
    wait(lambda: lab.redis.exists("baotin:dossier:" + CODE % n), "the record")
    return CODE % n


def whole_life(brand):
    with Lab(sim=["--like", brand]) as lab:
        told = modem(lab)
        assert told["iccid"] == view(lab)["iccid"], told["iccid"]
        assert told["smsc"] == "+84980200030", told["smsc"]
        assert told["operator"] == "Baotin Network", told["operator"]
        assert told["settings"]["cnmi"] == TAKEN[brand], told["settings"]
        # ready, sent, report
        code = tell(lab, 1)
        lab.wait_receipt(dossier=code, state="sent")
        if brand == "phonesim":
            assert told["lacks"] == ["reports"], told
            assert "modem_no_reports" in alarms(lab)
        else:
            assert told["lacks"] == [], told
            assert told["trouble"] == "", told
            lab.wait_receipt(dossier=code, state="delivered")
            assert not [a for a in alarms(lab) if a.startswith("modem_no")]
        # a question, answered within five seconds
        lab.sim(f"sms modem1 {PHONE} TC")
        assert "0001" in lab.wait_text(PHONE, 2, timeout=5)
        # a missed call
        lab.sim(f"call modem1 {PHONE} rings=50 every=700")
        assert "0001" in lab.wait_text(PHONE, 3)
        # USSD, two lines
        lab.sim('balance "*100#" "1. So du\\n2. Goi cuoc"')
        answer = lab.ctl("ussd", "modem1", "*100#")
        assert answer == {"modem": "modem1", "status": "done",
                          "text": "1. So du\n2. Goi cuoc"}, answer
        assert modem(lab)["restarts"] == 0, lab.log()
        assert modem(lab)["operator"] == "Baotin Network"


def life_on(brand):
    def test():
        whole_life(brand)
    test.__name__ = "issue10_proof_whole_life_on_" + brand.replace("-", "_")
    return test


def issue10_proof_all_brands_are_tried():
    assert set(brands()) == set(TAKEN), brands()
    assert re.search(r"--like NAME", subprocess.run(
        [program("baotin-sim"), "--help"], capture_output=True,
        text=True, check=True).stdout)


# --- 10.4 ------------------------------------------------------------------


def start_refusing(lab, patterns, name="modem1"):
    """A daemon whose modem answers these commands with ERROR."""
    lab.start_redis()
    lab.start_sim()
    lab.sim(f'refuse {name} {patterns}')
    lab.write_conf()
    lab.start_daemon()


def restart_worker(lab, name="modem1"):
    lab.sim("hangup " + name)
    wait(lambda: modem(lab, name)["state"] == "down", "the modem to go")
    lab.sim("plug " + name)
    wait(lambda: modem(lab, name)["state"] == "ready", "the modem")


def issue10_4_clcc_says_who_calls():
    """+CLIP refused, or taken and never said; one ring is enough."""
    for like in ("mc7455", "sara-r4", "ml307"):
        for rings, every in ((50, 700), (1, 2000)):
            with Lab(sim=["--like", like]) as lab:
                code = tell(lab, 1)
                lab.wait_text(PHONE)
                lab.sim(f"call modem1 {PHONE} rings={rings} every={every}")
                assert code[-4:] in lab.wait_text(PHONE, 2)
                assert modem(lab)["lacks"] == []


def issue10_4_nobody_known_nobody_rejected():
    """Neither +CLIP nor AT+CLCC: the call rings on, the operator is told; and
    is told when the modem can do it after all."""
    with Lab(start=False) as lab:
        start_refusing(lab, "+CLIP=* +CLCC*")
        told = modem(lab)
        assert told["lacks"] == ["calls"], told
        assert told["settings"]["clip"] == "refused", told
        assert "calls" in told["trouble"], told
        assert "modem_no_calls" in alarms(lab)
        code = tell(lab, 1)
        lab.wait_text(PHONE)
        lab.sim(f"call modem1 {PHONE} rings=4 every=150")
        wait(lambda: "caller_unknown" in lab.log(), "the ring")
        assert view(lab)["at"].get("+CHUP", 0) <= 2, view(lab)["at"]
        assert " rejected " not in lab.log()
        lab.sim("refuse modem1 off")
        restart_worker(lab)
        assert modem(lab)["lacks"] == []
        wait(lambda: "modem_no_calls" not in alarms(lab), "the alarm's end")
        lab.sim(f"call modem1 {PHONE} rings=50 every=700")
        assert code[-4:] in lab.wait_text(PHONE, 2)


def issue10_4_found_out_when_it_rings():
    """AT+CLCC is known and names nobody."""
    with Lab(sim=["--like", "sara-r4"]) as lab:
        assert modem(lab)["lacks"] == []
        lab.sim("refuse modem1 +CLCC*")
        lab.sim(f"call modem1 {PHONE} rings=5 every=200")
        wait(lambda: modem(lab)["lacks"] == ["calls"], "what it lacks")
        assert "modem_no_calls" in alarms(lab)
        assert " rejected " not in lab.log()


# --- 10.5 ------------------------------------------------------------------


def issue10_5_any_order_of_cnmi():
    """What each refuses, and what is taken then."""
    rows = (
        ("+CNMI=?,?,?,?,0", "2,1,0,1,1", []),
        ("+CNMI=2,*", "1,1,0,1,0", []),
        ("+CNMI=2,* +CNMI=?,?,?,?,0", "1,1,0,1,1", []),
        ("+CNMI=?,?,?,1,*", "2,1,0,2,0", []),
        ("+CNMI=?,?,?,1,* +CNMI=2,*", "1,1,0,2,0", []),
        ("+CNMI=?,?,?,[12],*", "2,1,0,0,0", ["reports"]),
        ("+CNMI=?,?,?,[12],* +CNMI=2,* +CNMI=?,?,?,?,0", "1,1,0,0,1",
         ["reports"]),
        ("+CNMI=*", "refused", ["reports", "announcements"]),
    )
    for patterns, taken, lacks in rows:
        with Lab(start=False) as lab:
            start_refusing(lab, patterns)
            told = modem(lab)
            assert told["settings"]["cnmi"] == taken, (patterns, told)
            assert told["lacks"] == lacks, (patterns, told)
            assert {a for a in alarms(lab) if a.startswith("modem_no_")} == \
                {"modem_no_" + word for word in lacks}, patterns
            code = tell(lab, 1)
            lab.wait_receipt(dossier=code, state="sent")
            if not lacks:
                lab.wait_receipt(dossier=code, state="delivered")
            if "announcements" not in lacks:
                lab.sim(f"sms modem1 {PHONE} TC")
                lab.wait_text(PHONE, 2, timeout=5)


def issue10_5_no_setting_is_refused_in_silence():
    """CPMS, CSCS, CMMS, CUSD: in `modem NAME`, with an alarm where something
    is lost by it; and texts go out all the same."""
    rows = (
        ("+CPMS=*", "cpms", ["memories"]),
        ("+CPMS=* +CMGL=*", "cpms", ["reading", "memories"]),
        ("+CSCS*", "cscs", []),
        ("+CSCS=*", "cscs", []),
        ("+CMMS*", "cmms", []),
        ("+CUSD=*", "cusd", ["ussd"]),
        ("+CSMS*", "csms", []),
    )
    for patterns, name, lacks in rows:
        with Lab(start=False) as lab:
            start_refusing(lab, patterns)
            told = modem(lab)
            assert told["settings"][name] == "refused", (patterns, told)
            wait(lambda: modem(lab)["lacks"] == lacks, f"{lacks}")
            assert {a for a in alarms(lab) if a.startswith("modem_no_")} == \
                {"modem_no_" + w for w in lacks if w != "ussd"}, patterns
            code = tell(lab, 1)
            lab.wait_receipt(dossier=code, state="delivered")
            if "reading" not in lacks:
                lab.sim(f"sms modem1 {PHONE} TC")
                lab.wait_text(PHONE, 2, timeout=5)


def issue10_5_without_pdu_mode_nothing_is_sent():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("refuse modem1 +CMGF=*")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: trouble(lab) == "no_pdu_mode", "the trouble")
        code = tell(lab, 1)
        assert not lab.receipts(dossier=code, state="sent")
        lab.sim("refuse modem1 off")
        lab.wait_receipt(dossier=code, state="delivered", timeout=60)


def issue10_5_reports_not_wanted_are_not_lacked():
    with Lab(modem={"status_reports": False, "missed_calls": False},
             sim=["--like", "phonesim"]) as lab:
        assert modem(lab)["lacks"] == [], modem(lab)
        assert not [a for a in alarms(lab) if a.startswith("modem_no")]


# --- 10.6 ------------------------------------------------------------------

TRIES = ("ec25", "sim7600", "a7670", "e3372", "ml307", "sim800", "mc7455",
         "sara-r4", "zte", "telit", "cinterion", "phonesim")


def locked_lab(like, pin):
    lab = Lab(start=False, modems=1,
              sim=["--modem", f"modem1,pin=1234,like={like}"])
    with open(lab.path("pin"), "w") as out:
        out.write(pin + "\n")
    lab.modem_settings = {"pin_file": lab.path("pin")}
    return lab


def issue10_6_the_last_try_is_never_spent():
    """One try left, told in each maker's words or by the card alone."""
    for refused in ("", "+CSIM*"):
        for like in TRIES:
            if refused and like == "ml307":
                continue	# it has no words of its own
            with locked_lab(like, "9999") as lab:
                lab.start_redis()
                lab.start_sim()
                if refused:
                    lab.sim(f"refuse modem1 {refused}")
                lab.sim("tries modem1 1")
                lab.write_conf()
                lab.start_daemon(ready=False)
                wait(lambda: trouble(lab) == "pin_tries", "the lock")
                assert view(lab)["sim"] == "pin", like
                assert view(lab)["pin_tries"] == 1, like


def issue10_6_unknown_tries_are_tried_once():
    """A wrong PIN where nobody tells: once, over all restarts."""
    with locked_lab("ml307", "9999") as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("refuse modem1 +CSIM*")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: trouble(lab) == "pin_refused", "the refusal")
        for _ in range(2):
            lab.stop("baotind")
            lab.start_daemon(ready=False)
            wait(lambda: trouble(lab) == "pin_refused", "the lock")
        assert view(lab)["pin_tries"] == 2, view(lab)


def issue10_6_the_right_pin_opens():
    for like in ("ec25", "e3372", "telit", "phonesim"):
        with locked_lab(like, "1234") as lab:
            lab.start_redis()
            lab.start_sim()
            lab.write_conf()
            lab.start_daemon()
            assert modem(lab)["iccid"] == view(lab)["iccid"]


# --- 10.7 ------------------------------------------------------------------


def issue10_7_a_silent_network_ends_the_session():
    """The operator's tool says who is silent, and the next dial goes out."""
    with Lab() as lab:
        lab.sim("net modem1 latency=3600000")
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("control.sock"), "ussd",
             "modem1", "*101#"], capture_output=True, text=True)
        assert done.returncode == 1, done
        assert "the network did not answer" in done.stderr, done
        lab.sim("net modem1 latency=50")
        answer = lab.ctl("ussd", "modem1", "*101#")
        assert answer["status"] == "done", answer


def issue10_7_a_dial_leaves_the_character_set():
    with Lab(sim=["--like", "sim7600"]) as lab:
        lab.ctl("ussd", "modem1", "*101#")
        assert view(lab)["cscs"] == "GSM", view(lab)
        lab.sim("csq modem1 7")
        wait(lambda: modem(lab)["operator"] == "Baotin Network", "the name")


def issue10_7_cpin_words():
    for word, reason in (("NOT INSERTED", "no_sim"), ("SIM PIN2", ""),
                         ("PH-NET PIN", "other_lock"),
                         ("BLOCKED", "sim_blocked")):
        with Lab(start=False) as lab:
            lab.start_redis()
            lab.start_sim()
            lab.sim(f'cpin modem1 "{word}"')
            lab.write_conf()
            lab.start_daemon(ready=reason == "")
            if reason:
                wait(lambda: trouble(lab) == reason, word)
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim('cpin modem1 "NOT READY"')
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: view(lab)["at"].get("+CPIN", 0) >= 3, "the questions")
        lab.sim("cpin modem1 off")
        wait(lambda: modem(lab)["state"] == "ready", "the modem")
        assert modem(lab)["restarts"] == 0


def issue10_7_a_centre_is_waited_for():
    """It can't be read for some seconds after boot: no worker is lost."""
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("refuse modem1 +CSCA?")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: view(lab)["at"].get("+CSCA", 0) >= 4, "the questions")
        lab.sim("refuse modem1 off")
        wait(lambda: modem(lab)["state"] == "ready", "the modem")
        assert modem(lab)["restarts"] == 0
        assert modem(lab)["smsc"] == "+84980200030"


def issue10_7_error_words_are_never_success():
    """Known ones are their number, others are a refusal all the same."""
    for code, reason in ((38, "cms_38"), (47, "cms_500")):
        with Lab(sim=["--like", "zte"]) as lab:
            lab.sim(f"fail modem1 cms={code} count=1")
            dossier = tell(lab, 1)
            lab.wait_receipt(dossier=dossier, state="queued", reason=reason)
            assert lab.wait_text(PHONE)
            assert len(lab.texts(PHONE)) == 1
            lab.wait_receipt(dossier=dossier, state="sent")


TESTS = [
    issue10_proof_all_brands_are_tried, *map(life_on, TAKEN),
    issue10_4_clcc_says_who_calls, issue10_4_nobody_known_nobody_rejected,
    issue10_4_found_out_when_it_rings, issue10_5_any_order_of_cnmi,
    issue10_5_no_setting_is_refused_in_silence,
    issue10_5_without_pdu_mode_nothing_is_sent,
    issue10_5_reports_not_wanted_are_not_lacked,
    issue10_6_the_last_try_is_never_spent,
    issue10_6_unknown_tries_are_tried_once, issue10_6_the_right_pin_opens,
    issue10_7_a_silent_network_ends_the_session,
    issue10_7_a_dial_leaves_the_character_set, issue10_7_cpin_words,
    issue10_7_a_centre_is_waited_for,
    issue10_7_error_words_are_never_success,
]

if __name__ == "__main__":
    run(TESTS)
