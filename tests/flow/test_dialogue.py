#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.8, 12.12: what was said to a modem before something failed, and what a
modem says of itself when it is asked; nothing of it tells a person, a SIM or
a device."""

import json
import re

from lab import Lab, run, wait

PHONE = "+84912345678"
BRANDS = ("ec25", "sim7600", "a7670", "e3372", "ml307", "sim800", "mc7455",
          "sara-r4", "zte", "telit", "cinterion", "phonesim", "no-echo",
          "ucs2")


def code(i):
    return f"H10.45-230515-{i:04d}"


def modem(lab, name="modem1"):
    return lab.ctl("modem", name, check=False) or {}


def tells_nobody(said, told):
    """Neither numbers nor PINs: no five digits in a row are left."""
    text = json.dumps(said)
    for key in ("imei", "imsi", "iccid", "smsc"):
        assert not told.get(key) or told[key] not in text, (key, said)
    lines = [ln for ln in said if not re.fullmatch("[<>] <\\d+ octets>", ln)]
    assert not re.search(r"\d{5}", "\n".join(lines)), said


def wait_failure(lab, reason, timeout=60):
    def look():
        failure = modem(lab).get("failure")
        return failure and failure["reason"] == reason and failure

    return wait(look, reason, timeout)


def issue12_8_the_dialogue_of_a_refused_text():
    with Lab() as lab:
        assert modem(lab)["failure"] is None
        lab.sim("fail modem1 cms=38 forever")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        failure = wait_failure(lab, "cms_38")
        said = failure["dialogue"]
        assert failure["at"] > 0 and said[-1] == "< +CMS ERROR: 38", failure
        sent = [i for i, ln in enumerate(said)
                if re.fullmatch(r"> AT\+CMGS=\d+", ln)]
        assert sent, said
        # The PDU is told by its length alone.
        assert re.fullmatch(r"> <\d+ octets>", said[sent[-1] + 2]), said
        tells_nobody(said, modem(lab))
        # It is not in the listing, and it stays when all is well again.
        assert "failure" not in lab.ctl("modems")[0]
        lab.sim("fail modem1 clear")
        lab.wait_receipt(dossier=code(1), state="delivered")
        assert modem(lab)["failure"]["reason"] == "cms_38"


def issue12_8_the_dialogue_of_a_wrong_pin_has_no_pin():
    with Lab(start=False, sim=["--modem", "modem1,pin=1234"]) as lab:
        lab.start_redis()
        lab.start_sim()
        with open(lab.path("pin"), "w") as out:
            out.write("9753\n")
        lab.modem_settings = {"pin_file": lab.path("pin")}
        lab.write_conf()
        lab.start_daemon(ready=False)
        failure = wait_failure(lab, "locked")
        said = failure["dialogue"]
        assert "9753" not in json.dumps(failure), failure
        assert any("AT+CPIN" in ln for ln in said), said
        tells_nobody(said, modem(lab))


def issue12_8_the_dialogue_of_a_silent_modem():
    with Lab() as lab:
        lab.sim("mute modem1 on")
        failure = wait_failure(lab, "timeout")
        # The question that had no answer stands last.
        assert failure["dialogue"][-1].startswith("> AT"), failure
        tells_nobody(failure["dialogue"], modem(lab))


def issue12_8_a_stop_is_no_failure():
    with Lab() as lab:
        lab.ctl("drain", "modem1")
        wait(lambda: modem(lab)["state"] == "down", "the end")
        assert modem(lab)["failure"] is None, modem(lab)


def issue12_12_every_brand_is_asked():
    sims = [w for i, like in enumerate(BRANDS, 1)
            for w in ("--modem", f"modem{i},like={like}")]
    with Lab(modems=len(BRANDS), sim=sims) as lab:
        for i, like in enumerate(BRANDS, 1):
            name = f"modem{i}"
            before = modem(lab, name)
            report = lab.ctl("modem", name, "--probe")
            asked = report["asked"]
            for command in ("ATI", "AT+CGMM", "AT+CGMR", "AT+CNMI=?",
                            "AT+CPMS=?", "AT+CSMS?", "AT+CLIP=?",
                            "AT+CUSD=?", "AT+CSQ"):
                assert "> " + command in asked, (like, command, asked)
            tells_nobody(asked, before)
            # Each question has its end, and none changed anything.
            ends = [ln for ln in asked if re.match(
                r"< (OK|ERROR|\+CM[ES] ERROR|COMMAND NOT)", ln)]
            ours = [ln for ln in asked if ln.startswith("> ")]
            assert len(ends) == len(ours), (like, asked)
            assert not any(re.search(r"=[^?]", ln) for ln in ours), ours
            after = modem(lab, name)
            for key in ("settings", "restarts", "lacks", "state"):
                assert after[key] == before[key], (like, key)


def issue12_12_a_probe_waits_for_no_text_and_no_text_for_it():
    with Lab() as lab:
        for i in range(6):
            lab.event(dossier=code(i), status=9, phone=f"+8491234567{i}")
        assert "> AT+CSQ" in lab.ctl("modem", "modem1", "--probe")["asked"]
        wait(lambda: len(lab.receipts(state="delivered")) == 6, "all", 60)
        assert not lab.receipts(state="unknown")
        # Without a modem the report has what is known.
        lab.sim("hangup modem1")
        wait(lambda: modem(lab)["state"] == "down", "its end")
        assert lab.ctl("modem", "modem1", "--probe")["asked"] == []


if __name__ == "__main__":
    run([issue12_8_the_dialogue_of_a_refused_text,
         issue12_8_the_dialogue_of_a_wrong_pin_has_no_pin,
         issue12_8_the_dialogue_of_a_silent_modem,
         issue12_8_a_stop_is_no_failure,
         issue12_12_every_brand_is_asked,
         issue12_12_a_probe_waits_for_no_text_and_no_text_for_it])
