/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds and runs the commands of verbs_modem.c, verbs_network.c and
 * verbs_phone.c.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/modem.h"
#include "sim/verbs.h"
#include "sim/words.h"

static const struct verb *
find_verb(const char *name)
{
	const struct verb *const tables[] = {
	    verbs_network_table(),
	    verbs_modem_table(),
	    verbs_phone_table(),
	    verbs_line_table(),
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		for (const struct verb *v = tables[i]; v->name != NULL; v++) {
			if (strcmp(v->name, name) == 0)
				return v;
		}
	}
	return NULL;
}

void
verbs_print_help(FILE *out)
{
	const struct verb *const tables[] = {
	    verbs_network_table(),
	    verbs_modem_table(),
	    verbs_phone_table(),
	    verbs_line_table(),
	};

	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		for (const struct verb *v = tables[i]; v->name != NULL; v++)
			(void)fprintf(out, "  %s%s%s\n      %s\n", v->name,
			    v->usage[0] != '\0' ? " " : "", v->usage, v->help);
	}
}

int
reply_error(struct reply *reply, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(reply->error, sizeof(reply->error), fmt, ap);
	va_end(ap);
	return -1;
}

int
verbs_take_modem(struct sim *sim, struct words *words, struct reply *reply,
    struct modem **out)
{
	const char *name = words_next(words);

	if (name == NULL)
		return reply_error(reply, "the name of a modem is missing");
	*out = sim_find_modem(sim, name);
	if (*out == NULL)
		return reply_error(reply, "no modem is called \"%s\"", name);
	return 0;
}

int
verbs_take_number(struct words *words, struct reply *reply, const char *what,
    unsigned max, unsigned *out)
{
	const char *word = words_next(words);

	if (word == NULL)
		return reply_error(reply, "%s is missing", what);
	if (words_parse_number(word, max, out) != 0)
		return reply_error(reply, "%s must be 0 to %u, not \"%s\"",
		    what, max, word);
	return 0;
}

int
verbs_value_number(struct words *words, struct reply *reply, const char *key,
    unsigned max, unsigned *out)
{
	const char *value = words_value(words, key);

	if (value == NULL || words_parse_number(value, max, out) == 0)
		return 0;
	return reply_error(reply, "%s must be 0 to %u, not \"%s\"", key, max,
	    value);
}

int
verbs_take_switch(struct words *words, struct reply *reply, bool *out)
{
	const char *word = words_next(words);

	if (word == NULL ||
	    (strcmp(word, "on") != 0 && strcmp(word, "off") != 0))
		return reply_error(reply, "\"on\" or \"off\" is missing");
	*out = strcmp(word, "on") == 0;
	return 0;
}

static int
run_verb(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *name = words_next(words);
	const struct verb *verb = name != NULL ? find_verb(name) : NULL;

	if (verb == NULL)
		return reply_error(reply, "no such command: \"%s\" (see "
		    "baotin-sim ctl --help)", name != NULL ? name : "");
	if (verb->run(sim, words, reply) != 0)
		return -1;
	return 0;
}

json_t *
verbs_run(struct sim *sim, const char *line)
{
	struct reply reply = {.object = json_object()};
	json_t *answer = json_object(), *error;
	struct words words;
	const char *why;

	if (words_split(line, &words, &why) != 0) {
		(void)reply_error(&reply, "%s", why);
	} else {
		(void)run_verb(sim, &words, &reply);
		words_clear(&words);
	}
	(void)json_object_set_new(answer, "ok",
	    json_boolean(reply.error[0] == '\0'));
	if (reply.error[0] == '\0') {
		(void)json_object_update(answer, reply.object);
	} else {
		error = json_string(reply.error);
		(void)json_object_set_new(answer, "error",
		    error != NULL ? error : json_string("bad characters"));
	}
	json_decref(reply.object);
	return answer;
}

int
verbs_check(const char *line, char *error, size_t size)
{
	struct words words;
	const char *why, *name;
	int result = 0;

	if (words_split(line, &words, &why) != 0) {
		(void)snprintf(error, size, "%s", why);
		return -1;
	}
	name = words_next(&words);
	if (name == NULL || find_verb(name) == NULL) {
		(void)snprintf(error, size, "no such command: \"%s\"",
		    name != NULL ? name : "");
		result = -1;
	}
	words_clear(&words);
	return result;
}
