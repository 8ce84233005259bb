#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The systemd unit: nothing in it that systemd does not know, and hardened.
# TAP; skipped where systemd-analyze is not installed.
unit=${top_builddir:-.}/systemd/baotin.service
limit=20 # tenths of what "systemd-analyze security" calls exposure

echo 1..2
if ! command -v systemd-analyze >/dev/null ||
    ! systemd-analyze --help | grep -q -e --offline; then
	echo 'ok 1 - # SKIP no systemd-analyze with --offline here'
	echo 'ok 2 - # SKIP no systemd-analyze with --offline here'
	exit 0
fi
[ -r "$unit" ] || { echo "Bail out! no $unit"; exit 1; }
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
# What is not installed yet can't be found.
sed -E 's|^(Exec[A-Za-z]*)=[^ ]*|\1=/bin/true|' "$unit" \
    >"$dir/baotin.service"
bad=0

# tell NUMBER NAME: a line of TAP; what was said, if it failed.
tell() {
	if [ "$status" = 0 ]; then
		echo "ok $1 - $2"
	else
		sed 's/^/# /' "$dir/said"
		echo "not ok $1 - $2"
		bad=1
	fi
}

status=0
systemd-analyze verify --man=no "$dir/baotin.service" >"$dir/said" 2>&1 ||
    status=1
# It warns of keys that it does not know and succeeds.
grep -q 'baotin[.]service' "$dir/said" && status=1
tell 1 'systemd knows all of it'

status=0
systemd-analyze security --no-pager --offline=true --threshold="$limit" \
    "$dir/baotin.service" >"$dir/said" 2>&1 || status=1
tell 2 "$(sed -n 's/.*exposure level for .*: \([0-9.]*\) .*/exposure \1/p' \
    "$dir/said")"
exit $bad
