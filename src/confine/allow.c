/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All that a worker calls once it is set up, as seen with strace over the
 * flow tests and read in the C library for both x86-64 and arm64, whose
 * names differ (poll and ppoll, rename and renameat, alarm and setitimer).
 * Paths are no matter of such a filter but of Landlock's.
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <seccomp.h>

#include "base/log.h"
#include "confine/confine.h"

#ifndef SYS_SECCOMP
#define SYS_SECCOMP 1	/* of siginfo_t; glibc 2.36 lacks its name */
#endif

#define LAST_WORDS_S 2

static const char *const names[] = {
	/* the tty, the daemon's socket, the journal */
	"read", "readv", "write", "writev", "pread64", "pwrite64", "close",
	"lseek", "_llseek", "poll", "ppoll", "ppoll_time64", "select",
	"_newselect", "pselect6", "pselect6_time64", "ioctl", "fcntl",
	"fcntl64", "flock", "fstat", "fstat64", "stat", "stat64", "lstat",
	"newfstatat", "fstatat64", "statx", "statfs", "fstatfs", "access",
	"faccessat", "faccessat2", "open", "openat", "rename", "renameat",
	"renameat2", "unlink", "unlinkat", "ftruncate", "ftruncate64",
	"fallocate", "fsync", "fdatasync", "getdents64", "readlink",
	"readlinkat",
	/* memory, time, signals, itself */
	"brk", "munmap", "mremap", "madvise", "futex", "futex_time64",
	"getrandom", "sysinfo", "uname", "sched_yield", "time",
	"gettimeofday", "clock_gettime", "clock_gettime64", "clock_getres",
	"nanosleep", "clock_nanosleep", "clock_nanosleep_time64", "alarm",
	"setitimer", "getitimer", "rt_sigaction", "rt_sigprocmask",
	"rt_sigreturn", "sigreturn", "rt_sigsuspend", "sigaltstack",
	"restart_syscall", "getpid", "gettid", "getppid", "getuid",
	"geteuid", "getgid", "getegid", "exit", "exit_group",
};

/* The name of this worker's modem, for the handler. */
static const char *modem_name = "";

/* Comes only from a call that this very thread made, never between two of
 * its instructions, so that it may log like any other code. Should the
 * call have been made by the log itself, the alarm ends it. */
static void
forbidden(int signo, siginfo_t *info, void *context)
{
	char *name;

	(void)context;
	(void)signal(SIGALRM, SIG_DFL);
	(void)alarm(LAST_WORDS_S);
	if (info->si_code == SYS_SECCOMP) {
		name = seccomp_syscall_resolve_num_arch(
		    seccomp_arch_native(), info->si_syscall);
		log_error("syscall_forbidden", "modem=%s number=%d name=%s "
		    "text=\"no worker needs it: it is ended\"", modem_name,
		    info->si_syscall, name != NULL ? name : "?");
		free(name);
	}
	(void)raise(signo);	/* the handler is gone: SA_RESETHAND */
}

static int
catch_forbidden(void)
{
	struct sigaction sa = {.sa_sigaction = forbidden,
	    .sa_flags = SA_SIGINFO | SA_RESETHAND | SA_NODEFER};
	sigset_t only;

	(void)sigemptyset(&only);
	(void)sigaddset(&only, SIGSYS);
	(void)sigprocmask(SIG_UNBLOCK, &only, NULL);
	return sigaction(SIGSYS, &sa, NULL);
}

static int
add_names(scmp_filter_ctx f)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		int number = seccomp_syscall_resolve_name(names[i]);
		int rc;

		if (number == __NR_SCMP_ERROR)
			continue;
		rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, number, 0);
		if (rc != 0 && rc != -EDOM)
			return rc;
	}
	return 0;
}

/* Calls that are harmless with some arguments only. */
static int
add_arguments(scmp_filter_ctx f)
{
	const scmp_datum_t me = (scmp_datum_t)getpid();
	const struct scmp_arg_cmp no_code = SCMP_A2(SCMP_CMP_MASKED_EQ,
	    PROT_EXEC, 0);
	const struct scmp_arg_cmp own = SCMP_A0(SCMP_CMP_EQ, me, 0);
	/* send() on the log's socket, which is connected */
	const struct scmp_arg_cmp no_address = SCMP_A4(SCMP_CMP_EQ, 0, 0);
	int rc = 0;

	if ((rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
	    no_code)) != 0 ||
	    (rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	    no_code)) != 0 ||
	    (rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(kill), 1,
	    own)) != 0 ||
	    (rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(tgkill), 1,
	    own)) != 0 ||
	    (rc = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(sendto), 1,
	    no_address)) != 0)
		return rc;
	/* syslog() tries to connect anew when its socket broke: then it
	 * goes on without. */
	return seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(socket),
	    0);
}

int
confine_allow(const char *modem)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_TRAP);
	int rc;

	if (f == NULL) {
		errno = ENOMEM;
		return -1;
	}
	modem_name = modem;
	/* A tree instead of a list: it is walked at each call. */
	(void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	rc = add_names(f);
	if (rc == 0)
		rc = add_arguments(f);
	if (rc == 0 && catch_forbidden() == -1)
		rc = -errno;
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	errno = -rc;
	return rc == 0 ? 0 : -1;
}
