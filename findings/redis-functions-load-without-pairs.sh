#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# While Redis 7.0 loads a library of functions, Lua has no pairs, no string
# and no table; inside of the functions it has them.
#
# Expected: one Lua for both. A library that registers its functions in a loop
# over a table, or works out a constant with string.format, is ordinary Lua
# and runs as a script of EVAL. Seen: FUNCTION LOAD ends with "Script attempted
# to access nonexistent global variable 'pairs'". Hit: who turns scripts into a
# library, or makes a library out of a table: the registrations must be written
# out, and constants be made at the first call.
#
# Seen with redis-server 7.0.15 (Debian 12):
#   EVAL with pairs: 3
#   a function with pairs inside: 3
#   pairs|string|table while it loads: nonexistent global variable
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

sum='local n = 0 for _, x in pairs({1, 2}) do n = n + x end'
inside="#!lua name=inside
redis.register_function('inside', function() $sum return n end)"
script=$(cli EVAL "$sum return n" 0)
echo "EVAL with pairs: $script"
cli FUNCTION LOAD "$inside" >/dev/null
function=$(cli FCALL inside 0)
echo "a function with pairs inside: $function"
[ "$script $function" = '3 3' ]
for use in "$sum" "local s = string.format('x')" 'local s = table.concat({})'; do
	answer=$(cli FUNCTION LOAD "#!lua name=outside
$use
redis.register_function('outside', function() return 1 end)")
	echo "FUNCTION LOAD: $answer"
	case $answer in *'nonexistent global variable'*) ;; *) exit 1 ;; esac
done
echo "still so"
