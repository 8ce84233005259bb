#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""`baotin-sim phone`: a citizen's telephone, led by a script and by hand on a
terminal, with a small application of this test's own behind the service
code."""

import http.server
import json
import os
import pty
import re
import select
import socket
import subprocess
import threading
import time
import urllib.parse

from lab import PATIENCE, Lab, program, run, wait

PHONE = "+84912345678"


class Application(http.server.ThreadingHTTPServer):
    """What an office's USSD service would be: echoes the input, ends on 0."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def url(self):
        return f"http://127.0.0.1:{self.server_port}/ussd"


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        size = int(self.headers["Content-Length"])
        form = dict(urllib.parse.parse_qsl(
            self.rfile.read(size).decode(), keep_blank_values=True))
        form["token"] = self.headers.get("X-Baotin-Token")
        self.server.asked.append(form)
        text = form.get("text", "")
        status, answer = 200, "CON Đã gõ <" + text + ">\n0.Thoát"
        if "status" in form:
            answer = ""
        elif text.endswith("7"):
            status = 500
        elif text.endswith("0"):
            answer = "END Tạm biệt"
        body = answer.encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


class World:
    """A simulator with the application behind *1022#; no daemon."""

    def __enter__(self):
        self.application = Application()
        self.lab = Lab(start=False)
        self.lab.__enter__()
        with open(self.lab.path("token"), "w") as out:
            out.write("secret-1\n")
        self.lab.start_sim("--ussd-url", self.application.url(),
                           "--ussd-token", self.lab.path("token"))
        return self

    def __exit__(self, *why):
        self.application.shutdown()
        self.application.server_close()
        self.lab.__exit__(*why)

    def phone(self, *lines, number="0912345678", options=(), status=0):
        done = subprocess.run(
            [program("baotin-sim"), "phone", "--dir", self.lab.path("sim"),
             *options, number], input="\n".join(lines) + "\n",
            capture_output=True, text=True, timeout=60 * PATIENCE)
        assert done.returncode == status, done
        self.stderr = done.stderr
        return done.stdout.splitlines()

    def asked(self, n):
        return wait(lambda: self.application.asked[n:n + 1],
                    f"request {n}")[0]


def dialogue_with_an_application():
    with World() as world:
        assert world.phone("*1022#", "1", "23", "0") == [
            "ussd ask: Đã gõ <> / 0.Thoát",
            "ussd ask: Đã gõ <1> / 0.Thoát",
            "ussd ask: Đã gõ <1*23> / 0.Thoát",
            "ussd end: Tạm biệt"]
        first, second = world.asked(0), world.asked(1)
        assert first["text"] == "" and first["token"] == "secret-1", first
        assert first["serviceCode"] == "*1022#", first
        assert first["phoneNumber"] == PHONE, first
        assert second["sessionId"] == first["sessionId"], second
        end = world.asked(4)
        assert end["status"] == "Success" and end["hopsCount"] == "4", end
        assert end["sessionId"] == first["sessionId"], end
        assert end["input"] == "1*23*0", end
        # Direct dial, and leaving in the middle.
        assert world.phone("*1022*2305*1#", "cancel") == [
            "ussd ask: Đã gõ <2305*1> / 0.Thoát"]
        assert world.asked(6)["status"] == "Incomplete"


def what_goes_wrong():
    with World() as world:
        assert world.phone("*1022#", "7", status=1) == [
            "ussd ask: Đã gõ <> / 0.Thoát", "ussd error: http_500"]
        assert world.phone("*99#", status=1) == ["ussd error: unknown_code"]
        world.phone("reply", status=1)
        assert "what is that" in world.stderr, world.stderr
        world.phone("cancel", status=1)
        assert "no dialogue" in world.stderr, world.stderr
        world.phone("*10x#", status=1)
        assert "digits" in world.stderr, world.stderr
        world.phone("wait", options=("--timeout", "0"), status=1)
        assert "no text came" in world.stderr, world.stderr
        world.phone("sms 0999999999 TC", status=1)
        assert "0999999999" in world.stderr, world.stderr
        world.application.shutdown()
        world.application.server_close()
        assert world.phone("*1022#", status=1) == ["ussd error: no_answer"]
        world.phone("help", number="-x", status=2)


def operators_own_menu():
    with World() as world:
        world.lab.sim("balance *100# '1.Data 2.Goi'")
        world.lab.sim("balance *100#/2 '100 phut'")
        assert world.phone("dial *100#", "2", "*101#") == [
            "ussd ask: 1.Data 2.Goi", "ussd end: 100 phut",
            "ussd end: TK goc: 45.200d, HSD 31/12/2027. TK KM: 0d."]


def texts_and_calls():
    with World() as world, \
            open(os.path.join(world.lab.path("sim"), "modem1"), "r+b",
                 buffering=0) as modem:
        def at(command, end=b"OK\r\n"):
            modem.write(command)
            data = b""
            while end not in data:
                assert select.select([modem], [], [], 30 * PATIENCE)[0], data
                data += modem.read(4096)
            return data

        at(b"ATE0\r")
        at(b"AT+CNMI=2,1,0,1,0\r")
        # From phone to modem, by its number.
        child = subprocess.Popen(
            [program("baotin-sim"), "phone", "--dir", world.lab.path("sim"),
             PHONE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            text=True)
        child.stdin.write("sms 0928880001 TC 0001\ncall modem1 5\nwait\n")
        child.stdin.close()
        assert b"+CMTI" in at(b"", b"RING\r\n")
        at(b"AT+CHUP\r")
        assert child.stdout.readline() == "call: rejected\n"
        # And back: an SMS-SUBMIT "xin chao" in GSM-7.
        at(b"AT+CMGS=20\r", b"> ")
        at(b"0001000B914819325476F8000008" + septets("xin chao") + b"\x1a")
        assert child.stdout.readline() == \
            "sms from +84928880001: xin chao\n"
        child.stdout.close()
        assert child.wait(30 * PATIENCE) == 0
        assert world.phone("inbox") == ["sms from +84928880001: xin chao"]
        assert "rejected" not in world.phone("call modem1 1")[0]


def septets(text):
    bits = sum(ord(char) << (7 * i) for i, char in enumerate(text))
    return bits.to_bytes((7 * len(text) + 7) // 8,
                         "little").hex().upper().encode()


def on_a_terminal():
    with World() as world:
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.pop("NO_COLOR", None)
            os.execv(program("baotin-sim"), [
                "baotin-sim", "phone", "--dir", world.lab.path("sim"),
                PHONE])
        seen = b""

        def until(text):
            nonlocal seen
            deadline = time.monotonic() + 30 * PATIENCE
            while text.encode() not in seen:
                left = deadline - time.monotonic()
                assert select.select([fd], [], [], max(left, 0))[0], \
                    (text, seen)
                seen += os.read(fd, 65536)
            at = seen.index(text.encode()) + len(text.encode())
            before, seen = seen[:at], seen[at:]
            return before.decode(errors="replace")

        until("> ")
        os.write(fd, b"*1022#\n")
        screen = until("[________]")
        assert "┌─ USSD" in screen and "Đã gõ <>" in screen, screen
        assert "\033[36m" in screen, screen
        os.write(fd, b"0\n")
        until("Tạm biệt")
        # A mistake is told and does not end it.
        os.write(fd, b"nonsense\n")
        until("what is that")
        # What an escape sequence in a text would do, it does not.
        world.lab.sim("balance *100# '\033[2Jx'")
        os.write(fd, b"*100#\n")
        assert "\033[2J" not in until("[2Jx")
        os.write(fd, b"quit\n")
        until("\n")
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        os.close(fd)


def frames_and_long_lines():
    with World() as world:
        text = "Mời ông bà đến Một cửa nhận kết quả trong giờ làm việc " * 2
        world.lab.sim("balance *100# '" + text.strip() + "'")
        lines = world.phone("*100#", options=("--frames",))
        assert lines[0] == "  > *100#", lines
        assert lines[1].startswith("  ┌─ USSD"), lines
        assert len({len(line) for line in lines[1:]}) == 1, lines
        inside = " ".join(re.sub(r"^  │ (.*) │$", r"\1", line).strip()
                          for line in lines[2:-1])
        assert inside == text.strip(), inside


def others_hear_nothing():
    with World() as world:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect(world.lab.path("sim", "sim.sock"))
            sock.sendall(b"listen\nlisten 0987654321\n")
            file = sock.makefile()
            assert not json.loads(file.readline())["ok"]
            assert json.loads(file.readline())["phone"] == "+84987654321"
            world.phone("*101#")
            sock.sendall(b"dial 0987654321 *101#\n")
            first = json.loads(file.readline())
            assert first.get("event") == "ussd", first
            assert json.loads(file.readline())["ok"]


run([dialogue_with_an_application, what_goes_wrong, operators_own_menu,
     texts_and_calls, on_a_terminal, frames_and_long_lines,
     others_hear_nothing])
