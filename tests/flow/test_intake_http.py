#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Events by HTTP (issue 13.4): POST /events, for software without a Redis
client."""

import http.client
import json
import os
import socket

from lab import Lab, free_port, run, wait

PHONE = "+84912345678"
EVENT = {"dossier": "H10.45-230515-0001", "status": 9, "phone": "0912345678",
         "event": "slip-71"}


TOKEN = "producers-token-of-28-octets"


class PostLab(Lab):
    def __init__(self, settings=None, **more):
        super().__init__(**more)
        self.port = free_port()
        with open(self.path("token"), "w") as out:
            out.write(TOKEN + "\n")
        os.chmod(self.path("token"), 0o600)
        self.settings = {"intake": {"http": {
            "listen": f"127.0.0.1:{self.port}",
            "token_files": [self.path("token")]}}, **(settings or {})}

    def post(self, body, token=TOKEN,
             kind="application/json", method="POST", path="/events"):
        """(status, the answer as an object)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port,
                                                timeout=20)
        headers = {"Content-Type": kind} if kind else {}
        if token:
            headers["X-Baotin-Token"] = token
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        connection.request(method, path, data.encode() if
                           isinstance(data, str) else data, headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None


def issue13_4_one_event_becomes_a_text():
    with PostLab() as lab:
        status, answer = lab.post(EVENT)
        assert status == 200 and (answer["taken"], answer["refused"]) == (
            1, 0), answer
        assert "H10.45-230515-0001" in lab.wait_text(PHONE)
        entry = answer["items"][0]["entry"]
        receipt = lab.wait_receipt(state="queued")
        assert receipt["event"] == entry, (receipt, entry)
        # The same event again: one notice.
        status, answer = lab.post([EVENT, EVENT])
        assert (status, answer["taken"]) == (200, 2), answer
        wait(lambda: len(lab.receipts(reason="duplicate")) == 2, "both")
        assert len(lab.texts()) == 1


def issue13_4_each_item_has_its_answer():
    with PostLab() as lab:
        bad = [{**EVENT, "status": 12}, {"status": 9}, 7, [],
               {**EVENT, "phone": "12"}, {**EVENT, "id4": 12}]
        status, answer = lab.post(bad)
        assert status == 422 and answer["taken"] == 0, answer
        assert [(i["field"], i["error"]) for i in answer["items"]] == [
            ("status", "status_unknown"), ("dossier", "missing"),
            ("json", "json_type"), ("json", "json_type"),
            ("phone", "phone_short"), ("id4", "not_4_digits")], answer
        status, answer = lab.post([bad[0], EVENT, bad[1]])
        assert status == 207, answer
        assert (answer["taken"], answer["refused"]) == (1, 2), answer
        assert "entry" in answer["items"][1], answer
        lab.wait_text(PHONE)
        assert lab.rejected() == [], "nothing refused is in the stream"


def issue13_4_what_is_no_request_of_this_kind():
    with PostLab() as lab:
        huge = json.dumps([EVENT] * 501)
        cases = [
            (lab.post(EVENT, token=None), 401),
            (lab.post(EVENT, token="another-token-of-28-octets.."), 401),
            (lab.post(EVENT, path="/other"), 404),
            (lab.post("", method="GET"), 405),
            (lab.post(EVENT, kind="text/plain"), 415),
            (lab.post(EVENT, kind=None), 415),
            (lab.post("{\"dossier\": "), 400),
            (lab.post("[]"), 400),
            (lab.post('{"status": 9, "status": 4, "dossier": "H10.45-1"}'),
             400),
            (lab.post(b'{"dossier": "\xff"}'), 400),
            (lab.post(huge[:40000]), 400),
        ]
        for (status, answer), want in cases:
            assert status == want and "error" in answer, (status, answer)
        short = [{"dossier": f"H10.45-{i}", "status": 4} for i in range(501)]
        status, answer = lab.post(short)
        assert status == 413 and "several requests" in answer["error"], answer
        assert lab.redis.xlen("baotin:receipts") == 0
        assert TOKEN not in lab.log(), "no token is in a log"


def issue13_4_redis_away_says_send_again():
    with PostLab() as lab:
        lab.kill("redis")
        wait(lambda: lab.ctl("status")["redis"]["state"] == "down", "loss")
        status, answer = lab.post(EVENT)
        assert status == 503 and "again" in answer["error"], answer
        lab.start_redis()
        wait(lambda: lab.ctl("status")["redis"]["state"] == "up", "Redis")
        status, answer = wait(lambda: [a for a in [lab.post(EVENT)]
                                       if a[0] == 200], "taken")[0]
        assert answer["taken"] == 1
        lab.wait_text(PHONE)


def issue13_4_many_at_once():
    """As many as a request may hold, and all are taken once."""
    n = 400
    with PostLab(settings={"notices": {"flood_factor": 0}}) as lab:
        items = [{"dossier": f"H10.45-230515-{i:04d}", "status": 4}
                 for i in range(n)]
        status, answer = lab.post(items)
        assert status == 200 and answer["taken"] == n, answer
        wait(lambda: len(lab.receipts(state="suppressed")) == n, "all")
        assert len({i["entry"] for i in answer["items"]}) == n


def issue13_4_cut_requests_take_nothing():
    """Connections that end in the middle, at every step."""
    body = json.dumps(EVENT).encode()
    request = (b"POST /events HTTP/1.1\r\nHost: x\r\nX-Baotin-Token: " +
               TOKEN.encode() + b"\r\nContent-Type: application/json\r\n"
               b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" +
               body)
    with PostLab() as lab:
        for cut in range(0, len(request) - 1, 7):
            with socket.create_connection(("127.0.0.1", lab.port)) as peer:
                peer.sendall(request[:cut])
        assert lab.post(EVENT)[0] == 200
        lab.wait_text(PHONE)
        assert len(lab.receipts(state="queued")) == 1


run([
    issue13_4_one_event_becomes_a_text,
    issue13_4_each_item_has_its_answer,
    issue13_4_what_is_no_request_of_this_kind,
    issue13_4_redis_away_says_send_again,
    issue13_4_many_at_once,
    issue13_4_cut_requests_take_nothing,
])
