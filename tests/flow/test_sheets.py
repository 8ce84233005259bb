#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Spreadsheets as offices in Viet Nam write them (issue 13.5): headings,
dates, amounts and status words, and the encodings of old fonts."""

import json
import subprocess
import unicodedata

from lab import Lab, program, run, wait

HEADINGS = "Mã hồ sơ;Trạng thái;Số điện thoại;Ngày hẹn trả;Nơi trả kết quả"
PLACE = "Một cửa xã Đốp"
ROW = f"H10.45-230515-0001;Đã xử lý xong;0912345678;19/05/2030;{PLACE}"
PHONE = "+84912345678"

# The letters of the ABC fonts (TCVN 5712, by iconv) and of the VNI fonts.
VNI_SHAPES = {"": {"": "", "\u0301": "ù", "\u0300": "ø", "\u0309": "û",
                   "\u0303": "õ", "\u0323": "ï"},
              "\u0302": {"": "â", "\u0301": "á", "\u0300": "à",
                         "\u0309": "å", "\u0303": "ã", "\u0323": "ä"},
              "\u0306": {"": "ê", "\u0301": "é", "\u0300": "è",
                         "\u0309": "ú", "\u0303": "ü", "\u0323": "ë"}}
VNI_LETTERS = {"í": "í", "ì": "ì", "ỉ": "æ", "ĩ": "ó", "ị": "ò", "ỵ": "î",
               "đ": "ñ", "Đ": "Ñ"}
VNI_HORNS = {"ơ": "ô", "ư": "ö", "Ơ": "Ô", "Ư": "Ö"}


def vni(text):
    out = ""
    for letter in unicodedata.normalize("NFC", text):
        if ord(letter) < 128:
            out += letter
            continue
        if letter in VNI_LETTERS:
            out += VNI_LETTERS[letter]
            continue
        base, *marks = unicodedata.normalize("NFD", letter)
        shape = next((m for m in marks if m in "\u0302\u0306"), "")
        tone = next((m for m in marks
                     if m in "\u0300\u0301\u0303\u0309\u0323"), "")
        if "\u031b" in marks:
            base = VNI_HORNS[unicodedata.normalize("NFC", base + "\u031b")]
        out += base + VNI_SHAPES[shape][tone]
    return out.encode("cp1252")


def iconv(text, charset):
    return subprocess.run(["iconv", "-f", "UTF-8", "-t", charset],
                          input=text.encode(), stdout=subprocess.PIPE,
                          check=True).stdout


def cp1258(text):
    """As Windows has it: the tone marks stand behind their letters."""
    out = ""
    for letter in text:
        base, *marks = unicodedata.normalize("NFD", letter)
        tones = [m for m in marks if m in "\u0300\u0301\u0303\u0309\u0323"]
        shapes = [m for m in marks if m not in tones]
        out += unicodedata.normalize("NFC", base + "".join(shapes)) + \
            "".join(tones)
    return out.encode("cp1258")


def imported(lab, data, *words, is_json=False):
    name = lab.path("bang.csv")
    with open(name, "wb") as out:
        out.write(data if isinstance(data, bytes) else data.encode())
    done = subprocess.run(
        [program("baotinctl"), *(["-j"] if is_json else []), "-s",
         lab.path("control.sock"), "import", *words, name],
        capture_output=True, text=True)
    return done.returncode, done.stdout.replace(name, "FILE"), \
        done.stderr.replace(name, "FILE")


def record(lab, code="H10.45-230515-0001"):
    return lab.redis.hgetall(f"baotin:dossier:{code}")


def sheets(lines):
    """The same table as several programs save it."""
    text = "\r\n".join(lines) + "\r\n"
    return {
        "Excel, CSV UTF-8": b"\xef\xbb\xbf" + text.encode(),
        "Excel, sep=": b"\xef\xbb\xbfsep=;\r\n" + text.encode(),
        "LibreOffice": ('"' + '"\n"'.join(lines).replace(";", '","') +
                        '"\n').encode(),
        "tabs": text.replace(";", "\t").encode(),
        "Windows-1258": cp1258(text),
        "ABC font": iconv(text, "TCVN5712-1"),
        "VNI font": vni(text),
    }


def issue13_5_one_table_in_seven_forms():
    """Each form says the same; the old encodings are told."""
    with Lab() as lab:
        for name, data in sheets([HEADINGS, ROW]).items():
            lab.redis.delete("baotin:dossier:H10.45-230515-0001")
            status, out, err = imported(lab, data)
            assert status == 0, (name, out, err)
            is_old = name in ("Windows-1258", "ABC font", "VNI font")
            assert ("it is read as" in err) == is_old, (name, err)
            got = record(lab)
            assert got["collect_at"] == PLACE, (name, got)
            assert (got["status"], got["due"], got["phone"]) == (
                "ready", "2030-05-19", PHONE), (name, got)
        assert "Mot cua xa Dop" in lab.wait_text(PHONE)


def issue13_5_titles_extra_columns_and_any_order():
    with Lab() as lab:
        data = ("DANH SÁCH HỒ SƠ THÁNG 11, XÃ BOM BO;;;;\r\n;;;;\r\n"
                "STT;Họ và tên;TÌNH TRẠNG;SĐT;Mã số hồ sơ;Số hồ sơ\r\n"
                "1;Điểu A;đang xử lý;0912345678;x;H10.45-230515-0001\r\n")
        status, out, err = imported(lab, data)
        assert (status, out) == (2, ""), (status, out, err)
        assert 'column 1: no field "STT"' in err and \
            "--ignore-unknown" in err, err
        status, out, err = imported(lab, data, "--ignore-unknown")
        assert (status, out.splitlines()[0]) == (
            0, "1 imported, 0 refused"), (status, out, err)
        assert [line.split(": ")[2:] for line in err.splitlines()] == [
            ["column 1 is passed over", '"STT"'],
            ["column 2 is passed over", '"Họ và tên"'],
            ["column 5 is passed over", '"Mã số hồ sơ"']], err
        got = record(lab)
        assert got["status"] == "processing", got
        assert "Điểu A" not in str(got), "no name is kept"


VALUES = [
    # field, as written, as kept
    ("due", "9/5/2030", "2030-05-09"), ("due", "2030-05-19", "2030-05-19"),
    ("fee", "1.250.000", "1250000"), ("fee", "1,250,000 đ", "1250000"),
    ("fee", "50000 VND", "50000"), ("fee", "50.000đ", "50000"),
    ("status", "READY", "ready"), ("status", "9", "ready"),
    ("status", "ĐÃ TRẢ KẾT QUẢ", "returned"),
    ("status", "Không được tiếp nhận", "refused"),
    ("status", "yeu cau bo sung giay to", "supplement"),
    ("channel", "Trực tuyến", "online"),
    ("phone", "'0912345678", PHONE),
]
REFUSED = [
    ("due", "19/13/2030", "date_form"), ("due", "31/02/2030", "date_form"),
    ("due", "05/19/30", "date_form"),
    ("fee", "1.25", "not_an_amount"), ("fee", "1.250,000", "not_an_amount"),
    ("fee", "1.250.00", "not_an_amount"),
    ("fee", "50000 USD", "not_an_amount"),
    ("status", "Xong rồi nhé", "status_unknown"),
    ("phone", "9,12E+08", "excel_number"),
    ("phone", "8.4912E+10", "excel_number"),
    ("dossier", "2.30515E+11", "excel_number"),
    ("collect_at", "Má»™t cá»­a xÃ£", "mojibake"),
    ("collect_at", "Mét cöa x·", "mojibake"),
    ("collect_at", "Moät cöûa xaõ", "mojibake"),
    ("collect_at", "M?t c\ufffda", "mojibake"),
]


def row_of(field, value):
    row = {"dossier": "H10.45-230515-0001", "status": "4", field: value}
    names = list(row)
    quoted = ['"' + row[n].replace('"', '""') + '"' for n in names]
    return ",".join(names) + "\n" + ",".join(quoted) + "\n"


def issue13_5_values_as_people_write_them():
    with Lab() as lab:
        for field, written, kept in VALUES:
            lab.redis.delete("baotin:dossier:H10.45-230515-0001")
            status, out, err = imported(lab, row_of(field, written))
            assert status == 0, (field, written, out, err)
            assert record(lab)[field] == kept, (field, written, record(lab))


def issue13_5_what_was_cut_or_misread_is_refused_with_advice():
    with Lab() as lab:
        for field, written, error in REFUSED:
            status, out, _ = imported(lab, row_of(field, written), "--check")
            first = out.splitlines()[0]
            assert status == 1, (field, written, out)
            assert first.startswith(f"FILE:2: field {field}: {error}"), first
            if error == "excel_number":
                assert "format its column as Text" in first, first
            if error == "mojibake":
                assert "CSV UTF-8" in first, first
        status, out, _ = imported(lab, row_of("phone", "9,12E+08"),
                                  is_json=True)
        assert json.loads(out)["refused"] == [
            {"line": 2, "field": "phone", "error": "excel_number"}], out


def issue13_5_no_mojibake_by_the_stream_either():
    """An event that brings such a place is rejected, whoever made it."""
    with Lab() as lab:
        lab.event(dossier="H10.45-230515-0001", status=9, phone=PHONE,
                  collect_at="Má»™t cá»­a xÃ£ Bom Bo")
        wait(lambda: lab.rejected(), "the rejection")
        rejected = lab.rejected()[0]
        assert (rejected["error"], rejected["field"]) == (
            "mojibake", "collect_at"), rejected


def issue13_5_headings_of_an_old_font_saved_as_utf8_are_told():
    with Lab() as lab:
        data = iconv(HEADINGS + "\n" + ROW, "TCVN5712-1").decode("latin-1")
        status, _, err = imported(lab, data)
        assert status == 2 and "convert the file's font to Unicode" in err, \
            err


def issue13_5_a_large_file_of_an_old_font():
    """More than the sample that the guess is made from."""
    n = 16000
    lines = [HEADINGS] + [
        f"H10.45-230515-{i:05d};Đang xử lý;;19/05/2030;{PLACE} phòng số {i}"
        for i in range(n)]
    with Lab() as lab:
        data = iconv("\n".join(lines) + "\n", "TCVN5712-1")
        status, out, err = imported(lab, data, "--check")
        assert len(data) > 1048576, len(data)
        assert (status, out) == (0, f"{n} usable, 0 refused\n"), (out, err)


run([
    issue13_5_one_table_in_seven_forms,
    issue13_5_titles_extra_columns_and_any_order,
    issue13_5_values_as_people_write_them,
    issue13_5_what_was_cut_or_misread_is_refused_with_advice,
    issue13_5_no_mojibake_by_the_stream_either,
    issue13_5_headings_of_an_old_font_saved_as_utf8_are_told,
    issue13_5_a_large_file_of_an_old_font,
])
