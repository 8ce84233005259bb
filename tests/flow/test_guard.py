#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""9.2: what the Redis user may not do, and keys that are somebody else's. A
sentence names the right or the key, nothing is lost, and all goes on when it
is mended. A script never stops in the middle."""

import os
import re

import redis

from lab import BUILD, SOURCE, Lab, run, wait
from test_redis import ACL
from test_scripts import PHONE, lab_of

FOLDER = os.path.join(SOURCE, "src", "redis", "scripts")

AGENCY = "H10.45"


def source(name):
    with open(os.path.join(FOLDER, name + ".lua")) as file:
        return file.read()


def library():
    with open(os.path.join(BUILD, "src", "redis", "library.lua")) as file:
        return file.read()


def reach(function):
    """The commands and the fixed keys that guard.lua checks before it."""
    body = re.search(r"^REACH\.%s = \{\n"
                     r"commands = \{(.*?)\},\nfixed = \{(.*?)\}\}$"
                     % function, library(), re.M)
    return [re.findall(r"'(\w+)'", part) for part in body.groups()]


def words_of(table):
    """The names in a table of guard.lua, as the library has it; RIGHTS: all
    commands."""
    if table == "RIGHTS":
        return reach("all")[0]
    body = re.search(r"\b%s = \{(.*?)\}" % table, library(), re.S).group(1)
    if "=" in body:
        return dict(re.findall(r"(\w+) = '(\w+)'", body))
    return re.findall(r"'(\w+)'", body)


class Gate:
    """A gateway whose user has the rights of the manual, and events that
    come in one by one."""

    def __init__(self, lab):
        self.lab, self.n = lab, 0
        lab.start_redis()
        lab.start_sim()
        with open(lab.path("secret"), "w") as out:
            out.write("right\n")
        os.chmod(lab.path("secret"), 0o600)
        self.acl("on", ">right", *ACL)
        lab.settings = {"redis": {"username": "gate",
                                  "password_file": lab.path("secret")},
                        "intake": {"list": "baotin:list"}}
        lab.write_conf()
        lab.start_daemon()

    def acl(self, *words):
        self.lab.redis.execute_command("ACL", "SETUSER", "gate", *words)

    def event(self):
        self.n += 1
        self.lab.event(dossier=f"H10.45-230515-{self.n:04d}", status=9,
                       phone=f"+8491{self.n:07d}")

    def trouble(self):
        status = self.lab.ctl("status", check=False)
        return status["redis"]["trouble"] if status else ""

    def refuses(self, *words):
        """It says so, and there is an alarm."""
        wait(lambda: all(w in self.trouble() for w in words),
             f"a sentence with {words}, not {self.trouble()!r}")
        alarms = wait(lambda: [
            a["text"] for a in self.lab.ctl("alarms")["raised"]
            if a["alarm"] == "redis_refuses"], "an alarm")
        assert any(words[-1] in text for text in alarms), alarms

    def tells_of_the_list(self, key):
        """An alarm of its own; the stream goes on."""
        wait(lambda: [a for a in self.lab.ctl("alarms")["raised"]
                      if a["alarm"] == "intake_list" and
                      a["about"] == key and "BADKEY " + key in a["text"]],
             "an alarm")
        self.all_arrive()
        assert self.trouble() == ""

    def recovers(self):
        wait(lambda: self.trouble() == "", "it to go on")

    def all_arrive(self):
        wait(lambda: len({t["to"] for t in self.lab.texts()}) == self.n,
             f"{self.n} texts", 60)
        wait(lambda: len(self.lab.receipts(state="delivered")) == self.n,
             "all reports")
        assert len(self.lab.texts()) == self.n, "said twice"
        assert not self.lab.rejected(), self.lab.rejected()
        assert self.lab.redis.xlen("baotin:events") == 0
        assert "alarm=script_failed" not in self.lab.log()


def issue9_2_each_right_is_taken_away_while_events_come():
    with Lab(start=False) as lab:
        gate = Gate(lab)
        for command in words_of("RIGHTS") + ["XREADGROUP", "BLMOVE",
                                             "FCALL"]:
            gate.event()
            gate.acl("-" + command.lower())
            gate.event()
            gate.refuses(command if command != "FCALL" else "fcall")
            gate.acl("+" + command.lower())
            gate.recovers()
        gate.all_arrive()


def issue9_2_each_right_is_missing_at_the_start():
    """One daemon, started without any of the writes."""
    with Lab(start=False) as lab:
        gate = Gate(lab)
        lab.stop("baotind")
        gate.acl("-zadd")
        gate.event()
        lab.start_daemon(ready=False)
        gate.refuses("NORIGHT", "ZADD")
        assert lab.redis.xlen("baotin:events") == 1
        gate.acl("+zadd")
        gate.all_arrive()


def issue9_2_keys_that_the_user_may_not_use():
    """The pattern lacks one family."""
    with Lab(start=False) as lab:
        gate = Gate(lab)
        gate.acl("resetkeys", "~baotin:[^c]*", "~baotin:c[^o]*",
                 "~baotin:co[^d]*")
        gate.refuses("NORIGHT", "baotin:codes:")
        gate.event()
        gate.acl("~baotin:*")
        gate.all_arrive()


def issue9_2_each_fixed_key_is_somebody_elses_while_events_come():
    with Lab(start=False) as lab:
        gate = Gate(lab)
        names = [*words_of("FIXED"), "events", "list", "leased:lab",
                 "gateway:lab", "instance:lab"]
        for i, name in enumerate(names):
            key = "baotin:" + name
            gate.event()
            gate.all_arrive()
            kept = lab.redis.dump(key)
            lab.redis.delete(key)
            if name == "events" or i % 2:
                lab.redis.set(key, "mine")
            else:
                lab.redis.execute_command(
                    "SET", key, "1.5") if name == "order" else \
                    lab.redis.geoadd(key, (1, 1, "mine")) \
                    if {**words_of("FIXED"), "leased:lab": "zset"}.get(
                        name) != "zset" \
                    else lab.redis.hset(key, "mine", 1)
            if name != "events":
                gate.event()
            if name == "list":
                gate.tells_of_the_list(key)
            else:
                gate.refuses("BADKEY", key)
            lab.redis.delete(key)
            if kept and name not in ("instance:lab", "events"):
                lab.redis.restore(key, 0, kept)
            gate.recovers()
        gate.all_arrive()


@lab_of
def issue9_2_another_key_of_the_wrong_type_is_moved_aside(s):
    """Each key that is made on the way of one text, and each type."""
    def life(n, spoil=None):
        dossier, ident = f"H10.45-230515-{n:04d}", f"id{n}"
        names = set()
        steps = [lambda: s.event(ident, dossier, segments=2)]
        leases = []
        steps.append(lambda: leases.extend(s.leased()))
        for segment in (1, 2):
            steps.append(lambda k=segment: leases and s.settle(
                leases[0], "sent", segment=k,
                reference=leases[0]["references"][k - 1]))
        for k in (0, 1):
            steps.append(lambda k=k: leases and s.report(
                leases[0]["references"][k]))
        for i, step in enumerate(steps):
            if spoil and spoil[0] == i:
                name = spoil[1].replace("id0", ident).replace(
                    "H10.45-230515-0000", dossier).replace(
                    "451523050000", "45152305%04d" % n)
                s.redis.delete(name)
                if spoil[2] == "string":
                    s.redis.set(name, "mine")
                else:
                    s.redis.xadd(name, {"mine": 1})
            step()
            names.update(s.redis.scan_iter("b:*"))
        return names, len(steps), ident

    names, n_steps, _ = life(0)
    fixed = {"b:" + n for n in words_of("FIXED")} | {
        "b:leased:g", "b:gateway:g", "b:instance:g"}
    n = 0
    for name in sorted(names - fixed):
        family = name.split(":")[1]
        for i in range(n_steps):
            kind = "stream" if words_of("FAMILIES").get(family) in (
                "string", "counter") else "string"
            n += 1
            _, _, ident = life(n, (i, name, kind))
            if family not in ("message", "dossier", "ready") and i == 0:
                assert s.state(ident) == "delivered", (name, i)
    assert list(s.redis.scan_iter("b:misplaced:*"))
    for name in s.redis.scan_iter("b:misplaced:*"):
        assert s.redis.pttl(name) > 0, name


GARBAGE = ("garbage", "", "007", "9" * 20, "nan", "1e999")


def fields(s):
    """Each value that can be replaced: a key, and the field of a hash."""
    for name in sorted(s.redis.scan_iter("b:*")):
        kind = s.redis.type(name)
        if kind == "hash":
            yield from ((name, field) for field in s.redis.hkeys(name))
        elif kind != "stream":
            yield name, None


def put(s, name, field, value):
    kind = s.redis.type(name)
    if kind == "hash":
        s.redis.hset(name, field, value)
    elif kind == "string":
        s.redis.set(name, value)
    elif kind == "zset":
        s.redis.zadd(name, {value: 1})
    elif kind == "set":
        s.redis.sadd(name, value)
    elif kind == "list":
        s.redis.lpush(name, value)


@lab_of
def issue9_2_values_that_mean_nothing_stop_nothing(s):
    """A value of the right type that means nothing, by somebody's hand, in
    the middle of a text's life: no call stops half-way, and the next citizen
    gets a text."""
    s.redis.config_set("lua-time-limit", 500)

    def begin():
        s.redis.flushdb()
        s.redis.hset("b:instance:g", "token", "t")
        s.event("a", segments=2, status="received")
        lease, = s.leased()
        s.settle(lease, "sent")
        return lease

    begin()
    ours = ("b:instance:g", "b:order")  # another one's, and told: BADKEY
    for name, field in [f for f in fields(s) if f[0] not in ours]:
        for value in GARBAGE:
            lease = begin()
            put(s, name, field, value)
            s.settle(lease, "unknown", segment=2)
            s.report(lease["references"][0])
            s.sweep(reap=True)
            s.event("b", segments=2)
            s.event("c", dossier="H10.45-2", phone="+84987654321")
            for _ in range(3):
                s.leased("m2", count=5)
            assert s.state("c") == "sending", (name, field, value)


# These do not care what a key holds. All others of ours refuse a wrong one, and
# have done nothing then: guard.lua moves it aside and repeats them.
BLIND = ("SET", "DEL", "UNLINK", "EXISTS", "RENAME", "PEXPIRE", "EXPIRE",
         "PEXPIREAT", "PERSIST")


@lab_of
def issue9_2_a_key_is_looked_at_before_it_is_written(s):
    """Every key that a script writes was proven in the same run: the fixed
    ones before its first write, what a command does not look at by itself
    before that command."""
    seen, fixed = [], {"b:" + name for name in words_of("FIXED")} | {
        "b:leased:g", "b:gateway:g", "b:instance:g"}
    with s.redis.monitor() as monitor:
        s.event("a", segments=2)
        lease, = s.leased()
        s.settle(lease, "sent")
        s.settle(lease, "unknown", segment=2)
        s.sweep()
        s.run("wish", word="stop", hashes=["k:1"], phone=PHONE, front="sms",
              window=100)
        s.event("b", dossier="H10.45-2")
        s.run("control", verb="hold", agency=AGENCY, window=100)
        s.event("c", dossier="H10.45-3")
        s.run("control", verb="cancel", agency=AGENCY, window=100)
        s.redis.ping()
        while True:
            row = monitor.next_command()
            words = row["command"].split(" ")
            if words[0] == "PING":
                break
            if words[0] == "FCALL":
                seen, function = [], words[1].split("_")[-1]
                has_begun = False
            elif row["client_type"] == "lua":
                assert words[0] in reach(
                    "all" if function == "sweep" else function)[0], words
                if words[0] in ("TYPE", "GET", "RENAME"):
                    assert not has_begun or words[1] not in fixed, words
                    seen.append(words[1])
                elif len(words) > 1 and words[1].startswith("b:"):
                    has_begun = True
                    assert words[1] in seen or words[1] not in fixed and \
                        words[0] not in BLIND, words
                    seen.append(words[1])


@lab_of
def issue9_2_commands_refuse_a_wrong_key_and_do_nothing(s):
    """All but the blind ones, as this server runs them."""
    told = {"LINSERT": ("BEFORE", "x", "y"), "XRANGE": ("-", "+"),
            "XREVRANGE": ("+", "-"), "XADD": ("*", "x", "y"),
            "XTRIM": ("MINID", "1"), "XDEL": ("1-1",), "XLEN": (),
            "XACK": ("x", "1-1"), "XCLAIM": ("x", "y", "0", "1-1"),
            "XPENDING": ("x",), "ZADD": ("1", "x"), "ZCARD": (),
            "ZRANGE": ("0", "-1"), "ZRANGEBYSCORE": ("0", "1"),
            "ZREVRANGE": ("0", "-1"), "ZREVRANGEBYSCORE": ("1", "0"),
            "ZREMRANGEBYRANK": ("0", "1"), "ZREMRANGEBYSCORE": ("0", "1"),
            "ZSCAN": ("0",), "HGETALL": (), "HKEYS": (), "HLEN": (),
            "HINCRBY": ("x", "1"), "HSET": ("x", "y"), "HSETNX": ("x", "y"),
            "INCR": (), "DECR": (), "INCRBY": ("1",), "GET": (), "LLEN": (),
            "LINDEX": ("0",), "LRANGE": ("0", "-1"), "LREM": ("0", "x"),
            "LPOP": (), "RPOP": (), "SCARD": (), "SMEMBERS": (),
            "STRLEN": (), "ZCOUNT": ("0", "1"), "SUNION": ()}
    for command in words_of("RIGHTS"):
        if command in (*BLIND, "TYPE", "TIME", "SCAN", "XINFO"):
            continue
        s.redis.delete("b:x")
        if command.startswith("H"):
            s.redis.xadd("b:x", {"mine": 1})
        else:
            s.redis.hset("b:x", "mine", 1)
        kept = s.redis.dump("b:x")
        try:
            s.redis.execute_command(command, "b:x",
                                    *told.get(command, ("x",)))
        except redis.exceptions.ResponseError as error:
            assert "WRONGTYPE" in str(error) or \
                "wrong kind of value" in str(error), (command, error)
        else:
            raise AssertionError(command + " took a wrong key")
        assert s.redis.dump("b:x") == kept, command


def contents(s):
    """All keys; but for a message, whatever a refused call may not touch."""
    return {name: s.redis.dump(name) for name in s.redis.scan_iter("b:*")}


@lab_of
def issue9_2_a_call_on_a_wrong_fixed_key_changes_nothing(s):
    """Each step of a text's life, and each fixed key that it can reach: the
    call says BADKEY, and nothing else is there or gone than before."""
    lease = {}
    steps = [
        ("accept", lambda: s.event("a", segments=2, status="ready")),
        ("lease", lambda: lease.update(s.leased()[0])),
        ("settle", lambda: s.settle(lease, "sent")),
        ("settle", lambda: s.settle(lease, "sent", segment=2,
                                    reference=lease["references"][1])),
        ("report", lambda: s.report(lease["references"][0])),
        ("report", lambda: s.report(lease["references"][1])),
    ]
    n = 0
    for function, step in steps:
        for name in reach(function)[1] + ["leased:g", "gateway:g"]:
            name = "b:" + name
            kept = s.redis.dump(name)
            s.redis.delete(name)
            if words_of("FIXED").get(name[2:]) == "stream":
                s.redis.set(name, "mine")
            else:
                s.redis.xadd(name, {"mine": 1})
            before = contents(s)
            try:
                step()
            except redis.exceptions.ResponseError as error:
                assert str(error).startswith("BADKEY " + name), error
            else:
                raise AssertionError(f"{function} took a wrong {name}")
            assert contents(s) == before, (function, name)
            n += 1
            s.redis.delete(name)
            if kept:
                s.redis.restore(name, 0, kept)
        step()
    assert s.state("a") == "delivered" and n > 40, n


def guard_knows_all_commands_and_keys():
    rights, families = words_of("RIGHTS"), words_of("FAMILIES")
    fixed = words_of("FIXED")
    for file in os.listdir(FOLDER):
        text = source(file[:-4])
        for command in re.findall(r"redis\.p?call\('(\w+)'", text):
            assert command in rights, (file, command)
        for family, more in re.findall(r"\bkey\('(\w+)'(,|\))", text):
            known = families if more == "," else fixed
            assert family in known or family in ("probe",), (
                file, family)


def guard_checks_what_a_function_names():
    """By itself, and in a shared function; a comment and a field are not
    meant."""
    for name in re.findall(r"^REACH\.(\w+) =", library(), re.M):
        commands, fixed = reach(name)
        text = source(name) if name != "all" else ""
        assert set(re.findall(r"redis\.p?call\('(\w+)'", text)) <= set(
            commands), name
        assert set(re.findall(r"\bkey\('(\w+)'\)", text)) - {"probe"} <= \
            set(fixed), name
        assert len(set(commands)) == len(commands), name
        assert "TIME" in commands and "TYPE" in commands, name
    assert set(reach("all")[1]) == set(words_of("FIXED"))
    assert {"HSET", "ZADD", "XADD", "INCR"} <= set(reach("accept")[0])
    assert {"receipts", "expiring", "awaiting"} <= set(reach("accept")[1])
    assert "XTRIM" not in reach("accept")[0]
    assert "order" not in reach("ask")[1]


if __name__ == "__main__":
    run([issue9_2_each_right_is_taken_away_while_events_come,
         issue9_2_each_right_is_missing_at_the_start,
         issue9_2_keys_that_the_user_may_not_use,
         issue9_2_each_fixed_key_is_somebody_elses_while_events_come,
         issue9_2_another_key_of_the_wrong_type_is_moved_aside,
         issue9_2_values_that_mean_nothing_stop_nothing,
         issue9_2_a_key_is_looked_at_before_it_is_written,
         issue9_2_commands_refuse_a_wrong_key_and_do_nothing,
         issue9_2_a_call_on_a_wrong_fixed_key_changes_nothing,
         guard_knows_all_commands_and_keys,
         guard_checks_what_a_function_names])
