/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded by flow tests that want a full, read-only or broken disk. For
 * files in the folder BAOTIN_TEST_DISK_DIR (but not the control file itself)
 * the calls fail as the file BAOTIN_TEST_DISK says: six numbers of 32 bits,
 * 0 when all is well; what is not there is 0.
 *
 *	0 errno of writes	1 octets of a record that are
 *				written before it
 *	2 errno of syncs	3 errno of opening for writing
 *	4 errno of fallocate	5 megabytes that statvfs() tells as free
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { WRITE, OCTETS, SYNC, OPEN, RESERVE, FREE, WORDS };

static const volatile int32_t *control;
static char folder[PATH_MAX];	/* a copy: Redis moves its environment */

static void __attribute__((constructor))
start(void)
{
	const char *path = getenv("BAOTIN_TEST_DISK");
	int fd = path != NULL ?
	    (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC) : -1;
	void *page;

	if (fd == -1)
		return;
	(void)snprintf(folder, sizeof(folder), "%s",
	    getenv("BAOTIN_TEST_DISK_DIR"));
	page = mmap(NULL, WORDS * sizeof(*control), PROT_READ, MAP_SHARED, fd,
	    0);
	(void)close(fd);
	if (page != MAP_FAILED)
		control = page;
}

static int
is_there(const char *path)
{
	size_t n = strlen(folder);

	return strncmp(path, folder, n) == 0 && path[n] == '/';
}

/* The errno for this call on this descriptor; 0: let it through. */
static int
fault(int fd, int word)
{
	char link[64], path[PATH_MAX];
	ssize_t n;

	if (control == NULL || control[word] == 0)
		return 0;
	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return 0;
	path[n] = '\0';
	return is_there(path) ? control[word] : 0;
}

/* What of n octets may be written; -1 with errno: nothing. */
static ssize_t
allowed(int fd, size_t n)
{
	static int is_second;
	int error = fault(fd, WRITE);

	if (error == 0)
		return (ssize_t)n;
	is_second = !is_second;
	if (is_second && control[OCTETS] > 0 && (size_t)control[OCTETS] < n)
		return control[OCTETS];
	errno = error;
	return -1;
}

ssize_t
write(int fd, const void *data, size_t n)
{
	ssize_t most = allowed(fd, n);

	return most == -1 ? -1 : syscall(SYS_write, fd, data, most);
}

ssize_t
pwrite(int fd, const void *data, size_t n, off_t at)
{
	ssize_t most = allowed(fd, n);

	return most == -1 ? -1 : syscall(SYS_pwrite64, fd, data, most, at);
}

ssize_t
pwrite64(int fd, const void *data, size_t n, off64_t at)
{
	return pwrite(fd, data, n, at);
}

static int
sync_call(int fd, long call)
{
	int error = fault(fd, SYNC);

	if (error == 0)
		return (int)syscall(call, fd);
	errno = error;
	return -1;
}

int
fsync(int fd)
{
	return sync_call(fd, SYS_fsync);
}

int
fdatasync(int fd)
{
	return sync_call(fd, SYS_fdatasync);
}

int
fallocate(int fd, int mode, off_t at, off_t n)
{
	int error = fault(fd, RESERVE);

	if (error == 0)
		return (int)syscall(SYS_fallocate, fd, mode, at, n);
	errno = error;
	return -1;
}

int
fallocate64(int fd, int mode, off64_t at, off64_t n)
{
	return fallocate(fd, mode, at, n);
}

int
open(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	if (control != NULL && control[OPEN] != 0 &&
	    (flags & O_ACCMODE) != O_RDONLY && is_there(path)) {
		errno = control[OPEN];
		return -1;
	}
	return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

int
open64(const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list ap;

	va_start(ap, flags);
	if (flags & (O_CREAT | O_TMPFILE))
		mode = va_arg(ap, mode_t);
	va_end(ap);
	return open(path, flags, mode);
}

int
statvfs(const char *path, struct statvfs *out)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_PATH | O_CLOEXEC);
	int status = fstatvfs(fd, out);

	(void)close(fd);
	if (status == 0 && control != NULL && control[FREE] > 0) {
		out->f_frsize = 1 << 20;
		out->f_bavail = (fsblkcnt_t)control[FREE];
	}
	return status;
}
