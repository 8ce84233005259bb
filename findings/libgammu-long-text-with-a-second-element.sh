#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# libgammu does not know the part of a long text when its header holds one
# more information element beside the numbers of the part.
#
# Expected: a user data header may hold several elements (3GPP TS 23.040,
# section 9.2.3.24): reference, total and number of a part (00), and beside it
# a national language table (24, 25) or a port (04, 05). Seen: with 00 alone
# libgammu tells total 2, part 1. With one more element, before or behind it,
# reference, total and part are all -1, and no error: the parts are never
# joined. Hit: texts in Turkish, Spanish or Portuguese from phones that use a
# language table, for whoever reads them through libgammu or gammu-smsd.
#
# Seen with libgammu 1.42.0 (Debian 12):
#   one element: no error, total 2, part 1
#   language table behind: no error, total -1, part -1
#   language table first: no error, total -1, part -1
#   port behind: no error, total -1, part -1
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
version=1.42.0-8
apt-get -qq -o APT::Sandbox::User=root download "libgammu-dev=$version" \
    "libgammu8=$version" >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
lib=$(dirname "$(find "$dir/root" -name 'libGammu.so.8' | head -n 1)")

cat >decode.c <<'END'
#include <stdio.h>
#include <string.h>
#include <gammu.h>

/* SMS-DELIVER with TP-UDHI from +999000000001, UCS-2, the given header, then
 * the text "xin". */
static void
decode(const char *name, const unsigned char *header, size_t n)
{
	static const unsigned char head[] = {0x00, 0x44, 0x0c, 0x91, 0x99,
	    0x09, 0x00, 0x00, 0x00, 0x10, 0x00, 0x08, 0x62, 0x11, 0x02,
	    0x80, 0x03, 0x00, 0x82}, text[] = {0, 'x', 0, 'i', 0, 'n'};
	GSM_SMSMessage sms;
	unsigned char pdu[176];
	size_t size = sizeof(head), used;
	GSM_Error error;

	memset(&sms, 0, sizeof(sms));
	memcpy(pdu, head, sizeof(head));
	pdu[size++] = 1 + n + sizeof(text);
	pdu[size++] = n;
	memcpy(pdu + size, header, n);
	memcpy(pdu + size + n, text, sizeof(text));
	size += n + sizeof(text);
	error = GSM_DecodePDUFrame(NULL, &sms, pdu, size, &used, TRUE);
	printf("%s: %s, total %d, part %d\n", name, error == ERR_NONE ?
	    "no error" : GSM_ErrorString(error), sms.UDH.AllParts,
	    sms.UDH.PartNumber);
}

int
main(void)
{
	static const unsigned char
	    alone[] = {0, 3, 77, 2, 1},
	    behind[] = {0, 3, 77, 2, 1, 0x25, 1, 1},
	    first[] = {0x25, 1, 1, 0, 3, 77, 2, 1},
	    port[] = {0, 3, 77, 2, 1, 5, 4, 0x23, 0xf0, 0, 0};

	decode("one element", alone, sizeof(alone));
	decode("language table behind", behind, sizeof(behind));
	decode("language table first", first, sizeof(first));
	decode("port behind", port, sizeof(port));
	return 0;
}
END
gcc -w -I root/usr/include/gammu decode.c -o decode "$lib/libGammu.so.8" \
    -Wl,-rpath,"$lib" -Wl,--unresolved-symbols=ignore-in-shared-libs
seen=$(./decode)
printf 'libgammu %s\n%s\n' "$version" "$seen"
[ "$seen" = 'one element: no error, total 2, part 1
language table behind: no error, total -1, part -1
language table first: no error, total -1, part -1
port behind: no error, total -1, part -1' ] || exit 1
echo "still so"
