#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""10,000 guesses from 50 phones learn nothing: whoever asks for dossiers that
exist and whoever asks for some that do not see the same screens, one for
one; lock-outs hold; the alarm is raised; and meanwhile the phones that are
registered are served."""

from lab import run, wait
from ussd_client import Client, UssdLab

PAIRS = 25
GUESSES = 200
EXISTING, UNKNOWN = "1045230515", "1045240515"
OWNERS = 200


def owner(i):
    return f"+84980{i % OWNERS:06d}"


def id4(i):
    return f"{(i * 7919 + 13) % 10000:04d}"


def guess_in_pairs(lab, order, is_typed):
    """Each pair: one asks for dossiers that exist, the other for those that
    do not, in the same order with the same second factors. Every screen of
    the two must be equal. Gives all screens."""
    client, screens, served = Client(lab.port), {}, 0
    for turn in range(GUESSES):
        for pair in range(PAIRS):
            number = order(turn, pair)
            typed = f"{number:04d}" + (
                f"*{(turn * 37 + pair) % 10000:04d}" if is_typed else "")
            if typed.endswith("*" + id4(number)):
                typed = typed[:-1] + ("1" if typed[-1] == "0" else "0")
            seen = [client.dial(f"+84{side}{pair:08d}", stem + typed)
                    for side, stem in ((7, EXISTING), (3, UNKNOWN))]
            assert seen[0] == seen[1], (turn, pair, typed, seen)
            screens[seen[0]] = screens.get(seen[0], 0) + 2
        # Between two rounds somebody asks for his own.
        mine = client.dial(owner(turn), f"{EXISTING}{turn:04d}")
        assert f"..{turn:04d}" in mine, (turn, mine)
        served += 1
    client.close()
    assert sum(screens.values()) == 2 * PAIRS * GUESSES
    assert served == GUESSES
    # Nothing that a dossier knows is on any screen.
    for screen in screens:
        for word in ("dang xu ly", "Mot cua xa", "2026", "H10"):
            assert word not in screen, screen
    return screens


def alarms(lab):
    return {row["alarm"] for row in lab.ctl("alarms")["raised"]}


def ten_thousand_guesses_learn_nothing():
    with UssdLab() as lab:
        lab.dossiers(5000, owner, id4)
        # Everybody walks through codes of his own, one after the other.
        screens = guess_in_pairs(
            lab, lambda turn, pair: pair * GUESSES + turn, True)
        # The limits: few were looked up at all.
        few = min(screens.values())
        assert few <= 2 * PAIRS * 20, screens
        wait(lambda: "scanning" in alarms(lab), "the alarm")


def neither_without_limits():
    with UssdLab(lookup={"limits": {"ten_minutes": 1000,
                                    "day": 10000}}) as lab:
        lab.dossiers(5000, owner, id4)
        # Codes that do not follow one another, so that no guard but the
        # lock-outs speaks.
        screens = guess_in_pairs(
            lab, lambda turn, pair: (turn * 24 + pair) * 7 % 5000, True)
        assert len(screens) == 1, screens
        wait(lambda: "scanning" in alarms(lab), "the alarm")


def lock_outs_hold():
    with UssdLab(lookup={"limits": {"ten_minutes": 1000,
                                    "day": 10000}}) as lab:
        lab.dossiers(20, owner, id4)
        client = Client(lab.port)

        def ask(phone, number, digits):
            return client.dial(phone, f"{EXISTING}{number:04d}*{digits}")

        right = ask("+84911111111", 1, id4(1))
        assert "..0001" in right, right
        wrong = ask("+84911111112", 2, "0000")
        assert "..0002" not in wrong, wrong
        # Three wrong ones lock the phone, for any dossier …
        for number in (3, 5):
            assert ask("+84911111112", number, "0000") == wrong
        assert ask("+84911111112", 7, id4(7)) == wrong
        # … and a dossier, for any phone but its own.
        for i in range(3):
            assert ask(f"+8492000000{i}", 9, "0000") == wrong
        assert ask("+84930000000", 9, id4(9)) == wrong
        own = client.dial(owner(9), EXISTING + "0009")
        assert "..0009" in own, own
        # Others are not touched.
        assert "..0011" in ask("+84930000000", 11, id4(11))
        client.close()


run([ten_thousand_guesses_learn_nothing, neither_without_limits,
     lock_outs_hold])
