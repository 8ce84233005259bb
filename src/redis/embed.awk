# Turns a text into C string literals.
{
	gsub(/\\/, "&&")
	gsub(/"/, "\\\"")
	printf "\"%s\\n\"\n", $0
}
