#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A right that a user lacks has another error inside of a script or a function
# of Redis 7 than outside, and what was written before it stays.
#
# Expected: NOPERM, as the command itself is answered, before anything of the
# script was done. Seen: "ERR The user executing the script can't run this
# command or subcommand", with the general code ERR, raised when the command's
# turn comes: the key that was set one line above is there, and ACL DRYRUN of
# the call says OK. Hit: who sorts errors by their first word and takes ERR for
# a mistake in the request, to be given up; and who relies on a script being
# done whole or not at all when an access list is tightened.
#
# Seen with redis-server 7.0.15 (Debian 12), user without RPUSH:
#   RPUSH: NOPERM …
#   DRYRUN of the call: OK
#   EVAL: ERR The user executing the script can't run this command or subcommand …
#   FCALL: ERR The user executing the script can't run this command or subcommand …
#   written before the error: 2
set -eu
dir=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; wait; rm -rf "$dir"' EXIT
cd "$dir"
version=5:7.0.15-1~deb12u7
apt-get -qq -o APT::Sandbox::User=root download "redis-tools=$version" >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
PATH=$dir/root/usr/bin:$PATH	# redis-check-rdb is the server by another name
(exec -a redis-server redis-check-rdb --port 0 --save '' \
    --unixsocket "$dir/sock") >log &
server=$!
cli() { redis-cli -s "$dir/sock" "$@" 2>&1; }
for _ in $(seq 100); do cli PING | grep -q PONG && break; read -rt 0.1 <> <(:) || :; done
cli INFO server | tr -d '\r' | grep '^redis_version:'

body="redis.call('INCR', 'n') redis.call('RPUSH', 'list', 1)"
cli FUNCTION LOAD "#!lua name=two
redis.register_function('two', function() $body end)" >/dev/null
cli ACL SETUSER clerk on nopass '~*' +@all -rpush >/dev/null
as() { cli --user clerk --pass x --no-auth-warning "$@"; }
command=$(as RPUSH list 1)
dry=$(cli ACL DRYRUN clerk FCALL two 0)
eval=$(as EVAL "$body" 0)
call=$(as FCALL two 0)
written=$(cli GET n)
printf '%s\n' "RPUSH: $command" "DRYRUN of the call: $dry" "EVAL: $eval" \
    "FCALL: $call" "written before the error: $written"
case $command in NOPERM*) ;; *) exit 1 ;; esac
for answer in "$eval" "$call"; do
	case $answer in "ERR The user executing the script can't run"*) ;;
	*) exit 1 ;; esac
done
[ "$dry $written" = 'OK 2' ] || exit 1
echo "still so"
