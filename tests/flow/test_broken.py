#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Things break: Redis, a modem, the network, a worker, the daemon. No text
is lost and none is said twice without a mark."""

import os
import signal
import subprocess

from lab import Lab, program, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


def children_of(pid):
    path = f"/proc/{pid}/task/{pid}/children"
    with open(path) as children:
        return [int(word) for word in children.read().split()]


def redis_away_at_start_and_later():
    with Lab(start=False) as lab:
        lab.write_conf()
        lab.start_sim()
        lab.start_daemon(ready=False)
        status = wait(lambda: lab.ctl("status", check=False), "the socket")
        assert status["redis"]["state"] == "down", status
        assert status["redis"]["trouble"], status
        lab.start_redis()
        wait(lambda: lab.usable_modems() == 1, "the modem")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_text(PHONE)
        lab.wait_receipt(state="delivered")
        lab.kill("redis", signal.SIGTERM)
        wait(lambda: lab.ctl("status")["redis"]["state"] == "down",
             "the loss to be seen")
        lab.start_redis()
        lab.event(dossier=CODE, status=7, phone=PHONE)
        lab.wait_text(PHONE, 2)
        lab.wait_receipt(state="delivered", status="withdrawn")


def redis_dies_while_texts_are_on_the_air():
    n = 40
    with Lab(sim=["--latency", "30", "--report-delay", "10"]) as lab:
        for i in range(n):
            lab.event(dossier=f"H10.45-230517-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        wait(lambda: len(lab.lines("segment")) > 5, "some texts")
        lab.kill("redis")
        lab.start_redis()
        wait(lambda: len(lab.receipts(state="delivered")) == n, "all of them",
             60)
        assert len(lab.texts()) == n, len(lab.texts())


def missing_modem_is_waited_for():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: lab.ctl("modems", check=False), "the modems")
        assert lab.ctl("modems")[0]["state"] == "down"
        assert "no device" in lab.ctl("modems")[0]["trouble"]
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.start_sim()
        lab.wait_text(PHONE)
        assert lab.log().count("modem_missing") == 1, "said once"


def unplugged_modem_comes_back():
    with Lab() as lab:
        lab.sim("hangup modem1")
        wait(lambda: lab.ctl("modems")[0]["state"] == "down", "the unplug")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.sim("plug modem1")
        lab.wait_text(PHONE)
        lab.wait_receipt(state="delivered")
        assert len(lab.texts(PHONE)) == 1


def temporary_refusal_is_tried_again():
    with Lab() as lab:
        lab.sim("fail modem1 cms=38 count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        waiting = lab.wait_receipt(state="queued", reason="cms_38")
        assert waiting["attempt"] == "1", waiting
        done = lab.wait_receipt(state="delivered")
        assert done["attempt"] == "2", done
        assert len(lab.texts(PHONE)) == 1


def permanent_refusal_fails_and_says_why():
    with Lab() as lab:
        lab.sim(f"fail modem1 to={PHONE} cms=1 forever")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        assert lab.wait_receipt(state="failed")["reason"] == "cms_1"
        lab.event(dossier="H10.45-2", status=9, phone="+84987654321")
        lab.wait_text("+84987654321")


def every_delay_used_up_fails():
    with Lab() as lab:
        lab.sim(f"fail modem1 to={PHONE} cms=38 forever")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        failed = lab.wait_receipt(state="failed")
        assert (failed["reason"], failed["attempt"]) == ("cms_38", "3")


def a_bad_number_delays_nobody():
    with Lab() as lab:
        lab.sim(f"fail modem1 to={PHONE} cms=38 forever")
        for i in range(5):
            lab.event(dossier=f"H10.45-230518-{i:04d}", status=9,
                      phone=PHONE)
        for i in range(5):
            lab.event(dossier=f"H10.45-230519-{i:04d}", status=9,
                      phone=f"+8498{i:07d}")
        wait(lambda: len(lab.texts()) == 5, "the others")
        assert not lab.receipts(state="failed"), "they did not wait for it"


def failed_report_makes_undelivered():
    with Lab() as lab:
        lab.sim(f"report to={PHONE} mode=failed")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        gone = lab.wait_receipt(state="undelivered")
        assert gone["reason"].startswith("tp_"), gone


def report_that_says_pending_decides_nothing():
    with Lab() as lab:
        lab.sim(f"report to={PHONE} mode=pending")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="sent")
        wait(lambda: lab.redis.xlen("baotin:receipts") == 3 and
             "tp_status" in lab.log(), "the report")
        states = [r["state"] for r in lab.receipts()]
        assert states == ["queued", "sending", "sent"], states


def no_report_by_the_end_of_validity():
    with Lab() as lab:
        lab.sim(f"report to={PHONE} mode=never")
        expires = lab.redis.time()[0] * 1000 + 4000
        lab.event(dossier=CODE, status=9, phone=PHONE, expires=expires)
        lab.wait_receipt(state="sent")
        assert lab.wait_receipt(state="no_report")["reason"] == "validity"


def unsent_by_the_end_of_validity_expires():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.write_conf()
        lab.start_daemon(ready=False)
        expires = lab.redis.time()[0] * 1000 + 1500
        lab.event(dossier=CODE, status=9, phone=PHONE, expires=expires)
        assert lab.wait_receipt(state="expired")["reason"] == "validity"


SILENT = {"retry": {"delays": [1], "jitter": 0, "unknown_wait": 20,
                    "send_timeout": 2, "lease": 30}}


def unknown_and_taken_is_settled_by_its_report():
    """The modem takes the text and says nothing; the report, later, tells.
    """
    with Lab(settings=SILENT) as lab:
        lab.sim("fail modem1 silent-taken count=1")
        lab.sim(f"report to={PHONE} mode=late 4000")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="unknown", reason="silent")
        lab.wait_receipt(state="delivered", attempt=1)
        assert len(lab.texts(PHONE)) == 1


def silence_after_the_report_is_no_doubt():
    with Lab(settings=SILENT) as lab:
        lab.sim("fail modem1 silent-taken count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered", attempt=1)
        assert not lab.receipts(state="unknown")


def unknown_and_lost_is_sent_once_more():
    with Lab(settings={"retry": {"delays": [1], "jitter": 0,
                                 "unknown_wait": 1, "send_timeout": 2,
                                 "lease": 30}}) as lab:
        lab.sim("fail modem1 silent-lost count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="unknown", reason="silent")
        again = lab.wait_receipt(state="sent", timeout=40)
        assert again["attempt"] == "2", again
        assert again["reason"] == "unknown_resent", again
        assert len(lab.texts(PHONE)) == 1


def final_states(lab):
    """The last state of each message."""
    return {r["message"]: r["state"] for r in lab.receipts()}


def all_are_out(lab, n):
    """A report that comes while no worker listens is lost: sent will do.
    """
    states = final_states(lab)
    return len(states) == n and \
        set(states.values()) <= {"sent", "delivered"}


def a_silent_modem_holds_up_only_what_it_has():
    """It goes on being silent for a minute; the text behind the one on its
    air is long with the other modem by then."""
    with Lab(modems=2, settings={"retry": {
            "delays": [1], "jitter": 0, "unknown_wait": 20,
            "send_timeout": 60, "lease": 90}}) as lab:
        lab.sim("fail modem1 silent-lost count=1")
        for i in range(6):
            lab.event(dossier=f"H10.45-230523-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        wait(lambda: len(lab.receipts(state="delivered")) == 5, "the others",
             25)
        back = lab.receipts(state="queued", reason="lease")
        assert len(back) <= 1, back
        assert len(lab.texts()) == 5
        lab.kill("baotind")


def killed_daemon_goes_on_where_it_was():
    n = 60
    with Lab(modems=2, sim=["--latency", "30", "--report-delay",
                            "10"]) as lab:
        for i in range(n):
            lab.event(dossier=f"H10.45-230520-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        for enough in (10, 25, 40):
            wait(lambda: len(lab.lines("segment")) >= enough, "some texts")
            lab.kill("baotind")
            lab.start_daemon(ready=False)
        wait(lambda: all_are_out(lab, n), "all", 60)
        assert len(lab.texts()) == n, len(lab.texts())


def killed_worker_is_replaced():
    """What it had on the air is unknown and sent once more at most; the
    rest is sent once."""
    n = 30
    with Lab(sim=["--latency", "30", "--report-delay", "10"],
             settings={"retry": {"delays": [1], "jitter": 0,
                                 "unknown_wait": 1, "send_timeout": 5,
                                 "lease": 30}}) as lab:
        for i in range(n):
            lab.event(dossier=f"H10.45-230521-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        wait(lambda: len(lab.lines("segment")) >= 10, "some texts")
        (worker,) = children_of(lab.children["baotind"].pid)
        os.kill(worker, signal.SIGKILL)
        wait(lambda: all_are_out(lab, n), "all", 60)
        resent = {r["message"] for r in
                  lab.receipts(reason="unknown_resent", state="sent")}
        assert len(resent) <= 1, resent
        assert len(lab.texts()) <= n + len(resent)
        assert "killed by signal 9" in lab.log()


def stopping_finishes_what_is_in_the_modem():
    with Lab(sim=["--latency", "300"]) as lab:
        for i in range(10):
            lab.event(dossier=f"H10.45-230522-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        wait(lambda: lab.receipts(state="sending"), "a text on the air")
        lab.stop("baotind")
        states = final_states(lab)
        assert "sending" not in states.values(), states
        assert "unknown" not in states.values(), states
        sent = sum(s in ("sent", "delivered") for s in states.values())
        wait(lambda: len(lab.texts()) == sent, "what was sent, arrived")
        lab.start_daemon()
        wait(lambda: len(lab.texts()) == 10, "the rest")


def wrong_configuration_is_told_with_its_line():
    with Lab(start=False) as lab:
        path = lab.write_conf()
        with open(path, "a") as out:
            out.write("notices.windw = 1;\n")
        tried = subprocess.run([program("baotind"), "-t", "-c", path],
                               capture_output=True, text=True)
        assert tried.returncode == 2 and path + ":" in tried.stderr, tried
        lab.write_conf(notices={"max_segments": 99})
        tried = subprocess.run([program("baotind"), "-t", "-c", path],
                               capture_output=True, text=True,
                               env=dict(os.environ,
                                        BAOTIN_WORKER=lab.worker()))
        assert tried.returncode == 2, tried
        for part in (path + ":", "max_segments", "1 to 10"):
            assert part in tried.stderr, tried.stderr
        lab.write_conf(notices={"max_segments": 3})
        tried = subprocess.run([program("baotind"), "-t", "-c", path],
                               capture_output=True, text=True,
                               env=dict(os.environ,
                                        BAOTIN_WORKER=lab.worker()))
        assert tried.returncode == 0, tried


def wrong_template_is_told_with_its_line():
    with Lab(start=False) as lab:
        os.mkdir(lab.path("templates"))
        with open(lab.path("templates", "vi.txt"), "w") as out:
            out.write("# ours\nready = Hồ sơ {cod} xong\n")
        path = lab.write_conf(notices={"templates": lab.path("templates")})
        tried = subprocess.run([program("baotind"), "-t", "-c", path],
                               capture_output=True, text=True,
                               env=dict(os.environ,
                                        BAOTIN_WORKER=lab.worker()))
        assert tried.returncode == 2, tried
        assert "vi.txt:2" in tried.stderr and "cod" in tried.stderr, tried


run([redis_away_at_start_and_later, redis_dies_while_texts_are_on_the_air,
     missing_modem_is_waited_for, unplugged_modem_comes_back,
     temporary_refusal_is_tried_again, permanent_refusal_fails_and_says_why,
     every_delay_used_up_fails, a_bad_number_delays_nobody,
     failed_report_makes_undelivered,
     report_that_says_pending_decides_nothing,
     no_report_by_the_end_of_validity, unsent_by_the_end_of_validity_expires,
     unknown_and_taken_is_settled_by_its_report,
     silence_after_the_report_is_no_doubt,
     unknown_and_lost_is_sent_once_more,
     a_silent_modem_holds_up_only_what_it_has,
     killed_daemon_goes_on_where_it_was,
     killed_worker_is_replaced, stopping_finishes_what_is_in_the_modem,
     wrong_configuration_is_told_with_its_line,
     wrong_template_is_told_with_its_line])
