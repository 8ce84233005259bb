#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libgammu reports a text as sent when the modem refuses it in words that the
# library does not know letter by letter.
#
# Expected: 3GPP TS 27.005, section 3.2.5, lets a modem answer "+CMS ERROR:"
# with a number or, after AT+CMEE=2 or because its maker wants it so, with
# words; either way the text was refused. Seen: libgammu looks the words up in
# a table of its own, with the case of each letter. "network timeout" stands in
# it, and the text fails. "Network timeout", or "No resources at present", does
# not: gammu prints "OK, message reference=-1" and ends with status 0. Hit:
# whoever sends through libgammu or gammu-smsd by a modem that says errors in
# words: texts are lost and counted as sent. The reference of -1 is the only
# trace.
#
# Seen with gammu 1.42.0-8 (Debian 12), the modem's answer to the text, then
# gammu's word:
#   +CMGS: 7: OK, message reference=7
#   +CMS ERROR: 332: error 332
#   +CMS ERROR: network timeout: error 332
#   +CMS ERROR: Network timeout: OK, message reference=-1
#   +CMS ERROR: No resources at present: OK, message reference=-1
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

# A modem on a pseudo terminal: OK to everything, a prompt, then argv[1].
cat >modem.py <<'END'
import os
import pty
import sys
import tty

master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)
answers = {"AT+CGMI": "NoName", "AT+CGMM": "NoModel", "AT+CGMR": "1",
           "AT+CSCS=?": '+CSCS: ("GSM","UCS2")', "AT+CSCS?": '+CSCS: "GSM"',
           "AT+CPIN?": "+CPIN: READY", "AT+CSCA?": '+CSCA: "+999000000009",145',
           "AT+CGSN": "490154203237518"}
line = b""
while True:
    octet = os.read(master, 1)
    if octet == b"\x1a":
        end = "" if "ERROR" in sys.argv[1] else "\r\nOK\r\n"
        os.write(master, f"\r\n{sys.argv[1]}\r\n{end}".encode())
        line = b""
    elif octet == b"\r":
        command = line.decode().strip("\x1b\n ")
        line = b""
        os.write(master, command.encode() + b"\r\r\n")
        if command.startswith("AT+CMGS="):
            os.write(master, b"> ")
        elif command in answers:
            os.write(master, answers[command].encode() + b"\r\n\r\nOK\r\n")
        elif command.startswith("AT"):
            os.write(master, b"OK\r\n")
    else:
        line += octet
END
send() {
	exec 4< <(exec python3 modem.py "$1")
	modem=$!
	read -r port <&4
	printf '[gammu]\ndevice = %s\nconnection = dku2at\n' "$port" >rc
	LD_LIBRARY_PATH=$lib timeout 60 root/usr/bin/gammu -c rc sendsms \
	    TEXT 999000000001 -text hello >out 2>&1 || :
	kill "$modem"
	modem=
	exec 4<&-
	grep -oE 'error [0-9]+|OK, message reference=-?[0-9]+' out | head -n 1
}
for answer in '+CMGS: 7' '+CMS ERROR: 332' '+CMS ERROR: network timeout' \
    '+CMS ERROR: Network timeout' '+CMS ERROR: No resources at present'; do
	echo "$answer: $(send "$answer")"
done >seen
printf 'gammu %s\n%s\n' "$version" "$(cat seen)"
[ "$(cat seen)" = '+CMGS: 7: OK, message reference=7
+CMS ERROR: 332: error 332
+CMS ERROR: network timeout: error 332
+CMS ERROR: Network timeout: OK, message reference=-1
+CMS ERROR: No resources at present: OK, message reference=-1' ] || exit 1
echo "still so"
