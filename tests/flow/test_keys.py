#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""A lost, changed or damaged key file: who said DUNG gets no text again
because of it."""

import os
import secrets

from lab import Lab, program, run, wait

PHONE = "+84912345678"


def code(n):
    return f"H10.45-230515-{n:04}"


def alarms(lab, level):
    return [row for _, row in lab.redis.xrange("baotin:alarms")
            if row["alarm"] == "key_changed" and row["level"] == level]


def key_file(lab):
    return lab.path("state", "privacy.key")


def stopped(lab):
    """Somebody said DUNG, and the daemon was ended."""
    lab.sim(f"sms modem1 {PHONE} DUNG")
    wait(lambda: lab.redis.keys("baotin:wish:*"), "the wish")
    lab.wait_text(PHONE)  # the confirmation
    lab.stop("baotind")
    with open(key_file(lab)) as old:
        return old.read()


def shut(lab, n):
    """It starts, says so, and sends nothing."""
    lab.start_daemon(ready=False)
    wait(lambda: len(alarms(lab, "critical")) == n, "the alarm")
    assert lab.ctl("status")["gate"] == "key_changed"
    assert "key_changed" in [a["alarm"] for a in lab.ctl("alarms")["raised"]]
    lab.event(dossier=code(n), status=9, phone=PHONE)
    lab.event(dossier=code(n + 100), status=9, phone="0987654321")
    lab.ctl("send", "0987654321", "by hand")
    assert lab.redis.xinfo_stream("baotin:events")["length"] >= 2
    assert lab.texts("+84987654321") == []


def issue9_10_a_lost_key_sends_nothing_until_it_is_back():
    with Lab() as lab:
        old = stopped(lab)
        os.unlink(key_file(lab))
        shut(lab, 1)
        lab.stop("baotind")
        with open(key_file(lab), "w") as out:
            out.write(old)
        lab.start_daemon()
        lab.wait_text("+84987654321", 2)
        assert lab.wait_receipt(dossier=code(1))["reason"] == "optout"
        assert len(lab.texts(PHONE)) == 1
        assert lab.ctl("status")["gate"] == "open"


def issue9_10_an_operator_gives_the_key_up():
    with Lab() as lab:
        stopped(lab)
        with open(key_file(lab), "w") as out:
            out.write(secrets.token_hex(32) + "\n")
        shut(lab, 1)
        assert lab.ctl("key", "accept") == {"accepted": True}
        wait(lambda: alarms(lab, "clear"), "the end of the alarm")
        lab.wait_text("+84987654321", 2)
        # Once is enough: the next start asks nothing.
        lab.stop("baotind")
        lab.start_daemon()
        assert lab.ctl("status")["gate"] == "open"
        assert len(alarms(lab, "critical")) == 1


def issue9_10_an_older_redis_without_a_list_of_keys():
    """Wishes that an earlier version wrote count, too."""
    with Lab() as lab:
        stopped(lab)
        lab.redis.delete("baotin:keys")
        os.unlink(key_file(lab))
        shut(lab, 1)


def issue9_10_order_and_number_of_keys_are_free():
    with Lab() as lab:
        old = stopped(lab)
        new = secrets.token_hex(32) + "\n"
        for text in (new + old, "# a comment\n\n" + old + new):
            with open(key_file(lab), "w") as out:
                out.write(text)
            lab.start_daemon()
            assert lab.ctl("status")["gate"] == "open"
            lab.stop("baotind")
        # The line that made hashes a moment ago is gone.
        with open(key_file(lab), "w") as out:
            out.write(old)
        shut(lab, 1)


def issue9_10_a_damaged_key_file_starts_nothing():
    with Lab() as lab:
        old = stopped(lab)
        for text in ("", old[:30], old[:63] + "\n", "zz" + old[2:],
                     old + old, "\0" * 65, old.strip() + "0\n"):
            with open(key_file(lab), "w") as out:
                out.write(text)
            lab.start_daemon(ready=False)
            assert lab.children.pop("baotind").wait(60) == 2, text
            assert "privacy.key" in lab.log().splitlines()[-1], text
        os.unlink(key_file(lab))
        os.mkfifo(key_file(lab))
        lab.start_daemon(ready=False)
        assert lab.children.pop("baotind").wait(60) == 2


def issue9_10_a_second_gateway_with_another_key_waits():
    with Lab() as lab:
        lab.sim(f"sms modem1 {PHONE} DUNG")
        wait(lambda: lab.redis.keys("baotin:wish:*"), "the wish")
        os.mkdir(lab.path("state2"))
        with open(lab.write_conf()) as text:
            second = (text.read().replace('"lab"', '"lab2"')
                      .replace("/state", "/state2")
                      .replace("control.sock", "control2.sock")
                      .replace("status.sock", "status2.sock")
                      .replace("modem1", "modem2"))
        with open(lab.path("second.conf"), "w") as out:
            out.write(second)
        lab.spawn("baotind2", [program("baotind"), "-f", "-c",
                               lab.path("second.conf")],
                  env={"BAOTIN_WORKER": lab.worker()})
        wait(lambda: alarms(lab, "critical"), "the alarm")
        # The first one goes on.
        lab.event(dossier=code(7), status=9, phone="0987654321")
        lab.wait_text("+84987654321")
        assert lab.ctl("status")["gate"] == "open"


run([issue9_10_a_lost_key_sends_nothing_until_it_is_back,
     issue9_10_an_operator_gives_the_key_up,
     issue9_10_an_older_redis_without_a_list_of_keys,
     issue9_10_order_and_number_of_keys_are_free,
     issue9_10_a_damaged_key_file_starts_nothing,
     issue9_10_a_second_gateway_with_another_key_waits])
