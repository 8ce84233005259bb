#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What comes in is meant as its sender meant it, or refused with a reason:
telephone numbers in any notation, times in any unit, octets that are no
text, rows of a spreadsheet."""

from lab import Lab, run, wait

CODE = "H10.45-230515-%04d"


def issue9_7_reports_in_national_form_are_known():
    """9.7: TP-RA as 0915…, 915…, 84915… or +84915…, with the type octets of
    unknown, national and international numbers, settles its text."""
    with Lab() as lab:
        n = 0
        forms = [(prefix, kind) for prefix in ("0", "", "84", "0084")
                 for kind in ("81", "A1", "80", "91")
                 if (prefix, kind) != ("", "91")]
        for prefix, kind in forms:
            n += 1
            national = "9150000%02d" % n
            for mode, state in (("now", "delivered"),
                                ("failed", "undelivered")):
                lab.sim(f"report to=+84{national} mode={mode} "
                        f"recipient={prefix}{national} type={kind}")
                code = CODE % n + ("" if mode == "now" else "9")
                lab.event(dossier=code, status=9, phone="0" + national)
                lab.wait_receipt(dossier=code, state=state)


if __name__ == "__main__":
    run([
        issue9_7_reports_in_national_form_are_known,
    ])
