#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libgammu can't open a Huawei modem that refuses AT^PORTSEL=1.
#
# Expected: a setting that only chooses the port for the modem's own messages
# is tried, and passed over when the modem refuses it. Seen: once the model's
# name says Huawei, an ERROR to AT^PORTSEL=1 ends GSM_InitConnection with
# "Unknown error", and nothing works. The same modem under a name that libgammu
# does not know is opened.
# Hit: who has a stick whose firmware lacks that command: it looks as if port,
# cable or rights were wrong.
#
# Seen with gammu 1.42.0-8 (Debian 12), gammu identify:
#   NoName, PORTSEL refused: opened
#   E3372, PORTSEL taken: opened
#   E3372, PORTSEL refused: status 127, Unknown error.
set -eu
dir=$(mktemp -d)
modem=
trap '[ -z "$modem" ] || kill "$modem" 2>/dev/null; rm -rf "$dir"' EXIT
cd "$dir"
version=1.42.0-8
apt-get -qq -o APT::Sandbox::User=root download "gammu=$version" \
    "libgammu8=$version" "libgsmsd8=$version" >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
lib=$(dirname "$(find "$dir/root" -name 'libGammu.so.8' | head -n 1)")

# A modem on a pseudo terminal, of model argv[1]; argv[2] is its answer to
# AT^PORTSEL=1. OK to everything else.
cat >modem.py <<'END'
import os
import pty
import sys
import tty

master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)
answers = {"AT+CGMI": "huawei", "AT+CGMM": sys.argv[1], "AT+CGMR": "1",
           "AT+CSCS=?": '+CSCS: ("GSM","UCS2")', "AT+CSCS?": '+CSCS: "GSM"',
           "AT+CPIN?": "+CPIN: READY", "AT+CSCA?": '+CSCA: "+999000000009",145',
           "AT+CGSN": "490154203237518"}
line = b""
while True:
    octet = os.read(master, 1)
    if octet == b"\r":
        command = line.decode().strip("\x1b\n ")
        line = b""
        os.write(master, command.encode() + b"\r\r\n")
        if command.startswith("AT^PORTSEL"):
            os.write(master, b"\r\n" + sys.argv[2].encode() + b"\r\n")
        elif command in answers:
            os.write(master, answers[command].encode() + b"\r\n\r\nOK\r\n")
        elif command.startswith("AT"):
            os.write(master, b"OK\r\n")
    else:
        line += octet
END
open_it() {
	exec 4< <(exec python3 modem.py "$1" "$2")
	modem=$!
	read -r port <&4
	printf '[gammu]\ndevice = %s\nconnection = dku2at\n' "$port" >rc
	status=0
	LD_LIBRARY_PATH=$lib timeout 60 root/usr/bin/gammu -c rc identify \
	    >out 2>&1 || status=$?
	kill "$modem"
	modem=
	exec 4<&-
	if [ $status = 0 ]; then
		echo opened
	else
		echo "status $status, $(tail -n 1 out)"
	fi
}
{
	echo "NoName, PORTSEL refused: $(open_it NoName ERROR)"
	echo "E3372, PORTSEL taken: $(open_it E3372 OK)"
	echo "E3372, PORTSEL refused: $(open_it E3372 ERROR)"
} >seen
printf 'gammu %s\n%s\n' "$version" "$(cat seen)"
[ "$(cat seen)" = 'NoName, PORTSEL refused: opened
E3372, PORTSEL taken: opened
E3372, PORTSEL refused: status 127, Unknown error.' ] || exit 1
echo "still so"
