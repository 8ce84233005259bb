#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A Redis that fell back in time (a failover, a restored backup) is put right
before anything is sent again."""

import shutil
import signal

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


def phone(i):
    return f"+8491{i:07d}"


def code(i):
    return f"H10.45-230515-{i:04d}"


def save_files(lab):
    """The append-only files as they are now: a backup."""
    lab.redis.execute_command("CONFIG", "SET", "appendfsync", "always")
    lab.redis.set("baotin:mark", "1")
    lab.redis.delete("baotin:mark")
    shutil.rmtree(lab.path("backup"), ignore_errors=True)
    shutil.copytree(lab.path("appendonlydir"), lab.path("backup"))


def restore_files(lab):
    lab.kill("redis")
    shutil.rmtree(lab.path("appendonlydir"))
    shutil.copytree(lab.path("backup"), lab.path("appendonlydir"))
    lab.start_redis()


def final_states(lab):
    return {r["dossier"]: r["state"] for r in lab.receipts()}


def all_are_out_once(lab, n):
    wait(lambda: len(final_states(lab)) == n and set(
        final_states(lab).values()) <= {"sent", "delivered"}, "all", 60)
    texts = [t["to"] for t in lab.texts()]
    assert len(texts) == len(set(texts)) == n, (len(texts), n)


def rollback(restart, backlog, modems=2):
    n = 30
    with Lab(modems=modems, sim=["--latency", "20", "--report-delay",
                                 "10"]) as lab:
        lab.redis.sadd("baotin:holds", "*")
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="held")) == n, "all on hold")
        lab.ctl("release")
        if not backlog:
            wait(lambda: len(lab.receipts(state="sent")) >= 5, "some")
        save_files(lab)
        wait(lambda: len(lab.receipts(state="sent")) >= n - 5, "most")
        if restart:
            lab.kill("baotind")
        restore_files(lab)
        if restart:
            lab.start_daemon(ready=False)
        all_are_out_once(lab, n)
        assert "replayed modem=" in lab.log()
        assert ("redis_behind" in lab.log()) != restart


def redis_that_fell_back_is_put_right():
    rollback(restart=False, backlog=False)


def redis_that_fell_back_to_the_start_is_put_right():
    rollback(restart=False, backlog=True)


def redis_that_fell_back_while_we_were_away():
    rollback(restart=True, backlog=True)


def events_that_come_again_after_a_fall_are_not_said_again():
    """The backup is from before they were accepted: they are in the stream
    again, and were sent."""
    n = 10
    with Lab(sim=["--latency", "20", "--report-delay", "10"]) as lab:
        daemon = lab.children["baotind"]
        daemon.send_signal(signal.SIGSTOP)
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        save_files(lab)
        daemon.send_signal(signal.SIGCONT)
        wait(lambda: len(lab.receipts(state="sent")) >= n - 2, "most")
        restore_files(lab)
        all_are_out_once(lab, n)


def recalled(lab):
    """Redis forgets a lease whose text is in a modem's hands: it is told,
    and no other modem gets the text."""
    mine = lab.wait_receipt(state="sending")
    wait(lambda: lab.ctl("status")["in_flight"] == 1, "the modem to have it")
    restore_files(lab)
    again = lab.wait_receipt(state="sending")
    assert (again["reason"], again["modem"]) == ("recalled", mine["modem"])
    lab.wait_receipt(state="sent", timeout=40)
    assert len(lab.receipts(state="sending")) == 1, lab.receipts()
    assert len(lab.texts()) == 1, lab.texts()


def text_on_the_air_is_recalled():
    with Lab(modems=2) as lab:
        lab.sim("net * latency=3000")
        lab.redis.sadd("baotin:holds", "*")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="held")
        save_files(lab)
        lab.ctl("release")
        recalled(lab)


def text_on_the_air_whose_event_comes_again_is_recalled():
    with Lab(modems=2) as lab:
        lab.sim("net * latency=3000")
        daemon = lab.children["baotind"]
        daemon.send_signal(signal.SIGSTOP)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        save_files(lab)
        daemon.send_signal(signal.SIGCONT)
        recalled(lab)


def unknown_whose_event_comes_again_waits_as_configured():
    with Lab(settings={"retry": {"delays": [1], "jitter": 0,
                                 "unknown_wait": 5, "send_timeout": 1,
                                 "lease": 30}}) as lab:
        lab.sim("fail modem1 silent-lost")
        daemon = lab.children["baotind"]
        daemon.send_signal(signal.SIGSTOP)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        save_files(lab)
        daemon.send_signal(signal.SIGCONT)
        lab.wait_receipt(state="unknown", reason="silent")
        restore_files(lab)
        lab.wait_receipt(state="unknown", reason="recalled")
        lab.wait_receipt(state="sent", reason="unknown_resent")
        assert len(lab.texts()) == 1


def resend_that_redis_forgot_is_marked_and_the_last():
    with Lab(settings={"retry": {"delays": [1], "jitter": 0,
                                 "unknown_wait": 3, "send_timeout": 1,
                                 "lease": 30}}) as lab:
        lab.sim("fail modem1 silent-lost count=2")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        message = lab.wait_receipt(state="unknown", attempt=1)["message"]
        save_files(lab)
        lab.wait_receipt(state="unknown", attempt=2)
        restore_files(lab)
        lab.wait_receipt(state="unknown", reason="silent", attempt=2)
        assert lab.receipts(reason="unknown_resent"), lab.receipts()
        wait(lambda: lab.redis.hget("baotin:message:" + message, "final_at"),
             "its end")
        assert len(lab.lines("segment")) == 2 and not lab.texts()


if __name__ == "__main__":
    run([redis_that_fell_back_is_put_right,
         redis_that_fell_back_to_the_start_is_put_right,
         redis_that_fell_back_while_we_were_away,
         events_that_come_again_after_a_fall_are_not_said_again,
         text_on_the_air_is_recalled,
         text_on_the_air_whose_event_comes_again_is_recalled,
         unknown_whose_event_comes_again_waits_as_configured,
         resend_that_redis_forgot_is_marked_and_the_last])
