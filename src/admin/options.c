/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reading of the options that several commands share.
 */
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

/* A moment, or a duration back from now. One in seconds since 1970 would
 * mean everything: no. */
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
option(struct admin_request *req, const char *name, const char *value,
    struct admin_options *out)
{
	if (strcmp(name, "--agency") != 0 && strcmp(name, "--since") != 0) {
		admin_fail(req, 2, "no option \"%.40s\" here; the command "
		    "help shows what there is", name);
		return -1;
	}
	if (value == NULL) {
		admin_fail(req, 2, "%s wants a word after it", name);
		return -1;
	}
	if (strcmp(name, "--agency") == 0) {
		out->agency = value;
		if (conf_agency_find(request_conf(req), value) != NULL)
			return 0;
		refuse_agency(req, value);
		return -1;
	}
	if (since_parse(value, &out->since) == 0)
		return 0;
	admin_fail(req, 2, "\"%.40s\" is no moment that has passed: such as "
	    "2026-11-22 or 2026-11-22T08:30, in %s unless it has an offset "
	    "(+07:00), or 2h for the last two hours", value,
	    request_conf(req)->gateway.timezone);
	return -1;
}

int
admin_options(struct admin_request *req, struct admin_options *out)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < req->n_args; i++) {
		const char *arg = req->args[i];

		if (strncmp(arg, "--", 2) == 0) {
			const char *value = i + 1 < req->n_args
			    ? req->args[++i] : NULL;

			if (option(req, arg, value, out) == -1)
				return -1;
		} else if (out->id != NULL) {
			admin_fail(req, 2, "\"%.64s\" is one word too many",
			    arg);
			return -1;
		} else {
			out->id = arg;
		}
	}
	return 0;
}
