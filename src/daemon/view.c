/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the operators' commands see of the running daemon.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "admin/admin.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/daemon.h"
#include "dispatch/dispatch.h"
#include "intake/event.h"
#include "message/message.h"
#include "modem/modem.h"
#include "receipt/receipt.h"
#include "redis/redis.h"
#include "redis/store.h"
#include "text/fold.h"

struct modem *
daemon_modem(const struct daemon *d, const char *name)
{
	for (size_t i = 0; i < d->conf->n_modems; i++)
		if (strcmp(modem_name(d->modems[i]), name) == 0)
			return d->modems[i];
	return NULL;
}

static json_t *
count_modems(const struct daemon *d, json_int_t *in_flight)
{
	json_t *counts = json_object();

#define X(id, name) json_object_set_new(counts, name, json_integer(0));
	MODEM_STATES(X)
#undef X
	for (size_t i = 0; i < d->conf->n_modems; i++) {
		json_t *n = json_object_get(counts,
		    modem_state_name(modem_state(d->modems[i])));

		json_integer_set(n, json_integer_value(n) + 1);
		*in_flight += modem_in_flight(d->modems[i]);
	}
	return counts;
}

static json_t *
view_status(void *arg)
{
	struct daemon *d = arg;
	json_int_t in_flight = 0;
	json_t *modems = count_modems(d, &in_flight);
	json_t *warnings = json_deep_copy(redis_warnings(d->redis));

	return json_pack("{ss ss sI so sI sI s{ss ss so}}",
	    "name", d->conf->gateway.name, "version", PACKAGE_VERSION,
	    "uptime_s", (json_int_t)(clock_wall_ms() - d->started_at) / 1000,
	    "modems", modems, "in_flight", in_flight,
	    "unsettled", (json_int_t)receipts_open(d->receipts),
	    "redis", "state", redis_is_up(d->redis) ? "up" : "down",
	    "trouble", redis_trouble(d->redis), "warnings", warnings);
}

static json_t *
view_modems(const char *name, void *arg)
{
	struct daemon *d = arg;
	json_t *list = json_array();

	for (size_t i = 0; i < d->conf->n_modems; i++)
		if (name == NULL || strcmp(name,
		    modem_name(d->modems[i])) == 0)
			json_array_append_new(list,
			    modem_describe(d->modems[i]));
	return list;
}

static json_t *
view_stats(void *arg)
{
	(void)arg;
	return NULL;
}

/* --- send ----------------------------------------------------------------- */

struct sending {
	struct daemon *daemon;
	struct admin_request *request;
};

static void
on_stored(const struct store_answer *answer, void *arg)
{
	struct sending sending = *(struct sending *)arg;

	free(arg);
	if (answer->error != NULL) {
		admin_fail(sending.request, 1, "Redis: %s", answer->error);
		return;
	}
	admin_reply(sending.request, json_pack("{ss}", "message",
	    answer->message));
	dispatch_work(sending.daemon->dispatch, answer->pool);
}

/* An operator's text: its own number each time, the first pool, at once. */
static int
make_message(struct daemon *d, const char *phone, const char *text,
    struct message *out)
{
	int64_t now = clock_wall_ms();
	struct segments segments;
	char *key;

	memset(out, 0, sizeof(*out));
	out->text = text_clean(text);
	if (out->text == NULL || segments_init(&segments, out->text) == -1)
		return -1;
	out->coding = segments.coding;
	out->segments = segments.n;
	segments_clear(&segments);
	key = xasprintf("send|%s|%s|%" PRId64, d->conf->gateway.name, phone,
	    clock_mono_us());
	message_id_make(key, out->id);
	free(key);
	(void)snprintf(out->phone, sizeof(out->phone), "%s", phone);
	out->pool = d->conf->pools[0].name;
	out->priority = PRIORITY_URGENT;
	out->expires_at = now + d->conf->notices.validity_ms;
	return 0;
}

static void
view_send(const char *phone, const char *text, struct admin_request *request,
    void *arg)
{
	struct sending *sending;
	struct message message;

	if (make_message(arg, phone, text, &message) == -1) {
		message_clear(&message);
		admin_fail(request, 2, "this text can't be sent: it has "
		    "control characters, or needs more than %d segments",
		    SEGMENTS_MAX);
		return;
	}
	sending = xcalloc(1, sizeof(*sending));
	sending->daemon = arg;
	sending->request = request;
	store_send(sending->daemon->store, &message, on_stored, sending);
	message_clear(&message);
}

static json_t *
view_check_event(const json_t *fields, void *arg)
{
	struct daemon *d = arg;
	struct event_fault fault;
	struct event event;

	if (event_parse(fields, clock_wall_ms(), d->conf, d->keyhash, &event,
	    &fault) == -1)
		return json_pack("{ss ss}", "field", fault.field, "error",
		    fault.error);
	event_clear(&event);
	return NULL;
}

static const struct templates *
view_templates(void *arg)
{
	return ((struct daemon *)arg)->templates;
}

static const struct conf *
view_conf(void *arg)
{
	return ((struct daemon *)arg)->conf;
}

const struct admin_hooks view_admin_hooks = {
	.status = view_status,
	.modems = view_modems,
	.stats = view_stats,
	.send = view_send,
	.templates = view_templates,
	.conf = view_conf,
	.check_event = view_check_event,
};
