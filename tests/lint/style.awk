# SPDX-License-Identifier: GPL-2.0-or-later
#
# The style of one C file after the other; faults as "file:line: what".
# Variable root: what to cut from the names. Exit status 1: there were some.

function wrong(line, text,	name) {
	name = file
	if (index(name, root) == 1)
		name = substr(name, length(root) + 1)
	printf "# %s:%d: %s\n", name, line, text
	bad++
}

function finish() {
	if (file == "")
		return
	if (lines > 600)
		wrong(lines, "file of " lines " lines, at most 600")
	if (file ~ /\/(src|sim)\/.*\.h$/ && lines > 200)
		wrong(lines, "header of " lines " lines, at most 200")
	if (!has_spdx)
		wrong(1, "no SPDX line")
}

# Columns of a line: tabs to the next eighth, UTF-8 by characters.
function columns(s,	n, i, c) {
	gsub(/[\200-\277]/, "", s)
	for (i = 1; i <= length(s); i++) {
		c = substr(s, i, 1)
		n = c == "\t" ? n + 8 - n % 8 : n + 1
	}
	return n
}

FNR == 1 {
	finish()
	file = FILENAME
	has_spdx = 0
	start = 0
}
{
	lines = FNR
}
FNR <= 3 && /SPDX-License-Identifier: GPL-2\.0-or-later/ {
	has_spdx = 1
}
/[ \t]$/ {
	wrong(FNR, "blanks at the end of the line")
}
/^[ \t]*#[ \t]*if[ \t]+0/ {
	wrong(FNR, "code switched off by #if 0")
}
/(^|[^A-Za-z_])(TODO|FIXME|XXX)([^A-Za-z_]|$)/ && !/XXXXXX/ {
	wrong(FNR, "unfinished work in a comment")
}
/(^|[^A-Za-z0-9_.>])(system|popen)[ \t]*\(/ {
	wrong(FNR, "a shell: system() or popen()")
}
/redis\.p?call[ \t]*\(/ {
	wrong(FNR, "Lua in a C string: its home is src/redis/scripts")
}
# A string without a blank to break at may be longer.
columns($0) > 80 && !/"[^" ]*"[,;)]*$/ {
	wrong(FNR, "wider than 80 columns")
}
# KNF: a function's body begins and ends in the first column.
/^\{/ {
	start = FNR
}
/^\}/ && start {
	if (FNR - start - 1 > 120)
		wrong(start, "function of " FNR - start - 1 " lines, at most 120")
	start = 0
}
END {
	finish()
	exit bad != 0
}
