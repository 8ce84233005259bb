#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Plants one fault at a time in a small clean tree and sees each lint find
# it: a check that can't fail is none. TAP.
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
trap 'exit 1' HUP INT TERM
number=0
status=0

result() {
	number=$((number + 1))
	if [ "$1" = 0 ]; then
		echo "ok $number - $2"
	else
		echo "not ok $number - $2"
		sed 's/^/# /' "$dir/out"
		status=1
	fi
}

clean_tree() {
	rm -rf "$dir/tree"
	mkdir -p "$dir/tree/src/base" "$dir/tree/src/intake" \
	    "$dir/tree/src/redis" "$dir/tree/src/admin" "$dir/tree/tests"
	printf '%s\n' '/* SPDX-License-Identifier: GPL-2.0-or-later */' \
	    '#include <stdio.h>' '#include "base/log.h"' \
	    >"$dir/tree/src/intake/intake.c"
	printf '#!/bin/sh\necho a\n' >"$dir/tree/tests/a.sh"
}

# lint NAME: runs it on the tree.
lint() {
	case $1 in
	circles | names) set -- "${PYTHON3:-/usr/bin/python3}" "$here/$1.py" ;;
	*) set -- sh "$here/$1.sh" ;;
	esac
	top_srcdir=$dir/tree "$@" >"$dir/out" 2>&1
}

# Nothing planted: nothing found.
passes() {
	lint "$1" && ! grep -q '^not ok' "$dir/out"
	result $? "$1: $2"
}

# fails LINT WHAT: found, said in a TAP line, and with these words.
fails() {
	! lint "$1" && grep -q '^not ok' "$dir/out" &&
	    grep -qF -- "$2" "$dir/out"
	result $? "$1: $2"
}

# plant FILE TEXT…: lines behind a clean beginning.
plant() {
	clean_tree
	case $1 in
	sim/*) file=$dir/tree/$1 ;;
	*) file=$dir/tree/src/$1 ;;
	esac
	shift
	mkdir -p "$(dirname "$file")"
	printf '%s\n' '/* SPDX-License-Identifier: GPL-2.0-or-later */' \
	    "$@" >"$file"
}

repeat() {
	awk -v n="$1" -v text="$2" 'BEGIN { while (n-- > 0) print text }'
}

clean_tree
passes includes 'a clean tree'
passes style 'a clean tree'

plant base/a.c '#include "intake/intake.h"'
fails includes 'base/a.c:2: base/ may not include intake/intake.h'
plant intake/a.c '#  include "modem/modem.h"'
fails includes 'intake/ may not include modem/modem.h'
plant dispatch/a.h '#include "outbox/outbox.h"'
fails includes 'dispatch/ may not include outbox/outbox.h'
plant worker/a.c '#include "redis/redis.h"'
fails includes 'worker/ may not include redis/redis.h'
plant admin/a.c '#include "modem/modem.h"'
fails includes 'admin/ may not include modem/modem.h'
plant sim/a.c '#include "ipc/proto.h"'
fails includes 'sim/ may not include ipc/proto.h'
plant daemon/a.c '#include "sim/sim.h"'
fails includes 'daemon/ may not include sim/sim.h'
plant ctl/a.c '#include "redis/redis.h"'
fails includes 'ctl/ may not include redis/redis.h'
plant intake/a.c '#include "intake.h"'
fails includes '"intake.h" without its folder'
plant nook/a.c '#include <stdio.h>'
fails includes 'folder nook is not in the table'
plant intake/a.c '#include <hiredis/async.h>'
fails includes '<hiredis/async.h> belongs in'
plant modem/a.c '#include <gammu.h>'
fails includes '<gammu.h> belongs in'
plant admin/a.c '#include <libconfig.h>'
fails includes '<libconfig.h> belongs in'
plant admin/socket.c '#include <event2/http.h>'
fails includes '<event2/http.h> belongs in'
plant admin/http_page.c '#include <event2/http.h>'
passes includes 'evhttp in an HTTP file'
plant redis/a.c '#include <hiredis/async.h>' '#include "config.h"'
passes includes 'hiredis in its room'
plant daemon/a.c '#include "outbox/outbox.h"'
passes includes 'the daemon sees everything'
clean_tree
rm -r "$dir/tree/src"
lint includes || grep -q '^Bail out' "$dir/out"
result $? 'includes: no sources at all'

# FILE NEEDED WITH: a file that has a function of its own name and uses the
# one of NEEDED, by the header WITH.
ring() {
	file=$dir/tree/src/$1
	mkdir -p "${file%/*}"
	printf 'void %s(void);\n' "${1##*/}" >"$file.h"
	printf '%s\n' "#include \"$3\"" '' 'void' "${1##*/}(void)" '{' \
	    "	${2##*/}();" '}' >"$file.c"
}
clean_tree
passes circles 'a clean tree'
ring intake/one intake/two intake/two.h
ring intake/two intake/three intake/three.h
passes circles 'issue11_5 files in a row'
ring intake/three intake/one intake/one.h
fails circles 'intake/three.c needs one of intake/one.c'
clean_tree
ring intake/one redis/two redis/two.h
ring redis/two intake/one intake/one.h
fails circles 'a circle: intake/one.c, redis/two.c'
clean_tree
ring redis/two intake/one intake/all.h
ring intake/one redis/two redis/two.h
echo '#include "intake/one.h"' >"$dir/tree/src/intake/all.h"
fails circles 'redis/two.c needs one of intake/one.c'
plant base/a.h '#include "base/b.h"'
echo '#include "base/a.h"' >"$dir/tree/src/base/b.h"
fails circles 'a circle: base/a.h, base/b.h'
clean_tree
ring intake/one intake/two intake/two.h
printf '%s\n' '/* one() */' '#include "intake/one.h"' '' 'void' 'two(void)' \
    '{' '	x.one = "one()";' '}' >"$dir/tree/src/intake/two.c"
passes circles 'a comment, a text and a member are no use'

clean_tree
passes names 'a clean tree'
ring intake/one intake/two intake/two.h
printf '%s\n' 'static void' 'one(void)' '{' '}' >"$dir/tree/src/base/a.c"
fails names 'one() has 2 homes: intake/one.c base/a.c'
clean_tree
for i in a b c d e f; do
	printf '%s\n' 'static void' 'ask(void)' '{' '}' \
	    >"$dir/tree/src/base/$i.c"
done
fails names 'ask() stands in 6 files'
rm "$dir/tree/src/base/a.c"
passes names 'issue11_6 five files may have a helper of one name'
plant base/a.h 'enum state {' '};'
printf '%s\n' 'enum state {' '};' >"$dir/tree/src/intake/b.h"
fails names 'enum state has 2 homes'

clean_tree
echo 'int a;' >"$dir/tree/src/base/a.c"
fails style 'src/base/a.c:1: no SPDX line'
plant base/a.c 'int a; '
fails style 'src/base/a.c:2: blanks at the end of the line'
plant base/a.c '#if 0'
fails style 'code switched off'
plant base/a.c '/* TODO: more */'
fails style 'unfinished work'
plant base/a.c '	return system(text);'
fails style 'a shell: system() or popen()'
plant base/a.c '	f = popen (text, "r");'
fails style 'a shell: system() or popen()'
plant base/a.c '    "redis.call(\047GET\047, KEYS[1])"'
fails style 'Lua in a C string'
plant base/a.c "$(repeat 1 "int $(printf '%080d' 0);")"
fails style 'wider than 80 columns'
plant base/a.c "$(printf '\t\t\t\t\t\t\t\t\t\tx;')"
fails style 'wider than 80 columns'
plant base/a.c "	f(\"$(printf '%080d' 0)\");"
passes style 'a string that can not be broken'
plant base/a.c "/* $(repeat 70 'ă' | tr -d '\n') */"
passes style 'columns are characters'
plant base/a.c "$(repeat 600 'int a;')"
fails style 'file of 601 lines, at most 600'
plant base/a.h "$(repeat 200 'int a;')"
fails style 'header of 201 lines, at most 200'
plant base/a.c 'int' 'f(void)' '{' "$(repeat 121 '	a();')" '}'
fails style 'src/base/a.c:4: function of 121 lines, at most 120'
plant base/a.c 'int' 'f(void)' '{' "$(repeat 120 '	a();')" '}'
passes style 'a function of 120 lines'
clean_tree
echo 'int a;' >"$dir/tree/tests/a.c"
fails style 'tests/a.c:1: no SPDX line'

if command -v shellcheck >/dev/null; then
	clean_tree
	passes shell 'a clean tree'
	# The fault is meant for the planted script.
	# shellcheck disable=SC2016
	printf '#!/bin/sh\nrm $1\n' >"$dir/tree/tests/a.sh"
	fails shell 'SC2086'
fi

echo "1..$number"
exit $status
