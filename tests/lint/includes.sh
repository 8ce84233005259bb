#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Which folder may include which: each row of the table names a folder and
# all it may see; and each library stays in its rooms. TAP.
top=${top_srcdir:-.}
[ -d "$top/src" ] || { echo "Bail out! no $top/src"; exit 1; }
files=$(find "$top/src" "$top/sim" -name '*.[ch]' 2>/dev/null | sort)
[ -n "$files" ] || { echo "Bail out! no sources in $top/src"; exit 1; }

# shellcheck disable=SC2086
awk -v top="$top/" '
function allow(folder, list,	n, i, names) {
	known[folder] = 1
	n = split(list " " folder, names, " ")
	for (i = 1; i <= n; i++)
		may[folder, names[i]] = 1
}
function wrong(text) {
	if (index(text, top) == 1)
		text = substr(text, length(top) + 1)
	printf "# %s\n", text
	bad++
}
# What a library may be included by: a pattern over folder/file.
function keep(header, where) {
	if ($2 ~ header && place !~ where)
		wrong(FILENAME ":" FNR ": " $2 " belongs in " where)
}
BEGIN {
	stage = "base conf ipc journal redis text dossier message"
	allow("base", "")
	allow("alarm", "base")
	allow("conf", "base")
	allow("confine", "base")
	allow("ipc", "base")
	allow("journal", "base ipc")
	allow("redis", "base conf dossier message text")
	allow("text", "base dossier")
	allow("dossier", "base")
	allow("message", "base dossier text")
	allow("intake", stage " http")
	allow("dispatch", stage)
	allow("modem", stage)
	allow("http", "base conf")
	allow("lookup", stage " http")
	allow("outbox", stage)
	allow("admin", "alarm base conf http ipc message redis dossier text")
	allow("worker", "base confine ipc journal text")
	allow("smpp", "base")
	allow("ctl", "base ipc conf text")
	allow("sim", "base text")
}
{
	place = substr(FILENAME, length(top) + 1)
	sub("^src/", "", place)
	folder = place
	sub("/.*", "", folder)
}
FNR == 1 && folder != "daemon" && !(folder in known) {
	wrong(FILENAME ":1: folder " folder " is not in the table")
}
/^[ \t]*#[ \t]*include/ {
	sub(/^[ \t]*#[ \t]*include[ \t]*/, "include ")
	count++
}
/^include "/ {
	name = $2
	gsub(/"/, "", name)
	other = name
	sub("/.*", "", other)
	if (name == "config.h")
		;
	else if (name !~ "/")
		wrong(FILENAME ":" FNR ": \"" name "\" without its folder")
	else if (!((folder, other) in may) &&
	    (folder != "daemon" || other == "sim"))
		wrong(FILENAME ":" FNR ": " folder "/ may not include " name)
}
/^include/ {
	keep("hiredis", "^redis/")
	keep("<csv[.]h>", "^ctl/sheet[.]c$")
	keep("gammu", "^worker/")
	keep("libconfig", "^conf/")
	keep("<(seccomp|linux/landlock)[.]h>", "^confine/")
	keep("event2/http", "^(http/|(admin|intake|lookup|sim)/[a-z_]*http)[a-z_]*[.][ch]$")
}
END {
	print "1..1"
	if (count == 0)
		wrong("no #include seen at all")
	printf "%s 1 - %d includes\n", bad ? "not ok" : "ok", count
	exit bad != 0
}' $files
