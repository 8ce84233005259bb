/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loads our library of functions, and removes libraries that nobody calls.
 */
#include <stdbool.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "redis/library.h"

static const char library[] =
#include "redis/library.inc"
    ;
#define HEAD "#!lua name="
#define NAME "baotin_"

const char *
library_name(void)
{
	static char name[sizeof(NAME) + 12];
	const char *at = library + strlen(HEAD);

	memcpy(name, at, strcspn(at, "\n"));
	return name;
}

const char *
library_text(void)
{
	return library;
}

static void
on_loaded(const json_t *reply, const char *error, void *arg)
{
	(void)reply;
	(void)arg;
	/* The error is mostly "already exists". The next call reports any other
	 * one. */
	if (error != NULL && strstr(error, "already exists") == NULL)
		log_warning("library_refused", "error=\"%s\"", error);
}

void
library_load(struct redis *redis)
{
	redis_queryl(redis, on_loaded, NULL, "FUNCTION", "LOAD", library,
	    (char *)NULL);
}

struct cleaning {
	struct redis *redis;
	json_t *in_use;
};

static void
on_deleted(const json_t *reply, const char *error, void *arg)
{
	(void)reply;
	(void)error;	/* another gateway was faster, or the ACL forbids it */
	(void)arg;
}

static bool
holds(const json_t *names, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach(names, i, row)
		if (strcmp(json_string_value(row), name) == 0)
			return true;
	return false;
}

/* One row per library: {"library_name", name, …}. */
static void
on_listed(const json_t *reply, const char *error, void *arg)
{
	struct cleaning *cleaning = arg;
	const json_t *row;
	size_t i;

	(void)error;
	json_array_foreach(reply, i, row) {
		const char *name = json_string_value(json_array_get(row, 1));

		if (name == NULL || strcmp(name, library_name()) == 0 ||
		    holds(cleaning->in_use, name))
			continue;
		log_info("library_removed", "name=%s", name);
		redis_queryl(cleaning->redis, on_deleted, NULL, "FUNCTION",
		    "DELETE", name, (char *)NULL);
	}
	json_decref(cleaning->in_use);
	free(cleaning);
}

void
library_clean(struct redis *redis, const json_t *in_use)
{
	struct cleaning *cleaning = xcalloc(1, sizeof(*cleaning));

	cleaning->redis = redis;
	cleaning->in_use = json_deep_copy(in_use);
	redis_queryl(redis, on_listed, cleaning, "FUNCTION", "LIST",
	    "LIBRARYNAME", NAME "*", (char *)NULL);
}
