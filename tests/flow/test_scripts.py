#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The functions of the library by themselves: what is hard to bring about from
outside, one step after the other."""

from lab import Lab, call, run

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
              **more):
        at = at or self.now()
        message = {"text": "x", "coding": "gsm", "segments": 1, "pool": "p",
                   "priority": "normal", "expires_at": self.now() + DAY}
        return self.run(
            "accept", key=ident, id=ident, key_ttl_ms=more.pop(
                "key_ttl_ms", DAY),
            flood_factor=0, flood_floor=500,
            event={"dossier": dossier, "status": status, "phone": PHONE,
                   "at": at, "agency": "H10.45", "channel": "direct",
                   "record": {"phone": PHONE, "status": status}},
            message={**message, **more})

    def lease(self, modem="m1", **more):
        args = {"token": "t", "modem": modem, "imsi": "i-" + modem,
                "pools": ["p"], "count": 1, "window": True,
                "lease_ms": 300000, "quota": [], "mates": {},
                "recipients": {"id": "1", "limit": 0}, "patience_ms": 2000,
                "bound_ms": 600000, "phone_limit": 0, "day": "d",
                "phone_retry_ms": DAY, **more}
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
                "reap": False, "grace_ms": 0, **more}
        return self.run("sweep", **args)

    def message(self, ident):
        return self.redis.hgetall("b:message:" + ident)

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
    s.redis.delete("b:event:a")
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
    s.redis.delete("b:event:a")
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


if __name__ == "__main__":
    run([a_phones_limit_counts_a_text_once,
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
         an_intent_of_a_text_that_was_given_back_is_no_mark])
