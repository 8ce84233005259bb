/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an error of Redis, or of the way to it, means for who asked.
 */
#ifndef REDIS_FAULT_H
#define REDIS_FAULT_H

#include <stdbool.h>

/* Errors of our own making, beside those of the server. */
#define FAULT_NOT_CONNECTED "not connected"
#define FAULT_LOST	    "connection lost"

/* The server does not have our library. */
#define FAULT_NO_FUNCTION   "ERR Function not found"

enum fault {
	FAULT_LASTING,	/* the same again would fail again */
	FAULT_PASSING,	/* later it may go */
	FAULT_REFUSAL,	/* it reads, but takes no writes just now, or not
			 * ours: a right is missing, a key is another's */
	FAULT_UNFIT,	/* not this server: connect anew */
};

enum fault fault_class(const char *error);

/* True when the same question is worth asking again: all but
 * FAULT_LASTING. False for NULL. */
bool fault_passes(const char *error);

#endif
