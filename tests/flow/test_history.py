#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.10: what every gateway says of itself in Redis, and the points of a day
for the plots."""

import json
import os
import time

from lab import Lab, call, run, wait
from test_admin_http import CODE, PHONE, Web
from test_scripts import lab_of

SLOT_MS = 600000


def points(redis, name):
    return redis.hgetall("baotin:history:" + name)


def newest(redis, name):
    found = points(redis, name)
    return found and [int(n) for n in found[max(found)].split()]


def sent(redis):
    return sum(int(point.split()[1])
               for point in points(redis, "lab:modem1").values())


def issue12_10_history_survives_a_restart():
    web = Web()
    with Lab(settings=web.settings) as lab:
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        wait(lambda: sent(lab.redis) == 1, "the point")
        dbm, _, refused, reports = newest(lab.redis, "lab:modem1")
        assert (dbm, refused, reports) == (-73, 0, 1)
        lab.stop("baotind")
        lab.start_daemon()
        lab.event(dossier=CODE[:-1] + "2", status=9, phone=PHONE)
        wait(lambda: len(lab.receipts(state="delivered")) == 2, "another")
        wait(lambda: sent(lab.redis) == 2, "both, once each")
        assert "<b class=\"sent\">2</b>" in wait(
            lambda: "class=\"sent\">2<" in web.get("/")[1] and
            web.get("/")[1], "the plot", 90)
        assert 0 < lab.redis.pttl("baotin:history:lab:modem1") <= \
            145 * SLOT_MS


def issue12_10_other_gateways_read_it():
    web = Web()
    with Lab(settings=web.settings) as lab:
        lab.redis.sadd("baotin:gateways", "other")
        lab.redis.set("baotin:view:other", "{ no JSON")
        seen = wait(lambda: web.json("/status.json").get("gateways"),
                    "the other one")
        assert [g["name"] for g in seen] == ["other"], seen
        view = json.loads(wait(lambda: lab.redis.get("baotin:view:lab"),
                               "our own word"))
        assert view["name"] == "lab" and view["sending"] is True, view
        assert abs(view["at"] / 1000 - time.time()) < 60
        text = json.dumps(view)
        for key in ("imei", "imsi", "iccid", "device", "smsc", "number"):
            assert f'"{key}"' not in text, key
        assert "plots" not in web.json("/status.json")
        lab.redis.delete("baotin:view:other")
        # A modem and a gateway of other types stop nothing.
        lab.redis.set("baotin:history:lab:modem1", "x")
        lab.redis.lpush("baotin:view:other", "x")
        wait(lambda: lab.redis.type("baotin:history:lab:modem1") == "hash",
             "the key to be put aside")
        assert web.get("/")[0] == 200


@lab_of
def issue12_10_a_point_stands_for_ten_minutes_of_a_day(s):
    def tell(*rest):
        return call(s.redis, "history", "b", "g", {
            "view": "{}", "points": [["m", *map(str, rest)]]})

    tell(-71, 2, 1, 1)
    tell(-75, 3, 0, 2)
    slot = max(int(n) for n in s.redis.hkeys("b:history:g:m"))
    assert s.redis.hget("b:history:g:m", slot) == "-75 5 1 3"
    # What is older than a day, of tomorrow, or nonsense goes with a new slot.
    for old in (slot - 144, slot - 500, slot + 3, "x"):
        s.redis.hset("b:history:g:m", old, "-1 1 1 1")
    s.redis.hset("b:history:g:m", slot - 143, "0 7 0 0")
    s.redis.hdel("b:history:g:m", slot)
    tell(0, 1, 0, 0)
    assert s.redis.hgetall("b:history:g:m") == {
        str(slot): "0 1 0 0", str(slot - 143): "0 7 0 0"}
    s.redis.hset("b:history:g:m", slot, "no numbers here")
    assert tell(-60, 1, 0, 0)["result"] == "done"
    assert s.redis.hget("b:history:g:m", slot) == "-60 1 0 0"


@lab_of
def issue12_10_what_waits_is_told_back(s):
    assert "oldest_at" not in call(s.redis, "history", "b", "g", {
        "view": "{}", "points": []})
    s.event("a", dossier=CODE)
    told = call(s.redis, "history", "b", "g", {"view": "{}", "points": []})
    assert told["waiting"] == 1, told
    assert abs(told["oldest_at"] - s.now()) < 60000, told
    assert s.redis.hvals("b:history:g") == ["1"]


os.environ.pop("http_proxy", None)
if __name__ == "__main__":
    run([issue12_10_history_survives_a_restart,
         issue12_10_other_gateways_read_it,
         issue12_10_a_point_stands_for_ten_minutes_of_a_day,
         issue12_10_what_waits_is_told_back])
