# SPDX-License-Identifier: GPL-2.0-or-later
"""What can happen to a world. Each function does it now and returns (seconds,
undo), or None when it can't be done just now."""

import signal

import redis as redis_client

import air_kinds as air
import backup
import operator_kinds as operators
from operator_kinds import on_a_living_one
from world import LEASE_S, REDIS_TROUBLE, send


def up(world):
    return [g for g in world.gateways if g.is_wanted and g.pid() and
            not g.frozen]


def pick(rng, things):
    return rng.choice(things) if things else None


def kill_daemon(world, rng):
    gateway = pick(rng, up(world))
    if gateway is None:
        return None
    gateway.kill_daemon()
    return rng.uniform(0, 0.8), gateway.start


def stop_daemon(world, rng, gateway=None):
    """SIGTERM: it drains, and is started again when it is gone."""
    gateway = gateway or pick(rng, up(world))
    if gateway is None:
        return None
    gateway.is_wanted = False
    send(gateway.pid(), signal.SIGTERM)

    def undo():
        if gateway.pid():
            return False
        world.children.pop(gateway.name, None)
        gateway.start()
        return True
    return rng.uniform(0, 0.8), undo


def kill_worker(world, rng):
    gateway = pick(rng, [g for g in up(world) if g.workers()])
    if gateway is None:
        return None
    send(rng.choice(gateway.workers()), signal.SIGKILL)
    return 0, None


def freeze(gateway, pids):
    for pid in pids:
        send(pid, signal.SIGSTOP)
    gateway.frozen.update(pids)

    def thaw():
        for pid in pids:
            send(pid, signal.SIGCONT)
        gateway.frozen.difference_update(pids)
    return thaw


def too_long(rng):
    return rng.uniform(LEASE_S + 0.5, LEASE_S + 2)


def freeze_daemon(world, rng):
    gateway = pick(rng, up(world))
    if gateway is None:
        return None
    return too_long(rng), freeze(gateway, [gateway.pid()])


def freeze_worker(world, rng):
    gateway = pick(rng, [g for g in up(world) if g.workers()])
    if gateway is None:
        return None
    return too_long(rng), freeze(gateway, [rng.choice(gateway.workers())])


def freeze_gateway(world, rng, seconds=0):
    gateway = pick(rng, up(world))
    if gateway is None or len(world.gateways) < 2:
        return None
    return seconds or too_long(rng), freeze(gateway, [gateway.pid(),
                                                      *gateway.workers()])


def cut_power(world, rng):
    """Of one machine; Redis may be on it."""
    gateway = pick(rng, up(world))
    if gateway is None:
        return None
    has_redis = world.wanted_redis and not world.redis_frozen and (
        len(world.gateways) == 1 or rng.random() < 0.5)
    if has_redis:
        world.kill_redis()
    gateway.cut(rng)

    def undo():
        if has_redis and not world.wanted_redis:
            world.start_redis()
        # A machine takes longer to start than its name lives in Redis.
        if not world.forget_name(gateway):
            return False
        gateway.start()
        return True
    return rng.uniform(0, 0.8), undo


def kill_redis(world, rng, number=signal.SIGKILL):
    if not world.wanted_redis or world.redis_frozen:
        return None
    world.kill_redis(number)
    return rng.uniform(0, 1.5), world.start_redis


def fail_over(world, rng):
    """The master dies, or only gives its place to its replica. It comes back
    as the other one's replica."""
    if not world.group or world.is_failing_over or \
            not world.group.known_replicas():
        return None
    group, old = world.group, world.group.master()
    name = group.servers[old]
    is_kill = rng.random() < 0.7
    if is_kill:
        world.kill(name)
    else:
        try:
            group.client(group.sentinels[0]).execute_command(
                "SENTINEL", "FAILOVER", "mymaster")
        except redis_client.exceptions.ResponseError:
            return None     # the last one is not over
    world.is_failing_over = True

    def undo():
        if group.master() == old:
            return False
        if is_kill and name not in world.children:
            group.start_server(name, "--replicaof", "127.0.0.1",
                               str(group.master()), port=old)
        if not group.known_replicas():
            return False
        world.follow()
        world.is_failing_over = False
        return True
    return 0.2, undo


def restart_redis(world, rng):
    return kill_redis(world, rng, signal.SIGTERM)


def pause_redis(world, rng):
    if not world.wanted_redis or world.redis_frozen:
        return None
    pid = world.children["redis"].pid
    world.redis_frozen = True
    send(pid, signal.SIGSTOP)

    def undo():
        send(pid, signal.SIGCONT)
        world.redis_frozen = False
    # Seldom beyond the daemon's deadline for an answer.
    return (11 if rng.random() < 0.1 else rng.uniform(0.5, 4)), undo


def kill_both(world, rng):
    """What Redis knows and who could tell it die in one moment."""
    if world.group:
        redis = fail_over(world, rng)
    else:
        redis = kill_redis(world, rng)
    if redis is None:
        return None
    gateway = cut_power(world, rng) or (0, lambda: True)
    undone = set()

    def undo():
        for name, (_, act) in (("redis", redis), ("gateway", gateway)):
            if name not in undone:
                if act() is False:
                    return False
                undone.add(name)
        return True
    return max(redis[0], gateway[0]), undo


def fill_memory(world, rng):
    """Redis refuses what needs memory, and takes the rest."""
    if not world.wanted_redis or world.redis_frozen or world.group:
        return None

    def set_most(octets):
        try:
            redis = world.connect()
            redis.config_set("maxmemory", octets)
            redis.close()
            return True
        except REDIS_TROUBLE:
            return False
    if not set_most(1):
        return None
    # A server that was started anew has no bound.
    return rng.uniform(0.1, 1.5), lambda: set_most(0)


def silence(world, rng):
    """A modem says nothing after Ctrl-Z; the text was taken, or not."""
    how = rng.choice(("silent-lost", "silent-taken"))
    world.sim(f"fail {rng.choice(world.modem_names())} {how}")
    return 0, None


def fill_disk(world, rng):
    gateway = pick(rng, [g for g in up(world) if not g.disk.is_full()])
    if gateway is None:
        return None
    gateway.disk.set_full(True)
    return rng.uniform(0.3, 2), lambda: gateway.disk.set_full(False)


def unplug(world, rng):
    modem = rng.choice(world.modem_names())
    if modem in world.unplugged:
        return None
    world.sim("hangup " + modem)
    world.unplugged.add(modem)

    def undo():
        world.sim("plug " + modem)
        world.unplugged.discard(modem)
    return rng.uniform(0.2, 1.5), undo


# name: (how often, what)
KINDS = {
    "daemon killed": (8, kill_daemon),
    "worker killed": (9, kill_worker),
    "Redis killed": (6, kill_redis),
    "power cut": (7, cut_power),
    "daemon ended": (1, stop_daemon),
    "Redis failed over": (6, fail_over),
    "Redis restarted": (1, restart_redis),
    "Redis frozen": (1, pause_redis),
    "daemon frozen": (1, freeze_daemon),
    "worker frozen": (1, freeze_worker),
    "gateway frozen": (2, freeze_gateway),
    "modem silent": (3, silence),
    "modem unplugged": (1, unplug),
    "disk full": (2, fill_disk),
    "Redis and gateway killed": (2, kill_both),
    "memory full": (2, fill_memory),
    "backup taken": (0, backup.take),
    "backup put back": (0, backup.put_back),
    "modem refuses all": (3, air.refuse_everybody),
    "number refused": (2, air.refuse_number),
    "modem restarted": (2, air.restart_modem),
    "odd reports": (1, air.odd_reports),
    "odd text": (2, air.odd_text),
    "odd PDU stored": (3, air.stored_text),
    "question": (4, air.question),
    "stop": (2, air.stop),
    "missed call": (1, air.call),
    "hold": (1, on_a_living_one(operators.hold)),
    "cancel": (1, on_a_living_one(operators.cancel)),
    "agency cancelled": (0.3, on_a_living_one(operators.cancel_agency)),
    "reload": (1, on_a_living_one(operators.reload)),
}
# Those that break nothing: a blow comes on top.
GENTLE = ("backup taken", "number refused", "odd reports", "odd text",
          "odd PDU stored", "question", "stop", "missed call", "cancel",
          "reload")
# In a run that has a backup put back: soon taken, later put back.
RESTORES = {"backup taken": 30, "backup put back": 5}
# Those that end a process without asking it.
KILLS = ("daemon killed", "worker killed", "Redis killed", "power cut",
         "Redis and gateway killed")
