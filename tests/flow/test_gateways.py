#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Several gateways on one Redis: one name is one daemon, a dead one's work
goes on, one that was only slow does no harm."""

import os
import shutil
import signal
import subprocess
import time

from lab import Lab, NO_LIMITS, program, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


def phone(i):
    return f"+8491{i:07d}"


def code(i):
    return f"H10.45-230515-{i:04d}"


def write_second(lab, name, state, modems=()):
    """Another configuration file beside the lab's own; its path."""
    os.makedirs(lab.path(state), exist_ok=True)
    rows = [{"name": m, "device": lab.path("sim", m), "pace_ms": 0,
             "limits": NO_LIMITS} for m in modems] or [
        {"name": "none", "device": lab.path("sim", "none")}]
    return lab.write_conf(
        to=state + ".conf",
        gateway={"name": name, "state_dir": lab.path(state)}, modems=rows,
        admin={"socket": lab.path(state, "control.sock"),
               "status_socket": lab.path(state, "status.sock"),
               "group": "", "http": ""},
        privacy={"key_file": lab.path("state", "privacy.key")})


def spawn(lab, name, path):
    return lab.spawn(name, [program("baotind"), "-f", "-c", path],
                     env={"BAOTIN_WORKER": lab.worker()})


def ctl2(lab, state, *words):
    done = subprocess.run(
        [program("baotinctl"), "-j", "-s", lab.path(state, "control.sock"),
         *words], capture_output=True, text=True)
    has_answer = done.returncode == 0 or words == ("status",)
    return done.stdout if has_answer and done.stdout else None


# --- one name, one daemon -----------------------------------------------------

def second_daemon_with_one_state_dir_is_refused():
    with Lab(start=False) as lab:
        lab.write_conf()                # and no Redis at all
        lab.start_daemon(ready=False)
        wait(lambda: lab.ctl("status", check=False), "the socket")
        pid = lab.children["baotind"].pid
        tried = subprocess.run(
            [program("baotind"), "-f", "-c", lab.path("baotin.conf")],
            capture_output=True, text=True, timeout=20,
            env=dict(os.environ, BAOTIN_WORKER=lab.worker()))
        assert tried.returncode == 1, tried
        assert f"in use by another baotind, pid {pid}" in tried.stderr, tried
        tried = subprocess.run(
            [program("baotind"), "-t", "-c", lab.path("baotin.conf")],
            capture_output=True, text=True,
            env=dict(os.environ, BAOTIN_WORKER=lab.worker()))
        assert tried.returncode == 0, "a check is no second daemon"
        assert lab.ctl("status")["name"] == "lab"


def second_gateway_of_one_name_is_refused():
    with Lab() as lab:
        path = write_second(lab, "lab", "clone")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        clone = spawn(lab, "clone", path)
        status = wait(lambda: clone.poll() is not None and
                      [clone.returncode], "the clone to give up", 25)
        assert status == [1], status
        log = lab.log("clone")
        assert "name_taken gateway=lab" in log, log
        assert f"pid {lab.children['baotind'].pid}" in log, log
        lab.children.pop("clone")
        lab.wait_receipt(state="delivered")
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_text(phone(2))


def restart_after_a_crash_is_at_once():
    with Lab() as lab:
        token = lab.redis.hget("baotin:instance:lab", "token")
        lab.kill("baotind")
        assert lab.redis.exists("baotin:instance:lab")
        began = time.monotonic()
        lab.start_daemon()
        assert "name_held" not in lab.log()
        assert time.monotonic() - began < 14, "it did not wait it out"
        assert lab.redis.hget("baotin:instance:lab", "token") == token
        lab.stop("baotind")
        assert not lab.redis.exists("baotin:instance:lab"), "given back"
        # A copy of the folder is another one: it gets a token of its own.
        shutil.copytree(lab.path("state"), lab.path("copy"))
        shutil.rmtree(lab.path("state"))
        os.rename(lab.path("copy"), lab.path("state"))
        lab.start_daemon()
        assert lab.redis.hget("baotin:instance:lab", "token") != token


def name_of_one_that_died_elsewhere_is_waited_for():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.redis.hset("baotin:instance:lab", mapping={
            "token": "x", "host": "elsewhere", "pid": 7, "beat": 4,
            "since": 0, "state_dir": "/there"})
        lab.redis.pexpire("baotin:instance:lab", 5000)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.start_daemon(ready=False)
        wait(lambda: "name_held" in lab.log(), "the wait")
        assert lab.redis.hget("baotin:instance:lab", "token") == "x"
        assert not lab.receipts(), "nothing is read before"
        lab.wait_text(PHONE)
        assert "host elsewhere" in lab.log()


def clone_that_came_meanwhile_ends_us():
    """While we could not ask Redis, another one took our name."""
    with Lab() as lab:
        daemon = lab.children["baotind"]
        daemon.send_signal(signal.SIGSTOP)
        lab.redis.hset("baotin:instance:lab", mapping={
            "token": "x", "host": "elsewhere", "beat": 1})
        lab.event(dossier=CODE, status=9, phone=PHONE)
        daemon.send_signal(signal.SIGCONT)
        wait(lambda: "name_held" in lab.log(), "the doubt")
        lab.redis.hincrby("baotin:instance:lab", "beat", 1)  # it lives
        wait(lambda: daemon.poll() is not None, "its end")
        assert daemon.returncode == 1
        assert "name_taken" in lab.log() and "host elsewhere" in lab.log()
        lab.children.pop("baotind")
        assert not lab.texts(), "it leased nothing any more"


# --- a dead gateway's work ----------------------------------------------------

def dead_gateways_events_and_items_are_taken_over():
    n = 20
    with Lab(settings={"intake": {"list": "baotin:list"}}) as lab:
        # What a gateway took and never acknowledged, and then died.
        with lab.redis.pipeline() as pipe:      # one step: ours reads, too
            for i in range(n):
                pipe.xadd("baotin:events", {
                    "dossier": code(i), "status": 9, "phone": phone(i)})
            pipe.xreadgroup("baotin", "dead", {"baotin:events": ">"},
                            count=n)
            pipe.lpush("baotin:taken", '{"dossier":"H10.45-9","status":9,'
                       '"phone":"0912345678"}')
            pipe.execute()
        lab.redis.hset("baotin:instance:dead", "token", "y")
        assert lab.redis.xpending("baotin:events", "baotin")["pending"] >= n
        lab.wait_text(PHONE)            # the list's
        pending = lab.redis.xpending("baotin:events", "baotin")["pending"]
        assert pending == n, "it lives: they are left alone"
        lab.redis.delete("baotin:instance:dead")
        wait(lambda: len(lab.texts()) == n + 1, "all", 60)
        wait(lambda: lab.redis.xpending("baotin:events", "baotin")[
            "pending"] == 0, "no entry left")
        assert "adopted entries=20" in lab.log(), lab.log()


def dead_gateways_text_is_unknown_and_sent_once_more():
    with Lab(modems=2, start=False, settings={"retry": {
            "delays": [1], "jitter": 0, "unknown_wait": 1,
            "send_timeout": 1, "lease": 2}}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.n_modems = 1
        lab.write_conf()
        path = write_second(lab, "second", "state2", ["modem2"])
        lab.sim("fail modem2 silent-lost forever")
        second = spawn(lab, "second", path)
        wait(lambda: '"ready"' in (ctl2(lab, "state2", "modems") or ""),
             "its modem")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        message = lab.wait_receipt(state="sending")["message"]
        worker = children_of(second.pid)
        lab.kill("second")
        for pid in worker:
            os.kill(pid, signal.SIGKILL)
        lab.start_daemon()
        # Time passes: as if the lease had been over for long.
        past = lab.redis.time()[0] * 1000 - 3600 * 1000
        lab.redis.zadd("baotin:leased:second", {message: past}, xx=True)
        lab.wait_receipt(state="unknown", reason="lease_over")
        lab.wait_receipt(state="delivered", reason="unknown_resent")
        assert len(lab.texts()) == 1
        # The dead one comes back, with its journal: it changes nothing.
        lab.sim("fail modem2 clear")
        spawn(lab, "second", path)
        wait(lambda: '"ready"' in (ctl2(lab, "state2", "modems") or ""),
             "its modem")
        assert lab.receipts(message=message)[-1]["state"] == "delivered"
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_text(phone(2))
        assert len(lab.texts()) == 2
        lab.stop("second")


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(word) for word in children.read().split()]


def gateway_that_was_only_slow_sends_nothing_late():
    """Daemon and worker are frozen with a text behind the one on the air;
    its lease runs out, another one sends it."""
    with Lab(modems=2, start=False, settings={"retry": {
            "delays": [1], "jitter": 0, "unknown_wait": 1,
            "send_timeout": 2, "lease": 3}}) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.n_modems = 1
        lab.write_conf()
        path = write_second(lab, "second", "state2", ["modem2"])
        lab.sim("net modem1 latency=1200")
        lab.start_daemon()
        for i in range(2):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="sending")) == 2, "both")
        daemon = lab.children["baotind"].pid
        frozen = [daemon, *children_of(daemon)]
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        try:
            spawn(lab, "second", path)
            wait(lambda: '"ready"' in (ctl2(lab, "state2", "modems") or ""),
                 "the other modem")
            past = lab.redis.time()[0] * 1000 - 3600 * 1000
            for r in lab.receipts(state="sending"):
                lab.redis.zadd("baotin:leased:lab", {r["message"]: past},
                               xx=True)
            wait(lambda: len(lab.receipts(state="sent")) == 2, "both", 40)
            # Its name is free after a while, and its lease long over.
            wait(lambda: not lab.redis.exists("baotin:instance:lab"),
                 "its name to be free", 40)
        finally:
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
        lab.event(dossier=code(3), status=9, phone=phone(3))
        lab.wait_text(phone(3))
        wait(lambda: lab.usable_modems() == 1, "it again", 40)
        assert len(lab.texts(phone(1))) == 1, lab.texts()
        # The one that was on the air may be there twice, marked so.
        assert lab.receipts(reason="unknown_resent", dossier=code(0))
        assert len(lab.texts(phone(0))) <= 2, lab.texts()
        lab.stop("second")


def who_waits_for_its_name_is_waited_for():
    """On a new server the other gateway may have texts to tell of, though an
    earlier run of it still holds its name."""
    with Lab() as lab:
        # There before the daemon can ask the new server.
        lab.redis.sadd("baotin:gateways", "other")
        lab.redis.set("baotin:waits:other", 1)
        lab.kill("redis", signal.SIGTERM)
        lab.start_redis()
        lab.event(dossier=CODE, status=9, phone=PHONE)

        def beats():
            return int(lab.redis.hget("baotin:instance:lab", "beat") or 0)
        # The name, that it has told all, and what follows at leisure.
        before = wait(beats, "the daemon")
        wait(lambda: beats() > before + 3, "the daemon to have asked again")
        assert not lab.receipts(), lab.receipts()
        lab.redis.delete("baotin:waits:other")
        lab.wait_text(PHONE)


if __name__ == "__main__":
    run([second_daemon_with_one_state_dir_is_refused,
         second_gateway_of_one_name_is_refused,
         restart_after_a_crash_is_at_once,
         name_of_one_that_died_elsewhere_is_waited_for,
         clone_that_came_meanwhile_ends_us,
         dead_gateways_events_and_items_are_taken_over,
         dead_gateways_text_is_unknown_and_sent_once_more,
         gateway_that_was_only_slow_sends_nothing_late,
         who_waits_for_its_name_is_waited_for])
