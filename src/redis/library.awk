# Puts the library of Redis functions together: calls.def first, which says
# the functions and what they do, then the files that are no function's, as
# they are, then the others, each as the function of its name, without comments
# and indentation. guard.lua gets, for each function, the commands that it
# calls and the fixed keys that it names, by itself or in the shared functions
# whose names stand in it: rather too many than too few.
FILENAME ~ /calls\.def$/ {
	if (/#define/)
		is_list = /#define CALLS\(/
	if (is_list && match($0, /X\([A-Z]+, /)) {
		split($0, word, /[(),\\ ]+/)
		names[++n] = word[3]
		kind[word[3]] = word[4]
	}
	next
}
FNR == 1 {
	if (name in kind)
		print "end"
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.lua$/, "", name)
	if (!is_begun++)
		print "local calls = {}"
	if (name in kind)
		printf "calls.%s = function(a)\n", name
	part = name in kind ? "calls." name : ""
}
/^[ \t]*--/ || /^[ \t]*$/ { next }
!(name in kind) && /^local function / {
	part = $3
	sub(/\(.*/, "", part)
	is_shared[part] = 1
}
part != "" { note_words($0) }
!(name in kind) && /^end/ { part = "" }
/^local FIXED = /, /\}/ { note_fixed($0) }
{
	sub(/^[ \t]+/, "")
	print
}

# Finds the words of this part. A comment behind a line does not count.
function note_words(line, at, before, last)
{
	sub(/[ \t]--[ \t].*/, "", line)
	while (match(line, /'[^']*'|\.?[A-Za-z_][A-Za-z_0-9]*/)) {
		at = substr(line, RSTART, RLENGTH)
		before = substr(line, 1, RSTART - 1)
		if (at ~ /^'[A-Z]+'$/ && last ~ /call$/ && before ~ /^[(,] ?$/)
			at = "call " at
		last = at
		if (!((part, at) in has)) {
			has[part, at] = 1
			words[part] = words[part] "\n" at
		}
		line = substr(line, RSTART + RLENGTH)
	}
}

function note_fixed(line)
{
	while (match(line, /[a-z_]+ = '/)) {
		is_fixed["'" substr(line, RSTART, RLENGTH - 4) "'"] = 1
		line = substr(line, RSTART + RLENGTH)
	}
}

# Adds what this part, and the shared functions that it names, reach.
function follow(part, of, list, i, count)
{
	if ((of, part) in is_followed)
		return
	is_followed[of, part] = 1
	count = split(words[part], list, "\n")
	for (i = 1; i <= count; i++) {
		if (list[i] in is_shared)
			follow(list[i], of)
		else if (list[i] ~ /^call / && !((of, list[i]) in is_reached))
			commands[of] = commands[of] substr(list[i], 6) ", "
		else if (list[i] in is_fixed && !((of, list[i]) in is_reached))
			fixed[of] = fixed[of] list[i] ", "
		is_reached[of, list[i]] = 1
	}
}

# In a function of its own: the locals of the library leave too few registers of
# Lua for a long list.
function print_reach(of)
{
	printf "do (function()\nREACH.%s = {\ncommands = {%s},\n" \
	    "fixed = {%s}}\nend)() end\n", of, commands[of], fixed[of]
}

END {
	print "end"
	for (i = 1; i <= n; i++) {
		follow("calls." names[i], "all")
		follow("calls." names[i], names[i])
	}
	for (i in is_shared)
		follow(i, "all")
	for (i in is_fixed)
		if (!(("all", i) in is_reached))
			fixed["all"] = fixed["all"] i ", "
	print_reach("all")
	# Redis does not offer `pairs` while it loads a library.
	for (i = 1; i <= n; i++) {
		what = kind[names[i]]
		if (what == "writes" || what == "joins") {
			follow("run", names[i])
			follow("guarded", names[i])
			print_reach(names[i])
		} else if (what == "proves")
			printf "REACH['%s'] = REACH.all\n", names[i]
		printf "register{function_name = LIBRARY .. '_%s', " \
		    "flags = {%s}, callback = function(keys, words)\n" \
		    "return run(words, '%s')\nend}\n", names[i],
		    what == "reads" ? "'no-writes'" : "", names[i]
	}
	print "register{function_name = LIBRARY .. '_batch', " \
	    "callback = function(keys, words)\nreturn run_all(words)\nend}"
}
