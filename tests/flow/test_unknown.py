#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What perhaps is on the air: what settles it, and how it is said again."""

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-231100-0001"


def retry(**more):
    return {"retry": {"delays": [1], "jitter": 0, "unknown_wait": 1,
                      "send_timeout": 2, "lease": 30, **more}}


def segments(lab):
    return lab.lines("segment")


def a_report_with_a_strange_reference_settles_the_only_one():
    with Lab(sim=["--mr", "overwrite"],
             settings=retry(unknown_wait=60)) as lab:
        lab.event(dossier="H10.45-0", status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.sim("fail modem1 silent-taken count=1")
        lab.sim(f"report to={PHONE} mode=late 5000")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="unknown", dossier=CODE)
        lab.wait_receipt(state="delivered", dossier=CODE, attempt=1)
        assert len(lab.texts(PHONE)) == 2
        assert lab.redis.scard("baotin:adrift:452040000000001:" + PHONE) == 1


def the_centre_still_holds_it():
    """TP-RD and the TP-MR of before: the centre says duplicate, CMS 197."""
    with Lab(settings=retry()) as lab:
        lab.sim(f"report to={PHONE} mode=never")
        lab.sim(f"phone {PHONE} off")
        lab.sim("fail modem1 silent-taken count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="unknown")
        (r,) = [lab.wait_receipt(state="sent")]
        assert (r["attempt"], r["reason"]) == ("2", "unknown_resent"), r
        lab.sim(f"phone {PHONE} on")
        lab.wait_text(PHONE)
        assert len(lab.texts(PHONE)) == 1
        assert "cms_197" in lab.log()


def the_modem_overwrites_the_reference():
    """Then TP-RD would be about another text: it is not used."""
    for mode, rd in (("keep", True), ("overwrite", False)):
        with Lab(sim=["--mr", mode], settings=retry()) as lab:
            lab.event(dossier="H10.45-0", status=9, phone=PHONE)
            lab.wait_receipt(state="delivered")
            lab.sim("fail modem1 silent-lost count=1")
            lab.event(dossier=CODE, status=9, phone=PHONE)
            r = lab.wait_receipt(state="delivered", dossier=CODE)
            assert (r["attempt"], r["reason"]) == ("2", "unknown_resent"), r
            assert segments(lab)[-1]["rd"] is rd, segments(lab)[-1]
            assert segments(lab)[0]["rd"] is False


def only_what_is_missing_is_said_again():
    with Lab(modems=2, settings=retry()) as lab:
        lab.sim("hangup modem2")
        wait(lambda: lab.usable_modems() == 1, "modem2 to be out")
        lab.sim("fail modem1 silent-lost count=1 after=1")
        lab.event(dossier=CODE, status=9, phone=PHONE, accents=1)
        lab.wait_receipt(state="unknown")
        lab.sim("plug modem2")
        r = lab.wait_receipt(state="delivered", timeout=60)
        assert (r["attempt"], r["reason"], r["modem"]) == \
            ("2", "unknown_resent", "modem1"), r
        parts = [s["part"] for s in segments(lab)]
        assert parts == [1, 2, 2, *range(3, int(r["segments"]) + 1)], parts
        assert [s["rd"] for s in segments(lab)][:3] == [False, False, True]
        assert len({s["modem"] for s in segments(lab)}) == 1
        assert len(lab.texts(PHONE)) == 1


def an_operator_decides_on_what_is_held():
    with Lab(settings=retry(on_unknown="hold")) as lab:
        lab.sim("fail modem1 silent-lost count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        message = lab.wait_receipt(state="unknown")["message"]
        assert lab.ctl("retry", message) == {"moved": 1}
        r = lab.wait_receipt(state="delivered")
        assert (r["attempt"], r["reason"]) == ("2", "unknown_resent"), r
        assert segments(lab)[-1]["rd"] is True
        # The next of its line goes when it is cancelled.
        lab.sim("fail modem1 silent-lost count=1")
        lab.event(dossier="H10.45-1", status=2, phone=PHONE, due="2027-01-01")
        message = lab.wait_receipt(state="unknown",
                                   dossier="H10.45-1")["message"]
        lab.event(dossier="H10.45-1", status=9, phone=PHONE)
        assert lab.ctl("cancel", message) == {"moved": 1}
        lab.wait_receipt(state="cancelled", message=message)
        lab.wait_receipt(state="delivered", dossier="H10.45-1", status="ready")
        assert len(lab.texts(PHONE)) == 2


def issue9_4_a_repeated_report_leaves_the_rest_to_be_sent():
    """A modem that makes its own TP-MR falls silent at the first segment
    (the second, the third) of a long text; the centre has it, and reports
    each segment twice, or first that it is still trying."""
    for mode, after in (("twice", 0), ("twice", 1), ("pending", 0)):
        with Lab(sim=["--mr", "overwrite"], settings=retry()) as lab:
            lab.event(dossier="H10.45-0", status=9, phone=PHONE)
            lab.wait_receipt(state="delivered")
            lab.sim(f"report to={PHONE} mode={mode}")
            lab.sim(f"fail modem1 silent-taken count=1 after={after}")
            lab.event(dossier=CODE, status=9, phone=PHONE, accents=1)
            if mode == "pending":
                lab.wait_receipt(state="unknown", dossier=CODE)
                wait(lambda: "tp_status=48" in lab.log(), "0x30")
                lab.sim(f"phone {PHONE} on")
            r = lab.wait_receipt(state="sent", dossier=CODE)
            n = int(r["segments"])
            if mode == "pending":
                lab.sim(f"phone {PHONE} on")
            lab.wait_receipt(state="delivered", dossier=CODE)
            parts = {s["part"] for s in segments(lab)[1:]}
            assert parts == set(range(1, n + 1)), (mode, after, parts)
            assert n > 2, n


run([issue9_4_a_repeated_report_leaves_the_rest_to_be_sent,
     a_report_with_a_strange_reference_settles_the_only_one,
     the_centre_still_holds_it, the_modem_overwrites_the_reference,
     only_what_is_missing_is_said_again,
     an_operator_decides_on_what_is_held])
