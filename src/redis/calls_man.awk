# SPDX-License-Identifier: GPL-2.0-or-later
# Writes baotin-functions(7) in man(7) macros from calls.def: each function,
# what it does, its arguments and what it answers.
BEGIN {
	print ".TH BAOTIN\\-FUNCTIONS 7"
	print ".SH NAME"
	print "baotin\\-functions \\- the functions that baotin keeps in Redis"
	print ".SH DESCRIPTION"
	print "baotind loads them as one library and calls them by FCALL. This"
	print "page is for whoever works on baotin; the words go in this order."
	print "word, maybe, one: a text; maybe may be empty. number, real: in"
	print "digits. flag: 0 or 1. words, numbers, pairs, rows: how many, and"
	print "then they. group: 0, or 1 and then its words. A function that is"
	print "given something else answers BADARGS and does nothing."
}
/^\/\*/ { comment = ""; is_comment = 1 }
is_comment {
	line = $0
	sub(/^\/?[ \t]*\*+\/?[ \t]?/, "", line)
	sub(/[ \t]*\*\/$/, "", line)
	comment = comment (comment == "" || line == "" ? "" : " ") line
}
is_comment && /\*\// { is_comment = 0 }
match($0, /^#define (CALL|ANSWER|ROW)_[A-Z]+\(F, G\)/) {
	list = substr($0, 9, RLENGTH - 14)
	begin_list(list)
	next
}
/^#define/ || /^$/ { list = "" }
list != "" {
	line = $0
	sub(/\/\*.*/, "", line)
	while (match(line, /[FG]\([a-z_]+, [^)]*\)/)) {
		print_field(substr(line, RSTART + 2, RLENGTH - 3))
		line = substr(line, RSTART + RLENGTH)
	}
}
END {
	print ".SH SEE ALSO"
	print ".BR baotind (8)"
}

function text_of(words)
{
	gsub(/\\/, "\\e", words)
	gsub(/-/, "\\-", words)
	gsub(/^['.]/, "\\\\\\&&", words)
	return words
}

function begin_list(list,	name)
{
	name = tolower(substr(list, index(list, "_") + 1))
	if (list == "CALL_COMMON")
		print ".SH IN FRONT OF ALL ARGUMENTS"
	else if (list == "ANSWER_COMMON")
		print ".SH IN EVERY ANSWER"
	else if (list ~ /^CALL_/)
		printf ".SH %s\n", toupper(name)
	else if (list ~ /^ROW_/)
		printf ".SH ROW: %s\n", name
	else {
		print ".PP\nAnswers:"
		return
	}
	print text_of(comment)
	comment = ""
}

function print_field(words,	part)
{
	split(words, part, /, */)
	gsub(/"/, "", part[3])
	printf ".br\n.B %s\n(%s%s)\n", text_of(part[2]), text_of(part[1]),
	    part[3] == "" ? "" : ": " text_of(part[3])
}
