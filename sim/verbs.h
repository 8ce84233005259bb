/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands of the control socket and of scenario files: one row each,
 * from which the help comes too.
 */
#ifndef SIM_VERBS_H
#define SIM_VERBS_H

#include <stdio.h>

#include <jansson.h>

#include "sim/sim.h"
#include "sim/words.h"

/* The answer of a command: fields are set in object; an error text makes it
 * {"ok":false,"error":"…"}. */
struct reply {
	json_t *object;
	char error[256];
};

struct verb {
	const char *name;
	const char *usage; /* the words after the name */
	const char *help;
	int (*run)(struct sim *, struct words *, struct reply *);
};

/* Each ends with a name of NULL. */
const struct verb *verbs_modem_table(void);
const struct verb *verbs_network_table(void);
const struct verb *verbs_phone_table(void);
const struct verb *verbs_line_table(void);

/* Runs a line. The caller releases the answer. */
json_t *verbs_run(struct sim *, const char *line);

/* Whether a line begins with a known command; *error tells. Does not run
 * it. */
int verbs_check(const char *line, char *error, size_t size);

void verbs_print_help(FILE *);

/* For the commands. Each returns -1 after it has set the error. */
int reply_error(struct reply *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
int verbs_take_modem(struct sim *, struct words *, struct reply *,
    struct modem **out);
int verbs_take_number(struct words *, struct reply *, const char *what,
    unsigned max, unsigned *out);

/* key=number, min to max; *out stays when it is not given. */
int verbs_value_number(struct words *, struct reply *, const char *key,
    unsigned max, unsigned *out);

/* "on" or "off". */
int verbs_take_switch(struct words *, struct reply *, bool *out);

#endif
