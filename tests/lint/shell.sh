#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Every shell script of the tree through shellcheck, if it is there. TAP.
top=${top_srcdir:-.}
if ! command -v shellcheck >/dev/null; then
	echo '1..0 # SKIP shellcheck is not installed'
	exit 0
fi

# By their first line, in the folders that hold scripts of ours.
list=$(for place in scripts tests bench .ci autogen.sh; do
	[ -e "$top/$place" ] && find "$top/$place" -type f -size -64k
done | while IFS= read -r file; do
	case $(head -n 1 "$file" | tr -d '\0') in
	'#!/bin/sh'* | '#!/bin/bash'* | '#!/usr/bin/env bash'*)
		echo "$file" ;;
	esac
done | sort)
[ -n "$list" ] || { echo 'Bail out! no scripts'; exit 1; }

echo "1..$(echo "$list" | wc -l)"
echo "$list" | {
	number=0
	status=0
	while IFS= read -r file; do
		number=$((number + 1))
		if out=$(shellcheck -x -P "$top" "$file" 2>&1); then
			echo "ok $number - ${file#"$top"/}"
		else
			echo "$out" | sed 's/^/# /'
			echo "not ok $number - ${file#"$top"/}"
			status=1
		fi
	done
	exit $status
}
