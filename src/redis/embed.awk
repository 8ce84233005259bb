# Turns a Lua file into one row of a C table: {"name", "source"},
BEGIN { printf "{\"%s\",\n", name }
/^[ \t]*--/ || /^[ \t]*$/ { next }
{
	gsub(/\\/, "\\\\")
	gsub(/"/, "\\\"")
	sub(/^[ \t]+/, "")
	printf "    \"%s\\n\"\n", $0
}
END { print "}," }
