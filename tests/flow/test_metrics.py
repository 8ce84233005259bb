#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.9: metrics with labels that are there from the start, histograms, and
the dashboard and alert rules that name them."""

import json
import os
import re
import subprocess

from lab import SOURCE, Lab, run, wait
from test_admin_http import CODE, PHONE, Web

POOLS = [{"name": "south", "modems": ["modem1"]},
         {"name": "north", "modems": ["modem2"]}]
OUTCOMES = ("queued", "sending", "sent", "delivered", "undelivered",
            "no_report", "failed", "expired", "cancelled", "suppressed",
            "superseded", "retried", "resent", "unknown")
DASHBOARD = os.path.join(SOURCE, "contrib", "grafana-baotin.json")
RULES = os.path.join(SOURCE, "conf", "alerts.yml")


def issue12_9_every_label_is_there_from_the_start():
    web = Web()
    with Lab(modems=2, settings={**web.settings, "pools": POOLS}):
        seen = wait(lambda: web.metrics().get("baotin_sending") == 1 and
                    web.metrics(), "a gateway that sends")
        for pool in ("south", "north", "none"):
            for outcome in OUTCOMES:
                assert seen[f'baotin_messages_total{{pool="{pool}",'
                            f'outcome="{outcome}"}}'] == 0, outcome
            assert seen['baotin_queue_wait_seconds_count'
                        f'{{pool="{pool}"}}'] == 0
        for modem in ("modem1", "modem2"):
            for code in (1, 8, 21, 38, 42, 50, 111, 193, 304, 500):
                assert seen[f'baotin_modem_errors_total{{modem="{modem}",'
                            f'family="cms",code="{code}"}}'] == 0, code
            for word in ("no_prompt", "silent"):
                assert seen[f'baotin_modem_errors_total{{modem="{modem}",'
                            f'family="word",code="{word}"}}'] == 0, word
            assert seen[f'baotin_modem_reports_total{{modem="{modem}"}}'] == 0
            assert seen[f'baotin_modem_usable{{modem="{modem}"}}'] == 1
        for front in ("sms", "call", "modem", "http", "ctl"):
            assert seen['baotin_lookup_duration_seconds_count'
                        f'{{front="{front}"}}'] == 0, front
        kinds = {name: n for name, n in seen.items()
                 if name.startswith("baotin_alarms_raised{")}
        assert len(kinds) > 20 and kinds[
            'baotin_alarms_raised{alarm="modem_down"}'] == 0, kinds
        # Not a number of a modem or network that has no row of its own.
        assert not any('code="-1"' in name for name in seen)


def issue12_9_what_happens_is_counted_by_its_labels():
    web = Web()
    with Lab(modems=2, settings={**web.settings, "pools": POOLS}) as lab:
        lab.sim("fail modem1 cms=42 count=1")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.sim(f"sms modem1 {PHONE} TC")
        lab.wait_text(PHONE, 2)

        def counts():
            seen = web.metrics()
            return seen.get('baotin_lookup_duration_seconds_count'
                            '{front="sms"}') == 1 and seen
        seen = wait(counts, "the lookup's time")
        assert seen['baotin_modem_errors_total{modem="modem1",family="cms",'
                    'code="42"}'] == 1
        wait(lambda: web.metrics()['baotin_messages_total{pool="south",'
                                   'outcome="sent"}'] >= 2, "both texts")
        seen = web.metrics()
        assert seen['baotin_messages_total{pool="south",outcome="retried"}'] \
            == 1
        assert seen['baotin_messages_total{pool="north",outcome="sent"}'] == 0
        assert seen['baotin_queue_wait_seconds_count{pool="south"}'] == 2
        assert seen['baotin_queue_wait_seconds_bucket{pool="south",le="60"}'] \
            == 2
        assert seen['baotin_modem_reports_total{modem="modem1"}'] >= 1
        sums = sum(n for name, n in seen.items() if name.startswith(
            "baotin_messages_total") and 'outcome="sent"' in name)
        assert sums == seen["baotin_messages_sent_total"], sums
        done = subprocess.run(["promtool", "check", "metrics"], text=True,
                              input=web.get("/metrics")[1],
                              capture_output=True)
        assert done.returncode == 0 and done.stdout + done.stderr == "", done


def expressions():
    """(panel or variable, PromQL) of the dashboard."""
    with open(DASHBOARD) as file:
        board = json.load(file)
    for panel in board["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in board["templating"]["list"]:
        found = re.match(r"label_values\((.*), (\w+)\)$",
                         str(variable.get("definition", "")))
        if found:
            yield (variable["name"],
                   f"sum by ({found.group(2)}) ({found.group(1)})")


def kinds_of(text):
    """{metric: its labels} of /metrics, histograms by their own name."""
    out = {name: set() for name in re.findall(r"# TYPE (\S+) ", text)}
    for name, labels in re.findall(r"^(baotin_\w+)\{(.*)\} ", text, re.M):
        base = re.sub("_(bucket|sum|count)$", "", name)
        out[name if name in out else base] |= set(
            re.findall(r'(\w+)="', labels))
    return out


def issue12_9_dashboard_and_alerts_name_what_there_is():
    web = Web()
    with Lab(settings=web.settings, modem={"limits": {"day": 9}}) as lab:
        wait(lambda: web.metrics().get("baotin_sending") == 1, "the metrics")
        kinds = kinds_of(web.get("/metrics")[1])
        lab.sim("hangup modem1")
        wait(lambda: "baotin_alarm{" in web.get("/metrics")[1] or
             web.metrics().get("baotin_sending") == 0, "trouble")
        for name, labels in kinds_of(web.get("/metrics")[1]).items():
            kinds.setdefault(name, set()).update(labels)
        with open(RULES) as file:
            rules = file.read()
        found = dict(expressions())
        assert len(found) > 12, found
        for where, text in [("alerts.yml", rules), *found.items()]:
            for name in re.findall(r"baotin_\w+", text):
                base = re.sub("_(bucket|sum|count)$", "", name)
                assert name in kinds or base in kinds, (where, name)
        for where, text in found.items():
            names = re.findall(r"baotin_\w+", text)
            labels = {"instance", "job", "le"}.union(
                *(kinds.get(n) or kinds.get(re.sub("_bucket$", "", n)) or ()
                  for n in names))
            used = re.findall(r"(\w+)=~?\"", text)
            for by in re.findall(r"by \(([^)]*)\)", text):
                used += [word.strip() for word in by.split(",")]
            for label in used:
                assert label in labels, (where, label, text)


def issue12_9_dashboard_is_sound():
    """As JSON that Grafana takes, and its questions by Prometheus' own
    tool."""
    with open(DASHBOARD) as file:
        board = json.load(file)
    assert board["title"] and board["uid"] and board["schemaVersion"] >= 36
    assert board["id"] is None if "id" in board else True
    ids = [panel["id"] for panel in board["panels"]]
    assert len(set(ids)) == len(ids)
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24, panel["title"]
        assert panel["targets"] and panel["title"] and panel["type"]
    rules = [{"record": f"check:{i}", "expr": re.sub(
        r"\$__rate_interval", "5m", re.sub(r"\$(instance|modem)", ".*",
                                           expr))}
             for i, (_, expr) in enumerate(expressions())]
    with Lab(start=False) as lab:
        with open(lab.path("rules.yml"), "w") as out:
            json.dump({"groups": [{"name": "check", "rules": rules}]}, out)
        done = subprocess.run(["promtool", "check", "rules",
                               lab.path("rules.yml")], text=True,
                              capture_output=True)
        assert done.returncode == 0, done


os.environ.pop("http_proxy", None)
if __name__ == "__main__":
    run([issue12_9_every_label_is_there_from_the_start,
         issue12_9_what_happens_is_counted_by_its_labels,
         issue12_9_dashboard_and_alerts_name_what_there_is,
         issue12_9_dashboard_is_sound])
