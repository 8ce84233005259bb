/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One record of a journal as it lies in the file: a head of RECORD_HEAD
 * octets, little endian, and the payload.
 *
 *	 0 magic (32)	 4 payload's length (32)
 *	 8 CRC-32 of all but itself (32)
 *	12 type (16)	14 zero (16)
 *	16 seq (64)	24 wall time (64)	32 boot id (128)
 *
 * Type PROTO_NONE is a mark: no payload, and seq is the last number given
 * before it, so that numbering goes on in a file that lost its records.
 */
#ifndef JOURNAL_RECORD_H
#define JOURNAL_RECORD_H

#include <stdint.h>
#include <sys/types.h>

#include "journal/journal.h"

#define RECORD_HEAD	   48
#define RECORD_PAYLOAD_MAX 65536
#define BOOT_ID_SIZE	   16

/* The running system's boot id; zeros, which equal no boot, without one. */
void record_boot_id(uint8_t id[BOOT_ID_SIZE]);

/* Writes head and payload to out, which has room for both. */
void record_write(uint8_t *out, const struct journal_record *,
    const uint8_t boot_id[BOOT_ID_SIZE]);

enum record_verdict {
	RECORD_OK,
	RECORD_END,	/* nothing at this place */
	RECORD_BAD,	/* torn, damaged, or no record at all */
	RECORD_ERROR,	/* the file can't be read; errno */
};

/* Reads the record at `at`, its payload into buf (RECORD_PAYLOAD_MAX). */
enum record_verdict record_read(int fd, off_t at,
    const uint8_t boot_id[BOOT_ID_SIZE], uint8_t *buf,
    struct journal_record *out);

#endif
