# SPDX-License-Identifier: GPL-2.0-or-later
"""One blow at the worst moment, instead of many at random: what a planted
fault (faults/) can't survive and the real thing must. Each function gets a
world that has been built, makes its events and strikes."""

import os
import signal
import socket
import threading

from producer import Event
from world import LEASE_S, send

from lab import wait

PHONE = "+84912345678"


def make(world, n):
    """n notices of as many dossiers; returns their events."""
    events = []
    for i in range(n):
        event = Event(f"e{i}", f"H10.45-261122-{i:05d}", 9,
                      PHONE[:-3] + f"{i:03d}", "stream", False, True, False)
        event.at = world.redis.time()[0] * 1000 + i
        world.redis.xadd("baotin:events", event.fields())
        event.is_acknowledged = True
        events.append(event)
    return events


def restart(gateway):
    gateway.kill_daemon()
    gateway.start()


class Strait:
    """Between a gateway and Redis: keeps back what has these words in it, and
    what comes behind it on that connection, or answers would go to questions
    that they do not belong to."""

    def __init__(self, world):
        self.world, self.words, self.kept = world, None, 0
        self.path = world.path("strait.sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.listener.accept()
            server = socket.socket(socket.AF_UNIX)
            server.connect(self.world.path("redis.sock"))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self.carry, args=ends,
                                 daemon=True).start()

    def carry(self, source, to):
        is_stuck = False
        try:
            while data := source.recv(1 << 20):
                is_stuck |= bool(self.words) and self.words in data
                if is_stuck and self.words:
                    self.kept += 1
                    continue
                to.sendall(data)
        except OSError:
            pass
        for end in (source, to):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def dies_between_read_and_accept(world):
    """The daemon has read an event; what it says of it does not reach Redis
    before it is killed."""
    (gateway,) = world.gateways
    strait = Strait(world)
    world.redirect(gateway, "unix:" + strait.path)
    gateway.start()
    wait(lambda: gateway.ready_modems() == 1, "the modem")
    strait.words = b"accept\r\n"    # the name of the call
    events = make(world, 3)
    wait(lambda: strait.kept, "the daemon to have read them")
    # What else it has to say of them gets through, in a moment or never.
    try:
        wait(lambda: world.redis.xlen("baotin:events") == 0, "", 0.5)
    except AssertionError:
        pass
    gateway.kill_daemon()
    strait.words = None
    gateway.start()
    return events


def dies_with_a_text_on_the_air(world):
    """The centre has the text, the modem is silent, the worker is killed:
    only the journal knows that it was handed over."""
    (gateway,) = world.gateways
    gateway.start()
    wait(lambda: gateway.ready_modems() == 1, "the modem")
    world.sim("fail modem1 silent-taken")
    events = make(world, 1)
    wait(world.texts, "the text")
    for pid in gateway.workers():
        send(pid, signal.SIGKILL)
    return events


def frozen_beyond_its_lease(world):
    """One gateway stands still while its text is on the air, until its lease
    is over; the other one has nothing to do."""
    one, two = world.gateways
    one.start()
    wait(lambda: one.ready_modems() == 1, "the modem")
    world.sim("fail modem1 silent-taken")
    events = make(world, 1)
    wait(world.texts, "the text")
    pids = [one.pid(), *one.workers()]
    for pid in pids:
        send(pid, signal.SIGSTOP)
    two.start()
    wait(lambda: two.ready_modems() == 1, "the other gateway")
    over = world.redis.time()[0] + LEASE_S + 3
    wait(lambda: len(world.texts()) > 1 or world.redis.time()[0] > over,
         "the lease's end")
    for pid in pids:
        send(pid, signal.SIGCONT)
    return events


# name: (the fault of faults/ that it finds, its symptom, gateways, what)
BLOWS = {
    "dies_between_read_and_accept": (
        "acknowledge_before_accept", "lost", 1, dies_between_read_and_accept),
    "dies_with_a_text_on_the_air": (
        "forget_the_journal", "doubled", 1, dies_with_a_text_on_the_air),
    "frozen_beyond_its_lease": (
        "reuse_a_lease", "doubled", 2, frozen_beyond_its_lease),
}
FAULTS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "faults")
