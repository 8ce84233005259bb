/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What neither daemon nor worker has any business to call.
 */
#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>

#include <seccomp.h>

#include "confine/confine.h"

/* They change the machine, and no library calls them by itself: whoever
 * does has taken the process over, and it is ended. */
static const char *const hostile[] = {
	"init_module", "finit_module", "delete_module", "kexec_load",
	"kexec_file_load", "reboot", "swapon", "swapoff", "mount", "umount",
	"umount2", "pivot_root", "chroot", "move_mount", "open_tree",
	"fsopen", "fsconfig", "fsmount", "fspick", "mount_setattr", "bpf",
	"iopl", "ioperm", "settimeofday", "clock_settime", "sethostname",
	"setdomainname", "acct", "quotactl", "quotactl_fd", "vhangup",
};

/* Calls that a library may try, and go on without. Not adjtimex, by which the
 * daemon reads whether the clock is synchronised: to set it needs
 * CAP_SYS_TIME. */
static const char *const refused[] = {
	"process_vm_readv", "process_vm_writev", "kcmp", "pidfd_getfd",
	"process_madvise", "perf_event_open", "keyctl", "add_key",
	"request_key", "unshare", "setns", "userfaultfd", "io_uring_setup",
	"io_uring_enter", "io_uring_register", "personality", "syslog",
	"open_by_handle_at", "name_to_handle_at", "fanotify_init",
	"lookup_dcookie", "modify_ldt",
	"move_pages", "migrate_pages", "mbind", "set_mempolicy",
	"memfd_secret", "nfsservctl", "uselib", "_sysctl", "vm86",
	"vm86old",
};

/* LeakSanitizer stops its own process with it. */
static const char *const refused_but_for_sanitizers[] = {"ptrace"};

/* Kinds of namespaces in clone()'s first argument. */
static const unsigned long namespaces[] = {
	CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
	CLONE_NEWUSER, CLONE_NEWPID, CLONE_NEWNET,
};

/* ioctls that type into somebody's terminal. */
static const unsigned long ioctls[] = {TIOCSTI, 0x541c /* TIOCLINUX */};

static int
add_all(scmp_filter_ctx f, uint32_t action, const char *const *names,
    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		int number = seccomp_syscall_resolve_name(names[i]);
		int rc;

		/* Unknown to this library; not on this architecture: -EDOM
		 * or left out by itself. */
		if (number == __NR_SCMP_ERROR)
			continue;
		rc = seccomp_rule_add(f, action, number, 0);
		if (rc != 0 && rc != -EDOM)
			return rc;
	}
	return 0;
}

static int
add_arguments(scmp_filter_ctx f)
{
	int rc = 0;

	for (size_t i = 0; rc == 0 &&
	    i < sizeof(namespaces) / sizeof(*namespaces); i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ,
		    namespaces[i], namespaces[i]));
	for (size_t i = 0; rc == 0 && i < sizeof(ioctls) / sizeof(*ioctls);
	    i++)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(EPERM),
		    SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_MASKED_EQ,
		    0xffffffff, ioctls[i]));
	/* Its flags are in memory, where no filter looks; without it the C
	 * library takes clone(). */
	if (rc == 0)
		rc = seccomp_rule_add(f, SCMP_ACT_ERRNO(ENOSYS),
		    SCMP_SYS(clone3), 0);
	return rc;
}

int
confine_deny(void)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ALLOW);
	const char *instrument = confine_instrument();
	int rc;

	if (f == NULL) {
		errno = ENOMEM;
		return -1;
	}
	rc = add_all(f, SCMP_ACT_KILL_PROCESS, hostile,
	    sizeof(hostile) / sizeof(*hostile));
	if (rc == 0)
		rc = add_all(f, SCMP_ACT_ERRNO(EPERM), refused,
		    sizeof(refused) / sizeof(*refused));
	if (rc == 0 && (instrument == NULL ||
	    strcmp(instrument, "sanitizers") != 0))
		rc = add_all(f, SCMP_ACT_ERRNO(EPERM),
		    refused_but_for_sanitizers, 1);
	if (rc == 0)
		rc = add_arguments(f);
	if (rc == 0)
		rc = seccomp_load(f);
	seccomp_release(f);
	errno = -rc;
	return rc == 0 ? 0 : -1;
}
