#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""baotinctl import: from a spreadsheet to texts, and its report."""

import json
import os
import pty
import subprocess

from lab import Lab, program, run, wait

PHONE = "+84912345678"
AT = "2999-01-01T00:00:00Z"


def imported(lab, *words, data=None, json_out=False, path=None):
    """Runs it on data as a file; (status, stdout, stderr)."""
    name = path or lab.path("don.csv")
    if data is not None:
        with open(name, "wb") as out:
            out.write(data.encode() if isinstance(data, str) else data)
    done = subprocess.run(
        [program("baotinctl"), *(["-j"] if json_out else []), "-s",
         lab.path("control.sock"), "import", *words, name],
        capture_output=True, text=True)
    return done.returncode, done.stdout.replace(name, "FILE"), \
        done.stderr.replace(name, "FILE")


def now(lab, shift=0):
    return lab.redis.time()[0] * 1000 + shift


def settled(lab, n):
    """n receipts that a row ended in or began with."""
    wait(lambda: len(lab.receipts(state="suppressed")) +
         len(lab.receipts(state="queued", attempt=0)) == n, "the intake")


def rows_become_texts_and_twice_is_once():
    with Lab() as lab:
        data = ("\ufeffPhone;dossier;status;at;collect_at;agency\r\n"
                f"0912 345 678;H10.45-1;9;{now(lab)};"
                '"Một cửa ""xã""; Bom\r\nBo";\r\n'
                ";;;;;\r\n\r\n"
                f"0987654321;h10.45-2;withdrawn;{now(lab)};;H10.45\r\n")
        # A line break within a place is refused; without it, it is taken.
        status, out, err = imported(lab, data=data)
        assert (status, err) == (1, ""), (status, err)
        assert out == ('FILE:2: field collect_at: control_character "Một cửa '
                       '"xã"; Bom??Bo"\n1 imported, 1 refused\n'), out
        data = data.replace("\r\nBo", " Bo")
        status, out, err = imported(lab, data=data)
        assert (status, out) == (
            0, "1 imported, 1 duplicate, 0 refused\n"), (out, err)
        assert 'Mot cua "xa"; Bom Bo' in lab.wait_text(PHONE)
        assert "rut ho so" in lab.wait_text("+84987654321")
        status, out, err = imported(lab, data=data)
        assert (status, out) == (
            0, "0 imported, 2 duplicate, 0 refused\n"), (out, err)
        settled(lab, 5)
        assert len(lab.receipts(reason="duplicate")) == 3
        assert len(lab.texts()) == 2 and lab.rejected() == []
        assert lab.redis.xlen("baotin:events") == 0
        audits = [line for line in lab.log().splitlines() if " audit " in
                  line]
        assert len(audits) == 3 and "(2 rows)" in audits[0], audits


BAD = [
    # phone, dossier, status, at, id4, priority; what the report says
    ("02713000000", "H10.45-1", "9", "", "", "",
     'field phone: phone_fixed "0271*****00"'),
    ("0912345678", "", "9", "", "", "", "field dossier: missing"),
    ("0912345678", "H10.45-1", "12", "", "", "",
     'field status: status_unknown "12"'),
    ("0912345678", "H10.45-1", "9", AT, "", "",
     f'field at: at_future "{AT}"'),
    ("0912345678", "H10.45-1", "9", "", "12345", "",
     "field id4: not_4_digits"),
    ("H10.45-1", "H10.45-1", "9", "", "", "",
     'field phone: phone_character "H*****-1"'),
    ("0912345678", "H10.45-1", "0912345678", "", "", "",
     'field status: status_unknown "091*****78"'),
    ("0912345678", "H10.45-1", "9", "", "", "first" * 20,
     'field priority: priority_unknown "' + "first" * 8 + '…"'),
    ("0912345678", "H10.45-1", "9", "", "", "x" * 5000,
     "field priority: too_long"),
    ("0912345678", "H10.45-1", "9", "", "", "\udcff",
     "field priority: not_utf8"),
    ("0912345678", "H10.45-1", "9", "", "", "a\0b",
     "field priority: control_character"),
    ("0912345678", "H10.45-1", "9", "", "", ",more", "row: too_many_cells"),
]


def each_refused_row_is_told_with_line_and_reason():
    with Lab() as lab:
        lines = ["phone,dossier,status,at,id4,priority,,"]
        for i, row in enumerate(BAD):
            lines.append(",".join(row[:-1]))
            lines.append(f"{PHONE},H10.45-2-{i},9,,,")
        data = ("\n".join(lines) + "\n").encode(errors="surrogateescape")
        want = [f"FILE:{2 * i + 2}: {row[-1]}" for i, row in enumerate(BAD)]
        n = len(BAD)
        status, out, _ = imported(lab, "--check", data=data)
        got = out.splitlines()
        assert status == 1 and got[-1] == f"{n} usable, {n} refused", out
        assert got[:-1] == want, [x for x in zip(got, want) if x[0] != x[1]]
        assert lab.redis.xlen("baotin:receipts") == 0, "checked only"
        status, out, _ = imported(lab, data=data, json_out=True)
        report = json.loads(out)
        assert status == 1 and report["imported"] == n, report
        assert [f"FILE:{r['line']}: " + ("" if r["field"] == "row" else
                                         "field ") + r["field"] + ": " +
                r["error"] for r in report["refused"]] == [
            w.split(' "')[0] for w in want], report
        settled(lab, n)
        assert lab.rejected() == []


WRONG = [
    ("dossier,status,fone\nH10.45-1,9,1\n", 'column 3: no field "fone"; '
     "there are: dossier, status, phone, at, "),
    ("dossier,,status\nH10.45-1,,9\n", 'column 2: no field ""'),
    ("dossier,status,DOSSIER\n", 'column 3: "dossier" stands there twice'),
    ("phone,status\n0912345678,9\n", 'no column "dossier"'),
    ("H10.45-1,9,0912345678\n", 'no field "H10.45-1"'),
    ("", "it is empty"),
    ("\ufeffdossier;status\n".encode("utf-16"), "CSV UTF-8"),
    ('dossier,"status\nH10.45-1,9\n', "quote_open"),
]


def wrong_columns_and_files_exit_2():
    with Lab() as lab:
        for data, what in WRONG:
            status, out, err = imported(lab, data=data)
            assert status == 2 and what in err, (data, status, err)
            assert "imported" not in out, out
        status, _, err = imported(lab, path=lab.path("none.csv"))
        assert status == 2 and "No such file" in err, err
        assert imported(lab, "--chek", data="")[0] == 2
        assert imported(lab, "--check", "more", data="")[0] == 2
        assert lab.redis.xlen("baotin:receipts") == 0


def a_broken_quote_stops_with_its_line():
    with Lab() as lab:
        status, out, err = imported(
            lab, data='dossier,status\nH10.45-1,4\n"H10.45-2,4\nx"y,4\n')
        assert status == 1, status
        assert out == "FILE:3: row: quote\n1 imported, 1 refused\n", out
        assert "line 3: quote: nothing from there on was read" in err, err


def all_of(terminal):
    """What was written to a pseudo terminal that nobody has open now."""
    data = b""
    try:
        while True:
            data += os.read(terminal, 65536)
    except OSError:  # EIO: the end
        os.close(terminal)
    return data.decode()


def standard_input_many_rows_and_progress():
    """Many batches; the same again sends nothing and says nothing twice."""
    n = 1050
    with Lab() as lab:
        data = "dossier\tstatus\tat\n" + "".join(
            f"H10.45-230515-{i:04d}\t4\t{now(lab)}\n" for i in range(n))
        argv = [program("baotinctl"), "-s", lab.path("control.sock"),
                "import", "-"]
        ours, theirs = pty.openpty()
        done = subprocess.run(argv, input=data, stdout=subprocess.PIPE,
                              stderr=theirs, text=True)
        os.close(theirs)
        shown = all_of(ours)
        assert done.returncode == 0, done
        assert done.stdout == f"{n} imported, 0 refused\n", done.stdout
        assert "\r1050 rows, " in shown and "\r100 rows, " in shown, shown
        done = subprocess.run(argv, input=data, capture_output=True,
                              text=True)
        assert (done.returncode, done.stderr) == (0, ""), done
        settled(lab, 2 * n)
        assert len(lab.receipts(reason="duplicate")) == n
        metrics = {m["name"]: m["value"]
                   for m in lab.ctl("stats")["metrics"]}
        assert metrics["baotin_events_imported_total"] == 2 * n, metrics


def redis_or_the_daemon_away_is_a_failure():
    data = "dossier,status\nH10.45-1,4\n"
    with Lab() as lab:
        lab.kill("redis")
        wait(lambda: lab.ctl("status")["redis"]["state"] == "down",
             "the loss to be seen")
        status, out, err = imported(lab, data=data)
        assert status == 1 and "Redis: " in err, err
        assert "from line 2 on" in err, err
        assert out == "0 imported, 0 refused\n", out
        lab.start_redis()
        wait(lambda: lab.ctl("status")["redis"]["state"] == "up", "Redis")
        assert imported(lab, data=data)[0] == 0
        lab.stop("baotind")
        status, _, err = imported(lab, data=data)
        assert status == 1 and "can't reach the daemon" in err, err


def the_status_socket_takes_no_rows():
    with Lab() as lab:
        with open(lab.path("don.csv"), "w") as out:
            out.write("dossier,status\nH10.45-1,4\n")
        done = subprocess.run(
            [program("baotinctl"), "-s", lab.path("status.sock"), "import",
             lab.path("don.csv")], capture_output=True, text=True)
        assert done.returncode == 1, done
        assert "the status socket is for reading only" in done.stderr, done
        assert lab.redis.xlen("baotin:receipts") == 0


run([
    rows_become_texts_and_twice_is_once,
    each_refused_row_is_told_with_line_and_reason,
    wrong_columns_and_files_exit_2,
    a_broken_quote_stops_with_its_line,
    standard_input_many_rows_and_progress,
    redis_or_the_daemon_away_is_a_failure,
    the_status_socket_takes_no_rows,
])
