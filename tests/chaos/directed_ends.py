# SPDX-License-Identifier: GPL-2.0-or-later
"""Blows like those of directed.py, for the rules about ends of messages,
answers and backups. Each brings about what its planted fault can't judge."""

import os
import shutil

import backup
from directed import make
from producer import Event
from world import AGENCIES

from lab import wait

AGENCY, SMALL = (agency["id"] for agency in AGENCIES)


def begin(world):
    (gateway,) = world.gateways
    gateway.start()
    wait(lambda: gateway.ready_modems() == 1, "the modem")
    return gateway


def bring(world, number, status, phone, agency=AGENCY, **more):
    dossier = f"{agency}-261122-{number:05d}"
    event = Event(f"{dossier}/{status}", dossier, status, phone, "stream",
                  **more)
    redis = world.connect()
    seconds, micros = redis.time()
    event.at = seconds * 1000 + micros // 1000
    redis.xadd("baotin:events", event.fields())
    redis.close()
    event.is_acknowledged = True
    return event


def states(world):
    return [m["state"] for m in world.messages()]


def order(gateway, *words):
    done = gateway.ctl(*words)
    assert done[0] == 0, (words, done)


def answers(world):
    return [m for m in world.messages() if m.get("is_answer")]


def out_of_reach_once(world):
    """The phone is off at the first try."""
    begin(world)
    world.sim("fail modem1 cms=41")
    return make(world, 1)


def newer_without_a_text(world):
    """A change that makes no notice comes while the older one waits."""
    gateway = begin(world)
    order(gateway, "hold")
    phone = world.cast.shared[0]
    events = [bring(world, 1, 2, phone)]
    wait(lambda: states(world) == ["held"], "the notice")
    events.append(bring(world, 1, 5, phone, notify=False))
    wait(lambda: world.redis.xlen("baotin:receipts") > 1, "the change")
    order(gateway, "release")
    return events


def one_agency_is_cancelled(world):
    gateway = begin(world)
    order(gateway, "hold")
    events = [bring(world, i, 9, world.cast.shared[i], agency)
              for i, agency in enumerate((AGENCY, SMALL))]
    wait(lambda: states(world) == ["held"] * 2, "the notices")
    order(gateway, "cancel", "--agency", SMALL)
    world.cancelled_until[SMALL] = float("inf")
    order(gateway, "release")
    return events


def is_held_a_while(world):
    """Some seconds, far less than its validity."""
    gateway = begin(world)
    order(gateway, "hold")
    events = make(world, 1)
    over = world.redis.time()[0] + 5
    wait(lambda: "expired" in states(world) or
         world.redis.time()[0] > over, "five seconds")
    order(gateway, "release")
    return events


def phone_is_off(world):
    """The centre says that it is still trying."""
    world.set_phones()
    begin(world)
    events = [bring(world, 1, 9, world.cast.pending[0])]
    wait(lambda: states(world) in (["sent"], ["delivered"]), "the text")
    wait(lambda: "tp_status=48" in world.log(world.gateways[0].name),
         "the report")
    try:
        wait(lambda: states(world) == ["delivered"], "", 1)
    except AssertionError:
        pass    # as it should be
    return events


def question_in_parts(world):
    begin(world)
    phone = world.askers.pop()
    world.asked.add(phone)
    world.sim(f"sms modem1 {phone} 'TC{' ' * 170}' parts=reversed")
    try:
        wait(lambda: answers(world), "the answer", 3)
    except AssertionError:
        pass    # the books say so
    return []


def event_after_a_stop(world):
    begin(world)
    phone = world.stoppers.pop()
    world.stopped.add(phone)
    world.sim(f"sms modem1 {phone} DUNG")
    wait(lambda: answers(world), "the answer")
    return [bring(world, 1, 9, phone)]


def backup_is_put_back(world):
    """It knows nothing of a text that was sent; the producer repeats."""
    begin(world)
    backup.copy_aof(world, world.path("backup"))
    world.is_restored = True
    (event,) = events = make(world, 1)
    wait(lambda: states(world) == ["delivered"], "the report")
    world.kill_redis()
    shutil.rmtree(world.path(backup.AOF))
    os.rename(world.path("backup"), world.path(backup.AOF))
    world.start_redis()
    world.redis.xadd("baotin:events", event.fields())
    wait(lambda: states(world), "the event")
    return events


# As in directed.py.
BLOWS = {
    "out_of_reach_once": ("give_up_at_once", "unjust", 1, out_of_reach_once),
    "newer_without_a_text": (
        "supersede_by_anything", "unjust", 1, newer_without_a_text),
    "one_agency_is_cancelled": (
        "cancel_everybody", "unjust", 1, one_agency_is_cancelled),
    "is_held_a_while": ("expire_too_soon", "unjust", 1, is_held_a_while),
    "phone_is_off": ("believe_temporary", "unjust", 1, phone_is_off),
    "question_in_parts": ("lose_the_last_part", "answers", 1,
                          question_in_parts),
    "event_after_a_stop": ("forget_the_stop", "unjust", 1,
                           event_after_a_stop),
    "backup_is_put_back": ("forget_what_was_told", "doubled", 1,
                           backup_is_put_back),
}
