# SPDX-License-Identifier: GPL-2.0-or-later
"""The citizens of a world."""

BARRED = "+84977000001"


def numbers(prefix, n):
    return [f"{prefix}{i:0{12 - len(prefix)}d}" for i in range(n)]


class Cast:
    """Whose phones behave how. Each is in one group only."""

    def __init__(self):
        self.barred = [BARRED]                  # refused by every SIM
        self.off = numbers("+8496", 8)          # until the end
        self.pending = numbers("+8486", 4)      # off, and reported so
        self.failing = numbers("+8487", 4)      # reported: not delivered
        self.stoppers = numbers("+8481", 4)     # say DUNG
        self.askers = numbers("+8482", 8)       # ask by text
        self.callers = numbers("+8483", 3)      # let it ring
        self.shared = numbers("+8485", 12)      # have several dossiers

    def everybody(self):
        return sum(vars(self).values(), [])

    def pick(self, rng):
        """The phone of a dossier; most are one dossier's alone."""
        for share, group in ((0.04, self.barred), (0.10, self.off),
                             (0.03, self.pending), (0.03, self.failing),
                             (0.05, self.stoppers), (0.05, self.askers),
                             (0.02, self.callers), (0.20, self.shared)):
            if rng.random() < share:
                return rng.choice(group)
        return f"+8491{rng.randrange(10 ** 7):07d}"
