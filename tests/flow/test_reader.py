#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes from the air and can't be read: it stops nothing that is behind
it. Issue 9, points 1 and 12; issue 10, points 2 and 3."""

import os
import random
import time

from lab import Lab, program, run, wait

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


def issue9_1_blanks_behind_a_line():
    """A modem that puts some behind each PDU is read all the same."""
    asks = deliver(text="D421", length=2)   # TC

    def fill(lab):
        for i, tail in enumerate((" ", "\t", "  \t ")):
            lab.sim(f'store modem1 "{deliver(dcs=0x20)}{tail}"')
            lab.sim(f'store modem1 "{asks}{tail}" stat={i}')

    with Lab(start=False) as lab:
        start_full(lab, fill)
        lab.wait_text(PHONE)
        is_empty(lab)
        assert {r["reason"] for r in unreadable(lab)} == {"not_supported"}


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


def start_without_modem2(lab):
    lab.start_redis()
    lab.start_sim()
    lab.sim("reg modem2 denied")
    lab.write_conf()
    lab.start_daemon(ready=False)
    wait(lambda: lab.usable_modems() == 1, "modem1 alone")


def until_modem1_has_it(lab, provoke, phone="+84911111111"):
    """A text in the hands of modem1 while it says nothing; modem2 comes."""
    start_without_modem2(lab)
    provoke(lab)
    lab.event(dossier="H10.45-230517-0001", status=9, phone=phone)
    lab.wait_receipt(dossier="H10.45-230517-0001", state="sending",
                     modem="modem1")
    lab.sim("reg modem2 home")
    lab.wait_text(phone)
    assert "worker_gone modem=modem1" not in lab.log(), "it waited"
    sent = lab.wait_receipt(dossier="H10.45-230517-0001", state="sent")
    assert sent["modem"] == "modem2" and sent["attempt"] == "1", sent
    assert len(lab.texts(phone)) == 1
    lab.sim("hangup modem1")


def silent_at(command, trigger):
    def provoke(lab):
        before = row(lab)["at"].get(command, 0)
        lab.sim(f"mute modem1 {command}")
        trigger(lab)
        # From here on the worker is at it, and no text came before.
        wait(lambda: row(lab)["at"].get(command, 0) > before, "the command")
    with Lab(modems=2, start=False) as lab:
        until_modem1_has_it(lab, provoke)


def odd(n=1):
    def trigger(lab):
        for i in range(n):
            lab.sim(f"store modem1 {deliver(dcs=0x20)} tell=1")
    return trigger


def issue9_12_silent_while_one_is_read():
    silent_at("+CMGR", odd())


def issue9_12_silent_during_a_sweep():
    silent_at("+CMGL", odd(15))


def issue9_12_silent_when_it_deletes():
    silent_at("+CMGD", odd())


def issue9_12_silent_when_it_is_asked_for_its_memories():
    silent_at("+CPMS", odd())


def dial(lab):
    lab.spawn("dial", [program("baotinctl"), "-s", lab.path("control.sock"),
                       "ussd", "modem1", "*101#"])
    # From here on the worker hears of it before any text.
    wait(lambda: 'command="ussd modem1' in lab.log(), "the dial")


def issue9_12_silent_during_ussd():
    silent_at("+CUSD", dial)


# Less than libgammu waits for a prompt.
SOON = 10


def silent_when_given(*provocations):
    """Nothing of the text was written."""
    with Lab(modems=2, start=False) as lab:
        start_without_modem2(lab)
        for words in provocations:
            lab.sim(words)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(dossier=CODE, state="sending", modem="modem1")
        lab.sim("reg modem2 home")
        lab.wait_text(PHONE, timeout=SOON)
        wait(lambda: lab.receipts(state="sent"), "the receipt")
        assert len(lab.texts(PHONE)) == 1
        assert not lab.receipts(state="unknown"), lab.receipts()
        lab.sim("hangup modem1")


def issue9_12_silent_at_all_when_given_a_text():
    silent_when_given("mute modem1 on")


def issue9_12_silent_before_it_is_given_the_text():
    silent_when_given("mute modem1 +CMGF")


def issue9_12_it_talks_of_other_things():
    """Lines that nobody asked for are no answer."""
    for provocation in ("mute modem1 on", "fail modem1 silent-prompt"):
        silent_when_given("chatter modem1 50", provocation)


def issue9_12_it_talks_of_other_things_during_a_sweep():
    with Lab(modems=2, start=False) as lab:
        start_without_modem2(lab)
        lab.sim("chatter modem1 50")
        lab.sim("mute modem1 +CPMS")
        odd()(lab)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(dossier=CODE, state="sending", modem="modem1")
        lab.sim("reg modem2 home")
        lab.wait_text(PHONE, timeout=SOON)
        assert len(lab.texts(PHONE)) == 1
        lab.sim("hangup modem1")


def issue9_12_silent_before_the_prompt():
    """The text itself waits for the prompt: no PDU was written."""
    with Lab(modems=2, start=False) as lab:
        start_without_modem2(lab)
        lab.sim("fail modem1 silent-prompt")
        lab.event(dossier="H10.45-230517-0001", status=9, phone=PHONE)
        lab.event(dossier="H10.45-230517-0002", status=9,
                  phone="+84911111111")
        wait(lambda: row(lab)["failed"] == 1, "AT+CMGS")
        lab.sim("reg modem2 home")
        for phone in (PHONE, "+84911111111"):
            lab.wait_text(phone)
            assert len(lab.texts(phone)) == 1
        wait(lambda: lab.receipts(dossier="H10.45-230517-0001",
                                  state="sent"), "the receipt")
        (sent,) = lab.receipts(dossier="H10.45-230517-0001", state="sent")
        assert sent["reason"] != "unknown_resent", sent


def issue9_12_behind_a_silent_text():
    """What waits behind a text that has no answer yet goes elsewhere; that
    one is neither lost nor doubled."""
    with Lab(modems=2, start=False) as lab:
        start_without_modem2(lab)
        lab.sim("net modem1 latency=9000")
        for i in range(2):
            lab.event(dossier=f"H10.45-230517-000{i}", status=9,
                      phone=f"+8491111111{i}")
        wait(lambda: len(lab.receipts(state="sending")) == 2, "both")
        lab.sim("reg modem2 home")
        lab.wait_text("+84911111111")
        assert not lab.texts("+84911111110"), "it waited for the first"
        lab.wait_text("+84911111110")
        for i in range(2):
            assert len(lab.texts(f"+8491111111{i}")) == 1


def issue9_1_a_reading_that_fails_is_told():
    """An alarm and trouble while it lasts, and texts are read afterwards."""
    with Lab() as lab:
        record(lab)
        lab.sim("refuse modem1 +CMGL=* +CMGR=*")
        lab.sim(f'sms modem1 {PHONE} "TC"')
        wait(lambda: "modem_no_reading" in str(lab.ctl("alarms")),
             "the alarm")
        (modem,) = lab.ctl("modems")
        assert "reading" in modem["trouble"], modem
        lab.sim("refuse modem1 off")
        lab.sim(f"store modem1 {deliver(dcs=0x20)} tell=1")
        lab.sim(f"store modem1 - tell=1")
        lab.wait_text(PHONE)
        wait(lambda: lab.ctl("modems")[0]["trouble"] == "", "no trouble")


def issue10_3_prompts_references_and_memories():
    """Modems that write prompt, reference and answers in other ways, and
    store reports in SR while the worker is away."""
    for brand in ("ml307", "ec25", "a7670", "cinterion", "sara-r4",
                  "sim800"):
        with Lab(sim=["--like", brand]) as lab:
            lab.event(dossier=CODE, status=9, phone=PHONE)
            lab.wait_receipt(dossier=CODE, state="delivered")
            ask(lab)
            lab.sim("report mode=late 1500")
            lab.event(dossier="H10.45-230515-0002", status=9,
                      phone="+84911111111")
            lab.wait_receipt(dossier="H10.45-230515-0002", state="sent")
            lab.stop("baotind")
            wait(lambda: row(lab)["stored"] > 0, "a stored report")
            lab.start_daemon()
            lab.wait_receipt(dossier="H10.45-230515-0002",
                             state="delivered")
            is_empty(lab)


# --- issue 10, point 2: a modem that restarts by itself ----------------------

def restarts(lab):
    return lab.log().count("baotin-modem warning modem_restarted")


def works_as_before(lab, n, cnmi):
    """A text with its report, a TC, and the settings."""
    wait(lambda: lab.usable_modems() == 1 and row(lab)["cnmi"] == cnmi,
         "the settings")
    phone = f"+8491234{n:04}"
    lab.event(dossier=f"H10.45-230518-{n:04}", status=9, phone=phone)
    lab.wait_receipt(dossier=f"H10.45-230518-{n:04}", state="delivered")
    ask(lab, n)


def restart_of(brand, **more):
    with Lab(sim=["--like", brand] if brand else [], **more) as lab:
        cnmi = row(lab)["cnmi"]
        works_as_before(lab, 1, cnmi)
        lab.sim("restart modem1")
        if not brand:
            lab.event(dossier="H10.45-230518-0099", status=9,
                      phone="+84911111111")
        wait(lambda: restarts(lab) == 1, "a new session", 60)
        works_as_before(lab, 2, cnmi)
        assert restarts(lab) == 1, "more than one"


def issue10_2_restart_of_each_kind():
    for brand in ("ec25", "sim7600", "a7670", "e3372", "sim800"):
        began = time.monotonic()
        restart_of(brand)
        print("# %s %.1f s" % (brand, time.monotonic() - began))


def issue10_2_restart_without_a_word():
    """The half-minute round finds it, or the text that goes out."""
    restart_of("")


def issue10_2_restart_that_wants_the_pin():
    """Nothing is lost or failed by cms_311, and the PIN is entered again."""
    with Lab(start=False, sim=["--modem", "modem1,pin=1234"]) as lab:
        with open(lab.path("pin"), "w") as out:
            out.write("1234\n")
        os.chmod(lab.path("pin"), 0o600)
        lab.modem_settings = {"pin_file": lab.path("pin")}
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        cnmi = row(lab)["cnmi"]
        lab.sim("restart modem1")
        assert row(lab)["sim"] == "pin"
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(dossier=CODE, state="delivered")
        works_as_before(lab, 1, cnmi)
        assert row(lab)["sim"] == "ready"
        assert restarts(lab) == 1
        assert not lab.receipts(reason="cms_311"), lab.receipts()


def issue10_2_words_that_others_say_too():
    """A modem that says so and has forgotten nothing goes on."""
    with Lab() as lab:
        ready = lab.log().count("baotind info modem_ready")
        lab.sim("net modem1 latency=100")
        for i, words in enumerate([
                "+CPIN: READY", "SMS DONE", "PB DONE", "+QIND: SMS DONE",
                "^BOOT:27710117,0,0,0,75", "+SIM READY", "Call Ready",
                "^SIMST:1", "+CFUN: 1"]):
            lab.event(dossier=f"H10.45-230519-{i:04}", status=9,
                      phone=f"+8491300{i:04}")
            lab.wait_receipt(dossier=f"H10.45-230519-{i:04}",
                             state="sending")
            for _ in range(3):
                lab.sim(f'say modem1 "{words}"')
            lab.wait_receipt(dossier=f"H10.45-230519-{i:04}",
                             state="delivered")
        ask(lab)
        assert restarts(lab) == 0
        assert lab.log().count("baotind info modem_ready") == ready
        assert "unknown" not in {r["state"] for r in lab.receipts()}


def issue10_2_restart_on_the_air():
    """A modem that restarts with a text on the air has no answer for it."""
    with Lab(sim=["--like", "ec25"], settings={
            "retry": {"send_timeout": 120, "lease": 200}}) as lab:
        lab.sim("net modem1 latency=60000")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        wait(lambda: row(lab)["at"].get("+CMGS", 0) == 1 and
             lab.receipts(dossier=CODE, state="sending"), "the submit")
        lab.sim("restart modem1")
        lab.sim("net modem1 latency=10")
        lab.wait_receipt(dossier=CODE, state="unknown")
        sent = lab.wait_receipt(dossier=CODE, state="sent")
        assert sent["reason"] == "unknown_resent", sent


def issue10_2_restarts_without_end():
    """It is set up again and again, with ever longer pauses."""
    with Lab(sim=["--like", "ec25"]) as lab:
        for n in range(1, 5):
            wait(lambda: lab.usable_modems() == 1, "the modem")
            lab.sim("restart modem1")
            wait(lambda n=n: restarts(lab) + lab.log().count(
                'why="exited with status 1"') >= n, "the end of a session")
        wait(lambda: lab.usable_modems() == 1, "the modem")
        ask(lab)


if __name__ == "__main__":
    run([f for name, f in list(globals().items())
         if name.startswith("issue")])
