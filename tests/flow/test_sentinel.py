#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Sentinels say where the master is; a failover is followed, for the queue
and for the reader."""

import signal

import redis as redis_client

from group import Group, free_port, write_conf
from lab import Lab, run, wait

CODE = "H10.45-230515-0001"


def phone(i):
    return f"+8491{i:07d}"


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


def issue9_3_a_replica_has_the_name_before_anything_is_leased():
    with Lab(start=False) as lab:
        group = Group(lab)
        replica, = [port for port, name in group.servers.items()
                    if name == "r1"]
        lab.start_sim()
        master = group.master()
        lab.write_conf(redis={"address": f"127.0.0.1:{master}"})
        lab.children["r1"].send_signal(signal.SIGSTOP)
        lab.start_daemon(ready=False)
        lab.event(dossier=CODE, status=9, phone=phone(1))
        wait(lambda: "cmdstat_wait" in lab.redis.info("commandstats"),
             "it to wait for the replica")
        assert lab.redis.sismember("baotin:gateways", "lab")
        assert "cmdstat_fcall" in lab.redis.info("commandstats")
        assert not lab.texts()
        lab.children["r1"].send_signal(signal.SIGCONT)
        lab.wait_text(phone(1))
        # A machine that took longer than this is patient has shown nothing.
        assert "replica_late" in lab.log() or group.client(
            replica).sismember("baotin:gateways", "lab")


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
     a_frozen_sentinel_does_not_hold_up,
     issue9_3_a_replica_has_the_name_before_anything_is_leased])
