#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes schema-1.json: what an older release leaves in Redis, with messages in
every state that it has. Its own scripts make them.

    tests/upgrade/make_dump.py TREE > tests/upgrade/schema-1.json

TREE: a checkout of commit 6e381d2 (git worktree add TREE 6e381d2); nothing of it
needs to be built. Needs redis-server and python3-redis. All numbers of 13
digits are times; dump.py moves them to the present."""

import json
import os
import subprocess
import sys
import tempfile
import time

import redis as redis_client

DAY = 86400000
P = "baotin"
IMSI = "452040000000001"
LONG = ("UBND xã Bom Bo: hồ sơ đã có kết quả. Mời đến Một cửa xã Bom Bo nhận "
        "trong giờ làm việc, mang theo phiếu hẹn và giấy tờ tùy thân.")


class Old:
    """The scripts of the older release, as its gateway `gateway` ran them."""

    def __init__(self, redis, tree, gateway):
        self.redis, self.tree, self.gateway = redis, tree, gateway
        redis.hset(f"{P}:instance:{gateway}", "token", "t")
        redis.sadd(f"{P}:gateways", gateway)

    def source(self, name):
        with open(os.path.join(self.tree, "src", "redis", "scripts",
                               name + ".lua")) as file:
            return file.read()

    def run(self, script, **args):
        return json.loads(self.redis.eval(
            self.source("common") + self.source(script), 0, P, self.gateway,
            30 * DAY, json.dumps(args)))

    def now(self):
        seconds, micro = self.redis.time()
        return seconds * 1000 + micro // 1000

    def event(self, n, ident, status="ready", of=None, **more):
        """Message `ident` of dossier n."""
        code, phone = f"H10.45-230515-{n:04d}", f"+849123456{n:02d}"
        suppress = more.pop("suppress", None)
        message = {"text": f"{ident} {n}: " + LONG, "coding": "ucs2",
                   "segments": 3, "pool": "default", "priority": "normal",
                   "expires_at": self.now() + 2 * DAY, **more}
        return self.run(
            "accept", key=ident, id=ident, key_ttl_ms=DAY, flood_factor=0,
            flood_floor=500, **({"suppress": suppress} if suppress else
                                {"message": message}),
            event={"dossier": code, "status": status, "phone": phone,
                   "at": self.now(), "agency": "H10.45",
                   "channel": "direct",
                   "record": {"phone": phone, "status": status,
                              "agency": "H10.45", "channel": "direct"}})

    def short(self, n, ident, **more):
        return self.event(n, ident, text=f"{ident} {n}", coding="gsm7",
                          segments=1, **more)

    def lease(self, modem="modem1", imsi=IMSI):
        answer = self.run(
            "lease", token="t", modem=modem, imsi=imsi, pools=["default"],
            count=1, window=True, lease_ms=1000, quota=[], mates={},
            recipients={"id": "1", "limit": 0}, patience_ms=0, bound_ms=0,
            phone_limit=0, day="d", phone_retry_ms=DAY)
        lease, = answer["messages"]
        return lease

    def settle(self, lease, outcome, segment=1, **more):
        self.run("settle", **{
            "message": lease["id"], "fence": lease["fence"],
            "segment": segment, "outcome": outcome, "reason": "",
            "reference": lease["references"][segment - 1], "seq": 0,
            "reference_kept": True, "phone": lease["phone"], "imsi": IMSI,
            "modem": "modem1", "report": True, "action": "",
            "counts": False, "max_tries": 0, "confirm": False,
            "is_number": False, "delay_ms": -1, "other": "", "jitter": 1,
            "delays": [60000, 60000], "unknown_wait_ms": 2000,
            "begun_at": self.now(), **more})

    def report(self, lease, word, tp_status):
        self.run("report", imsi=IMSI, modem="modem1", phone=lease["phone"],
                 reference=lease["references"][0], tp_status=tp_status,
                 seq=0, at=self.now(), **{"class": word})

    def sweep(self):
        self.run("sweep", on_unknown="resend", unknown_wait_ms=2000,
                 stream=f"{P}:events", group=P, keep=False, reap=False,
                 grace_ms=0)


def make(old):
    """One message of each kind; its id says what it is."""
    redis = old.redis
    # Whatever is leased or settled comes first: each is leased at once.
    old.short(1, "delivered")
    lease = old.lease()
    old.settle(lease, "sent")
    old.report(lease, "delivered", 0)
    old.short(2, "undelivered")
    lease = old.lease()
    old.settle(lease, "sent")
    old.report(lease, "undelivered", 70)
    old.short(3, "sent")
    old.settle(old.lease(), "sent")
    old.short(4, "no_report")
    old.settle(old.lease(), "sent")
    redis.zadd(f"{P}:awaiting", {"no_report": 1})
    old.sweep()
    old.short(5, "failed")
    old.settle(old.lease(), "refused", action="fail", reason="cms_1")
    old.short(6, "unknown")
    old.settle(old.lease(), "unknown", reason="timeout")
    old.short(7, "unknown_held")
    old.settle(old.lease(), "unknown", reason="timeout")
    redis.zadd(f"{P}:unknown", {
        "unknown_held": redis.hget(f"{P}:message:unknown_held",
                                   "expires_at")})
    old.event(8, "partly_out")
    old.settle(old.lease(), "sent")
    old.short(9, "retried")
    old.settle(old.lease(), "refused", action="retry", counts=True,
               reason="cms_42")
    old.short(10, "sending")
    old.lease()
    old.short(11, "expired", expires_at=old.now() + 1)
    redis.zadd(f"{P}:expiring", {"expired": 1})
    time.sleep(0.01)
    old.sweep()
    old.short(12, "superseded", status="processing")
    old.event(12, "ready", status="ready")
    old.short(13, "cancelled")
    old.run("control", verb="cancel", id="cancelled", agency="*", window=10,
            validity_ms=DAY)
    old.short(14, "suppressed", suppress="notify")
    old.short(15, "first", status="withdrawn")
    old.short(15, "second", status="ready")
    old.short(16, "later", not_before=old.now() + 3000)
    old.event(17, "queued")
    old.run("send", id="byhand", message={
        "phone": "+84912345618", "text": "byhand 18", "coding": "gsm7",
        "segments": 1, "pool": "default", "priority": "normal",
        "expires_at": old.now() + DAY})
    redis.sadd(f"{P}:holds", "H10.45")
    old.short(19, "held")
    old.event(20, "held_long")
    redis.delete(f"{P}:holds")
    old.run("wish", word="stop", hashes=["k:1"], phone="+84912345699",
            front="sms", window=10, id="wish1")
    old.run("hear", modem="modem1", imsi=IMSI, kind="call",
            phone="+84912345698", pool="default", mark="mark1", text="",
            parts=1, part=1, concat_ref=0, at=old.now(), validity_ms=DAY,
            again_ms=DAY, hashes=["k:2"], seq=0)


def dump(redis):
    out = {}
    read = {"string": redis.get, "hash": redis.hgetall,
            "list": lambda k: redis.lrange(k, 0, -1),
            "set": lambda k: sorted(redis.smembers(k)),
            "zset": lambda k: [[m, f"{s:.3f}"] for m, s in redis.zrange(
                k, 0, -1, withscores=True)],
            "stream": lambda k: [f for _, f in redis.xrange(k)]}
    for key in sorted(redis.scan_iter("*")):
        kind = redis.type(key)
        out[key] = {"type": kind, "ttl": redis.pttl(key),
                    "value": read[kind](key)}
    return out


def main():
    with tempfile.TemporaryDirectory() as folder:
        sock = os.path.join(folder, "s")
        server = subprocess.Popen(
            ["redis-server", "--port", "0", "--unixsocket", sock, "--save",
             "", "--dir", folder], stdout=subprocess.DEVNULL)
        redis = redis_client.Redis(unix_socket_path=sock,
                                   decode_responses=True)
        while True:
            try:
                redis.ping()
                break
            except redis_client.exceptions.ConnectionError:
                time.sleep(0.02)
        old = Old(redis, sys.argv[1], "lab")
        redis.set(f"{P}:schema", 1)
        make(old)
        redis.delete(f"{P}:instance:lab")
        keys = dump(redis)
        states = sorted({k["value"]["state"] for n, k in keys.items()
                         if n.startswith(f"{P}:message:")})
        print(" ".join(states), file=sys.stderr)
        json.dump({"now": old.now(), "keys": keys}, sys.stdout, indent=0,
                  ensure_ascii=False)
        server.kill()
        server.wait()


main()
