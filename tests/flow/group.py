# SPDX-License-Identifier: GPL-2.0-or-later
"""A master, replicas and sentinels on loopback, for the tests of a lab."""

import socket

import redis as redis_client

from lab import REDIS_SERVER, wait


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Group:
    """A master, replicas and sentinels on loopback, in a lab's folder."""

    def __init__(self, lab, replicas=1, sentinels=1, down_after_ms=700):
        self.lab, self.down_after_ms = lab, down_after_ms
        self.servers = {}
        master = self.start_server("r0")
        for i in range(1, replicas + 1):
            self.start_server(f"r{i}", "--replicaof", "127.0.0.1",
                              str(master))
        self.sentinels = []
        for i in range(sentinels):
            self.sentinels.append(self.start_sentinel(f"s{i}", master))
        lab.redis = self.client(master)
        if replicas:
            wait(lambda: len(self.known_replicas()) >= replicas,
                 "the sentinel to know the replicas")

    def client(self, port):
        return redis_client.Redis(port=port, decode_responses=True)

    def start_server(self, name, *words, port=None):
        for _ in range(20):
            mine = port or free_port()
            child = self.lab.spawn(name, [
                REDIS_SERVER, "--port", str(mine), "--bind", "127.0.0.1",
                "--dir", self.lab.dir, "--save", "", "--appendonly", "no",
                "--dbfilename", name + ".rdb", "--repl-diskless-sync-delay",
                "0", *words])
            if self.answers(child, mine):
                self.servers[mine] = name
                return mine
            self.lab.kill(name)
        raise AssertionError("no free port for " + name)

    def answers(self, child, port):
        def look():
            if child.poll() is not None:
                return "dead"
            try:
                return self.client(port).ping() and "up"
            except redis_client.exceptions.BusyLoadingError:
                return None
            except redis_client.exceptions.RedisError:
                return None
        return wait(look, "a redis-server") == "up"

    def start_sentinel(self, name, master):
        for _ in range(20):
            port = free_port()
            path = self.lab.path(name + ".conf")
            with open(path, "w") as out:
                out.write(f"""port {port}
bind 127.0.0.1
dir {self.lab.dir}
sentinel monitor mymaster 127.0.0.1 {master} 1
sentinel down-after-milliseconds mymaster {self.down_after_ms}
sentinel failover-timeout mymaster 4000
""")
            child = self.lab.spawn(name, [REDIS_SERVER, path, "--sentinel"])
            if self.answers(child, port):
                return port
            self.lab.kill(name)
        raise AssertionError("no free port for " + name)

    def known_replicas(self):
        sentinel = self.client(self.sentinels[-1])
        rows = sentinel.execute_command("SENTINEL", "REPLICAS", "mymaster")
        if rows and not isinstance(rows[0], dict):
            rows = [dict(zip(r[::2], r[1::2])) for r in rows]
        return [r for r in rows if "down" not in r["flags"] and
                r.get("master-link-status") == "ok"]

    def master(self):
        answer = self.client(self.sentinels[-1]).execute_command(
            "SENTINEL", "GET-MASTER-ADDR-BY-NAME", "mymaster")
        return int(answer[1])


def write_conf(lab, ports, **more):
    """The lab's configuration, with sentinels instead of an address."""
    path = lab.write_conf(redis={
        "master": "mymaster", "address": "",
        "sentinels": [f"127.0.0.1:{p}" for p in ports]}, **more)
    with open(path) as text:
        lines = text.read().replace('address = "";', "")
    with open(path, "w") as out:
        out.write(lines)
    return path
