/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One table of the words that errors begin with. An error that is not in it is
 * lasting: the command is wrong, not the moment.
 */
#include <ctype.h>
#include <string.h>

#include "redis/fault.h"

static const struct {
	const char *word;
	enum fault fault;
} table[] = {
	{FAULT_NOT_CONNECTED, FAULT_PASSING},
	{FAULT_LOST, FAULT_PASSING},
	{"READONLY", FAULT_UNFIT},	/* a replica, since a failover */
	{"LOADING", FAULT_UNFIT},
	{"MASTERDOWN", FAULT_UNFIT},
	{"NOAUTH", FAULT_UNFIT},
	{"WRONGPASS", FAULT_UNFIT},
	{"OOM", FAULT_REFUSAL},
	{"MISCONF", FAULT_REFUSAL},	/* it can't save */
	{"NOREPLICAS", FAULT_REFUSAL},	/* min-replicas-to-write */
	{"BADKEY", FAULT_REFUSAL},	/* our scripts: see guard.lua */
	{"NORIGHT", FAULT_REFUSAL},	/* the same */
	/* Inside a function Redis 7 does not say NOPERM. */
	{"ERR The user executing the script can't", FAULT_REFUSAL},
	{"NOPERM", FAULT_PASSING},	/* an operator may mend it */
	{FAULT_NO_FUNCTION, FAULT_PASSING},
	{"NOGROUP", FAULT_PASSING},
	{"NOTOURS", FAULT_PASSING},	/* our scripts: see instance.lua */
	{"BUSY", FAULT_PASSING},
	{"UNBLOCKED", FAULT_PASSING},
	{"TRYAGAIN", FAULT_PASSING},
	{"CLUSTERDOWN", FAULT_PASSING},
};

enum fault
fault_class(const char *error)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = strlen(table[i].word);

		if (strncmp(error, table[i].word, n) == 0 &&
		    !isalnum((unsigned char)error[n]))
			return table[i].fault;
	}
	return FAULT_LASTING;
}

bool
fault_passes(const char *error)
{
	return error != NULL && fault_class(error) != FAULT_LASTING;
}
