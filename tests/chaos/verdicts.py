# SPDX-License-Identifier: GPL-2.0-or-later
"""Is each end of a message justified by what happened? And did each citizen
who asked get one answer? Part of the books."""

from collections import Counter, defaultdict

# A receipt's clock and the test's: the same machine.
SLACK_MS = 1000


def due_of(world):
    """Answers that each phone must get."""
    return Counter(world.asked) + Counter(world.stopped) + \
        Counter(world.resumed)


def answers_of(messages):
    return Counter(m["phone"] for m in messages if m.get("is_answer"))


def answers_due(world):
    """How many are missing."""
    return (due_of(world) - answers_of(world.messages())).total()


class Verdicts:
    """events: of the producer; messages: id → hash of Redis; world: what was
    done. Faults go to fault(kind, text)."""

    def __init__(self, world, events, messages, receipts, fault):
        self.world, self.fault = world, fault
        self.messages, self.receipts = messages, receipts
        self.of_dossier = defaultdict(list)
        for event in events:
            if not event.is_bad:
                self.of_dossier[event.dossier].append(event)

    def check(self):
        for m in self.messages.values():
            why_wrong = getattr(self, "wrong_" + m["state"], None)
            why = why_wrong and why_wrong(m)
            if why:
                self.fault("unjust", f"{self.name(m)} is {m['state']} "
                           f"{m.get('reason', '')}: {why}")
        for rows in self.receipts.values():
            for row in rows:
                self.check_suppressed(row)
        self.check_answers()

    @staticmethod
    def name(m):
        return f"{m['id']} of {m['dossier'] or 'an answer'} {m['status']}"

    # --- each end ------------------------------------------------------------

    def newer(self, dossier, at, may_take_back):
        """A change of the dossier after this one; one without a text of its
        own only where it can take back what waits."""
        return any(e.at > at and (e.notify or may_take_back)
                   for e in self.of_dossier[dossier])

    def has_passed(self, m):
        return int(m["expires_at"]) <= int(m.get("final_at") or 0)

    def wrong_failed(self, m):
        if m["phone"] not in self.world.cast.barred and \
                not self.was_believed(m):
            return "nobody refuses this number for good"

    def was_believed(self, m):
        """A SIM that began to refuse everybody had sent to others before, and
        stopped before a third number showed what it is: its word counts."""
        return (m["modem"], m["reason"]) in self.world.refused and any(
            s["modem"] == m["modem"] and s["result"] == "ok"
            for s in self.world.lines("segment"))

    def wrong_expired(self, m):
        if not self.has_passed(m):
            return f"valid until {m['expires_at']}, ended {m['final_at']}"

    def wrong_no_report(self, m):
        return self.wrong_expired(m)

    def wrong_superseded(self, m):
        if m["status"] == "withdrawn" or not self.newer(
                m["dossier"], int(m["at"]), m["status"] == "ready"):
            return "there is no newer change"

    def wrong_cancelled(self, m):
        if m["reason"] == "optout":
            if m["phone"] not in self.world.stopped:
                return "nobody said DUNG"
        elif m["id"] not in self.world.cancelled and \
                int(m["created_at"]) > SLACK_MS + \
                self.world.cancelled_until.get(m["agency"], 0):
            return "no operator did it"

    def wrong_unknown(self, m):
        """Left so: said again once, or not to be said again."""
        rows = [r["reason"] for r in self.receipts[m["id"]]]
        if "unknown_resent" not in rows and not m.get("resent") and \
                not self.has_passed(m) and \
                m["phone"] not in self.world.stopped and \
                not self.newer(m["dossier"], int(m["at"]), False):
            return f"never said again: {rows}"

    def wrong_undelivered(self, m):
        if m["phone"] not in self.world.cast.failing and \
                not self.has_passed(m):
            return "the centre never said so"

    def wrong_delivered(self, m):
        if (m["phone"], m["text"]) not in self.world.shown_at_rest and \
                m["id"] in self.world.delivered_at_rest:
            return "it is not on the phone"

    def wrong_sent(self, m):
        """What is sent waits for a report, or for the end of its time."""
        if m["id"] not in self.world.awaiting:
            return "it waits for nothing"

    # --- events without a text -----------------------------------------------

    def check_suppressed(self, row):
        if row["state"] != "suppressed":
            return
        events = [e for e in self.of_dossier[row["dossier"]]
                  if e.word == row["status"]]
        reason = row["reason"]
        if not events or reason == "duplicate":
            return
        event = events[0]
        is_right = {
            "notify": not event.notify,
            "optout": event.phone in self.world.stopped,
            "older_status": self.newer(event.dossier, event.at, True),
        }.get(reason, False)
        if not is_right:
            self.fault("unjust", f"{event.key} is suppressed: {reason}")

    # --- questions -----------------------------------------------------------

    def check_answers(self):
        world, due = self.world, due_of(self.world)
        answers = answers_of(self.messages.values())
        for phone in set(due) | set(answers) | set(world.called):
            most = due[phone] + (phone in world.called)
            if not due[phone] <= answers[phone] <= most:
                self.fault("answers", f"{phone} asked {due[phone]} times, "
                           f"called {int(phone in world.called)} times, and "
                           f"has {answers[phone]} answers")
        self.check_stopped()

    def check_stopped(self):
        """Who got the answer to DUNG gets no notice that came in later."""
        stopped_at = {}
        for m in self.messages.values():
            if m.get("is_answer") and m["phone"] in self.world.stopped:
                stopped_at[m["phone"]] = int(m["created_at"])
        if self.world.has_lost_writes():
            return      # the wish itself may have been among them
        for m in self.messages.values():
            at = stopped_at.get(m["phone"])
            if at and m["phone"] not in self.world.resumed and \
                    not m.get("is_answer") and int(m["created_at"]) > at:
                self.fault("unjust", f"{self.name(m)} came after DUNG")
