/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What journal_open() does about a file that does not end with a whole
 * record.
 */
#ifndef JOURNAL_MEND_H
#define JOURNAL_MEND_H

#include <stdint.h>
#include <sys/types.h>

#include "journal/record.h"

/* The first bad octet is at `good`. When no whole record lies behind it,
 * it is a torn tail and cut off. Else the file was damaged in the middle:
 * the rest goes to <path>.damaged before it is cut off, and *last_seq is
 * raised to the highest number seen in it. 0, or -1 (logged). */
int journal_mend(const char *path, int fd, off_t good,
    const uint8_t boot_id[BOOT_ID_SIZE], uint8_t *buf, uint64_t *last_seq);

#endif
