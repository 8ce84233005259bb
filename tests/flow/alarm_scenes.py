# SPDX-License-Identifier: GPL-2.0-or-later
"""12.6: a scenario names the alarms that it raises and clears; a row of
alarm.def without one is a fault (test_alarms.py)."""

import functools
import os
import re

from lab import SOURCE, wait

CLOCK = "2026-11-20 08:05:00"
scenes = {}			# alarm: the function that proves it
came, went = set(), set()	# in the scenario that runs


def table():
    """The names of alarm.def."""
    with open(os.path.join(SOURCE, "src", "alarm", "alarm.def")) as rows:
        names = re.findall(r'^\tA\(\w+, "(\w+)"', rows.read(), re.M)
    assert len(names) > 20, names
    return names


def proves(*names):
    """This scenario raises these alarms and clears them."""
    def decorate(test):
        @functools.wraps(test)
        def body():
            came.clear()
            went.clear()
            test()
            assert came >= set(names), (names, came)
            assert went >= set(names), (names, went)
        for name in names:
            assert name not in scenes, name
            scenes[name] = body
        return body
    return decorate


def raised(lab, name, about=None):
    return [a for a in lab.ctl("alarms")["raised"] if a["alarm"] == name and
            about in (None, a["about"])]


def told(lab, name, level):
    return [a for _, a in lab.redis.xrange("baotin:alarms")
            if a["alarm"] == name and a["level"] == level]


def comes(lab, name, about="", level="warning", pass_s=0, timeout=60):
    """It is raised, about this, and everybody is told what to do; pass_s: its
    cause must last, and this much time passes at each look."""
    def look():
        if pass_s:
            lab.let_pass(pass_s)
        return raised(lab, name, about)
    row = wait(look, f"the alarm {name}", timeout)[0]
    assert row["level"] == level, row
    assert row["text"] and row["advice"] and row["raised_at"] > 0, row
    assert row["doc"].endswith("#" + name), row
    came.add(name)
    return row


def goes(lab, name, about="", pass_s=0, timeout=60):
    """It is not raised any more, and the stream has its end."""
    def look():
        if pass_s:
            lab.let_pass(pass_s)
        return not raised(lab, name, about)
    wait(look, f"the end of {name}", timeout)
    entry = wait(lambda: told(lab, name, "clear"), f"the entry of {name}")[-1]
    assert entry["about"] == about and entry["text"], entry
    went.add(name)
