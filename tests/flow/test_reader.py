#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from the air and can't be read: it stops nothing that is behind
it. Issue 9, points 1 and 12; issue 10, points 2 and 3."""

import os
import random

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
CENTRE = "0791488920003000"[:16]
SEED = int(os.environ.get("BAOTIN_TEST_SEED") or random.randrange(1 << 32))


def deliver(dcs=0x00, text="C8329BFD06", length=5, first=0x04, digits=11,
            kind=0x91, number="4819325476F8"):
    """An SMS-DELIVER of +84912345678 (3GPP TS 23.040 §9.2.2.1)."""
    return (f"{CENTRE}{first:02X}{digits:02X}{kind:02X}{number}00{dcs:02X}"
            f"62112280000082{length:02X}{text}")


SUBMIT = CENTRE + "11000B914819325476F80000AA05C8329BFD06"
ENHANCED = CENTRE + "09000B914819325476F80000010203040506070005C8329BFD06"
REPORT = CENTRE + "062A0B914819325476F8621122800000826211228000008200"
LONG = "C8329BFD065DDFC8329BFD065DDF"
ODD = [
    deliver(dcs=0x20), deliver(dcs=0x2b), deliver(dcs=0x33),
    deliver(dcs=0x60), deliver(dcs=0x7b),           # compressed
    *[deliver(dcs=dcs, text=LONG, length=16)
      for dcs in (0xf8, 0xf9, 0xfa, 0xfb)],
    deliver(kind=0x11), deliver(kind=0x00), deliver(kind=0x7f),
    SUBMIT, ENHANCED,
    deliver(first=0x07), deliver(digits=0), deliver(digits=129),
    deliver(length=255), deliver(length=6), deliver(first=0x44),
    deliver()[:40], deliver() + "00" * 60, "00", "FF", "A" * 15, "-",
    "0" * 350,
]


def record(lab, code=CODE, phone=PHONE):
    lab.event(dossier=code, status=4, phone=phone, notify=0)
    wait(lambda: lab.redis.exists("baotin:dossier:" + code), "the record")


def row(lab, modem=0):
    return lab.sim("modems")["modems"][modem]


def metric(lab, name):
    rows = {m["name"]: m["value"] for m in lab.ctl("stats")["metrics"]}
    return rows["baotin_" + name]


def unreadable(lab):
    return [r for _, r in lab.redis.xrange("baotin:unreadable")]


def start_full(lab, fill):
    """All but the daemon; fill() puts things on the SIM before it comes."""
    lab.start_redis()
    lab.start_sim()
    lab.write_conf()
    fill(lab)
    lab.start_daemon()
    record(lab)


def ask(lab, n=1, modem="modem1"):
    """A TC, which must be answered. n: another phone each time."""
    phone = f"+8498765{n:04}"
    record(lab, f"H10.45-230514-{n:04}", phone)
    lab.sim(f'sms {modem} {phone} "TC"')
    return lab.wait_text(phone)


def is_empty(lab):
    wait(lambda: row(lab)["stored"] == 0 and row(lab)["waiting"] == 0,
         "an empty SIM")


def issue9_1_odd_texts_hide_nothing():
    """Each odd one lies before the TC, some behind it; all are told, without
    number and content, and deleted."""
    def fill(lab):
        for i, pdu in enumerate(ODD):
            lab.sim(f"store modem1 {pdu} stat={i % 4}")
        lab.sim(f'sms modem1 {PHONE} "TC"')
        for pdu in ODD[:10]:
            lab.sim(f"store modem1 {pdu} memory=ME")
        lab.sim(f"store modem1 {REPORT} memory=ME")

    with Lab(start=False, sim=["--modem", "modem1,slots=99"]) as lab:
        start_full(lab, fill)
        lab.wait_text(PHONE)
        is_empty(lab)
        wait(lambda: len(unreadable(lab)) >= 20, "the unreadable ones")
        rows = unreadable(lab)
        assert {"not_supported", "malformed", "draft"} <= {
            r["reason"] for r in rows}, rows
        assert {"deliver", "submit"} <= {r["kind"] for r in rows}, rows
        for text in (str(rows), lab.log()):
            assert "4819325476F8" not in text
            assert "C8329BFD06" not in text
        assert metric(lab, "unreadable_texts_total") >= len(rows)
        (modem,) = lab.ctl("modems")
        assert modem["trouble"] == "", modem
        # Those that only the library's decoder did not take are read.
        ask(lab, 2)


def mutated(rng):
    pdu = bytearray.fromhex(rng.choice(
        [deliver(), deliver(dcs=0x08, text="00540043", length=4), SUBMIT,
         REPORT, deliver(first=0x44, text="050003010201C8", length=7)]))
    for _ in range(rng.randrange(1, 5)):
        what = rng.randrange(4)
        at = rng.randrange(len(pdu))
        if what == 0:
            pdu[at] = rng.randrange(256)
        elif what == 1:
            pdu[at] ^= 1 << rng.randrange(8)
        elif what == 2 and len(pdu) > 2:
            del pdu[at:at + rng.randrange(1, 4)]
        else:
            pdu[at:at] = rng.randbytes(rng.randrange(1, 20))
    return bytes(pdu[:170]).hex() or "-"


def alpha(rng):
    return rng.choice(["", "", "", '"Bao,tin"', '"', '",,"', "x" * 50,
                       '"004800"', "OK", "+CMGL:"]).replace(" ", "")


def stored(rng, pdu):
    """A store command. The words of the simulator have quotes of their own.
    """
    a = alpha(rng).replace('"', '\\"')
    length = rng.choice(["", " length=%d" % rng.randrange(1, 400)])
    return (f'store modem1 {pdu} stat={rng.randrange(4)}{length}' +
            (f' "alpha={a}"' if a else ""))


def issue9_1_fuzz():
    """All 256 coding schemes × lengths × types of number, and random and
    mutated PDUs, before and behind a TC, at rest and while it runs."""
    print(f"# BAOTIN_TEST_SEED={SEED}")
    rng = random.Random(SEED)
    schemes = [deliver(dcs=dcs, text=rng.randbytes(length).hex(),
                       length=rng.choice((length, length * 8 // 7)),
                       kind=rng.choice((0x91, 0x81, 0xa1, 0xd0,
                                        rng.randrange(256))))
               for dcs in range(256)
               for length in rng.sample(range(0, 141), 2)]
    rest = [mutated(rng) for _ in range(300)] + [
        rng.randbytes(rng.randrange(1, 180)).hex() for _ in range(100)]
    all_of_them = schemes + rest
    rng.shuffle(all_of_them)

    def fill(lab):
        for pdu in all_of_them[:100]:
            lab.sim(stored(rng, pdu))
        lab.sim(f'sms modem1 {PHONE} "TC"')
        for pdu in all_of_them[100:150]:
            lab.sim(stored(rng, pdu))

    with Lab(start=False, sim=["--modem", "modem1,slots=200"],
             settings={"lookup": {"limits": {"ten_minutes": 100,
                                             "day": 100}}}) as lab:
        start_full(lab, fill)
        lab.wait_text(PHONE)
        is_empty(lab)
        todo = all_of_them[150:]
        n = 1
        while todo:
            n, batch, todo = n + 1, todo[:190], todo[190:]
            for pdu in batch:
                lab.sim(stored(rng, pdu) +
                        " tell=1")
            ask(lab, n)
            is_empty(lab)
        assert row(lab)["stored"] == 0
        assert "worker_gone" not in lab.log(), "a worker ended"


def issue9_1_full_sim_of_odd_texts():
    """Full of them: cleaned up, and what waits in the network comes."""
    def fill(lab):
        for _ in range(8):
            lab.sim(f"store modem1 {deliver(dcs=0x20)}")
        lab.sim(f'sms modem1 {PHONE} "TC"')
        assert row(lab)["waiting"] == 1, row(lab)

    with Lab(start=False, sim=["--modem", "modem1,slots=8"]) as lab:
        start_full(lab, fill)
        lab.wait_text(PHONE)
        is_empty(lab)


def issue9_1_odd_texts_that_come_directly():
    """+CMT and +CDS in odd forms, between and while texts are sent."""
    forms = ["+CMT: ,24|{}", '+CMT: "a,b",24|{}', "+CMT: 24|{}", "+CMT:|{}",
             "+CDS: 24|{}", "+CDS:24|{}", '+CMT: "+84",,"26/11/27"|chao ban',
             '+CDS: 6,77,"+84912345678",145,"","",0', "+CMT: ,0|"]
    with Lab() as lab:
        record(lab)
        lab.sim("net modem1 latency=60")
        for i, form in enumerate(forms):
            lab.event(dossier=f"H10.45-230516-{i:04}", status=9,
                      phone=f"+8491200{i:04}")
            for pdu in (deliver(dcs=0x20), deliver(kind=0x11), "00", REPORT):
                lab.sim("say modem1 " + '"' + form.format(pdu).replace(
                    '"', '\\"') + '"')
        for i in range(len(forms)):
            lab.wait_text(f"+8491200{i:04}")
        ask(lab)
        is_empty(lab)
        wait(lambda: len(unreadable(lab)) >= 3, "the unreadable ones")


def issue9_1_read_twice_is_told_once():
    """The SIM forgets nothing: each odd text is told once, also by the next
    worker, and the operator sees that reading is not in order."""
    with Lab() as lab:
        record(lab)
        lab.sim("simkeep modem1 on")
        lab.sim(f"store modem1 {deliver(dcs=0x20)} tell=1")
        wait(lambda: len(unreadable(lab)) == 1, "the unreadable one")
        lab.stop("baotind")
        lab.start_daemon()
        ask(lab)
        assert len(unreadable(lab)) == 1, unreadable(lab)


if __name__ == "__main__":
    run([f for name, f in list(globals().items())
         if name.startswith("issue")])
