#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What a long list of undelivered dossiers costs. Prints, of N entries:

* how long baotinctl undelivered takes, which shows the newest 500;
* how long --csv takes, which prints all of them;
* the longest time that one call held up Redis.

    top_builddir=build bench/undelivered.py [N]

Needs the built programs and redis-server. Numbers are for reading: nothing
here passes or fails.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "..", "tests", "flow"))
os.environ.setdefault("top_srcdir",
                      os.path.join(os.path.dirname(__file__), ".."))
from test_desk import list_many  # noqa: E402

list_many(int(sys.argv[1]) if len(sys.argv) > 1 else 200000)
