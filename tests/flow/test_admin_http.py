#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What operators and their tools see by HTTP: metrics, health, the status
page and its JSON; who is let in; and what none of it may show."""

import json
import os
import re
import shutil
import socket
import subprocess
import urllib.error
import urllib.request

from lab import SOURCE, Lab, free_port, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"


class Web:
    """A Lab's admin.http."""

    def __init__(self, **admin):
        self.port = free_port()
        self.settings = {"admin": {"http": f"127.0.0.1:{self.port}", **admin}}

    def get(self, path, method="GET", **headers):
        """(status, text, headers)"""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return answer.status, answer.read().decode(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(), error.headers

    def json(self, path):
        return json.loads(self.get(path)[1])

    def metrics(self):
        out = {}
        for line in self.get("/metrics")[1].splitlines():
            if not line.startswith("#"):
                name, value = line.rsplit(" ", 1)
                assert name not in out, name
                out[name] = float(value)
        return out


def metrics_of_every_modem_from_the_start():
    web = Web()
    with Lab(modems=2, settings=web.settings) as lab:
        wait(lambda: web.metrics().get(
            'baotin_modem_state{modem="modem2",state="ready"}') == 1, "ready")
        seen = web.metrics()
        for modem in ("modem1", "modem2"):
            for outcome in ("sent", "refused", "unknown", "unsent"):
                assert seen[f'baotin_modem_segments_total{{modem="{modem}",'
                            f'outcome="{outcome}"}}'] == 0
            assert seen['baotin_modem_send_duration_seconds_count'
                        f'{{modem="{modem}"}}'] == 0
            states = [value for name, value in seen.items() if
                      f'baotin_modem_state{{modem="{modem}"' in name]
            assert sum(states) == 1 and len(states) > 5, states
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        wait(lambda: web.metrics()["baotin_messages_delivered_total"] == 1,
             "the count")
        seen = web.metrics()
        sent = sum(seen['baotin_modem_segments_total{modem="%s",outcome='
                        '"sent"}' % modem] for modem in ("modem1", "modem2"))
        assert sent == 1, seen
        buckets = [(float(re.search('le="([^"]*)"', name).group(1)), value)
                   for name, value in seen.items()
                   if name.startswith("baotin_modem_send_duration_seconds"
                                      "_bucket")]
        assert max(buckets)[0] == float("inf") and max(buckets)[1] <= 1
        lab.sim("fail modem1 cms=38 count=99")
        lab.sim("fail modem2 cms=38 count=99")
        lab.event(dossier="H10.45-230515-0002", status=9, phone=PHONE)
        wait(lambda: any(name.startswith("baotin_modem_errors_total") and
                         'code="38"' in name and n > 0
                         for name, n in web.metrics().items()), "the error's word")


def promtool_finds_nothing():
    assert shutil.which("promtool"), "the package prometheus has it"
    web = Web()
    with Lab(settings=web.settings) as lab:
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        done = subprocess.run(["promtool", "check", "metrics"], text=True,
                              input=web.get("/metrics")[1],
                              capture_output=True)
        assert done.returncode == 0 and done.stdout + done.stderr == "", done


def alert_rules_are_sound():
    """conf/alerts.yml by Prometheus' own tool, and by names that exist."""
    rules = os.path.join(SOURCE, "conf", "alerts.yml")
    web = Web()
    with Lab(settings=web.settings) as lab:
        for path in (rules, os.path.join(SOURCE, "tests", "prometheus",
                                         "alerts.test.yml")):
            shutil.copy(path, lab.dir)
        for words in (["check", "rules", "alerts.yml"],
                      ["test", "rules", "alerts.test.yml"]):
            done = subprocess.run(["promtool", *words], cwd=lab.dir,
                                  text=True, capture_output=True)
            assert done.returncode == 0, done
        lab.sim("hangup modem1")
        with open(rules) as file:
            names = set(re.findall(r"baotin_[a-z_]+", file.read()))
        text = web.get("/metrics")[1]
        for name in names:
            assert f"# TYPE {name} " in text, name
        assert len(names) > 5, names


def health_says_what_can_be_sent():
    web = Web()
    with Lab(settings=web.settings) as lab:
        status, text, headers = web.get("/health/live")
        assert (status, json.loads(text)) == (200, {"status": "pass"})
        assert headers["Content-Type"] == "application/health+json"
        assert web.get("/health/ready")[0] == 200
        assert web.json("/health/ready")["status"] == "pass"
        lab.sim("hangup modem1")
        wait(lambda: web.get("/health/ready")[0] == 503, "nothing to send by")
        ready = web.json("/health/ready")
        assert ready["status"] == "fail", ready
        assert ready["checks"]["modem:modem1"][0]["status"] == "warn", ready
        assert ready["checks"]["redis"][0]["status"] == "pass", ready
        assert web.get("/health/live")[0] == 200
        lab.sim("plug modem1")
        wait(lambda: web.get("/health/ready")[0] == 200, "the modem")
        lab.kill("redis")
        wait(lambda: web.get("/health/ready")[0] == 503, "Redis to be missed")
        assert "NOT SENDING" in web.get("/?lang=en")[1].upper()
        assert "Redis" in web.get("/?lang=en")[1]


def page_tells_in_both_languages_and_hides_numbers():
    web = Web()
    with Lab(modems=2, settings=web.settings) as lab:
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.sim("hangup modem2")
        wait(lambda: lab.usable_modems() == 1, "one modem less")

        def vietnamese():
            text = web.get("/", **{"Accept-Language": "vi,en;q=0.5"})[1]
            return "không thấy" in text and text
        text = wait(vietnamese, "the page to say so")
        assert "Đang gửi tin" in text and '<html lang="vi">' in text
        text = web.get("/", **{"Accept-Language": "en-GB,vi;q=0.5"})[1]
        assert "Sending" in text and '<html lang="en">' in text
        everything = text + web.get("/status.json")[1] + web.get("/metrics")[1]
        for word in (PHONE, PHONE[3:], CODE, "imsi", "iccid"):
            assert word not in everything, word
        for name in ("href", "src"):
            for link in re.findall(f'{name}="([^"]*)"', text):
                assert "//" not in link, link
        status = web.json("/status.json")
        assert [m["name"] for m in status["modems"]] == ["modem1", "modem2"]
        assert status["sending"] is True and status["why"] == ""


def who_is_let_in():
    with Lab(start=False) as lab:
        token = lab.path("token")
        with open(token, "w") as out:
            out.write("0123456789abcdef0123\n")
        web = Web(token_files=[token])
        lab.settings = web.settings
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        assert web.get("/")[0] == 401
        assert web.get("/metrics")[0] == 401
        assert web.get("/health/live")[0] == 200
        assert web.get("/", **{"X-Baotin-Token": "wrong"})[0] == 401
        good = {"X-Baotin-Token": "0123456789abcdef0123"}
        assert web.get("/", **good)[0] == 200
        assert web.get("/metrics", Authorization="Bearer " +
                       good["X-Baotin-Token"])[0] == 200
        assert web.get("/none", **good)[0] == 404
        assert web.get("/", method="POST", **good)[0] == 405
        status, text, _ = web.get("/", method="HEAD", **good)
        assert (status, text) == (200, "")
        # A name of somebody else's that leads to our address.
        assert web.get("/", Host="evil.example", **good)[0] == 421
        assert web.get("/", Host="localhost:1", **good)[0] == 200
        # Another token takes over at a reload.
        with open(token, "w") as out:
            out.write("another-token-of-length\n")
        lab.ctl("reload")
        assert web.get("/", **good)[0] == 401


def networks_that_are_not_allowed():
    web = Web(allow=["192.0.2.0/24"])
    with Lab(settings=web.settings):
        assert web.get("/health/live")[0] == 403


def a_port_that_is_taken_stops_no_text():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with Lab(settings={"admin": {"http": f"127.0.0.1:{port}"}}) as lab:
            lab.event(dossier=CODE, status=9, phone=PHONE)
            lab.wait_text(PHONE)
            assert "http_listen name=admin" in lab.log()


def many_who_look_cost_one():
    web = Web()
    with Lab(settings=web.settings) as lab:
        web.get("/metrics")
        before = lab.redis.info("commandstats")["cmdstat_fcall"]["calls"]
        for _ in range(50):
            assert web.get("/status.json")[0] == 200
        # Sweeps and heartbeats ask too; a look each would be 50 more.
        after = lab.redis.info("commandstats")["cmdstat_fcall"]["calls"]
        assert after - before < 40, after - before


os.environ.pop("http_proxy", None)
if __name__ == "__main__":
    run([metrics_of_every_modem_from_the_start,
         promtool_finds_nothing,
         alert_rules_are_sound,
         health_says_what_can_be_sent,
         page_tells_in_both_languages_and_hides_numbers,
         who_is_let_in,
         networks_that_are_not_allowed,
         a_port_that_is_taken_stops_no_text,
         many_who_look_cost_one])
