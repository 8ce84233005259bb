#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.7: a group per agency reads what is its own, and who looked is known."""

import grp
import json
import os
import re
import stat
import subprocess

from lab import AGENCY, Lab, program, run, wait
from test_desk import OTHER, code, phone

GROUP = grp.getgrgid(os.getgid()).gr_name
MINE, THEIRS = code(1), code(2, "H10.46")


def as_agency(lab, *words, agency="H10.45", status=0):
    """baotinctl on the socket of an agency: its JSON, or what it complains
    of."""
    done = subprocess.run(
        [program("baotinctl"), "-j", "-s",
         lab.path(f"agency-{agency}.sock"), *words],
        capture_output=True, text=True)
    assert done.returncode == status, (words, done)
    return json.loads(done.stdout) if status == 0 else done.stderr


def busy(lab):
    """One citizen of each agency was not reached, one was."""
    for i, dossier in ((1, MINE), (2, THEIRS)):
        lab.sim(f"report to={phone(i)} mode=failed")
        lab.event(dossier=dossier, status=9, phone=phone(i))
        lab.wait_receipt(dossier=dossier, state="undelivered")


def lab_of_two():
    return Lab(agencies=[{**AGENCY, "group": GROUP}, OTHER])


def issue13_7_an_agency_reads_its_own_and_nothing_else():
    with lab_of_two() as lab:
        busy(lab)
        assert as_agency(lab, "dossier", MINE)["phone"] == phone(1)
        gone = as_agency(lab, "dossier", "H10.45-230515-0777", status=1)
        other = as_agency(lab, "dossier", THEIRS, status=1)
        assert other.replace(THEIRS, "") == gone.replace(
            "H10.45-230515-0777", ""), "like one that does not exist"
        assert "no dossier" in as_agency(lab, "why", THEIRS, status=1)
        assert as_agency(lab, "why", MINE)["story"]
        for number in (phone(1), phone(2)):
            as_agency(lab, "why", number, status=1)
        seen = as_agency(lab, "undelivered")
        assert [r["dossier"] for r in seen["undelivered"]] == [MINE], seen
        assert seen["undelivered"][0]["phone"] == phone(1)
        assert seen["total"] == 1
        table = subprocess.run(
            [program("baotinctl"), "-s", lab.path("agency-H10.45.sock"),
             "undelivered", "--csv"], capture_output=True, text=True,
            check=True).stdout
        assert MINE in table and THEIRS not in table
        rows = as_agency(lab, "report")["agencies"]
        assert [r["agency"] for r in rows] == ["H10.45"], rows
        for words in (("undelivered",), ("report",)):
            assert "H10.45 only" in as_agency(
                lab, *words, "--agency", "H10.46", status=1)
            as_agency(lab, *words, "--agency", "H10.45")
        assert as_agency(lab, "explain", "cms_38")["means"]


def issue13_7_no_other_command_works_there():
    """Each of the table, so that a new one is thought of."""
    source = subprocess.run([program("baotinctl"), "help"],
                            capture_output=True, text=True, check=True).stdout
    names = {m[1] for m in re.finditer(
        r"^ {2}([a-z-]+(?: [a-z-]+)?)(?: |$)", source, re.M)}
    names = {name for name in names if not name.startswith("-")}
    names |= {"queue list", "rejected requeue", "undelivered done", "phone",
              "message", "export", "erase", "texts", "rejected", "unknown",
              "queue", "status", "modems", "show config", "outcome"}
    names -= {"help", "dossier", "undelivered", "report", "why", "explain"}
    assert len(names) >= 15
    with lab_of_two() as lab:
        busy(lab)
        for name in sorted(names):
            for n in range(4):
                done = subprocess.run(
                    [program("baotinctl"), "-j", "-s",
                     lab.path("agency-H10.45.sock"), *name.split(),
                     *n * [MINE]], capture_output=True, text=True,
                    stdin=subprocess.DEVNULL, timeout=60)
                assert done.returncode != 0, (name, n, done)
                assert MINE not in done.stdout, (name, done)
        assert "undelivered done" in lab.log().split("audit_refused", 1)[1]
        assert lab.ctl("undelivered")["total"] == 2


def issue13_7_the_socket_is_the_groups():
    with lab_of_two() as lab:
        st = os.stat(lab.path("agency-H10.45.sock"))
        assert stat.S_IMODE(st.st_mode) == 0o660
        assert st.st_gid == os.getgid()
        assert not os.path.exists(lab.path("agency-H10.46.sock"))
        lab.stop("baotind")
        assert not os.path.exists(lab.path("agency-H10.45.sock"))


def issue13_7_who_looked_up_which_number_is_known():
    with lab_of_two() as lab:
        busy(lab)
        lab.ctl("phone", phone(1))
        lab.ctl("why", phone(2))
        lab.ctl("dossier", THEIRS)
        lab.ctl("undelivered")
        as_agency(lab, "dossier", MINE)
        uid = os.getuid()
        wait(lambda: lab.log().count(f"info audit uid={uid} ") >= 5, "looks")
        lines = [line for line in lab.log().splitlines()
                 if " audit uid=" in line]
        for words in ("phone +8491*****01", "why +8491*****02",
                      "dossier H10.46-230515-****", "undelivered",
                      "dossier H10.45-230515-****"):
            assert any(f'command="{words}"' in line or
                       f"command={words}" in line for line in lines), (
                           words, lines)
        text = "\n".join(lines)
        assert phone(1) not in text and phone(2) not in text
        assert "0001" not in text.replace("-****", "")


if __name__ == "__main__":
    run([issue13_7_an_agency_reads_its_own_and_nothing_else,
         issue13_7_no_other_command_works_there,
         issue13_7_the_socket_is_the_groups,
         issue13_7_who_looked_up_which_number_is_known])
