#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Operators edit texts and settings while the gateway works: a reload takes
over all of it or nothing, and loses no text."""

import os
import shutil
import signal

from lab import SOURCE, Lab, run, wait

PHONE = "+84912345678"


def code(i):
    return f"H10.45-230700-{i:04d}"


def lab_with_templates(**words):
    lab = Lab(start=False, **words)
    shutil.copytree(os.path.join(SOURCE, "templates"), lab.path("templates"))
    lab.settings = {"notices": {"templates": lab.path("templates"),
                                "window": "00:00-24:00"}}
    return lab


def start(lab):
    lab.start_redis()
    lab.start_sim()
    lab.write_conf()
    lab.start_daemon()


def reload(lab, word):
    """Sends SIGHUP and waits for one more line with this word."""
    before = lab.log().count(word)
    lab.children["baotind"].send_signal(signal.SIGHUP)
    wait(lambda: lab.log().count(word) > before, word)


def texts_change_and_bad_ones_do_not():
    with lab_with_templates() as lab:
        start(lab)
        lab.event(dossier=code(1), status=9, phone=PHONE)
        assert "da co ket qua" in lab.wait_text(PHONE)
        lab.write_texts("ready = {agency}: hồ sơ {code} xong.")
        reload(lab, " reloaded ")
        lab.event(dossier=code(2), status=9, phone=PHONE)
        assert lab.wait_text(PHONE, 2) == \
            f"UBND xa Bom Bo: ho so {code(2)} xong."
        lab.write_texts("ready = {nobody}")
        reload(lab, "reload_failed")
        assert "vi.txt:1" in lab.log()
        lab.event(dossier=code(3), status=9, phone=PHONE)
        assert lab.wait_text(PHONE, 3).endswith(" xong.")


def a_situation_is_switched_off_for_an_agency():
    with lab_with_templates() as lab:
        start(lab)
        os.mkdir(lab.path("templates", "H10.45"))
        with open(lab.path("templates", "H10.45", "vi.txt"), "w") as out:
            out.write("received off\n")
        with open(lab.path("templates", "km.txt"), "w") as out:
            out.write("@unaccented no\nready = {agency} រួចរាល់ {code}\n")
        reload(lab, " reloaded ")
        lab.event(dossier=code(1), status=2, phone=PHONE, due="2027-01-01")
        assert lab.wait_receipt(dossier=code(1))["reason"] == "switched_off"
        lab.event(dossier=code(2), status=9, phone=PHONE, lang="km")
        assert "រួចរាល់" in lab.wait_text(PHONE)


def settings_change_and_wrong_ones_do_not():
    with lab_with_templates() as lab:
        start(lab)
        lab.write_conf(notices={"only_to": ["+84911111111"]})
        reload(lab, " reloaded ")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        assert lab.wait_receipt(dossier=code(1))["reason"] == "only_to"
        lab.write_conf(notices={"max_segments": 77})
        reload(lab, "reload_failed")
        assert "max_segments" in lab.log()
        answer = lab.ctl("reload", check=False)
        assert answer is None, "the command says so too"
        lab.write_conf(gateway={"name": "other"})
        reload(lab, "reload_failed")
        assert 'gateway' in lab.log() and "needs a restart" in lab.log()
        assert lab.ctl("status")["name"] == "lab"
        lab.write_conf(gateway={"name": "lab"}, log={"target": "syslog"})
        reload(lab, "reload_failed")
        assert "log.target" in lab.log()
        lab.write_conf(log={"target": "stderr"})
        lab.write_conf(gateway={"name": "lab"},
                       notices={"max_segments": 3, "only_to": []})
        assert lab.ctl("reload")["reloaded"]
        lab.event(dossier=code(2), status=9, phone=PHONE)
        lab.wait_text(PHONE)


def nothing_is_lost_meanwhile():
    n = 60
    with lab_with_templates(modems=2, sim=["--latency", "20"]) as lab:
        start(lab)
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=f"+8491{i:07d}")
            if i % 10 == 5:
                reload(lab, " reloaded ")
        wait(lambda: len(lab.receipts(state="delivered")) == n, "all")
        assert len(lab.texts()) == n


run([texts_change_and_bad_ones_do_not,
     a_situation_is_switched_off_for_an_agency,
     settings_change_and_wrong_ones_do_not, nothing_is_lost_meanwhile])
