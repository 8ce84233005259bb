/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The journal file: lock, append, sync, read, compact. One writer at a
 * time: whoever holds the flock.
 */
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

struct journal {
	char *path;
	int fd;
	off_t size;		/* end of the last whole record */
	uint64_t last_seq;
	bool is_dirty;		/* appended since the last sync */
	uint8_t boot_id[BOOT_ID_SIZE];
	uint8_t *buf;		/* RECORD_PAYLOAD_MAX, for reading */
	uint8_t *out;		/* one record, for writing */
};

static int
failed(const struct journal *j, const char *what)
{
	log_error("journal_failed", "file=%s step=%s error=\"%s\"", j->path,
	    what, strerror(errno));
	return -1;
}

/* A new name is only safe when its directory is on disk too. */
static int
sync_directory(const struct journal *j)
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

/* Puts a record at the file's end. The file stays as it was on failure. */
static int
write_record(struct journal *j, int fd, off_t at,
    const struct journal_record *r)
{
	size_t n = RECORD_HEAD + r->n, done = 0;

	record_write(j->out, r, j->boot_id);
	while (done < n) {
		ssize_t rc = pwrite(fd, j->out + done, n - done,
		    at + (off_t)done);

		if (rc == -1 && errno == EINTR)
			continue;
		if (rc <= 0)
			break;
		done += (size_t)rc;
	}
	if (done == n)
		return 0;
	(void)failed(j, "append");
	if (ftruncate(fd, at) == -1)
		(void)failed(j, "truncate");
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
	if (fdatasync(j->fd) == -1)
		return failed(j, "sync");
	j->is_dirty = false;
	return 0;
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

/* Copies the records worth keeping as they are (their boot ids too) behind
 * a mark. Returns the new file's size, or -1. */
static off_t
copy_since(struct journal *j, int fd, int64_t since_at)
{
	struct journal_record mark = {.seq = j->last_seq,
	    .at = clock_wall_ms()}, r;
	off_t size = RECORD_HEAD;

	if (write_record(j, fd, 0, &mark) == -1)
		return -1;
	for (off_t at = 0; at < j->size; at += RECORD_HEAD + (off_t)r.n) {
		size_t n;

		if (record_read(j->fd, at, j->boot_id, j->buf, &r) !=
		    RECORD_OK)
			return failed(j, "read");
		if (r.type == 0 || r.at < since_at)
			continue;
		n = RECORD_HEAD + r.n;
		if (pread(j->fd, j->out, n, at) != (ssize_t)n ||
		    pwrite(fd, j->out, n, size) != (ssize_t)n)
			return failed(j, "copy");
		size += (off_t)n;
	}
	if (fsync(fd) == -1)
		return failed(j, "sync");
	return size;
}

int
journal_compact(struct journal *j, int64_t since_at)
{
	char *name = xasprintf("%s.new", j->path);
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	off_t size = -1;

	/* Locked before it gets the name: there is no moment without. */
	if (fd == -1 || flock(fd, LOCK_EX | LOCK_NB) == -1)
		(void)failed(j, "compact");
	else if ((size = copy_since(j, fd, since_at)) != -1 &&
	    rename(name, j->path) == -1)
		size = failed(j, "rename");
	if (size == -1) {
		if (fd != -1)
			(void)close(fd);
		(void)unlink(name);
		free(name);
		return -1;
	}
	free(name);
	(void)close(j->fd);
	j->fd = fd;
	j->size = size;
	j->is_dirty = false;
	return sync_directory(j);
}
