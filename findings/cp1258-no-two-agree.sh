#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Three well-known converters write one Vietnamese letter to CP1258 in three
# ways, and only one of them reads it back as it was.
#
# Expected: CP1258 holds a letter such as "ế" as "ê" (EA) and the tone mark
# (EC). A converter takes the letter in each of its Unicode spellings, whole
# (U+1EBF), half (U+00EA U+0301) and apart (U+0065 U+0302 U+0301), and reads
# EA EC as the whole letter again. Seen: glibc writes whole and half, and
# refuses apart. Python writes half only. iconv-lite, which most of Node.js'
# packages use, puts "?" for the whole letter without a word. EA EC is read as
# the whole letter by glibc, as the half one by the others, and the two are
# unequal. Hit: lists from an office's older spreadsheets: bring text to the
# half form before writing, and to NFC after reading, whatever the converter.
#
# Seen with glibc 2.36-9+deb12u14, Python 3.11.2-6+deb12u8 (Debian 12) and
# iconv-lite 0.6.3 (npm):
#   glibc: whole eaec, half eaec, apart refused; read 1ebf
#   Python: whole refused, half eaec, apart refused; read ea 301
#   iconv-lite: whole 3f, half eaec, apart 653fec; read ea 301
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get -qq -o APT::Sandbox::User=root download \
    libc-bin=2.36-9+deb12u14 libc6=2.36-9+deb12u14 \
    python3.11-minimal=3.11.2-6+deb12u8 \
    libpython3.11-minimal=3.11.2-6+deb12u8 >/dev/null
for package in *.deb; do dpkg -x "$package" root; done
npm install --silent --no-audit --no-fund iconv-lite@0.6.3 >/dev/null
lib=$(dirname "$(find root -name libc.so.6 | head -n 1)")
loader=$(find "$lib" -name 'ld-linux-*.so.*')
gconv=$dir/root/usr/lib/${lib##*/}/gconv
iconv() {
	GCONV_PATH=$gconv "$loader" --library-path "$lib" root/usr/bin/iconv "$@"
}
hex() { od -An -tx1 | tr -d ' \n'; }

glibc() {
	printf '%b' "$1" | iconv -f UTF-8 -t CP1258 >out 2>/dev/null &&
	    hex <out || printf refused
}
echo "glibc: whole $(glibc '\0341\0272\0277'), half $(glibc \
    '\0303\0252\0314\0201'), apart $(glibc 'e\0314\0202\0314\0201'); read $(
    printf '\352\354' | iconv -f CP1258 -t UTF-16BE | hex)" >seen

cat >read.py <<'END'
def written(text):
    try:
        return text.encode("cp1258").hex()
    except UnicodeEncodeError:
        return "refused"


print("Python: whole %s, half %s, apart %s; read %s" % (
    written("\u1ebf"), written("\u00ea\u0301"), written("e\u0302\u0301"),
    " ".join("%x" % ord(c) for c in b"\xea\xec".decode("cp1258"))))
END
PYTHONHOME=$dir/root/usr root/usr/bin/python3.11 -S read.py >>seen

cat >read.js <<'END'
const iconv = require('iconv-lite');
const written = (text) => iconv.encode(text, 'cp1258').toString('hex');
const read = [...iconv.decode(Buffer.from([0xea, 0xec]), 'cp1258')];
console.log(`iconv-lite: whole ${written('\u1ebf')}, half ` +
    `${written('\u00ea\u0301')}, apart ${written('e\u0302\u0301')}; read ` +
    read.map((c) => c.charCodeAt(0).toString(16)).join(' '));
END
node read.js >>seen
cat seen
[ "$(cat seen)" = 'glibc: whole eaec, half eaec, apart refused; read 1ebf
Python: whole refused, half eaec, apart refused; read ea 301
iconv-lite: whole 3f, half eaec, apart 653fec; read ea 301' ] || exit 1
echo "still so"
