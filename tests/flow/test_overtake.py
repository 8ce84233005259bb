#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Issue 9.5: an older notice that is partly out, unknown or in the hands of a
dead modem keeps a newer one of its dossier waiting for retry.unknown_wait at
most, and is not said after it."""

from lab import NO_LIMITS, Lab, run, wait
from test_scripts import Scripts, lab_of

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
RETRY = {"delays": [1], "jitter": 0, "unknown_wait": 3, "send_timeout": 2,
         "lease": 30}


def dead_modem_lab(**retry):
    return Lab(modems=2, sim=["--latency", "1200"],
               settings={"retry": {**RETRY, **retry}})


def unplug(lab, modem):
    n = lab.usable_modems()
    lab.sim("hangup " + modem)
    wait(lambda: lab.usable_modems() < n, "the unplug")


def old_one_partly_out(lab, **event):
    """One segment is out by modem2, which is gone; modem1 is idle."""
    unplug(lab, "modem1")
    lab.event(dossier=CODE, phone=PHONE, accents="1",
              **{"status": "received", **event})
    lab.wait_receipt(state="sending", modem="modem2")
    wait(lambda: [s for s in lab.lines("segment") if s["result"] == "ok"],
         "the first segment")
    lab.sim("hangup modem2")
    lab.sim("plug modem1")
    wait(lambda: lab.receipts(reason="unplugged"), "the loss to be settled")
    return lab.receipts(state="sending")[0]["message"]


def new_one_goes(lab, old, states=("superseded", "unknown")):
    lab.event(dossier=CODE, status=9, phone=PHONE)
    lab.wait_text(PHONE)
    lab.wait_receipt(state="delivered", status="ready")
    end = [r for r in lab.receipts(message=old)][-1]
    assert (end["state"] in states and end["reason"] == "newer_status"), end
    assert lab.redis.hget("baotin:message:" + old, "final_at")
    assert not lab.redis.hexists("baotin:dossier:" + CODE, "waiting")


def nothing_follows(lab, old):
    """Its modem comes back, and what was overtaken stays so."""
    n = len(lab.lines("segment"))
    lab.sim("plug modem2")
    wait(lambda: lab.usable_modems() == 2, "modem2 again")
    for i in range(4):
        lab.event(dossier=f"H10.45-230516-{i:04d}", status=9,
                  phone=f"+8491{i:07d}")
    wait(lambda: len(lab.receipts(state="delivered")) == 5, "the others")
    later = lab.lines("segment")[n:]
    assert {s["modem"] for s in later} == {"modem1", "modem2"}, later
    assert PHONE not in {s["to"] for s in later}, later
    assert old not in str(lab.ctl("undelivered")), "a newer one was read"


def issue9_5_partly_out_and_unplugged():
    with dead_modem_lab() as lab:
        old = old_one_partly_out(lab)
        new_one_goes(lab, old)
        nothing_follows(lab, old)


def issue9_5_partly_out_and_removed():
    with dead_modem_lab() as lab:
        old = old_one_partly_out(lab)
        lab.write_conf(modems=[
            {"name": "modem1", "device": lab.path("sim", "modem1"),
             "pace_ms": 0, "limits": NO_LIMITS}])
        assert lab.ctl("reload")["reloaded"]
        wait(lambda: len(lab.ctl("modems")) == 1, "modem2 to go")
        new_one_goes(lab, old)


def issue9_5_partly_out_withdrawal_is_missed():
    """Nothing makes it pointless: somebody should tell that citizen."""
    with dead_modem_lab() as lab:
        old = old_one_partly_out(lab, status="withdrawn")
        new_one_goes(lab, old, states=("failed", "unknown"))
        assert old in str(lab.ctl("undelivered"))


def issue9_5_third_one_goes():
    with dead_modem_lab() as lab:
        old = old_one_partly_out(lab)
        lab.event(dossier=CODE, status="supplement", phone=PHONE)
        lab.wait_receipt(state="queued", status="supplement")
        new_one_goes(lab, old)
        lab.wait_receipt(state="superseded", status="supplement")
        assert len(lab.texts()) == 1


def issue9_5_unknown_and_held():
    with Lab(modems=2, settings={"retry": {**RETRY,
                                           "on_unknown": "hold"}}) as lab:
        lab.sim(f"fail * to={PHONE} silent-lost")
        lab.event(dossier=CODE, status="received", phone=PHONE)
        old = lab.wait_receipt(state="unknown")["message"]
        # It was left to the operator, until its validity ends.
        wait(lambda: lab.redis.zscore("baotin:unknown", old) >
             (lab.redis.time()[0] + 3600) * 1000, "the hold")
        new_one_goes(lab, old)
        assert len(lab.texts()) == 1


def issue9_5_in_the_hands_of_a_hung_modem():
    """The newer one came before anybody knew."""
    with Lab(modems=2, settings={"retry": RETRY}) as lab:
        lab.sim(f"fail * to={PHONE} silent-lost count=9")
        lab.event(dossier=CODE, status="received", phone=PHONE)
        old = lab.wait_receipt(state="sending")["message"]
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="queued", status="ready")
        lab.wait_receipt(state="unknown", message=old)
        lab.sim("fail * clear")
        lab.wait_text(PHONE)
        assert not lab.receipts(reason="unknown_resent", message=old)
        end = lab.receipts(message=old)[-1]
        assert (end["state"], end["reason"]) == ("unknown", "newer_status")


def issue9_5_refused_while_a_newer_one_waits():
    """It is not tried again before the newer one, an hour later."""
    with Lab(sim=["--latency", "1500"],
             settings={"retry": {**RETRY, "delays": [3600]}}) as lab:
        lab.sim(f"fail * to={PHONE} cms=42")
        lab.event(dossier=CODE, status="received", phone=PHONE)
        old = lab.wait_receipt(state="sending")["message"]
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_text(PHONE)
        end = lab.receipts(message=old)[-1]
        assert (end["state"], end["reason"]) == ("superseded",
                                                 "newer_status"), end
        assert len(lab.texts()) == 1


# --- the scripts alone --------------------------------------------------------

WAIT = 60000


def passes(s, key, ident, ms):
    """As if this entry of a set by time were so much older."""
    s.redis.zincrby("b:" + key, -ms, ident)


def partly_out(s, other):
    """One of two segments is out; the gateway `other` has the lease."""
    other.event("a", status="received", segments=2, unknown_wait_ms=WAIT)
    lease, = other.leased("m2")
    other.settle(lease, "sent", "m2")
    s.event("b", unknown_wait_ms=WAIT)
    assert not s.leased()


@lab_of
def issue9_5_lease_of_a_dead_gateway_gives_way(s):
    partly_out(s, Scripts(s.redis, "dead"))
    passes(s, "behind", "b", WAIT + 1000)
    s.sweep(reap=True, unknown_wait_ms=WAIT)
    assert s.state("a") == "sending", "that gateway lives"
    s.redis.delete("b:instance:dead")
    passes(s, "behind", "b", WAIT + 1000)
    s.sweep(reap=True, unknown_wait_ms=WAIT)
    assert s.state("a") == "sending", "its worker may go on"
    s.redis.hset("b:message:a", "lease_until", s.now() - 10000)
    passes(s, "behind", "b", WAIT + 1000)
    s.sweep(reap=True, unknown_wait_ms=WAIT)
    old = s.message("a")
    assert (old["state"], old["reason"]) == ("unknown", "newer_status"), old
    lease, = s.leased()
    assert lease["id"] == "b"
    assert s.redis.zcard("b:leased:dead") == 0
    assert s.redis.zcard("b:behind") == 0


def given_back_partly_out(s):
    partly_out(s, s)
    s.settle({"id": "a", "fence": 1, "references": [2]}, "unsent", "m2",
             segment=2, reason="unplugged")
    assert s.state("a") == "queued"


@lab_of
def issue9_5_nothing_gives_way_while_nothing_goes(s):
    """The window is closed, or the newer one is on hold."""
    given_back_partly_out(s)
    passes(s, "behind", "b", WAIT + 1000)
    s.sweep(is_window_closed=True, unknown_wait_ms=WAIT)
    assert s.state("a") == "queued"
    s.run("control", verb="hold", agency="H10.45", window=200)
    passes(s, "behind", "b", WAIT + 1000)
    s.sweep(unknown_wait_ms=WAIT)
    assert s.state("a") == "queued"
    s.run("control", verb="release", agency="H10.45", window=200)
    s.sweep(unknown_wait_ms=WAIT)
    assert s.state("a") == "queued", "its wait begins anew"
    passes(s, "behind", "b", WAIT + 1000)
    s.sweep(unknown_wait_ms=WAIT)
    assert (s.state("a"), s.message("a")["reason"]) == \
        ("superseded", "newer_status")
    lease, = s.leased("m2")
    assert lease["id"] == "b"


@lab_of
def issue9_5_partly_out_is_finished_in_time(s):
    given_back_partly_out(s)
    lease, = s.leased("m2")
    assert lease["id"] == "a"
    s.settle(lease, "sent", "m2", segment=2)
    assert s.state("a") == "sent"
    assert s.redis.zcard("b:behind") == 0
    lease, = s.leased()
    assert lease["id"] == "b"


run([issue9_5_partly_out_and_unplugged, issue9_5_partly_out_and_removed,
     issue9_5_partly_out_withdrawal_is_missed, issue9_5_third_one_goes,
     issue9_5_unknown_and_held, issue9_5_in_the_hands_of_a_hung_modem,
     issue9_5_refused_while_a_newer_one_waits,
     issue9_5_lease_of_a_dead_gateway_gives_way,
     issue9_5_nothing_gives_way_while_nothing_goes,
     issue9_5_partly_out_is_finished_in_time])
