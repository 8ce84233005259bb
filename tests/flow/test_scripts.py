#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions of the library by themselves: what is hard to bring about from
outside, one step after the other."""

from lab import Lab, call, run, whole_message

PHONE = "+84912345678"
DAY = 86400000


class Scripts:
    """One gateway's view; modems are words."""

    def __init__(self, redis, gateway="g"):
        self.redis, self.gateway, self.n = redis, gateway, 0
        redis.hset("b:instance:" + gateway, "token", "t")

    def run(self, script, **args):
        return call(self.redis, script, "b", self.gateway, args)

    def now(self):
        return int(self.redis.time()[0]) * 1000

    def event(self, ident, dossier="H10.45-1", status="ready", at=None,
              phone=PHONE, **more):
        at = at or self.now()
        message = {"text": "x", "coding": "gsm7", "segments": 1, "pool": "p",
                   "priority": "normal", "expires_at": self.now() + DAY}
        return self.run(
            "accept", key=ident, id=ident, key_ttl_ms=more.pop(
                "key_ttl_ms", DAY), flood_factor=0, flood_floor=500,
            unknown_wait_ms=more.pop("unknown_wait_ms", 0),
            event={"dossier": dossier, "status": status, "phone": phone,
                   "at": at, "agency": "H10.45", "channel": "direct",
                   "record": {"phone": phone, "status": status}},
            message={**message, **more})

    def lease(self, modem="m1", **more):
        args = {"token": "t", "modem": modem, "imsi": "i-" + modem,
                "pools": ["p"], "count": 1, "window": True,
                "lease_ms": 300000, "quota": [], "mates": {},
                "answers_percent": 100,
                "recipients": {"id": "1", "limit": 0}, "patience_ms": 2000,
                "bound_ms": 600000, "phone_limit": 0, "day": "d",
                "phone_retry_ms": DAY, **more}
        args["mates"] = [{"name": name, "can_send": can_send}
                         for name, can_send in args["mates"].items()]
        return self.run("lease", **args)

    def leased(self, *words, **more):
        return self.lease(*words, **more).get("messages", [])

    def settle(self, lease, outcome, modem="m1", **more):
        args = {"message": lease["id"], "fence": lease["fence"],
                "segment": 1, "outcome": outcome, "reason": "",
                "reference": lease["references"][0], "seq": 0,
                "reference_kept": True, "phone": PHONE,
                "imsi": "i-" + modem, "modem": modem, "report": True,
                "action": "", "counts": False, "max_tries": 0,
                "confirm": False, "is_number": False, "delay_ms": -1,
                "other": "", "jitter": 1, "delays": [0, 0, 0],
                "unknown_wait_ms": 0, "begun_at": self.tick(), **more}
        return self.run("settle", **args)

    def tick(self):
        """The gateway's clock."""
        self.n += 1
        return self.n

    def report(self, reference, modem="m1", **more):
        args = {"imsi": "i-" + modem, "modem": modem, "phone": PHONE,
                "reference": reference, "class": "delivered",
                "tp_status": 0, "seq": 0, "at": self.tick(), **more}
        return self.run("report", **args)

    def sweep(self, **more):
        args = {"on_unknown": "resend", "unknown_wait_ms": 0,
                "stream": "b:events", "group": "b", "keep": False,
                "reap": False, "grace_ms": 0, "cursor": "0",
                "dossiers_ms": 180 * DAY, **more}
        return self.run("sweep", **args)

    def message(self, ident):
        return whole_message(self.redis.hgetall("b:message:" + ident))

    def state(self, ident):
        return self.message(ident)["state"]


def lab_of(test):
    def body():
        with Lab(start=False) as lab:
            lab.start_redis()
            test(Scripts(lab.redis))
    body.__name__ = test.__name__
    return body


@lab_of
def a_phones_limit_counts_a_text_once(s):
    """Its retry, or one that a modem gave back, is not one more."""
    s.event("a", status="received")
    lease, = s.leased(phone_limit=1)
    s.settle(lease, "refused", action="retry", reason="cms_42", counts=True)
    lease, = s.leased(phone_limit=1)
    s.settle(lease, "unsent", reason="ending")
    lease, = s.leased(phone_limit=1)
    s.settle(lease, "sent")
    assert s.state("a") == "sent"
    assert s.redis.get("b:day:" + PHONE + ":d") == "1"
    s.event("b", dossier="H10.45-2", status="received")
    assert s.leased(phone_limit=1) == []


@lab_of
def what_was_never_handed_over_heeds_a_stop(s):
    s.event("a")
    s.leased()
    s.run("wish", word="stop", hashes=["k:1"], phone=PHONE, front="sms",
          window=100)
    assert s.message("a")["no_resend"] == "optout"
    s.run("recover", token="t", modem="m1")
    assert s.state("a") == "cancelled", s.message("a")
    assert s.leased() == []


@lab_of
def a_lease_looks_at_few(s):
    """A backlog that is held, or over, does not stop the server."""
    for i in range(1500):
        s.event(f"m{i}", dossier=f"H10.45-{i}")
    s.run("control", verb="hold", agency="H10.45", window=100)
    answer = s.lease()
    held = s.redis.zcard("b:held:H10.45")
    assert 100 <= held <= 1000, held
    assert answer["next_in_ms"] == 0
    while answer["next_in_ms"] == 0:
        answer = s.lease()
    assert s.redis.zcard("b:held:H10.45") == 1500


@lab_of
def the_same_event_after_its_dedup_is_a_new_notice(s):
    s.event("a")
    lease, = s.leased()
    s.settle(lease, "sent")
    s.report(lease["references"][0])
    assert s.state("a") == "delivered"
    assert s.event("a")["reason"] == "duplicate"
    s.redis.hset("b:message:a", "created_at", s.now() - DAY)
    s.event("a")
    again, = s.leased()
    assert again["fence"] > lease["fence"]
    s.settle(again, "sent")
    assert s.state("a") == "sent", s.message("a")


@lab_of
def the_same_event_while_its_message_lives_is_none(s):
    s.event("a")
    lease, = s.leased()
    s.settle(lease, "unknown")
    s.redis.hset("b:message:a", "created_at", s.now() - 2 * DAY)
    assert s.event("a")["reason"] == "duplicate"
    s.sweep()
    assert len(s.leased()) == 1


@lab_of
def a_late_report_stops_a_resend_that_waits(s):
    s.event("a")
    lease, = s.leased()
    s.settle(lease, "unknown", reason="silent")
    s.redis.zadd("b:unknown", {"a": 0})
    s.sweep()
    assert s.state("a") == "queued"
    s.report(lease["references"][0])
    assert s.state("a") == "delivered", s.message("a")
    assert s.leased() == []


@lab_of
def half_a_text_stays_with_its_sim(s):
    """Of a lease that was over, the first segment was out after all."""
    s.event("a", segments=2)
    lease, = s.leased()
    s.sweep(reap=True, grace_ms=-400000)
    s.redis.zadd("b:unknown", {"a": 0})
    s.redis.hset("b:message:a", "reference_kept", 0)
    s.sweep()
    assert s.state("a") == "queued"
    s.settle(lease, "sent")
    assert s.leased("m2", patience_ms=0, mates={"m1": True}) == []
    again, = s.leased("m1")
    assert again["done"] == 1


@lab_of
def the_journal_number_waits_for_those_before(s):
    s.event("a")
    lease, = s.leased()
    s.report(7, seq=5, after=4)
    assert s.redis.hget("b:gateway:g", "seq:m1") is None
    s.settle(lease, "sent", seq=4)
    s.report(8, seq=6)
    assert s.redis.hget("b:gateway:g", "seq:m1") == "6"
    s.report(9, seq=7, after=6)
    assert s.redis.hget("b:gateway:g", "seq:m1") == "7"


@lab_of
def another_modem_is_one_of_its_pool(s):
    """Of two mates the one that serves another pool can't have it."""
    s.event("a")
    lease, = s.leased(mates={"m2": True})
    s.settle(lease, "refused", action="other_modem", reason="cms_21",
             counts=True, other="q=m2")
    lease, = s.leased(mates={"m2": True})
    s.settle(lease, "refused", action="other_modem", reason="cms_21",
             counts=True, other="pp=m4,q=m2,p=m3")
    assert s.message("a")["want"] == "m3"


@lab_of
def who_waits_in_the_line_changes_no_delay(s):
    s.event("w", status="withdrawn")
    lease, = s.leased()
    s.settle(lease, "refused", action="retry", reason="cms_38",
             delays=[900])
    s.event("a", status="received", at=s.now() + 1)
    s.event("b", status="ready", at=s.now() + 2)
    assert s.state("a") == "superseded"
    assert s.leased() == []


@lab_of
def a_forgotten_resend_is_marked_when_it_is_told(s):
    """A failover lost it; the report that came of it is told first."""
    for ident, outcome in (("a", "unknown"), ("b", "sent")):
        s.event(ident, dossier="H10.45-" + ident)
        lease, = s.leased()
        s.settle(lease, "unknown", reason="silent")
        s.report(lease["references"][0])
        assert s.state(ident) == "delivered"
        for _ in range(2):
            s.settle({**lease, "fence": lease["fence"] + 1}, outcome)
        marks = [r for _, r in s.redis.xrange("b:receipts")
                 if r["message"] == ident and r["reason"] == "unknown_resent"]
        assert [(r["state"], r["attempt"]) for r in marks] == [
            ("delivered", "2")], marks


@lab_of
def a_former_texts_report_is_not_this_ones(s):
    """A failover forgot the first text, and that its TP-MR was used; its
    report is told again, before and after the second text's outcome."""
    s.event("a")
    lease, = s.leased()
    former = s.tick()
    s.report(lease["references"][0], at=former)
    s.settle(lease, "unknown", reason="silent")
    assert s.state("a") == "unknown", s.message("a")
    s.report(lease["references"][0], at=former)
    assert s.state("a") == "unknown", s.message("a")
    s.report(lease["references"][0])
    assert s.state("a") == "delivered"
    # What it is told of a text that it forgot is used, too.
    s.settle({"id": "gone", "fence": 1, "references": [77]}, "sent")
    s.event("b", dossier="H10.45-2")
    assert s.leased()[0]["references"] == [78]


@lab_of
def an_intent_of_a_text_that_was_given_back_is_no_mark(s):
    """Its journal could not note that; a later replay calls it unknown."""
    s.event("a")
    first, = s.leased()
    s.settle(first, "unsent", reason="journal")
    second, = s.leased("m2")
    s.settle(second, "sent", "m2")
    s.settle(first, "unknown", reason="worker_died")
    assert [r["reason"] for _, r in s.redis.xrange("b:receipts")
            if r["state"] == "sent"] == [""], s.redis.xrange("b:receipts")


def unknown(s, ident, segments=1, overwrites=None, **more):
    """A text that perhaps is on the air, of a SIM whose modem makes its own
    TP-MR (overwrites), keeps it (False), or has not shown it yet (None)."""
    if overwrites is not None:
        s.event("before", dossier="H10.45-before")
        lease, = s.leased()
        s.settle(lease, "sent", reference_kept=not overwrites,
                 reference=200 if overwrites else lease["references"][0])
    s.event(ident, dossier="H10.45-" + ident, segments=segments)
    lease, = s.leased()
    s.settle(lease, "unknown", reason="silent", **more)
    assert s.state(ident) == "unknown"
    return lease


@lab_of
def issue9_4_a_temporary_report_settles_nothing(s):
    """0x30, then 0x00, of the first segment of two: the second one goes."""
    unknown(s, "a", segments=2, overwrites=True)
    s.report(7, **{"class": "pending"}, tp_status=0x30)
    assert s.message("a")["done"] == "0" and s.state("a") == "unknown"
    s.report(7, sent_at=1000, discharged_at=2000)
    assert s.message("a")["done"] == "1", s.message("a")
    for discharged_at in (2000, 2000, 3000):
        s.report(7, sent_at=1000, discharged_at=discharged_at)
        assert s.message("a")["done"] == "1", s.message("a")
    # Only one segment was handed over: the other one is no resend.
    assert s.state("a") == "queued"
    lease, = s.leased()
    assert (lease["done"], lease["attempt"]) == (1, 1), lease
    s.settle(lease, "sent", segment=2, reference=8, reference_kept=False)
    s.report(8)
    assert s.state("a") == "delivered"
    assert "unknown_resent" not in [
        r["reason"] for _, r in s.redis.xrange("b:receipts")]


@lab_of
def issue9_4_a_temporary_report_before_the_outcome(s):
    s.event("a")
    lease, = s.leased()
    s.report(lease["references"][0], **{"class": "pending"}, tp_status=0x20)
    s.settle(lease, "unknown", reason="silent")
    assert s.state("a") == "unknown", s.message("a")
    s.report(lease["references"][0])
    assert s.state("a") == "delivered"


@lab_of
def issue9_4_a_report_is_matched_by_the_number_on_the_air(s):
    """Text a was dropped, and text b got the number that a was to have:
    before and after the outcome of b, on a modem that makes its own and on
    one that was only in step with us till now."""
    for n, overwrites in enumerate((True, False, None)):
        for is_early in (True, False):
            for key in s.redis.scan_iter("b:*"):
                if key != "b:instance:g":
                    s.redis.delete(key)
            wished = unknown(s, "a", overwrites=overwrites)["references"][0]
            s.event("b", dossier="H10.45-b")
            lease, = s.leased()
            begun_at = s.tick()
            if is_early:
                s.report(wished, sent_at=5, discharged_at=6)
                assert s.state("a") == "unknown", (n, s.message("a"))
            s.settle(lease, "sent", reference=wished, reference_kept=False,
                     begun_at=begun_at)
            if not is_early:
                s.report(wished, sent_at=5, discharged_at=6)
            assert s.state("b") == "delivered", (n, s.message("b"))
            # Told by a replay, too, and by a network that repeats itself.
            s.report(wished, sent_at=5, discharged_at=6)
            assert s.state("a") == "unknown", (n, s.message("a"))


@lab_of
def issue9_4_a_report_before_the_silence_ends(s):
    """Under a number that nobody knew yet: it is the silent text's."""
    for overwrites in (True, None):
        s.redis.delete("b:sim:i-m1")
        ident = f"a{overwrites}"
        if overwrites:
            s.redis.hset("b:sim:i-m1", mapping={"overwrites": 1,
                                                "modem": "m1"})
        s.event(ident, dossier="H10.45-" + ident, segments=2)
        lease, = s.leased()
        begun_at = s.tick()
        s.report(77, sent_at=1, discharged_at=2)
        s.settle(lease, "unknown", reason="silent", begun_at=begun_at)
        assert s.message(ident)["done"] == "1", s.message(ident)
        lease, = s.leased()
        s.settle(lease, "sent", segment=2,
                 reference=lease["references"][1])
        s.report(78)
        assert s.state(ident) == "sent", s.message(ident)
        s.report(lease["references"][1])
        assert s.state(ident) == "delivered", s.message(ident)
        s.redis.flushdb()
        s.redis.hset("b:instance:g", "token", "t")


@lab_of
def issue9_4_a_repeated_report_is_not_the_next_texts(s):
    """The number comes round: the first text's report, told again by the
    network, is none of the second one with that number."""
    s.event("a")
    lease, = s.leased()
    s.settle(lease, "sent", reference=7, reference_kept=False)
    s.report(7, sent_at=1, discharged_at=2)
    assert s.state("a") == "delivered"
    s.event("b", dossier="H10.45-b")
    lease, = s.leased()
    s.settle(lease, "sent", reference=7, reference_kept=False)
    s.report(7, sent_at=1, discharged_at=2)
    assert s.state("b") == "sent", s.message("b")
    s.report(7, sent_at=3, discharged_at=4)
    assert s.state("b") == "delivered"


@lab_of
def issue9_4_a_sent_text_without_a_number(s):
    """+CMGS named none: the report with any number is its own, once."""
    s.event("a")
    lease, = s.leased()
    s.settle(lease, "sent", reference_kept=False)
    s.report(99)
    assert s.state("a") == "delivered", s.message("a")
    unknown(s, "b")
    s.report(99)
    assert s.state("b") == "unknown", s.message("b")


@lab_of
def issue9_4_each_report_counts_one_segment(s):
    """Of a gateway that is gone, all three segments may be out."""
    s.redis.hset("b:sim:i-m1", mapping={"overwrites": 1, "modem": "m1"})
    s.event("a", segments=3)
    s.leased()
    s.sweep(reap=True, grace_ms=-400000, unknown_wait_ms=DAY)
    assert s.state("a") == "unknown"
    for i, reference in enumerate((11, 12, 13), 1):
        for _ in range(2):
            s.report(reference, sent_at=i, discharged_at=9)
            assert s.message("a")["done"] == str(2 ** i - 1)
    assert s.state("a") == "delivered"


@lab_of
def issue9_4_a_retired_texts_number_is_the_later_ones(s):
    """What is retired, or said again from the start, takes no reports away
    from a later text, and gets none of its own earlier ones."""
    s.event("a")
    lease, = s.leased()
    s.settle(lease, "sent", reference=7, reference_kept=False)
    s.event("b", dossier="H10.45-b")
    later, = s.leased()
    s.settle(later, "sent", reference=lease["references"][0],
             reference_kept=False)
    s.run("retire", messages=[{"id": "a", "hash": "hash"}])
    s.report(lease["references"][0])
    assert s.state("b") == "delivered", s.message("b")


REFUSALS = {"cms_1": ("fail", True), "cms_10": ("fail", True),
            "cms_195": ("fail", True), "cms_304": ("fail", True),
            "cms_38": ("retry", False), "cms_21": ("other_modem", False),
            "cms_50": ("other_modem", False), "error": ("other_modem", False)}


def refuse(s, lease, reason, modem="m1", **more):
    action, confirm = REFUSALS[reason]
    message = s.message(lease["id"])
    return s.settle(lease, "refused", modem, action=action, reason=reason,
                    confirm=confirm, counts=True, phone=message["phone"],
                    max_tries=3 if reason == "cms_21" else 0,
                    **{"delays": [0, DAY], **more})


def many(s, n, first=0):
    for i in range(first, first + n):
        s.event(f"m{i}", dossier=f"H10.45-{i}", phone=f"+8491234{i:04d}")


def succeed(s, modem="m1", ident="good"):
    s.event(ident, dossier="H10.45-" + ident, phone="+84988888888")
    lease, = s.leased(modem)
    assert lease["id"] == ident
    s.settle(lease, "sent", modem, phone="+84988888888")


@lab_of
def issue10_1_a_modem_that_refuses_everybody_fails_nobody(s):
    """Whatever its cause, and though it sent a moment ago: what failed by
    the first refusals comes back, and no try is burnt."""
    for reason in REFUSALS:
        for is_proven in (False, True):
            s.redis.flushdb()
            s.redis.hset("b:instance:g", "token", "t")
            if is_proven:
                succeed(s)
            many(s, 5)
            for _ in range(20):
                lease, = s.leased(patience_ms=0)
                refuse(s, lease, reason)
            states = {i: s.message(f"m{i}") for i in range(5)}
            assert all(m["state"] == "queued" and m["tries"] == "0"
                       for m in states.values()), (reason, states)
            assert s.redis.zcard("b:missed:H10.45") == 0
            while lease:
                lease = (s.leased() or [None])[0]
                if lease:
                    s.settle(lease, "sent", phone=s.message(
                        lease["id"])["phone"])
            assert all(s.state(f"m{i}") == "sent" for i in range(5))
            assert s.redis.exists("b:refused:i-m1") == 0


@lab_of
def issue10_1_two_modems_that_refuse_everybody_fail_nobody(s):
    for reason in REFUSALS:
        s.redis.flushdb()
        s.redis.hset("b:instance:g", "token", "t")
        many(s, 14)
        for i in range(60):
            modem, mate = ("m1", "m2") if i % 2 else ("m2", "m1")
            for lease in s.leased(modem, patience_ms=0, mates={mate: True}):
                refuse(s, lease, reason, modem, other="p=" + mate)
        states = [s.message(f"m{i}") for i in range(14)]
        assert all(m["state"] == "queued" and int(m["tries"]) < 2
                   for m in states), (reason, states)


@lab_of
def issue10_1_a_bad_number_fails_by_the_word_of_a_sim_that_sends(s):
    many(s, 1)
    lease, = s.leased()
    refuse(s, lease, "cms_1", delays=[0, 0, 0, 0])
    assert s.state("m0") == "queued", "one SIM that never sent says so"
    succeed_later = s.leased()[0]
    assert succeed_later["id"] == "m0"
    s.settle(succeed_later, "unsent", reason="ending")
    s.redis.hset("b:sim:i-m1", "sent_at", s.now())
    s.redis.delete("b:refused:i-m1")
    refuse(s, s.leased()[0], "cms_1")
    assert s.state("m0") == "failed", s.message("m0")


@lab_of
def issue10_1_a_number_that_took_a_segment_is_no_bad_number(s):
    """"Unknown subscriber" for the second half of a text, by a SIM that has
    just sent the first: tried again, not given up."""
    s.event("a", segments=2)
    lease, = s.leased()
    s.settle(lease, "sent")
    refuse(s, lease, "cms_1", segment=2, reference=lease["references"][1],
           is_number=True, delays=[0, 0])
    assert s.state("a") == "queued", s.message("a")
    lease, = s.leased()
    s.settle(lease, "sent", segment=2, reference=lease["references"][1])
    assert s.state("a") == "sent"


@lab_of
def issue10_1_a_lone_number_is_not_tried_for_ever(s):
    many(s, 1)
    for n in range(4):
        assert s.state("m0") == "queued", n
        refuse(s, s.leased()[0], "cms_1", delays=[0, 0, 0])
    assert s.state("m0") == "failed"
    assert s.redis.zcard("b:missed:H10.45") == 1


@lab_of
def issue10_1_two_citizens_are_in_doubt_until_the_validity_ends(s):
    """Two numbers refused, and no success between: nobody knows yet who is
    to blame, and tries that run out settle nothing. A SIM that has just sent
    knows it of a number, not of its own credit."""
    for reason in REFUSALS:
        for is_proven in (False, True):
            s.redis.flushdb()
            s.redis.hset("b:instance:g", "token", "t")
            if is_proven:
                succeed(s)
            many(s, 2)
            for _ in range(16):
                for lease in s.leased(patience_ms=0) + \
                        s.leased(patience_ms=0):
                    refuse(s, lease, reason, delays=[0, 0, 0])
            confirm = REFUSALS[reason][1]
            assert {s.state("m0"), s.state("m1")} == \
                {"failed" if is_proven and confirm else "queued"}, reason


@lab_of
def issue10_1_a_second_sim_says_so_too(s):
    succeed(s)
    many(s, 1)
    lease, = s.leased(mates={"m2": True})
    refuse(s, lease, "cms_1", other="p=m2")
    assert s.message("m0")["want"] == "m2"
    lease, = s.leased("m2", mates={"m1": True})
    refuse(s, lease, "cms_1", "m2", other="p=m1")
    assert s.state("m0") == "failed"


@lab_of
def issue10_1_what_failed_is_not_revived_behind_a_newer_notice(s):
    succeed(s)
    many(s, 1)
    refuse(s, s.leased()[0], "cms_195")
    assert s.state("m0") == "failed"
    s.event("newer", dossier="H10.45-0", phone="+84912340000",
            at=s.now() + 1)
    many(s, 2, first=1)
    for _ in range(3):
        refuse(s, s.leased()[0], "cms_195", delays=[DAY // 2])
    assert s.state("m0") == "failed"
    assert s.state("newer") == "queued", s.message("newer")


def gone(ident, fence=1, references=(7,)):
    """A lease of which a server that fell back knows nothing."""
    return {"id": ident, "fence": fence, "references": list(references)}


@lab_of
def issue9_3_what_was_recalled_waits_for_its_report(s):
    s.settle(gone("a"), "sent")
    s.event("a")
    assert s.state("a") == "sent"
    assert s.redis.zscore("b:awaiting", "a"), "nothing ends it"
    s.report(7)
    assert s.state("a") == "delivered", s.message("a")


@lab_of
def issue9_3_a_report_before_the_event_counts(s):
    s.settle(gone("a"), "sent")
    s.report(7, **{"class": "undelivered", "tp_status": 70})
    s.event("a")
    assert s.state("a") == "undelivered", s.message("a")
    assert s.redis.zscore("b:missed:H10.45", "H10.45-1")


@lab_of
def issue9_4_a_report_of_a_forgotten_text_is_no_other_ones(s):
    """Another text to the phone is unknown; the report's own text comes
    back with its event."""
    for outcome in ("sent", "unknown"):
        s.redis.flushdb()
        s.redis.hset("b:instance:g", "token", "t")
        s.event("a")
        s.settle(s.leased()[0], "unknown", unknown_wait_ms=DAY)
        s.settle(gone("b"), outcome)
        s.report(7)
        assert s.state("a") == "unknown", s.message("a")
        if outcome == "sent":
            s.event("b", dossier="H10.45-2")
            assert s.state("b") == "delivered", s.message("b")


@lab_of
def issue9_3_recalled_parts_are_joined_anew(s):
    """The number that joined them is lost: all again, marked."""
    s.settle(gone("a", references=(7, 8)), "sent")
    s.event("a", segments=2)
    lease, = s.leased()
    assert lease["done"] == 0 and s.message("a")["resent"], lease


@lab_of
def issue9_3_an_answer_is_not_said_again(s):
    """Its question is heard again by a replay."""
    s.settle(gone("answer"), "sent")
    s.redis.zadd("b:questions", {"q": 1})
    reply = s.run("answer", question="q", id="answer", limits={
        "sim": "x", "strangers": 9, "day_limit": 5}, message={
        "text": "x", "coding": "gsm7", "segments": 1, "pool": "p",
        "priority": "urgent", "phone": PHONE, "is_answer": True,
        "expires_at": s.now() + DAY})
    assert reply["result"] == "sent", reply
    assert s.leased() == []


@lab_of
def issue9_14_what_was_said_did_not_expire(s):
    s.settle(gone("a"), "sent")
    s.event("a", expires_at=s.now() - 1000)
    assert s.state("a") == "sent"


def untrue_end(s, end):
    """Ended by a server that does not know that it was said."""
    s.event("a", segments=2, expires_at=s.now() + 2000)
    end()
    was = s.state("a")
    lease = gone("a", references=(7, 8))
    s.settle(lease, "sent", segment=1, reference=7)
    assert s.state("a") == was
    s.settle(lease, "sent", segment=2, reference=8)
    m = s.message("a")
    assert m["state"] == "sent" and "final_at" not in m, m
    assert not s.redis.exists("b:missed:H10.45")
    s.report(7)
    s.report(8)
    assert s.state("a") == "delivered", s.message("a")
    return was


@lab_of
def issue9_14_a_cancelled_text_that_was_said_is_sent(s):
    assert untrue_end(s, lambda: s.run(
        "control", verb="cancel", id="a", window=10)) == "cancelled"


@lab_of
def issue9_14_a_superseded_text_that_was_said_is_sent(s):
    assert untrue_end(s, lambda: s.event("b", at=s.now() + 5000)) == \
        "superseded"


@lab_of
def a_text_that_asks_again_after_a_death_is_answered(s):
    """Once in ten minutes a phone is told that there is nothing; the text
    whose daemon died between looking and answering is that one still."""
    def ask(text):
        return s.run("ask", who="w", phone=PHONE, hashes=["h"], is_own=True,
                     is_free=False, is_probe=False, first=0, count=3,
                     ten_minutes=9, day=9, text=text)["complain"]
    assert ask("q1") and ask("q1")
    assert not ask("q2")
    assert ask("q1")


def said_later(s, ident, outcome):
    """A server that fell back has this one in a modem's hands, and is told
    that a newer notice of its dossier went out since."""
    s.event(ident, status="received")
    lease, = s.leased()
    s.settle(gone(ident + "2"), "sent", modem="m2",
             about=f"{s.now() + 5000} ready H10.45-1")
    if outcome is None:
        s.run("recover", token="t", modem="m1")
    else:
        s.settle(lease, outcome, reason="silent")
    return s.message(ident)


@lab_of
def issue9_14_what_comes_back_after_a_newer_one_was_said(s):
    for outcome in (None, "unsent"):
        s.redis.flushdb()
        s.redis.hset("b:instance:g", "token", "t")
        m = said_later(s, "a", outcome)
        assert (m["state"], m["reason"]) == ("superseded", "newer_status"), m
    s.redis.flushdb()
    s.redis.hset("b:instance:g", "token", "t")
    assert said_later(s, "a", "unknown")["state"] == "unknown"
    s.sweep()
    m = s.message("a")
    assert (m["state"], m["reason"]) == ("unknown", "newer_status"), m
    assert s.leased() == []


if __name__ == "__main__":
    run([a_phones_limit_counts_a_text_once,
         a_text_that_asks_again_after_a_death_is_answered,
         what_was_never_handed_over_heeds_a_stop,
         a_lease_looks_at_few,
         the_same_event_after_its_dedup_is_a_new_notice,
         the_same_event_while_its_message_lives_is_none,
         a_late_report_stops_a_resend_that_waits,
         half_a_text_stays_with_its_sim,
         the_journal_number_waits_for_those_before,
         another_modem_is_one_of_its_pool,
         who_waits_in_the_line_changes_no_delay,
         a_forgotten_resend_is_marked_when_it_is_told,
         a_former_texts_report_is_not_this_ones,
         an_intent_of_a_text_that_was_given_back_is_no_mark,
         issue9_4_a_temporary_report_settles_nothing,
         issue9_4_a_temporary_report_before_the_outcome,
         issue9_4_a_report_is_matched_by_the_number_on_the_air,
         issue9_4_a_report_before_the_silence_ends,
         issue9_4_a_repeated_report_is_not_the_next_texts,
         issue9_4_a_sent_text_without_a_number,
         issue9_4_each_report_counts_one_segment,
         issue9_4_a_retired_texts_number_is_the_later_ones,
         issue10_1_a_modem_that_refuses_everybody_fails_nobody,
         issue10_1_two_modems_that_refuse_everybody_fail_nobody,
         issue10_1_a_bad_number_fails_by_the_word_of_a_sim_that_sends,
         issue10_1_a_number_that_took_a_segment_is_no_bad_number,
         issue10_1_a_lone_number_is_not_tried_for_ever,
         issue10_1_two_citizens_are_in_doubt_until_the_validity_ends,
         issue10_1_a_second_sim_says_so_too,
         issue10_1_what_failed_is_not_revived_behind_a_newer_notice,
         issue9_3_what_was_recalled_waits_for_its_report,
         issue9_3_a_report_before_the_event_counts,
         issue9_4_a_report_of_a_forgotten_text_is_no_other_ones,
         issue9_3_recalled_parts_are_joined_anew,
         issue9_3_an_answer_is_not_said_again,
         issue9_14_what_was_said_did_not_expire,
         issue9_14_a_cancelled_text_that_was_said_is_sent,
         issue9_14_a_superseded_text_that_was_said_is_sent,
         issue9_14_what_comes_back_after_a_newer_one_was_said])
