# Puts the library of Redis functions together: calls.def first, which says
# the functions and whether they write, then the files that are no function's,
# as they are, then the others, each as the function of its name, without
# comments and indentation. guard.lua gets the commands that they call.
FILENAME ~ /calls\.def$/ {
	if (match($0, /X\([A-Z]+, /)) {
		split($0, word, /[(),\\ ]+/)
		names[++n] = word[3]
		flags[word[3]] = word[4] == "reads" ? "'no-writes'" : ""
	}
	next
}
FNR == 1 {
	if (name in flags)
		print "end"
	name = FILENAME
	sub(/.*\//, "", name)
	sub(/\.lua$/, "", name)
	if (!is_begun++)
		print "local calls = {}"
	if (name in flags)
		printf "calls.%s = function()\n", name
}
/^[ \t]*--/ || /^[ \t]*$/ { next }
{
	rest = $0
	while (match(rest, /call(\(|, )'[A-Z]+'/)) {
		word_at = RSTART + index(substr(rest, RSTART), "'")
		command = substr(rest, word_at, RSTART + RLENGTH - 1 - word_at)
		if (!(command in commands))
			rights = rights "'" command "', "
		commands[command] = 1
		rest = substr(rest, RSTART + RLENGTH)
	}
	sub(/^[ \t]+/, "")
	print
}
END {
	print "end"
	print "RIGHTS = {" rights "}"
	# While Redis loads a library there is no `pairs` to loop with.
	for (i = 1; i <= n; i++)
		printf "redis.register_function{function_name = LIBRARY .. " \
		    "'_%s', flags = {%s}, callback = function(keys, words)\n" \
		    "return begin(words, %s) or calls.%s()\nend}\n",
		    names[i], flags[names[i]],
		    flags[names[i]] == "" ? "true" : "false", names[i]
}
