# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of src/message/states.def, for tests."""

import os
import re

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
PATH = os.path.join(ROOT, "src", "message", "states.def")


class State:
    def __init__(self, columns):
        words = [re.findall(r"\w+", column) for column in columns]
        self.ident, self.name = words[0][0], words[1][0]
        self.place, self.retention = words[2][0], words[3][0]
        self.metric = words[4][0]
        self.traits = set(words[5])
        self.next_idents = [w for w in words[6] if w != "NOTHING"]
        self.english, self.vietnamese = (
            "".join(re.findall(r'"([^"]*)"', column))
            for column in columns[7:])
        self.next = []

    def __repr__(self):
        return self.name


def split(row):
    """The columns of a row: a comma within quotes separates nothing."""
    return re.findall(r'(?:[^,"]|"[^"]*")+', row)


def load(path=PATH):
    """{name: State}, in the order of the table."""
    with open(path, encoding="utf-8") as file:
        rows = re.findall(r"^S\((.*?)\)$", file.read(), re.M | re.S)
    by_ident = {}
    for row in rows:
        state = State(split(row))
        by_ident[state.ident] = state
    for state in by_ident.values():
        state.next = [by_ident[ident].name for ident in state.next_idents]
    return {state.name: state for state in by_ident.values()}


STATES = load()


def with_trait(trait):
    return {name for name, state in STATES.items() if trait in state.traits}


def is_transition(before, after):
    """May the first state be followed by the second one?"""
    return after in STATES[before].next


def wrong_transitions(rows, has_lost_writes=False):
    """Pairs of states in the receipts of one message, in their order, that
    the table does not have. A receipt may also say once more how a message
    stands, because it was sent once more; and a message may be made anew when
    its event comes again after the first one was over. What a gateway tells a
    server that forgot the lease passes `sending` without a receipt."""
    rows = [r for r in rows if r["state"] != "suppressed"]
    for row, following in zip(rows, rows[1:]):
        before, after = row["state"], following["state"]
        if is_transition(before, after):
            continue
        is_mark = before == after and following["reason"] == "unknown_resent"
        is_new = after == "queued" and following["reason"] == "" and \
            "OPEN" not in STATES[before].traits
        is_caught_up = has_lost_writes and is_transition(before, "sending") \
            and is_transition("sending", after)
        if not (is_mark or is_new or is_caught_up):
            yield before, after
