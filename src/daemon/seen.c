/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file is one JSON object: {"epoch", "beat", "at" (wall clock),
 * "gateways"}. It is replaced only once a minute. An older heartbeat in it is
 * still true; it only proves less.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/seen.h"
#include "redis/claim.h"

#define WRITE_MS 60000

struct seen {
	char *path;
	json_t *now;		/* the file's object; NULL: nothing seen */
	struct store_seen out;	/* borrows from now */
	int64_t written_ms;	/* monotonic; 0: not yet in this run */
	bool is_failing;
};

static int64_t
number(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

struct seen *
seen_new(const struct conf *conf)
{
	struct seen *seen = xcalloc(1, sizeof(*seen));
	json_error_t fault;

	seen->path = xasprintf("%s/redis.seen", conf->gateway.state_dir);
	seen->now = json_load_file(seen->path, JSON_REJECT_DUPLICATES,
	    &fault);
	if (seen->now == NULL)
		return seen;
	if (json_string_value(json_object_get(seen->now, "epoch")) != NULL &&
	    json_is_array(json_object_get(seen->now, "gateways")))
		return seen;
	log_warning("seen_damaged", "file=%s text=\"passed over\"",
	    seen->path);
	json_decref(seen->now);
	seen->now = NULL;
	return seen;
}

void
seen_free(struct seen *seen)
{
	if (seen == NULL)
		return;
	json_decref(seen->now);
	free(seen->path);
	free(seen);
}

const struct store_seen *
seen_get(struct seen *seen)
{
	int64_t age_ms;

	if (seen->now == NULL)
		return NULL;
	age_ms = clock_wall_ms() - number(seen->now, "at");
	seen->out = (struct store_seen){
		.epoch = json_string_value(json_object_get(seen->now,
		    "epoch")),
		.beat = number(seen->now, "beat"),
		/* The clock was set back: the age is unknown, so take it as
		 * very old. */
		.age_ms = age_ms >= 0 ? age_ms : INT64_MAX / 2,
		.gateways = json_object_get(seen->now, "gateways"),
	};
	return &seen->out;
}

/* Replaces the file by renaming, so that it is always whole. If the disk fails
 * or the file is lost, the next start knows less and waits longer. */
static void
write_file(struct seen *seen)
{
	char *path = xasprintf("%s.new", seen->path);

	seen->written_ms = clock_mono_ms();
	if (json_dump_file(seen->now, path, JSON_COMPACT) == -1 ||
	    rename(path, seen->path) == -1) {
		if (!seen->is_failing)
			log_warning("seen_unwritten", "file=%s error=\"%s\"",
			    seen->path, strerror(errno));
		seen->is_failing = true;
	} else {
		seen->is_failing = false;
	}
	free(path);
}

void
seen_note(struct seen *seen, const struct store_seen *new)
{
	json_t *before = seen->now;
	bool is_news = before == NULL || seen->written_ms == 0 ||
	    clock_mono_ms() - seen->written_ms > WRITE_MS ||
	    strcmp(json_string_value(json_object_get(before, "epoch")),
	    new->epoch) != 0 ||
	    json_array_size(json_object_get(before, "gateways")) !=
	    json_array_size(new->gateways);

	seen->now = json_pack("{ss sI sI so}", "epoch", new->epoch,
	    "beat", (json_int_t)new->beat,
	    "at", (json_int_t)clock_wall_ms(),
	    "gateways", new->gateways != NULL
	    ? json_deep_copy(new->gateways) : json_array());
	json_decref(before);
	if (is_news)
		write_file(seen);
}
