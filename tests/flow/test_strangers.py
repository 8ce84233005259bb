#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""9.13: answers, above all those to phones without a dossier, leave the SIM's
limits to notices."""

from lab import NO_LIMITS, Lab, run, wait
from test_lookup import CODE, ID4, Dialogue, dossiers
from test_scripts import DAY, lab_of
from test_words import PHONE, metric, quiet, record, say

CLOCK = "2026-11-20 08:05:00"
NEXT_HOUR = "2026-11-20 09:05:00"
BUDGET = 20			# lookup.strangers


def stranger(n):
    return f"+8490000{n:04d}"


def flood(lab, words, phones):
    """Each phone says its word, and all of that is dealt with."""
    before = metric(lab, "questions_total")
    for n, phone in enumerate(phones):
        say(lab, words[n % len(words)], phone)
    wait(lambda: metric(lab, "questions_total") == before + len(phones),
         "the questions", 60)
    quiet(lab)


def to_strangers(lab):
    return [t for t in lab.texts() if t["to"].startswith("+8490000")]


def alarms(lab):
    return [a["about"] for a in lab.ctl("alarms")["raised"]
            if a["alarm"] == "strangers"]


def notices(lab, n, first=0):
    """So many notices to as many phones, and all of them go out."""
    phones = [f"+849811{first + i:05d}" for i in range(n)]
    for i, phone in enumerate(phones):
        lab.event(dossier=f"H10.45-230516-{first + i:04d}", status="ready",
                  phone=phone)
    for phone in phones:
        lab.wait_text(phone)
    return sum(t["segments"] for t in lab.texts() if t["to"] in phones)


def spoofed(words):
    with Lab(clock=CLOCK) as lab:
        record(lab)
        assert alarms(lab) == []
        flood(lab, words, [stranger(n) for n in range(70)])
        wait(lambda: len(to_strangers(lab)) == BUDGET, "the last answer")
        wait(lambda: alarms(lab) == ["modem1"], "the alarm")
        # A citizen is not cut off.
        say(lab, "TC 0001")
        lab.wait_text(PHONE)
        notices(lab, 1)
        assert len(to_strangers(lab)) == BUDGET
        lab.set_clock(NEXT_HOUR)
        wait(lambda: alarms(lab) == [], "the end of the alarm")
        levels = [row["level"] for _, row in
                  lab.redis.xrange("baotin:alarms")
                  if row["alarm"] == "strangers"]
        assert levels == ["warning", "clear"], levels
        say(lab, words[0], stranger(99))
        lab.wait_text(stranger(99))
        for key in lab.redis.keys("baotin:strangers:*"):
            assert 0 < lab.redis.pttl(key) <= 7200000, key


def issue9_13_spoofed_senders_with_wrong_codes():
    spoofed(["TC H10.45-230515-9999", "TC 9998", "TC 0001",
             f"TC {CODE} 0000"])


def issue9_13_spoofed_senders_with_words():
    spoofed(["TG", "DUNG", "LAI", "SAISO", "CO DAU", "KHONG DAU"])


def issue9_13_wrong_codes_leave_an_hour_to_notices():
    with Lab(clock=CLOCK, modem={"limits": dict(NO_LIMITS, hour=40)}) as lab:
        record(lab)
        flood(lab, ["TC 9999"], [stranger(n) for n in range(45)])
        wait(lambda: len(to_strangers(lab)) == 10, "half of half")
        say(lab, "TC 0001")
        lab.wait_text(PHONE)
        n = notices(lab, 10)
        answers = sum(t["segments"] for t in lab.texts()) - n
        assert answers <= 20, answers
        assert len(to_strangers(lab)) == 10


def issue9_13_answers_of_citizens_too_leave_a_share():
    """They wait for the next hour. An operator's text, urgent too, does
    not, nor does a notice."""
    with Lab(clock=CLOCK, modem={"limits": dict(NO_LIMITS, hour=10)},
             settings={"lookup": {"answer_validity": "3h"}}) as lab:
        phones = [f"+849822{n:05d}" for n in range(8)]
        for n, phone in enumerate(phones):
            record(lab, f"H10.45-230517-{n:04d}", phone)
        flood(lab, ["TC"], phones)

        def answered():
            return sum(t["to"] in phones for t in lab.texts())
        wait(lambda: answered() == 5, "five answers")
        lab.ctl("send", "+84983000001", "xin chao")
        lab.wait_text("+84983000001")
        lab.event(dossier="H10.45-230516-0001", status="ready",
                  phone="+84983000002")
        lab.wait_text("+84983000002")
        assert answered() == 5
        waiting = [m for m in map(lab.redis.hgetall,
                                  lab.redis.keys("baotin:message:*"))
                   if m["state"] == "queued"]
        assert [m["reason"] for m in waiting] == ["answers_share"] * 3
        lab.set_clock(NEXT_HOUR)
        wait(lambda: answered() == 8, "the others", 60)


def issue9_13_ussd_sends_strangers_no_more_either():
    with dossiers(1) as lab:
        screens = [Dialogue(lab, stranger(n),
                            f"*1022*{CODE}*{ID4}#").type("1")
                   for n in range(60)]
        wait(lambda: len(to_strangers(lab)) == BUDGET, "the last one")
        assert len(set(screens[:BUDGET])) == 1, screens
        assert len(set(screens[BUDGET:])) == 1, screens
        assert screens[0] != screens[-1]
        wait(lambda: alarms(lab) == ["default"], "the alarm")
        assert len(to_strangers(lab)) == BUDGET


def quota(limit, ends_in_ms=60000):
    return [{"name": "minute", "id": "1", "limit": limit,
             "ends_in_ms": ends_in_ms}]


def urgent(s, ident, phone=PHONE, **more):
    """A text that is sent before all notices."""
    s.run("send", id=ident,
          limits={"day_limit": 30, "strangers": 20, "sim": "x"},
          message={"text": "x", "coding": "gsm7", "segments": 1, "pool": "p",
                   "priority": "urgent", "phone": phone,
                   "expires_at": s.now() + DAY, **more})


def ids(leases):
    return [lease["id"] for lease in leases]


def ask_lease(s, limit, modem="m1", **more):
    return ids(s.leased(modem, quota=quota(limit), answers_percent=50,
                        **{"count": 10, **more}))


@lab_of
def issue9_13_what_is_no_answer_is_not_held_back(s):
    """Here: behind answers that are."""
    for n in range(4):
        urgent(s, f"answer{n}", stranger(n), is_answer=True)
    urgent(s, "operator")
    s.event("notice")
    assert ask_lease(s, 8) == ["answer0", "answer1", "operator", "notice"]
    assert ask_lease(s, 8) == []


@lab_of
def issue9_13_citizens_do_not_wait_for_strangers(s):
    s.event("notice", phone="+84987654321")
    for n in range(9):
        urgent(s, f"s{n}", stranger(n), is_answer=True)
    for n in range(9):
        urgent(s, f"c{n}", "+84987654321", is_answer=True)
    got = ask_lease(s, 16, count=20)
    assert got == ["s0", "s1", "s2", "s3", "c0", "c1", "c2", "c3",
                   "notice"], got


@lab_of
def issue9_13_a_long_answer_goes_after_the_notices(s):
    """Its parts are more than the share of any period: of a fresh one it
    gets what the notices leave."""
    urgent(s, "long", is_answer=True, segments=3)
    s.event("notice")
    assert ask_lease(s, 4) == ["notice", "long"]
    urgent(s, "one", is_answer=True)
    assert ask_lease(s, 4) == []


@lab_of
def issue9_13_another_sim_has_a_share_of_its_own(s):
    """Each is asked once; then the answer waits for the SIM it came from."""
    mates = {"m1": {"m2": True}, "m2": {"m1": True}}
    for n in range(6):
        urgent(s, f"c{n}", stranger(n), is_answer=True, want="m1")

    def lease(modem):
        return ask_lease(s, 8, modem, mates=mates[modem], patience_ms=0)
    assert lease("m1") == ["c0", "c1"]
    assert lease("m2") == ["c2", "c3"]
    assert lease("m1") == lease("m2") == lease("m1") == []
    for ident in ("c4", "c5"):
        m = s.message(ident)
        assert (m["state"], m["want"]) == ("queued", "m1"), m
        assert s.redis.zscore("b:delayed:p", ident) > s.now() + 30000


@lab_of
def issue9_13_the_budget_is_of_each_sim(s):
    """And of what tells of a dossier, and of the rest."""
    def told(n, sim, shows=False):
        return s.run("send", id=f"{sim}{n}{shows}", limits={
                         "day_limit": 30, "strangers": 2, "sim": sim,
                         "shows": shows}, message={
                         "text": "x", "coding": "gsm7", "segments": 1,
                         "pool": "p", "priority": "urgent", "is_answer": True,
                         "phone": stranger(n), "expires_at": s.now() + DAY})
    assert [told(n, "a")["result"] for n in range(3)] == \
        ["queued", "queued", "enough"]
    assert told(3, "a")["is_cut"]
    assert told(4, "a", True)["result"] == "queued"
    assert told(5, "b")["result"] == "queued"


if __name__ == "__main__":
    run([issue9_13_spoofed_senders_with_wrong_codes,
         issue9_13_spoofed_senders_with_words,
         issue9_13_wrong_codes_leave_an_hour_to_notices,
         issue9_13_answers_of_citizens_too_leave_a_share,
         issue9_13_ussd_sends_strangers_no_more_either,
         issue9_13_what_is_no_answer_is_not_held_back,
         issue9_13_citizens_do_not_wait_for_strangers,
         issue9_13_a_long_answer_goes_after_the_notices,
         issue9_13_another_sim_has_a_share_of_its_own,
         issue9_13_the_budget_is_of_each_sim])
