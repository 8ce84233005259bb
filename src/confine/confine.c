/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is done for each kind of process, in its order.
 */
#include "config.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "confine/confine.h"

/* Descriptors: the daemon has one per modem and per client; a worker about
 * ten. Memory: many times what was seen (6 MB, 2 MB), so that a leak ends
 * one process with a clear line instead of the machine. */
#define DAEMON_FILES  4096
#define WORKER_FILES  64
#define MEGABYTE      (1024UL * 1024)
#define DAEMON_MEMORY (1024 * MEGABYTE)
#define WORKER_MEMORY (256 * MEGABYTE)

/* Soft and hard, never more than there is. */
static void
limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit now;

	if (getrlimit(what, &now) == -1)
		return;
	if (most > now.rlim_max)
		most = now.rlim_max;
	now.rlim_cur = now.rlim_max = most;
	if (setrlimit(what, &now) == -1)
		log_warning("confine_limit", "limit=%d error=\"%s\"",
		    (int)what, strerror(errno));
}

/* A core dump would hold telephone numbers and texts. The number of
 * processes is not limited here: that limit counts all of a user's, and the
 * unit's TasksMax= counts ours. */
static void
set_limits(rlim_t files, rlim_t memory)
{
	limit(RLIMIT_CORE, 0);
	/* Sanitizers map terabytes, valgrind has files of its own. */
	if (confine_instrument() != NULL)
		return;
	limit(RLIMIT_NOFILE, files);
	limit(RLIMIT_DATA, memory);
}

void
confine_daemon(void)
{
	const char *instrument = confine_instrument();
	bool is_filtered = instrument == NULL ||
	    strcmp(instrument, "valgrind") != 0; /* it knows no seccomp() */

	(void)umask(077);
	set_limits(DAEMON_FILES, DAEMON_MEMORY);
	if (geteuid() == 0)
		log_warning("running_as_root", "text=\"baotind needs no "
		    "rights of root: let it run as a user of its own, in "
		    "the group of the modems' devices (User= of the unit)\"");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L) == -1)
		log_warning("confine_failed", "step=no_new_privs "
		    "error=\"%s\"", strerror(errno));
	if (is_filtered && confine_deny() == -1) {
		log_warning("confine_failed", "step=seccomp error=\"%s\"",
		    strerror(errno));
		is_filtered = false;
	}
	log_info("confined", "seccomp=%s instrument=%s",
	    is_filtered ? "deny_list" : "no",
	    instrument != NULL ? instrument : "none");
}

void
confine_worker(const char *modem, const char *device, const char *journal)
{
	const char *instrument = confine_instrument();
	char *copy = xstrdup(journal), landlock[64];
	int abi;

	set_limits(WORKER_FILES, WORKER_MEMORY);
	if (instrument != NULL) {
		log_info("confined", "modem=%s seccomp=no landlock=no "
		    "instrument=%s", modem, instrument);
		free(copy);
		return;
	}
	/* Both filters want it; the daemon has set it already. */
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1L, 0L, 0L, 0L);
	abi = confine_files(device, dirname(copy));
	if (abi > 0)
		(void)snprintf(landlock, sizeof(landlock), "%d", abi);
	else
		(void)snprintf(landlock, sizeof(landlock), "no (%s)",
		    abi == 0 ? "this kernel has none" : strerror(errno));
	/* Its line comes first: afterwards even this may be forbidden. */
	log_info("confined", "modem=%s seccomp=allow_list landlock=\"%s\" "
	    "instrument=none", modem, landlock);
	if (confine_allow(modem) == -1)
		log_warning("confine_failed", "modem=%s step=seccomp "
		    "error=\"%s\"", modem, strerror(errno));
	free(copy);
}
