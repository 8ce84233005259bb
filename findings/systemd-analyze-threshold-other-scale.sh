#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# systemd-analyze security --threshold counts on another scale than it prints.
#
# Expected: a unit whose report ends in "exposure level … 1.9" passes
# --threshold=2 and fails --threshold=1. Seen: the option counts in tenths, 0
# to 100, which stands nowhere in the printed report: 2 means 0.2. The unit
# below fails --threshold=2 and passes --threshold=20. A threshold of 9, meant
# as "nearly everything", refuses it as well, and the default of 100 refuses
# nothing at all. Hit: who puts the printed number into a check of a hardened
# unit: the check either never passes, or, with 100, never fails.
#
# Seen with systemd 252.39-1~deb12u2 (Debian 12):
#   printed level below 9.0: yes
#   --threshold=9: fails
#   --threshold=90: passes
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
version=252.39-1~deb12u2
apt-get -qq -o APT::Sandbox::User=root download "systemd=$version" \
    "libsystemd-shared=$version" "libsystemd0=$version" >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
lib=$dir/root/usr/lib/$(uname -m)-linux-gnu
analyze() {
	SYSTEMD_LOG_LEVEL=err \
	    LD_LIBRARY_PATH=$lib:$lib/systemd:$dir/root/lib/${lib##*/} \
	    root/usr/bin/systemd-analyze "$@"
}
cat >small.service <<'END'
[Service]
ExecStart=/bin/true
DynamicUser=yes
PrivateNetwork=yes
END
run() {
	if analyze security --no-pager --offline=yes --threshold="$1" \
	    "$dir/small.service" >report 2>&1; then
		echo passes
	else
		echo fails
	fi
}
at_9=$(run 9)
at_90=$(run 90)
level=$(sed -n 's/.*exposure level.*: \([0-9.]*\) .*/\1/p' report)
echo "systemd $version, printed exposure level $level"
echo "--threshold=9: $at_9"
echo "--threshold=90: $at_90"
awk -v level="$level" 'BEGIN { exit !(level > 0.9 && level < 9) }'
[ "$at_9 $at_90" = 'fails passes' ] || exit 1
echo "still so"
