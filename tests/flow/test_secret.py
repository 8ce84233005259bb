#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""The secret of the slip (issue 13.8): a second factor of lookups beside the
digits of an ID, or in their place; nobody sees it."""

import subprocess

from lab import Lab, program, run, wait

OWNER, OTHER = "+84912345678", "+84987654321"
CODE, SECRET = "H10.45-230515-0001", "Ab0o77x"


def told(lab, **fields):
    lab.event(dossier=CODE, status=9, phone=OWNER, notify=0, **fields)
    wait(lambda: lab.redis.exists(f"baotin:dossier:{CODE}"), "the record")


def asked(lab, text, phone=OTHER):
    """The answer to one text."""
    n = len(lab.texts(phone))
    lab.sim(f'sms modem1 {phone} "{text}"')
    return lab.wait_text(phone, n + 1)


def ussd(lab, dialled, phone=OTHER):
    return lab.ctl("ussd-try", "--phone", phone, dialled)["text"]


def issue13_8_the_secret_opens_and_others_do_not():
    with Lab() as lab:
        told(lab, secret=SECRET)
        refused = asked(lab, f"TC {CODE} ZZZZ9")
        assert "Khong tim thay" in refused or "Không tìm thấy" in refused
        for typed in ("Ab0o77x", "AB0O77X", "abo077x"):
            phone = f"+849876543{len(typed) + ord(typed[1]) % 10:02d}"
            answer = asked(lab, f"tc {CODE.lower()} {typed}", phone)
            assert "co ket qua" in answer, (typed, answer)


def issue13_8_beside_the_id_digits():
    with Lab() as lab:
        told(lab, secret="4711", id4="1234")
        assert "co ket qua" in asked(lab, f"TC {CODE} 1234")
        for factor, phone in (("4711", OTHER), ("1234", "+84987654322")):
            screen = ussd(lab, f"*1022*10452305150001*{factor}#", phone)
            assert "ket qua" in screen.lower(), (factor, screen)


def issue13_8_a_secret_of_letters():
    with Lab() as lab:
        told(lab, secret="HOABINH")
        assert "co ket qua" in asked(lab, f"TC {CODE} hoabinh")


def issue13_8_the_owner_needs_none():
    with Lab() as lab:
        told(lab, secret=SECRET)
        for more in ("", " abcd1", " nhanh", " cam on"):
            answer = asked(lab, f"TC {CODE}{more}", OWNER)
            assert "co ket qua" in answer, (more, answer)


def issue13_8_nobody_sees_it():
    with Lab() as lab:
        told(lab, secret=SECRET)
        stored = lab.redis.hget(f"baotin:dossier:{CODE}", "secret")
        assert len(stored) == 41 and SECRET.upper() not in stored.upper()
        assert "secret" not in lab.ctl("dossier", CODE)
        # Of what is refused, too, in fields and in JSON.
        lab.event(dossier=CODE, status=12, secret=SECRET)
        lab.event(json=f'{{"dossier":"{CODE}","status":12,'
                       f'"secret":"{SECRET}"}}')
        lab.event(json=f'{{"dossier":"{CODE}","secret":"{SECRET}"')
        wait(lambda: len(lab.rejected()) == 3, "the rejections")
        assert SECRET not in str(lab.rejected()), lab.rejected()
        # Nor in an import's report, the log, or what is exported.
        name = lab.path("don.csv")
        with open(name, "w") as out:
            out.write(f"dossier,status,secret\n{CODE},9,a secret {SECRET}\n")
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("control.sock"), "import",
             "--check", name], capture_output=True, text=True)
        assert "secret_form" in done.stdout, done
        assert SECRET not in done.stdout, done
        assert SECRET not in str(lab.ctl("export", OWNER))
        assert stored not in str(lab.ctl("export", OWNER))
        assert SECRET not in lab.log()


BAD = ["abc", "a" * 13, "ab-12", "ab 12", "mật12"]


def issue13_8_what_is_none_is_refused():
    with Lab() as lab:
        for secret in BAD:
            lab.event(dossier=CODE, status=9, secret=secret)
        wait(lambda: len(lab.rejected()) == len(BAD), "the rejections")
        assert {(r["field"], r["error"]) for r in lab.rejected()} == {
            ("secret", "secret_form")}, lab.rejected()


run([
    issue13_8_the_secret_opens_and_others_do_not,
    issue13_8_beside_the_id_digits,
    issue13_8_a_secret_of_letters,
    issue13_8_the_owner_needs_none,
    issue13_8_nobody_sees_it,
    issue13_8_what_is_none_is_refused,
])
