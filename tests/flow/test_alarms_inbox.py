#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.6: the alarm of a full inbox, which takes its minute."""

from alarm_scenes import CLOCK, comes, goes, proves, scenes
from lab import Lab, run, wait


def phone(i):
    return f"+8491{i:07d}"


@proves("inbox_full")
def issue12_6_the_inbox_is_full():
    """The worker counts at its start, and once a minute."""
    with Lab(clock=CLOCK, start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.sim("simkeep modem1 on")
        for i in range(41):
            lab.sim(f"sms modem1 {phone(i)} hello")
        lab.write_conf()
        lab.start_daemon()
        comes(lab, "inbox_full", "modem1", pass_s=5)
        lab.sim("simkeep modem1 off")
        lab.sim("restart modem1")
        wait(lambda: lab.sim("modems")["modems"][0]["stored"] == 0,
             "all to be read", 60)
        lab.sim("restart modem1")
        goes(lab, "inbox_full", "modem1", pass_s=5, timeout=90)


if __name__ == "__main__":
    run(list(dict.fromkeys(scenes.values())))
