/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Control commands of a citizen with a phone in the hand: USSD. ("sms" and
 * "call" are among the others; "listen" is in control.c.)
 */
#include <string.h>

#include "sim/centre.h"
#include "sim/dial.h"
#include "sim/verbs.h"

static int
take_phone(struct words *words, struct reply *reply,
    char out[SIM_NUMBER_SIZE])
{
	const char *word = words_next(words);

	if (word == NULL || *word == '\0' || strlen(word) >= SIM_NUMBER_SIZE)
		return reply_error(reply, "the phone's number is missing or "
		    "too long");
	centre_normalise(word, out);
	return 0;
}

static int
take_text(struct words *words, struct reply *reply, const char **out)
{
	*out = words_next_text(words);
	if (*out == NULL)
		return reply_error(reply, "what is to be typed is missing");
	if (words_unused(words) != NULL)
		return reply_error(reply, "what is \"%s\"?",
		    words_unused(words));
	return 0;
}

/* Only a scenario file comes here, because it is no connection. */
static int
run_listen(struct sim *sim, struct words *words, struct reply *reply)
{
	(void)sim;
	(void)words;
	return reply_error(reply, "nobody would hear it here");
}

static int
run_dial(struct sim *sim, struct words *words, struct reply *reply)
{
	char phone[SIM_NUMBER_SIZE];
	const char *code, *why;

	if (take_phone(words, reply, phone) != 0 ||
	    take_text(words, reply, &code) != 0)
		return -1;
	why = dial_begin(sim->dial, phone, code);
	return why == NULL ? 0 : reply_error(reply, "%s", why);
}

static int
run_reply(struct sim *sim, struct words *words, struct reply *reply)
{
	char phone[SIM_NUMBER_SIZE];
	const char *text, *why;

	if (take_phone(words, reply, phone) != 0 ||
	    take_text(words, reply, &text) != 0)
		return -1;
	why = dial_reply(sim->dial, phone, text);
	return why == NULL ? 0 : reply_error(reply, "%s", why);
}

static int
run_cancel(struct sim *sim, struct words *words, struct reply *reply)
{
	char phone[SIM_NUMBER_SIZE];
	const char *why;

	if (take_phone(words, reply, phone) != 0)
		return -1;
	why = dial_cancel(sim->dial, phone);
	return why == NULL ? 0 : reply_error(reply, "%s", why);
}

const struct verb *
verbs_phone_table(void)
{
	static const struct verb table[] = {
	    {"listen", "PHONE", "From now on this connection is told what "
		"the phone sees, as objects with \"event\": text, ussd, call.",
		run_listen},
	    {"dial", "PHONE CODE", "The phone dials a USSD code; the screen "
		"comes as event.", run_dial},
	    {"reply", "PHONE TEXT", "Types an answer to a screen that asks.",
		run_reply},
	    {"cancel", "PHONE", "Leaves the dialogue.", run_cancel},
	    {NULL, NULL, NULL, NULL},
	};

	return table;
}
