#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The disk below state_dir is full, read-only or broken: that modem sends
nothing and says why, the daemon lives, and all goes on by itself when the
disk is well again. Also the journal's growth."""

import errno
import os
import shutil
import struct

from lab import BUILD, Lab, run, wait

PHONE = "+84912345678"


def code(i):
    return f"H10.45-231000-{i:04d}"


class BadDisk(Lab):
    """A lab whose state_dir lies on a disk that can be made to fail."""

    def __init__(self, **words):
        super().__init__(start=False, **words)
        self.disk()

    def disk(self, write=0, octets=0, sync=0, open=0, reserve=0):
        fd = os.open(self.path("disk"), os.O_WRONLY | os.O_CREAT, 0o644)
        os.pwrite(fd, struct.pack("=5i", write, octets, sync, open, reserve),
                  0)
        os.close(fd)

    def clock_env(self):
        return {"LD_PRELOAD": os.path.join(os.path.abspath(BUILD),
                                           "tests/disk/baddisk.so"),
                "BAOTIN_TEST_DISK": self.path("disk"),
                "BAOTIN_TEST_DISK_DIR": self.path("state"),
                "ASAN_OPTIONS": "verify_asan_link_order=0:" +
                os.environ.get("ASAN_OPTIONS", "")}

    def __enter__(self):
        super().__enter__()
        try:
            self.start_redis()
            self.start_sim()
            self.write_conf()
        except BaseException as error:
            self.__exit__(type(error), error, None)
            raise
        return self

    def alarm(self):
        """The raised alarm of the journal, or None."""
        found = [a for a in self.ctl("alarms")["raised"]
                 if a["alarm"] == "journal"]
        return found[0] if found else None

    def records(self):
        with open(self.path("state", "modem1.journal"), "rb") as file:
            return file.read()


def goes_on(lab, i):
    """After the disk is well: the alarm goes, a text goes out once."""
    wait(lambda: lab.alarm() is None, "the alarm to clear")
    lab.wait_receipt(state="delivered", dossier=code(i))
    assert len([t for t in lab.texts() if code(i) in t["text"]]) == 1
    assert lab.children["baotind"].poll() is None


def stops_and_goes_on(text, **fault):
    with BadDisk() as lab:
        lab.start_daemon()
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(state="delivered", dossier=code(1))
        lab.disk(**fault)
        lab.event(dossier=code(2), status=9, phone=PHONE)
        alarm = wait(lab.alarm, "the alarm")
        assert alarm["level"] == "critical", alarm
        assert "modem1.journal" in alarm["text"], alarm
        assert text in alarm["text"], alarm
        lab.wait_receipt(state="queued", reason="journal", dossier=code(2))
        (modem,) = lab.ctl("modems")
        assert modem["state"] == "degraded" and text in modem["trouble"]
        assert len(lab.texts()) == 1
        lab.disk()
        goes_on(lab, 2)
        (r,) = lab.receipts(state="delivered", dossier=code(2))
        assert r["attempt"] == "1" and r["reason"] == "", r
        clear = [a for _, a in lab.redis.xrange("baotin:alarms")
                 if a["alarm"] == "journal"]
        assert [a["level"] for a in clear] == ["critical", "clear"], clear


def full():
    stops_and_goes_on("No space left", write=errno.ENOSPC,
                      reserve=errno.ENOSPC)


def full_in_the_middle_of_a_record():
    stops_and_goes_on("No space left", write=errno.ENOSPC, octets=60)


def read_only():
    stops_and_goes_on("Read-only", write=errno.EROFS, sync=errno.EROFS,
                      open=errno.EROFS, reserve=errno.EROFS)


def sync_fails():
    stops_and_goes_on("Input/output", sync=errno.EIO)


def fails_while_a_text_is_on_the_air():
    """Its result reaches Redis, and the journal when that is possible."""
    with BadDisk(sim=["--latency", "700"]) as lab:
        lab.start_daemon()
        lab.event(dossier=code(1), status=9, phone=PHONE)
        message = lab.wait_receipt(state="sending")["message"].encode()
        wait(lambda: message in lab.records(), "its intent")
        lab.disk(write=errno.ENOSPC, reserve=errno.ENOSPC)
        lab.wait_receipt(state="sent", dossier=code(1))
        wait(lab.alarm, "the alarm")
        size = len(lab.records())
        lab.disk()
        goes_on(lab, 1)
        wait(lambda: len(lab.records()) > size, "the owed result")
        # It is there for a Redis that forgets.
        lab.stop("baotind")
        lab.redis.hdel("baotin:gateway:lab", "seq:modem1")
        lab.start_daemon()
        assert " results=1 " in lab.log()
        assert len(lab.texts()) == 1


def full_at_the_start():
    with BadDisk() as lab:
        lab.disk(write=errno.ENOSPC, reserve=errno.ENOSPC)
        with open(lab.path("state", "privacy.key"), "w") as key:
            key.write("0" * 64 + "\n")
        os.chmod(lab.path("state", "privacy.key"), 0o600)
        lab.start_daemon(ready=False)
        wait(lambda: lab.ctl("status", check=False), "the daemon")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        wait(lab.alarm, "the alarm")
        lab.disk()
        goes_on(lab, 1)


def journal_cannot_be_opened():
    with BadDisk() as lab:
        lab.start_daemon()
        lab.stop("baotind")
        lab.disk(open=errno.EROFS)
        lab.start_daemon(ready=False)
        wait(lambda: lab.ctl("status", check=False), "the daemon")
        alarm = wait(lab.alarm, "the alarm")
        assert "Read-only" in alarm["text"], alarm
        assert lab.log().count("journal_failed") < 5
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.disk()
        goes_on(lab, 1)


def incoming_text_stays_on_the_sim_meanwhile():
    with BadDisk() as lab:
        lab.start_daemon()
        lab.disk(write=errno.ENOSPC, reserve=errno.ENOSPC)
        lab.event(dossier=code(1), status=9, phone=PHONE)
        wait(lab.alarm, "the alarm")
        lab.sim('sms modem1 +84987654321 "TRA CUU"')
        lab.disk()
        goes_on(lab, 1)
        wait(lambda: " incoming modem=modem1 from=" in lab.log(),
             "the text")
        wait(lambda: b"TRA CUU" in lab.records(), "it in the journal")


def replay_says_what_it_did():
    with BadDisk() as lab:
        lab.start_daemon()
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.stop("baotind")
        lab.redis.hdel("baotin:gateway:lab", "seq:modem1")
        lab.start_daemon()
        modem = lab.ctl("modem", "modem1")
        assert modem["journal_octets"] > 0, modem
        replay = modem["replay"]
        assert replay["at"] > 0 and (replay["results"], replay["reports"],
                                     replay["unknown"]) == (1, 1, 0), replay
        assert "results=1 reports=1 texts=0 calls=0 unknown=0 unsent=0" in \
            lab.log()


def redis_falls_back_behind_an_end_that_was_not_noted():
    """The disk is full when a text's end is known, so its intent stays
    open; then Redis forgets that it was ever leased."""
    retry = {"send_timeout": 1, "unknown_wait": 3, "lease": 30}
    with BadDisk(settings={"retry": retry}) as lab:
        lab.start_daemon()
        lab.redis.sadd("baotin:holds", "*")
        lab.event(dossier=code(1), status=9, phone=PHONE)
        lab.wait_receipt(state="held", dossier=code(1))
        lab.redis.config_set("appendfsync", "always")
        lab.redis.delete("baotin:holds")
        lab.redis.sadd("baotin:holds", "*")
        backup = shutil.copytree(lab.path("appendonlydir"),
                                 lab.path("backup"))
        lab.sim("report mode=never")
        lab.sim("fail modem1 silent-taken count=1")
        lab.ctl("release")
        wait(lambda: len(lab.texts()) == 1, "the text")
        lab.disk(write=errno.ENOSPC, reserve=errno.ENOSPC)
        lab.wait_receipt(state="unknown", dossier=code(1), timeout=40)
        wait(lambda: lab.ctl("modem", "modem1")["state"] == "degraded",
             "the next worker")
        lab.kill("redis")
        shutil.rmtree(lab.path("appendonlydir"))
        shutil.copytree(backup, lab.path("appendonlydir"))
        lab.start_redis()
        lab.disk()
        lab.wait_receipt(state="unknown", dossier=code(1))
        lab.ctl("release")
        lab.wait_receipt(state="sent", dossier=code(1))
        assert len(lab.texts()) == 1 or \
            lab.receipts(reason="unknown_resent"), lab.receipts()


run([full, full_in_the_middle_of_a_record, read_only, sync_fails,
     fails_while_a_text_is_on_the_air, full_at_the_start,
     journal_cannot_be_opened, incoming_text_stays_on_the_sim_meanwhile,
     replay_says_what_it_did,
     redis_falls_back_behind_an_end_that_was_not_noted])
