# SPDX-License-Identifier: GPL-2.0-or-later
# Makes the Lua tables STATES and SITUATIONS from the rows of
# message/states.def and dossier/situations.def. A trait becomes a field that
# is true: STATES.queued.waits.
FNR == 1 {
	if (NR > 1)
		print "}"
	is_states = FILENAME ~ /states\.def$/
	printf "local %s = {\n", is_states ? "STATES" : "SITUATIONS"
}
/^S\(/ { row = ""; is_row = 1 }
is_row { row = row " " $0 }
is_row && /\)$/ {
	is_row = 0
	sub(/^ *S\(/, "", row)
	sub(/\)$/, "", row)
	split(row, column, /, */)
	if (is_states)
		print_state()
	else
		print_situation()
}
END { print "}" }

# "OPEN | WAITS" as fields of a Lua table.
function flags(words,	i, n, list, out)
{
	n = split(words, list, / *\| */)
	for (i = 1; i <= n; i++)
		if (list[i] != "NOTHING" && list[i] != "0")
			out = out tolower(list[i]) " = true, "
	return out
}

function plain(text)
{
	gsub(/"/, "", text)
	return text
}

function print_state()
{
	printf "%s = {place = '%s', retention = '%s', %snext = {%s}},\n",
	    plain(column[2]), plain(column[3]), plain(column[4]),
	    flags(column[6]), flags(column[7])
}

function print_situation()
{
	printf "%s = {superseded_by = '%s', %s},\n", plain(column[3]),
	    plain(column[4]), flags(column[5])
}
