/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The phone from inside, for phone.c and phone_type.c only.
 */
#ifndef SIM_PHONE_INSIDE_H
#define SIM_PHONE_INSIDE_H

#include <stddef.h>
#include <stdint.h>

#include "sim/phone_screen.h"
#include "sim/sim.h"

#define PHONE_LINE_MAX 4096

enum awaited {
	AWAITED_NOTHING,
	AWAITED_USSD,
	AWAITED_CALL,
	AWAITED_TEXT,
};

struct phone {
	const char *dir;
	char number[SIM_NUMBER_SIZE];
	struct phone_screen screen;
	unsigned timeout_s;
	int fd;
	char *in;	/* from the socket, not yet a line */
	size_t n_in;
	char typed[PHONE_LINE_MAX]; /* from stdin, not yet a line */
	size_t n_typed;
	unsigned open_answers;
	enum awaited awaited;
	int64_t deadline;
	unsigned unread;	/* texts that no "wait" was about */
	bool is_in_dialogue;
	bool is_typed_over;	/* end of stdin */
	bool is_over;
	int status;
};

/* Tells a fault; a script then ends with status 1. */
void phone_complain(struct phone *, const char *text);

/* Runs a line that was typed. */
void phone_type(struct phone *, char *line);

/* Leaves the dialogue. */
void phone_cancel(struct phone *);

void phone_print_commands(void);

#endif
