#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""How many USSD requests by HTTP a second, and how long each takes: a load
program keeps so many connections busy with dialogues, every one a session of
its own, of many phones in turns. Prints requests a second, p50 and p99, the
daemon's memory before and after every part, and for scale what
redis-benchmark does with GET on the same Redis right after.

    top_builddir=build bench/ussd_http.py [DIALOGUES [CONNECTIONS [TEXT...]]]

TEXT: the field "text" of each request of a dialogue; default: dial, the
first choice, back, the end. Half of the phones have a dossier and see it.
Needs the built programs, gcc and redis-server.
"""

import json
import os
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__),
                                "..", "tests", "flow"))
os.environ.setdefault("top_srcdir",
                      os.path.join(os.path.dirname(__file__), ".."))
from lab import SOURCE, Lab, free_port, wait  # noqa: E402

TOKEN = "bench-token-of-24-octets"
PARTS = 10
FIRST_PHONE = 900000000
PHONES = 20000


def build_load(lab):
    program = lab.path("ussd_load")
    subprocess.run([os.environ.get("CC", "gcc"), "-O2", "-D_GNU_SOURCE",
                    "-o", program,
                    os.path.join(SOURCE, "bench", "ussd_load.c")], check=True)
    return program


def memory_kb(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) for line in status
                    if line.startswith("VmRSS"))


def cpu_s(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def redis_get(lab):
    if shutil.which("redis-benchmark") is None:
        return "no redis-benchmark here"
    done = subprocess.run(
        ["redis-benchmark", "-s", lab.path("redis.sock"), "-t", "get", "-c",
         "64", "-n", "100000", "-q"], capture_output=True, text=True)
    return done.stdout.replace("\r", "\n").strip().splitlines()[-1].strip()


def tell(what, seen):
    print(f"{what}: {seen['requests']} requests in {seen['seconds']:.1f} s, "
          f"{seen['per_second']:.0f} a second, p50 {seen['p50_ms']} ms, "
          f"p99 {seen['p99_ms']} ms, slowest {seen['max_ms']} ms; "
          f"CON {seen['con']}, END {seen['end']}, other {seen['other']}, "
          f"not 200 {seen['not_200']}, broken {seen['broken']}", flush=True)


def main():
    dialogues = int(sys.argv[1]) if len(sys.argv) > 1 else 20000
    connections = int(sys.argv[2]) if len(sys.argv) > 2 else 64
    texts = sys.argv[3:] or ["", "1", "1*0", "1*0*0"]
    port = free_port()
    lab = Lab(modems=1, start=False, settings={
        "log": {"level": "warning"},
        "lookup": {"limits": {"ten_minutes": 1000, "day": 10000}},
        "ussd": {"http": {"listen": f"127.0.0.1:{port}",
                          "token_files": ["@TOKEN@"]}}})
    with lab:
        lab.settings["ussd"]["http"]["token_files"] = [lab.path("token")]
        with open(lab.path("token"), "w") as out:
            out.write(TOKEN + "\n")
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        pipe = lab.redis.pipeline(transaction=False)
        for i in range(PHONES // 2):
            pipe.xadd("baotin:events", {
                "dossier": f"H10.45-230515-{i:04d}", "status": 4,
                "phone": f"+84{FIRST_PHONE + 2 * i}", "notify": 0})
        pipe.execute()
        wait(lambda: lab.redis.xlen("baotin:events") == 0, "the records")
        pid = lab.children["baotind"].pid
        load = build_load(lab)

        def run(n):
            done = subprocess.run(
                [load, str(port), TOKEN, str(connections), str(n),
                 str(FIRST_PHONE), str(PHONES), *texts],
                capture_output=True, text=True)
            if done.returncode != 0:
                raise SystemExit(done.stderr)
            return json.loads(done.stdout)

        before = memory_kb(pid)
        tell("warming up", run(PHONES))
        warm = memory_kb(pid)
        began = cpu_s(pid), cpu_s(lab.children["redis"].pid)
        part = max(dialogues // PARTS, 1)
        sizes = []
        total = {"requests": 0, "seconds": 0.0}
        for i in range(PARTS):
            seen = run(part)
            tell(f"part {i + 1}", seen)
            total["requests"] += seen["requests"]
            total["seconds"] += seen["seconds"]
            sizes.append(memory_kb(pid))
        print(f"first answer: {seen['sample']}")
        print(f"all: {total['requests'] / total['seconds']:.0f} requests a "
              f"second, {total['requests']} requests, {part * PARTS} "
              "dialogues")
        used = cpu_s(pid) - began[0], \
            cpu_s(lab.children["redis"].pid) - began[1]
        print(f"processor: baotind {1e6 * used[0] / total['requests']:.0f} "
              f"us a request, redis-server "
              f"{1e6 * used[1] / total['requests']:.0f} us")
        print(f"memory of baotind: {before} KB at rest, {warm} KB warm, then "
              + ", ".join(map(str, sizes)) + " KB")
        print(f"redis: {lab.redis.info('memory')['used_memory_human']} used, "
              f"{lab.redis.dbsize()} keys")
        print(f"for scale, redis-benchmark: {redis_get(lab)}")


main()
