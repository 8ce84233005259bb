#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What the running processes have given up, and what others may see."""

import grp
import os
import re
import stat
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import lab as house  # noqa: E402
from lab import Lab, wait  # noqa: E402

PHONE = "+84912345678"
PIN = "4711"
PASSWORD = "a-password-of-redis"


def workers(lab):
    """The process ids of the daemon's children, once there is one."""
    daemon = lab.children["baotind"].pid

    def children():
        with open(f"/proc/{daemon}/task/{daemon}/children") as f:
            return [int(pid) for pid in f.read().split()]
    return wait(children, "a worker")


def status(pid, key):
    with open(f"/proc/{pid}/status") as f:
        return re.search(rf"^{key}:\s*(\S+)", f.read(), re.M).group(1)


def limit(pid, name):
    with open(f"/proc/{pid}/limits") as f:
        return re.search(rf"^{name}\s+(\S+)\s+(\S+)", f.read(),
                         re.M).groups()


def confined(lab, program):
    """The pairs of the program's line of the log."""
    line = wait(lambda: re.search(rf" {program} info confined (.*)",
                                  lab.log()), "confined").group(1)
    return dict(re.findall(r'(\w+)="?([^" ]*)', line))


def processes_gave_up_what_they_say():
    with Lab() as lab:
        daemon, (worker,) = lab.children["baotind"].pid, workers(lab)
        said = confined(lab, "baotind")
        if said["instrument"] == "valgrind":
            return
        assert said["seccomp"] == "deny_list"
        for pid in (daemon, worker):
            assert status(pid, "NoNewPrivs") == "1"
            assert status(pid, "Seccomp") == "2"
            assert limit(pid, "Max core file size") == ("0", "0")
        said = confined(lab, "baotin-modem")
        if said["instrument"] != "none":
            assert said["seccomp"] == said["landlock"] == "no"
            return
        assert said["seccomp"] == "allow_list"
        filters = [int(status(pid, "Seccomp_filters"))
                   for pid in (daemon, worker)]
        assert filters[1] == filters[0] + 1
        assert int(limit(worker, "Max open files")[1]) <= 64
        assert limit(worker, "Max data size")[1] != "unlimited"
        # And it goes on with its work.
        lab.event(dossier="H10.45-1", status="9", phone="0912345678")
        lab.wait_text(PHONE)
        lab.wait_receipt(state="delivered")


def worker_that_breaks_out_is_ended_and_replaced():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        os.environ["LD_PRELOAD"] = os.path.join(
            os.path.abspath(house.BUILD), "tests/forbid/forbid.so")
        os.environ["BAOTIN_TEST_FORBID"] = lab.path("state", "forbid")
        try:
            lab.start_daemon()
        finally:
            del os.environ["LD_PRELOAD"], os.environ["BAOTIN_TEST_FORBID"]
        if confined(lab, "baotin-modem")["instrument"] != "none":
            return
        with open(lab.path("state", "forbid"), "w"):
            pass
        lab.event(dossier="H10.45-1", status="9", phone="0912345678")
        wait(lambda: re.search(
            "error syscall_forbidden modem=modem1 number=[0-9]+ name=execve",
            lab.log()), "the worker's last words")
        wait(lambda: "killed by signal 31 after a system call that it may "
             "not make" in lab.log(), "the obituary")
        # The next worker sends it: it was never on the air.
        lab.wait_text(PHONE)
        lab.wait_receipt(state="delivered", timeout=60)
        assert len(lab.texts(PHONE)) == 1


def files_and_sockets_are_closed_to_others():
    group = grp.getgrgid(os.getgid()).gr_name
    with Lab(settings={"admin": {"group": group}}) as lab:
        lab.event(dossier="H10.45-1", status="9", phone="0912345678")
        lab.wait_receipt(state="delivered")
        for name in os.listdir(lab.path("state")):
            mode = os.stat(lab.path("state", name)).st_mode
            assert stat.S_IMODE(mode) == 0o600, (name, oct(mode))
        for name in ("control.sock", "status.sock"):
            st = os.stat(lab.path(name))
            assert stat.S_ISSOCK(st.st_mode)
            assert stat.S_IMODE(st.st_mode) == 0o660, (name, oct(st.st_mode))
            assert st.st_gid == os.getgid()


def what_changes_something_is_audited():
    with Lab() as lab:
        lab.ctl("hold", "--agency", "H10.45")
        line = wait(lambda: re.search(r"^.* audit .*hold.*$", lab.log(),
                                      re.M), "an audit line").group(0)
        assert re.search(rf"uid={os.getuid()}\b", line), line
        # The reading socket does not change anything.
        done = subprocess.run(
            [house.program("baotinctl"), "-s", lab.path("status.sock"),
             "release", "--agency", "H10.45"], capture_output=True,
            text=True)
        assert done.returncode != 0
        assert done.stderr + done.stdout != ""


def secrets_stay_in_their_files():
    """Neither arguments, environment, log nor Redis have them."""
    with Lab(start=False, sim=("--modem", f"locked,pin={PIN}")) as lab:
        lab.start_redis()
        lab.redis.config_set("requirepass", PASSWORD)
        lab.redis = house.redis_client.Redis(
            unix_socket_path=lab.path("redis.sock"), password=PASSWORD,
            decode_responses=True)
        for name, secret in (("pin", PIN), ("password", PASSWORD)):
            with open(lab.path(name), "w") as f:
                f.write(secret + "\n")
            os.chmod(lab.path(name), 0o600)
        lab.modem_settings = {"pin_file": lab.path("pin"),
                              "device": lab.path("sim", "locked")}
        lab.settings = {"redis": {"password_file": lab.path("password")}}
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        text = lab.log() + str(lab.ctl("show", "config"))
        for pid in [lab.children["baotind"].pid] + workers(lab):
            for name in ("cmdline", "environ"):
                with open(f"/proc/{pid}/{name}", errors="replace") as f:
                    text += f.read()
        for key in lab.redis.scan_iter("*"):
            text += key
        assert "modem_pin" in lab.log()
        assert PASSWORD not in text
        # Four digits may be part of a number.
        assert not re.search(rf"(?<![0-9]){PIN}(?![0-9])", text)


house.run([
    processes_gave_up_what_they_say,
    worker_that_breaks_out_is_ended_and_replaced,
    files_and_sockets_are_closed_to_others,
    what_changes_something_is_audited,
    secrets_stay_in_their_files,
])
