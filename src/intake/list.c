/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two steps in turn: move what is there to the stream, then wait on the server
 * for the next item.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "intake/list.h"
#include "redis/fault.h"
#include "redis/redis.h"
#include "redis/store.h"

#define BLOCK_MS  5000
#define BLOCK	  "5"	/* seconds, as BLMOVE wants them */
#define REPEAT_MS 500	/* after a failure, before the next try */

struct list {
	struct redis *redis;
	const struct conf *conf;
	struct store *store;
	struct event *again;
	bool is_busy;		/* a step is under way */
	bool is_stopped;
	bool is_paused;
	bool is_old_server;	/* before Redis 6.2: no BLMOVE */
	char trouble[160];	/* the last trouble logged; "": none */
};

static void
repeat_later(struct list *list)
{
	static const struct timeval tv = {0, REPEAT_MS * 1000};

	if (!list->is_stopped)
		event_add(list->again, &tv);
}

/* Logs a trouble only when it is new: a key of the wrong type stays wrong for
 * hours. redis/ has logged a lost connection. */
static void
tell_trouble(struct list *list, const char *error)
{
	if (strcmp(error, FAULT_NOT_CONNECTED) == 0 ||
	    strcmp(error, FAULT_LOST) == 0 ||
	    !redis_is_writable(list->redis) ||
	    strncmp(error, list->trouble, sizeof(list->trouble) - 1) == 0)
		return;
	(void)snprintf(list->trouble, sizeof(list->trouble), "%s", error);
	log_error("intake_list", "list=%s taken=%s:taken stream=%s "
	    "error=\"%s\"%s", list->conf->intake.list,
	    list->conf->redis.prefix, list->conf->intake.stream,
	    list->trouble, strstr(error, "WRONGTYPE") == NULL ? ""
	    : " hint=\"one of these keys holds something else: rename it; "
	    "nothing is taken until then\"");
}

static void
tell_recovery(struct list *list)
{
	if (list->trouble[0] == '\0')
		return;
	list->trouble[0] = '\0';
	log_info("intake_list", "list=%s state=works",
	    list->conf->intake.list);
}

const char *
list_trouble(const struct list *list)
{
	return list != NULL ? list->trouble : "";
}

static void wait_for_item(struct list *);

static void on_taken(unsigned n, const char *error, void *arg);

static void
take(struct list *list)
{
	if (list->is_busy || list->is_stopped || list->is_paused ||
	    !redis_is_writable(list->redis))
		return;
	list->is_busy = true;
	store_take(list->store, on_taken, list);
}

static void
on_taken(unsigned n, const char *error, void *arg)
{
	struct list *list = arg;

	list->is_busy = false;
	if (error != NULL) {
		tell_trouble(list, error);
		repeat_later(list);
		return;
	}
	metric_add(METRIC_EVENTS_FROM_LIST, n);
	tell_recovery(list);
	if (n == STORE_TAKE)
		take(list);	/* there may be more */
	else
		wait_for_item(list);
}

static void
on_item(const json_t *reply, const char *error, void *arg)
{
	struct list *list = arg;

	(void)reply;	/* an item is in `taken` now, or the time is over */
	list->is_busy = false;
	if (list->is_stopped)
		return;
	if (error == NULL) {
		take(list);
	} else if (!list->is_old_server &&
	    strncmp(error, "ERR unknown command", 19) == 0) {
		list->is_old_server = true;
		wait_for_item(list);
	} else {
		/* take() will find out more about a key of the wrong type. */
		if (strncmp(error, "WRONGTYPE", 9) != 0)
			tell_trouble(list, error);
		repeat_later(list);
	}
}

/* BRPOPLPUSH is the older name of BLMOVE RIGHT LEFT. */
static void
wait_for_item(struct list *list)
{
	const char *key = list->conf->intake.list;

	if (list->is_busy || list->is_stopped || list->is_paused ||
	    !redis_is_writable(list->redis))
		return;
	list->is_busy = true;
	if (list->is_old_server)
		redis_queryl(list->redis, on_item, list, "BRPOPLPUSH", key,
		    "~taken", BLOCK, (char *)NULL);
	else
		redis_queryl(list->redis, on_item, list, "BLMOVE", key,
		    "~taken", "RIGHT", "LEFT", BLOCK, (char *)NULL);
}

static void
on_again_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	take(arg);
}

static void
on_up(void *arg)
{
	struct list *list = arg;

	list->is_old_server = false;	/* maybe it is another server now */
	take(list);
}

static void
on_down(void *arg)
{
	(void)arg;	/* the open command was answered with an error */
}

void
list_pause(struct list *list, bool is_paused)
{
	if (list == NULL)
		return;
	list->is_paused = is_paused;
	take(list);
}

void
list_stop(struct list *list)
{
	if (list == NULL)
		return;
	list->is_stopped = true;
	event_del(list->again);
}

struct list *
list_new(struct event_base *base, const struct conf *conf,
    struct store *store)
{
	static const struct redis_hooks hooks = {
		.on_up = on_up,
		.on_down = on_down,
	};
	struct list *list;

	if (conf->intake.list[0] == '\0')
		return NULL;
	list = xcalloc(1, sizeof(*list));
	list->conf = conf;
	list->store = store;
	list->is_paused = true;
	list->again = evtimer_new(base, on_again_cb, list);
	if (list->again == NULL)
		abort();
	list->redis = redis_new(base, conf, "list", &hooks, list);
	redis_set_block(list->redis, BLOCK_MS);
	return list;
}

void
list_free(struct list *list)
{
	if (list == NULL)
		return;
	list_stop(list);
	redis_free(list->redis);
	event_free(list->again);
	free(list);
}
