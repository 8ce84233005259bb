#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What citizens want, and what becomes of their data."""

import hmac
import json
import os
import re

from lab import AGENCY, SOURCE, Lab, call, redis_client, run, wait, \
    whole_message

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
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
    args = {"phone": number, "word": word, "front": "sms", "window": 2,
            "hashes": [hashed(key, number) for key in keys(lab)], **more}
    while True:
        said = call(lab.redis, "wish", "baotin", "lab", args)
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
        b"string": raw.get, b"set": raw.smembers,
        b"hash": lambda k: whole_message(raw.hgetall(k)),
        b"list": lambda k: raw.lrange(k, 0, -1),
        b"zset": lambda k: raw.zrange(k, 0, -1),
        b"stream": lambda k: raw.xrange(k),
        b"none": lambda k: None,    # its time came meanwhile
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


# --- export and erase --------------------------------------------------------

NOTATIONS = ("0912345678", "+84912345678", "84 912 345 678", "091.234.5678",
             "912345678", "0084912345678", "(091) 234-5678")


def busy_number(lab):
    """One number in as many places as there are; and a neighbour."""
    lab.event(dossier=code(1), status=2, phone=PHONE, id4="4711")
    lab.event(dossier=code(2), status=9, phone="0912345678", lang="en")
    lab.event(dossier=code(3), status=9, phone=phone(3))
    for i in (1, 2, 3):
        lab.wait_receipt(dossier=code(i), state="delivered")
    # Asked by text and by call; a long text of which a part is missing.
    said = len(lab.texts(PHONE))
    lab.sim(f'sms modem1 {PHONE} "TC"')
    lab.wait_text(PHONE, said + 1)
    lab.sim(f"call modem1 {PHONE} rings=3 every=50")
    lab.wait_text(PHONE, said + 2)
    wait(lambda: lab.receipts(dossier="", state="delivered")[1:],
         "their reports")
    lab.ctl("hold")
    lab.event(dossier=code(4), status=9, phone=PHONE)
    lab.event(dossier=code(5), status=9, phone=phone(3))
    lab.wait_receipt(dossier=code(5), state="held")
    lab.event(dossier=code(6), status=9, phone=PHONE, not_before="x")
    for number in NOTATIONS:
        lab.event(dossier=code(7), status="?", phone=number)
        lab.event(json=json.dumps({"dossier": "?", "phone": number}))
        lab.event(dossier=f"so {number}; hen", status=9)
    lab.event(dossier=code(8), status="?", phone=phone(3))
    lab.event(dossier=code(8), status="?", phone="0912345679")
    wait(lambda: len(lab.rejected()) == 3 + 3 * len(NOTATIONS), "rejected")
    lab.redis.set("baotin:session:77", json.dumps({"phone": PHONE}))
    lab.redis.hset(f"baotin:parts:452040000000001:{PHONE}:7:2", 1, "rieng tu")
    wish(lab, PHONE, "plain")
    wish(lab, PHONE, "stop", window=100)


def issue11_export_finds_what_a_number_of_another_length_said():
    for country, number in (("254", "+254712345678"),
                            ("49", "+4915112345678"),
                            ("65", "+6591234567")):
        with Lab(settings={"gateway": {"country_code": country}}) as lab:
            lab.event(dossier=code(1), status=9, phone=number)
            lab.wait_receipt(dossier=code(1), state="sent")
            wish(lab, number, "stop")
            kept = lab.ctl("export", number)
            assert [r["word"] for r in kept["feedback"]] == ["DUNG"], kept


def issue11_receipts_and_logs_mask_alike():
    """The rows of the unit test of phone_mask() hold for the functions in
    Redis, too."""
    with open(os.path.join(SOURCE, "tests/unit/test_phone.c")) as file:
        rows = re.findall(r'^\tmasks\("([^"]*)", "([^"]*)"\)', file.read(),
                          re.M)
    assert len(rows) > 8, rows
    with Lab(start=False) as lab:
        lab.start_redis()
        for n, (number, shown) in enumerate(rows):
            call(lab.redis, "wish", "baotin", "lab", {
                "word": "stop", "front": "sms", "phone": number,
                "hashes": [f"k:{n}"], "window": 9})
            assert feedback(lab)[n]["phone"] == shown, (number, shown)


def a_number_is_exported():
    with Lab() as lab:
        busy_number(lab)
        kept = lab.ctl("export", "0912 345 678")
        assert kept["is_whole"]
        assert sorted(d["code"] for d in kept["dossiers"]) == [
            code(i) for i in (1, 2, 4)], kept
        assert len(kept["messages"]) == 5
        assert any("is ready" in m["text"] for m in kept["messages"])
        assert {r["message"] for r in kept["receipts"]} == {
            m["id"] for m in kept["messages"]}
        assert len(kept["feedback"]) == 3
        assert len(kept["rejected"]) == 1 + 3 * len(NOTATIONS), kept
        wished, = kept["wishes"]
        assert wished["stop"] == "1" and wished["accents"] == "0", wished
        names = " ".join(row["key"] for row in kept["keys"])
        for name in ("day:", "messages:", "phone:", "session:77", "parts:",
                     "call_mark:", "answers:"):
            assert "baotin:" + name in names, (name, names)
        assert "4711" not in json.dumps(kept)
        other = lab.ctl("export", "0912000000")
        assert not any(other[kind] for kind in other if kind != "is_whole")


def a_number_is_erased():
    with Lab(clock="2026-11-22 10:00:00") as lab:
        busy_number(lab)
        texts = [t["text"] for t in lab.texts(PHONE)]
        waits = whole_message(lab.redis.hgetall(
            "baotin:message:" + lab.receipts(dossier=code(4))[0]["message"])
        )["text"]
        assert holders(lab, *texts, waits)
        assert len(holders(lab, "912345678")) > 10
        neighbour = holders(lab, phone(3))
        done = lab.ctl("erase", PHONE)
        assert done["messages"] == 5 and done["dossiers"] == 3, done
        assert done["rejected"] == 1 + 3 * len(NOTATIONS), done
        # DUNG cancelled what waited.
        assert not holders(lab, *texts, waits, "rieng tu")
        assert not holders(lab, "912345678", "912 345 678", "091.234.5678",
                           "234-5678")
        assert holders(lab, phone(3)) == neighbour
        assert len(lab.rejected()) == 2
        assert 'command="erase +8491*****78"' in lab.log()
        again = lab.ctl("export", PHONE)
        assert again["dossiers"] == [] and len(again["messages"]) == 5
        assert again["wishes"][0]["stop"] == "1", again
        # Later events don't bring it back.
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(1), status="ready", reason="optout")
        assert not holders(lab, "912345678")
        assert lab.ctl("dossier", code(1))["status"] == "ready"
        lab.ctl("release")
        lab.wait_text(phone(3), 2)
        assert len(lab.texts(PHONE)) == 4
        wish(lab, PHONE, "start")
        lab.event(dossier=code(9), status=9, phone=PHONE)
        lab.wait_text(PHONE, 5)


def many_entries_of_one_number_are_erased():
    with Lab() as lab:
        for i in range(700):
            lab.redis.xadd("baotin:rejected", {"phone": PHONE, "error": "x"})
        lab.ctl("erase", PHONE)
        assert lab.redis.xlen("baotin:rejected") == 0


def kept_events_are_erased_when_they_are_done():
    with Lab(settings={"intake": {"keep_events": True}}) as lab:
        lab.event(dossier=code(1), status=9, phone="0912345678")
        lab.event(dossier=code(2), status=9, phone=phone(2))
        lab.wait_receipt(dossier=code(1), state="delivered")
        lab.wait_receipt(dossier=code(2), state="delivered")
        lab.ctl("erase", PHONE)
        assert not holders(lab, "912345678")
        left = [e["phone"] for _, e in lab.redis.xrange("baotin:events")]
        assert left == [phone(2)], left


def kept_events_go_with_time():
    with Lab(clock="2026-11-22 10:00:00",
             settings={"intake": {"keep_events": True}}) as lab:
        for i in (1, 2):
            lab.event(dossier=code(i), status=4, phone=PHONE)
            lab.wait_receipt(dossier=code(i))
        assert lab.redis.xlen("baotin:events") == 2
        lab.set_clock("2026-12-26 10:00:00")
        lab.event(dossier=code(3), status=4, phone=PHONE)
        wait(lambda: lab.redis.xlen("baotin:events") == 1, "the trimming")


# --- logs --------------------------------------------------------------------

def logs_say_no_number_no_digits_no_text():
    """All there is to log at level debug, with things going wrong."""
    secret = "Bí mật 4711-8899"
    with Lab(modems=2, agencies=[dict(AGENCY, accents=True)]) as lab:
        lab.sim(f"fail modem1 to={PHONE} cms=1 count=1")
        lab.sim(f"report to={phone(3)} mode=failed")
        lab.event(dossier=code(1), status=9, phone=PHONE, id4="4711",
                  collect_at=secret)
        lab.event(dossier=code(2), status=9, phone="0912345678",
                  id4="4711")
        lab.event(dossier=code(3), status=9, phone=phone(3), id4="4711")
        for number in NOTATIONS:
            lab.event(dossier=number, status="?", phone=number, id4="4711")
            lab.event(status=number, at=number, dossier=code(4))
            lab.event(json='{"phone": "%s", "id4": "4711"' % number)
            lab.event(**{number: number, "dossier": code(5)})
        lab.ctl("send", PHONE, secret)
        lab.ctl("phone", "0912 345 678")
        lab.ctl("export", "091.234.5678")
        lab.ctl("phone", "0912 345 67899", check=False)
        for word in ("TC", f"TC {code(3)} 4711", f"TC {code(3)} 4712",
                     "TC 4711", "TC 091.234.5678", "XYZ 4711", "TG"):
            lab.sim(f'sms modem1 {PHONE} "{word}"')
        lab.ctl("send", "0912345678x", secret, check=False)
        lab.ctl("rejected", "requeue", "all", "phone=0912345678",
                "dossier=", check=False)
        lab.sim(f'sms modem1 {PHONE} "{secret}"')
        lab.sim(f"call modem1 {PHONE} rings=2 every=20")
        for i in (1, 2, 3):
            wait(lambda i=i: lab.receipts(dossier=code(i), state="sent"),
                 f"text {i}")
        lab.wait_receipt(dossier=code(3), state="undelivered")
        wait(lambda: "incoming" in lab.log() and "call" in lab.log(),
             "what comes in")
        wish(lab, PHONE, "wrong_number")
        lab.ctl("erase", PHONE)
        lab.stop("baotind")
        for name in os.listdir(lab.dir):
            if not name.endswith(".log") or name in ("redis.log",
                                                     "baotin-sim.log"):
                continue
            for line in lab.log(name[:-4]).splitlines():
                # A pid may look like the digits.
                assert not re.search(
                    r"912345678|12 345 678|234\.5678|234-5678|ket qua|"
                    r"kết quả|Bí mật|(?<!pid=)\b(4711|8899)\b", line), line


def what_a_modem_holds_ends_first():
    with Lab(sim=["--latency", "1500"]) as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(1), state="sending")
        done = lab.ctl("erase", PHONE)
        assert done["in_hands"] == 1, done
        lab.wait_receipt(dossier=code(1), state="sent")
        wait(lambda: not any(PHONE in repr(lab.redis.hgetall(key)) for key in
                             lab.redis.scan_iter("baotin:message:*")),
             "the number's end")
        text = lab.texts(PHONE)[0]["text"]
        assert not holders(lab, text)


def an_erased_number_leaves_no_trace_in_many_keys():
    """More keys than one step looks at."""
    with Lab() as lab:
        pipe = lab.redis.pipeline()
        for i in range(3000):
            pipe.set(f"baotin:other:{i}", PHONE if i % 100 == 0 else i)
        pipe.execute()
        lab.ctl("erase", PHONE)
        assert not holders(lab, PHONE)
        assert lab.redis.dbsize() > 2970


run([stop_and_start, the_text_as_the_citizen_wants_it,
     a_wrong_number_is_forgotten, a_new_key_keeps_what_was_said,
     time_takes_it_all, a_retried_text_is_kept,
     issue11_export_finds_what_a_number_of_another_length_said,
     issue11_receipts_and_logs_mask_alike,
     a_number_is_exported, a_number_is_erased,
     many_entries_of_one_number_are_erased,
     kept_events_are_erased_when_they_are_done,
     what_a_modem_holds_ends_first, kept_events_go_with_time,
     logs_say_no_number_no_digits_no_text,
     an_erased_number_leaves_no_trace_in_many_keys])
