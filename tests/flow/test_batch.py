#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.4: several functions in one call of Redis, and what that costs."""

import json

from calls import put_fields
from lab import Lab, library, run, wait
from test_scripts import DAY, PHONE, lab_of

EVENTS = 400


def accept(s, ident, **more):
    """The arguments of an event, as s.event() makes them."""
    now = s.now()
    return "accept", {
        "key": ident, "id": ident, "key_ttl_ms": DAY, "flood_factor": 0,
        "flood_floor": 500,
        "event": {"dossier": "H10.45-" + ident, "status": "ready",
                  "phone": PHONE, "at": now, "agency": "H10.45",
                  "channel": "direct", "record": {"status": "ready"}},
        "message": {"phone": PHONE, "text": "x", "coding": "gsm7",
                    "segments": 1, "pool": "p", "priority": "normal",
                    "expires_at": now + DAY}, **more}


def batch(s, *calls):
    """Runs them in one call; the answers. A call: name and arguments, or its
    words as they are."""
    name, text = library()
    s.redis.execute_command("FUNCTION", "LOAD", "REPLACE", text)
    words = put_fields("CALL_COMMON", {"prefix": "b", "gateway": s.gateway,
                                       "retention_ms": 30 * DAY})
    for function, args in calls:
        words += [function] + (args if isinstance(args, list) else
                               put_fields("CALL_" + function.upper(), args))
    return s.redis.execute_command("FCALL", name + "_batch", 0, *words)


@lab_of
def issue11_4_each_part_of_a_batch_has_its_own_answer(s):
    """Also one that comes to nothing, and one that fails."""
    poison = put_fields("CALL_ACCEPT", accept(s, "c")[1])
    poison[poison.index("gsm7")] = "morse"
    bad = accept(s, "d", event=None)
    answers = batch(s, accept(s, "a"), accept(s, "a"), ("accept", poison),
                    bad, accept(s, "b"))
    assert json.loads(answers[0])["result"] == "queued"
    assert json.loads(answers[1])["reason"] == "duplicate"
    assert answers[2].startswith("!BADARGS accept: coding"), answers[2]
    assert answers[3].startswith("!"), answers[3]
    assert json.loads(answers[4])["result"] == "queued"
    assert s.state("a") == s.state("b") == "queued"


@lab_of
def issue11_4_a_part_sees_what_the_one_before_it_did(s):
    lease = json.loads(batch(s, accept(s, "a"), ("lease", {
        "token": "t", "modem": "m1", "imsi": "i", "pools": ["p"], "count": 1,
        "window": True, "lease_ms": 60000, "quota": [], "mates": [],
        "recipients": {"id": "1", "limit": 0}, "patience_ms": 0,
        "bound_ms": 0, "phone_limit": 0, "day": "d",
        "phone_retry_ms": 0}))[1])["messages"][0]
    assert lease["id"] == "a" and s.state("a") == "sending"
    assert s.message("a")["attempt"] == "1"


def issue11_4_events_are_taken_many_in_one_call():
    """And a poisonous one among them stops nobody."""
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.settings = {"notices": {"flood_factor": 0}}
        lab.write_conf()
        for i in range(EVENTS):
            lab.event(dossier=f"H10.45-230515-{i:04d}",
                      status=9 if i % 50 else "x", phone=f"+8491{i:07d}")
        lab.redis.config_resetstat()
        lab.start_daemon()
        wait(lambda: lab.redis.xlen("baotin:events") == 0, "all events", 60)
        assert len(lab.receipts(state="queued")) == EVENTS - EVENTS // 50
        assert len(lab.rejected()) == EVENTS // 50
        stats = lab.redis.info("commandstats")
        assert stats["cmdstat_fcall"]["calls"] < EVENTS / 2, stats
        wait(lambda: lab.texts(), "a text")


def closing(lab, n):
    """The closing lines of n messages, as tables."""
    rows = wait(lambda: (lambda lines: lines if len(lines) >= n else None)(
        [line for line in lab.log().splitlines()
         if " message_closed " in line]), f"{n} closing lines")
    assert len(rows) == n, rows
    return [dict(word.split("=", 1) for word in row.split()
                 if "=" in word) for row in rows]


KEYS = ["message", "dossier", "state", "reason", "segments", "modem",
        "waited_ms", "sent_ms", "reported_ms"]


def issue11_4_one_line_closes_a_message():
    """With fixed keys, whatever its end."""
    with Lab() as lab:
        lab.event(dossier="H10.45-230515-0001", status=9, phone=PHONE)
        row, = closing(lab, 1)
        assert list(row) == KEYS, row
        assert row["state"] == "delivered" and row["modem"] == "modem1"
        assert row["dossier"] == "H10.45-230515-0001"
        assert row["segments"].isdigit() and row["reason"] == "-"
        assert all(row[key].isdigit() for key in KEYS[-3:]), row
        lab.ctl("hold")
        lab.event(dossier="H10.45-230515-0002", status=9, phone=PHONE)
        wait(lambda: lab.receipts(state="held"), "it is held")
        lab.ctl("cancel", "--agency", "H10.45")
        row = closing(lab, 2)[1]
        assert list(row) == KEYS and row["state"] == "cancelled", row
        assert row["sent_ms"] == row["reported_ms"] == "-", row


if __name__ == "__main__":
    run([issue11_4_one_line_closes_a_message,
         issue11_4_each_part_of_a_batch_has_its_own_answer,
         issue11_4_a_part_sees_what_the_one_before_it_did,
         issue11_4_events_are_taken_many_in_one_call])
