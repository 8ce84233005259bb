#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What Redis may answer instead of doing it: full, unable to save, without
the stream, without the right or the password. Nothing is lost by it, nothing
turns in circles, and the operator sees why."""

import os

from lab import Lab, run, wait

PHONE = "+84912345678"
CODE = "H10.45-230515-0001"

# What the manual gives an access list for. Of everybody's keys none but
# those behind the prefix.
ACL = ["~baotin:*", "+@read", "+@write", "+@scripting", "+@connection",
       "-@dangerous", "+time", "+info", "+role", "+config|get"]


def redis_status(lab):
    status = lab.ctl("status", check=False)
    return status["redis"] if status else {"state": "", "trouble": ""}


def commands(lab):
    return sum(v["calls"] for v in lab.redis.info("commandstats").values())


def refused(lab, refuse, word):
    """Texts on the air finish; the event waits; then all goes on."""
    lab.event(dossier=CODE, status=9, phone=PHONE)
    lab.wait_receipt(state="delivered")
    lab.sim("net modem1 latency=300")
    lab.event(dossier="H10.45-230515-0002", status=9, phone="+84912345679")
    wait(lambda: lab.receipts(state="sending",
                              dossier="H10.45-230515-0002"), "it on the air")
    refuse()
    lab.wait_text("+84912345679")
    status = wait(lambda: redis_status(lab)["state"] == "refusing" and
                  redis_status(lab), "the refusal to be seen")
    assert status["trouble"].startswith(word), status
    alarms = wait(lambda: [a for a in lab.ctl("alarms")["raised"]
                           if a["alarm"] == "redis_refuses"], "an alarm")
    assert word in alarms[0]["text"], alarms
    assert lab.ctl("phone", PHONE), "reading goes on"
    assert lab.log().count("redis_refuses for=queue") == 1


def full_redis_is_waited_for():
    with Lab() as lab:
        refused(lab, lambda: lab.redis.config_set("maxmemory", 1),
                "OOM")
        lab.redis.config_set("maxmemory", 0)
        lab.event(dossier="H10.45-230515-0003", status=9,
                  phone="+84912345670")
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0003")
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0002")
        assert redis_status(lab)["state"] == "up"
        assert len(lab.texts()) == 3, lab.texts()
        assert not lab.rejected()


def events_wait_while_redis_is_full():
    """They are in the stream and can be read, but not accepted."""
    n = 30
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        lab.write_conf()
        for i in range(n):
            lab.event(dossier=f"H10.45-230517-{i:04d}", status=9,
                      phone=f"+8491{i:07d}")
        lab.redis.config_set("maxmemory", 1)
        lab.start_daemon(ready=False)
        wait(lambda: redis_status(lab)["state"] == "refusing", "the refusal")
        before = commands(lab)
        wait(lambda: lab.redis.info("commandstats").get(
            "cmdstat_set", {}).get("rejected_calls", 0) > 3, "some probes",
             40)
        # A hot loop would be thousands.
        assert commands(lab) - before < 300, commands(lab) - before
        assert lab.log().count("redis_refuses") <= 3, lab.log()
        lab.redis.config_set("maxmemory", 0)
        wait(lambda: len(lab.receipts(state="delivered")) == n, "all", 60)
        assert len(lab.texts()) == n and not lab.rejected()


def unable_to_save_is_waited_for():
    """MISCONF: the last background save failed, so Redis takes no writes.
    XREADGROUP is a write, too: the reader's connection meets it itself."""
    with Lab(start=False) as lab:
        lab.start_redis("--save", "3600 1", "--dbfilename", "x.rdb")
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        os.mkdir(lab.path("x.rdb"))    # a folder in the file's place
        lab.redis.execute_command("BGSAVE")
        wait(lambda: lab.redis.info("persistence")[
            "rdb_last_bgsave_status"] == "err", "the failed save")
        status = wait(lambda: redis_status(lab)["state"] == "refusing" and
                      redis_status(lab), "the refusal")
        assert status["trouble"].startswith("MISCONF"), status
        os.rmdir(lab.path("x.rdb"))
        lab.redis.execute_command("BGSAVE")
        wait(lambda: redis_status(lab)["state"] == "up", "it to pass")
        lab.event(dossier="H10.45-230515-0003", status=9,
                  phone="+84912345670")
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0003")
        assert "MISCONF" in lab.log() and not lab.rejected()


def too_few_replicas_are_waited_for():
    with Lab() as lab:
        lab.redis.config_set("min-replicas-to-write", 1)
        wait(lambda: redis_status(lab)["state"] == "refusing", "the refusal")
        assert redis_status(lab)["trouble"].startswith("NOREPLICAS")
        lab.redis.config_set("min-replicas-to-write", 0)
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")


def a_stream_that_is_deleted_comes_back():
    with Lab() as lab:
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.redis.delete("baotin:events")
        wait(lambda: lab.redis.exists("baotin:events"), "the new group")
        lab.event(dossier="H10.45-230515-0002", status=9,
                  phone="+84912345679")
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0002")
        lab.redis.delete("baotin:events")
        lab.redis.set("baotin:events", "something else")
        wait(lambda: "WRONGTYPE" in lab.log(), "a word about it")
        lab.redis.delete("baotin:events")
        lab.event(dossier="H10.45-230515-0003", status=9,
                  phone="+84912345670")
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0003")
        assert lab.log().count("intake_failed") == 1, "told once"


def a_library_that_was_deleted_is_sent_again():
    with Lab() as lab:
        lab.redis.execute_command("FUNCTION", "FLUSH")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")


def library_of_another_release():
    """One that a living gateway calls stays, one that nobody calls goes."""
    body = "redis.register_function('%s', function() return 1 end)"
    with Lab(start=False) as lab:
        lab.start_redis()
        for name in ("baotin_000000000000", "baotin_111111111111", "others"):
            lab.redis.execute_command(
                "FUNCTION", "LOAD", f"#!lua name={name}\n" + body % name)
        lab.redis.sadd("baotin:gateways", "old")
        lab.redis.hset("baotin:instance:old", mapping={
            "token": "t", "library": "baotin_111111111111"})
        lab.start_sim()
        lab.write_conf()
        lab.start_daemon()

        def names():
            return {row[1] for row in
                    lab.redis.execute_command("FUNCTION", "LIST")}
        wait(lambda: "baotin_000000000000" not in names(), "its removal")
        assert {"baotin_111111111111", "others"} < names(), names()
        assert len(names()) == 3, names()


def replica_is_left_and_the_master_found_again():
    """READONLY: it was made a replica while we were connected."""
    with Lab() as lab:
        lab.redis.config_set("replica-serve-stale-data", "yes")
        lab.redis.replicaof("127.0.0.1", "1")
        wait(lambda: redis_status(lab)["state"] == "down", "it to be left")
        wait(lambda: "replica, not the master" in
             redis_status(lab)["trouble"], "a clear word")
        lab.redis.replicaof("NO", "ONE")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")


def user_with_no_more_rights_than_needed():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.start_sim()
        with open(lab.path("secret"), "w") as out:
            out.write("wrong\n")
        os.chmod(lab.path("secret"), 0o600)
        lab.redis.execute_command("ACL", "SETUSER", "gate", "on", ">right",
                                  *ACL)
        lab.settings = {"redis": {"username": "gate",
                                  "password_file": lab.path("secret")},
                        "intake": {"list": "baotin:list"}}
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: redis_status(lab)["trouble"].startswith("WRONGPASS"),
             "a clear word")
        with open(lab.path("secret"), "w") as out:
            out.write("right\n")
        wait(lambda: lab.usable_modems() == 1, "the modem")
        lab.event(dossier=CODE, status=9, phone=PHONE)
        lab.wait_receipt(state="delivered")
        lab.redis.lpush("baotin:list", '{"dossier":"H10.45-230515-0002",'
                        '"status":9,"phone":"0912345679"}')
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0002")
        lab.event(dossier=CODE, status="nonsense")
        wait(lab.rejected, "the rejection")
        for words in (["queue"], ["rejected"], ["undelivered"], ["alarms"],
                      ["phone", PHONE], ["unknown"], ["dossier", CODE],
                      ["message", lab.receipts()[0]["message"]],
                      ["rejected", "requeue", "all", "status=9"],
                      ["hold", "--agency", "H10.45"],
                      ["release", "--agency", "H10.45"]):
            lab.ctl(*words)
        assert "NOPERM" not in lab.log(), lab.log()
        # A right that is taken away and given back: nothing is lost.
        lab.redis.execute_command("ACL", "SETUSER", "gate", "-fcall")
        lab.event(dossier="H10.45-230515-0004", status=9,
                  phone="+84912345671")
        wait(lambda: "NOPERM" in lab.log(), "a word about it")
        lab.redis.execute_command("ACL", "SETUSER", "gate", "+fcall")
        lab.wait_receipt(state="delivered", dossier="H10.45-230515-0004")
        assert lab.redis.acl_log() is not None


def missing_password_is_told():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.redis.config_set("requirepass", "secret")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: redis_status(lab)["trouble"].startswith("NOAUTH"),
             "a clear word")


def newer_keys_are_refused():
    with Lab(start=False) as lab:
        lab.start_redis()
        lab.redis.set("baotin:schema", 99)
        lab.write_conf()
        lab.start_daemon(ready=False)
        assert lab.children.pop("baotind").wait(60) == 2
        assert "newer baotin (schema 99" in lab.log()
        lab.event(dossier=CODE, status=9, phone=PHONE)
        assert lab.redis.xlen("baotin:events") == 1
        assert lab.redis.get("baotin:schema") == "99"


def warnings_of_what_would_lose_the_queue():
    with Lab(start=False) as lab:
        lab.start_redis("--appendonly", "no", "--maxmemory-policy",
                        "allkeys-lru", "--appendfsync", "no")
        lab.write_conf()
        lab.start_daemon(ready=False)
        wait(lambda: redis_status(lab)["state"] == "up", "Redis")
        text = " ".join(redis_status(lab)["warnings"])
        for word in ("appendonly is off", "maxmemory-policy evicts",
                     "appendfsync is no"):
            assert word in text, text
            assert word in lab.log(), word


if __name__ == "__main__":
    run([full_redis_is_waited_for, events_wait_while_redis_is_full,
         unable_to_save_is_waited_for, too_few_replicas_are_waited_for,
         a_stream_that_is_deleted_comes_back,
         a_library_that_was_deleted_is_sent_again,
         library_of_another_release,
         replica_is_left_and_the_master_found_again,
         user_with_no_more_rights_than_needed, missing_password_is_told,
         newer_keys_are_refused, warnings_of_what_would_lose_the_queue])
