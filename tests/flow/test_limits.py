#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Limits and lock-outs of lookups are a phone's and a dossier's, whichever
way is asked and whichever daemon answers."""

import os

from lab import program, run, wait
from test_fronts import Story
from test_lookup import (CODE, DIGITS, ID4, LIMITED, LOOSE, NOT_FOUND, OTHER,
                         OWNER, Door, dossiers, question)

SECOND = "10452305150002"
THIRD = "+84900000003"


def second_gateway(lab):
    """A daemon more, without modems, on the same Redis and keys."""
    first, path = lab.path("baotin.conf"), lab.path("second.conf")
    os.mkdir(lab.path("second"))
    with open(first) as text:
        own = text.read()
    lab.write_conf(
        gateway={"name": "second", "state_dir": lab.path("second")},
        modems=[{"name": "none", "device": lab.path("sim", "none")}],
        admin={"socket": lab.path("second", "control.sock"), "group": "",
               "status_socket": lab.path("second", "status.sock"),
               "http": ""})
    os.rename(first, path)
    with open(first, "w") as text:
        text.write(own)
    lab.spawn("second", [program("baotind"), "-f", "-c", path],
              env={"BAOTIN_WORKER": lab.worker(), **lab.clock_env()})
    wait(lambda: "gate_open" in lab.log("second"), "the second gateway")
    return Door(lab, "second")


def lock_outs_are_shared_and_survive():
    with dossiers(2, settings=LOOSE) as lab:
        doors = [Door(lab), second_gateway(lab)]
        for n, wrong in enumerate(("0000", "1111", "2222")):
            assert question(lab, OTHER, DIGITS, wrong,
                            doors[n % 2]) == NOT_FOUND
        for door in doors:
            # The phone for any dossier, the dossier for any phone.
            assert question(lab, OTHER, SECOND, ID4, door) == NOT_FOUND
            assert question(lab, THIRD, DIGITS, ID4, door) == NOT_FOUND
            # Never the registered one: not even when it guesses, too.
            assert "co ket qua" in question(lab, OWNER, DIGITS, None, door)
        lab.stop("baotind")
        lab.stop("second")
        lab.kill("redis")
        lab.start_redis()
        lab.start_daemon()
        door = Door(lab)
        lab.set_clock("2026-11-23T07:59:00")
        assert question(lab, OTHER, SECOND, ID4, door) == NOT_FOUND
        assert question(lab, "+84900000004", DIGITS, ID4, door) == NOT_FOUND
        assert "co ket qua" in question(lab, OWNER, DIGITS, None, door)
        lab.set_clock("2026-11-23T08:01:00")
        assert "tiep nhan" in question(lab, OTHER, SECOND, ID4, door)
        assert "co ket qua" in question(lab, OTHER, DIGITS, ID4, door)


def one_phone_locks_one_dossier_at_most():
    with dossiers(2, settings=LOOSE) as lab:
        door = Door(lab)
        for wrong in ("0000", "1111", "2222"):
            question(lab, OTHER, DIGITS, wrong, door)
        for wrong in ("0000", "1111", "2222", "3333"):
            question(lab, OTHER, SECOND, wrong, door)
        assert "tiep nhan" in question(lab, THIRD, SECOND, ID4, door)


def date_and_number_mean_one_dossier_or_none():
    """The unit's digits may be left out, and nothing is to be gained by it:
    the lock-out is the same, and several dossiers are none."""
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        tail = DIGITS[-10:]
        assert "co ket qua" in question(lab, OTHER, tail, ID4, door)
        for phone, typed in ((OTHER, tail), (THIRD, DIGITS),
                             ("+84900000004", tail)):
            assert question(lab, phone, typed, "0000", door) == NOT_FOUND
        for typed in (tail, DIGITS):
            assert question(lab, "+84900000005", typed, ID4,
                            door) == NOT_FOUND
            assert "co ket qua" in question(lab, OWNER, typed, None, door)
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        other = "H10.45.7-230515-0001"
        lab.event(dossier=other, status=2, phone=OWNER, id4="9999",
                  agency="H10.45", notify=0)
        wait(lambda: lab.redis.exists("baotin:dossier:" + other),
             "the record")
        for id4 in (ID4, "9999"):
            assert question(lab, OTHER, tail, id4, door) == NOT_FOUND
        assert "co ket qua" in question(lab, THIRD, DIGITS, ID4, door)
        assert "tiep nhan" in question(lab, THIRD, "104572305150001", "9999",
                                       door)


def the_registered_phone_is_never_locked_out():
    with dossiers(2, settings=LOOSE) as lab:
        door = Door(lab)
        # It guesses others', and is locked for those …
        for n in range(4):
            assert question(lab, OWNER, "10452305159999", f"{n:04d}",
                            door) == NOT_FOUND
        # … but its own it sees on every front.
        for _ in range(3):
            assert "co ket qua" in question(lab, OWNER, DIGITS, "0000", door)
        story = Story(lab, "")
        story.say(f"TC {CODE}").say("TC").call()
        assert sum("0001" in line for line in story.story
                   if line.startswith("<") or line.startswith("..")) >= 1
        texts = [t["text"] for t in lab.texts(OWNER)]
        assert len(texts) == 3 and all("0001" in t for t in texts), texts


def all_fronts_count_together():
    with dossiers(1) as lab:
        door, n = Door(lab), 0
        story = Story(lab, "")
        for minute in (0, 11, 22, 33):
            if minute:
                lab.set_clock(f"2026-11-22T08:{minute}:00")
            # Two by USSD, two texts, one call: five.
            for _ in range(2):
                assert "co ket qua" in question(lab, OWNER, "0001",
                                                door=door)
                story.say("TC 0001")
            story.call()
            n += 3
            assert len(lab.texts(OWNER)) == n
            # The sixth, whichever way.
            if minute == 0:
                assert question(lab, OWNER, "0001", door=door) == LIMITED
                story.say("TC 0001")
                n += 1
                assert lab.texts(OWNER)[-1]["text"].startswith(
                    "Ong/ba da hoi"), lab.texts(OWNER)
        # Twenty are a day's; a call is not even told.
        lab.set_clock("2026-11-22T20:00:00")
        assert question(lab, OWNER, "0001", door=door) == LIMITED
        story.call()
        assert len(lab.texts(OWNER)) == n, lab.texts(OWNER)
        story.say("TC")
        assert lab.texts(OWNER)[-1]["text"].startswith("Ong/ba da hoi")
        lab.set_clock("2026-11-23T08:00:30")
        assert "co ket qua" in question(lab, OWNER, "0001", door=door)


def modem_ussd_has_limits_of_its_sim():
    """Nobody knows who asks on a modem's own number: one SIM, one asker."""
    with dossiers(1) as lab:
        lab.sim(f'ussd modem1 "*1022*{DIGITS}*0000#" ask=1 keep=1')
        wait(lambda: lab.redis.keys("baotin:question_count:day:*"), "the count")
        (name,) = lab.redis.keys("baotin:question_count:day:*")
        assert lab.redis.get(name) == "1"


if __name__ == "__main__":
    run([lock_outs_are_shared_and_survive,
         one_phone_locks_one_dossier_at_most,
         date_and_number_mean_one_dossier_or_none,
         the_registered_phone_is_never_locked_out,
         all_fronts_count_together, modem_ussd_has_limits_of_its_sim])
