#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A reload that adds, removes or changes modems: those that it does not
change hear no AT command of it, and no text is lost or said twice. And
stops: one that drains, and a second one that does not wait."""

import os
import signal

from lab import NO_LIMITS, Lab, run, wait


def code(i):
    return f"H10.45-230900-{i:04d}"


def phone(i):
    return f"+8491{i:07d}"


def modem(lab, i, **more):
    return {"name": f"modem{i}", "device": lab.path("sim", f"modem{i}"),
            "pace_ms": 0, "limits": NO_LIMITS, **more}


def reload(lab, **settings):
    lab.write_conf(**settings)
    assert lab.ctl("reload")["reloaded"]


def commands(lab, i):
    """What this modem was asked so far, by the first word."""
    (row,) = [m for m in lab.sim("modems")["modems"]
              if m["name"] == f"modem{i}"]
    return row["at"]


def states(lab):
    return {m["name"]: m["state"] for m in lab.ctl("modems")}


def open_files(pid):
    """Their paths; none of a process that ended meanwhile."""
    paths = []
    try:
        for fd in os.listdir(f"/proc/{pid}/fd"):
            try:
                paths.append(os.readlink(f"/proc/{pid}/fd/{fd}"))
            except FileNotFoundError:
                continue    # closed meanwhile
    except OSError:
        pass
    return paths


def workers(lab):
    """pid by modem, of the running workers."""
    found = {}
    daemon = lab.children["baotind"].pid
    with open(f"/proc/{daemon}/task/{daemon}/children") as children:
        pids = children.read().split()
    for pid in pids:
        for path in open_files(pid):
            if path.endswith(".journal"):
                found[os.path.basename(path)[:-8]] = int(pid)
    return found


def settle(lab, n, state="delivered"):
    wait(lambda: len(lab.receipts(state=state)) >= n, f"{n} {state}", 60)
    assert len(lab.texts()) == n, [len(lab.texts()), n]
    for r in lab.receipts(state=state):
        assert r["reason"] == "", r


def a_changed_modem_alone_restarts():
    with Lab(modems=3, sim=["--latency", "100"]) as lab:
        before = workers(lab)
        assert len(before) == 3, before
        for i in range(30):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.texts()) > 4, "some texts")
        reload(lab, modems=[modem(lab, 1), modem(lab, 2, pace_ms=1),
                            modem(lab, 3)])
        wait(lambda: workers(lab).get("modem2", before["modem2"]) !=
             before["modem2"], "a new worker")
        wait(lambda: states(lab)["modem2"] in ("ready", "busy"), "modem2")
        settle(lab, 30)
        after = workers(lab)
        assert (after["modem1"], after["modem3"]) == \
            (before["modem1"], before["modem3"])
        # What only a start asks was asked of that one alone.
        first = [commands(lab, i).get("AT+CGMM", 0) for i in (1, 2, 3)]
        assert first[1] == 2 * first[0] == 2 * first[2], first
        assert not lab.receipts(state="unknown")


def untouched_modems_hear_nothing():
    with Lab(modems=2) as lab:
        lab.event(dossier=code(0), status=9, phone=phone(0))
        settle(lab, 1)
        was = commands(lab, 1)
        reload(lab, modems=[modem(lab, 1), modem(lab, 2, missed_calls=False)])
        wait(lambda: lab.log().count("modem_ready modem=modem2 ") == 4,
             "modem2 again")
        now = commands(lab, 1)
        # Its own look every half minute, if that falls in here.
        health = {"AT+CSQ", "AT+CEREG?", "AT+CGREG?", "AT+CREG?",
                  "AT+COPS?", "AT+CPMS?"}
        changed = {c for c in now if now[c] != was.get(c, 0)}
        assert changed <= health, changed


def a_modem_is_added_and_one_removed():
    with Lab(modems=2, sim=["--latency", "300"]) as lab:
        reload(lab, modems=[modem(lab, 1)])
        wait(lambda: set(states(lab)) == {"modem1"}, "modem2 to go")
        for i in range(6):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        settle(lab, 6)
        assert {t["modem"] for t in lab.lines("segment")} == {"modem1"}
        reload(lab, modems=[modem(lab, 2), modem(lab, 1)])
        wait(lambda: states(lab).get("modem2") == "ready", "modem2")
        assert list(states(lab)) == ["modem2", "modem1"]
        for i in range(6, 12):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        settle(lab, 12)
        assert {t["modem"] for t in lab.lines("segment")} == \
            {"modem1", "modem2"}


def a_removed_modem_finishes_its_text():
    with Lab(modems=2, sim=["--latency", "700"]) as lab:
        for i in range(6):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="sending")) >= 4, "four")
        reload(lab, modems=[modem(lab, 1)])
        # Its last report comes when nobody listens to it any more.
        settle(lab, 6, state="sent")
        wait(lambda: set(states(lab)) == {"modem1"}, "modem2 to go")
        assert not lab.receipts(state="unknown")
        assert "modem_removed modem=modem2" in lab.log()


def a_removed_modem_comes_back_at_once():
    with Lab(modems=2, sim=["--latency", "700"]) as lab:
        for i in range(6):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="sending")) >= 4, "four")
        reload(lab, modems=[modem(lab, 1)])
        reload(lab, modems=[modem(lab, 1), modem(lab, 2)])
        settle(lab, 6)
        wait(lambda: lab.usable_modems() == 2, "both")


def pools_change_along():
    agencies = [{"id": "H10.45", "name": "A", "desk": "B", "hotline": "02713",
                 "pool": "south"}]
    with Lab(modems=2, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        south = [{"name": "south", "modems": ["modem1"]},
                 {"name": "north", "modems": ["modem2"]}]
        lab.write_conf(pools=south, agencies=agencies)
        lab.start_daemon()
        lab.event(dossier=code(1), status=9, phone=phone(1))
        settle(lab, 1)
        south = [{"name": "south", "modems": ["modem2"]},
                 {"name": "north", "modems": ["modem1"]}]
        reload(lab, pools=south, agencies=agencies)
        lab.event(dossier=code(2), status=9, phone=phone(2))
        settle(lab, 2)
        assert [t["modem"] for t in lab.lines("segment")] == \
            ["modem1", "modem2"]


def a_modem_whose_device_is_missing_is_changed():
    with Lab(modems=1, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf(modems=[modem(lab, 1, device=lab.path("nothing"))])
        lab.start_daemon(ready=False)
        wait(lambda: "modem_missing" in lab.log(), "the loss to be seen")
        reload(lab, modems=[modem(lab, 1)])
        wait(lambda: states(lab)["modem1"] == "ready", "modem1")
        reload(lab, modems=[modem(lab, 1, device=lab.path("nothing"))])
        wait(lambda: "no device" in lab.ctl("modems")[0]["trouble"],
             "it to be missing again")
        reload(lab, modems=[modem(lab, 1)])
        wait(lambda: states(lab)["modem1"] == "ready", "modem1 again")


def daemon_pid(lab):
    return lab.children["baotind"].pid


def ended(lab):
    return lab.children["baotind"].poll() is not None


def wait_intent(lab):
    """From here on nothing keeps the first text from the modem."""
    message = lab.wait_receipt(state="sending")["message"].encode()

    def is_there():
        with open(lab.path("state", "modem1.journal"), "rb") as journal:
            return message in journal.read()
    wait(is_there, "the intent")


def a_stop_finishes_and_gives_back():
    """What is on the air is finished; what waits behind it goes back, and
    out once after the next start."""
    with Lab(modems=1, sim=["--latency", "900"]) as lab:
        for i in range(4):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait(lambda: len(lab.receipts(state="sending")) >= 2, "two")
        wait_intent(lab)
        lab.stop("baotind")
        assert len(lab.receipts(state="sent")) == 1
        assert lab.redis.zcard("baotin:leased:lab") == 0
        assert lab.receipts(state="queued", reason="ending")
        lab.start_daemon()
        settle(lab, 4)
        assert not lab.receipts(state="unknown")


def a_second_signal_ends_at_once():
    """The worker finishes alone, and its journal tells."""
    with Lab(modems=1, sim=["--latency", "2500"]) as lab:
        for i in range(3):
            lab.event(dossier=code(i), status=9, phone=phone(i))
        wait_intent(lab)
        worker = workers(lab)["modem1"]
        os.kill(daemon_pid(lab), signal.SIGTERM)
        wait(lambda: " stopping " in lab.log(), "the first")
        os.kill(daemon_pid(lab), signal.SIGTERM)
        wait(lambda: ended(lab), "the daemon", 2)
        assert lab.children.pop("baotind").returncode == 0
        assert not lab.receipts(state="sent")
        assert os.path.exists(f"/proc/{worker}"), "it goes on alone"
        lab.start_daemon()
        wait(lambda: len(lab.receipts(state="sent")) == 3, "all")
        assert len(lab.texts()) == 3
        assert not lab.receipts(state="unknown")


run([a_changed_modem_alone_restarts, untouched_modems_hear_nothing,
     a_modem_is_added_and_one_removed, a_removed_modem_finishes_its_text,
     a_removed_modem_comes_back_at_once, pools_change_along,
     a_modem_whose_device_is_missing_is_changed,
     a_stop_finishes_and_gives_back, a_second_signal_ends_at_once])
