#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""13.1: once a day the desk gets a text that says how many citizens were not
reached."""

import os

from lab import AGENCY, Lab, run, wait
from test_desk import OTHER, code, phone

DESK = "+84911111111"
SECOND = "+84922222222"
WITH_DESK = {**AGENCY, "digest_to": ["0911 111 111"], "digest_hour": 15}


def miss(lab, n, agency="H10.45"):
    """A dossier that is ready, of a citizen without a number."""
    lab.event(dossier=code(n, agency), status=9)
    lab.wait_receipt(dossier=code(n, agency), reason="no_phone")


def looked(lab, agency="H10.45"):
    """The daemon has done today's digest."""
    def is_done():
        try:
            with open(lab.path("state", "memory.json")) as file:
                text = file.read()
        except FileNotFoundError:
            return False
        return '"digest"' in text and agency in text
    wait(is_done, "the digest of " + agency)


def marked(lab, event="H10.45-230515-0099"):
    """Some ticks have passed."""
    lab.event(dossier=event, status=9, phone=phone(99))
    lab.wait_receipt(dossier=event, state="delivered")


def issue13_1_digest_once_a_day_when_there_is_something():
    with Lab(clock="2026-11-20 14:58:00", agencies=[
            WITH_DESK, {**OTHER, "digest_to": [SECOND], "digest_hour": 15}]
             ) as lab:
        miss(lab, 1)
        miss(lab, 2)
        marked(lab)
        assert not lab.texts(DESK), "it is too early"
        lab.set_clock("2026-11-20 15:00:01")
        text = lab.wait_text(DESK)
        assert text.startswith("UBND xa Bom Bo: 2 nguoi chua nhan duoc tin"), \
            text
        assert code(1) not in text and phone(1) not in text
        looked(lab)
        looked(lab, "H10.46")
        # However often the daemon starts; and without what it remembers it
        # is as another gateway of the same Redis.
        for forgets in (False, True):
            lab.stop("baotind")
            if forgets:
                os.remove(lab.path("state", "memory.json"))
            lab.start_daemon()
            miss(lab, 3 + forgets)
            looked(lab)
            marked(lab, f"H10.45-230515-019{forgets:d}")
        assert len(lab.texts(DESK)) == 1, lab.texts(DESK)
        assert not lab.texts(SECOND), "nothing to say is not said"
        # The next day, from that hour on; told by the desk, it is over.
        for n in range(1, 4):
            lab.ctl("undelivered", "done", code(n))
        lab.set_clock("2026-11-21 17:30:00")
        assert "1 nguoi" in lab.wait_text(DESK, 2)
        lab.ctl("undelivered", "done", code(4))
        lab.set_clock("2026-11-22 15:10:00")
        marked(lab, "H10.45-230515-0198")
        assert len(lab.texts(DESK)) == 2


def issue13_1_digest_with_accents_in_english_and_not_at_night():
    english = {**OTHER, "language": "en", "digest_to": [SECOND],
               "digest_hour": 0}
    with Lab(clock="2026-11-20 05:00:00", agencies=[
            {**WITH_DESK, "accents": True, "digest_hour": 0}, english],
             settings={"notices": {"window": "07:00-21:00"}}) as lab:
        miss(lab, 1)
        miss(lab, 2, "H10.46")
        assert not lab.redis.keys("baotin:message:*"), "none is made by night"
        lab.set_clock("2026-11-20 07:00:01")
        assert lab.wait_text(DESK).startswith(
            "UBND xã Bom Bo: 1 người chưa nhận được tin")
        assert "citizens not reached: 1." in lab.wait_text(SECOND)


def issue13_1_digest_waits_in_a_trial():
    """notices.only_to: nobody else gets a text."""
    with Lab(clock="2026-11-20 15:30:00", agencies=[WITH_DESK], settings={
            "notices": {"only_to": [SECOND]}}) as lab:
        miss(lab, 1)
        lab.event(dossier=code(5), status=9, phone=SECOND)
        lab.wait_text(SECOND)
        assert not lab.texts(DESK)


if __name__ == "__main__":
    run([issue13_1_digest_once_a_day_when_there_is_something,
         issue13_1_digest_with_accents_in_english_and_not_at_night,
         issue13_1_digest_waits_in_a_trial])
