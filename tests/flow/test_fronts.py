#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Texts, missed calls and USSD on a modem as citizens see them, held against
tests/golden/dialogue_{sms,call,modem}_*.txt.

After a wanted change: BAOTIN_GOLDEN=write tests/flow/test_fronts.py, and
read the difference before committing it.
"""

from lab import Lab, run, wait
from test_call import hang_ups
from test_lookup import (CLOCK, CODE, DIGITS, ID4, LOOSE, OTHER, OWNER,
                         Dialogue, compare, dossiers)
from test_modem_ussd import view

STRANGER = "+84900000002"


class Story:
    """What went in and what came out of it, line by line."""

    seconds = 0

    def __init__(self, lab, title):
        self.lab = lab
        self.story = [f"== {title}"]

    def done(self):
        """Pieces that were heard and are dealt with, and answers."""
        ends = [line for line in self.lab.log().splitlines()
                if " question result=" in line or " answered " in line]
        return len(ends), sum("result=queued" in line for line in ends)

    def _answer(self, phone, before, texts, n):
        wait(lambda: self.done()[0] == before[0] + n, "the question's end")
        answers = self.done()[1] - before[1]
        wait(lambda: len(self.lab.texts()) == texts + answers, "the text")
        if answers == 0:
            self.story.append("(nothing)")
        for text in self.lab.texts()[texts:]:
            assert text["to"] == phone, text
            many = f" ({text['segments']} parts)" \
                if text["segments"] > 1 else ""
            self.story.append(f"<{many} {text['text']}")

    def say(self, text, phone=OWNER, options="", parts=1, shown=None):
        Story.seconds += 1
        before, texts = self.done(), len(self.lab.texts())
        self.story.append(f"{phone}> {shown or text}")
        quoted = text.replace("\\", "\\\\").replace('"', '\\"')
        clock = f"2026-11-22T07:{Story.seconds // 60:02d}:" \
            f"{Story.seconds % 60:02d}+07:00"
        self.lab.sim(f'sms modem1 {phone} "{quoted}" smsc-time={clock} '
                     f'{options}')
        self._answer(phone, before, texts, parts)
        return self

    def call(self, phone=OWNER, rings=3):
        before, texts = self.done(), len(self.lab.texts())
        ended = hang_ups(self.lab)
        self.story.append(f"{phone}> calls, {rings} ring"
                          f"{'s' if rings > 1 else ''}")
        self.lab.sim(f"call modem1 {phone} rings={rings} every=100")
        if rings > 1:
            wait(lambda: hang_ups(self.lab) == ended + 1, "the hang-up")
            self.story.append("(rejected)")
        self._answer(phone, before, texts, 1)
        return self

    def later(self, clock):
        self.lab.set_clock(clock)
        self.story.append(f"-- {clock[:16].replace('T', ' ')}")
        return self


# --- texts ------------------------------------------------------------------

def each_word():
    with dossiers(4, settings=LOOSE) as lab:
        s = Story(lab, "words")
        for text in ("TC", "tc", "  Tc.", "TC " + CODE, "tc h1o 45 23o515 ooo1",
                     f"TC {DIGITS}", "TC 0002", "TC 230515-0003", "TX 0001",
                     "TG", "DUNG", "Lại", "CODAU", "TC", "TC 0001", "TG",
                     "KHÔNG DẤU", "SAISO", "TC 0001"):
            s.say(text)
        other = Story(lab, "another phone")
        other.say(f"TC {CODE} {ID4}", OTHER)
        other.say(f"TC {DIGITS} {ID4}", OTHER)
        d = Dialogue(lab, OTHER)
        d.type("3", "3")
        english = Story(lab, "in English")
        for text in (f"TC {CODE} {ID4}", "TG", "TC"):
            english.say(text, OTHER)
        compare("sms_words", s, other, english)


def every_situation():
    with Lab(clock=CLOCK, settings=LOOSE) as lab:
        s = Story(lab, "every situation")
        for i, status in enumerate((1, 2, 3, 4, 5, 6, 7, 8, 9, 10, "late"),
                                   10):
            code = f"H10.45-230515-{i:04d}"
            lab.event(dossier=code, status=status, phone=OWNER, fee="120000",
                      due="2026-12-01", notify=0)
            wait(lambda c=code: lab.redis.exists("baotin:dossier:" + c),
                 "the record")
            s.say(f"TC {i:04d}")
        s.later("2026-11-24T09:00:00")
        s.say("TC 0018").say("TC")
        compare("sms_situations", s)


def every_refusal():
    with dossiers(1, settings=LOOSE) as lab:
        s = Story(lab, "no word")
        for text in ("cam on", "Đúng rồi", "DUNG gui nua", "1", "?", ""):
            s.say(text)
        found = Story(lab, "not found")
        for n, text in enumerate((
                "TC", f"TC {CODE}", f"TC {CODE} 0000",
                "TC H10.45-230515-9999", f"TC H10.45-230515-9999 {ID4}",
                "TC 0001", "TC 1", "TC xin hoi ho so")):
            found.say(text, f"+8490000010{n}")
        again = Story(lab, "one complaint in ten minutes, and one help")
        again.say("TC 9999", STRANGER).say("TC 9998", STRANGER)
        again.say(f"TC {CODE} {ID4}", STRANGER)
        again.say("TG", STRANGER).say("tg", STRANGER)
        again.later("2026-11-22T08:11:00")
        again.say("TC 9997", STRANGER).say("TG", STRANGER)
        senders = Story(lab, "nobody")
        for sender in ("VIETTEL", "9123", "+12025550123", "+842713123456"):
            senders.say("TC", sender)
        compare("sms_refusals", s, found, again, senders)


def limits():
    with dossiers(1) as lab:
        s = Story(lab, "five in ten minutes")
        for _ in range(7):
            s.say("TC 0001")
        s.later("2026-11-22T08:11:00").say("TC 0001")
        locked = Story(lab, "three wrong")
        for digits in ("0000", "1111", "2222", ID4):
            locked.say(f"TC {CODE} {digits}", OTHER)
        locked.say(f"TC {CODE} {ID4}", STRANGER)
        locked.say("TC 0001")
        locked.later("2026-11-23T08:12:00")
        locked.say(f"TC {CODE} {ID4}", OTHER)
        compare("sms_limits", s, locked)


def long_texts():
    with dossiers(1, settings=LOOSE) as lab:
        s = Story(lab, "long texts")
        for options in ("", "parts=reversed"):
            s.say(f"TC {CODE} " + "xin cam on " * 30, parts=3,
                  options=options,
                  shown=f"TC {CODE} xin cam on ... {options}".rstrip())
        s.say("TC " + "á" * 100 + " " + CODE, parts=2,
              shown="TC ááá ... " + CODE)
        s.say("xin chao " * 40, parts=3, shown="xin chao ...")
        compare("sms_long", s)


# --- calls ------------------------------------------------------------------

def missed_calls():
    with dossiers(4, settings=LOOSE) as lab:
        s = Story(lab, "own dossiers")
        s.call().call(rings=1).say("CODAU")
        s.later("2026-11-22T08:11:00").call(rings=1)
        none = Story(lab, "nothing to tell")
        none.call(STRANGER)
        none.call("withheld")
        compare("call_missed", s, none)


# --- USSD on a modem --------------------------------------------------------

class Turns:
    def __init__(self, lab, first):
        self.lab, self.story = lab, [f"== {first}"]
        self.begin = len(lab.log())
        self._ask(first)

    def _ask(self, text):
        before = view(self.lab)["at"].get("+CUSD", 0)
        self.lab.sim(f'ussd modem1 "{text}" ask=1 keep=1')
        wait(lambda: view(self.lab)["at"].get("+CUSD", 0) > before,
             f"the answer to {text}")
        self.story.append(view(self.lab)["ussd_reply"])

    def type(self, *inputs):
        for text in inputs:
            self.story.append(f"-- {text}")
            self._ask(text)
        self.lab.sim("ussd modem1 Het")
        wait(lambda: " ussd_end " in self.lab.log()[self.begin:], "the end")
        return self


def ussd_on_a_modem():
    with dossiers(1, settings=LOOSE) as lab:
        stories = [
            Turns(lab, "*1022#").type("2", DIGITS, ID4, "1", "0", "5", "0",
                                      "4", "0", "3", "2", "1", "0", "0"),
            Turns(lab, "*1022#").type("2", DIGITS, "0000", "0", "2",
                                      "10452305159999", ID4, "7"),
            Turns(lab, f"*1022*{DIGITS}#").type(ID4),
            Turns(lab, "Ban can gi?").type("9", "2", "12", "0"),
        ]
        assert view(lab)["ussd_reply"] and not lab.texts()
        compare("modem_ussd", *stories)


if __name__ == "__main__":
    run([each_word, every_situation, every_refusal, limits, long_texts,
         missed_calls, ussd_on_a_modem])
