#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions: the dialogue as a citizen sees it, held against
tests/golden/dialogue_*.txt; limits, lock-outs and alarms with a set clock.

After a wanted change: BAOTIN_GOLDEN=write tests/flow/test_lookup.py, and
read the difference before committing it.
"""

import json
import os
import signal
import socket
import struct
import subprocess

from lab import SOURCE, Lab, program, run, wait

OWNER = "+84912345678"
OTHER = "+84900000001"
CODE = "H10.45-230515-0001"
DIGITS = "10452305150001"
ID4 = "1234"
CLOCK = "2026-11-22T08:00:00"
LOOSE = {"lookup": {"limits": {"ten_minutes": 1000, "day": 10000}}}
NOT_FOUND = ("Khong tim thay. Dung so dien thoai da dang ky hoac den Mot "
             "cua.\n0.Menu")
LIMITED = "Ong/ba da tra nhieu lan. Xin tra lai sau.\n0.Menu"
BUSY = "He thong dang ban. Xin goi lai sau it phut."


class Door:
    """The control socket, kept open: one request after the other."""

    def __init__(self, lab, *folder):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(lab.path(*folder, "control.sock"))

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            assert more, "the daemon hung up"
            data += more
        return data

    def ask(self, *words):
        text = json.dumps({"words": words}).encode()
        self.sock.sendall(struct.pack("<IHH", len(text), 1, 1) + text)
        answer = json.loads(self.read(
            struct.unpack("<IHH", self.read(8))[0]))
        assert answer["ok"], answer
        return answer["result"]


class Dialogue:
    """A session of a phone. Inputs add up, as USSD gateways send them."""

    sessions = 0

    def __init__(self, lab, phone, dial="*1022#", door=None):
        Dialogue.sessions += 1
        self.door = door or Door(lab)
        self.head = ["ussd-try", "--phone", phone, "--session",
                     f"s{Dialogue.sessions}", dial]
        self.inputs = []
        self.story = [f"== {dial}"]
        self.send()

    def send(self):
        result = self.door.ask(*self.head, *self.inputs)
        self.screen, self.is_final = result["text"], result["is_final"]
        self.story.append(self.screen)
        if self.is_final:
            self.story.append("** end")
        return self.screen

    def type(self, *inputs):
        for text in inputs:
            self.inputs.append(text)
            self.story.append(f"-- {text}")
            self.send()
        return self.screen


def metric(lab, name):
    return {m["name"]: m["value"]
            for m in lab.ctl("stats")["metrics"]}[name]


def question(lab, phone, code, id4=None, door=None):
    """One direct dial."""
    args = code if id4 is None else f"{code}*{id4}"
    return Dialogue(lab, phone, f"*1022*{args}#", door).screen


def compare(name, *dialogues):
    path = os.path.join(SOURCE, "tests", "golden", f"dialogue_{name}.txt")
    got = "\n".join("\n".join(d.story) + "\n" for d in dialogues)
    if os.environ.get("BAOTIN_GOLDEN") == "write":
        with open(path, "w") as out:
            out.write(got)
    with open(path) as want:
        want = want.read()
    assert got == want, f"{name}:\n--- want\n{want}--- got\n{got}"


def lab_with_dossiers(n=1, clock=CLOCK, settings=None, **fields):
    lab = Lab(clock=clock, settings=settings or {})
    lab.__enter__()
    try:
        for i in range(1, n + 1):
            lab.event(**{"dossier": f"H10.45-230515-{i:04d}",
                         "status": 9 if i % 2 else 2, "phone": OWNER,
                         "id4": ID4, "notify": 0,
                         "due": None if i % 2 else "2026-12-01", **fields})
        wait(lambda: lab.redis.zcard("baotin:phone:" + OWNER) == n,
             "the records")
    except BaseException:
        lab.__exit__(AssertionError, None, None)
        raise
    return lab


class dossiers:
    """with dossiers(n): a lab that has them."""

    def __init__(self, *args, **kwargs):
        self.args = args, kwargs

    def __enter__(self):
        self.lab = lab_with_dossiers(*self.args[0], **self.args[1])
        return self.lab

    def __exit__(self, *why):
        self.lab.__exit__(*why)


# --- what citizens see ------------------------------------------------------

def own_dossiers():
    with dossiers(2) as lab:
        d = Dialogue(lab, OWNER)
        d.type("2", "7", "1")
        text = lab.wait_text(OWNER)
        assert text == ("Ho so H10.45-230515-0001: da co ket qua, moi den "
                        "nhan."), text
        d.type("0", "0")
        assert d.is_final
        compare("own", d)


def pages_of_a_list():
    with dossiers(12) as lab:
        d = Dialogue(lab, OWNER)
        d.type("9", "9", "8", "5", "0", "1", "0", "0")
        compare("list", d)


def pages_of_a_dossier():
    place = "Bộ phận Tiếp nhận và Trả kết quả, Trung tâm Phục vụ hành " \
        "chính công xã Bom Bo, thôn 3, đường ĐT760"
    with dossiers(1, collect_at=place) as lab:
        d = Dialogue(lab, OWNER)
        d.type("0", "3", "2", "1", "1", "9", "9", "9")
        lab.set_clock("2026-11-24T09:00:00")
        old = Dialogue(lab, OWNER, "*1022*2305150001#")
        old.type("9", "9")
        compare("detail", d, old)


def every_situation():
    with dossiers(settings=LOOSE) as lab:
        stories = []
        for i, status in enumerate(
                (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "late"), 10):
            lab.event(dossier=f"H10.45-230515-{i:04d}", status=status,
                      phone=OWNER, due="2026-12-01", fee="120000", notify=0)
            wait(lambda: lab.redis.exists(
                f"baotin:dossier:H10.45-230515-{i:04d}"), "the record")
            stories.append(Dialogue(
                lab, OWNER, f"*1022*230515{i:04d}#"))
        lab.event(dossier="H10.45-230515-0099", status=9, phone=OWNER,
                  channel="postal", notify=0)
        wait(lambda: lab.redis.exists("baotin:dossier:H10.45-230515-0099"),
             "the record")
        stories.append(Dialogue(lab, OWNER, "*1022*2305150099#"))
        # An appointed date is no deadline for papers.
        for status, due in ((2, "2026-12-01"), (5, None)):
            lab.event(dossier="H10.45-230515-0050", status=status,
                      phone=OWNER, due=due, notify=0)
        wait(lambda: lab.redis.hget("baotin:dossier:H10.45-230515-0050",
                                    "status") == "supplement", "the change")
        stories.append(Dialogue(lab, OWNER, "*1022*2305150050#"))
        compare("situations", *stories)


def other_phones():
    with dossiers(1, settings=LOOSE) as lab:
        menu = Dialogue(lab, OTHER)
        menu.type("1", "2", "H10", "104", DIGITS, "12", ID4, "1")
        text = lab.wait_text(OTHER)
        assert text == ("Ho so H10.45-230515-0001: co ket qua, 22/11/2026"), \
            text
        menu.type("0", "2", DIGITS, "9999")
        unknown = Dialogue(lab, OTHER, "*1022*10452305150009#")
        unknown.type(ID4, "0", "5", "0", "0")
        direct = Dialogue(lab, OTHER, f"*1022*{DIGITS}*{ID4}#")
        compare("others", menu, unknown, direct)


def language_and_wishes():
    with dossiers(1, settings=LOOSE) as lab:
        d = Dialogue(lab, OWNER)
        d.type("0", "3", "3", "1", "1", "0", "4", "1", "0", "4", "2", "0",
               "0")
        again = Dialogue(lab, OWNER)
        again.type("0", "3", "2", "5", "0", "3", "1", "0")
        compare("language", d, again)


def typed_in_any_way():
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        found = "HS ..0001: co ket qua, 22/11/2026"
        for typed in (DIGITS, CODE, "h10 45 230515 0001", "H10_45_230515_0001",
                      "h1O.45-23O515-OOO1", "1O452305150001",
                      "2305150001", "230515-0001"):
            screen = question(lab, OTHER, typed, ID4, door)
            assert screen.startswith(found), (typed, screen)
        for typed in ("G10.45-230515-0001", "10452305150002", "0001",
                      "305150001", "2305150002"):
            screen = question(lab, OTHER, typed, ID4, door)
            assert screen == NOT_FOUND, (typed, screen)
        for typed in ("0001", "50001", "23O515-0001", CODE, DIGITS):
            screen = question(lab, OWNER, typed, None, door)
            assert "da co ket qua" in screen, (typed, screen)


# --- sessions ---------------------------------------------------------------

def broken_off_and_resumed():
    with dossiers(1, settings=LOOSE) as lab:
        first = Dialogue(lab, OWNER)
        first.type("1")
        second = Dialogue(lab, OWNER)
        third = Dialogue(lab, OWNER)	# broken off at the question, too
        third.type("1", "0", "2")
        fourth = Dialogue(lab, OWNER)
        fourth.type("2")
        direct = Dialogue(lab, OWNER, "*1022*2305150001#")
        lab.set_clock("2026-11-22T08:11:00")
        late = Dialogue(lab, OWNER)
        late.type("1")
        lab.set_clock("2026-11-22T08:15:00")	# this very session is old
        late.type("0")
        compare("resume", first, second, third, fourth, direct, late)
        assert metric(lab, "baotin_dialogues_resumed_total") == 1


def repeated_and_odd_requests():
    with dossiers(1, settings=LOOSE) as lab:
        d = Dialogue(lab, OWNER)
        d.send()
        d.type("1", "1")
        for _ in range(3):
            d.send()
        older = d.inputs.pop()
        d.send()			# late and old: the newest answer
        d.inputs.append(older)
        d.type("0", "2", "1*0", "", "00*00")
        d.type("0", "0")
        d.send()			# the end again
        compare("repeat", d)
        lab.wait_receipt(state="sent")
        assert len(lab.texts(OWNER)) == 1, lab.texts()


def redis_away():
    with dossiers(1) as lab:
        d = Dialogue(lab, OWNER)
        lab.children["redis"].send_signal(signal.SIGSTOP)
        try:
            d.type("1")
        finally:
            lab.children["redis"].send_signal(signal.SIGCONT)
        assert d.is_final and d.screen == BUSY
        wait(lambda: lab.ctl("status")["redis"]["state"] == "up", "Redis")
        d.inputs.clear()
        assert "HS" not in d.type("0") and not d.is_final
        lab.kill("redis")
        wait(lambda: lab.ctl("status")["redis"]["state"] == "down",
             "the loss")
        gone = Dialogue(lab, OWNER)
        assert gone.is_final and gone.screen == BUSY
        assert metric(lab, "baotin_dialogues_unavailable_total") >= 2
        lab.start_redis()


# --- limits -----------------------------------------------------------------

def limits_per_phone():
    with dossiers(1) as lab:
        door = Door(lab)
        for _ in range(5):
            assert "co ket qua" in question(lab, OWNER, "0001", door=door)
        assert question(lab, OWNER, "0001", door=door) == LIMITED
        assert question(lab, OTHER, DIGITS, ID4, door) != LIMITED
        lab.set_clock("2026-11-22T08:09:50")
        assert question(lab, OWNER, "0001", door=door) == LIMITED
        n = 5
        for minute in (11, 22, 33):
            lab.set_clock(f"2026-11-22T08:{minute}:00")
            for _ in range(5):
                assert "co ket qua" in question(lab, OWNER, "0001",
                                                door=door)
                n += 1
        assert n == 20
        lab.set_clock("2026-11-22T20:00:00")
        assert question(lab, OWNER, "0001", door=door) == LIMITED
        lab.set_clock("2026-11-23T08:00:30")
        assert "co ket qua" in question(lab, OWNER, "0001", door=door)
        assert metric(lab, "baotin_lookups_limited_total") == 3


def wrong_digits_lock():
    with dossiers(2, settings=LOOSE) as lab:
        door = Door(lab)
        second = "10452305150002"
        for wrong in ("0000", "1111", "2222"):
            assert question(lab, OTHER, DIGITS, wrong, door) == NOT_FOUND
        # This phone, whatever it asks; this dossier, whoever asks.
        assert question(lab, OTHER, second, ID4, door) == NOT_FOUND
        assert question(lab, "+84900000002", DIGITS, ID4,
                        door) == NOT_FOUND
        # But another phone another one; and its own phone always.
        assert "da tiep nhan" in question(lab, "+84900000003", second, ID4,
                                          door)
        assert "da co ket qua" in question(lab, OWNER, DIGITS, None, door)
        lab.set_clock("2026-11-23T07:59:00")
        assert question(lab, OTHER, second, ID4, door) == NOT_FOUND
        lab.set_clock("2026-11-23T08:01:00")
        assert "co ket qua" in question(lab, OTHER, DIGITS, ID4, door)


def right_digits_take_back():
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        assert question(lab, OTHER, DIGITS, "0000", door) == NOT_FOUND
        for _ in range(8):
            assert "co ket qua" in question(lab, OTHER, DIGITS, ID4, door)
        assert question(lab, OTHER, DIGITS, "0000", door) == NOT_FOUND
        assert "co ket qua" in question(lab, OTHER, DIGITS, ID4, door)
        assert question(lab, OTHER, DIGITS, "0000", door) == NOT_FOUND
        assert question(lab, OTHER, DIGITS, ID4, door) == NOT_FOUND


def raised(lab):
    return {a["alarm"] for a in lab.ctl("alarms")["raised"]}


def many_misses_raise_an_alarm():
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        for _ in range(60):
            question(lab, OWNER, "0001", door=door)
        for i in range(25):		# 25 of 85: not 30 %
            question(lab, f"+8490100{i:04d}", f"1045230515{i * 7 + 100:04d}",
                     "0000", door)
        assert raised(lab) == set(), raised(lab)
        for i in range(5):
            question(lab, f"+8490200{i:04d}", f"1045230516{i * 7 + 100:04d}",
                     "0000", door)
        assert raised(lab) == {"scanning"}, raised(lab)
        lab.set_clock("2026-11-22T09:00:10")	# by the clock alone
        wait(lambda: not raised(lab), "the end of the alarm")


def following_codes_are_seen():
    with dossiers(1, settings=LOOSE) as lab:
        door = Door(lab)
        for i in range(300, 305):	# one phone: and then it is locked
            assert question(lab, OTHER, f"1045230515{i:04d}", None,
                            door).startswith("Nhap 4 so")
            question(lab, OTHER, f"1045230515{i:04d}", f"{i:04d}", door)
        assert "guessing" in raised(lab), raised(lab)
        assert question(lab, OTHER, DIGITS, ID4, door) == NOT_FOUND
        lab.set_clock("2026-11-22T09:00:10")	# by the clock alone
        wait(lambda: not raised(lab), "the end of the alarm")
        for i in range(700, 712):	# many phones
            question(lab, f"+8490300{i:04d}", f"1045230517{i:04d}", "0000",
                     door)
        assert "guessing" in raised(lab), raised(lab)


def ten_thousand_guesses_learn_nothing():
    with dossiers(20) as lab:
        door = Door(lab)
        seen = {}
        for i in range(10000):
            phone = f"+8490500{i % 50:04d}"
            code = f"1045230515{i % 200:04d}"	# 20 of 200 exist
            screen = question(lab, phone, code, f"{2000 + i % 7000}", door)
            seen[screen] = seen.get(screen, 0) + 1
            if i % 2500 == 0:
                assert "co ket qua" in question(lab, OWNER, "0001",
                                                door=door)
        assert set(seen) == {NOT_FOUND, LIMITED}, seen
        assert seen[NOT_FOUND] == 50 * 5, seen
        assert {"scanning", "guessing"} <= raised(lab), raised(lab)
        # Not even with the right digits.
        lab.set_clock("2026-11-22T08:11:00")
        assert question(lab, "+84905000001", DIGITS, ID4,
                        door) == NOT_FOUND
        assert "co ket qua" in question(lab, OWNER, "0001", door=door)


# --- the tool ---------------------------------------------------------------

def tool(lab, *words, stdin=""):
    return subprocess.run(
        [program("baotinctl"), "-s", lab.path("control.sock"), "ussd-try",
         *words], input=stdin, capture_output=True, text=True)


def ussd_try_at_the_keyboard():
    with dossiers(1) as lab:
        done = tool(lab, "--phone", OWNER, "*1022#", "1",
                    stdin="0\n0\n1\n")
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("\n\n") == 4, done.stdout
        assert "HS ..0001: da co ket qua" in done.stdout, done.stdout
        assert done.stdout.endswith("Cam on ong/ba.\n\n"), done.stdout
        assert tool(lab, "*1022#").stdout.startswith("1.Ho so cua toi")
        assert tool(lab, "*1023#").returncode == 2
        assert tool(lab).returncode == 2
        assert tool(lab, "--phone", "12", "*1022#").returncode == 2
        audit = [l for l in lab.log().splitlines() if " audit " in l]
        assert audit and not any(OWNER[3:] in l for l in audit), audit


def reloaded_phrases():
    """Checked as they are loaded; what a reload brings is said at once."""
    with dossiers(1) as lab:
        folder = lab.path("templates")
        subprocess.run(["cp", "-r", os.path.join(SOURCE, "templates"),
                        folder], check=True)
        lab.write_conf(notices={"templates": folder,
                                "window": "00:00-24:00"})
        lab.ctl("reload")
        path = os.path.join(folder, "lookup", "vi.txt")
        with open(path, "a") as out:
            out.write("key.menu = 0.Về\n")
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("control.sock"),
             "template", "check"], capture_output=True, text=True)
        assert done.returncode == 1 and "already in line" in done.stdout, \
            done
        with open(path) as text:
            lines = [line for line in text if not line.startswith("key.menu")]
        with open(path, "w") as out:
            out.writelines(lines + ["key.menu = 0.Về\n"])
        lab.ctl("reload")
        assert Dialogue(lab, OWNER).screen.endswith("\n0.Ve")
        rows = lab.ctl("template", "show", "vi", "key.menu")
        assert {r["sample"] for r in rows} == {"0.Về", "0.Ve"}, rows


if __name__ == "__main__":
    run([own_dossiers, pages_of_a_list, pages_of_a_dossier, every_situation,
         other_phones, language_and_wishes, typed_in_any_way,
         broken_off_and_resumed, repeated_and_odd_requests, redis_away,
         limits_per_phone, wrong_digits_lock, right_digits_take_back,
         many_misses_raise_an_alarm, following_codes_are_seen,
         ten_thousand_guesses_learn_nothing, ussd_try_at_the_keyboard,
         reloaded_phrases])
