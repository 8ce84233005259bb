#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""11.2: what a function of the library is given and answers stands in one
table. A mistake on either side ends the build, and a call with wrong words
does nothing."""

import glob
import os
import re
import shutil
import subprocess
import tempfile

from calls import LISTS, PATHS, ROOT, words_of
from lab import BUILD, Lab, redis_client, run
from test_scripts import lab_of

SCRIPTS = sorted(glob.glob(os.path.join(ROOT, "src/redis/library/*.lua")) +
                 glob.glob(os.path.join(ROOT, "src/redis/scripts/*.lua")))
CALLS = sorted(name[5:].lower() for name in LISTS
               if name.startswith("CALL_") and name != "CALL_COMMON")
N_COMMON = len(LISTS["CALL_COMMON"])


def generate(folder):
    """The step of the build that makes calls.lua, on a copy."""
    return subprocess.run(
        ["awk", "-f", os.path.join(ROOT, "src/redis/calls.awk"),
         *(os.path.join(folder, os.path.basename(path)) for path in PATHS),
         *sorted(glob.glob(os.path.join(folder, "*.lua")))],
        capture_output=True, text=True)


def planted(name, right, wrong):
    """What the build says of a copy with this mistake."""
    with tempfile.TemporaryDirectory() as folder:
        for path in SCRIPTS + PATHS:
            shutil.copy(path, folder)
        path = os.path.join(folder, name)
        with open(path, encoding="utf-8") as file:
            text = file.read()
        assert right in text, (name, right)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace(right, wrong, 1))
        done = generate(folder)
    return done


def issue11_2_a_planted_mismatch_ends_the_build():
    with tempfile.TemporaryDirectory() as folder:
        for path in SCRIPTS + PATHS:
            shutil.copy(path, folder)
        done = generate(folder)
    assert done.returncode == 0 and not done.stderr, done.stderr
    with open(os.path.join(BUILD, "src/redis/calls.lua")) as file:
        assert done.stdout == file.read()
    for name, right, wrong, told in (
            # The function reads what nobody gives.
            ("settle.lua", "a.fence", "a.fense",
             ("settle.lua", "reads a.fense", "CALL_SETTLE")),
            # The row has what the function does not read.
            ("calls_messages.def", "F(word, token)", "F(word, tokens)",
             ("does not read a.tokens", "CALL_")),
            ("calls_messages.def", "F(number, lease_ms)",
             "F(number, lease_ms) F(flag, extra)",
             ("does not read a.extra", "CALL_KEEP")),
            # So too in a row of a list.
            ("calls_messages.def", "F(number, ends_in_ms)", "F(number, ends_ms)",
             ("no function reads the field ends_ms", "ROW_QUOTA")),
            # It answers what the row lacks, or not what the row has.
            ("keep.lua", "{result = 'gone'}", "{results = 'gone'}",
             ("keep.lua: answers results", "ANSWER_KEEP")),
            ("calls_messages.def", "F(number, adopted)", "F(number, adoptions)",
             ("never answers adoptions", "ANSWER_ADOPT")),
            # What all functions share reads no arguments.
            ("answers.lua", "local function is_ours(token)",
             "local function is_ours()\n\tlocal token = a.token",
             ("answers.lua", "reads a.token"))):
        done = planted(name, right, wrong)
        assert done.returncode == 1, (name, wrong)
        for words in told:
            assert words in done.stderr, (told, done.stderr)


def fcall(s, function, words):
    with open(os.path.join(BUILD, "src", "redis", "library.lua")) as file:
        name = file.readline().split("=")[1].strip()
    try:
        s.redis.execute_command("FCALL", f"{name}_{function}", 0, *words)
    except redis_client.exceptions.ResponseError as error:
        return str(error)
    return "done"


def given(function):
    """Words of some value for each argument."""
    args = {}
    for kind, name, of in LISTS["CALL_" + function.upper()]:
        if kind == "one":
            args[name] = of.split()[0]
        elif kind == "group":
            args[name] = {n: o.split()[0] for k, n, o in
                          LISTS["ROW_" + of.upper()] if k == "one"}
    return words_of(function, "b", "g", args)


@lab_of
def issue11_2_wrong_words_do_nothing(s):
    """Of every function: without its last word, with one more, and with a
    number, a flag or a choice that is none."""
    s.event("a")
    before = sorted(s.redis.scan_iter())
    for function in CALLS:
        words = given(function)
        assert fcall(s, function, words + ["more"]).startswith(
            f"BADARGS {function}: there are more"), function
        for n in range(len(words)):
            error = fcall(s, function, words[:n])
            assert error.startswith(f"BADARGS {function}: "), (function, n,
                                                               error)
        at = N_COMMON
        for kind, name, _ in LISTS["CALL_" + function.upper()]:
            if kind not in ("word", "maybe", "maybe_one", "one", "number",
                            "flag", "real"):
                break       # the words that follow have no fixed place
            if kind in ("number", "flag", "one", "real", "maybe_one"):
                error = fcall(s, function, words[:at] + ["x1"] +
                              words[at + 1:])
                assert error.startswith(f"BADARGS {function}: {name} is "), \
                    (function, name, error)
            at += 1
    assert sorted(s.redis.scan_iter()) == before
    assert s.state("a") == "queued"


@lab_of
def issue11_2_what_is_no_number_is_none(s):
    s.event("a")
    words = given("keep")
    at = N_COMMON + [name for _, name, _ in LISTS["CALL_KEEP"]].index("fence")
    for wrong in ("", "nan", "inf", "1.5", "1e300", "9007199254740992",
                  "1 2", "0x"):
        error = fcall(s, "keep", words[:at] + [wrong] + words[at + 1:])
        assert error.startswith("BADARGS keep: fence"), (wrong, error)


@lab_of
def issue11_2_a_list_is_as_long_as_it_says(s):
    s.event("a")
    words = given("retire")
    for wrong in ("1", "-1", "100000000", "x"):
        error = fcall(s, "retire", words[:N_COMMON] + [wrong])
        assert error.startswith("BADARGS retire: messages"), error


@lab_of
def issue11_2_a_tests_call_has_the_rows_words(s):
    """What the tests of the functions could get wrong before."""
    for function, args, told in (
            ("settle", {"outcome": "sent", "fense": 1}, "fense"),
            ("settle", {"outcome": "gone"}, "outcome"),
            ("settle", {"outcome": "sent", "fence": "1"}, "fence"),
            ("keep", {"lease_ms": True}, "lease_ms"),
            ("send", {"message": {"coding": "gsm", "priority": "low"}},
             "coding")):
        try:
            s.run(function, **args)
        except AssertionError as error:
            assert told in str(error), error
        else:
            raise AssertionError(f"{function} took {args}")


def issue11_2_c_sets_each_argument():
    """A word that no C file sets would be empty for ever."""
    sources = {}
    for path in glob.glob(os.path.join(ROOT, "src/**/*.c"), recursive=True):
        with open(path, encoding="utf-8") as file:
            sources[path] = file.read()
    for function in CALLS:
        text = "\n".join(t for t in sources.values()
                         if f"struct {function}_args" in t)
        assert text, function
        for _, name, _ in LISTS["CALL_" + function.upper()]:
            assert re.search(rf"(\.|->)(n_)?{name}( =|\+\+)", text), \
                (function, name)


@lab_of
def issue11_2_a_word_may_hold_anything(s):
    """Also what looks like the name of a key, or is no text of JSON."""
    for n, text in enumerate(("~tilde", "\"'\\{}[]", "a\nb\tc", "\u20ab \U0001f600",
                              " ", "x" * 5000)):
        s.event(f"m{n}", dossier=f"H10.45-{n}", text=text)
        assert s.message(f"m{n}")["text"] == text


def issue11_2_a_text_that_begins_with_a_tilde_goes_out_as_it_is():
    with Lab() as lab:
        lab.ctl("send", "0912345678", "~events: as it is")
        assert lab.wait_text("+84912345678") == "~events: as it is"


def issue11_2_the_manual_lists_them():
    path = os.path.join(BUILD, "man", "baotin-functions.7")
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("\\-", "-")
    for function in CALLS:
        section = text[text.index(".SH " + function.upper() + "\n"):]
        section = section[:section.index("\n.SH ", 5)]
        for kind, name, _ in LISTS["CALL_" + function.upper()] + \
                LISTS["ANSWER_" + function.upper()]:
            assert f".B {name}\n({kind}" in section, (function, name)
    out = subprocess.run(["man", "-l", "--warnings", path],
                         capture_output=True, text=True,
                         env=dict(os.environ, MANWIDTH="80", LC_ALL="C.UTF-8"))
    assert out.returncode == 0 and not out.stderr.strip(), out.stderr


if __name__ == "__main__":
    run([issue11_2_a_planted_mismatch_ends_the_build,
         issue11_2_wrong_words_do_nothing,
         issue11_2_what_is_no_number_is_none,
         issue11_2_a_list_is_as_long_as_it_says,
         issue11_2_a_tests_call_has_the_rows_words,
         issue11_2_c_sets_each_argument,
         issue11_2_a_word_may_hold_anything,
         issue11_2_a_text_that_begins_with_a_tilde_goes_out_as_it_is,
         issue11_2_the_manual_lists_them])
