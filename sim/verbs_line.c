/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Control commands that put something odd on the line or into a memory, or
 * stop the modem's answers.
 */
#include <stdio.h>
#include <string.h>

#include "sim/modem_state.h"
#include "sim/verbs.h"

static int
take_memory(struct words *words, struct reply *reply, struct modem *modem,
    struct store **out)
{
	const char *name = words_value(words, "memory");

	for (int i = 0; i < N_MEMORIES; i++)
		if (strcmp(modem->stores[i].name,
		    name != NULL ? name : "SM") == 0) {
			*out = &modem->stores[i];
			return 0;
		}
	return reply_error(reply, "no memory is called \"%s\"",
	    name != NULL ? name : "");
}

/* The rest of the line behind +CMGL: <index>, as it shall be shown. */
static int
run_store(struct sim *sim, struct words *words, struct reply *reply)
{
	unsigned stat = 0, length = 0, tells = 0, slot;
	const char *alpha = words_value(words, "alpha"), *hex;
	struct store *store = NULL;
	struct modem *modem;
	char shown[SHOWN_SIZE];

	if (verbs_take_modem(sim, words, reply, &modem) != 0 ||
	    take_memory(words, reply, modem, &store) != 0 ||
	    verbs_value_number(words, reply, "stat", 4, &stat) != 0 ||
	    verbs_value_number(words, reply, "length", 999, &length) != 0 ||
	    verbs_value_number(words, reply, "tell", 1, &tells) != 0)
		return -1;
	hex = words_next(words);
	if (hex == NULL || strlen(hex) > SHOWN_SIZE / 2)
		return reply_error(reply, "the PDU is missing or too long; "
		    "\"-\" is an empty one");
	if (strcmp(hex, "-") == 0)
		hex = "";
	(void)snprintf(shown, sizeof(shown), "%u,%.60s,%u%s%s", stat,
	    alpha != NULL ? alpha : "",
	    length != 0 ? length : (unsigned)strlen(hex) / 2,
	    *hex != '\0' ? "\r\n" : "", hex);
	slot = store_put_shown(store, shown);
	if (slot == 0)
		return reply_error(reply, "the memory is full");
	if (tells == 1)
		modem_urc(modem, "+CMTI: \"%s\",%u", store->name, slot);
	return json_object_set_new(reply->object, "slot",
	    json_integer(slot));
}

/* A line by itself; "|" begins the next one. */
static int
run_say(struct sim *sim, struct words *words, struct reply *reply)
{
	char line[SHOWN_SIZE];
	struct modem *modem;
	const char *text;
	size_t n = 0;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	text = words_next_text(words);
	if (text == NULL)
		return reply_error(reply, "the line is missing");
	for (; *text != '\0' && n + 3 < sizeof(line); text++) {
		if (*text == '|')
			line[n++] = '\r';
		line[n++] = *text == '|' ? '\n' : *text;
	}
	line[n] = '\0';
	modem_urc(modem, "%s", line);
	return 0;
}

static int
run_mute(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *word, *until = words_value(words, "until");
	struct modem *modem;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	if (until != NULL && strcmp(until, "cfun") != 0 &&
	    strcmp(until, "restart") != 0)
		return reply_error(reply, "until is cfun or restart");
	modem->mute_until = until == NULL ? MUTE_FOREVER :
	    strcmp(until, "cfun") == 0 ? MUTE_TO_CFUN : MUTE_TO_RESTART;
	word = words_next(words);
	if (word == NULL || strlen(word) >= sizeof(modem->mute))
		return reply_error(reply, "\"on\", \"off\" or a command, as "
		    "+CMGL, is missing");
	memset(modem->mute, 0, sizeof(modem->mute));
	if (strcmp(word, "off") != 0)
		(void)strcpy(modem->mute, strcmp(word, "on") == 0 ? "*"
		    : word);
	return 0;
}

const struct verb *
verbs_line_table(void)
{
	static const struct verb table[] = {
	    {"store", "MODEM PDU|- [memory=SM] [stat=N] [alpha=TEXT] "
		"[length=N] [tell=1]",
		"Puts a message into a memory as it stands, in hexadecimal "
		"with the centre's number; nothing is checked.", run_store},
	    {"say", "MODEM LINE",
		"The modem writes a line by itself; | begins the next one.",
		run_say},
	    {"mute", "MODEM on|off|COMMAND [until=cfun|restart]",
		"It answers nothing any more, or not this command (+CMGL), "
		"until its radio was switched off and on, or it restarts.",
		run_mute},
	    {NULL, NULL, NULL, NULL},
	};

	return table;
}
