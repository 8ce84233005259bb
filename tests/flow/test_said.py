#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Issue 9.14: after a restore producers send again, and what is older than
what a citizen has read is not sent behind it."""

import glob
import os
import struct
import zlib

from lab import Lab, run, wait
from test_fallback import restore_files, save_files

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"
OLD, NEW = 1, 2


def moments(lab):
    """Two, in milliseconds: an hour and half an hour ago."""
    now = lab.redis.time()[0] * 1000
    return {OLD: now - 3600000, NEW: now - 1800000}


def said(lab, fields):
    """The older notice is superseded by the newer one, which is read."""
    lab.redis.sadd("baotin:holds", "*")
    lab.event(dossier=CODE, status="received", phone=PHONE, **fields[OLD])
    lab.wait_receipt(status="received", state="held")
    lab.event(dossier=CODE, status="ready", phone=PHONE, **fields[NEW])
    lab.wait_receipt(status="received", state="superseded")
    lab.ctl("release")
    lab.wait_receipt(status="ready", state="delivered")
    assert len(lab.texts()) == 1


def again(lab, fields):
    lab.event(dossier=CODE, status="received", phone=PHONE, **fields[OLD])
    wait(lambda: lab.receipts(status="received"), "the older one")


def nothing_more(lab, fields):
    lab.event(dossier=CODE, status="ready", phone=PHONE, **fields[NEW])
    lab.wait_receipt(status="ready", state="sent")
    lab.event(dossier="H10.45-2", status=9, phone="+84987654321")
    lab.wait_text("+84987654321")
    assert len(lab.texts(PHONE)) == 1, lab.texts()
    assert lab.redis.hget("baotin:dossier:" + CODE, "status") == "ready"
    assert not lab.redis.hexists("baotin:dossier:" + CODE, "waiting")


def dated(lab):
    at = moments(lab)
    return {k: {"at": at[k]} for k in at}


def issue9_14_older_notice_that_comes_again():
    with Lab() as lab:
        save_files(lab)
        fields = dated(lab)
        said(lab, fields)
        restore_files(lab)
        again(lab, fields)
        lab.wait_receipt(status="received", state="suppressed",
                         reason="older_status")
        # Until the other one comes, this is what is known.
        assert lab.redis.hget("baotin:dossier:" + CODE, "status") == \
            "received"
        nothing_more(lab, fields)


def issue9_14_the_same_after_a_start():
    """Only the journal knows."""
    with Lab() as lab:
        save_files(lab)
        fields = dated(lab)
        said(lab, fields)
        lab.stop("baotind")
        restore_files(lab)
        lab.start_daemon()
        again(lab, fields)
        lab.wait_receipt(status="received", reason="older_status")
        nothing_more(lab, fields)


def issue9_14_events_without_a_time():
    """What comes again looks newer; it waits for what followed it."""
    with Lab(settings={"retry": {"unknown_wait": 30}}) as lab:
        save_files(lab)
        fields = {OLD: {"event": "a"}, NEW: {"event": "b"}}
        said(lab, fields)
        restore_files(lab)
        again(lab, fields)
        nothing_more(lab, fields)
        lab.wait_receipt(status="received", state="superseded")


def issue9_14_news_without_a_time_is_not_lost():
    """Nothing follows: it waited for unknown_wait, and goes out."""
    with Lab() as lab:
        save_files(lab)
        said(lab, {OLD: {"event": "a"}, NEW: {"event": "b"}})
        restore_files(lab)
        lab.event(dossier=CODE, status="supplement", phone=PHONE)
        lab.wait_receipt(status="supplement", state="delivered")
        assert len(lab.texts(PHONE)) == 2


def issue9_14_older_notice_that_the_backup_holds():
    """It waits there; its successor came after the backup."""
    with Lab() as lab:
        fields = dated(lab)
        lab.redis.sadd("baotin:holds", "*")
        lab.event(dossier=CODE, status="received", phone=PHONE,
                  **fields[OLD])
        lab.wait_receipt(status="received", state="held")
        save_files(lab)
        lab.event(dossier=CODE, status="ready", phone=PHONE, **fields[NEW])
        lab.ctl("release")
        lab.wait_receipt(status="ready", state="delivered")
        restore_files(lab)
        lab.wait_receipt(status="received", state="superseded")
        lab.redis.delete("baotin:holds")
        lab.ctl("release")
        nothing_more(lab, fields)


def without_about(path):
    """As version 0.1.0 wrote it: INTENT (15) and RESULT (10) end before
    `about`, a string of four octets and its length."""
    data, out, n = open(path, "rb").read(), b"", 0
    at = 0
    while at + 48 <= len(data) and data[at:at + 4] == b"BATJ":
        length, = struct.unpack_from("<I", data, at + 4)
        kind, = struct.unpack_from("<H", data, at + 12)
        body = data[at + 48:at + 48 + length]
        if kind in (10, 15):
            assert CODE.encode() in body[-60:], body
            body = body[:-len(about(body))]
            n += 1
        head = data[at:at + 4] + struct.pack("<I", len(body))
        tail = data[at + 12:at + 48]
        out += head + struct.pack("<I", zlib.crc32(head + tail + body)) + \
            tail + body
        at += 48 + length
    open(path, "wb").write(out)
    return n


def about(body):
    """The last string of a record, with its length."""
    for n in range(1, 120):
        if struct.unpack_from("<I", body, len(body) - n - 4)[0] == n:
            return body[-n - 4:]
    raise AssertionError(body)


def issue9_14_old_journal_is_replayed():
    with Lab() as lab:
        save_files(lab)
        fields = dated(lab)
        said(lab, fields)
        lab.stop("baotind")
        journal, = glob.glob(lab.path("state", "*.journal"))
        assert without_about(journal) >= 2
        restore_files(lab)
        lab.start_daemon()
        assert "can't be decoded" not in lab.log()
        lab.event(dossier=CODE, status="ready", phone=PHONE, **fields[NEW])
        lab.wait_receipt(status="ready", state="sent")
        lab.event(dossier="H10.45-2", status=9, phone="+84987654321")
        lab.wait_text("+84987654321")
        assert len(lab.texts(PHONE)) == 1
        assert os.path.exists(journal)


if __name__ == "__main__":
    run([issue9_14_older_notice_that_comes_again,
         issue9_14_the_same_after_a_start,
         issue9_14_events_without_a_time,
         issue9_14_news_without_a_time_is_not_lost,
         issue9_14_older_notice_that_the_backup_holds,
         issue9_14_old_journal_is_replayed])
