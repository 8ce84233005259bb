# SPDX-License-Identifier: GPL-2.0-or-later
# Each line of a text as a line of a C string.
{
	gsub(/\\/, "\\\\&")
	gsub(/"/, "\\\"")
	printf "\"%s\\n\"\n", $0
}
