/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal file: lock, append, sync, read, compact. One writer at a
 * time: whoever holds the flock.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* fallocate() */
#endif
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "journal/mend.h"
#include "journal/record.h"

/* Numbers left out after a power cut: results are told before they are
 * synced, so the daemon may know higher ones than the file. */
#define SEQ_GAP 1000

/* Room that is taken from the disk ahead of need, so that a result still
 * fits when the disk has become full since its intent. */
#define RESERVE	      65536
#define RESERVE_LEAST 16384

#define FUTURE_MS 86400000

struct journal {
	char *path;
	int fd;
	off_t size;		/* end of the last whole record */
	uint64_t last_seq;
	off_t reserved;		/* the disk has room up to here */
	bool is_dirty;		/* appended since the last sync */
	bool is_failing;	/* said so already */
	bool is_sync_lost;	/* nobody knows what the disk has */
	uint8_t boot_id[BOOT_ID_SIZE];
	uint8_t *buf;		/* RECORD_PAYLOAD_MAX, for reading */
	uint8_t *out;		/* one record, for writing */
};

/* Logged once, until journal_restore() does not fail any more. */
static int
failed(struct journal *j, const char *what)
{
	int error = errno;

	if (!j->is_failing)
		log_error("journal_failed", "file=%s step=%s error=\"%s\"",
		    j->path, what, strerror(error));
	j->is_failing = true;
	errno = error;
	return -1;
}

/* A new name is only safe when its directory is on disk too. */
static int
sync_directory(struct journal *j)
{
	char *copy = xstrdup(j->path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int rc = fd == -1 ? -1 : fsync(fd);

	if (rc == -1)
		(void)failed(j, "sync_directory");
	if (fd != -1)
		(void)close(fd);
	free(copy);
	return rc;
}

/* Opens and locks path. Between the two another process may have renamed a
 * compacted file over it; then the lock is on a file without a name. */
static int
open_locked(struct journal *j)
{
	struct stat mine, named;

	for (;;) {
		j->fd = open(j->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (j->fd == -1)
			return failed(j, "open");
		if (flock(j->fd, LOCK_EX | LOCK_NB) == -1)
			return errno == EWOULDBLOCK ? -1 : failed(j, "lock");
		if (fstat(j->fd, &mine) == -1)
			return failed(j, "stat");
		if (stat(j->path, &named) == 0 &&
		    mine.st_ino == named.st_ino &&
		    mine.st_dev == named.st_dev)
			return 0;
		(void)close(j->fd);
	}
}

static int
write_at(int fd, const uint8_t *data, size_t n, off_t at)
{
	while (n > 0) {
		ssize_t rc = pwrite(fd, data, n, at);

		if (rc == -1 && errno == EINTR)
			continue;
		if (rc == 0)
			errno = ENOSPC;
		if (rc <= 0)
			return -1;
		data += rc;
		at += rc;
		n -= (size_t)rc;
	}
	return 0;
}

/* Puts a record at the file's end. The file stays as it was on failure. */
static int
write_record(struct journal *j, int fd, off_t at,
    const struct journal_record *r)
{
	size_t n = RECORD_HEAD + r->n;
	int error;

	record_write(j->out, r, j->boot_id);
	if (write_at(fd, j->out, n, at) == 0)
		return 0;
	error = errno;
	(void)failed(j, "append");
	/* A torn tail stays behind; the next record is written over it. */
	if (ftruncate(fd, at) == -1)
		(void)failed(j, "truncate");
	errno = error;
	return -1;
}

static int
append_mark(struct journal *j)
{
	struct journal_record mark = {.seq = j->last_seq,
	    .at = clock_wall_ms()};

	if (write_record(j, j->fd, j->size, &mark) == -1)
		return -1;
	j->size += RECORD_HEAD;
	j->is_dirty = true;
	return journal_sync(j);
}

/* Walks over all records; what follows the last whole one is mended. */
static int
check_all(struct journal *j)
{
	struct journal_record r = {.is_this_boot = true};
	enum record_verdict verdict;
	uint64_t seen;

	while ((verdict = record_read(j->fd, j->size, j->boot_id, j->buf,
	    &r)) == RECORD_OK) {
		j->size += RECORD_HEAD + (off_t)r.n;
		if (r.seq > j->last_seq)
			j->last_seq = r.seq;
	}
	if (verdict == RECORD_ERROR)
		return failed(j, "read");
	seen = j->last_seq;
	if (verdict == RECORD_BAD && journal_mend(j->path, j->fd, j->size,
	    j->boot_id, j->buf, &j->last_seq) == -1)
		return -1;
	if (!r.is_this_boot)
		j->last_seq += SEQ_GAP;
	return seen == j->last_seq ? 0 : append_mark(j);
}

struct journal *
journal_open(const char *path)
{
	struct journal *j = xcalloc(1, sizeof(*j));
	int error;

	j->path = xstrdup(path);
	j->buf = xmalloc(RECORD_PAYLOAD_MAX);
	j->out = xmalloc(RECORD_HEAD + RECORD_PAYLOAD_MAX);
	record_boot_id(j->boot_id);
	if (open_locked(j) == 0 && check_all(j) == 0 &&
	    (j->size > 0 || sync_directory(j) == 0))
		return j;
	error = errno;
	journal_close(j);
	errno = error;
	return NULL;
}

struct journal *
journal_peek(const char *path)
{
	struct journal *j = xcalloc(1, sizeof(*j));
	struct journal_record r;
	int error;

	j->path = xstrdup(path);
	j->buf = xmalloc(RECORD_PAYLOAD_MAX);
	record_boot_id(j->boot_id);
	j->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (j->fd == -1) {
		error = errno;
		if (error != ENOENT)
			(void)failed(j, "open");
		journal_close(j);
		errno = error;
		return NULL;
	}
	while (record_read(j->fd, j->size, j->boot_id, j->buf, &r) ==
	    RECORD_OK)
		j->size += RECORD_HEAD + (off_t)r.n;
	return j;
}

bool
journal_is_writable(const struct journal *j)
{
	return j->out != NULL;
}

void
journal_close(struct journal *j)
{
	if (j == NULL)
		return;
	if (j->fd != -1)
		(void)close(j->fd);
	free(j->path);
	free(j->buf);
	free(j->out);
	free(j);
}

uint64_t
journal_next_seq(const struct journal *j)
{
	return j->last_seq + 1;
}

int
journal_append(struct journal *j, uint16_t type, const void *payload, size_t n)
{
	struct journal_record r = {
		.seq = j->last_seq + 1,
		.type = type,
		.at = clock_wall_ms(),
		.payload = payload,
		.n = n,
	};

	assert(type != 0 && n <= RECORD_PAYLOAD_MAX);
	if (write_record(j, j->fd, j->size, &r) == -1)
		return -1;
	j->size += RECORD_HEAD + (off_t)n;
	j->last_seq++;
	j->is_dirty = true;
	return 0;
}

int
journal_sync(struct journal *j)
{
	if (!j->is_dirty)
		return 0;
	if (fdatasync(j->fd) == -1) {
		/* The kernel forgets what it could not write: a second
		 * fdatasync would say that all is well. */
		j->is_sync_lost = true;
		return failed(j, "sync");
	}
	j->is_dirty = false;
	return 0;
}

int
journal_reserve(struct journal *j)
{
	if (j->reserved - j->size >= RESERVE_LEAST)
		return 0;
	if (fallocate(j->fd, FALLOC_FL_KEEP_SIZE, j->size, RESERVE) == -1 &&
	    errno != EOPNOTSUPP && errno != ENOSYS && errno != EPERM)
		return failed(j, "reserve");
	j->reserved = j->size + RESERVE;
	return 0;
}

int
journal_restore(struct journal *j)
{
	j->reserved = 0;
	if (j->is_sync_lost && journal_compact(j, INT64_MIN, 0) == -1)
		return -1;
	if (journal_reserve(j) == -1 || append_mark(j) == -1)
		return -1;
	if (j->is_failing)
		log_info("journal_restored", "file=%s", j->path);
	j->is_failing = false;
	return 0;
}

off_t
journal_size(const struct journal *j)
{
	return j->size;
}

int
journal_each(struct journal *j,
    bool (*each)(const struct journal_record *, void *arg), void *arg)
{
	struct journal_record r;

	for (off_t at = 0; at < j->size; at += RECORD_HEAD + (off_t)r.n) {
		if (record_read(j->fd, at, j->boot_id, j->buf, &r) !=
		    RECORD_OK)
			return failed(j, "read");
		if (r.type != 0 && !each(&r, arg))
			break;
	}
	return 0;
}

/* Everything from the first record on that is wanted: what lies behind an
 * intent tells whether it was submitted. A record from the future comes
 * from a clock that was wrong, and holds nothing back. */
static off_t
first_wanted(struct journal *j, int64_t since_at, uint64_t confirmed)
{
	int64_t latest = clock_wall_ms() + FUTURE_MS;
	struct journal_record r;
	off_t at;

	for (at = 0; at < j->size; at += RECORD_HEAD + (off_t)r.n) {
		if (record_read(j->fd, at, j->boot_id, j->buf, &r) !=
		    RECORD_OK)
			return failed(j, "read");
		if (r.type != 0 && ((r.at >= since_at && r.at <= latest) ||
		    r.seq > confirmed))
			break;
	}
	return at;
}

/* Copies the octets from `at` on behind a mark: the records keep their boot
 * ids. Returns the new file's size, or -1. */
static off_t
copy_from(struct journal *j, int fd, off_t at)
{
	struct journal_record mark = {.seq = j->last_seq,
	    .at = clock_wall_ms()};
	off_t size = RECORD_HEAD;

	if (write_record(j, fd, 0, &mark) == -1)
		return -1;
	while (at < j->size) {
		off_t left = j->size - at;
		size_t n = left < RECORD_PAYLOAD_MAX ? (size_t)left
		    : RECORD_PAYLOAD_MAX;
		ssize_t got = pread(j->fd, j->buf, n, at);

		if (got <= 0 || write_at(fd, j->buf, (size_t)got, size) == -1)
			return failed(j, "copy");
		at += got;
		size += got;
	}
	if (fsync(fd) == -1)
		return failed(j, "sync");
	return size;
}

int
journal_compact(struct journal *j, int64_t since_at, uint64_t confirmed)
{
	char *name = xasprintf("%s.new", j->path);
	off_t from = first_wanted(j, since_at, confirmed), size = -1;
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int error;

	/* Locked before it gets the name: there is no moment without. */
	if (fd == -1 || flock(fd, LOCK_EX | LOCK_NB) == -1)
		(void)failed(j, "compact");
	else if (from != -1 && (size = copy_from(j, fd, from)) != -1 &&
	    rename(name, j->path) == -1)
		size = failed(j, "rename");
	if (size == -1) {
		error = errno;
		if (fd != -1)
			(void)close(fd);
		(void)unlink(name);
		free(name);
		errno = error;
		return -1;
	}
	free(name);
	(void)close(j->fd);
	j->fd = fd;
	j->size = size;
	j->reserved = 0;
	j->is_dirty = false;
	j->is_sync_lost = false;
	return sync_directory(j);
}
