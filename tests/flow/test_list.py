#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The list of JSON objects: every item becomes one event, whoever dies."""

import json
import os
import subprocess
import threading

from lab import NO_LIMITS, Lab, program, run, under, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
LIST = "producers:out"
SETTINGS = {"intake": {"list": LIST, "stream": "own:stream"}}
FAST = ["--latency", "1", "--report-delay", "1"]


def item(i, **more):
    return json.dumps({"dossier": f"H10.45-230520-{i:04d}", "status": 9,
                       "phone": f"+8491{i:07d}", "event": f"e{i}", **more})


def is_empty(lab):
    return not lab.redis.exists(LIST, "baotin:taken") and \
        lab.redis.xlen("own:stream") == 0


def check_each_once(lab, n, n_broken=0):
    """Events 0 to n - 1 and the broken ones: each was taken once."""
    wait(lambda: is_empty(lab), "the intake", 60)
    # A second move of an item would show as a duplicate.
    assert lab.receipts(reason="duplicate") == []
    queued = [r["dossier"] for r in lab.receipts(state="queued", attempt=0)]
    assert len(set(queued)) == n, len(set(queued))
    rejected = lab.rejected()
    assert len(rejected) == n_broken, len(rejected)
    # A report that comes while no worker listens is lost: sent will do.
    wait(lambda: len({r["message"] for r in lab.receipts(state="sent")}) == n,
         "all texts", 120)
    assert len(lab.texts()) == n, len(lab.texts())
    assert len({t["to"] for t in lab.texts()}) == n


def start_gateway(lab, name, modem):
    """A daemon of its own name, sockets and modem on the same Redis."""
    os.makedirs(lab.path("state-" + name), exist_ok=True)
    control = lab.path(f"control-{name}.sock")
    conf = lab.path(name + ".conf")
    if not os.path.exists(conf):
        os.rename(lab.write_conf(
            gateway={"name": name, "state_dir": lab.path("state-" + name)},
            admin={"socket": control,
                   "status_socket": lab.path(f"status-{name}.sock")},
            modems=[{"name": modem, "device": lab.path("sim", modem),
                     "pace_ms": 0, "limits": NO_LIMITS}]), conf)
    lab.spawn(name, under("BAOTIN_UNDER_DAEMON", [
        program("baotind"), "-f", "-c", conf]),
        env={"BAOTIN_WORKER": lab.worker()})

    def is_ready():
        done = subprocess.run([program("baotinctl"), "-j", "-s", control,
                               "modems"], capture_output=True, text=True)
        return done.returncode == 0 and \
            json.loads(done.stdout)[0]["state"] in ("ready", "busy")
    wait(is_ready, "gateway " + name, 60)


def push_all(lab, items):
    for text in items:
        lab.redis.lpush(LIST, text)


def items_become_events_in_their_order():
    with Lab(settings=SETTINGS) as lab:
        before = lab.redis.time()[0] * 1000
        for status in ("withdrawn", 9):
            lab.redis.lpush(LIST, json.dumps({
                "dossier": CODE, "status": status, "phone": "0912345678"}))
        assert "rut ho so" in lab.wait_text(PHONE)
        assert "ket qua" in lab.wait_text(PHONE, 2)
        lab.wait_receipt(state="delivered", status="ready")
        record = lab.redis.hgetall("baotin:dossier:" + CODE)
        assert int(record["at"]) >= before, "the time of the move"
        assert is_empty(lab)
        assert "intake_list" not in lab.log()


def what_is_no_json_is_rejected():
    bad = [b"{", b"", b"[1]", b'"x"', b"\xff\xfe{}", b'{"dossier": 1.5}',
           b'{"dossier": "\xc3\x28"}']
    with Lab(settings=SETTINGS) as lab:
        for value in bad:
            lab.redis.lpush(LIST, value)
        lab.redis.lpush(LIST, item(1, phone="0912345678"))
        lab.wait_text(PHONE)
        want = [("json", "json_syntax"), ("json", "json_syntax"),
                ("json", "json_type"), ("json", "json_syntax"),
                ("json", "not_utf8"), ("dossier", "json_type"),
                ("json", "not_utf8")]
        got = [(r["field"], r["error"]) for r in lab.rejected()]
        assert got == want, got


def five_hundred_items_while_the_daemon_is_killed():
    n, rounds = 450, 5
    items = [item(i) for i in range(n)]
    for i in range(50):
        items.insert(i * 10, "{broken %d" % i)
    share = len(items) // rounds
    with Lab(modems=2, sim=FAST, settings=SETTINGS) as lab:
        for i in range(rounds):
            had = lab.redis.xlen("baotin:receipts")
            pusher = threading.Thread(target=push_all, args=(
                lab, items[i * share:(i + 1) * share]))
            pusher.start()
            wait(lambda: lab.redis.xlen("baotin:receipts") > had + 5,
                 "some of them")
            lab.kill("baotind")
            pusher.join()
            if i == 2:  # what a gateway leaves between its two steps
                lab.redis.lmove(LIST, "baotin:taken", "RIGHT", "LEFT")
            lab.start_daemon(ready=False)
        check_each_once(lab, n, 50)


def a_survivor_drains_what_a_dead_gateway_left():
    n = 300
    with Lab(modems=2, sim=FAST, settings=SETTINGS, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        start_gateway(lab, "one", "modem1")
        start_gateway(lab, "two", "modem2")
        pusher = threading.Thread(target=push_all, args=(
            lab, [item(i) for i in range(n - 1)]))
        pusher.start()
        wait(lambda: len(lab.receipts(state="sent")) > 20, "some of them")
        lab.kill("one")
        lab.redis.lpush("baotin:taken", item(n - 1))
        pusher.join()
        wait(lambda: not lab.redis.exists(LIST, "baotin:taken"),
             "the survivor")
        lab.wait_text(f"+8491{n - 1:07d}")
        # What the dead one had read or leased is its own again.
        start_gateway(lab, "one", "modem1")
        check_each_once(lab, n)
        used = {s["modem"] for s in lab.lines("segment")}
        assert used == {"modem1", "modem2"}, used
        lab.stop("one")
        lab.stop("two")


def another_type_at_the_key_is_told_and_waited_out():
    with Lab(settings=SETTINGS) as lab:
        # The daemon blocks on the key's absence; an item wakes it.
        lab.redis.set(LIST, "not a list")
        wait(lambda: "WRONGTYPE" in lab.log(), "the log line")
        lines = [line for line in lab.log().splitlines()
                 if "intake_list" in line]
        assert len(lines) == 1 and "list=" + LIST in lines[0], lines
        lab.event(stream="own:stream", dossier=CODE, status=9, phone=PHONE)
        lab.wait_text(PHONE)
        lab.redis.delete(LIST)
        lab.redis.lpush(LIST, item(5))
        lab.wait_text("+84910000005")
        assert "state=works" in lab.log()
        wait(lambda: not [a for a in lab.ctl("alarms")["raised"]
                          if a["alarm"] == "intake_list"], "its end")


def a_server_without_blmove_will_do():
    with Lab(settings=SETTINGS, start=False) as lab:
        lab.start_redis("--rename-command", "BLMOVE", "")
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        lab.redis.lpush(LIST, item(1))
        lab.wait_text("+84910000001")
        lab.redis.lpush(LIST, item(2))
        lab.wait_text("+84910000002")
        assert lab.redis.info("commandstats").get("cmdstat_brpoplpush")


run([
    items_become_events_in_their_order,
    what_is_no_json_is_rejected,
    five_hundred_items_while_the_daemon_is_killed,
    a_survivor_drains_what_a_dead_gateway_left,
    another_type_at_the_key_is_told_and_waited_out,
    a_server_without_blmove_will_do,
])
