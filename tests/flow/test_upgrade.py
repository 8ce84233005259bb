#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.6: what an older release left in Redis is carried over: messages in every
state, none lost, none doubled. tests/upgrade/schema-1.json was made by commit
6e381d2 (see make_dump.py there)."""

import json
import os
import re
from collections import Counter

from lab import SOURCE, Lab, call, run, wait, whole_message
from test_repair import repair

DUMP = os.path.join(SOURCE, "tests", "upgrade", "schema-1.json")
OLD_FAMILIES = {"lane", "open", "digits", "forgetting", "told", "told_of",
                "said", "seen", "heard", "asked", "called", "complained",
                "wrong", "untold"}
# Who gets a text after the upgrade: its message, and how many texts.
WAITING = {"queued": "17", "later": "16", "first": "15", "second": "15",
           "sending": "10", "byhand": "18", "ready": "12", "unknown": "06"}


def load_dump():
    """{key: {type, ttl, value}}, all times moved to the present."""
    with open(DUMP, encoding="utf-8") as file:
        text = file.read()
    made_at = json.loads(text)["now"]
    return text, made_at


def restore(redis):
    text, made_at = load_dump()
    seconds, micro = redis.time()
    shift = seconds * 1000 + micro // 1000 - made_at
    text = re.sub(r"\b1[789]\d{11}\b", lambda m: str(int(m[0]) + shift), text)
    keys = json.loads(text)["keys"]
    for name, key in keys.items():
        value, kind = key["value"], key["type"]
        if kind == "string":
            redis.set(name, value)
        elif kind == "hash":
            redis.hset(name, mapping=value)
        elif kind == "list":
            redis.rpush(name, *value)
        elif kind == "set":
            redis.sadd(name, *value)
        elif kind == "zset":
            redis.zadd(name, {m: float(score) for m, score in value})
        elif kind == "stream":
            for fields in value:
                redis.xadd(name, fields)
        if key["ttl"] > 0:
            redis.pexpire(name, key["ttl"])
    return keys


def messages(keys):
    """{id: the hash} of a dump."""
    return {name.split(":", 2)[2]: key["value"] for name, key in keys.items()
            if name.startswith("baotin:message:")}


def with_redis(test):
    def body():
        with Lab(start=False) as lab:
            lab.start_redis()
            test(lab.redis)
    body.__name__ = test.__name__
    return body


def migrate(redis, count=200, steps=None):
    """Until it is done, or for some steps; the last answer."""
    cursor, n = "0", 0
    while steps is None or n < steps:
        answer = call(redis, "migrate", "baotin", "lab", {
            "schema": "2", "cursor": cursor, "count": count})
        n += 1
        if answer["result"] != "more":
            return answer
        cursor = answer["cursor"]
    return answer


class Prefixed:
    """For repair() of test_repair.py."""

    def __init__(self, redis):
        self.redis = redis

    def run(self, script, **args):
        return call(self.redis, script, "baotin", "lab", args)


@with_redis
def issue11_6_every_message_is_carried_over(redis):
    """Also when it breaks off somewhere and begins anew."""
    old = messages(restore(redis))
    states = {m["state"] for m in old.values()}
    assert len(states) == 12, states
    migrate(redis, count=10, steps=4)
    assert redis.exists("baotin:migration")
    assert migrate(redis, count=10)["result"] == "done"
    assert not redis.exists("baotin:migration")
    assert redis.get("baotin:schema") == "2"
    families = {name.split(":")[1] for name in redis.scan_iter("baotin:*")}
    assert not families & OLD_FAMILIES, families & OLD_FAMILIES
    for ident, before in old.items():
        after = whole_message(redis.hgetall("baotin:message:" + ident))
        for field, value in before.items():
            if field not in ("id", "rank"):
                assert after.get(field) == value, (ident, field)
        assert int(after.get("order", 0)) == \
            int(before["rank"].split(".")[1]), ident
        assert redis.object("encoding", "baotin:message:" + ident) == \
            "listpack", ident
    assert redis.zcard("baotin:held:H10.45") == 2
    assert redis.hget("baotin:dossier:H10.45-230515-0015",
                      "waiting") == "first second"
    assert redis.zrange("baotin:behind", 0, -1) == ["second"]
    assert redis.zrange("baotin:codes:2305150017", 0, -1) == [
        "H10.45-230515-0017"]
    missed = {redis.hget("baotin:dossier:" + code, "missed_id")
              for code in redis.zrange("baotin:missed:H10.45", 0, -1)}
    assert missed == {"undelivered", "no_report", "failed", "expired"}
    assert redis.ttl("baotin:question:mark1") > 0
    assert redis.zrange("baotin:questions", 0, -1) == ["mark1"]
    assert redis.exists("baotin:wish_mark:wish1", "baotin:wish:k:1",
                        "baotin:call_mark:+84912345698",
                        "baotin:incoming_mark:mark1") == 4
    assert repair(Prefixed(redis)) == {}
    # Once more: nothing is left to do.
    assert migrate(redis)["moved"] == 0


@with_redis
def issue11_6_the_same_event_is_still_none(redis):
    restore(redis)
    migrate(redis)
    for ident, n in (("queued", 17), ("delivered", 1), ("held", 19),
                     ("suppressed", 14)):
        answer = call(redis, "accept", "baotin", "lab", {
            "key": ident, "id": ident, "key_ttl_ms": 86400000,
            "flood_floor": 500, "suppress": "notify", "event": {
                "dossier": f"H10.45-230515-{n:04d}", "status": "ready",
                "at": 1, "phone": "", "agency": "H10.45",
                "channel": "direct", "record": {}}})
        assert answer["reason"] == "duplicate", (ident, answer)


@with_redis
def issue11_6_what_an_event_said_is_known(redis):
    """Of one without time and key the record has it now."""
    restore(redis)
    migrate(redis)
    record = redis.hgetall("baotin:dossier:H10.45-230515-0017")
    assert record["content"] == "queued", record
    assert record["content_at"] == redis.hget("baotin:message:queued",
                                              "created_at")


@with_redis
def issue11_6_an_old_gateway_is_waited_for(redis):
    """It writes the old layout, and nothing would find that again."""
    restore(redis)
    redis.hset("baotin:instance:second", "token", "x")
    redis.sadd("baotin:gateways", "second")
    answer = migrate(redis)
    assert answer["result"] == "others" and answer["names"] == "second"
    assert redis.get("baotin:schema") == "1", "it may still connect"
    assert redis.exists("baotin:lane:H10.45-230515-0015:+84912345615")
    redis.hset("baotin:instance:second", "schema", "2")
    assert migrate(redis)["result"] == "done"


def texts_by_phone(lab):
    return Counter(t["to"][-2:] for t in lab.texts())


def issue11_6_the_gateway_goes_on():
    """Each that waited is sent, once; those that were over stay so."""
    with Lab(start=False) as lab:
        lab.start_redis()
        restore(lab.redis)
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        assert "migration_done" in lab.log()
        # It was to be tried again in a minute.
        lab.redis.zadd("baotin:delayed:default", {"retried": 1}, xx=True)
        expected = Counter([*WAITING.values(), "09"])

        def is_rest():
            return all(texts_by_phone(lab)[n] >= k
                       for n, k in expected.items())
        wait(is_rest, "all texts", 60)
        wait(lambda: lab.redis.hget("baotin:message:partly_out", "done") ==
             "7", "the rest of a text")
        assert lab.redis.hget("baotin:message:unknown", "resent")
        assert lab.redis.hget("baotin:message:held", "state") == "held"
        lab.ctl("release")
        for ident in ("held", "held_long"):
            wait(lambda i=ident: lab.redis.hget("baotin:message:" + i,
                                                "state") == "delivered", ident)
        sent = texts_by_phone(lab)
        expected += Counter(["19", "20"])
        # Its first segment came from the old release.
        sent.pop("08", None)
        assert sent == expected, (sent, expected)
        to_15 = [t["text"] for t in lab.texts() if t["to"].endswith("15")]
        assert to_15 == ["first 15", "second 15"], to_15
        for ident in ("delivered", "undelivered", "failed", "expired",
                      "superseded", "cancelled", "no_report"):
            assert lab.redis.hget("baotin:message:" + ident,
                                  "state") == ident
        assert lab.ctl("repair")["repaired"] == 0


def issue11_6_an_old_gateway_beside_a_new_one():
    """The new one says whom to stop, and goes on when that is done."""
    with Lab(start=False) as lab:
        lab.start_redis()
        restore(lab.redis)
        lab.redis.hset("baotin:instance:second", "token", "x")
        lab.redis.sadd("baotin:gateways", "second")
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon(ready=False)

        def trouble():
            return (lab.ctl("status", check=False) or {
                "redis": {"trouble": ""}})["redis"]["trouble"]
        wait(lambda: "second" in trouble() and "stop it" in trouble(),
             "the trouble")
        assert not lab.texts() and lab.redis.get("baotin:schema") == "1"
        lab.redis.delete("baotin:instance:second")
        wait(lambda: lab.usable_modems() == 1, "the modem", 60)
        assert lab.redis.get("baotin:schema") == "2"


def issue11_6_one_that_broke_off_is_finished():
    with Lab(start=False) as lab:
        lab.start_redis()
        restore(lab.redis)
        migrate(lab.redis, count=10, steps=3)
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        assert "migration_done" in lab.log()
        assert not lab.redis.exists("baotin:migration")
        wait(lambda: texts_by_phone(lab)["15"] == 2, "two texts")


if __name__ == "__main__":
    run([issue11_6_every_message_is_carried_over,
         issue11_6_the_same_event_is_still_none,
         issue11_6_what_an_event_said_is_known,
         issue11_6_an_old_gateway_is_waited_for,
         issue11_6_the_gateway_goes_on,
         issue11_6_an_old_gateway_beside_a_new_one,
         issue11_6_one_that_broke_off_is_finished])
