/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Torn tails and damaged middles of journals.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "journal/mend.h"

/* Counts whole records at any octet from `at` on. */
static unsigned
count_records(int fd, off_t at, off_t size,
    const uint8_t boot_id[BOOT_ID_SIZE], uint8_t *buf, uint64_t *last_seq)
{
	struct journal_record r;
	unsigned found = 0;

	while (at + RECORD_HEAD <= size) {
		if (record_read(fd, at, boot_id, buf, &r) != RECORD_OK) {
			at++;
			continue;
		}
		found++;
		if (r.seq > *last_seq)
			*last_seq = r.seq;
		at += RECORD_HEAD + (off_t)r.n;
	}
	return found;
}

static int
write_all(int fd, const uint8_t *data, size_t n)
{
	while (n > 0) {
		ssize_t rc = write(fd, data, n);

		if (rc == -1 && errno == EINTR)
			continue;
		if (rc <= 0)
			return -1;
		data += rc;
		n -= (size_t)rc;
	}
	return 0;
}

/* Appends the octets from `at` on to <path>.damaged and syncs it. */
static int
keep_aside(const char *path, int fd, off_t at, uint8_t *buf)
{
	char *name = xasprintf("%s.damaged", path);
	int out = open(name, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	ssize_t got = -1;

	if (out != -1)
		while ((got = pread(fd, buf, RECORD_PAYLOAD_MAX, at)) > 0) {
			if (write_all(out, buf, (size_t)got) == -1) {
				got = -1;
				break;
			}
			at += got;
		}
	if (got == 0 && fsync(out) == -1)
		got = -1;
	if (got == -1)
		log_error("journal_damaged", "file=%s error=\"%s\" "
		    "text=\"its damaged part can't be kept\"", name,
		    strerror(errno));
	if (out != -1)
		(void)close(out);
	free(name);
	return got == 0 ? 0 : -1;
}

int
journal_mend(const char *path, int fd, off_t good,
    const uint8_t boot_id[BOOT_ID_SIZE], uint8_t *buf, uint64_t *last_seq)
{
	unsigned found;
	struct stat st;

	if (fstat(fd, &st) == -1) {
		log_error("journal_failed", "file=%s error=\"%s\"", path,
		    strerror(errno));
		return -1;
	}
	found = count_records(fd, good, st.st_size, boot_id, buf, last_seq);
	if (found == 0) {
		log_warning("journal_torn", "file=%s octets=%lld "
		    "text=\"an unfinished record was cut off\"", path,
		    (long long)(st.st_size - good));
	} else {
		log_error("journal_damaged", "file=%s at=%lld records=%u "
		    "text=\"damaged in the middle; the rest is kept in "
		    "%s.damaged\"", path, (long long)good, found, path);
		if (keep_aside(path, fd, good, buf) == -1)
			return -1;
	}
	if (ftruncate(fd, good) == -1 || fdatasync(fd) == -1) {
		log_error("journal_failed", "file=%s error=\"%s\"", path,
		    strerror(errno));
		return -1;
	}
	return 0;
}
