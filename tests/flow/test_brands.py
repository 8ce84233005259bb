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


TESTS = [issue10_proof_all_brands_are_tried, *map(life_on, TAKEN)]

if __name__ == "__main__":
    run(TESTS)
