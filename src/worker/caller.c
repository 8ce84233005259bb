/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the lines that tell who calls.
 */
#include <stdio.h>
#include <string.h>

#include "worker/at.h"
#include "worker/caller.h"
#include "worker/card.h"

/* Fields of +CLCC: <id>,<dir>,<stat>,<mode>,<mpty>,<number>,<type> */
enum { CLCC_DIR = 1, CLCC_STAT, CLCC_MODE, CLCC_NUMBER = 5 };

#define DIR_INCOMING  1
#define STAT_INCOMING 4
#define STAT_WAITING  5
#define MODE_DATA     1

static void
one_line(const char *line, struct at_reply *out)
{
	memset(out, 0, sizeof(*out));
	(void)snprintf(out->text, sizeof(out->text), "%.*s",
	    (int)strcspn(line, "\r\n"), line);
}

void
caller_of_clip(const char *line, char *out, size_t size)
{
	struct at_reply reply;

	one_line(line, &reply);
	card_number(&reply, 0, out, size);
}

static bool
is_ringing(const struct at_reply *reply)
{
	int stat = at_number(reply, CLCC_STAT, -1);

	return at_number(reply, CLCC_DIR, -1) == DIR_INCOMING &&
	    (stat == STAT_INCOMING || stat == STAT_WAITING) &&
	    at_number(reply, CLCC_MODE, 0) != MODE_DATA;
}

bool
caller_of_clcc(const char *lines, char *out, size_t size)
{
	struct at_reply reply;

	out[0] = '\0';
	for (; lines != NULL; lines = strchr(lines, '\n')) {
		lines += *lines == '\n';
		one_line(lines, &reply);
		if (!is_ringing(&reply))
			continue;
		card_number(&reply, CLCC_NUMBER, out, size);
		if (out[0] != '\0')
			return true;
	}
	return false;
}
