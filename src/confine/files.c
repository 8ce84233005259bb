/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Landlock: which files a worker may open from now on; those that are open
 * stay so. The C library has no functions for it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/landlock.h>

#include "confine/confine.h"

/* Newer than Debian 12's header; the numbers are the kernel's for ever. */
#define FS_TRUNCATE	(1ULL << 14)	/* version 3 */
#define FS_IOCTL_DEV	(1ULL << 15)	/* version 5 */
#define NET_TCP		3ULL		/* version 4: bind, connect */
#define SCOPED		3ULL		/* version 6: abstract unix sockets,
					 * signals to other processes */

/* As in the newest header; older kernels are given less of it. */
struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

#define FS_FIRST ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)
#define FS_FOLDER (LANDLOCK_ACCESS_FS_READ_FILE |                             \
	LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_DIR |         \
	LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_REMOVE_FILE |        \
	FS_TRUNCATE)
#define FS_TTY (LANDLOCK_ACCESS_FS_READ_FILE |                                \
	LANDLOCK_ACCESS_FS_WRITE_FILE | FS_IOCTL_DEV)

static struct ruleset
handled_by(int abi, size_t *size)
{
	struct ruleset r = {.handled_access_fs = FS_FIRST};

	if (abi >= 2)
		r.handled_access_fs |= LANDLOCK_ACCESS_FS_REFER;
	if (abi >= 3)
		r.handled_access_fs |= FS_TRUNCATE;
	if (abi >= 5)
		r.handled_access_fs |= FS_IOCTL_DEV;
	if (abi >= 4)
		r.handled_access_net = NET_TCP;
	if (abi >= 6)
		r.scoped = SCOPED;
	*size = abi >= 6 ? sizeof(r) : abi >= 4 ? offsetof(struct ruleset,
	    scoped) : offsetof(struct ruleset, handled_access_net);
	return r;
}

static int
add_path(int ruleset, const char *path, uint64_t access)
{
	struct landlock_path_beneath_attr rule = {
		.allowed_access = access,
		.parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	int rc;

	if (rule.parent_fd == -1)
		return -1;
	rc = (int)syscall(SYS_landlock_add_rule, ruleset,
	    LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	(void)close(rule.parent_fd);
	return rc;
}

int
confine_files(const char *device, const char *folder)
{
	int abi = (int)syscall(SYS_landlock_create_ruleset, NULL, 0,
	    LANDLOCK_CREATE_RULESET_VERSION), fd, error;
	struct ruleset r;
	size_t size;

	if (abi < 1)
		return abi == 0 || errno == ENOSYS || errno == EOPNOTSUPP ?
		    0 : -1;
	r = handled_by(abi, &size);
	fd = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
	if (fd == -1)
		return -1;
	if (add_path(fd, folder, FS_FOLDER & r.handled_access_fs) == -1 ||
	    /* A modem that was unplugged just now has no path any more. */
	    (add_path(fd, device, FS_TTY & r.handled_access_fs) == -1 &&
	    errno != ENOENT) ||
	    syscall(SYS_landlock_restrict_self, fd, 0) == -1)
		abi = -1;
	error = errno;
	(void)close(fd);
	errno = error;
	return abi;
}
