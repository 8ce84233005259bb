#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The first text: from an event in Redis to the citizen's phone, and its
report back."""

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


def ready_is_told_and_delivered():
    with Lab() as lab:
        lab.event(dossier=CODE, status=9, phone="0912 345 678")
        text = lab.wait_text(PHONE)
        assert text.startswith("UBND xa Bom Bo: ho so " + CODE), text
        assert "da co ket qua" in text, text
        receipt = lab.wait_receipt(dossier=CODE, state="delivered")
        assert receipt["phone"] == "+8491*****78", receipt
        assert receipt["status"] == "ready" and receipt["attempt"] == "1"
        states = [r["state"] for r in lab.receipts(dossier=CODE)]
        assert states == ["queued", "sending", "sent", "delivered"], states
        assert lab.redis.xlen("baotin:events") == 0
        record = lab.redis.hgetall("baotin:dossier:" + CODE)
        assert record["status"] == "ready" and record["phone"] == PHONE
        assert len(lab.texts()) == 1


run([ready_is_told_and_delivered])
