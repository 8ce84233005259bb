#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# node-smpp writes a text in the GSM alphabet and marks it as ASCII.
#
# Expected: what is written as octets of 3GPP TS 23.038 goes under data_coding
# 0, the message centre's default alphabet (SMPP 3.4, section 5.2.19); 1 is
# IA5, that is, ASCII. Seen: short_message as a plain string takes data_coding
# 1, while the octets are those of the GSM alphabet: "@" is 00, "_" is 11, "é"
# is 05, "[" is an escape pair. Texts of letters and digits look right, so
# tests pass. Hit: a message centre, or a client, that takes data_coding 1 at
# its word: it delivers control characters in place of @ _ $ [ ] and accents;
# and whoever tests an SMPP link against node-smpp only.
#
# Seen with smpp 0.5.1 (npm):
#   "abc": data_coding 1, octets 616263
#   "a@b_c": data_coding 1, octets 6100621163
#   "[é]": data_coding 1, octets 1b3c051b3e
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund smpp@0.5.1 >/dev/null
cat >show.js <<'END'
const smpp = require('smpp');
for (const text of ['abc', 'a@b_c', '[é]']) {
	const pdu = new smpp.PDU('submit_sm',
	    { destination_addr: '999000000001', short_message: text });
	// The text is last; before it come data_coding,
	// sm_default_msg_id and sm_length.
	const octets = pdu.toBuffer();
	let at = octets.length;
	while (octets[at - 1] !== octets.length - at)
		at--;
	console.log(`${JSON.stringify(text)}: data_coding ` +
	    `${octets[at - 3]}, octets ${octets.toString('hex', at)}`);
}
END
seen=$(node show.js)
printf 'smpp 0.5.1\n%s\n' "$seen"
[ "$seen" = '"abc": data_coding 1, octets 616263
"a@b_c": data_coding 1, octets 6100621163
"[é]": data_coding 1, octets 1b3c051b3e' ] || exit 1
echo "still so"
