# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What scripts/check and scripts/check-full share: a copy of the tree, steps
# that are counted, and the last line. To be sourced after lib.sh; lib_work
# is their folder.
# shellcheck disable=SC2154,SC2317

passed=0 failed=0 skipped=0

# Copies the tree to $lib_work/source and makes its configure. $lib_work/files
# stays as it was in the tree.
steps_start() {
	mkdir "$lib_work/log" "$lib_work/tmp" || return
	export TMPDIR=$lib_work/tmp LC_ALL=C.UTF-8
	# Deadlines only: costs nothing where all is well.
	export BAOTIN_TEST_PATIENCE=${BAOTIN_TEST_PATIENCE:-4}
	unset MAKEFLAGS MFLAGS MAKELEVEL CC CFLAGS CPPFLAGS LDFLAGS DESTDIR
	echo "$lib_name: in $lib_work, $jobs processes"
	if ! lib_copy_tree "$lib_work/files" ||
	    ! cp -R "$lib_work/files" "$lib_work/source"; then
		lib_fail 1 "can't copy $lib_top"
	fi
	step autogen "$lib_work/log" "$lib_work/source/autogen.sh"
}

# count LOG: adds up what automake's summaries in this log say.
count() {
	local word n
	while read -r word n; do
		case $word in
		PASS | XFAIL) passed=$((passed + n)) ;;
		SKIP) skipped=$((skipped + n)) ;;
		FAIL | XPASS | ERROR) failed=$((failed + n)) ;;
		esac
	done < <(sed -n 's/^# \([A-Z]*\): *\([0-9]*\)$/\1 \2/p' "$1")
}

# What each test below DIR that failed, or ended badly, said.
show_failed_tests() {
	local trs log shown=1
	while IFS= read -r trs; do
		log=${trs%.trs}.log
		printf '\n--- %s\n' "${log#"$lib_work"/}"
		# What passed is left out; the driver repeats every line.
		grep -vE '^(ok |(PASS|FAIL|ERROR|SKIP): )' "$log" |
		    tail -n 200
		shown=0
	done < <(find "$1" -name '*.trs' -exec grep -lE \
	    '^:test-result: (FAIL|ERROR|XPASS)' {} + | sort)
	return $shown
}

# step NAME DIR COMMAND…: a step that must succeed. Its failed tests count;
# when there are none, it counts as one failure itself.
step() {
	local name=$1 dir=$2 log before=$failed status=0
	shift 2
	log=$lib_work/log/${name//[^a-z0-9]/-}
	lib_step "$name" "$log" "$@" || status=1
	count "$log"
	[ $status = 1 ] || return 0
	[ "$failed" -gt "$before" ] || failed=$((failed + 1))
	show_failed_tests "$dir" ||
	    { printf '\n--- end of the log\n'; tail -n 80 "$log"; }
	echo
	return 1
}

configure() {
	local dir=$1
	shift
	mkdir "$dir" && cd "$dir" && ../source/configure --enable-werror "$@"
}

# in_dir DIR TEST_JOBS WORD…: make there.
in_dir() {
	make -C "$1" -j"$2" "${@:3}"
}

# The last line, and the exit status.
finish() {
	local tail=
	[ -z "$lib_keep" ] || echo "$lib_name: kept $lib_work"
	[ $skipped = 0 ] || tail=", $skipped skipped"
	printf '%d passed, %d failed%s\n' $passed $failed "$tail"
	[ $failed = 0 ] && [ $passed -gt 0 ]
	exit
}
