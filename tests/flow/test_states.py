#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.1: the states of a message stand in one table, and the library of Redis
functions keeps to it: mistakes planted in a copy of the library are caught
when it runs."""

import os
import subprocess

from lab import BUILD, Lab, program, run, wait
from states import STATES, is_transition, with_trait, wrong_transitions
from test_scripts import Scripts, lab_of

AGENCY = "H10.45"


def library():
    with open(os.path.join(BUILD, "src", "redis", "library.lua")) as file:
        return file.read()


def planted(*edits):
    """A copy of the library with these mistakes, under its own name."""
    text = library()
    for right, wrong in edits:
        assert text.count(right) == 1, (text.count(right), right)
        text = text.replace(right, wrong)
    return text


class Copy(Scripts):
    """Runs the functions of a copy of the library."""

    def __init__(self, s, text):
        super().__init__(s.redis)
        self.redis.execute_command("FUNCTION", "FLUSH")
        self.redis.execute_command("FUNCTION", "LOAD", text)

    def everything(self, *but):
        """All keys and what they hold, but for these families."""
        return {key: self.value(key)
                for key in sorted(self.redis.scan_iter(count=1000))
                if key.split(":")[1] not in but}

    def value(self, key):
        redis = self.redis
        return {
            "string": redis.get, "hash": redis.hgetall,
            "set": redis.smembers, "stream": redis.xrange,
            "list": lambda name: redis.lrange(name, 0, -1),
            "zset": lambda name: redis.zrange(name, 0, -1, withscores=True),
        }[redis.type(key)](key)


def without(before, after):
    """The edit that takes a transition out of the table."""
    text = library()
    begin = text.index(f"\n{before} = {{place") + 1
    row = text[begin:text.index("\n", begin)]
    return row, row.replace(f"{after} = true, ", "", 1)


def assert_refused(answer, ident, before, after):
    assert answer["refused"] == [[ident, before, after]], answer


def cancel(s):
    return s.run("control", verb="cancel", agency="*", id="a", window=10,
                 validity_ms=1000)


@lab_of
def issue11_1_a_planted_transition_is_caught_at_run_time(s):
    """A wrong word in the library: nothing at all of it is written."""
    s = Copy(s, planted(("finish(m, 'cancelled', 'operator')",
                         "finish(m, 'delivered', 'operator')")))
    s.event("a")
    before = s.everything()
    answer = cancel(s)
    assert_refused(answer, "a", "queued", "delivered")
    assert answer["result"] == "refused", answer
    assert s.everything() == before
    assert s.leased()[0]["id"] == "a"


@lab_of
def issue11_1_a_word_that_is_no_state_is_caught(s):
    s = Copy(s, planted(("finish(m, 'cancelled', 'operator')",
                         "finish(m, 'canceled', 'operator')")))
    s.event("a")
    before = s.everything()
    assert_refused(cancel(s), "a", "queued", "canceled")
    assert s.everything() == before


def refused(s, before, after, act, *but, ident="a", prepare=None):
    """What act does is refused, and leaves all as it was, but for these
    families of keys."""
    s = Copy(s, planted(without(before, after)))
    s.redis.flushdb()
    s.redis.hset("b:instance:g", "token", "t")
    s.event("a")
    got = prepare(s) if prepare else None
    was = s.everything(*but)
    answer = act(s, got)
    assert_refused(answer, ident, before, after)
    assert s.everything(*but) == was, (before, after)


def sent(s):
    lease, = s.leased()
    s.settle(lease, "sent")
    return lease


def held(s):
    s.run("control", verb="hold", agency=AGENCY, window=10)
    s.lease()
    assert s.state("a") == "held"


def release(s, _):
    s.redis.srem("b:holds", AGENCY)
    return s.run("control", verb="release", agency=AGENCY, window=10)


def soon(s):
    s.redis.hset("b:message:a", "expires_at", s.now() - 1000)
    s.redis.zadd("b:expiring", {"a": s.now() - 1000})


@lab_of
def issue11_1_each_way_out_of_a_state_is_judged_before_it_is_written(s):
    """Of a text that went on the air the TP-MR and the bit of its segment
    stay, because they are facts; no state and no list changes."""
    refused(s, "queued", "cancelled", lambda s, _: cancel(s))
    refused(s, "queued", "expired", lambda s, _: s.sweep(), "expiring",
            prepare=soon)
    refused(s, "held", "queued", release, "rates", "holds", prepare=held)
    refused(s, "sending", "queued",
            lambda s, lease: s.settle(lease, "unsent", reason="ending"),
            prepare=lambda s: s.leased()[0])
    refused(s, "sending", "queued",
            lambda s, _: s.run("recover", token="t", modem="m1"),
            prepare=lambda s: s.leased()[0])
    refused(s, "sending", "unknown",
            lambda s, lease: s.settle(lease, "unknown", reason="silent"),
            prepare=lambda s: s.leased()[0])
    refused(s, "sending", "sent",
            lambda s, lease: s.settle(lease, "sent"),
            "sim", "ref", "message", prepare=lambda s: s.leased()[0])
    refused(s, "sent", "delivered",
            lambda s, lease: s.report(lease["references"][0]),
            "reported", "message", prepare=sent)
    refused(s, "queued", "held", lambda s, _: s.lease(), "ready",
            prepare=lambda s: s.run("control", verb="hold", agency=AGENCY,
                                    window=10))
    refused(s, "queued", "sending", lambda s, _: s.lease(), "ready")


@lab_of
def issue11_1_one_bad_message_stops_no_other(s):
    s = Copy(s, planted(without("queued", "expired")))
    s.event("a")
    s.event("b", dossier="H10.45-2")
    lease, = s.leased()
    assert lease["id"] == "a"
    s.settle(lease, "unknown", reason="silent")
    soon_b = s.now() - 1000
    s.redis.zadd("b:expiring", {"b": soon_b})
    answer = s.sweep()
    assert_refused(answer, "b", "queued", "expired")
    assert s.state("a") == "queued" and s.message("a")["resent"]


@lab_of
def issue11_1_a_held_text_that_was_said_is_sent(s):
    """Its lease was over, it was to be sent once more, and its agency came
    on hold; then its gateway told that it went out."""
    s.event("a")
    lease, = s.leased()
    s.redis.zadd("b:leased:g", {"a": 1})
    s.sweep(reap=True)
    s.sweep()
    assert s.state("a") == "queued"
    held(s)
    s.settle(lease, "sent")
    assert s.state("a") == "sent", s.message("a")
    assert not s.redis.exists("b:held:" + AGENCY)


def issue11_1_a_gateway_counts_and_logs_it_and_says_so():
    """The gateway finds a library of its name in Redis that has a mistake."""
    with Lab(start=False, settings={"notices": {"window": "00:00-24:00"}}) \
            as lab:
        lab.start_redis()
        lab.redis.execute_command("FUNCTION", "LOAD", planted(
            ("finish(m, 'cancelled', 'operator')",
             "finish(m, 'delivered', 'operator')")))
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        lab.ctl("hold", "--agency", AGENCY)
        lab.event(dossier="H10.45-230515-0001", status=9, phone="0912345678")
        ident = wait(lambda: next(iter(lab.redis.scan_iter(
            "baotin:message:*")), None), "the message").split(":")[2]
        wait(lambda: lab.redis.hget("baotin:message:" + ident, "state") ==
             "held", "the hold")
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("control.sock"), "cancel",
             ident], capture_output=True, text=True)
        assert done.returncode == 1 and "is held" in done.stderr, done
        assert "transition_refused script=control message=" + ident + \
            " from=held to=delivered" in lab.log()
        assert {row["name"]: row["value"] for row in lab.ctl("stats")["metrics"]}[
            "baotin_transitions_refused_total"] == 1
        assert lab.redis.hget("baotin:message:" + ident, "state") == "held"


def issue11_1_the_table_is_whole():
    assert list(STATES)[0] == "queued"
    reached = {"queued"}
    for _ in STATES:
        reached |= {n for name in reached for n in STATES[name].next}
    # A suppressed notice becomes no message at all.
    assert reached == set(STATES) - {"suppressed"}, reached
    for name, state in STATES.items():
        assert state.english and state.vietnamese, name
        assert not {"OPEN", "UNSENT"} <= state.traits, name
        assert not {"OUT", "UNSENT"} <= state.traits, name
        assert "REPEATABLE" not in state.traits or \
            is_transition(name, "queued"), name
        assert "CANCELLABLE" not in state.traits or \
            is_transition(name, "cancelled"), name
        # A text that was said after all, though it had ended as unsent.
        assert "UNSENT" not in state.traits or name == "suppressed" or \
            is_transition(name, "sent"), name
    assert with_trait("WAITS") == {"queued", "held"}


def issue11_1_the_books_know_a_wrong_transition():
    """What the chaos runs ask of each message's receipts."""
    def wrong(*words, **more):
        return list(wrong_transitions(
            [{"state": word.split()[0], "reason": word.split()[-1]
              if " " in word else ""} for word in words], **more))

    assert not wrong("queued", "sending", "sent", "delivered")
    assert not wrong("queued", "held", "queued released", "expired validity")
    assert not wrong("queued", "sending", "sent", "sent unknown_resent")
    assert not wrong("delivered", "queued")
    assert not wrong("queued", "failed")
    assert wrong("held", "failed cms_1") == [("held", "failed")]
    assert not wrong("held", "failed cms_1", has_lost_writes=True)
    assert wrong("delivered", "queued operator") == [("delivered", "queued")]
    assert wrong("queued", "delivered", "sent", has_lost_writes=True) == [
        ("queued", "delivered"), ("delivered", "sent")]


def issue11_1_the_manual_shows_them():
    path = os.path.join(BUILD, "man", "baotin-messages.7")
    for page, attribute in ((path, "english"), (os.path.join(
            BUILD, "man", "vi", "baotin-messages.7"), "vietnamese")):
        with open(page, encoding="utf-8") as file:
            text = file.read().replace("\\-", "-")
        for state in STATES.values():
            assert ".B " + state.name in text, (page, state)
            assert getattr(state, attribute).replace("`", "") in text, state
        assert "queued -> sending -> sent -> delivered" in text, page
    out = subprocess.run(["man", "-l", "--warnings", path],
                         capture_output=True, text=True,
                         env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
    assert out.returncode == 0 and not out.stderr.strip(), out.stderr


if __name__ == "__main__":
    run([issue11_1_a_planted_transition_is_caught_at_run_time,
         issue11_1_a_word_that_is_no_state_is_caught,
         issue11_1_each_way_out_of_a_state_is_judged_before_it_is_written,
         issue11_1_one_bad_message_stops_no_other,
         issue11_1_a_held_text_that_was_said_is_sent,
         issue11_1_a_gateway_counts_and_logs_it_and_says_so,
         issue11_1_the_table_is_whole,
         issue11_1_the_books_know_a_wrong_transition,
         issue11_1_the_manual_shows_them])
