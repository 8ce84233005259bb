#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinels say where the master is; a failover is followed, for the queue
and for the reader."""

import os
import signal
import socket
import subprocess

import redis as redis_client

from lab import Lab, run, wait

CODE = "H10.45-230515-0001"


def phone(i):
    return f"+8491{i:07d}"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Group:
    """A master, replicas and sentinels on loopback, in a lab's folder."""

    def __init__(self, lab, replicas=1, sentinels=1):
        self.lab = lab
        self.servers = {}
        master = self.start_server("r0")
        for i in range(1, replicas + 1):
            self.start_server(f"r{i}", "--replicaof", "127.0.0.1",
                              str(master))
        self.sentinels = []
        for i in range(sentinels):
            self.sentinels.append(self.start_sentinel(f"s{i}", master))
        lab.redis = self.client(master)
        if replicas:
            wait(lambda: len(self.known_replicas()) >= replicas,
                 "the sentinel to know the replicas")

    def client(self, port):
        return redis_client.Redis(port=port, decode_responses=True)

    def start_server(self, name, *words, port=None):
        for _ in range(20):
            mine = port or free_port()
            child = self.lab.spawn(name, [
                "redis-server", "--port", str(mine), "--bind", "127.0.0.1",
                "--dir", self.lab.dir, "--save", "", "--appendonly", "no",
                "--dbfilename", name + ".rdb", "--repl-diskless-sync-delay",
                "0", *words])
            if self.answers(child, mine):
                self.servers[mine] = name
                return mine
            self.lab.kill(name)
        raise AssertionError("no free port for " + name)

    def answers(self, child, port):
        def look():
            if child.poll() is not None:
                return "dead"
            try:
                return self.client(port).ping() and "up"
            except redis_client.exceptions.BusyLoadingError:
                return None
            except redis_client.exceptions.RedisError:
                return None
        return wait(look, "a redis-server") == "up"

    def start_sentinel(self, name, master):
        for _ in range(20):
            port = free_port()
            path = self.lab.path(name + ".conf")
            with open(path, "w") as out:
                out.write(f"""port {port}
bind 127.0.0.1
dir {self.lab.dir}
sentinel monitor mymaster 127.0.0.1 {master} 1
sentinel down-after-milliseconds mymaster 700
sentinel failover-timeout mymaster 4000
""")
            child = self.lab.spawn(name, ["redis-server", path, "--sentinel"])
            if self.answers(child, port):
                return port
            self.lab.kill(name)
        raise AssertionError("no free port for " + name)

    def known_replicas(self):
        sentinel = self.client(self.sentinels[-1])
        rows = sentinel.execute_command("SENTINEL", "REPLICAS", "mymaster")
        if rows and not isinstance(rows[0], dict):
            rows = [dict(zip(r[::2], r[1::2])) for r in rows]
        return [r for r in rows if "down" not in r["flags"] and
                r.get("master-link-status") == "ok"]

    def master(self):
        answer = self.client(self.sentinels[-1]).execute_command(
            "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
        return int(answer[1])


def write_conf(lab, ports, **more):
    path = lab.write_conf(redis={
        "master": "mymaster", "address": "",
        "sentinels": [f"127.0.0.1:{p}" for p in ports]}, **more)
    with open(path) as text:
        lines = text.read().replace('address = "";', "")
    with open(path, "w") as out:
        out.write(lines)


def redis_status(lab):
    status = lab.ctl("status", check=False)
    return status["redis"] if status else {"state": "", "trouble": ""}


def the_master_is_found_and_a_failover_followed():
    with Lab(start=False) as lab:
        group = Group(lab)
        lab.start_sim()
        # The first one is dead, and the second one is asked.
        write_conf(lab, [free_port(), *group.sentinels])
        lab.start_daemon()
        old = group.master()
        assert redis_status(lab)["address"] == f"127.0.0.1:{old}"
        lab.event(dossier=CODE, status=9, phone=phone(1))
        lab.wait_text(phone(1))
        lab.wait_receipt(state="delivered")
        # All that was written must have reached the replica.
        assert lab.redis.wait(1, 5000) == 1
        lab.kill(group.servers[old])
        wait(lambda: group.master() != old, "the failover")
        lab.redis = group.client(group.master())
        wait(lambda: redis_status(lab)["state"] == "up", "the new master")
        assert redis_status(lab)["address"] == f"127.0.0.1:{group.master()}"
        lab.event(dossier="H10.45-230515-0002", status=9, phone=phone(2))
        lab.wait_text(phone(2))
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0002")
        assert len(lab.texts()) == 2


def a_demoted_master_is_left():
    """The old master lives on as a replica: its READONLY, or its hanging
    up, sends us to the new one."""
    with Lab(start=False) as lab:
        group = Group(lab)
        lab.start_sim()
        write_conf(lab, group.sentinels)
        lab.start_daemon()
        old = group.master()
        lab.event(dossier=CODE, status=9, phone=phone(1))
        lab.wait_receipt(state="delivered")
        assert lab.redis.wait(1, 5000) == 1
        sentinel = group.client(group.sentinels[0])
        wait(lambda: try_failover(sentinel), "the failover to begin")
        wait(lambda: group.master() != old, "the failover")
        lab.redis = group.client(group.master())
        lab.redis.ping()
        wait(lambda: redis_status(lab) and redis_status(lab)["address"] ==
             f"127.0.0.1:{group.master()}" and
             redis_status(lab)["state"] == "up", "the new master")
        lab.event(dossier="H10.45-230515-0002", status=9, phone=phone(2))
        lab.wait_text(phone(2))
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0002")
        assert len(lab.texts()) == 2


def try_failover(sentinel):
    try:
        return sentinel.execute_command("SENTINEL", "FAILOVER", "mymaster")
    except redis_client.exceptions.ResponseError:
        return False


def a_replica_is_refused_and_troubles_are_told():
    with Lab(start=False) as lab:
        group = Group(lab, replicas=0)
        lab.start_sim()
        dead = free_port()
        write_conf(lab, [dead])
        lab.start_daemon(ready=False)
        wait(lambda: "no sentinel answers" in redis_status(lab)["trouble"],
             "a clear word")
        lab.stop("baotind")
        lab.settings = {"redis": {"master": "mymaster"}}
        write_conf(lab, group.sentinels)
        text = open(lab.path("baotin.conf")).read()
        with open(lab.path("baotin.conf"), "w") as out:
            out.write(text.replace('"mymaster"', '"other"'))
        lab.start_daemon(ready=False)
        wait(lambda: redis_status(lab)["trouble"] ==
             "no sentinel knows a master other", "a clear word")
        lab.stop("baotind")
        # What the sentinel calls master is a replica: not used.
        replica = group.start_server("r9", "--replicaof", "127.0.0.1",
                                     str(dead))
        port = group.start_sentinel("s9", replica)
        write_conf(lab, [port])
        lab.start_daemon(ready=False)
        wait(lambda: "replica, not the master" in
             redis_status(lab)["trouble"], "a clear word")


def a_frozen_sentinel_does_not_hold_up():
    with Lab(start=False) as lab:
        group = Group(lab, replicas=0, sentinels=2)
        lab.start_sim()
        frozen = lab.children["s0"]
        frozen.send_signal(signal.SIGSTOP)
        write_conf(lab, group.sentinels)
        lab.start_daemon()
        lab.event(dossier=CODE, status=9, phone=phone(1))
        lab.wait_text(phone(1))


run([the_master_is_found_and_a_failover_followed, a_demoted_master_is_left,
     a_replica_is_refused_and_troubles_are_told,
     a_frozen_sentinel_does_not_hold_up])
