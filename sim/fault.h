/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What shall go wrong with the next submits, by modem and by phone.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>

#include "sim/sim.h"

#define FAULT_KINDS(X)                                                        \
	X(NONE, "none")                                                       \
	X(CMS, "cms")		       /* +CMS ERROR: code */                 \
	X(CME, "cme")		       /* +CME ERROR: code */                 \
	X(ERROR, "error")	       /* plain ERROR */                      \
	X(SILENT_PROMPT, "silent-prompt") /* no "> " */                       \
	X(SILENT_LOST, "silent-lost")	/* no answer, the text is gone */     \
	X(SILENT_TAKEN, "silent-taken") /* no answer, the centre has it */

enum fault_kind {
#define X(id, name) FAULT_##id,
	FAULT_KINDS(X)
#undef X
};

const char *fault_kind_name(enum fault_kind);

#define FAULT_FOREVER 0

struct fault {
	enum fault_kind kind;
	int code;
	bool is_at_prompt; /* instead of the "> ", else after Ctrl-Z */
	char modem[SIM_NAME_SIZE]; /* "*": any */
	char to[SIM_NUMBER_SIZE];  /* "": any */
	unsigned count;		   /* how often, or FAULT_FOREVER */
	unsigned after;		   /* so many submits pass first */
};

struct fault_list *fault_list_new(void);
void fault_list_free(struct fault_list *);

void fault_add(struct fault_list *, const struct fault *);

/* Takes away the rules of a modem ("*": all). */
void fault_clear(struct fault_list *, const char *modem);

/* Finds the fault for this submit: the oldest rule that fits, and it counts.
 * to: NULL at the prompt, where the phone is not known yet. */
struct fault fault_take(struct fault_list *, const char *modem,
    const char *to);

#endif
