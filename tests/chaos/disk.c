/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded into daemons and workers by tests/chaos: a disk for their
 * journals that can be full, and that remembers what of each one a power cut
 * would leave. All of it lies in one mapped page, BAOTIN_CHAOS_DISK, that
 * the harness reads and writes (world.py knows its layout too). The boot id
 * is the page's as well: a power cut must look like one.
 *
 * A file's new name is safe once its folder was synced; until then the old
 * file stays beside it as <name>.before.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BOOT_ID	 "/proc/sys/kernel/random/boot_id"
#define N_SLOTS	 200
#define FD_LIMIT 1024

struct slot {
	uint64_t inode;		/* 0: free */
	uint64_t synced;	/* octets that are safe */
};

struct page {
	char boot_id[40];
	uint32_t is_full;
	uint32_t unused[5];
	struct slot slots[N_SLOTS];
};

static struct page *page;
static struct {
	struct slot *slot;	/* NULL: no journal */
	uint64_t size;
} files[FD_LIMIT];

static void __attribute__((constructor))
start(void)
{
	const char *path = getenv("BAOTIN_CHAOS_DISK");
	int fd = path == NULL ? -1 :
	    (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
	void *map;

	if (fd == -1)
		return;
	map = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE, MAP_SHARED,
	    fd, 0);
	(void)syscall(SYS_close, fd);
	if (map != MAP_FAILED)
		page = map;
}

static bool
ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && strcmp(text + n - m, end) == 0;
}

static bool
is_journal(const char *path)
{
	return ends_with(path, ".journal") || ends_with(path, ".journal.new");
}

static struct slot *
slot_of(uint64_t inode)
{
	for (unsigned i = 0; i < N_SLOTS; i++) {
		uint64_t none = 0;

		if (page->slots[i].inode == inode)
			return &page->slots[i];
		if (page->slots[i].inode == 0 &&
		    __atomic_compare_exchange_n(&page->slots[i].inode, &none,
			inode, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
			return &page->slots[i];
	}
	abort();
}

static bool
is_known(int fd)
{
	return page != NULL && fd >= 0 && fd < FD_LIMIT &&
	    files[fd].slot != NULL;
}

static void
note_open(int fd)
{
	struct stat st;

	if (fd >= FD_LIMIT || fstat(fd, &st) == -1)
		abort();
	files[fd].slot = slot_of(st.st_ino);
	files[fd].size = (uint64_t)st.st_size;
	if (files[fd].slot->synced > files[fd].size)
		files[fd].slot->synced = files[fd].size;
}

static int
open_boot_id(void)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) == -1)
		return -1;
	if (write(ends[1], page->boot_id, strlen(page->boot_id)) == -1)
		abort();
	(void)syscall(SYS_close, ends[1]);
	return ends[0];
}

int
open(const char *path, int flags, ...)
{
	unsigned mode = 0;
	va_list ap;
	int fd;

	if ((flags & O_CREAT) != 0) {
		va_start(ap, flags);
		mode = va_arg(ap, unsigned);
		va_end(ap);
	}
	if (page != NULL && strcmp(path, BOOT_ID) == 0)
		return open_boot_id();
	fd = (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
	if (fd != -1 && page != NULL && is_journal(path))
		note_open(fd);
	return fd;
}

int
close(int fd)
{
	if (is_known(fd))
		files[fd].slot = NULL;
	return (int)syscall(SYS_close, fd);
}

ssize_t
pwrite(int fd, const void *data, size_t n, off_t at)
{
	ssize_t rc;

	if (is_known(fd) && page->is_full != 0) {
		errno = ENOSPC;
		return -1;
	}
	rc = syscall(SYS_pwrite64, fd, data, n, at);
	if (is_known(fd) && rc > 0 &&
	    (uint64_t)at + (uint64_t)rc > files[fd].size)
		files[fd].size = (uint64_t)at + (uint64_t)rc;
	return rc;
}

int
ftruncate(int fd, off_t size)
{
	int rc = (int)syscall(SYS_ftruncate, fd, size);

	if (is_known(fd) && rc == 0) {
		files[fd].size = (uint64_t)size;
		if (files[fd].slot->synced > (uint64_t)size)
			files[fd].slot->synced = (uint64_t)size;
	}
	return rc;
}

/* A folder was synced: its names are safe. */
static void
forget_before(int fd)
{
	char path[4096], link[64];
	struct dirent *entry;
	ssize_t n;
	DIR *dir;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n <= 0)
		return;
	path[n] = '\0';
	if ((dir = opendir(path)) == NULL)
		return;
	while ((entry = readdir(dir)) != NULL)
		if (ends_with(entry->d_name, ".journal.before"))
			(void)unlinkat(dirfd(dir), entry->d_name, 0);
	(void)closedir(dir);
}

static int
sync_file(int fd, long number)
{
	uint64_t size = is_known(fd) ? files[fd].size : 0;
	int rc = (int)syscall(number, fd);
	struct stat st;

	if (rc != 0 || page == NULL)
		return rc;
	if (is_known(fd))
		files[fd].slot->synced = size;
	else if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		forget_before(fd);
	return rc;
}

int
fdatasync(int fd)
{
	return sync_file(fd, SYS_fdatasync);
}

int
fsync(int fd)
{
	return sync_file(fd, SYS_fsync);
}

int
rename(const char *from, const char *to)
{
	char before[4096];

	if (page != NULL && ends_with(to, ".journal")) {
		(void)snprintf(before, sizeof(before), "%s.before", to);
		(void)link(to, before);	/* the oldest one stays */
	}
	return (int)syscall(SYS_rename, from, to);
}
