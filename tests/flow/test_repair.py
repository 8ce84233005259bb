#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""9.2: what is not where its state belongs is found and put right, in both
directions, and nothing is sent that was not waiting."""

from lab import Lab, run, wait
from test_scripts import PHONE, lab_of

PLACES = ("expiring", "unknown", "awaiting", "retiring", "ready:", "delayed:",
          "leased:", "held:", "behind")


def repair(s):
    """A whole pass; what it found."""
    kinds = {}
    sets, steps = [None], 0
    for name in sets:
        cursor = "0"
        while True:
            args = {"cursor": cursor, "count": 200, "unknown_wait_ms": 0}
            answer = s.run("repair", **args, **({"set": name} if name
                                                else {}))
            for what, n in answer.get("fixed", {}).items():
                kinds[what] = kinds.get(what, 0) + n
            sets += answer.get("sets", [])
            cursor = answer["cursor"]
            steps += 1
            assert steps < 1000
            if cursor == "0":
                break
    return kinds


def states(s):
    """One message of each state, by its state."""
    made = {}

    def event(ident, **more):
        return s.event(ident, dossier="H10.45-" + ident, **more)

    event("held")
    s.run("control", verb="hold", agency="H10.45", window=100)
    s.lease()
    s.redis.delete("b:holds")
    made["held"] = "held"
    for ident in ("sent", "unknown", "sending", "failed"):
        event(ident)
        lease, = s.leased("m-" + ident)
        if ident == "sent":
            s.settle(lease, "sent", "m-sent")
        elif ident == "unknown":
            s.settle(lease, "unknown", "m-unknown", reason="silent",
                     unknown_wait_ms=600000)
        elif ident == "failed":
            s.settle(lease, "refused", "m-failed", action="fail",
                     reason="cms_38")
        made[ident] = ident
    event("queued", status="withdrawn")
    event("later", not_before=s.now() + 600000)
    s.event("second", dossier="H10.45-queued", status="ready",
            at=s.now() + 1)
    s.run("send", id="byhand", message={
        "phone": PHONE, "text": "x", "coding": "gsm7", "segments": 1,
        "pool": "p", "priority": "normal", "expires_at": s.now() + 99999})
    for ident in ("held", "sent", "unknown", "sending", "failed"):
        assert s.state(ident) == ident, s.message(ident)
    return made


def picture(s):
    """Who stands where: in sets, and in the lines of dossiers."""
    out = {}
    for key in s.redis.scan_iter("b:*"):
        if any(key[2:].startswith(p) for p in PLACES):
            out[key] = sorted(s.redis.zrange(key, 0, -1))
        elif key.startswith("b:dossier:"):
            waiting = s.redis.hget(key, "waiting")
            if waiting:
                out[key] = waiting.split()
    return out


def lose(s, *places):
    for key in places:
        if key.startswith("b:dossier:"):
            s.redis.hdel(key, "waiting")
        else:
            s.redis.delete(key)


@lab_of
def issue9_2_what_is_well_is_left_alone(s):
    states(s)
    before = picture(s)
    assert repair(s) == {}
    assert picture(s) == before


@lab_of
def issue9_2_each_lost_place_is_made_again(s):
    """Every list and set of the queue is deleted, one at a time."""
    states(s)
    before = picture(s)
    receipts = s.redis.xlen("b:receipts")
    for key in before:
        if key in ("b:behind", "b:retiring"):
            continue
        lose(s, key)
        found = repair(s)
        assert found, key
        assert picture(s) == before, (key, found)
        assert repair(s) == {}, key
    assert s.redis.xlen("b:receipts") == receipts
    for ident in ("held", "sent", "unknown", "sending", "failed"):
        assert s.state(ident) == ident


@lab_of
def issue9_2_all_places_are_lost_at_once(s):
    states(s)
    before = picture(s)
    lose(s, *before)
    assert repair(s)
    after = picture(s)
    for key in before:
        if key not in ("b:behind", "b:retiring"):
            assert after.get(key) == before[key], key
    # Each of those that wait is leased once.
    ids = []
    while True:
        got = s.leased()
        if not got:
            break
        ids += [m["id"] for m in got]
        s.settle(got[0], "sent")
    assert sorted(ids) == ["byhand", "queued", "second"], ids
    assert ids.index("queued") < ids.index("second")


@lab_of
def issue9_2_what_belongs_nowhere_leaves(s):
    states(s)
    before = picture(s)
    for key in before:
        for stranger in ("nobody", "failed"):
            if key.startswith("b:dossier:"):
                s.redis.hset(key, "waiting", " ".join(
                    [stranger, s.redis.hget(key, "waiting")]))
            elif not (stranger == "failed" and key == "b:retiring"):
                s.redis.zadd(key, {stranger: 1})
    assert repair(s)
    assert picture(s) == before
    assert repair(s) == {}


@lab_of
def issue9_2_a_line_whose_head_is_gone_goes_on(s):
    s.event("a", status="withdrawn")
    s.event("b", status="ready", at=s.now() + 1)
    s.redis.delete("b:message:a")
    assert s.leased() == []
    assert repair(s)["lane_of_none"] == 1
    assert [m["id"] for m in s.leased()] == ["b"]


@lab_of
def issue9_2_a_message_that_is_not_whole_is_told(s):
    s.redis.hset("b:message:x", "state", "queued")
    s.redis.zadd("b:ready:p:normal", {"x": 1})
    s.redis.zadd("b:expiring", {"x": 1})
    s.event("a")
    s.sweep()
    assert repair(s)["not_whole"] == 1
    assert [m["id"] for m in s.leased()] == ["a"]


def issue9_2_an_operator_repairs():
    """What 6e381d2 left behind: the mark stands, the message is queued, and
    it is in no schedule."""
    with Lab(agencies=None, settings={"notices": {"window": "00:00-24:00"}}) \
            as lab:
        lab.ctl("hold")
        lab.event(dossier="H10.45-230515-0001", status=9, phone=PHONE)
        message = lab.wait_receipt(state="held")["message"]
        lab.redis.delete("baotin:held:H10.45", "baotin:holds")
        lab.redis.hdel("baotin:dossier:H10.45-230515-0001", "waiting")
        lab.redis.hset("baotin:message:" + message, "state", "queued")
        answer = lab.ctl("repair")
        assert answer["repaired"] >= 2, answer
        assert answer["kinds"]["queued_not_scheduled"] == 1, answer
        lab.wait_receipt(state="delivered")
        assert len(lab.texts()) == 1
        assert "repaired what=queued_not_scheduled" in lab.log()
        assert lab.ctl("repair")["repaired"] == 0


def issue9_2_the_start_repairs():
    with Lab() as lab:
        lab.ctl("hold")
        lab.event(dossier="H10.45-230515-0001", status=9, phone=PHONE)
        message = lab.wait_receipt(state="held")["message"]
        lab.stop("baotind")
        lab.redis.delete("baotin:held:H10.45", "baotin:holds")
        lab.redis.hset("baotin:message:" + message, "state", "queued")
        lab.start_daemon()
        lab.wait_receipt(state="delivered")
        wait(lambda: "repair_done" in lab.log(), "its end")


if __name__ == "__main__":
    run([issue9_2_what_is_well_is_left_alone,
         issue9_2_each_lost_place_is_made_again,
         issue9_2_all_places_are_lost_at_once,
         issue9_2_what_belongs_nowhere_leaves,
         issue9_2_a_line_whose_head_is_gone_goes_on,
         issue9_2_a_message_that_is_not_whole_is_told,
         issue9_2_an_operator_repairs,
         issue9_2_the_start_repairs])
