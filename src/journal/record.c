/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A journal record to octets and back.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>

#include "journal/record.h"

#define MAGIC 0x4a544142U /* "BATJ" */

static void
put_octets(uint8_t *to, uint64_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		to[i] = (uint8_t)(value >> (8 * i));
}

static uint64_t
get(const uint8_t *from, unsigned octets)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < octets; i++)
		value |= (uint64_t)from[i] << (8 * i);
	return value;
}

void
record_boot_id(uint8_t id[BOOT_ID_SIZE])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	char text[64] = "";
	unsigned n = 0;

	memset(id, 0, BOOT_ID_SIZE);
	if (fd == -1)
		return;
	if (read(fd, text, sizeof(text) - 1) > 0)
		for (char *p = text; *p != '\0' && n < BOOT_ID_SIZE; p++) {
			unsigned octet;

			if (*p == '-' || sscanf(p, "%2x", &octet) != 1)
				continue;
			id[n++] = (uint8_t)octet;
			p++;
		}
	(void)close(fd);
	if (n < BOOT_ID_SIZE)
		memset(id, 0, BOOT_ID_SIZE);
}

static uint32_t
checksum(const uint8_t *head, const uint8_t *payload, size_t n)
{
	uLong crc = crc32(0, head, 8);

	crc = crc32(crc, head + 12, RECORD_HEAD - 12);
	/* zlib's crc32() answers a NULL buffer with its start value. */
	return (uint32_t)(n > 0 ? crc32(crc, payload, (uInt)n) : crc);
}

void
record_write(uint8_t *out, const struct journal_record *r,
    const uint8_t boot_id[BOOT_ID_SIZE])
{
	put_octets(out, MAGIC, 4);
	put_octets(out + 4, r->n, 4);
	put_octets(out + 12, r->type, 2);
	put_octets(out + 14, 0, 2);
	put_octets(out + 16, r->seq, 8);
	put_octets(out + 24, (uint64_t)r->at, 8);
	memcpy(out + 32, boot_id, BOOT_ID_SIZE);
	if (r->n > 0)
		memcpy(out + RECORD_HEAD, r->payload, r->n);
	put_octets(out + 8, checksum(out, out + RECORD_HEAD, r->n), 4);
}

/* Reads up to n octets; less at the file's end. -1: errno. */
static ssize_t
read_at(int fd, uint8_t *to, size_t n, off_t at)
{
	size_t got = 0;

	while (got < n) {
		ssize_t rc = pread(fd, to + got, n - got, at + (off_t)got);

		if (rc == -1 && errno == EINTR)
			continue;
		if (rc == -1)
			return -1;
		if (rc == 0)
			break;
		got += (size_t)rc;
	}
	return (ssize_t)got;
}

enum record_verdict
record_read(int fd, off_t at, const uint8_t boot_id[BOOT_ID_SIZE],
    uint8_t *buf, struct journal_record *out)
{
	static const uint8_t no_boot[BOOT_ID_SIZE];
	uint8_t head[RECORD_HEAD];
	ssize_t got = read_at(fd, head, sizeof(head), at);

	if (got <= 0)
		return got == 0 ? RECORD_END : RECORD_ERROR;
	if (got < RECORD_HEAD || get(head, 4) != MAGIC ||
	    get(head + 4, 4) > RECORD_PAYLOAD_MAX)
		return RECORD_BAD;
	out->n = get(head + 4, 4);
	if ((got = read_at(fd, buf, out->n, at + RECORD_HEAD)) == -1)
		return RECORD_ERROR;
	if ((size_t)got < out->n ||
	    checksum(head, buf, out->n) != get(head + 8, 4))
		return RECORD_BAD;
	out->type = (uint16_t)get(head + 12, 2);
	out->seq = get(head + 16, 8);
	out->at = (int64_t)get(head + 24, 8);
	out->is_this_boot = memcmp(head + 32, boot_id, BOOT_ID_SIZE) == 0 &&
	    memcmp(boot_id, no_boot, BOOT_ID_SIZE) != 0;
	out->payload = buf;
	return RECORD_OK;
}
