#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Redis did it, but its answer is lost on the way; and what else could
leave a message in nobody's hands."""

import os
import signal
import socket
import threading

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


class Wire:
    """Between the daemon and Redis: cuts the connection instead of handing
    on the first answer that has these words."""

    def __init__(self, lab):
        self.lab = lab
        self.words = None
        self.cuts = 0
        self.path = lab.path("wire.sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()

    def cut(self, words):
        self.cuts = 0
        self.words = words

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            try:
                server.connect(self.lab.path("redis.sock"))
            except OSError:
                client.close()
                continue
            for ends in ((client, server, False), (server, client, True)):
                threading.Thread(target=self.carry, args=ends,
                                 daemon=True).start()

    def carry(self, source, to, is_answer):
        try:
            while data := source.recv(1 << 20):
                if is_answer and self.words and self.words in data:
                    self.words = None
                    self.cuts += 1
                    break
                to.sendall(data)
        except OSError:
            pass
        for end in (source, to):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def with_wire(lab):
    lab.start_redis()
    lab.start_sim()
    wire = Wire(lab)
    lab.write_conf(redis={"address": "unix:" + wire.path})
    lab.start_daemon()
    return wire


def lost_answer(words):
    """The text goes out once, whatever answer it was. Returns the lab's
    receipts."""
    with Lab(start=False) as lab:
        wire = with_wire(lab)
        wire.cut(words)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        assert wire.cuts == 1, "nothing was lost"
        lab.event(dossier="H10.45-2", status=9, phone=PHONE)
        wait(lambda: len(lab.receipts(state="delivered")) == 2, "the next")
        assert len(lab.texts()) == 2, lab.texts()
        return lab.receipts()


def answer_to_accept_is_lost():
    lost_answer(b'"result":"queued"')


def answer_to_lease_is_lost():
    receipts = lost_answer(b'"messages":[')
    assert [r for r in receipts if r["reason"] == "recovered"], receipts


def answer_to_settle_is_lost():
    lost_answer(b'"result":"sent"')


def answer_to_report_is_lost():
    lost_answer(b'"result":"delivered"')


def lease_is_lost_while_a_text_is_on_the_air():
    """What the modem has in its hands is not taken from it."""
    n = 12
    with Lab(start=False, sim=["--latency", "200"]) as lab:
        wire = with_wire(lab)
        for i in range(n):
            lab.event(dossier=f"H10.45-230516-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        wait(lambda: len(lab.lines("segment")) >= 2, "some texts")
        wire.cut(b'"messages":[')
        wait(lambda: len(lab.receipts(state="delivered")) == n, "all")
        assert wire.cuts == 1 and len(lab.texts()) == n, lab.texts()


def event_of_thousands_of_fields_is_rejected():
    with Lab() as lab:
        fields = {f"f{i}": "x" for i in range(6000)}
        lab.redis.xadd("baotin:events", {"dossier": CODE, **fields})
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_text(PHONE)
        (row,) = lab.rejected()
        assert row["field"] == "status" and row["dossier"] == CODE, row


def modem_that_never_comes_back_keeps_nothing():
    """Its worker is killed and its device gone: what it had is in its
    journal, and goes to the other modem."""
    with Lab(start=False, sim=["--latency", "300"],
             settings={"retry": {"delays": [1], "jitter": 0,
                                 "unknown_wait": 1, "send_timeout": 5,
                                 "lease": 30}}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        for i in range(3):
            lab.event(dossier=f"H10.45-230517-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        wait(lambda: len(lab.receipts(state="sending")) >= 2, "two at once")
        daemon = lab.children["baotind"].pid
        with open(f"/proc/{daemon}/task/{daemon}/children") as children:
            (worker,) = map(int, children.read().split())
        os.kill(worker, signal.SIGSTOP)
        lab.sim("hangup modem1")
        os.kill(worker, signal.SIGKILL)
        wait(lambda: not [m for m in lab.redis.scan_iter("baotin:message:*")
                          if lab.redis.hget(m, "state") == "sending"],
             "its messages to be free")


def lease_of_a_gateway_that_is_gone_is_unknown():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.write_conf()
        lab.start_daemon(ready=False)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        message = lab.wait_receipt(state="queued")["message"]
        # As the other gateway left it, an hour ago.
        past = (lab.redis.time()[0] - 3600) * 1000
        with lab.redis.pipeline() as pipe:
            pipe.zrem("baotin:ready:default:normal", message)
            pipe.hset("baotin:message:" + message, mapping={
                "state": "sending", "owner": "gone", "modem": "m9",
                "imsi": "452010000000009", "references": "[7]",
                "fence": 1, "attempt": 1, "lease_until": past})
            pipe.zadd("baotin:leased:gone", {message: past})
            pipe.sadd("baotin:gateways", "gone")
            pipe.execute()
        lab.wait_receipt(state="unknown", reason="lease_over")
        lab.start_sim()
        lab.wait_receipt(state="delivered", reason="unknown_resent")
        assert len(lab.texts()) == 1


def unknown_that_is_held_ends_with_its_validity():
    with Lab(settings={"retry": {"delays": [1], "jitter": 0,
                                 "unknown_wait": 1, "send_timeout": 1,
                                 "on_unknown": "hold",
                                 "lease": 30}}) as lab:
        lab.sim("fail modem1 silent-lost count=1")
        expires = lab.redis.time()[0] * 1000 + 9000
        lab.event(dossier=CODE, status=9, phone=PHONE, expires=expires)
        message = lab.wait_receipt(state="unknown")["message"]
        wait(lambda: lab.redis.hget("baotin:message:" + message, "final_at"),
             "its end")
        assert not lab.redis.hexists("baotin:dossier:" + CODE, "waiting")


def unplug(lab, modem):
    n = lab.usable_modems()
    lab.sim("hangup " + modem)
    wait(lambda: lab.usable_modems() < n, "the unplug")


def what_the_centre_holds_is_not_said_again():
    """Only the SIM that perhaps sent it can ask the centre; the other one,
    idle all the time, must not take the resend."""
    with Lab(modems=2, settings={"retry": {
            "delays": [1], "jitter": 0, "unknown_wait": 3,
            "send_timeout": 1, "lease": 30}}) as lab:
        lab.sim(f"phone {PHONE} off")
        lab.sim(f"fail * to={PHONE} silent-taken")
        unplug(lab, "modem1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="sending", modem="modem2")
        lab.sim("plug modem1")
        lab.wait_receipt(state="sent", reason="unknown_resent")
        first, second = lab.lines("segment")
        assert (first["modem"], first["mr"]) == \
            (second["modem"], second["mr"]), (first, second)
        assert second["rd"] and second["result"] == "cms 197", second
        lab.sim(f"phone {PHONE} on")
        lab.wait_text(PHONE)
        lab.wait_receipt(state="delivered")
        assert len(lab.texts()) == 1


def rest_follows_what_the_centre_holds():
    """It has the first segment: the resend of that one is refused, and the
    second one, which was never said, goes out."""
    with Lab(settings={"retry": {
            "delays": [1], "jitter": 0, "unknown_wait": 1,
            "send_timeout": 1, "lease": 30}}) as lab:
        lab.sim(f"phone {PHONE} off")
        lab.sim(f"fail * to={PHONE} silent-taken")
        lab.event(dossier=CODE, status=9, phone=PHONE, accents="1")
        lab.wait_receipt(state="sent", reason="unknown_resent", attempt=2)
        results = [(s["part"], s["result"]) for s in lab.lines("segment")]
        assert results[:2] == [(1, "taken"), (1, "cms 197")], results
        assert results[2:] == [
            (part, "ok") for part in range(2, len(results))], results
        lab.sim(f"phone {PHONE} on")
        lab.wait_text(PHONE)
        assert len(lab.texts()) == 1


def rest_of_a_text_goes_by_the_same_sim():
    """Its worker dies between two segments: the other modem is idle, but a
    phone joins only what comes from one sender."""
    with Lab(modems=2, sim=["--latency", "2000"]) as lab:
        unplug(lab, "modem1")
        lab.event(dossier=CODE, status=9, phone=PHONE, accents="1")
        lab.wait_receipt(state="sending", modem="modem2")
        lab.sim("plug modem1")
        wait(lambda: len(lab.lines("segment")) == 1, "the first segment")
        daemon = lab.children["baotind"].pid
        with open(f"/proc/{daemon}/task/{daemon}/children") as children:
            for worker in map(int, children.read().split()):
                os.kill(worker, signal.SIGKILL)
        lab.wait_receipt(state="sent")
        lab.wait_text(PHONE)
        assert len({s["modem"] for s in lab.lines("segment")}) == 1


run([answer_to_accept_is_lost, answer_to_lease_is_lost,
     answer_to_settle_is_lost, answer_to_report_is_lost,
     lease_is_lost_while_a_text_is_on_the_air,
     event_of_thousands_of_fields_is_rejected,
     modem_that_never_comes_back_keeps_nothing,
     lease_of_a_gateway_that_is_gone_is_unknown,
     unknown_that_is_held_ends_with_its_validity,
     what_the_centre_holds_is_not_said_again,
     rest_follows_what_the_centre_holds,
     rest_of_a_text_goes_by_the_same_sim])
