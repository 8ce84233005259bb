#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Operators see every modem: its state, why, what to do, and in time. The
complaints are those that users of other gateways have; the number is that of
our list of them."""

import fcntl
import json
import os
import re
import subprocess
import termios

from lab import NO_LIMITS, Lab, program, run, wait

PHONE = "+84912345678"
IN_TIME = 15	# seconds until a modem that can't send is shown so


def code(n):
    return f"H10.45-230700-{n:04}"


def modem(lab, name="modem1"):
    """{} while the daemon does not listen yet."""
    return lab.ctl("modem", name, check=False) or {}


def is_told(told):
    """A word, a sentence and advice, in the listing too."""
    assert re.fullmatch("[a-z_]+", told["reason"]), told
    assert told["trouble"].startswith(told["reason"] + ": "), told
    assert told["trouble"].endswith((".", "?")), told
    assert "{}" not in told["trouble"] and told["advice"], told
    return True


def wait_reason(lab, reason, name="modem1", timeout=IN_TIME):
    def look():
        told = modem(lab, name)
        return told.get("reason") == reason and told

    told = wait(look, reason, timeout)
    is_told(told)
    return told


def start(lab, before=()):
    lab.start_redis()
    lab.start_sim()
    for command in before:
        lab.sim(command)
    lab.write_conf()
    lab.start_daemon(ready=False)


# --- 12.1 ------------------------------------------------------------------


def issue12_1_locked_stays_locked_with_its_reason():
    """Over the retries of its worker, which don't show; and it opens when the
    cause is gone."""
    for before, reason, after in (
            ("pin modem1 absent", "no_sim", "pin modem1 ready"),
            ("pin modem1 pin", "pin_needed", "pin modem1 ready"),
            ("pin modem1 puk", "puk", "pin modem1 ready"),
            ('cpin modem1 "BLOCKED"', "sim_blocked", "cpin modem1 off")):
        with Lab(start=False) as lab:
            start(lab, [before])
            wait_reason(lab, reason)
            seen = set()

            def tried_again():
                told = modem(lab)
                seen.add((told["state"], told["reason"]))
                return told["restarts"] >= 3

            wait(tried_again, "three more workers")
            assert seen == {("locked", reason)}, seen
            lab.sim(after)
            wait(lambda: modem(lab)["state"] == "ready", "the modem", 60)
            assert modem(lab)["trouble"] == "", modem(lab)
            past = [(p["state"], p["reason"])
                    for p in modem(lab)["history"]]
            assert past[:2] == [("ready", ""), ("locked", reason)], past


def issue12_1_a_pin_file_that_is_none():
    for text in (None, "", "12ab\n", "\n"):
        with Lab(start=False, modem={"pin_file": "/nowhere"}) as lab:
            lab.modem_settings = {"pin_file": lab.path("pin")}
            if text is not None:
                with open(lab.path("pin"), "w") as out:
                    out.write(text)
            start(lab, ["pin modem1 pin"])
            told = wait_reason(lab, "pin_file")
            assert told["state"] == "locked", told
            assert lab.sim("modems")["modems"][0]["pin_tries"] == 3


def issue12_1_another_modem_than_the_configured_one():
    with Lab(start=False, modem={"imei": "490154203237518"}) as lab:
        start(lab)
        told = wait_reason(lab, "imei_wrong")
        assert told["state"] == "locked", told
        assert lab.sim("modems")["modems"][0]["imei"] in told["trouble"]


def issue12_1_an_unknown_signal_is_no_number():
    with Lab(start=False) as lab:
        start(lab, ["csq modem1 99"])
        wait(lambda: modem(lab).get("state") == "ready", "the modem")
        assert modem(lab)["dbm"] is None
        shown = subprocess.run([program("baotinctl"), "-s", lab.path(
            "control.sock"), "modem", "modem1"], capture_output=True,
            text=True, check=True).stdout
        assert re.search(r"^dbm +-$", shown, re.M), shown


def issue12_1_refusals_are_told_with_advice():
    with Lab() as lab:
        lab.sim("fail modem1 cms=38 forever")
        for i in range(4):
            lab.event(dossier=code(i), status=9, phone=f"+8491000000{i}")
        told = wait_reason(lab, "refusing", timeout=30)
        assert "cms_38" in told["trouble"], told
        assert told["breaker"] == "open", told
        lab.sim("fail modem1 clear")


def alarms(lab, name):
    return [(a["modem"], a["level"]) for _, a in
            lab.redis.xrange("baotin:alarms") if a["alarm"] == name]


def tell(lab, n, first=0):
    for i in range(first, first + n):
        lab.event(dossier=code(i), status=9, phone=f"+8491{i:07d}")


def issue12_1_sends_fail_while_receiving_works():
    with Lab() as lab:
        lab.sim("fail modem1 cms=8 forever")
        lab.sim(f"sms modem1 {PHONE} TC")
        tell(lab, 4)
        told = wait_reason(lab, "receive_only", timeout=60)
        assert "cms_8" in told["trouble"], told
        wait(lambda: alarms(lab, "receive_only"), "the alarm")
        assert alarms(lab, "receive_only") == [("modem1", "critical")]
        lab.sim("fail modem1 clear")
        wait(lambda: ("modem1", "clear") in alarms(lab, "receive_only"),
             "its end", 90)


def issue12_1_many_numbers_refused_among_good_ones():
    """A third of the numbers of an hour; one that fails for ever is none."""
    with Lab() as lab:
        lab.sim(f"fail * to=+84910000000 cms=38 forever")
        tell(lab, 1)
        for i in range(1, 6):
            tell(lab, 1, i)
            lab.wait_receipt(dossier=code(i), state="sent")
        assert not modem(lab)["reason"], modem(lab)
        for i in range(6, 14):
            if i % 2 == 0:
                lab.sim(f"fail * to=+8491{i:07d} cms=38 forever")
            tell(lab, 1, i)
            lab.wait_receipt(dossier=code(i), modem="modem1",
                             state="queued" if i % 2 == 0 else "sent")
        told = wait_reason(lab, "many_refused", timeout=30)
        assert "5/14" in told["trouble"], told
        wait(lambda: alarms(lab, "many_refused"), "the alarm")


def issue12_1_a_silent_block_is_told():
    """No reports from ten phones where there used to be some; a phone that is
    off is no block."""
    with Lab(clock="2026-11-27T08:00:00") as lab:
        tell(lab, 6)
        wait(lambda: len(lab.receipts(state="delivered")) == 6, "reports")
        lab.sim("report mode=never")
        tell(lab, 9, 10)
        wait(lambda: len(lab.receipts(state="sent")) == 15, "the texts")
        lab.set_clock("2026-11-27T08:15:00")
        wait(lambda: modem(lab)["since_s"] >= 3, "some looks")
        assert not alarms(lab, "silent_block")
        tell(lab, 1, 30)
        told = wait_reason(lab, "silent_block")
        assert "10 phones" in told["trouble"], told
        wait(lambda: alarms(lab, "silent_block"), "the alarm")
        # A restart knows that this SIM used to have reports.
        lab.sim("report mode=now")
        tell(lab, 1, 40)
        wait(lambda: ("modem1", "clear") in alarms(lab, "silent_block"),
             "its end")
        assert modem(lab)["reason"] == ""


def issue12_1_a_sim_that_moved_is_told_until_it_sends():
    first = "modem1,imsi=452049999999999,imei=356938030000013"
    other = "modem1,imsi=452049999999999,imei=356938030000088"
    with Lab(sim=["--modem", first]) as lab:
        assert modem(lab)["reason"] == ""
        lab.stop("baotind")
        lab.kill("baotin-sim")
        lab.sim_words = ["--modem", other]
        lab.start_sim()
        for _ in range(2):
            lab.start_daemon()
            told = wait_reason(lab, "sim_moved")
            assert told["state"] == "ready", told
            wait(lambda: alarms(lab, "sim_moved"), "the alarm")
            lab.stop("baotind")
        lab.start_daemon()
        tell(lab, 1)
        lab.wait_receipt(state="sent")
        wait(lambda: modem(lab)["reason"] == "", "it to be at home")
        lab.stop("baotind")
        lab.start_daemon()
        assert modem(lab)["reason"] == ""


def issue12_1_pause_and_resume_over_a_restart():
    with Lab() as lab:
        assert lab.ctl("pause", "modem1")["wish"] == "paused"
        told = wait_reason(lab, "paused")
        assert told["state"] == "ready", told
        lab.stop("baotind")
        lab.start_daemon()
        wait_reason(lab, "paused")
        tell(lab, 1)
        lab.wait_receipt(dossier=code(0), state="queued")
        # Receiving goes on.
        lab.sim(f"sms modem1 {PHONE} HELP")
        wait(lambda: lab.log().count("incoming "), "the text")
        assert not lab.texts()
        assert lab.ctl("resume", "modem1")["wish"] == "up"
        lab.wait_text("+84910000000")


def issue12_1_drain_frees_the_port():
    with Lab() as lab:
        lab.sim("net modem1 latency=1500")
        tell(lab, 1)
        wait(lambda: modem(lab)["in_flight"] == 1, "the text in its hands")
        lab.ctl("drain", "modem1")
        told = wait_reason(lab, "drain")
        lab.wait_receipt(dossier=code(0), state="sent")
        wait(lambda: modem(lab)["state"] == "down", "the end", 30)
        fd = os.open(lab.path("sim", "modem1"), os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.close(fd)
        assert told["restarts"] == 0
        lab.stop("baotind")
        lab.start_daemon(ready=False)
        told = wait_reason(lab, "drain")
        assert told["state"] == "down", told
        lab.ctl("resume", "modem1")
        wait(lambda: modem(lab)["state"] == "ready", "the modem")
        assert lab.ctl("pause", "nobody", check=False) is None


# --- 12.4 ------------------------------------------------------------------

BRANDS = ("ec25", "sim7600", "a7670", "e3372", "ml307", "sim800", "mc7455",
          "sara-r4", "zte", "telit", "cinterion", "phonesim", "no-echo",
          "ucs2")


def sim_modem(lab, i=0):
    return lab.sim("modems")["modems"][i]


def type_pin(lab, pin, name="modem1"):
    """What baotinctl pin says, and its status."""
    done = subprocess.run(
        [program("baotinctl"), "-s", lab.path("control.sock"), "pin", name],
        input=pin + "\n", capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def locked_lab(**more):
    return Lab(start=False, sim=["--modem", "modem1,pin=1234"], **more)


def issue12_4_complaint_08_one_try_per_sim_over_20_restarts():
    """A wrong PIN on every brand, all of them at once."""
    sims = [w for i, like in enumerate(BRANDS, 1)
            for w in ("--modem", f"modem{i},pin=1234,like={like}")]
    with Lab(start=False, modems=len(BRANDS), sim=sims) as lab:
        lab.start_redis()
        lab.start_sim()
        with open(lab.path("pin"), "w") as out:
            out.write("9999\n")
        lab.modem_settings = {"pin_file": lab.path("pin")}
        lab.write_conf()
        for turn in range(20):
            lab.start_daemon(ready=False)

            def all_refused():
                rows = lab.ctl("modems", check=False) or []
                return len(rows) == len(BRANDS) and all(
                    m["reason"] == "pin_refused" for m in rows)

            wait(all_refused, f"the refusals of turn {turn}", 60)
            left = [m["pin_tries"] for m in lab.sim("modems")["modems"]]
            assert left == [2] * len(BRANDS), (turn, left)
            # As an impatient supervisor does it.
            if turn % 2 == 0:
                lab.stop("baotind")
            else:
                lab.kill("baotind")


def issue12_4_a_typed_pin_opens_the_sim():
    with locked_lab() as lab:
        start(lab)
        wait_reason(lab, "pin_needed")
        assert modem(lab)["pin_tries_left"] == 3
        status, said = type_pin(lab, "1234")
        assert status == 0 and "taken" in said, (status, said)
        wait(lambda: modem(lab)["state"] == "ready", "the modem")
        # No log, no file and no audit line has it.
        assert 'command="pin modem1 (1 rows)"' in lab.log(), lab.log()
        status, said = type_pin(lab, "1234")
        assert status == 1 and "wants no PIN" in said, (status, said)


def issue12_4_a_wrong_typed_pin_is_tried_once():
    with locked_lab() as lab:
        start(lab)
        wait_reason(lab, "pin_needed")
        status, said = type_pin(lab, "1111")
        assert status == 1 and "tries left: 2" in said, (status, said)
        status, said = type_pin(lab, "1111")
        assert status == 1 and "refused this PIN" in said, (status, said)
        assert sim_modem(lab)["pin_tries"] == 2
        status, said = type_pin(lab, "2222")
        assert status == 1 and "tries left: 1" in said, (status, said)
        # Two tries are gone: the last one is the citizen's telephone's.
        wait_reason(lab, "pin_tries")
        for pin in ("3333", "1234"):
            status, said = type_pin(lab, pin)
            assert status == 1 and "too few" in said, (status, said)
        assert sim_modem(lab)["pin_tries"] == 1
        for pin in ("", "12", "123456789", "12a4", "１２３４"):
            status, said = type_pin(lab, pin)
            assert status == 2, (pin, status, said)
        status, said = type_pin(lab, "1234", "nobody")
        assert status == 1 and "no modem" in said, (status, said)


def issue12_4_the_terminal_does_not_show_the_pin():
    with locked_lab() as lab:
        start(lab)
        wait_reason(lab, "pin_needed")
        master, slave = os.openpty()
        child = subprocess.Popen(
            [program("baotinctl"), "-s", lab.path("control.sock"), "pin",
             "modem1"], stdin=slave, stdout=slave, stderr=slave,
            start_new_session=True)
        os.close(slave)
        seen = b""
        while b"not shown" not in seen:
            seen += os.read(master, 1000)
        wait(lambda: not termios.tcgetattr(master)[3] & termios.ECHO,
             "no echo")
        os.write(master, b"1234\n")
        while True:
            try:
                seen += os.read(master, 1000)
            except OSError:
                break
        assert child.wait() == 0, seen
        assert b"1234" not in seen and b"taken" in seen, seen
        os.close(master)


# --- 12.3 ------------------------------------------------------------------


def issue12_3_complaint_03_three_workers_in_vain_then_the_radio_off_and_on():
    with Lab() as lab:
        lab.sim("mute modem1 +CEREG until=cfun")
        wait(lambda: modem(lab)["state"] == "down", "the silence", IN_TIME)
        wait(lambda: "kind=soft" in lab.log(), "the reset", 60)
        wait(lambda: modem(lab)["state"] == "ready", "the modem", 60)
        assert modem(lab)["restarts"] == 3, modem(lab)
        assert "resetting" in [p["state"] for p in modem(lab)["history"]]
        assert "kind=hard" not in lab.log()
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_text(PHONE)


def issue12_3_no_reset_where_none_helps():
    """Nobody resets a modem that is unplugged, locked or held."""
    for command, reason in (("hangup modem1", "no_device"),
                            ("pin modem1 absent", "no_sim")):
        with Lab(start=False) as lab:
            start(lab, [command])
            wait_reason(lab, reason)
            count = lab.log().count
            wait(lambda: reason == "no_device" or
                 count("worker_gone") >= 0 and
                 lab.log().count("worker_gone") >= 5, "workers", 60)
            assert "modem_reset" not in lab.log()


def issue12_3_an_operator_resets_a_modem():
    with Lab() as lab:
        lab.sim("net modem1 latency=1000")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        wait(lambda: modem(lab)["in_flight"] == 1, "the text in its hands")
        answer = lab.ctl("reset", "modem1")
        assert answer == {"modem": "modem1", "in_flight": 1}, answer
        lab.wait_receipt(state="sent")
        wait(lambda: [p["state"] for p in modem(lab)["history"]][:2] ==
             ["ready", "starting"], "the modem again", 60)
        assert "resetting" in [p["state"] for p in modem(lab)["history"]]
        lab.sim("net modem1 latency=50")
        lab.event(dossier=code(2), status=9, phone=PHONE)
        lab.wait_receipt(dossier=code(2), state="delivered")
        assert len(lab.texts(PHONE)) == 2
        assert lab.ctl("reset", "nobody", check=False) is None


def issue12_3_complaint_29_a_busy_port_names_who_holds_it():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        fd = os.open(lab.path("sim", "modem1"), os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(fd, fcntl.LOCK_EX)
        lab.start_daemon(ready=False)
        told = wait_reason(lab, "held")
        assert f"[{os.getpid()}]" in told["trouble"], told
        wait(lambda: modem(lab)["state"] == "down", "the next try's end")
        os.close(fd)
        wait(lambda: modem(lab)["state"] == "ready", "the modem", 60)


def issue12_3_never_two_workers_on_a_port():
    """Two names for one port: the second modem says who has it."""
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        os.symlink(lab.path("sim", "modem1"), lab.path("other"))
        one = {"name": "modem1", "device": lab.path("sim", "modem1")}
        lab.write_conf(modems=[one, {"name": "modem2",
                                     "device": lab.path("other")}])
        lab.start_daemon(ready=False)

        def look():
            rows = lab.ctl("modems", check=False) or []
            return sorted((m["state"], m["reason"]) for m in rows) == [
                ("down", "held"), ("ready", "")] and rows

        rows = wait(look, "one that is ready and one that is held")
        held, = [m for m in rows if m["reason"] == "held"]
        assert "baotin-modem[" in held["trouble"], held
        for i in range(3):
            lab.event(dossier=code(i), status=9, phone=PHONE)
        lab.wait_text(PHONE, 3)
        # It stays so while the second one is tried again.
        wait(lambda: lab.log().count("reason=held") >= 3, "tries", 60)
        assert look()


def issue12_3_complaint_06_found_by_imei_under_any_name():
    """Three modems that are searched for come on three ports, in whatever
    order, and go on under other names."""
    names = ("modem1", "modem2", "modem3")
    with Lab(start=False, modems=3) as lab:
        lab.start_redis()
        lab.start_sim()
        imei = {m["name"]: m["imei"] for m in lab.sim("modems")["modems"]}
        # The last one first, and each under another's name.
        lab.write_conf(modems=[
            {"name": f"sim-{n}", "device": lab.path("sim", "[mt]*"),
             "imei": imei[n], "limits": NO_LIMITS} for n in names[::-1]])
        for n in names:
            lab.sim(f"hangup {n}")
        lab.start_daemon(ready=False)
        for n in names:
            wait_reason(lab, "not_found", f"sim-{n}")
            wait(lambda n=n: imei[n] in modem(lab, f"sim-{n}")["trouble"],
                 "the IMEI that is missing")
            wait(lambda n=n: modem(lab, f"sim-{n}")["state"] == "down",
                 "its end")
        lab.sim("plug modem1 name=tty2")
        lab.sim("plug modem2 name=tty3")
        lab.sim("plug modem3 name=tty1")
        wait(lambda: lab.usable_modems() == 3, "all of them", 60)
        for n, port in zip(names, ("tty2", "tty3", "tty1")):
            told = modem(lab, f"sim-{n}")
            assert told["imei"] == imei[n], told
            assert told["device"] == lab.path("sim", port), told
        lab.sim("hangup modem2")
        wait_reason(lab, "not_found", "sim-modem2", 30)
        lab.sim("plug modem2 name=tty9")
        wait(lambda: modem(lab, "sim-modem2")["state"] == "ready", "it", 60)
        told = modem(lab, "sim-modem2")
        assert told["device"] == lab.path("sim", "tty9"), told
        # The others were left in peace.
        for n in ("modem1", "modem3"):
            assert lab.log().count(f"modem_ready modem=sim-{n} imei") == 2
        tell(lab, 6)
        wait(lambda: len(lab.receipts(state="delivered")) == 6, "texts")


def issue12_3_a_search_needs_an_imei():
    for device in ("auto", "/dev/ttyUSB*"):
        with Lab(start=False) as lab:
            lab.write_conf(modems=[{"name": "m", "device": device}])
            done = subprocess.run([program("baotind"), "-t", "-c",
                                   lab.path("baotin.conf")],
                                  capture_output=True, text=True)
            assert done.returncode == 2, done
            assert "modems[0].imei" in done.stderr, done.stderr
            assert "IMEI" in done.stderr, done.stderr


# --- 12.5 ------------------------------------------------------------------

BALANCE = {"code": "*101#", "every": "1s", "pattern":
           "TK goc: ([0-9.,]+)", "low": 10000}


def balance_lab(answer, **more):
    lab = Lab(start=False, modem={"balance": dict(BALANCE, **more)})
    lab.__enter__()
    try:
        lab.start_redis()
        lab.start_sim()
        lab.sim(f'balance "*101#" "{answer}"')
        lab.write_conf()
        lab.start_daemon()
    except BaseException as error:
        lab.__exit__(type(error), error, None)
        raise
    return lab


def issue12_5_the_balance_is_asked_on_schedule():
    """As operators write it; the raw answer is kept, its number masked."""
    for answer, amount, reason in (
            ("TK goc: 5.000d. So 0981234567", 5000, "credit_low"),
            ("TK goc: 12,500.50 VND", 12500, ""),
            ("TK goc: 10000", 10000, ""),
            ("TK goc: 1.250.000,00d", 1250000, ""),
            ("TK goc: 0d", 0, "credit_low"),
            ("Quy khach khong co tai khoan", None, "balance_unreadable"),
            ("TK goc: ,", None, "balance_unreadable")):
        lab = balance_lab(answer)
        try:
            told = wait(lambda: "balance_text" in modem(lab) and modem(lab),
                        answer)
            assert told["balance"] == amount, (answer, told["balance"])
            assert told["reason"] == reason, told
            assert "0981234567" not in json.dumps(told), told
            if "So 09" in answer:
                assert "09******67" in told["balance_text"], told
        finally:
            lab.__exit__(None, None, None)


def issue12_5_the_balance_outlives_a_restart():
    """And is not asked again before its time."""
    lab = balance_lab("TK goc: 70.000d", every="1h")
    try:
        assert lab.ctl("ussd", "modem1", "*101#")["status"] == "done"
        assert modem(lab)["balance"] is None
    finally:
        lab.__exit__(None, None, None)
    lab = balance_lab("TK goc: 70.000d")
    try:
        wait(lambda: modem(lab)["balance"] == 70000, "the balance")
        lab.stop("baotind")
        lab.modem_settings["balance"]["every"] = "1h"
        lab.write_conf()
        lab.start_daemon()
        asked = sim_modem(lab)["at"].get("+CUSD", 0)
        told = wait(lambda: modem(lab)["balance"] == 70000 and modem(lab),
                    "what is remembered")
        assert told["balance_at"] > 0
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        assert sim_modem(lab)["at"].get("+CUSD", 0) <= asked + 1
    finally:
        lab.__exit__(None, None, None)


def issue12_5_complaint_26_credit_is_looked_at_when_sends_fail():
    lab = balance_lab("TK goc: 200d", every="24h")
    try:
        lab.sim("fail modem1 cms=21 forever")
        tell(lab, 3)
        wait(lambda: modem(lab)["balance"] == 200, "the balance", 30)
        wait(lambda: any(a["alarm"] == "credit_low" for a in
                         lab.ctl("alarms")["raised"]), "the alarm")
    finally:
        lab.__exit__(None, None, None)


def issue12_5_complaint_19_a_balance_waits_for_texts():
    """Between texts, never instead of one."""
    lab = balance_lab("TK goc: 70.000d")
    try:
        tell(lab, 30)
        wait(lambda: len(lab.receipts(state="delivered")) == 30, "all", 60)
        wait(lambda: modem(lab)["balance"] == 70000, "the balance")
        assert not lab.receipts(state="unknown")
        assert modem(lab)["restarts"] == 0
    finally:
        lab.__exit__(None, None, None)


def issue12_5_operators_texts_are_kept():
    long = "Quy khach vui long lien he 18008098 hoac so 0981234567 " * 5
    with Lab() as lab:
        for sender, text in (("VIETTEL", "Chuc mung nam moi"),
                             ("191", "TK cua so 0987654321 con 5.000d"),
                             ("MyVNPT", long.strip())):
            lab.sim(f'sms modem1 {sender} "{text}"')
        lab.sim(f'sms modem1 {PHONE} "toi se khoa may"')
        rows = wait(lambda: len(lab.ctl("texts")) == 3 and lab.ctl("texts"),
                    "the texts")
        assert {r["from"] for r in rows} == {"VIETTEL", "191", "MyVNPT"}
        assert [r["modem"] for r in rows] == ["modem1"] * 3
        whole = json.dumps(rows)
        assert "0987654321" not in whole and "0981234567" not in whole, rows
        assert "09******21" in whole and "18008098" in whole, rows
        joined, = [r["text"] for r in rows if r["from"] == "MyVNPT"]
        assert joined.count("09******67") == 5, joined
        assert not [a for a in lab.ctl("alarms")["raised"]
                    if a["alarm"] == "operator_text"]
        assert not lab.texts("VIETTEL") and not lab.texts("191")


def issue12_5_an_operators_word_of_blocking_raises_an_alarm():
    for text in ("Thuê bao của quý khách sẽ bị khoá 1 chiều",
                 "TK cua ban da het tien", "Your SIM has been BLOCKED",
                 "Thue bao sap het han su dung",
                 "Quy khach can xac thuc lai thong tin thue bao"):
        with Lab() as lab:
            lab.sim(f'sms modem1 VIETTEL "{text}"')
            wait(lambda: any(a["alarm"] == "operator_text" for a in
                             lab.ctl("alarms")["raised"]), text)


# --- 12.12 -----------------------------------------------------------------


def issue12_12_a_report_of_an_unknown_brand_masks_its_identity():
    for like in ("phonesim", "mc7455", "zte"):
        with Lab(sim=["--like", like]) as lab:
            whole = modem(lab)
            report = lab.ctl("modem", "modem1", "--probe")
            said = json.dumps(report)
            for key in ("imei", "imsi", "iccid", "smsc", "device"):
                assert key not in report, report
                assert len(whole[key]) < 8 or whole[key] not in said, key
            assert report["tac"] == whole["imei"][:8], report
            for key in ("manufacturer", "model", "firmware", "settings",
                        "lacks", "baotin"):
                assert key in report, report
            assert report["settings"] and report["model"], report
            assert lab.ctl("modem", "modem1", "--prob",
                           check=False) is None


# --- 12.2 ------------------------------------------------------------------


def shown_in_time(command, states, reasons):
    """One of two modems goes: shown, and what waits goes out by the other."""
    with Lab(modems=2) as lab:
        lab.sim(command)

        def look():
            told = modem(lab)
            return told["state"] in states and told

        told = wait(look, f"{states} after {command}", IN_TIME)
        assert told["reason"] in reasons, told
        is_told(told)
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_text(PHONE, timeout=5)
        assert lab.wait_receipt(state="sent")["modem"] == "modem2"


def issue12_2_a_dead_modem_is_shown_in_time():
    shown_in_time("mute modem1 on", ("down",), ("silent", "timeout"))


def issue12_2_an_unplugged_modem_is_shown_in_time():
    shown_in_time("hangup modem1", ("down",), ("no_device", "gone"))


def issue12_2_a_lost_registration_is_shown_in_time():
    for word, reason in (("searching", "searching"),
                         ("denied", "network_denied"),
                         ("none", "no_network")):
        shown_in_time(f"reg modem1 {word}", ("unregistered",), (reason,))


def issue12_2_what_waits_for_a_modem_that_goes_takes_another():
    """The citizen's usual SIM goes while the text waits for it alone."""
    with Lab(modems=2) as lab:
        lab.event(dossier=code(1), status=9, phone=PHONE)
        used = lab.wait_receipt(dossier=code(1), state="delivered")["modem"]
        lab.sim(f"mute {used} on")
        wait(lambda: modem(lab, used)["state"] == "down", "the end", IN_TIME)
        lab.event(dossier=code(2), status=9, phone=PHONE)
        lab.wait_text(PHONE, 2, timeout=5)
        sent = lab.wait_receipt(dossier=code(2), state="sent")
        assert sent["modem"] != used, sent


def issue12_2_a_dead_modem_comes_back():
    with Lab() as lab:
        lab.sim("mute modem1 on")
        wait(lambda: modem(lab)["state"] == "down", "its end", IN_TIME)
        seen = set()

        def tried_again():
            seen.add(modem(lab)["state"])
            return modem(lab)["restarts"] >= 3

        wait(tried_again, "new workers", 60)
        assert "starting" not in seen and "ready" not in seen, seen
        lab.sim("mute modem1 off")
        wait(lambda: modem(lab)["state"] == "ready", "the modem", 60)
        assert modem(lab)["reason"] == ""


TESTS = [
    issue12_1_locked_stays_locked_with_its_reason,
    issue12_1_a_pin_file_that_is_none,
    issue12_1_another_modem_than_the_configured_one,
    issue12_1_an_unknown_signal_is_no_number,
    issue12_1_refusals_are_told_with_advice,
    issue12_1_sends_fail_while_receiving_works,
    issue12_1_many_numbers_refused_among_good_ones,
    issue12_1_a_silent_block_is_told,
    issue12_1_a_sim_that_moved_is_told_until_it_sends,
    issue12_1_pause_and_resume_over_a_restart,
    issue12_1_drain_frees_the_port,
    issue12_4_complaint_08_one_try_per_sim_over_20_restarts,
    issue12_4_a_typed_pin_opens_the_sim,
    issue12_4_a_wrong_typed_pin_is_tried_once,
    issue12_4_the_terminal_does_not_show_the_pin,
    issue12_3_complaint_03_three_workers_in_vain_then_the_radio_off_and_on,
    issue12_3_no_reset_where_none_helps,
    issue12_3_an_operator_resets_a_modem,
    issue12_3_complaint_29_a_busy_port_names_who_holds_it,
    issue12_3_never_two_workers_on_a_port,
    issue12_3_complaint_06_found_by_imei_under_any_name,
    issue12_3_a_search_needs_an_imei,
    issue12_12_a_report_of_an_unknown_brand_masks_its_identity,
]

if __name__ == "__main__":
    run(TESTS)
