#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.7: alarms reach a person: by text, through another SIM, until OK."""

from alarm_scenes import CLOCK, comes, goes, raised, told
from lab import Lab, run, wait

BOSS = "+84900000001"
OTHER = "+84900000002"
SETTINGS = {"alarms": {"notify": [BOSS, OTHER]}}


def pages(lab, phone=BOSS):
    return [t["text"] for t in lab.texts(phone)]


def modems_of(lab):
    """Through which modems the texts went."""
    return {s["modem"] for s in lab.lines("segment")}


def issue12_7_by_another_sim_hourly_until_somebody_says_ok():
    with Lab(modems=2, clock=CLOCK, settings=SETTINGS) as lab:
        lab.sim("hangup modem1")
        comes(lab, "modem_down", "modem1", pass_s=10)
        text = wait(lambda: pages(lab), "the text")[0]
        assert "modem_down modem1" in text and text.endswith("OK."), text
        assert wait(lambda: pages(lab, OTHER), "the other's") == [text]
        assert modems_of(lab) == {"modem2"}, modems_of(lab)
        lab.set_clock("2026-11-20 08:45:00")
        wait(lambda: lab.ctl("modems")[1]["since_s"] > 3, "some ticks")
        assert len(pages(lab)) == 1, "once an hour"
        # A restart forgets neither.
        lab.stop("baotind")
        lab.n_modems = 1
        lab.start_daemon()
        lab.set_clock("2026-11-20 09:06:00")
        wait(lambda: len(pages(lab)) == 2, "the second text", 60)
        # Somebody else's OK is nobody's.
        lab.sim("sms modem2 +84912345678 OK")
        wait(lambda: lab.log().count("from=+8491*****78"), "it to come")
        assert not told(lab, "modem_down", "ack")
        lab.sim(f"sms modem2 {OTHER} ' ok. '")
        entry, = wait(lambda: told(lab, "modem_down", "ack"), "the entry")
        assert entry["by"].endswith("02") and "*" in entry["by"], entry
        assert raised(lab, "modem_down")[0]["acked_by"] == entry["by"]
        lab.set_clock("2026-11-20 10:30:00")
        wait(lambda: lab.ctl("queue")["ready"] == 0, "the queue")
        lab.sim("plug modem1")
        goes(lab, "modem_down", "modem1", pass_s=10, timeout=90)
        assert len(pages(lab)) == 2, pages(lab)


def issue12_7_ten_texts_a_day():
    limits = {"minute": 0, "hour": 0, "day": 0, "month": 0}
    with Lab(modems=2, clock="2026-11-20 00:10:00", settings=SETTINGS,
             modem={"limits": limits}) as lab:
        lab.sim("hangup modem1")
        comes(lab, "modem_down", "modem1", pass_s=10)
        for hour in range(1, 11):
            wait(lambda h=hour: len(pages(lab)) >= h, f"text {hour}", 60)
            lab.set_clock(f"2026-11-20 {hour:02}:11:00")
        lab.set_clock("2026-11-20 12:30:00")
        seen = lab.ctl("modems")[1]["sent"]
        wait(lambda: lab.ctl("alarms")["raised"], "it to live")
        own = lab.ctl("send", "+84912345678", "after")["message"]
        lab.wait_receipt(message=own, state="delivered", timeout=60)
        assert len(pages(lab)) == 10, (len(pages(lab)), seen)
        lab.set_clock("2026-11-21 00:12:00")
        wait(lambda: len(pages(lab)) == 11, "the next day's", 60)


def issue12_7_what_nobody_could_send_is_told_afterwards():
    """One modem only: its own SIM must do; and no hold stops it."""
    with Lab(clock=CLOCK, settings=SETTINGS) as lab:
        lab.ctl("hold")
        lab.sim("hangup modem1")
        comes(lab, "no_modem", "default", "critical", pass_s=10)
        assert pages(lab) == []
        lab.sim("plug modem1")
        wait(lambda: lab.usable_modems() == 1, "it to be back", 60)
        goes(lab, "no_modem", "default", pass_s=10)
        wait(lambda: [t for t in pages(lab) if "no_modem" in t], "the text",
             60)


def issue12_7_a_daily_text_of_life():
    settings = {"alarms": {"notify": [BOSS], "daily_hour": 7,
                           "language": "en"}}
    with Lab(clock="2026-11-20 06:59:00", settings=settings) as lab:
        wait(lambda: lab.ctl("status")["sending"], "it to begin")
        assert pages(lab) == []
        for n, day in enumerate((20, 21), 1):
            lab.set_clock(f"2026-11-{day} 07:00:30")
            wait(lambda n=n: len(pages(lab)) == n, "the text", 60)
        assert pages(lab)[0] == "baotin lab: alive. 1/1 modems can send, " \
            "0 alarms.", pages(lab)


if __name__ == "__main__":
    run([issue12_7_by_another_sim_hourly_until_somebody_says_ok,
         issue12_7_ten_texts_a_day,
         issue12_7_what_nobody_could_send_is_told_afterwards,
         issue12_7_a_daily_text_of_life])
