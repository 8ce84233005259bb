#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""12.10: the sections of docs/operating.md and docs/operating.vi.md about
modems and alarms are the rows of src/ipc/health.def and src/alarm/alarm.def,
each with its anchor. With --write it renews them."""

import os
import re
import sys

ROOT = os.environ.get("top_srcdir") or os.path.join(
    os.path.dirname(os.path.abspath(__file__)), "..", "..")
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([A-Za-z_0-9]+)|([(),|])')
WORDS = {
    "operating.md": {
        "says": "The page says", "do": "What to do",
        "level": {"WARNING": "warning", "CRITICAL": "critical"},
        "about": {"GATEWAY": "the gateway", "MODEM": "a modem",
                  "POOL": "a pool", "AGENCY": "an agency",
                  "OTHER": "what is named behind it"},
        "of": "about", "texts": (0, 1), "health": (2, 3)},
    "operating.vi.md": {
        "says": "Trang báo", "do": "Cần làm",
        "level": {"WARNING": "cảnh báo", "CRITICAL": "nghiêm trọng"},
        "about": {"GATEWAY": "cả cổng", "MODEM": "một modem",
                  "POOL": "một nhóm modem", "AGENCY": "một cơ quan",
                  "OTHER": "điều nêu kèm theo"},
        "of": "về", "texts": (2, 3), "health": (0, 1)},
}


def read(*names):
    with open(os.path.join(ROOT, *names), encoding="utf-8") as file:
        return file.read()


def rows(path, letter):
    """The rows LETTER(…) of a table in C: each a list of its parts; strings
    that stand side by side are one."""
    text = re.sub(r"/\*.*?\*/", " ", read("src", *path.split("/")), flags=re.S)
    text = text.replace("\\\n", " ")
    for start in re.finditer(r"\b%s\((?=[A-Z])" % letter, text):
        parts, depth, was_text = [""], 1, False
        for token in TOKEN.finditer(text, start.end()):
            string, word, sign = token.groups()
            if sign == "(":
                depth += 1
            elif sign == ")":
                depth -= 1
                if depth == 0:
                    break
            elif sign == "," and depth == 1:
                parts.append("")
            elif string is not None:
                parts[-1] += string.replace('\\"', '"')
            elif word is not None:
                parts[-1] += word
        if len(parts) > 4:
            yield parts


def alarms(words):
    say, do = words["texts"]
    for row in rows("alarm/alarm.def", "A"):
        _, name, about, level, _, _, *texts = row
        yield (f'### <a id="{name}"></a>`{name}`\n\n'
               f'*{words["level"][level]}, {words["of"]} '
               f'{words["about"][about]}*\n\n'
               f'**{words["says"]}:** {texts[say]}\n\n'
               f'**{words["do"]}:** {texts[do]}\n\n')


def health(words):
    say, do = words["health"]
    for row in rows("ipc/health.def", "R"):
        _, word, _, *texts = row
        yield (f'### <a id="reason-{word}"></a>`{word}`\n\n'
               f'**{words["says"]}:** {texts[say].replace("{}", "…")}\n\n'
               f'**{words["do"]}:** {texts[do]}\n\n')


def renewed(text, page):
    for name, make in (("modems", health), ("alarms", alarms)):
        begin = f"<!-- {name}: made by tests/lint/operating.py --write -->\n"
        end = f"<!-- end of {name} -->\n"
        head, rest = text.split(begin)
        made = "".join(make(WORDS[page]))
        text = head + begin + "\n" + made + end + rest.split(end, 1)[1]
    return text


def main():
    stale = []
    for page in WORDS:
        text = read("docs", page)
        right = renewed(text, page)
        anchors = set(re.findall(r'<a id="([^"]+)"', right))
        for link in re.findall(r"\(#([^)]+)\)", right):
            if link not in anchors:
                stale.append(f"{page}: no anchor #{link}")
        if text != right and "--write" in sys.argv:
            with open(os.path.join(ROOT, "docs", page), "w",
                      encoding="utf-8") as out:
                out.write(right)
        elif text != right:
            stale.append(f"{page}: run tests/lint/operating.py --write")
    n = len(list(rows("alarm/alarm.def", "A"))), \
        len(list(rows("ipc/health.def", "R")))
    print("1..1")
    for line in stale:
        print("# " + line)
    good = not stale and min(n) > 20
    print(("ok" if good else "not ok") + " 1 - docs/operating*.md have "
          f"{n[0]} alarms and {n[1]} reasons of modems")
    sys.exit(not good)


main()
