/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the options that several commands share.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/options.h"
#include "base/clock.h"
#include "base/when.h"
#include "conf/conf.h"

#define ID_MAX 128

bool
admin_is_message_id(const char *id)
{
	size_t n = strspn(id, "0123456789-_:"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return n > 0 && n <= ID_MAX && id[n] == '\0' && id[0] != '-';
}

static void
refuse_agency(struct admin_request *req, const char *id)
{
	const struct conf *conf = request_conf(req);
	char *list = NULL;
	size_t size;
	FILE *to = open_memstream(&list, &size);

	if (to == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	for (size_t i = 0; i < conf->n_agencies; i++)
		fprintf(to, "%s%s", i > 0 ? ", " : "", conf->agencies[i].id);
	(void)fclose(to);
	admin_fail(req, 2, "no agency \"%.64s\"; the configuration has: "
	    "%.800s", id, *list != '\0' ? list : "none");
	free(list);
}

/* A moment, or a duration back from now. A bare number is refused: as seconds
 * since 1970 it would mean everything. */
static int
since_parse(const char *text, int64_t *out)
{
	int64_t now = clock_wall_ms(), ms;

	if (when_parse(text, out) == 0)
		return when_is_plausible(*out) && *out <= now ? 0 : -1;
	if (duration_parse(text, &ms) == -1)
		return -1;
	*out = now - ms;
	return 0;
}

static int
set_agency(struct admin_request *req, const char *value,
    struct admin_options *out)
{
	out->agency = value;
	if (conf_agency_find(request_conf(req), value) != NULL)
		return 0;
	refuse_agency(req, value);
	return -1;
}

static int
set_since(struct admin_request *req, const char *value,
    struct admin_options *out)
{
	if (since_parse(value, &out->since) == 0)
		return 0;
	admin_fail(req, 2, "\"%.40s\" is no moment that has passed: such as "
	    "2026-11-22 or 2026-11-22T08:30, in %s unless it has an offset "
	    "(+07:00), or 2h for the last two hours", value,
	    request_conf(req)->gateway.timezone);
	return -1;
}

/* The options. Each has a place for its word, or a flag, or a function that
 * reads it. */
#define WORD(member) .word = offsetof(struct admin_options, member), \
	.is_word = true
#define FLAG(member) .flag = offsetof(struct admin_options, member)
static const struct {
	const char *name;
	size_t word, flag;
	bool is_word;
	int (*set)(struct admin_request *, const char *,
	    struct admin_options *);
} table[] = {
	{"--agency", .set = set_agency},
	{"--since", .set = set_since},
	{"--state", WORD(state)},
	{"--reason", WORD(reason)},
	{"--pool", WORD(pool)},
	{"--after", WORD(after)},
	{"--from", WORD(from)},
	{"--to", WORD(to)},
	{"--month", WORD(month)},
	{"--citizens", FLAG(is_citizens)},
	{"--csv", FLAG(is_csv)},
	{"--letters", FLAG(is_letters)},
	{"--html", FLAG(is_html)},
	{"--vi", FLAG(is_vi)},
};

/* Does this word stand in the list? */
static bool
is_named(const char *names, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = names; (p = strstr(p, word)) != NULL; p += n)
		if ((p == names || p[-1] == ' ') &&
		    (p[n] == '\0' || p[n] == ' '))
			return true;
	return false;
}

/* The i-th argument is an option. Returns how many words it has, or -1. */
static int
option(struct admin_request *req, size_t i, const char *names,
    struct admin_options *out)
{
	const char *name = req->args[i];
	const char *value = i + 1 < req->n_args ? req->args[i + 1] : NULL;
	size_t k, n = sizeof(table) / sizeof(table[0]);

	for (k = 0; k < n && strcmp(table[k].name, name) != 0; k++)
		;
	if (k == n || !is_named(names, name)) {
		admin_fail(req, 2, "no option \"%.40s\" here; the command "
		    "help shows what there is", name);
		return -1;
	}
	if (table[k].set == NULL && !table[k].is_word) {
		*(bool *)((char *)out + table[k].flag) = true;
		return 1;
	}
	if (value == NULL) {
		admin_fail(req, 2, "%s wants a word after it", name);
		return -1;
	}
	if (table[k].set != NULL)
		return table[k].set(req, value, out) == -1 ? -1 : 2;
	memcpy((char *)out + table[k].word, &value, sizeof(value));
	return 2;
}

/* On an agency's socket: that one, and no other. */
static int
own_agency(struct admin_request *req, const char *names,
    struct admin_options *out)
{
	const char *own = req->peer.agency;

	if (own == NULL || !is_named(names, "--agency"))
		return 0;
	if (out->agency != NULL && strcmp(out->agency, own) != 0) {
		admin_fail(req, 1, "this socket is for the agency %.64s only",
		    own);
		return -1;
	}
	out->agency = own;
	return 0;
}

int
admin_options_of(struct admin_request *req, const char *names,
    struct admin_options *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < req->n_args;) {
		const char *arg = req->args[i];
		int n = 1;

		if (strncmp(arg, "--", 2) == 0) {
			if ((n = option(req, i, names, out)) == -1)
				return -1;
		} else if (out->id != NULL) {
			admin_fail(req, 2, "\"%.64s\" is one word too many",
			    arg);
			return -1;
		} else {
			out->id = arg;
		}
		i += (size_t)n;
	}
	return own_agency(req, names, out);
}

int
admin_options(struct admin_request *req, struct admin_options *out)
{
	return admin_options_of(req, "--agency --since", out);
}
