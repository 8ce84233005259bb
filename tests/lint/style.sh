#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sizes and manners of every C file in src/, sim/ and tests/. TAP.
top=${top_srcdir:-.}
here=$(dirname "$0")
[ -d "$top/src" ] || { echo "Bail out! no $top/src"; exit 1; }

echo 1..3
number=0
status=0
for folder in src sim tests; do
	number=$((number + 1))
	files=
	[ -d "$top/$folder" ] && files=$(find "$top/$folder" -name '*.[ch]' |
	    sort)
	if [ -z "$files" ] && [ $folder = src ]; then
		echo "not ok $number - no C file in $folder"
		status=1
		continue
	fi
	# shellcheck disable=SC2086
	if [ -z "$files" ] || LC_ALL=C awk -v root="$top/" \
	    -f "$here/style.awk" $files; then
		echo "ok $number - $folder"
	else
		echo "not ok $number - $folder"
		status=1
	fi
done
exit $status
