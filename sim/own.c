/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a modem does as its brand (brand.h) does it: refusals, own words, and
 * a restart by itself.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* strsep() */
#endif
#include <stdio.h>
#include <string.h>

#include "base/mem.h"
#include "sim/own.h"

static const char *
cpin_of(const struct modem *modem)
{
	switch (modem->sim_state) {
	case SIM_READY:
		return "READY";
	case SIM_PIN:
		return "SIM PIN";
	case SIM_PUK:
		return "SIM PUK";
	case SIM_ABSENT:
		break;
	}
	return "NOT INSERTED";
}

void
own_swapped_iccid(const struct modem *modem, char out[ICCID_NIBBLES + 1])
{
	const char *iccid = modem->config.iccid;
	size_t n = strlen(iccid);

	for (size_t i = 0; i < ICCID_NIBBLES; i++)
		out[i ^ 1] = i < n ? iccid[i] : 'F';
	out[ICCID_NIBBLES] = '\0';
}

/* The value of the mark at p ("{pin}…"), or NULL; *used: its length. */
static const char *
value_of(const struct modem *modem, const char *p, size_t *used,
    char room[ICCID_NIBBLES + 1])
{
	static const char *const marks[] = {
		"{iccid}", "{swapped}", "{pin}", "{puk}", "{cpin}",
	};
	size_t i = 0;

	while (i < 5 && strncmp(p, marks[i], strlen(marks[i])) != 0)
		i++;
	if (i == 5)
		return NULL;
	*used = strlen(marks[i]);
	if (i == 0)
		return modem->config.iccid;
	if (i == 1)
		own_swapped_iccid(modem, room);
	else if (i == 2 || i == 3)
		(void)snprintf(room, ICCID_NIBBLES + 1, "%u",
		    i == 2 ? modem->pin_tries : modem->puk_tries);
	else
		return cpin_of(modem);
	return room;
}

static void
fill(const struct modem *modem, const char *words, char *out, size_t size)
{
	char room[ICCID_NIBBLES + 1];
	size_t n = 0, used;

	while (*words != '\0' && n + 1 < size) {
		const char *value = value_of(modem, words, &used, room);

		if (value == NULL) {
			out[n++] = *words++;
			continue;
		}
		n += (size_t)snprintf(out + n, size - n, "%s", value);
		words += used;
	}
	out[n < size ? n : size - 1] = '\0';
}

static void
write_command(const struct at_command *command, char *out, size_t size)
{
	static const char *const ends[] = {"", "?", "=?", "="};

	(void)snprintf(out, size, "%s%s%s", command->name,
	    ends[command->kind], command->kind == AT_SET ? command->args : "");
}

bool
own_run(struct modem *modem, const struct at_command *command, int *result)
{
	const struct brand *brand = modem->config.brand;
	char text[AT_NAME_SIZE + AT_LINE_SIZE + 3], line[200];

	write_command(command, text, sizeof(text));
	if (brand_matches(modem->refuses, text)) {
		*result = RESULT_ERROR;
		return true;
	}
	for (int i = 0; i < BRAND_WORDS && brand->words[i].command != NULL;
	    i++) {
		if (strcmp(brand->words[i].command, text) != 0)
			continue;
		*result = modem->sim_state == SIM_ABSENT ? CME(10) : RESULT_OK;
		if (*result != RESULT_OK)
			return true;
		fill(modem, brand->words[i].reply, line, sizeof(line));
		if (line[0] != '\0')
			modem_say(modem, "%s", line);
		return true;
	}
	*result = RESULT_ERROR;
	return brand_matches(brand->refuses, text);
}

/* Says one line after the other. */
static void
say_start(struct modem *modem)
{
	const char *words = modem->config.brand->starts;
	char lines[300], *rest = lines, *line;

	if (words == NULL)
		return;
	fill(modem, words, lines, sizeof(lines));
	while ((line = strsep(&rest, "\n")) != NULL)
		modem_urc(modem, "%s", line);
}

void
modem_restart(struct modem *modem)
{
	modem_reset(modem);
	if (modem->mute_until != MUTE_FOREVER)
		modem->mute[0] = '\0';
	if (modem->config.pin[0] != '\0' && modem->sim_state == SIM_READY)
		modem->sim_state = SIM_PIN;
	say_start(modem);
	incoming_pump(modem);
}

void
modem_set_pin_tries(struct modem *modem, unsigned tries)
{
	modem->pin_tries = tries;
}

int
modem_set_cpin(struct modem *modem, const char *word)
{
	if (strlen(word) >= sizeof(modem->cpin))
		return -1;
	(void)strcpy(modem->cpin, word);
	return 0;
}

int
modem_refuse(struct modem *modem, const char *patterns)
{
	if (strlen(patterns) >= sizeof(modem->refuses))
		return -1;
	(void)strcpy(modem->refuses, patterns);
	return 0;
}
