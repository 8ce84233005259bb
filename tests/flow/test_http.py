#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""USSD through an operator's HTTP gateway: the whole way from a telephone of
the simulated network to the dialogue and back, who is let in, and what
happens when something is missing."""

import http.client
import os
import signal
import socket
import subprocess
import time
import urllib.parse

from lab import PATIENCE, Lab, free_port, program, run, wait

PHONE = "+84912345678"
TOKEN = "first-token-of-24-octets"
OTHER = "other-token-of-24-octets"


class Front(Lab):
    """A lab whose daemon listens for USSD gateways; the simulated network is
    one."""

    def __init__(self, http=None, **more):
        super().__init__(modems=1, start=False, **more)
        self.port = free_port()
        self.http = http or {}

    def __enter__(self):
        super().__enter__()
        try:
            self.write_token("token", TOKEN)
            self.write_token("other", OTHER)
            self.start_redis()
            self.start_sim("--ussd-url", f"http://127.0.0.1:{self.port}/ussd",
                           "--ussd-token", self.path("token"))
            self.configure()
            self.start_daemon()
        except BaseException:
            self.__exit__(AssertionError, None, None)
            raise
        return self

    def write_token(self, name, token):
        with open(self.path(name), "w") as out:
            out.write(token + "\n")
        os.chmod(self.path(name), 0o600)

    def configure(self, lookup=None, **http):
        self.http.update(http)
        self.write_conf(lookup=lookup or {}, ussd={"http": {
            "listen": f"127.0.0.1:{self.port}",
            "token_files": [self.path("token"), self.path("other")],
            **self.http}})

    def post(self, text="", session="s1", phone=PHONE, token=TOKEN,
             path="/ussd", **more):
        """The answer's status and body."""
        fields = {"sessionId": session, "serviceCode": "*1022#",
                  "phoneNumber": phone, "networkCode": "45204",
                  "text": text, **more}
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        if token is not None:
            headers["X-Baotin-Token"] = token
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=30 * PATIENCE)
        connection.request("POST", path, urllib.parse.urlencode(
            {k: v for k, v in fields.items() if v is not None}), headers)
        answer = connection.getresponse()
        body = answer.read().decode()
        connection.close()
        return answer.status, body

    def phone(self, *lines, number=PHONE):
        done = subprocess.run(
            [program("baotin-sim"), "phone", "--dir", self.path("sim"),
             number], input="\n".join(lines) + "\n", capture_output=True,
            text=True, timeout=60 * PATIENCE)
        assert done.returncode == 0, done
        return done.stdout.splitlines()

    def dossier(self, code="H10.45-230515-0001", phone=PHONE, status=9,
                **more):
        self.event(dossier=code, status=status, phone=phone, notify=0,
                   **more)
        wait(lambda: self.redis.exists("baotin:dossier:" + code),
             "the record")

    def metric(self, name):
        stats = self.ctl("stats")
        rows = stats["metrics"] if isinstance(stats, dict) and \
            "metrics" in stats else stats
        if isinstance(rows, dict):
            return rows[name]
        return next(r["value"] for r in rows if r["name"] == name)


def from_a_telephone():
    with Front() as lab:
        lab.dossier(due="2026-12-01")
        lab.dossier(code="H10.45-230515-0777", phone="+84987654321")
        # The own list, a dossier, a text, the menu, the end.
        lines = lab.phone("*1022#", "1", "1", "0", "0")
        assert lines[0].startswith("ussd ask: ") and "0001" in lines[0]
        assert not any("0777" in line for line in lines), lines
        assert lines[-1].startswith("ussd end: "), lines
        lab.wait_text(PHONE)  # asked for above; it is none of the next lines
        # At once, with the code behind the service code.
        mine = lab.phone("*1022*2305150001#")
        assert len(mine) == 1 and "0001" in mine[0], mine
        others = lab.phone("*1022*2305150777#", number="+84900000009")
        unknown = lab.phone("*1022*2305159999#", number="+84900000008")
        assert others == unknown, (others, unknown)
        # The network tells each end.
        wait(lambda: lab.metric("baotin_ussd_http_ends_total") >= 4,
             "the ends")
        assert PHONE not in lab.log() and TOKEN not in lab.log()


def send_me_a_text():
    with Front() as lab:
        lab.dossier()
        lines = lab.phone("*1022*2305150001#", "1", "wait")
        assert any(line.startswith("sms from ") and "H10.45-230515-0001"
                   in line for line in lines), lines


def repeated_and_resumed():
    with Front() as lab:
        lab.dossier()
        first = lab.post("", session="a")
        assert first[0] == 200 and first[1].startswith("CON "), first
        again = lab.post("", session="a")
        assert again == first
        chosen = lab.post("1", session="a")
        assert chosen != first and chosen[1].startswith("CON "), chosen
        assert lab.post("1", session="a") == chosen
        # The line breaks, the phone dials anew: a new session.
        status, _ = lab.post(session="a", text=None, status="Failed")
        assert status == 200
        resumed = lab.post("", session="b")
        assert resumed != first and resumed[1].startswith("CON "), resumed
        assert lab.post("1", session="b")[1] == chosen[1]


def who_may_ask():
    with Front() as lab:
        good = lab.post()
        assert good[0] == 200, good
        assert lab.post(token=OTHER)[0] == 200
        for token in (None, "", "wrong", TOKEN[:-1], TOKEN + "x"):
            assert lab.post(token=token)[0] == 401, token
        assert lab.post(token=None, path="/ussd?token=" + TOKEN)[0] == 401
        assert lab.post(path="/")[0] == 404
        assert lab.post(phone="12345")[0] == 400
        assert lab.post(session="")[0] == 400
        assert lab.post(text="1" * 5000)[0] == 413
        # Rotation: a new one, the old one gone, in the query too.
        lab.write_token("token", "third-token-of-24-octets")
        lab.configure(token_in_query=True)
        lab.ctl("reload")
        assert lab.post()[0] == 401
        assert lab.post(token=OTHER)[0] == 200
        assert lab.post(token="third-token-of-24-octets")[0] == 200
        assert lab.post(token=None, path="/ussd?token=" + OTHER)[0] == 200
        # A token that can't be read: nothing is taken over.
        os.unlink(lab.path("token"))
        assert lab.ctl("reload", check=False) is None
        assert lab.post(token="third-token-of-24-octets")[0] == 200
        lab.write_token("token", TOKEN)
        lab.configure(allow=["10.0.0.0/8", "127.0.0.2"])
        lab.ctl("reload")
        assert lab.post()[0] == 403
        assert lab.metric("baotin_ussd_http_refused_total") >= 8
        for secret in (TOKEN, OTHER, "third-token", "wrong"):
            assert secret not in lab.log(), secret


def lookups_switched_off():
    with Front() as lab:
        lab.dossier()
        lab.configure(lookup={"enabled": False})
        lab.ctl("reload")
        status, body = lab.post()
        assert status == 200 and body.startswith("END "), body
        lab.configure()
        lab.ctl("reload")
        assert lab.post()[1].startswith("CON ")


def redis_is_away():
    with Front() as lab:
        lab.dossier()
        assert lab.post("", session="a")[1].startswith("CON ")
        # It does not answer: a polite end, in time.
        lab.children["redis"].send_signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            status, body = lab.post("", session="b")
            assert status == 200 and body.startswith("END "), body
            assert time.monotonic() - began < 2 * PATIENCE
        finally:
            lab.children["redis"].send_signal(signal.SIGCONT)
        lab.kill("redis")
        status, body = lab.post("", session="c")
        assert status == 200 and body.startswith("END "), body
        lab.start_redis()
        wait(lambda: lab.post("", session="d")[1].startswith("CON "),
             "the dialogue again")


def how_it_does_not_start():
    with Front() as lab:
        lab.stop("baotind")
        with socket.socket() as taken:
            taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(("127.0.0.1", lab.port))
            taken.listen()
            lab.start_daemon(ready=False)
            child = lab.children.pop("baotind")
            assert child.wait(30 * PATIENCE) == 1
        assert "ussd.http.listen" in lab.log()
        assert f"127.0.0.1:{lab.port}" in lab.log()
        os.unlink(lab.path("other"))
        done = subprocess.run(
            [program("baotind"), "-t", "-c", lab.path("baotin.conf")],
            capture_output=True, text=True,
            env=dict(os.environ, BAOTIN_WORKER=lab.worker()))
        assert done.returncode == 2, done
        assert lab.path("other") in done.stderr, done.stderr
        # Off, nobody listens.
        lab.write_token("other", OTHER)
        lab.configure(listen="")
        lab.start_daemon()
        try:
            lab.post()
            raise AssertionError("somebody listens")
        except ConnectionRefusedError:
            pass
        # Another address needs a restart, and says so.
        lab.configure(listen=f"127.0.0.1:{lab.port}")
        assert lab.ctl("reload", check=False) is None


def rude_clients():
    with Front() as lab:
        idle = [socket.create_connection(("127.0.0.1", lab.port))
                for _ in range(50)]
        for number, sock in enumerate(idle):
            sock.sendall([b"", b"POST /us", b"\0\xff\r\n\r\n",
                          b"POST /ussd HTTP/1.1\r\nContent-Length: 99\r\n"
                          b"\r\nsess"][number % 4])
        assert lab.post()[0] == 200
        for sock in idle:
            sock.close()
        assert lab.post()[0] == 200
        lab.stop("baotind")


run([from_a_telephone, send_me_a_text, repeated_and_resumed, who_may_ask,
     lookups_switched_off, redis_is_away, how_it_does_not_start,
     rude_clients])
