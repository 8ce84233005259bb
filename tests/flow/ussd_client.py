# SPDX-License-Identifier: GPL-2.0-or-later
"""What test_guessing.py and bench/guessing.py share: a lab whose daemon
listens for USSD gateways, and a client on one kept connection that is quick
enough for thousands of questions."""

import os
import socket
import time

from lab import PATIENCE, Lab, free_port, wait

TOKEN = "guess-token-of-24-octets"


class UssdLab(Lab):
    def __init__(self, lookup=None, **more):
        super().__init__(modems=1, start=False, **more)
        self.port = free_port()
        self.lookup = lookup or {}

    def __enter__(self):
        super().__enter__()
        try:
            with open(self.path("token"), "w") as out:
                out.write(TOKEN + "\n")
            os.chmod(self.path("token"), 0o600)
            self.start_redis()
            self.start_sim()
            self.write_conf(lookup=self.lookup, log={"level": "info"}, ussd={
                "http": {"listen": f"127.0.0.1:{self.port}",
                         "token_files": [self.path("token")]}})
            self.start_daemon()
        except BaseException:
            self.__exit__(AssertionError, None, None)
            raise
        return self

    def dossiers(self, n, phone, id4, stem="230515"):
        """Dossiers H10.45-<stem>-0000 and on; phone and id4: by number."""
        pipe = self.redis.pipeline(transaction=False)
        for i in range(n):
            pipe.xadd("baotin:events", {
                "dossier": f"H10.45-{stem}-{i:04d}", "status": 4,
                "phone": phone(i), "id4": id4(i), "notify": 0})
        pipe.execute()
        wait(lambda: self.redis.exists(f"baotin:dossier:H10.45-{stem}-"
                                       f"{n - 1:04d}"), "the dossiers", 60)


class Client:
    """A USSD gateway with one connection."""

    def __init__(self, port):
        self.sock = socket.create_connection(("127.0.0.1", port),
                                             timeout=30 * PATIENCE)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sessions = 0
        self.took = 0.0

    def close(self):
        self.sock.close()

    def dial(self, phone, typed=""):
        """A new session; the screen."""
        self.sessions += 1
        body = (f"sessionId=c{id(self)}-{self.sessions}&"
                f"serviceCode=%2A1022%23&phoneNumber=%2B{phone[1:]}&"
                f"networkCode=45204&text={typed}")
        request = ("POST /ussd HTTP/1.1\r\nHost: x\r\n"
                   f"X-Baotin-Token: {TOKEN}\r\nContent-Type: "
                   "application/x-www-form-urlencoded\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n{body}").encode()
        began = time.perf_counter()
        self.sock.sendall(request)
        data = b""
        while True:
            more = self.sock.recv(4096)
            assert more, "the connection ended"
            data += more
            head, _, rest = data.partition(b"\r\n\r\n")
            at = head.find(b"Content-Length: ")
            if at >= 0 and len(rest) >= int(
                    head[at + 16:].split(b"\r", 1)[0]):
                break
        self.took = time.perf_counter() - began
        assert head.startswith(b"HTTP/1.1 200 "), data
        return rest.decode()
