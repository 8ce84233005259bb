/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Calls XREADGROUP in a loop: with "0" until none of our entries is pending,
 * then with ">", which waits on the server.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "intake/reader.h"
#include "redis/redis.h"

#define BATCH	  "128" /* entries that go to Redis in one call */
#define BLOCK_MS  5000
#define BLOCK	  "5000"
#define REPEAT_MS 500	/* after a failure, before the next try */

struct reader {
	struct redis *redis;
	const struct conf *conf;
	struct reader_hooks hooks;
	void *arg;
	struct event *again;
	unsigned open;			/* entries handed out */
	bool is_reading;		/* a command is under way */
	bool is_old;			/* reading what was left pending */
	bool has_failed;
	bool is_stopped;
	bool is_paused;
	bool has_more_old;		/* entries were adopted meanwhile */
	char after[64];			/* the last old entry that was read */
	char trouble[160];		/* the last trouble logged; "": none */
};

static void read_on(struct reader *);

static void
repeat_later(struct reader *reader)
{
	static const struct timeval tv = {0, REPEAT_MS * 1000};

	if (!reader->is_stopped)
		event_add(reader->again, &tv);
}

/* Logs a trouble only when it is new: a key of the wrong type, or a missing
 * right, stays for hours. redis/ has logged a lost connection. */
static void
tell_trouble(struct reader *reader, const char *step, const char *error)
{
	if (!redis_is_writable(reader->redis) ||
	    strncmp(error, reader->trouble, sizeof(reader->trouble) - 1) == 0)
		return;
	(void)snprintf(reader->trouble, sizeof(reader->trouble), "%s", error);
	log_error("intake_failed", "step=%s stream=%s error=\"%s\"%s", step,
	    reader->conf->intake.stream, reader->trouble,
	    strstr(error, "WRONGTYPE") == NULL ? ""
	    : " hint=\"this key holds something else: rename it; nothing is "
	    "read until then\"");
}

static void
tell_recovery(struct reader *reader)
{
	if (reader->trouble[0] == '\0')
		return;
	reader->trouble[0] = '\0';
	log_info("intake_works", "stream=%s", reader->conf->intake.stream);
}

static void
start_over(struct reader *reader)
{
	reader->is_old = true;
	(void)snprintf(reader->after, sizeof(reader->after), "0");
}

static void
on_group(const json_t *reply, const char *error, void *arg)
{
	struct reader *reader = arg;

	(void)reply;
	reader->is_reading = false;
	if (error != NULL && strncmp(error, "BUSYGROUP", 9) != 0) {
		tell_trouble(reader, "group", error);
		repeat_later(reader);
		return;
	}
	read_on(reader);
}

/* Begins at the stream's start, so that events from before our first start are
 * not lost. */
static void
make_group(struct reader *reader)
{
	reader->is_reading = true;
	start_over(reader);
	redis_queryl(reader->redis, on_group, reader, "XGROUP", "CREATE",
	    reader->conf->intake.stream, reader->conf->redis.prefix, "0",
	    "MKSTREAM", (char *)NULL);
}

static void
hand_out(struct reader *reader, const json_t *entries)
{
	size_t i;
	json_t *entry;

	/* Count one more, so that no entry can finish the batch early. */
	reader->open = 1;
	json_array_foreach(entries, i, entry) {
		const char *id = json_string_value(json_array_get(entry, 0));
		const json_t *fields = json_array_get(entry, 1);

		if (reader->is_old)
			(void)snprintf(reader->after, sizeof(reader->after),
			    "%s", id);
		reader->open++;
		reader->hooks.on_entry(reader, id, strtoll(id, NULL, 10),
		    fields, reader->arg);
	}
	reader_done(reader, 0);
}

static void
on_entries(const json_t *reply, const char *error, void *arg)
{
	struct reader *reader = arg;
	/* RESP2 gives [[stream, [entry …]]]. */
	const json_t *entries = json_array_get(json_array_get(reply, 0), 1);

	reader->is_reading = false;
	if (reader->is_stopped)
		return;
	if (error != NULL) {
		/* UNBLOCKED: the stream was deleted while we waited. */
		if (strncmp(error, "NOGROUP", 7) == 0 ||
		    strncmp(error, "UNBLOCKED", 9) == 0) {
			log_warning("intake_group", "stream=%s error=\"%s\"",
			    reader->conf->intake.stream, error);
			make_group(reader);
		} else if (redis_is_writable(reader->redis)) {
			tell_trouble(reader, "read", error);
			repeat_later(reader);
		}
		return;
	}
	tell_recovery(reader);
	if (json_array_size(entries) > 0) {
		hand_out(reader, entries);
		return;
	}
	reader->is_old = false;		/* or BLOCK ran out */
	read_on(reader);
}

static void
read_on(struct reader *reader)
{
	const char *words[] = {"XREADGROUP", "GROUP",
		reader->conf->redis.prefix, reader->conf->gateway.name,
		"COUNT", BATCH, "STREAMS", reader->conf->intake.stream,
		reader->after, NULL, NULL};
	size_t n = 9;

	if (reader->is_reading || reader->is_stopped || reader->is_paused ||
	    reader->open > 0 ||
	    !redis_is_writable(reader->redis))
		return;
	if (reader->has_more_old) {
		reader->has_more_old = false;
		start_over(reader);
		words[8] = reader->after;
	}
	reader->is_reading = true;
	if (!reader->is_old) {
		words[6] = "BLOCK";
		words[7] = BLOCK;
		words[8] = "STREAMS";
		words[9] = reader->conf->intake.stream;
		words[10] = ">";
		n = 11;
	}
	redis_query(reader->redis, on_entries, reader, n, words);
}

void
reader_done(struct reader *reader, int has_failed)
{
	if (has_failed)
		reader->has_failed = true;
	if (--reader->open > 0)
		return;
	if (reader->has_failed) {
		reader->has_failed = false;
		start_over(reader);
		repeat_later(reader);
		return;
	}
	read_on(reader);
}

static void
on_again_cb(evutil_socket_t fd, short what, void *arg)
{
	struct reader *reader = arg;

	(void)fd;
	(void)what;
	if (redis_is_writable(reader->redis) && !reader->is_reading &&
	    !reader->is_paused && reader->open == 0)
		make_group(reader);
}

static void
on_up(void *arg)
{
	struct reader *reader = arg;

	if (reader->is_paused)
		return;		/* reader_pause() comes back here */
	if (!reader->is_stopped && !reader->is_reading && reader->open == 0)
		make_group(reader);
	else
		repeat_later(reader);
}

static void
on_down(void *arg)
{
	(void)arg;	/* open commands were answered with an error */
}

void
reader_pause(struct reader *reader, bool is_paused)
{
	bool was_paused = reader->is_paused;

	reader->is_paused = is_paused;
	if (was_paused && !is_paused)
		on_up(reader);
}

void
reader_look_back(struct reader *reader)
{
	reader->has_more_old = true;
	read_on(reader);
}

void
reader_stop(struct reader *reader)
{
	reader->is_stopped = true;
	event_del(reader->again);
}

struct reader *
reader_new(struct event_base *base, const struct conf *conf,
    const struct reader_hooks *hooks, void *arg)
{
	static const struct redis_hooks redis_hooks = {
		.on_up = on_up,
		.on_down = on_down,
	};
	struct reader *reader = xcalloc(1, sizeof(*reader));

	reader->conf = conf;
	reader->hooks = *hooks;
	reader->arg = arg;
	reader->is_paused = true;
	reader->again = evtimer_new(base, on_again_cb, reader);
	if (reader->again == NULL)
		abort();
	reader->redis = redis_new(base, conf, "intake", &redis_hooks,
	    reader);
	redis_set_block(reader->redis, BLOCK_MS);
	return reader;
}

void
reader_free(struct reader *reader)
{
	if (reader == NULL)
		return;
	reader->is_stopped = true;
	redis_free(reader->redis);
	event_free(reader->again);
	free(reader);
}
