# SPDX-License-Identifier: GPL-2.0-or-later
"""Backups of Redis that are put back: a moment ago is the present again. The
producers bring once more what they brought since."""

import os
import shutil
import time

import redis as redis_client

AOF, NAME = "appendonlydir", "appendonly.aof"
# A gateway's name lives so long in Redis; an older copy has it no more.
NAME_S = 15


def copy_aof(world, to):
    """Every write that was answered is in it (appendfsync always)."""
    shutil.copytree(world.path(AOF), to)


def copy_rdb(world, to):
    """As an operator makes it the base of a new append-only file."""
    world.redis.config_set("dir", world.dir)
    world.redis.save()
    os.mkdir(to)
    shutil.copy(world.path("dump.rdb"),
                os.path.join(to, NAME + ".1.base.rdb"))
    with open(os.path.join(to, NAME + ".manifest"), "w") as out:
        out.write(f"file {NAME}.1.base.rdb seq 1 type b\n")


def is_possible(world):
    return not world.group and world.wanted_redis and not world.redis_frozen


def take(world, rng):
    """Once a run. What was acknowledged before this moment is in it."""
    if not is_possible(world) or world.backup:
        return None
    moment, to = time.time(), world.path("backup")
    try:
        rng.choice((copy_aof, copy_rdb))(world, to)
    except (OSError, redis_client.exceptions.RedisError):
        shutil.rmtree(to, ignore_errors=True)
        return None
    world.backup = moment
    return 0, None


def put_back(world, rng):
    """Redis dies, and comes back as it was; now and then so late that all
    names of gateways have run out in it."""
    if not is_possible(world) or not world.backup or world.is_restored:
        return None
    world.is_restored = True
    world.kill_redis()

    def undo():
        shutil.rmtree(world.path(AOF))
        shutil.copytree(world.path("backup"), world.path(AOF))
        world.start_redis()
        world.producer.repeat_since(world.backup)
    return (rng.uniform(NAME_S + 1, NAME_S + 3)
            if rng.random() < world.late_share else rng.uniform(0, 1)), undo
