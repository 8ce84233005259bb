#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Issue 9.3: after Redis fell back nothing is leased before every gateway has
told what it sent, or the operator said that one is gone."""

import os
import signal
import subprocess

from lab import Lab, program, run, wait
from test_fallback import restore_files, save_files
from test_gateways import children_of, code, ctl2, phone, spawn, write_second
from test_scripts import Scripts, lab_of

N = 12


def two(lab):
    """Both gateways; the one called lab can't send yet."""
    lab.start_redis()
    lab.start_sim()
    lab.sim("reg modem1 searching")
    lab.n_modems = 1
    lab.write_conf()
    lab.start_daemon(ready=False)
    path = write_second(lab, "second", "state2", ["modem2"])
    start_second(lab, path)
    return path


def start_second(lab, path):
    child = spawn(lab, "second", path)
    wait(lambda: '"name": "second"' in (ctl2(lab, "state2", "status") or ""),
         "the second gateway")
    return child


def second_sends(lab, before=save_files):
    """N texts by the second gateway, of which the backup knows nothing but
    that they wait."""
    lab.redis.sadd("baotin:holds", "*")
    for i in range(N):
        lab.event(dossier=code(i), status=9, phone=phone(i))
    wait(lambda: len(lab.receipts(state="held")) == N, "all on hold")
    if before:
        before(lab)
    lab.ctl("release")
    wait(lambda: len(lab.receipts(state="delivered")) == N, "all", 60)


def kill_second(lab):
    workers = children_of(lab.children["second"].pid)
    lab.kill("second")
    for pid in workers:
        os.kill(pid, signal.SIGKILL)


def fall_back(lab):
    restore_files(lab)
    lab.redis.delete("baotin:holds")
    lab.sim("reg modem1 home")


def release(lab):
    """Not before the daemon is there: the backup has all of it on hold."""
    wait(lambda: lab.ctl("release", check=False), "the release")


def alarms(lab, level):
    return [a for _, a in lab.redis.xrange("baotin:alarms")
            if a["alarm"] == "gateway_awaited" and a["level"] == level and
            "second" in a.values()]


def all_wait(lab):
    wait(lambda: alarms(lab, "critical"), "the alarm")
    assert "baotinctl gateway forget second" in \
        alarms(lab, "critical")[0]["text"]
    wait(lambda: lab.usable_modems() == 1, "modem1")
    assert lab.ctl("status")["gateways_awaited"] == ["second"]
    # Events come in all the same.
    lab.event(dossier="H10.45-230516-0001", status=9, phone="+84987654321")
    lab.wait_receipt(dossier="H10.45-230516-0001", state="queued")
    assert len(lab.texts()) == N, lab.texts()


def nothing_was_doubled(lab):
    lab.wait_receipt(dossier="H10.45-230516-0001", state="delivered")
    assert len(lab.texts()) == N + 1, lab.texts()
    wait(lambda: alarms(lab, "clear"), "the end of the alarm")
    assert not lab.receipts(reason="unknown_resent")


def issue9_3_one_that_is_down_is_awaited():
    with Lab(modems=2, start=False) as lab:
        path = two(lab)
        second_sends(lab)
        kill_second(lab)
        fall_back(lab)
        release(lab)
        all_wait(lab)
        start_second(lab, path)
        nothing_was_doubled(lab)
        lab.stop("second")


def issue9_3_one_that_is_frozen_is_awaited():
    with Lab(modems=2, start=False) as lab:
        two(lab)
        second_sends(lab)
        daemon = lab.children["second"].pid
        frozen = [daemon, *children_of(daemon)]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            fall_back(lab)
            release(lab)
            all_wait(lab)
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
        nothing_was_doubled(lab)
        lab.stop("second")


def issue9_3_one_that_the_backup_does_not_know_is_awaited():
    """It came after the backup; the survivor remembers it. And the survivor
    was restarted meanwhile."""
    with Lab(modems=2, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("reg modem1 searching")
        lab.n_modems = 1
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: lab.redis.exists("baotin:instance:lab"), "the first")
        save_files(lab)
        path = write_second(lab, "second", "state2", ["modem2"])
        start_second(lab, path)
        second_sends(lab, before=None)
        wait(lambda: "second" in open(lab.path("state", "redis.seen")).read(),
             "the first to have seen it")
        kill_second(lab)
        lab.kill("baotind")
        fall_back(lab)
        lab.start_daemon(ready=False)
        for i in range(N):              # the producer sends again
            lab.event(dossier=code(i), status=9, phone=phone(i))
        all_wait(lab)
        start_second(lab, path)
        nothing_was_doubled(lab)
        lab.stop("second")


def unmarked_doubles(lab):
    """Dossiers whose text came twice without a mark."""
    seen, marked = set(), {r["dossier"] for r in lab.receipts(
        reason="unknown_resent")}
    bad = set()
    for t in lab.texts():
        if t["to"] in seen:
            bad.add(t["to"])
        seen.add(t["to"])
    return {code(i) for i in range(1000) if phone(i) in bad} - marked


def issue9_3_both_send_and_one_is_down_for_a_while():
    """Both gateways are at work when Redis falls back, one dies then."""
    n = 60
    with Lab(modems=2, start=False, sim=["--latency", "150"]) as lab:
        path = two(lab)
        lab.sim("reg modem1 home")
        wait(lambda: lab.usable_modems() == 1, "modem1", 60)
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.texts()) >= 10, "some")
        save_files(lab)
        wait(lambda: len(lab.texts()) >= 30, "more")
        assert len({s["modem"] for s in lab.lines("segment")}) == 2
        kill_second(lab)
        restore_files(lab)
        wait(lambda: alarms(lab, "critical"), "the alarm")
        said = len(lab.texts())
        start_second(lab, path)
        wait(lambda: len({r["dossier"] for r in lab.receipts()
                          if r["state"] in ("sent", "delivered")}) == n,
             "all", 90)
        assert said < n, "it went on without the second one"
        assert {t["to"] for t in lab.texts()} == {phone(i) for i in range(n)}
        assert not unmarked_doubles(lab), unmarked_doubles(lab)
        lab.stop("second")


def refusal(lab, *words):
    done = subprocess.run(
        [program("baotinctl"), "-s", lab.path("control.sock"), *words],
        capture_output=True, text=True)
    assert done.returncode == 1, done
    return done.stderr


def issue9_3_one_that_is_gone_is_forgotten():
    """And what it tells when it comes back all the same is marked."""
    with Lab(modems=2, start=False) as lab:
        path = two(lab)
        second_sends(lab)
        assert "is running" in refusal(lab, "gateway", "forget", "second")
        assert "there are: " in refusal(lab, "gateway", "forget", "none")
        kill_second(lab)
        fall_back(lab)
        release(lab)
        all_wait(lab)
        wait(lambda: not lab.redis.exists("baotin:instance:second"),
             "its name to be free")
        lab.ctl("gateway", "forget", "second")
        wait(lambda: alarms(lab, "clear"), "the alarm's end")
        wait(lambda: len(lab.texts()) == 2 * N + 1, "all once more", 60)
        assert lab.ctl("status")["gateways_awaited"] == []
        assert not lab.redis.sismember("baotin:gateways", "second")
        start_second(lab, path)
        wait(lambda: {r["dossier"] for r in lab.receipts(
            reason="unknown_resent", attempt=2)} ==
            {code(i) for i in range(N)}, "the marks")
        lab.stop("second")


def issue9_3_a_restart_that_lost_nothing_waits_for_nobody():
    """One gateway was stopped, another died a while before."""
    with Lab(modems=2, start=False) as lab:
        two(lab)
        lab.sim("reg modem1 home")
        lab.redis.sadd("baotin:gateways", "dead")
        lab.redis.hset("baotin:gateway:dead", "seen_at",
                       lab.redis.time()[0] * 1000 - 60000)
        lab.stop("second")
        lab.kill("redis")
        lab.start_redis()
        lab.event(dossier=code(1), status=9, phone=phone(1))
        lab.wait_text(phone(1))
        assert not alarms(lab, "critical")
        assert lab.redis.zcard("baotin:awaited_gateways") == 0
        # The same with a start of ours in between.
        lab.stop("baotind")
        lab.kill("redis")
        lab.start_redis()
        lab.start_daemon()
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_text(phone(2))
        assert not alarms(lab, "critical")


def issue9_3_data_that_is_replaced_under_the_connection():
    """Nothing was restarted; all that was known is gone."""
    n = 5
    with Lab() as lab:
        lab.redis.sadd("baotin:gateways", "other")
        wait(lambda: "other" in open(lab.path("state", "redis.seen")).read(),
             "it to have been seen", 15)
        for i in range(n):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="delivered")) == n, "all")
        lab.redis.flushall()
        for i in range(n + 1):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: lab.redis.zscore("baotin:awaited_gateways", "other"), "the doubt")
        wait(lambda: not lab.redis.zscore("baotin:awaited_gateways", "lab"), "our word")
        lab.ctl("gateway", "forget", "other")
        lab.wait_text(phone(n))
        wait(lambda: len(lab.receipts(state="sent")) == n + 1, "all again")
        assert len(lab.texts()) == n + 1, lab.texts()


# --- the scripts alone --------------------------------------------------------

def claim(s, run="r1", seen=None, **more):
    """As gateway s; the answer, with `seen` of it for the next one."""
    got = s.run("instance", token="t", host="h", pid=1, state_dir="/",
                since=0, ttl_ms=15000, run=run,
                **({"seen": seen} if seen else {}), **more)
    got["seen"] = {"epoch": got["epoch"], "beat": got["beat_of_epoch"],
                   "age_ms": 0, "gateways": got["gateways"]}
    return got


def awaited(answer):
    return {u["name"] for u in answer.get("untold", [])}


def three(s):
    """All have told; "stopped" and "dead" are no more. What g saw."""
    for name in ("stopped", "dead", "living"):
        other = Scripts(s.redis, name)
        got = claim(other)
        claim(other, synced=True, seen=got["seen"])
    Scripts(s.redis, "stopped").run("instance", token="t", release=True)
    s.redis.hincrby("b:gateway:dead", "seen_at", -60000)
    got = claim(s, synced=True)
    assert not awaited(got), got
    return got["seen"]


@lab_of
def issue9_3_who_is_awaited_by_what_was_seen(s):
    seen = three(s)
    copy = s.redis.dump("b:epoch"), s.redis.dump("b:epochs")
    # The heartbeat is there: only who lived when the data ends.
    assert awaited(claim(s, "r2", seen)) == {"living"}
    assert not s.leased()
    # It is an old one, or none.
    s.redis.delete("b:awaited_gateways")
    assert awaited(claim(s, "r3", dict(seen, age_ms=7200000))) == \
        {"living", "stopped", "dead"}
    s.redis.delete("b:awaited_gateways")
    assert awaited(claim(s, "r4")) == {"living", "stopped", "dead"}
    # Older data, in a server of the same run and of another one; and who
    # joined later is remembered.
    for run in ("r1", "r5"):
        ahead = dict(seen, beat=seen["beat"] + 1,
                     gateways=seen["gateways"] + ["later"])
        s.redis.delete("b:awaited_gateways", "b:epoch", "b:epochs")
        s.redis.restore("b:epoch", 0, copy[0])
        assert copy[1] is None
        assert awaited(claim(s, run, ahead, synced=True)) == \
            {"living", "stopped", "dead", "later"}, run
        assert s.redis.zscore("b:awaited_gateways", "g"), "it told other data"


@lab_of
def issue9_3_who_comes_later_knows_better(s):
    """The first one of the epoch finds all that it saw; the second one does
    not."""
    seen = three(s)
    first = claim(s, "r2", seen)
    claim(s, "r2", first["seen"], synced=True)
    living = Scripts(s.redis, "living")
    got = claim(living, "r2", dict(seen, beat=seen["beat"] + 3))
    assert awaited(got) == {"stopped", "dead"}, "g has told this epoch"
    claim(living, "r2", got["seen"], synced=True)
    assert awaited(claim(s, "r2", first["seen"])) == {"stopped", "dead"}
    for name in ("stopped", "dead"):
        s.redis.delete("b:instance:" + name)
        assert s.run("forget", name=name, unknown_wait_ms=0)["result"] == \
            "done"
    assert not awaited(claim(living, "r2", dict(
        seen, beat=seen["beat"] + 3))), "forgotten is forgotten"


@lab_of
def issue9_3_what_was_sent_is_not_expired(s):
    """Its event comes again after its validity, before and after the gateway
    that sent it tells."""
    lease = {"id": "a", "fence": 1, "references": [7]}
    s.event("a", expires_at=s.now() - 1000)
    assert s.state("a") == "expired"
    s.settle(lease, "sent")
    assert s.state("a") == "sent"
    s.settle(dict(lease, id="b"), "sent")
    s.event("b", dossier="H10.45-2", expires_at=s.now() - 1000)
    assert s.state("b") == "sent"


if __name__ == "__main__":
    run([issue9_3_one_that_is_down_is_awaited,
         issue9_3_one_that_is_frozen_is_awaited,
         issue9_3_one_that_the_backup_does_not_know_is_awaited,
         issue9_3_both_send_and_one_is_down_for_a_while,
         issue9_3_one_that_is_gone_is_forgotten,
         issue9_3_a_restart_that_lost_nothing_waits_for_nobody,
         issue9_3_data_that_is_replaced_under_the_connection,
         issue9_3_who_is_awaited_by_what_was_seen,
         issue9_3_who_comes_later_knows_better,
         issue9_3_what_was_sent_is_not_expired])
