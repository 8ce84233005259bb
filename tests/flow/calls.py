# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of src/redis/calls.def, for tests that call a function of the
library themselves: a word that the row does not have, or one of another type,
fails the test. What is not given is "", 0, false or nothing, as in C."""

import os
import re

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
PATHS = [os.path.join(ROOT, "src", "redis", name) for name in (
    "calls.def", "calls_messages.def", "calls_people.def")]
DAY_MS = 86400000
COMMON = {"retention_ms": 30 * DAY_MS, "unknown_wait_ms": 0,
          "remind_after_ms": 0, "dossiers_ms": 180 * DAY_MS,
          "zone_ms": 0}


def load():
    """{"CALL_SETTLE": [(type, name, of), …], "ANSWER_…", "ROW_…"}."""
    lists, fields = {}, None
    for path in PATHS:
        fields = None
        with open(path, encoding="utf-8") as file:
            text = file.read()
        for line in text.splitlines():
            head = re.match(r"#define ((?:CALL|ANSWER|ROW)_[A-Z]+)\(F, G\)",
                            line)
            if head:
                fields = lists.setdefault(head[1], [])
            elif line.startswith("#define") or not line.strip():
                fields = None
            if fields is not None:
                fields += re.findall(
                    r'\b[FG]\((\w+), (\w+)(?:, "?([^")]*)"?)?\)',
                    line.split("/*")[0])
    return lists


LISTS = load()


def put_number(value):
    assert isinstance(value, int) and not isinstance(value, bool)
    assert abs(value) < 2 ** 53
    return [str(value)]


def put_word(value):
    assert isinstance(value, str)
    return [value]


def put_one(value, allowed):
    assert value in allowed.split(), f"one of {allowed}"
    return [value]


def put_list(values, put):
    return [str(len(values))] + [word for value in values
                                 for word in put(value)]


def put_row(name, values):
    return put_fields("ROW_" + name.upper(), values)


def put(kind, of, value):
    """The words of one argument."""
    if kind == "maybe":
        return put_word(value or "")
    if kind == "maybe_one":
        return [""] if not value else put_one(value, of)
    if kind == "one":
        return put_one(value, of)
    if kind == "flag":
        assert isinstance(value or False, bool)
        return ["1" if value else "0"]
    if kind == "real":
        assert isinstance(value or 0, (int, float))
        return [str(value or 0)]
    if kind == "words":
        return put_list(value or [], put_word)
    if kind == "lists":
        return put_list(value or [], lambda row: put_list(row, put_word))
    if kind == "numbers":
        return put_list(value or [], put_number)
    if kind == "pairs":
        assert isinstance(value or {}, dict)
        return [str(len(value or {}))] + [
            str(word) for pair in (value or {}).items() for word in pair]
    if kind == "rows":
        return put_list(value or [], lambda row: put_row(of, row))
    if kind == "group":
        return ["0"] if value is None else ["1"] + put_row(of, value)
    return put_word(value or "") if kind == "word" else put_number(value or 0)


def put_fields(list_name, values):
    fields = LISTS[list_name]
    strange = set(values) - {name for _, name, _ in fields}
    assert not strange, f"{list_name} of calls.def has no {strange}"
    words = []
    for kind, name, of in fields:
        try:
            words += put(kind, of, values.get(name))
        except (AssertionError, TypeError) as error:
            raise AssertionError(
                f"{list_name} of calls.def: {name} is a {kind}, not "
                f"{values.get(name)!r} ({error})") from None
    return words


def words_of(function, prefix, gateway, args):
    """All words behind FCALL, the function and the number of keys."""
    args = dict(args)
    common = {name: args.pop(name, value) for name, value in COMMON.items()}
    return put_fields("CALL_COMMON", {
        "prefix": prefix, "gateway": gateway, **common}) + \
        put_fields("CALL_" + function.upper(), args)


TYPES = {"word": str, "maybe": str, "one": str, "number": (int, float),
         "flag": bool, "json": (list, dict), "words": (list, dict)}


def check_answer(function, answer):
    """Has it only what calls.def says?"""
    kinds = {name: kind for kind, name, _ in
             LISTS["ANSWER_" + function.upper()] + LISTS["ANSWER_COMMON"]}
    for name, value in answer.items():
        assert name in kinds, f"ANSWER_{function.upper()} of calls.def " \
            f"has no {name}: {answer}"
        assert isinstance(value, TYPES[kinds[name]]), \
            f"{function}: {name} is a {kinds[name]}, not {value!r}"
