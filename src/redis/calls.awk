# SPDX-License-Identifier: GPL-2.0-or-later
#
# Makes the readers of arguments in Lua from calls.def, and compares each row
# with the function's file. If one of them lacks an argument or a field of an
# answer, the build fails.
#
#	awk -f calls.awk calls*.def library/*.lua scripts/*.lua
FILENAME ~ /calls[a-z_]*\.def$/ {
	if (/#define/)
		is_in_calls = /#define CALLS\(/
	if (is_in_calls && match($0, /X\([A-Z]+, /))
		is_call[substr($0, RSTART + 2, RLENGTH - 4)] = 1
	if (match($0, /#define (CALL|ANSWER|ROW)_[A-Z]+\(F, G\)/)) {
		list = substr($0, RSTART + 8, RLENGTH - 14)
		is_list[list] = 1
		if (list ~ /^CALL_/) {	# also one without arguments
			order[++n_lists] = list
			n_fields[list] = 0
		}
	} else if (/#define/) {
		list = ""
	}
	line = $0
	sub(/\/\*.*/, "", line)
	while (list != "" && match(line, /[FG]\([a-z_]+, [^)]*\)/)) {
		add_field(substr(line, RSTART + 2, RLENGTH - 3))
		line = substr(line, RSTART + RLENGTH)
	}
	if (/^$/)
		list = ""
	next
}
FNR == 1 {
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.lua$/, "", name)
	call = toupper(name)
	file[call] = FILENAME
	is_shared[call] = !(call in is_call)
}
/^[ \t]*--/ { next }
{
	line = " " $0
	sub(/[ \t]--[ \t].*/, "", line)
	while (match(line, /[^A-Za-z0-9_.]a\.[a-z_0-9]+/)) {
		reads[call, substr(line, RSTART + 3, RLENGTH - 3)] = FNR
		field = substr(line, RSTART + 3, RLENGTH - 3)
		if (!((call, field) in is_read)) {
			is_read[call, field] = 1
			list_of_reads[call] = list_of_reads[call] " " field
		}
		line = substr(line, RSTART + RLENGTH)
	}
	text[call] = text[call] "\n " $0
	all = all "\n " $0
	if (is_shared[call])
		shared = shared "\n " $0
}
END {
	for (i = 1; i <= n_lists; i++)
		if (order[i] ~ /^CALL_/ && order[i] != "CALL_COMMON")
			compare(substr(order[i], 6))
	for (call in list_of_reads)
		if (is_shared[call])
			fault(file[call] ": reads a." substr(list_of_reads[call], 2) \
			    ", but arguments are the functions' own")
	if (n_faults > 0)
		exit 1
	print "local READ, ROW, ONE = {}, {}, {}"
	for (i = 1; i <= n_lists; i++)
		print_reader(order[i])
}

function add_field(words,	part, n)
{
	if (!(list in n_fields))
		order[++n_lists] = list
	n = ++n_fields[list]
	split(words, part, /, */)
	type[list, n] = part[1]
	field_name[list, n] = part[2]
	of[list, n] = part[3]
	gsub(/"/, "", of[list, n])
	has[list, part[2]] = 1
}

function fault(message)
{
	print message | "cat 1>&2"
	n_faults++
}

function compare(call,	i, n, list, word)
{
	if (!(call in file)) {
		fault("calls.def: CALL_" call " has no file in scripts/")
		return
	}
	n = split(list_of_reads[call], word, " ")
	for (i = 1; i <= n; i++)
		if (!(("CALL_" call, word[i]) in has))
			fault(file[call] ": reads a." word[i] ", which " \
			    "CALL_" call " of calls.def does not have")
	list = "CALL_" call
	for (i = 1; i <= n_fields[list]; i++)
		if (!((call, field_name[list, i]) in is_read))
			fault(file[call] ": does not read a." \
			    field_name[list, i] ", which CALL_" call \
			    " of calls.def has")
		else
			compare_row(call, type[list, i], of[list, i])
	compare_answer(call)
}

# Some function must read each field of a row, under whatever name.
function compare_row(call, kind, row,	i, list, name)
{
	if (kind != "rows" && kind != "group")
		return
	list = "ROW_" toupper(row)
	for (i = 1; i <= n_fields[list]; i++) {
		name = field_name[list, i]
		if (all !~ ("\\." name "[^a-z_0-9]"))
			fault("calls.def: no function reads the field " \
			    name " of " list)
		else
			compare_row(call, type[list, i], of[list, i])
	}
}

# Some code must set each field of the answer, and a constructor that begins
# with a result must have only known fields.
function compare_answer(call,	i, list, name, rest, row, n, word)
{
	list = "ANSWER_" call
	for (i = 1; i <= n_fields[list]; i++) {
		name = field_name[list, i]
		if ((text[call] shared) !~ ("[^a-z_0-9]" name \
		    "( =[^=]|, [a-z_.]+ =[^=])"))
			fault(file[call] ": never answers " name ", which " \
			    list " of calls.def has")
	}
	rest = text[call]
	while (match(rest, /(answer|done)\(\{[^{}]*\}/)) {
		row = substr(rest, RSTART, RLENGTH)
		rest = substr(rest, RSTART + RLENGTH)
		gsub(/'[^']*'|\([^()]*\)/, "", row)
		while (match(row, /[{, \n\t][a-z_0-9]+ =[^=]/)) {
			name = substr(row, RSTART + 1, RLENGTH - 4)
			row = substr(row, RSTART + RLENGTH)
			if (!((list, name) in has))
				fault(file[call] ": answers " name ", which " \
				    list " of calls.def does not have")
		}
	}
}

function print_reader(list,	i, kind, name)
{
	if (list ~ /^ANSWER_/ || list == "CALL_COMMON")
		return
	name = tolower(substr(list, index(list, "_") + 1))
	kind = list ~ /^CALL_/ ? "READ" : "ROW"
	for (i = 1; i <= n_fields[list]; i++)
		if (type[list, i] ~ /one$/)
			print_words(kind "_" name "_" field_name[list, i],
			    of[list, i])
	printf "%s.%s = function()\nlocal a = {}\n", kind, name
	for (i = 1; i <= n_fields[list]; i++)
		printf "a.%s = take.%s('%s'%s)\n", field_name[list, i],
		    type[list, i], field_name[list, i],
		    extra(kind "_" name, list, i)
	print "return a\nend"
}

function extra(prefix, list, i)
{
	if (type[list, i] ~ /one$/)
		return ", ONE." prefix "_" field_name[list, i]
	if (type[list, i] == "rows" || type[list, i] == "group")
		return ", ROW." of[list, i]
	return ""
}

function print_words(name, words,	i, n, word)
{
	printf "ONE.%s = {", name
	n = split(words, word, " ")
	for (i = 1; i <= n; i++)
		printf "['%s'] = true, ", word[i]
	print "}"
}
