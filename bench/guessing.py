#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Can the time of an answer tell what the answer does not? N answers to codes
that do not exist and N to codes of others with a wrong second factor, in
turns, by USSD over HTTP; prints the medians and their ratio. The goal is a
ratio within 10 % of 1.

    top_builddir=build bench/guessing.py [N]

Needs the built programs and redis-server. Nothing here passes or fails.
"""

import os
import random
import statistics
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "..", "tests", "flow"))
os.environ.setdefault("top_srcdir",
                      os.path.join(os.path.dirname(__file__), ".."))
from ussd_client import Client, UssdLab  # noqa: E402

EXISTING, UNKNOWN = "1045230515", "1045240515"
LIMITS = {"limits": {"ten_minutes": 1000, "day": 10000}}


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    rng = random.Random(count)
    with UssdLab(lookup=LIMITS) as lab:
        n = min(count, 10000)
        lab.dossiers(n, lambda i: f"+8498{i:07d}", lambda i: "1234")
        client, took, screens = Client(lab.port), {}, set()
        numbers = [i % n for i in range(count)]
        rng.shuffle(numbers)
        for turn, number in enumerate([0] * 50 + numbers):
            sides = [("not entitled", EXISTING), ("unknown", UNKNOWN)]
            rng.shuffle(sides)
            for side, stem in sides:
                # A phone of its own each time: no limit, no lock-out.
                phone = f"+84{7 if stem == EXISTING else 3}{turn:08d}"
                screens.add(client.dial(phone, f"{stem}{number:04d}*9999"))
                if turn >= 50:
                    took.setdefault(side, []).append(client.took)
        client.close()
        medians = {side: statistics.median(times) * 1e6
                   for side, times in took.items()}
        for side, median in sorted(medians.items()):
            quarter = statistics.quantiles(took[side], n=4)
            print(f"{side}: median {median:.1f} us of {len(took[side])} "
                  f"answers, middle half {quarter[0] * 1e6:.1f} to "
                  f"{quarter[2] * 1e6:.1f} us")
        print(f"ratio unknown / not entitled: "
              f"{medians['unknown'] / medians['not entitled']:.3f}; "
              f"different screens: {len(screens)}")


main()
