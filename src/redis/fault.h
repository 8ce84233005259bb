/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an error of Redis, or of the connection, means for the caller.
 */
#ifndef REDIS_FAULT_H
#define REDIS_FAULT_H

#include <stdbool.h>

/* Errors that this folder makes itself, beside the server's. */
#define FAULT_NOT_CONNECTED "not connected"
#define FAULT_LOST	    "connection lost"

/* The server does not have our library. */
#define FAULT_NO_FUNCTION   "ERR Function not found"

enum fault {
	FAULT_LASTING,	/* the same command would fail again */
	FAULT_PASSING,	/* the same command may work later */
	FAULT_REFUSAL,	/* it reads, but takes no writes just now, or not
			 * ours: a right is missing, a key is another's */
	FAULT_UNFIT,	/* not this server: connect anew */
};

enum fault fault_class(const char *error);

/* True when it is worth sending the same command again: for all errors but
 * FAULT_LASTING. False for NULL. */
bool fault_passes(const char *error);

#endif
