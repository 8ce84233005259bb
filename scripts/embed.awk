# SPDX-License-Identifier: GPL-2.0-or-later
#
# Part of the build: writes a text as lines of C string literals, for a file
# that a C source includes (the Redis library, the page's style and script,
# the built-in phrases).
{
	gsub(/\\/, "\\\\&")
	gsub(/"/, "\\\"")
	printf "\"%s\\n\"\n", $0
}
