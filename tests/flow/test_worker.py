#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""baotin-modem against baotin-sim, with this test in the daemon's place."""

import os
import pty
import signal
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from modem_driver import PHONE, Sim, Worker, wait_until  # noqa: E402

ACCENTS = ("Hồ sơ của ông bà đã có kết quả, mời đến bộ phận một cửa "
           "nhận. " * 7)[:400]
SHORT = "Ho so cua ban da co ket qua"


def inbox(sim, n):
    """The phone's texts, once there are n."""
    return wait_until("%d texts" % n, lambda: (
        lambda t: t if len(t) == n else None)(
            sim.ctl("inbox", PHONE)["texts"]))


def kinds(worker):
    return [name if name != "RESULT" else name + str(fields["outcome"])
            for name, fields in worker.records()]


def test_identity(sim, worker):
    ready = worker.ready()
    assert ready["imei"].isdigit() and len(ready["imei"]) == 15
    assert ready["imsi"].startswith("452")
    assert ready["iccid"].startswith("8984")
    assert ready["smsc"].startswith("+84")
    health = worker.frames[-1][1]
    assert health["registration"] == "home"
    assert health["technology"] == "lte"
    assert -113 <= health["dbm"] <= -51
    assert health["inbox_size"] > 0
    assert "modem_pace" not in worker.log()  # our usleep() is in force
    names = [f[0] for f in worker.frames]
    assert names[0] == "HELLO" and names.index("READY") > 0


def test_gsm7_and_report(sim, worker):
    worker.ready()
    worker.submit(SHORT)
    r = worker.result()
    assert (r["outcome"], r["segments"], r["reference"]) == ("SENT", 1, 10)
    assert r["reference_kept"]
    report = worker.expect("REPORT")
    assert (report["phone"], report["reference"], report["tp_status"]) == \
        (PHONE, 10, 0)
    assert inbox(sim, 1)[0]["text"] == SHORT
    assert kinds(worker) == ["HELLO", "INTENT", "RESULT0", "REPORT"]
    seqs = [r["seq"], report["seq"]]
    assert seqs == [3, 4]


def test_accents_joined(sim, worker):
    worker.ready()
    worker.submit(ACCENTS)
    results = [worker.result() for _ in range(6)]
    assert [r["segment"] for r in results] == [1, 2, 3, 4, 5, 6]
    assert {r["outcome"] for r in results} == {"SENT"}
    text = inbox(sim, 1)[0]
    assert text["text"] == ACCENTS
    assert text["segments"] == 6 and text["coding"] == "ucs2"


def test_alphabets_survive(sim, worker):
    """The extension table, tildes in both alphabets, an emoji."""
    texts = ["[€] {x} ~ \\ ^ | é ñ @ $ _", "Đã xong ~ ~~ tấm",
             "Chúc mừng 🎉 " * 8, "[" * 80, "x" * 161, "[x]" * 60]
    worker.ready()
    for i, text in enumerate(texts):
        worker.submit(text)
        while True:
            r = worker.result()
            assert r["outcome"] == "SENT", r
            if r["segment"] == r["segments"]:
                break
        assert inbox(sim, i + 1)[i]["text"] == text
    assert "overwrite" not in worker.log()


def test_pdu_fields(sim, worker):
    worker.ready()
    worker.submit(SHORT, report=False, reject_duplicates=True,
                  references=b"\x4d", validity_ms=3600000)
    assert worker.result()["reference"] == 0x4d
    (row,) = [t for t in sim.texts() if t["kind"] == "segment"]
    assert row["mr"] == 0x4d and row["rd"] is True and row["srr"] is False
    assert row["vp"] == 11  # (11 + 1) * 5 minutes
    assert row["dcs"] == 0


def test_resend_of_missing_segments(sim, worker):
    worker.ready()
    worker.submit(ACCENTS, done=0b101011, concat_ref=9)
    assert [worker.result()["segment"] for _ in range(2)] == [3, 5]


def test_two_in_hand(sim, worker):
    """The second text's intent is synced while the first is on the air."""
    worker.ready()
    worker.submit("mot")
    worker.submit("hai")
    assert [worker.result()["message"] for _ in range(2)] == ["m1", "m2"]
    first = [(n, f["message"]) for n, f in worker.records()
             if n in ("INTENT", "RESULT")]
    assert first == [("INTENT", "m1"), ("INTENT", "m2"), ("RESULT", "m1"),
                     ("RESULT", "m2")]


def test_query_between_segments(sim, worker):
    worker.ready()
    sim.ctl("chatter", "modem1", "5")
    worker.submit(ACCENTS)
    worker.send("QUERY")
    names = []
    while names.count("RESULT") < 6:
        names.append(worker.next()[0])
    assert names.index("HEALTH") < len(names) - 1


def test_refused(sim, worker):
    worker.ready()
    sim.ctl("fail", "modem1", "cms=38", "count=1")
    worker.submit(SHORT)
    r = worker.result()
    assert (r["outcome"], r["code"], r["reason"]) == \
        ("REFUSED", 38, "cms_38")
    worker.submit(SHORT)
    assert worker.result()["outcome"] == "SENT"


def test_refused_ends_its_text(sim, worker):
    worker.ready()
    sim.ctl("fail", "modem1", "cms=38", "count=1", "after=1")
    worker.submit(ACCENTS)
    worker.submit(SHORT)
    got = [worker.result() for _ in range(3)]
    assert [(r["message"], r["segment"], r["outcome"]) for r in got] == [
        ("m1", 1, "SENT"), ("m1", 2, "REFUSED"), ("m2", 1, "SENT")]
    # The intent of m1's third segment was written ahead, and closed.
    closed = [f for n, f in worker.records()
              if n == "RESULT" and f["outcome"] == 3]
    assert [f["segment"] for f in closed] == [3]


def test_error_before_prompt(sim, worker):
    worker.ready()
    sim.ctl("fail", "modem1", "cms=310", "at=prompt")
    worker.submit(SHORT)
    r = worker.result()
    assert (r["outcome"], r["reason"]) == ("REFUSED", "cms_310")
    worker.submit(SHORT)
    assert worker.result()["outcome"] == "SENT"
    assert len(inbox(sim, 1)) == 1


def test_plain_error(sim, worker):
    worker.ready()
    sim.ctl("fail", "modem1", "error")
    worker.submit(SHORT)
    r = worker.result()
    assert (r["outcome"], r["code"], r["reason"]) == ("REFUSED", -1, "error")


def test_silent_prompt(sim, worker):
    """What comes instead of the prompt is not taken for it, and is there
    when the next worker starts."""
    worker.ready()
    sim.ctl("fail", "modem1", "silent-prompt")
    worker.submit(SHORT)
    worker.submit("sau")
    wait_until("AT+CMGS", lambda:
               sim.ctl("modems")["modems"][0]["at"].get("+CMGS") == 1)
    sim.ctl("sms", "modem1", "+84987654321", "trong luc do")
    r = worker.result()
    assert (r["message"], r["outcome"]) == ("m2", "UNSENT")
    r = worker.result(60)
    assert (r["outcome"], r["reason"]) == ("REFUSED", "no_prompt")
    assert worker.expect("BYE")["reason"] == "timeout"
    assert worker.wait() == 1
    assert sim.texts() == []
    again = Worker(sim)
    try:
        assert again.expect("INCOMING")["text"] == "trong luc do"
        again.submit(SHORT)
        assert again.result()["outcome"] == "SENT"
    finally:
        again.close()
    assert inbox(sim, 1)[0]["text"] == SHORT


def test_silent_after_text(sim, worker):
    worker.ready()
    sim.ctl("fail", "modem1", "silent-lost")
    worker.submit(SHORT)
    worker.submit("sau")
    r = worker.result()
    assert (r["outcome"], r["reason"]) == ("UNKNOWN", "silent")
    assert worker.result()["outcome"] == "UNSENT"
    assert worker.expect("BYE")["reason"] == "timeout"
    assert worker.wait() == 1
    assert kinds(worker) == ["HELLO", "INTENT", "INTENT", "RESULT2",
                             "RESULT3"]


def test_daemon_gone(sim, worker):
    worker.ready()
    sim.ctl("net", "modem1", "latency=700")
    worker.submit(ACCENTS)
    wait_until("a submit", lambda: "INTENT" in kinds(worker) and
               worker.expect("CALLING", deadline_ms=0, call=""))
    worker.sock.close()
    assert worker.wait() == 0
    results = [f for n, f in worker.records() if n == "RESULT"]
    # The second one's intent may have been synced ahead: then it is closed.
    assert len(results) == kinds(worker).count("INTENT") <= 2
    assert all(r["outcome"] == 3 for r in results[1:])
    assert results[0]["outcome"] == 0 and results[0]["segment"] == 1


def test_shutdown_finishes_the_text(sim, worker):
    worker.ready()
    sim.ctl("net", "modem1", "latency=300")
    worker.submit(ACCENTS[:120])
    worker.submit("sau")
    wait_until("an intent", lambda: "INTENT" in kinds(worker))
    worker.send("SHUTDOWN")
    rest = [f for n, f in worker.drain() if n in ("RESULT", "BYE")]
    assert [(r["message"], r["segment"], r["outcome"]) for r in rest
            if "outcome" in r] == [("m2", 1, 3), ("m1", 1, 0), ("m1", 2, 0)]
    assert rest[-1]["reason"] == "shutdown"
    assert worker.wait() == 0


def test_shutdown_while_it_starts(sim, worker):
    """Together with CONFIG, and before a modem that says nothing."""
    worker.send("SHUTDOWN")
    assert worker.expect("BYE")["reason"] == "shutdown"
    assert worker.wait() == 0
    for word in ("SHUTDOWN", "SIGTERM"):
        ours, its = pty.openpty()
        again = Worker(sim, modem="modem2", device=os.ttyname(its))
        try:
            again.expect("CALLING", call="preflight")
            if word == "SHUTDOWN":
                again.send(word)
            else:
                again.process.send_signal(signal.SIGTERM)
            assert again.expect("BYE")["reason"] == "shutdown"
            assert again.wait() == 0
        finally:
            again.close()
            os.close(ours)
            os.close(its)


def test_sigterm(sim, worker):
    worker.ready()
    worker.process.send_signal(signal.SIGTERM)
    assert worker.expect("BYE")["reason"] == "shutdown"
    assert worker.wait() == 0


def test_unplugged_on_the_air(sim, worker):
    worker.ready()
    sim.ctl("net", "modem1", "latency=5000")
    worker.submit(SHORT)
    worker.submit("sau")
    wait_until("a submit", lambda: len(
        [k for k in kinds(worker) if k == "INTENT"]) == 2)
    sim.ctl("hangup", "modem1")
    r = worker.result()
    assert (r["outcome"], r["reason"]) in (("UNSENT", "unplugged"),) or \
        r["message"] == "m2"
    got = [r] + [f for n, f in worker.drain() if n == "RESULT"]
    by_message = {f["message"]: f for f in got}
    assert by_message["m1"]["outcome"] in (2, "UNKNOWN")
    assert by_message["m1"]["reason"] == "unplugged"
    assert by_message["m2"]["outcome"] in (3, "UNSENT")
    assert worker.frames[-1] == ("BYE", {"reason": "gone"})
    assert worker.wait() == 1


def test_unplugged_idle(sim, worker):
    worker.ready()
    sim.ctl("hangup", "modem1")
    assert worker.expect("BYE")["reason"] == "gone"
    assert worker.wait() == 1


def test_missed_lease(sim, worker):
    worker.ready()
    worker.submit(SHORT, lease_deadline=int(time.monotonic() * 1000) - 1)
    r = worker.result()
    assert (r["outcome"], r["reason"], r["seq"]) == ("UNSENT", "lease", 0)
    worker.submit(SHORT)
    assert worker.result()["outcome"] == "SENT"
    assert kinds(worker)[:3] == ["HELLO", "INTENT", "RESULT0"]


def test_incoming(sim, worker):
    worker.ready()
    sim.ctl("sms", "modem1", "+84987654321", "TRA CUU ~ đơn ~~ [€]")
    got = worker.expect("INCOMING")
    assert got["sender"] == "+84987654321"
    assert got["text"] == "TRA CUU ~ đơn ~~ [€]"
    assert (got["part"], got["parts"]) == (1, 1)
    assert abs(got["sent_at"] - time.time() * 1000) < 120000
    sim.ctl("sms", "modem1", "+84987654321", "đài " * 40)
    parts = [worker.expect("INCOMING") for _ in range(3)]
    parts.sort(key=lambda p: p["part"])
    assert [p["part"] for p in parts] == [1, 2, 3]
    assert len({p["concat_ref"] for p in parts}) == 1
    assert "".join(p["text"] for p in parts) == "đài " * 40
    worker.send("QUERY")
    assert worker.expect("HEALTH")["inbox_used"] == 0


def test_incoming_while_sending(sim, worker):
    worker.ready()
    worker.submit(ACCENTS)
    sim.ctl("sms", "modem1", "+84987654321", "HS 1")
    got = {"RESULT": 0, "INCOMING": 0}
    while got != {"RESULT": 6, "INCOMING": 1}:
        name, fields = worker.next()
        if name in got:
            got[name] += 1
            assert fields.get("outcome", 0) == 0
    assert inbox(sim, 1)[0]["text"] == ACCENTS


def test_inbox_that_filled_before(sim, worker):
    worker.ready()
    worker.send("SHUTDOWN")
    worker.wait()
    for i in range(3):
        sim.ctl("sms", "modem1", "+84987654321", "so %d" % i)
    again = Worker(sim)
    try:
        texts = [again.expect("INCOMING")["text"] for _ in range(3)]
        assert sorted(texts) == ["so 0", "so 1", "so 2"]
        assert again.expect("HEALTH")["inbox_used"] == 0
    finally:
        again.close()


def stop(worker):
    worker.send("SHUTDOWN")
    worker.drain()
    worker.wait()


def test_full_sim(sim, worker):
    """All of it is read and deleted, and what the network held back comes
    too."""
    worker.ready()
    stop(worker)
    for i in range(7):
        sim.ctl("sms", "modem1", "+84987654321", "so %d" % i)
    (row,) = sim.ctl("modems")["modems"]
    assert (row["stored"], row["waiting"]) == (4, 3), row
    again = Worker(sim)
    try:
        texts = [again.expect("INCOMING")["text"] for _ in range(7)]
        assert sorted(texts) == ["so %d" % i for i in range(7)]
        again.send("QUERY")
        while again.expect("HEALTH")["inbox_used"] != 0:
            again.send("QUERY")
    finally:
        again.close()


def test_stored_texts_amid_chatter(sim, worker):
    """A line every 2 ms hits each gap between two commands of a call."""
    worker.ready()
    stop(worker)
    for i in range(12):
        sim.ctl("sms", "modem1", "+84987654321", "so %d" % i)
    again = Worker(sim)
    try:
        again.ready()
        sim.ctl("chatter", "modem1", "2")
        for i in range(12, 18):
            sim.ctl("sms", "modem1", "+84987654321", "so %d" % i)
        wait_until("all in the journal", lambda: kinds(again).count(
            "INCOMING") >= 18)
        wait_until("an empty SIM", lambda:
                   sim.ctl("modems")["modems"][0]["stored"] == 0)
        sim.ctl("chatter", "modem1", "off")
        again.submit(SHORT)
        assert again.result()["outcome"] == "SENT"
    finally:
        again.close()


def test_killed_before_the_sim_is_empty(sim, worker):
    """No text is lost; what comes twice is the same in all that counts."""
    worker.ready()
    stop(worker)
    for i in range(5):
        sim.ctl("sms", "modem1", "+84987654321", "so %d" % i)
    again = Worker(sim)
    again.expect("INCOMING")
    again.process.kill()
    again.process.wait()
    third = Worker(sim)
    try:
        third.ready()
        stop(third)
        seen = {}
        for name, f in third.records():
            if name == "INCOMING":
                seen.setdefault(f["text"], set()).add(
                    (f["sender"], f["sent_at"], f["part"], f["parts"]))
        assert sorted(seen) == ["so %d" % i for i in range(5)], seen
        assert all(len(v) == 1 for v in seen.values()), seen
        (row,) = sim.ctl("modems")["modems"]
        assert row["stored"] == 0, row
    finally:
        third.close()


def test_report_while_nobody_listens(sim, worker):
    """A worker that ends lets the modem store reports; the next reads them.
    """
    worker.ready()
    sim.ctl("report", "mode=late", "1000")
    worker.submit(SHORT)
    assert worker.result()["outcome"] == "SENT"
    stop(worker)
    wait_until("a stored report", lambda:
               sim.ctl("modems")["modems"][0]["stored"] == 1)
    again = Worker(sim)
    try:
        report = again.expect("REPORT")
        assert (report["phone"], report["reference"]) == (PHONE, 10)
        wait_until("an empty SIM", lambda:
                   sim.ctl("modems")["modems"][0]["stored"] == 0)
    finally:
        again.close()


def test_report_meets_the_answer(sim, worker):
    """Reports come just when answers do: none is lost between libgammu,
    which reads one, and us, who read the other."""
    worker.ready()
    sim.ctl("net", "modem1", "latency=100")  # as long as a report takes
    n = 12
    for i in range(2):
        worker.submit("so", report=True)
    sent = reports = 0
    while sent < n or reports < n:
        name, fields = worker.next()
        if name == "RESULT":
            assert fields["outcome"] == 0, fields
            sent += 1
            if worker.messages < n:
                worker.submit("so", report=True)
        reports += name == "REPORT"


def test_lease_ends_while_stopped(sim, worker):
    """A worker that was stopped for longer than its lease submits nothing.
    """
    worker.ready()
    worker.process.send_signal(signal.SIGSTOP)
    worker.submit(SHORT, lease_deadline=int(time.monotonic() * 1000) + 300)
    wait_until("the lease's end", lambda late=time.monotonic() + 0.4:
               time.monotonic() > late)
    worker.process.send_signal(signal.SIGCONT)
    r = worker.result()
    assert (r["outcome"], r["reason"]) == ("UNSENT", "lease")
    assert not [t for t in sim.texts() if t["kind"] == "segment"]


def test_call(sim, worker):
    worker.ready()
    sim.ctl("call", "modem1", "+84987654321", "rings=3", "every=100")
    assert worker.expect("RANG")["sender"] == "+84987654321"
    worker.send("QUERY")
    worker.expect("HEALTH")
    worker.send("SHUTDOWN")
    assert "RANG" not in [n for n, _ in worker.drain()]


def hang_ups(sim):
    return sim.ctl("modems")["modems"][0]["at"].get("+CHUP", 0)


def test_call_is_rejected_after_two_rings(sim, worker):
    worker.ready()
    before = hang_ups(sim)
    sim.ctl("call", "modem1", "+84987654321", "rings=50", "every=100")
    # Told when it is rejected: who hears it ring can't read an answer.
    assert worker.expect("RANG")["sender"] == "+84987654321"
    assert hang_ups(sim) == before + 1
    # The line is free for the next one, who withholds the number.
    sim.ctl("call", "modem1", "withheld", "rings=50", "every=100")
    wait_until("AT+CHUP", lambda: hang_ups(sim) == before + 2)
    assert worker.expect("RANG")["sender"] == ""


def test_call_at_the_end(sim, worker):
    """It rang once, and the worker ends before it rings again."""
    worker.ready()
    sim.ctl("call", "modem1", "+84987654321", "rings=2", "every=60000")
    worker.submit(SHORT)
    assert worker.result()["outcome"] == "SENT"
    worker.send("SHUTDOWN")
    assert [f["sender"] for n, f in worker.drain() if n == "RANG"] == [
        "+84987654321"]


def test_noise_and_chatter(sim, worker):
    """Whole lines at any time, and a long one before a text. (What hides
    the prompt itself ends as no_prompt: test_silent_prompt.)"""
    worker.ready()
    sim.ctl("chatter", "modem1", "20")
    worker.submit(ACCENTS)
    for _ in range(6):
        assert worker.result()["outcome"] == "SENT"
    sim.ctl("chatter", "modem1", "off")
    sim.ctl("noise", "modem1", "line=3000")
    worker.submit(SHORT, message="m2")
    assert worker.result()["outcome"] == "SENT"
    assert inbox(sim, 2)[0]["text"] == ACCENTS


def test_journal_outlives(sim, worker):
    """Killed on the air: the intent is there, and the next run goes on
    with the numbers."""
    worker.ready()
    sim.ctl("net", "modem1", "latency=5000")
    worker.submit(SHORT)
    wait_until("an intent", lambda: "INTENT" in kinds(worker))
    worker.process.kill()
    worker.process.wait()
    assert kinds(worker) == ["HELLO", "INTENT"]
    sim.ctl("net", "modem1", "latency=50")
    again = Worker(sim)
    try:
        again.ready()
        again.submit("sau", message="m9")
        assert again.result()["seq"] == 5
    finally:
        again.close()


def test_second_worker_is_kept_out(sim, worker):
    worker.ready()
    other = Worker(sim, journal=worker.journal + ".other")
    try:
        assert other.expect("BYE")["reason"] == "held"
        assert "baotin-modem[%d]" % worker.process.pid in other.log()
    finally:
        other.close()


def test_wrong_imei(sim, _):
    worker = Worker(sim, imei="490154203237518")
    try:
        assert worker.expect("LOCKED")["reason"] == "imei_wrong"
        assert worker.expect("BYE")["reason"] == "locked"
    finally:
        worker.close()


def locked(sim, **config):
    worker = Worker(sim, **config)
    try:
        return worker.expect("LOCKED")
    finally:
        worker.close()


def test_pin(sim, _):
    assert locked(sim)["reason"] == "pin_needed"
    first = locked(sim, pin="9999")
    assert (first["reason"], first["tries_left"]) == ("pin_refused", 2)
    # Not tried again, by no later worker.
    second = locked(sim, pin="9999")
    assert (second["reason"], second["tries_left"]) == ("pin_refused", 2)
    # A corrected one gets its chance, and is remembered as good.
    worker = Worker(sim, pin="1234")
    try:
        worker.ready()
    finally:
        worker.close()
    sim.ctl("pin", "modem1", "pin")
    worker = Worker(sim, pin="1234")
    try:
        worker.ready()
    finally:
        worker.close()


def test_no_sim(sim, _):
    sim.ctl("pin", "modem1", "absent")
    assert locked(sim)["reason"] == "no_sim"
    sim.ctl("pin", "modem1", "puk")
    assert locked(sim)["reason"] == "puk"


def test_no_device(sim, _):
    worker = Worker(sim, device=os.path.join(sim.dir, "modem77"))
    try:
        assert worker.expect("BYE")["reason"] == "missing"
        assert worker.wait() == 1
    finally:
        worker.close()


def test_bad_frames(sim, worker):
    worker.ready()
    worker.sock.sendall(b"\xff" * 16)
    assert worker.expect("BYE")["reason"] == "protocol"


OPTIONS = {"test_pin": ["--modem", "modem1,pin=1234"],
           "test_full_sim": ["--modem", "modem1,slots=4"]}
CONFIG = {"test_silent_after_text": {"send_timeout_ms": 700}}


def run(name):
    sim = Sim(*OPTIONS.get(name, []))
    worker = None
    try:
        test = globals()[name]
        if test.__code__.co_varnames[1] == "worker":
            worker = Worker(sim, **CONFIG.get(name, {}))
        test(sim, worker)
        return True
    except Exception as e:  # one test's fault is not the others'
        for line in ("%s: %s" % (type(e).__name__, e)).split("\n"):
            print("#", line)
        trace = e.__traceback__
        while trace.tb_next:
            trace = trace.tb_next
        print("# line", trace.tb_lineno)
        if worker is not None:
            for line in worker.log().split("\n"):
                print("#", line)
        return False
    finally:
        if worker is not None:
            worker.close()
        sim.close()


def main():
    names = sys.argv[1:] or [n for n in globals() if n.startswith("test_")]
    print("1..%d" % len(names))
    failed = 0
    for i, name in enumerate(names):
        ok = run(name)
        failed += not ok
        print("%s %d - %s" % ("ok" if ok else "not ok", i + 1, name),
              flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
