#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What citizens want, and what becomes of their data."""

import hmac
import json
import os

from lab import AGENCY, SOURCE, Lab, redis_client, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
SCRIPTS = os.path.join(SOURCE, "src", "redis", "scripts")
DAY_MS = 86400000


def code(i):
    return f"H10.45-230600-{i:04d}"


def phone(i):
    return f"+8491{i:07d}"


# --- the key file and the wish script, as the fronts use them ---------------

def keys(lab):
    with open(lab.path("state", "privacy.key")) as lines:
        return [bytes.fromhex(line.strip()) for line in lines]


def hashed(key, number):
    name = hmac.new(key, b"baotin key id\0", "sha256").hexdigest()[:8]
    text = b"phone\0" + number.encode()
    return name + ":" + hmac.new(key, text, "sha256").hexdigest()[:32]


def wish_key(lab, number, n=0):
    return "baotin:wish:" + hashed(keys(lab)[n], number)


def wish(lab, number, word, **more):
    """What a front does with store_wish(), by the script alone."""
    text = ""
    for name in ("common", "wish"):
        with open(os.path.join(SCRIPTS, name + ".lua")) as script:
            text += script.read()
    args = {"phone": number, "word": word, "front": "sms", "window": 2,
            "hashes": [hashed(key, number) for key in keys(lab)], **more}
    while True:
        said = json.loads(lab.redis.eval(
            text, 0, "baotin", "lab", str(30 * DAY_MS), json.dumps(args)))
        if not said.get("more"):
            return said["result"]


def feedback(lab):
    return [r for _, r in lab.redis.xrange("baotin:feedback")]


# --- wishes ------------------------------------------------------------------

def stop_and_start():
    with Lab() as lab:
        lab.event(dossier=code(1), status=2, phone=PHONE)
        lab.wait_receipt(dossier=code(1), state="delivered")
        assert wish(lab, PHONE, "stop", id="a1") == "done"
        assert wish(lab, PHONE, "stop", id="a1") == "duplicate"
        assert wish(lab, PHONE, "stop", id="a2") == "done"
        said, = feedback(lab)
        assert said["word"] == "DUNG" and said["dossier"] == code(1), said
        assert said["agency"] == AGENCY["id"], said
        assert said["phone"] == "+8491*****78", said
        assert lab.ctl("phone", PHONE)["optout"]
        lab.event(dossier=code(1), status=9, phone="0912345678")
        lab.wait_receipt(dossier=code(1), state="suppressed",
                         reason="optout")
        assert lab.ctl("dossier", code(1))["status"] == "ready"
        assert wish(lab, PHONE, "start") == "done"
        assert not lab.ctl("phone", PHONE)["optout"]
        lab.event(dossier=code(2), status=9, phone=PHONE)
        lab.wait_text(PHONE, 2)
        assert not any(PHONE in name for name in
                       lab.redis.scan_iter("baotin:wish:*"))
        # Nobody whose dossiers we know.
        wish(lab, phone(3), "stop")
        assert feedback(lab)[1]["dossier"] == ""


def the_text_as_the_citizen_wants_it():
    with Lab() as lab:
        texts = []

        def text(**more):
            number = len(texts) + 1
            lab.event(dossier=code(number), status=9, phone=PHONE, **more)
            texts.append(lab.wait_text(PHONE, number))
            return texts[-1]
        assert "da co ket qua" in text()
        wish(lab, PHONE, "accents")
        assert "đã có kết quả" in text()
        assert "đã có kết quả" in text(accents=0)
        wish(lab, PHONE, "language", lang="en")
        assert "Một cửa" in text()
        wish(lab, PHONE, "plain")
        assert "is ready" in text()
        message, = [m for m in lab.ctl("phone", PHONE)["messages"]
                    if m["dossier"] == code(5)]
        record = lab.redis.hgetall("baotin:message:" + message["id"])
        assert record["coding"] == "gsm7", record
        assert "variants" not in record and "lang" not in record, record
        wishes = lab.ctl("phone", PHONE)["wishes"]
        assert wishes == {"accents": False, "language": "en"}, wishes
        wish(lab, PHONE, "language", lang="vi")
        assert "da co ket qua" in text(accents=1)
        wish(lab, PHONE, "language", lang="xx")     # no such texts
        assert "da co ket qua" in text()


def a_wrong_number_is_forgotten():
    with Lab(settings={"notices": {
            "templates": os.path.join(SOURCE, "templates"),
            "window": "00:00-24:00"}}) as lab:
        lab.ctl("hold")
        for i in range(5):
            lab.event(dossier=code(i), status=9, phone=PHONE)
            lab.wait_receipt(dossier=code(i), state="held")
        lab.ctl("send", phone(9), "thu")
        assert wish(lab, PHONE, "wrong_number", id="b1") == "done"
        said = feedback(lab)
        assert sorted(r["dossier"] for r in said) == [
            code(i) for i in range(5)], said
        assert {r["word"] for r in said} == {"SAISO"}, said
        for i in range(5):
            lab.wait_receipt(dossier=code(i), state="cancelled",
                             reason="optout")
            assert "phone" not in lab.redis.hgetall(
                "baotin:dossier:" + code(i))
        seen = lab.ctl("phone", PHONE)
        assert seen["optout"] and seen["dossiers"] == [], seen
        lab.ctl("release")
        # The office says the number again, the citizen wants notices of
        # others: what is wrong stays wrong.
        wish(lab, PHONE, "start")
        lab.event(dossier=code(1), status=3, phone=PHONE)
        lab.wait_receipt(dossier=code(1), status="refused",
                         state="suppressed", reason="optout")
        assert lab.ctl("phone", PHONE)["dossiers"] == []
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_text(phone(2))
        assert not lab.texts(PHONE)


def a_new_key_keeps_what_was_said():
    with Lab() as lab:
        wish(lab, PHONE, "stop")
        wish(lab, PHONE, "accents")
        old = wish_key(lab, PHONE)
        lab.event(dossier=code(1), status=2, phone=phone(1), id4="1234",
                  at="2023-05-15T08:00:00")
        lab.wait_receipt(dossier=code(1))
        lab.stop("baotind")
        path = lab.path("state", "privacy.key")
        with open(path) as lines:
            had = lines.read()
        with open(path, "w") as out:
            out.write(os.urandom(32).hex() + "\n" + had)
        lab.start_daemon()
        lab.event(dossier=code(1), status=2, phone=phone(1), id4="1234",
                  at="2023-05-15T08:00:00")
        lab.wait_receipt(dossier=code(1), reason="duplicate")
        assert lab.ctl("phone", PHONE)["optout"]
        lab.event(dossier=code(2), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(2), reason="optout")
        assert not lab.redis.exists(old)
        now = lab.redis.hgetall(wish_key(lab, PHONE))
        assert now["stop"] == "1" and now["accents"] == "1", now


# --- retention ---------------------------------------------------------------

def everything(lab):
    """All that Redis holds, key by key, as bytes."""
    raw = redis_client.Redis(unix_socket_path=lab.path("redis.sock"))
    read = {
        b"string": raw.get, b"hash": raw.hgetall, b"set": raw.smembers,
        b"list": lambda k: raw.lrange(k, 0, -1),
        b"zset": lambda k: raw.zrange(k, 0, -1),
        b"stream": lambda k: raw.xrange(k),
    }
    return {key: repr(read[raw.type(key)](key)).encode()
            for key in raw.scan_iter(count=1000)}


def holders(lab, *needles):
    """The keys in whose name or value one of these stands."""
    found = []
    for key, value in everything(lab).items():
        both = key + b" " + value
        if any(n.encode() in both or repr(n.encode())[2:-1].encode() in both
               for n in needles):
            found.append(key.decode())
    return sorted(found)


def time_takes_it_all():
    with Lab(clock="2026-11-22 10:00:00") as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE, id4="4711")
        lab.event(dossier=code(2), status=3, phone=PHONE)
        lab.event(dossier=code(3), status=9, phone="0912345678",
                  due="never")
        lab.wait_receipt(dossier=code(1), state="delivered")
        lab.wait_receipt(dossier=code(2), state="delivered")
        wait(lab.rejected, "the rejected one")
        wish(lab, PHONE, "stop")
        text = lab.texts(PHONE)[0]["text"]
        message = lab.receipts(dossier=code(1))[0]["message"]
        assert len(holders(lab, "912345678")) > 5
        assert holders(lab, text) == ["baotin:message:" + message]
        # Two days: counters are gone, what the office knows is there.
        lab.set_clock("2026-11-24 12:00:00")
        lab.event(dossier=code(4), status=4, phone=phone(4))
        lab.wait_receipt(dossier=code(4))
        assert len(lab.ctl("phone", PHONE)["dossiers"]) == 2
        # A month: streams, texts and numbers of messages, and the number of
        # the dossier that is over.
        lab.set_clock("2026-12-26 12:00:00")
        wait(lambda: not lab.receipts() and not lab.rejected() and
             not feedback(lab), "empty streams")
        wait(lambda: holders(lab, "912345678") == [
            "baotin:dossier:" + code(1), "baotin:phone:" + PHONE],
            "the number's end")
        assert not holders(lab, text)
        record = lab.ctl("message", message)
        assert record["phone_hash"] == hashed(keys(lab)[0], PHONE), record
        assert "text" not in record and record["state"] == "delivered"
        assert "phone" not in lab.redis.hgetall("baotin:dossier:" + code(2))
        # A year: the dossier that nobody came for, and the record's rest.
        lab.set_clock("2027-12-27 12:00:00")
        wait(lambda: not holders(lab, "912345678"), "nothing")
        record = lab.redis.hgetall("baotin:dossier:" + code(1))
        assert "id4" not in record and record["status"] == "ready", record
        assert not lab.redis.exists("baotin:message:" + message)
        assert lab.ctl("phone", PHONE)["optout"]


def a_retried_text_is_kept():
    with Lab(clock="2026-11-22 10:00:00") as lab:
        lab.sim(f"fail modem1 to={PHONE} cms=1 forever")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        state = lab.wait_receipt(dossier=code(1), state="failed")
        assert lab.redis.zcard("baotin:retiring") == 1
        lab.ctl("retry", state["message"])
        assert lab.redis.zcard("baotin:retiring") == 0 or lab.receipts(
            dossier=code(1), state="sending", attempt=3)


run([stop_and_start, the_text_as_the_citizen_wants_it,
     a_wrong_number_is_forgotten, a_new_key_keeps_what_was_said,
     time_takes_it_all, a_retried_text_is_kept])
