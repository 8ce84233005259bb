# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the scripts of this folder share: Debian packages, a private copy of
# the sources, progress lines. To be sourced by bash; the caller sets
# set -u and calls lib_start first.

# lib_start: finds the tree (lib_top), the cores, and colours when on a
# terminal.
# shellcheck disable=SC2034
lib_start() {
	lib_name=${0##*/}
	lib_top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
	[ -r "$lib_top/scripts/packages" ] ||
	    lib_fail 1 "$lib_top is not the tree of baotin"
	lib_red='' lib_green='' lib_plain=''
	if [ -t 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${NO_COLOR-}" ]
	then
		lib_red=$'\e[31m' lib_green=$'\e[32m' lib_plain=$'\e[0m'
	fi
	lib_cores=$(nproc 2>/dev/null) || lib_cores=1
	lib_step_pid=
}

# lib_fail STATUS TEXT…: says why and ends.
lib_fail() {
	local status=$1
	shift
	printf '%s: %s\n' "$lib_name" "$*" >&2
	exit "$status"
}

# lib_packages SET…: the packages of these sets, one a line.
lib_packages() {
	local set
	for set in "$@"; do
		awk -v set="$set" '$1 == set { print $2 }' \
		    "$lib_top/scripts/packages"
	done
}

# Those of the packages on stdin that are neither installed nor provided by
# one that is (npm comes with other people's nodejs).
lib_missing() {
	local name provided
	# shellcheck disable=SC2016 # dpkg-query expands them
	provided=$(dpkg-query -W -f '${db:Status-Status} ${Provides}\n' |
	    sed -n 's/^installed //p' | tr -d ' ' | tr ',' '\n' |
	    sed 's/(.*//')
	while IFS= read -r name; do
		# shellcheck disable=SC2016
		dpkg-query -W -f '${db:Status-Status}\n' "$name" 2>/dev/null |
		    grep -qx installed ||
		    grep -qxF -- "$name" <<<"$provided" ||
		    printf '%s\n' "$name"
	done
}

# How root's commands are run here: nothing, or sudo; 1 when there is no way.
lib_become_root() {
	if [ "$(id -u)" = 0 ]; then
		lib_sudo=()
	elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
		lib_sudo=(sudo -n)
	elif command -v sudo >/dev/null && [ -z "${CI-}" ] &&
	    [ -t 0 ] && [ -t 2 ]; then
		lib_sudo=(sudo)
	else
		return 1
	fi
}

# lib_need SET…: installs what is missing of these sets, or ends with status
# 2 and the command to type. Touches the network only when something is
# missing.
lib_need() {
	local missing options=(--yes --no-install-recommends)
	if ! command -v dpkg-query >/dev/null; then
		echo "$lib_name: no dpkg here; scripts/packages says what" \
		    'must be installed' >&2
		return 0
	fi
	mapfile -t missing < <(lib_packages "$@" | lib_missing)
	[ ${#missing[@]} -gt 0 ] || return 0
	if lib_become_root; then
		echo "$lib_name: installing ${missing[*]}"
		# Old lists name versions that are gone; no lists name none.
		{ "${lib_sudo[@]}" apt-get --quiet=2 update &&
		    "${lib_sudo[@]}" env DEBIAN_FRONTEND=noninteractive \
		    apt-get --quiet=2 -o Dpkg::Use-Pty=0 install \
		    "${options[@]}" "${missing[@]}"; } </dev/null ||
		    lib_tell_missing "${missing[@]}"
		mapfile -t missing < <(lib_packages "$@" | lib_missing)
		[ ${#missing[@]} -gt 0 ] || return 0
	fi
	lib_tell_missing "${missing[@]}"
}

lib_tell_missing() {
	cat >&2 <<-END
	$lib_name: these Debian packages are missing: $*
	Install them as root, then run $lib_name again:

	    apt-get update && apt-get install --no-install-recommends $*

	END
	exit 2
}

# lib_copy_tree TO: the sources as they stand here, also what is changed and
# not yet committed, without what git ignores. Nothing is written to the
# tree itself, which may be read-only, built in, or in use.
lib_copy_tree() {
	local to=$1
	mkdir -p "$to" || return 1
	if [ -e "$lib_top/.git" ] && command -v git >/dev/null &&
	    (cd "$lib_top" &&
	    git -c safe.directory='*' ls-files -z --cached --others \
	    --exclude-standard) >"$to.list" 2>/dev/null; then
		# What was removed but is still in the index is not there.
		(cd "$lib_top" && while IFS= read -r -d '' file; do
			if [ -e "$file" ] || [ -L "$file" ]; then
				printf '%s\0' "$file"
			fi
		done) <"$to.list" >"$to.there"
		tar -C "$lib_top" --null --files-from="$to.there" -cf - |
		    tar -C "$to" -xf -
	else
		tar -C "$lib_top" --exclude=./.git --exclude='./build*' \
		    --exclude=./autom4te.cache --exclude=./config.status \
		    --exclude=./config.h --exclude=./Makefile \
		    --exclude='*.o' --exclude='*.a' -cf - . |
		    tar -C "$to" -xf -
	fi
}

# lib_step NAME LOG COMMAND…: runs it with its output in LOG; one line on
# stdout: the name, how it went, the seconds. Returns the command's status.
lib_step() {
	local name=$1 log=$2 began=$SECONDS status=0
	shift 2
	printf '  %-34s ' "$name"
	set -m
	"$@" >"$log" 2>&1 </dev/null &
	lib_step_pid=$!
	set +m
	wait "$lib_step_pid" || status=$?
	lib_step_pid=
	if [ "$status" = 0 ]; then
		printf '%sok%s' "$lib_green" "$lib_plain"
	else
		printf '%sFAILED%s' "$lib_red" "$lib_plain"
	fi
	printf '  %d s\n' $((SECONDS - began))
	return "$status"
}

# lib_descendants PID: the processes below it, itself included.
lib_descendants() {
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v root="$1" '
	{
		pid = $1
		sub(/^.*\) /, "")
		parent[pid] = $2
	}
	END {
		for (pid in parent) {
			for (p = pid; p in parent && p != root; p = parent[p])
				;
			if (p == root)
				print pid
		}
	}'
}

# Ends the step that is running, with all its children.
lib_stop_step() {
	local pids
	[ -n "$lib_step_pid" ] || return 0
	mapfile -t pids < <(lib_descendants "$lib_step_pid")
	kill -TERM "${pids[@]}" 2>/dev/null
	wait "$lib_step_pid" 2>/dev/null
	lib_step_pid=
}

# lib_workdir NAME: makes lib_work, a private folder that goes when the
# script ends, however it ends; lib_keep=1 keeps it.
lib_workdir() {
	lib_keep=
	local parent=${TMPDIR:-/tmp}
	# The paths of unix sockets below it may have only 107 octets.
	[ ${#parent} -le 24 ] || parent=/tmp
	# Some tests run programs of it as another user.
	lib_work=$(mktemp -d "$parent/$1.XXXXXX") &&
	    chmod 711 "$lib_work" || exit 1
	trap lib_leave EXIT
	trap 'exit 129' HUP
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

lib_leave() {
	lib_stop_step
	if [ -z "$lib_keep" ]; then
		# distcheck leaves read-only folders when it fails.
		chmod -R u+w "$lib_work" 2>/dev/null
		rm -rf "$lib_work"
	fi
}
