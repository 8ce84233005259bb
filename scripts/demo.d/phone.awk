# SPDX-License-Identifier: GPL-2.0-or-later
# One line of baotin-sim's texts.jsonl as a telephone's screen. In octets
# (LC_ALL=C); on, off: colour sequences or "".

# The value of a key, with JSON's escapes undone.
function value(key,    at, rest, out, c) {
	at = index($0, "\"" key "\":")
	if (at == 0)
		return ""
	rest = substr($0, at + length(key) + 3)
	if (substr(rest, 1, 1) != "\"") {
		match(rest, /^[0-9.]+/)
		return substr(rest, 1, RLENGTH)
	}
	out = ""
	for (rest = substr(rest, 2); rest != ""; rest = substr(rest, 2)) {
		c = substr(rest, 1, 1)
		if (c == "\"")
			break
		if (c == "\\") {
			rest = substr(rest, 2)
			c = substr(rest, 1, 1)
			if (c == "n" || c == "r" || c == "t")
				c = " "
		}
		out = out c
	}
	return out
}

# Characters, not octets; combining marks do not matter here.
function width(text) {
	gsub(/[\200-\277]/, "", text)
	return length(text)
}

function bar(text, n,    i) {
	for (i = width(text); i < n; i++)
		text = text "─"
	return text
}

function row(text,    i) {
	printf "%s", on "          │ " off text
	for (i = width(text); i < 60; i++)
		printf " "
	print on " │" off
}

{
	to = value("to")
	sub(/^\+84/, "0", to)
	if (length(to) == 10)
		to = substr(to, 1, 4) " " substr(to, 5, 3) " " substr(to, 8)
	n = value("segments")
	print on "          ┌" bar("─ " to " ── by " value("modem") " ── " \
	    value("coding") ", " n (n == 1 ? " segment " : " segments "), 62) \
	    "┐" off
	n = split(value("text"), words, " ")
	line = words[1]
	for (i = 2; i <= n; i++) {
		if (width(line " " words[i]) > 60) {
			row(line)
			line = words[i]
		} else
			line = line " " words[i]
	}
	row(line)
	print on "          └" bar("", 62) "┘" off
}
