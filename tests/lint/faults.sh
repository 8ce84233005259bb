#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Each fault that test_faults.py plants still fits the source: else the books
# would no longer be seen to find it. TAP.
cd "${top_srcdir:-.}" || exit 1
[ -d tests/chaos/faults ] || { echo "Bail out! no tests/chaos/faults"; exit 1; }
command -v patch >/dev/null || { echo "1..0 # SKIP no patch"; exit 0; }

status=0
number=0
for fault in tests/chaos/faults/*.patch; do
	number=$((number + 1))
	if out=$(patch -p1 --dry-run --batch --forward <"$fault" 2>&1); then
		echo "ok $number - $fault"
	else
		echo "$out" | sed 's/^/# /'
		echo "not ok $number - $fault"
		status=1
	fi
done
echo "1..$number"
exit $status
