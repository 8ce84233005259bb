# SPDX-License-Identifier: GPL-2.0-or-later
"""What operators do while all goes on: hold, release, cancel, reload. The
world notes what was asked for, whether it was answered or not."""

import signal
import subprocess
import time

from world import AGENCIES, REDIS_TROUBLE, send

ASK_S = 4


def ask(gateway, *words):
    """Was it done? Nobody knows when there is no answer."""
    try:
        return gateway.ctl(*words, timeout=ASK_S)[0] == 0
    except subprocess.TimeoutExpired:
        return False


def hold(world, rng, gateways):
    """One agency, or all; released until that is answered."""
    if world.is_holding:
        return None
    words = ["--agency", rng.choice(AGENCIES)["id"]] \
        if rng.random() < 0.7 else []
    world.is_holding = True
    ask(rng.choice(gateways), "hold", *words)

    def undo():
        alive = [g for g in world.gateways if g.is_wanted and g.pid() and
                 not g.frozen]
        if not alive or not ask(alive[0], "release", *words):
            return False
        world.is_holding = False
        return True
    return rng.uniform(0.3, 1.5), undo


def waiting(world, rng):
    """A message that is not out yet, or None."""
    try:
        redis = world.connect()
        ids = redis.zrange("baotin:expiring", 0, -1)
        redis.close()
    except REDIS_TROUBLE:
        return None
    return rng.choice(ids) if ids else None


def cancel(world, rng, gateways):
    message = waiting(world, rng)
    if message is None:
        return None
    world.cancelled.add(message)
    ask(rng.choice(gateways), "cancel", message)
    return 0, None


def cancel_agency(world, rng, gateways):
    """Of the small one only: what it has at this moment."""
    agency = AGENCIES[-1]["id"]
    ask(rng.choice(gateways), "cancel", "--agency", agency)
    world.cancelled_until[agency] = time.time() * 1000
    return 0, None


def reload(world, rng, gateways):
    """With the same file, or with one modem that starts anew."""
    gateway = rng.choice(gateways)
    if rng.random() < 0.5:
        with open(gateway.conf) as conf:
            text = conf.read()
        old, new = rng.choice((("pace_ms = 0", "pace_ms = 1"),
                               ("pace_ms = 1", "pace_ms = 0")))
        with open(gateway.conf, "w") as conf:
            conf.write(text.replace(old, new, 1))
    if rng.random() < 0.5:
        send(gateway.pid(), signal.SIGHUP)
    else:
        ask(gateway, "reload")
    return 0, None


def on_a_living_one(act):
    """As kinds.py wants it."""
    def kind(world, rng):
        alive = [g for g in world.gateways if g.is_wanted and g.pid() and
                 not g.frozen]
        return act(world, rng, alive) if alive else None
    return kind
