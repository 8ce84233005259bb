#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""USSD on a modem's own number: the network asks, the dialogue engine
answers, turn by turn; and an operator's own code."""

import json
import subprocess

from lab import Lab, program, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


def record(lab):
    lab.event(dossier=CODE, status=4, phone=PHONE, notify=0, id4="4321")
    wait(lambda: lab.redis.exists("baotin:dossier:" + CODE), "the record")


def view(lab, modem=0):
    return lab.sim("modems")["modems"][modem]


def reply(lab, text, asks=True, old=""):
    """The network says this; what the modem answers."""
    lab.sim(f'ussd modem1 "{text}"' + (" ask=1 keep=1" if asks else ""))
    return wait(lambda: view(lab)["ussd_reply"] not in ("", old) and
                view(lab)["ussd_reply"], f"the answer to {text!r}")


def metric(lab, name):
    rows = {m["name"]: m["value"] for m in lab.ctl("stats")["metrics"]}
    return rows["baotin_" + name]


def menu_and_a_dossier_by_code():
    with Lab() as lab:
        record(lab)
        said = [reply(lab, "*1022#")]
        assert said[0].startswith("1.Ho so cua toi"), said
        for typed in ("2", "10452305150001", "4321"):
            said.append(reply(lab, typed, old=said[-1]))
        assert said[1].startswith("Nhap ma ho so"), said
        assert said[2].startswith("Nhap 4 so cuoi"), said
        assert said[3].startswith("HS ..0001: dang xu ly"), said
        # A text to a SIM that stands for anybody: no.
        said.append(reply(lab, "1", old=said[-1]))
        assert said[4].startswith("Khong tim thay"), said
        said.append(reply(lab, "0", old=said[-1]))
        assert said[5] == said[0]
        said.append(reply(lab, "0", old=said[-1]))
        assert said[6].startswith("Cam on"), said
        lab.sim("ussd modem1 Tam-biet")
        wait(lambda: "ussd_end" in lab.log(), "the end")
        assert not lab.texts()
        assert metric(lab, "modem_ussd_sessions_total") == 1
        # The next one begins anew.
        assert reply(lab, "*1022#", old=said[-1]) == said[0]


def nobody_goes_on_where_another_was():
    """What broke off is another's, perhaps: no "continue?" on a SIM."""
    with Lab() as lab:
        record(lab)
        first = reply(lab, "*1022#")
        said = reply(lab, "2", old=first)
        said = reply(lab, "10452305150001", old=said)
        said = reply(lab, "4321", old=said)
        assert "dang xu ly" in said, said
        lab.sim("ussd modem1 Het")
        wait(lambda: "ussd_end" in lab.log(), "the end")
        again = reply(lab, "*1022#", old=said)
        assert again == first, again
        # Wishes are a phone's.
        said = reply(lab, "4", old=first)
        said = reply(lab, "1", old=said)
        assert said.startswith("Khong tim thay"), said
        said = reply(lab, "0", old=said)
        said = reply(lab, "3", old=said)
        said = reply(lab, "3", old=said)
        assert said.startswith("Khong tim thay"), said
        assert lab.redis.xlen("baotin:feedback") == 0


def dialled_at_once():
    with Lab() as lab:
        record(lab)
        assert reply(lab, "*1022*10452305150001#").startswith("Nhap 4 so cuoi")


def no_number_is_believed():
    """Whoever writes the registered number into the request is not it."""
    with Lab() as lab:
        record(lab)
        first = reply(lab, f"Tu {PHONE}: *1022#")
        assert first.startswith("1.Ho so cua toi"), first
        none = reply(lab, "1", old=first)
        assert "0001" not in none, none


def accents_are_left_out():
    with Lab() as lab:
        assert reply(lab, "Ông bà cần gì?").startswith("1.Ho so cua toi")


def what_asks_nothing_is_not_answered():
    with Lab() as lab:
        lab.sim("ussd modem1 \"Khuyen mai 50%\"")
        wait(lambda: " ussd modem=modem1 status=0" in lab.log(), "the ear")
        assert view(lab)["ussd_reply"] == ""
    with Lab(settings={"lookup": {"enabled": False}}) as lab:
        before = view(lab)["at"].get("+CUSD", 0)
        lab.sim("ussd modem1 *1022# ask=1")
        wait(lambda: view(lab)["at"]["+CUSD"] >= before + 3, "the refusal")
        assert view(lab)["ussd_reply"] == ""


def between_texts():
    with Lab(sim=["--latency", "100"]) as lab:
        record(lab)
        for i in range(12):
            lab.ctl("send", f"+849000000{i:02d}", "x")
        said = reply(lab, "*1022#")
        said = reply(lab, "2", old=said)
        assert said.startswith("Nhap ma ho so"), said
        wait(lambda: len(lab.texts()) == 12, "all texts")


def operators_code():
    with Lab() as lab:
        answer = lab.ctl("ussd", "modem1", "*101#")
        assert answer["status"] == "done", answer
        assert answer["text"].startswith("TK goc: 45.200d"), answer
        lab.sim('balance "*100#" "1.So du 2.Goi cuoc"')
        lab.sim('balance "*100#/1" "Số dư: 5.000 đ"')
        answer = lab.ctl("ussd", "modem1", "*100#")
        assert answer["status"] == "asks", answer
        answer = lab.ctl("ussd", "modem1", "*9#")
        assert answer["status"] == "not_supported", answer
        for words, status in ((["modem9", "*101#"], 1), (["modem1", "x"], 2),
                              (["modem1", "1"], 2)):
            done = subprocess.run(
                [program("baotinctl"), "-s", lab.path("control.sock"),
                 "ussd", *words], capture_output=True, text=True)
            assert done.returncode == status, (words, done)
        assert "audit" in lab.log()
        json.dumps(answer)


if __name__ == "__main__":
    run([menu_and_a_dossier_by_code, nobody_goes_on_where_another_was,
         dialled_at_once, no_number_is_believed,
         accents_are_left_out, what_asks_nothing_is_not_answered,
         between_texts, operators_code])
