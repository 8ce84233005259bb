#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.10: the status page in Chromium: what it tells in six situations, in both
languages, on a desk and on a telephone, by day and by night; that it renews
itself, keeps to its own host, and hinders nobody (axe-core). Screenshots go
to tests/browser/screenshots of the build folder.

Needs Chromium and axe-core; scripts/check installs both."""

import json
import math
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                "..", "flow"))

import chromium  # noqa: E402
from lab import BUILD, Lab, run, skip_all, wait  # noqa: E402
from test_admin_http import CODE, PHONE, Web  # noqa: E402

SHOTS = os.path.join(os.path.abspath(BUILD), "tests", "browser",
                     "screenshots")
AXE = os.environ.get("BAOTIN_AXE") or os.path.join(
    os.path.abspath(BUILD), "tests", "browser", "node_modules", "axe-core",
    "axe.min.js")
PHONE_WIDTH = 360


class Scene:
    """A gateway, its page, and a browser that looks at it."""

    def __init__(self, **lab):
        self.web = Web()
        lab["settings"] = {**self.web.settings, **lab.get("settings", {})}
        lab.setdefault("modems", 2)
        lab.setdefault("modem", {"limits": {"day": 400, "month": 5000}})
        self.lab = Lab(**lab)

    def __enter__(self):
        self.lab.__enter__()
        self.browser = chromium.Chromium(self.lab.dir)
        return self

    def __exit__(self, *why):
        self.browser.__exit__(*why)
        self.lab.__exit__(*why)

    def url(self, language="vi"):
        return f"http://127.0.0.1:{self.web.port}/?lang={language}"

    def wait_page(self, word, language="en"):
        wait(lambda: word in self.web.get("/?lang=" + language)[1], word)

    def show(self, name, verdict, *words, language="vi"):
        """Both sizes; the verdict's class and words are what is seen first;
        and nothing is amiss."""
        page = self.browser.open(self.url(language))
        try:
            seen = page.run("document.querySelector('.verdict').className")
            assert seen == "verdict " + verdict, (name, seen)
            text = page.run("document.querySelector('main').innerText")
            for word in words:
                assert word.lower() in text.lower(), (name, word, text)
            look_at(page, self.web.port, f"{name}-{language}")
            # What is wrong is seen without scrolling, on a telephone too.
            bottom = page.run("document.querySelector('.verdict')"
                              ".getBoundingClientRect().bottom")
            assert bottom < 640, (name, bottom)
        finally:
            page.call("Page.close")


def axe_complaints(page):
    with open(AXE) as file:
        page.run(file.read() + "; true")
    found = json.loads(page.run(
        "axe.run(document, {resultTypes: ['violations']})"
        ".then(r => JSON.stringify(r.violations.map(v => [v.id, v.help, "
        "v.nodes.map(n => n.html + ' ' + n.failureSummary)])))"))
    return found


def look_at(page, port, name):
    for scheme in ("light", "dark"):
        page.look(scheme)
        for width in (1280, PHONE_WIDTH):
            page.resize(width, 740 if width == PHONE_WIDTH else 900)
            size = "phone" if width == PHONE_WIDTH else "desk"
            wide = page.run("document.documentElement.scrollWidth")
            assert wide <= width, (name, width, wide)
            page.screenshot(os.path.join(SHOTS, f"{name}-{size}-{scheme}.png"))
            assert not axe_complaints(page), axe_complaints(page)
    assert page.complaints() == [], page.complaints()
    for url in page.urls():
        assert url.startswith(f"http://127.0.0.1:{port}/"), url
    assert len(page.urls()) >= 3, page.urls()


def fill_history(lab, modem, gateway="lab", sent=9):
    """A day as it might have been: work from 7 to 17, a bad hour."""
    slot = int(time.time() // 600)
    points = {}
    for i in range(1, 144):
        busy = math.sin(math.pi * (i - 30) / 80) if 30 < i < 110 else 0
        n = round(sent * busy * (1 + 0.3 * math.sin(i * 1.7)))
        refused = 3 if 60 < i < 66 else 0
        points[slot - i] = (f"{round(-74 + 5 * math.sin(i / 9))} {n} "
                            f"{refused} {max(0, n - 1)}")
    lab.redis.hset(f"baotin:history:{gateway}:{modem}", mapping=points)
    lab.redis.hset(f"baotin:history:{gateway}", mapping={
        slot - i: round(max(0, 40 - abs(60 - i) * 1.5))
        for i in range(1, 144)})


def say_other(lab, name, age_s):
    """Another gateway, as it would have said how it is."""
    now = int(time.time() * 1000)
    modem = {"name": "vina-1", "state": "ready", "since_s": 7200,
             "operator": "VINAPHONE", "registration": "home",
             "technology": "lte", "dbm": -83, "sent": 41, "refused": 0,
             "last_sent_at": now - age_s * 1000 - 60000}
    lab.redis.sadd("baotin:gateways", name)
    lab.redis.hset("baotin:gateway:" + name, "seen_at", now - age_s * 1000)
    lab.redis.set("baotin:view:" + name, json.dumps({
        "name": name, "at": now - age_s * 1000, "modems": [modem],
        "alarms": []}))
    fill_history(lab, "vina-1", name, 5)


# --- six situations ----------------------------------------------------------

def issue12_10_1_all_well():
    with Scene() as scene:
        for modem in ("modem1", "modem2"):
            fill_history(scene.lab, modem)
        scene.lab.event(dossier=CODE, status=9, phone=PHONE)
        scene.lab.wait_receipt(state="delivered")
        scene.wait_page("Every modem can send")
        scene.show("1-all-well", "good", "Đang gửi tin",
                   "Mọi modem đều gửi được", "sẵn sàng", "400 ngày", "dBm", "Hôm nay", "H10.45")
        scene.show("1-all-well", "good", "Sending", "Every modem can send",
                   "ready", language="en")
        assert PHONE[3:] not in scene.web.get("/")[1]


def issue12_10_2_one_modem_unplugged():
    with Scene() as scene:
        fill_history(scene.lab, "modem1")
        scene.lab.sim("hangup modem2")
        scene.wait_page("1/2")
        scene.show("2-unplugged", "weak", "nhưng có việc cần xử lý",
                   "1/2 modem gửi được", "modem2:", "không thấy")
        scene.show("2-unplugged", "weak", "something needs a hand", "modem2:",
                   language="en")


def issue12_10_3_nothing_can_be_sent():
    with Scene() as scene:
        scene.lab.sim("hangup modem1")
        scene.lab.sim("reg modem2 denied")
        scene.lab.event(dossier=CODE, status=9, phone=PHONE)
        wait(lambda: scene.web.json("/status.json")["why"] == "modems",
             "both to be missed", 90)
        scene.show("3-nothing", "bad", "Không gửi được tin",
                   "Không modem nào gửi được", "modem1:", "modem2:",
                   "tin đang chờ")


def issue12_10_4_held_and_outside_the_window():
    with Scene() as scene:
        scene.lab.ctl("hold")
        scene.lab.event(dossier=CODE, status=9, phone=PHONE)
        scene.wait_page("on hold")
        scene.show("4-held", "wait", "Tin đang bị giữ lại",
                   "baotinctl release")
        scene.lab.ctl("release")
        scene.lab.ctl("pause", "modem1")
        scene.wait_page("paused")
        scene.show("4-paused", "weak", "đã tạm dừng modem này",
                   "baotinctl resume")
        scene.lab.ctl("resume", "modem1")
        scene.lab.ctl("hold", "--agency", "H10.45")
        scene.wait_page("On hold:")
        scene.show("4-held-agency", "weak", "Đang giữ tin của H10.45",
                   "baotinctl release --agency")
    clock = "2026-11-20 23:10:00"
    window = {"notices": {"window": "07:00-21:00"}}
    with Scene(settings=window, clock=clock) as scene:
        scene.lab.event(dossier=CODE, status=9, phone=PHONE)
        scene.wait_page("Outside the hours")
        scene.show("4-window", "wait", "Ngoài giờ gửi tin", "07:00",
                   "07:00-21:00")


def issue12_10_5_redis_gone():
    with Scene() as scene:
        fill_history(scene.lab, "modem1")
        scene.web.get("/")      # it has plots from before
        scene.lab.kill("redis")
        scene.wait_page("Not sending")
        scene.show("5-redis", "bad", "Không gửi được tin", "Redis",
                   "systemctl status redis-server", "Không tin nào mất")


def issue12_10_6_sim_locked_and_refusing():
    with Scene() as scene:
        scene.lab.sim("pin modem2 puk")
        scene.lab.sim("restart modem2")
        scene.wait_page("locked")
        for i in range(6):
            scene.lab.sim("fail modem1 cms=38 count=99")
            scene.lab.event(dossier=f"H10.45-230515-00{i:02d}", status=9,
                            phone=f"09123456{i:02d}")
        wait(lambda: scene.web.json("/status.json")["alarms"],
             "an alarm about the refusals", 60)
        seen = scene.web.json("/status.json")
        verdict = "weak" if seen["why"] == "" else "bad"
        scene.show("6-sim", verdict, "SIM bị khoá", "modem2:", "modem1:")


# --- and beside them ---------------------------------------------------------

def issue12_10_all_gateways_with_the_age_of_their_data():
    with Scene(modems=1) as scene:
        say_other(scene.lab, "xa-ben", 12)
        say_other(scene.lab, "xa-xa", 7300)
        scene.lab.redis.sadd("baotin:gateways", "moi")
        fill_history(scene.lab, "modem1")
        scene.wait_page("xa-ben")
        scene.show("7-gateways", "good", "Cổng lab", "(cổng này)",
                   "Cổng xa-ben", "dữ liệu cách đây", "Cổng xa-xa",
                   "không có tin tức từ", "vina-1", "chưa cho biết gì")
        plots = scene.web.get("/")[1].count('<svg class="plot"')
        assert plots == 4, plots    # three modems and the queue


def issue12_10_it_renews_itself_and_tells_when_it_can_not():
    with Scene() as scene:
        scene.wait_page("Every modem can send")
        page = scene.browser.open(scene.url("en"))
        page.run("window.mark = document.querySelector('#queue dl')")
        scene.lab.sim("hangup modem2")
        page.wait("document.querySelector('.verdict').className === "
                  "'verdict weak'", "the news")
        assert "modem2" in page.run(
            "document.querySelector('.verdict').innerText")
        assert page.run("document.title").startswith("lab: ")
        assert "weak" in page.run(
            "document.querySelector('link[rel=icon]').href")
        # What did not change is still the same piece of the page.
        assert page.run("window.mark === document.querySelector('#queue dl')")
        scene.lab.stop("baotind")
        page.wait("!document.getElementById('lost').hidden", "the warning")
        page.screenshot(os.path.join(SHOTS, "8-lost.png"))
        scene.lab.start_daemon(ready=False)
        page.wait("document.getElementById('lost').hidden", "its end")


def issue12_10_without_a_script_it_is_a_snapshot():
    with Scene() as scene:
        scene.wait_page("Every modem can send")
        page = scene.browser.open(scene.url(), script=False)
        page.screenshot(os.path.join(SHOTS, "9-no-script.png"))
        assert page.complaints() == [], page.complaints()
        text = scene.web.get("/?lang=vi")[1]
        assert "modem2" in text and "<noscript>" in text


if chromium.find() is None:
    skip_all("chromium is not installed")
if not os.path.exists(AXE):
    skip_all("axe-core is not installed: scripts/browser-tools DIR, then "
             "BAOTIN_AXE=DIR/node_modules/axe-core/axe.min.js")
os.environ.pop("http_proxy", None)
run([issue12_10_1_all_well,
     issue12_10_2_one_modem_unplugged,
     issue12_10_3_nothing_can_be_sent,
     issue12_10_4_held_and_outside_the_window,
     issue12_10_5_redis_gone,
     issue12_10_6_sim_locked_and_refusing,
     issue12_10_all_gateways_with_the_age_of_their_data,
     issue12_10_it_renews_itself_and_tells_when_it_can_not,
     issue12_10_without_a_script_it_is_a_snapshot])
