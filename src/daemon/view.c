/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the running daemon shows to the operators' commands.
 */
#include "config.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/balance.h"
#include "daemon/condition.h"
#include "daemon/explain.h"
#include "daemon/files.h"
#include "daemon/gate.h"
#include "daemon/instance.h"
#include "daemon/letter.h"
#include "daemon/manage.h"
#include "daemon/plan.h"
#include "daemon/server.h"
#include "daemon/state.h"
#include "daemon/ussd.h"
#include "daemon/view.h"
#include "daemon/watch.h"
#include "dispatch/dispatch.h"
#include "dispatch/errors.h"
#include "dispatch/window.h"
#include "intake/event.h"
#include "lookup/lookup.h"
#include "message/message.h"
#include "modem/lines.h"
#include "modem/modem.h"
#include "modem/work.h"
#include "outbox/outbox.h"
#include "redis/claim.h"
#include "redis/keys.h"
#include "redis/privacy.h"
#include "redis/redis.h"
#include "redis/store.h"
#include "text/fold.h"

static json_t *
count_modems(const struct daemon *d, json_int_t *in_flight)
{
	json_t *counts = json_object();

#define X(id, name, next)                                                     \
	json_object_set_new(counts, name, json_integer(0));
	MODEM_STATES(X)
#undef X
	for (size_t i = 0; i < d->n_modems; i++) {
		json_t *n = json_object_get(counts,
		    modem_state_name(modem_state(d->modems[i])));

		json_integer_set(n, json_integer_value(n) + 1);
		*in_flight += modem_in_flight(d->modems[i]);
	}
	return counts;
}

/* The names of the gateways that must report before anything is sent. */
static json_t *
list_awaited(const struct daemon *d)
{
	const json_t *untold = instance_untold(d->instance);
	json_t *names = json_array();

	for (size_t i = 0; i < json_array_size(untold); i++)
		json_array_append(names, json_object_get(
		    json_array_get(untold, i), "name"));
	return names;
}

static json_t *
view_status(void *arg)
{
	struct daemon *d = arg;
	json_int_t in_flight = 0;
	json_t *modems = count_modems(d, &in_flight);
	json_t *warnings = json_deep_copy(redis_warnings(d->redis));

	return json_pack("{ss ss ss sI sI so sI sI so s{ss ss ss so}}",
	    "name", d->conf->gateway.name, "version", PACKAGE_VERSION,
	    "gate", gate_state(d->gate),
	    "uptime_s", (json_int_t)(clock_wall_ms() - d->started_at) / 1000,
	    "turned_at", (json_int_t)watch_turned_at(d->watch),
	    "modems", modems, "in_flight", in_flight,
	    "unsettled", (json_int_t)outbox_open(d->outbox),
	    "gateways_awaited", list_awaited(d),
	    "redis", "state", redis_state_name(d->redis), "address",
	    redis_address(d->redis),
	    "trouble", redis_trouble(d->redis), "warnings", warnings);
}

/* [{"period", "used", "limit", "rest"}, …]. An unknown use is null. modem: its
 * name stands in each row, too. */
static void
add_quotas(const struct daemon *d, const char *modem, bool is_named,
    json_t *list)
{
	struct dispatch_quota quotas[DISPATCH_QUOTAS];
	size_t n = dispatch_quotas(d->dispatch, modem, quotas);

	for (size_t i = 0; i < n; i++) {
		int64_t used = quotas[i].used, limit = quotas[i].limit;
		json_t *row = json_object();

		if (is_named)
			json_object_set_new(row, "modem", json_string(modem));
		json_object_set_new(row, "period",
		    json_string(quotas[i].period));
		json_object_set_new(row, "used", used < 0 ? json_null()
		    : json_integer(used));
		json_object_set_new(row, "limit", json_integer(limit));
		json_object_set_new(row, "rest", used < 0 ? json_null()
		    : json_integer(used < limit ? limit - used : 0));
		json_array_append_new(list, row);
	}
}

/* The class (dispatch/errors.h) of the last refusal, while texts fail; else
 * "". */
static const char *
failing_class(const struct daemon *d, const struct modem *modem)
{
	const char *reason = modem_last_refusal(modem);
	int code = strncmp(reason, "cms_", 4) == 0 ? atoi(reason + 4) : 0;

	if (modem_work(modem)->in_a_row == 0)
		return "";
	return error_class_name(error_find(d->errors, code, reason)->class);
}

static json_t *
describe(const struct daemon *d, const struct modem *modem, bool is_alone)
{
	json_t *out = modem_describe(modem);
	const char *name = modem_name(modem);

	condition_describe(d, modem, out);
	balance_describe(d, modem, is_alone, out);
	json_object_set_new(out, "breaker",
	    json_string(dispatch_breaker(d->dispatch, name)));
	json_object_set_new(out, "failing_class", json_string(
	    failing_class(d, modem)));
	if (is_alone) {
		json_t *quotas = json_array();

		add_quotas(d, name, false, quotas);
		json_object_set_new(out, "quotas", quotas);
		json_object_set_new(out, "history", modem_past(modem));
		json_object_set_new(out, "failure", modem_failure(modem));
	}
	return out;
}

static json_t *
view_modems(const char *name, void *arg)
{
	struct daemon *d = arg;
	json_t *list = json_array();

	for (size_t i = 0; i < d->n_modems; i++)
		if (name == NULL || strcmp(name,
		    modem_name(d->modems[i])) == 0)
			json_array_append_new(list,
			    describe(d, d->modems[i], name != NULL));
	return list;
}

/* --- send ----------------------------------------------------------------- */

struct view_send {
	struct daemon *daemon;
	struct admin_request *request;
};

static void
on_stored(const struct store_answer *answer, void *arg)
{
	struct view_send sending = *(struct view_send *)arg;

	free(arg);
	if (answer->error != NULL) {
		admin_fail(sending.request, 1, "Redis: %s", answer->error);
		return;
	}
	admin_reply(sending.request, json_pack("{ss}", "message",
	    answer->message));
	dispatch_work(sending.daemon->dispatch, answer->pool);
}

/* An operator's text: each one gets a number of its own and goes out at once,
 * by the first pool. */
static int
make_message(struct daemon *d, const char *phone, const char *text,
    struct message *out)
{
	int64_t now = clock_wall_ms();
	char *key;

	memset(out, 0, sizeof(*out));
	if (message_set_text(out, text_clean(text)) == -1)
		return -1;
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
	struct view_send *sending;
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

/* --- what operators decide ------------------------------------------------ */

struct deciding {
	struct daemon *daemon;
	struct admin_request *request;
	char *agency;			/* "*": all */
	bool is_release;
};

static void
clear_flood(struct daemon *d, const char *agency)
{
	for (size_t i = 0; i < d->conf->n_agencies; i++) {
		const char *id = d->conf->agencies[i].id;

		if (strcmp(agency, "*") == 0 || strcmp(agency, id) == 0)
			alarm_set(d->alarms, ALARM_FLOOD, id, false,
			    "released by an operator");
	}
}

static void
on_controlled(int64_t moved, const char *error, void *arg)
{
	struct deciding *deciding = arg;
	struct daemon *d = deciding->daemon;

	if (error != NULL && moved > 0)
		admin_fail(deciding->request, 1, "only %lld moved: %s",
		    (long long)moved, error);
	else if (error != NULL)
		admin_fail(deciding->request, 1, "%s", error);
	else
		admin_reply(deciding->request, json_pack("{sI}", "moved",
		    (json_int_t)moved));
	if (error == NULL && deciding->is_release)
		clear_flood(d, deciding->agency);
	if (moved > 0)
		dispatch_work(d->dispatch, NULL);
	free(deciding->agency);
	free(deciding);
}

static void
view_control(const struct admin_decision *decision,
    struct admin_request *request, void *arg)
{
	const struct control control = {
		.verb = decision->verb,
		.id = decision->id,
		.agency = decision->agency,
		.state = decision->state,
		.reason = decision->reason,
		.pool = decision->pool,
		.since = decision->since,
	};
	struct deciding *deciding = xcalloc(1, sizeof(*deciding));

	deciding->daemon = arg;
	deciding->request = request;
	deciding->agency = xstrdup(control.agency != NULL ? control.agency
	    : "");
	deciding->is_release = strcmp(control.verb, "release") == 0;
	if (strcmp(control.verb, "forget") == 0)
		store_forget_gateway(deciding->daemon->store, control.id,
		    on_controlled, deciding);
	else
		store_control(deciding->daemon->store, &control,
		    on_controlled, deciding);
}

static void
on_key_accepted(const char *foreign, const char *error, void *arg)
{
	(void)foreign;
	if (error != NULL)
		admin_fail(arg, 1, "%s", error);
	else
		admin_reply(arg, json_pack("{sb}", "accepted", true));
}

static void
view_key_accept(struct admin_request *request, void *arg)
{
	store_keys(((struct daemon *)arg)->store, true, on_key_accepted,
	    request);
}

static json_t *
view_alarms(void *arg)
{
	return alarms_list(((struct daemon *)arg)->alarms);
}

static unsigned
view_alarms_ack(enum alarm_id id, const char *about, const char *by,
    void *arg)
{
	return alarms_ack(((struct daemon *)arg)->alarms, id, about, by);
}

static json_t *
view_waiting(void *arg)
{
	struct daemon *d = arg;
	int from = d->conf->notices.window_from;
	int to = d->conf->notices.window_to;
	int64_t now = clock_wall_ms();
	json_t *quotas = json_array();
	char hours[32];

	for (size_t i = 0; i < d->n_modems; i++)
		add_quotas(d, modem_name(d->modems[i]), true, quotas);
	(void)snprintf(hours, sizeof(hours), "%02d:%02d-%02d:%02d",
	    from / 60, from % 60, to / 60, to % 60);
	return json_pack("{s{sb ss sI} so}", "window",
	    "open", window_is_open(from, to, now), "hours", hours,
	    "turns_at", (json_int_t)(now +
	    window_until_turn_ms(from, to, now)), "quotas", quotas);
}

static json_t *
view_look(void *arg)
{
	json_t *modems = view_modems(NULL, arg), *modem;
	size_t i;

	json_array_foreach(modems, i, modem) {
		json_t *quotas = json_array();

		add_quotas(arg, json_string_value(json_object_get(modem,
		    "name")), false, quotas);
		json_object_set_new(modem, "quotas", quotas);
		json_object_set_new(modem, "failure", modem_failure(
		    ((struct daemon *)arg)->modems[i]));
	}
	return json_pack("{so so so so}", "status", view_status(arg),
	    "modems", modems, "alarms", view_alarms(arg), "waiting",
	    view_waiting(arg));
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

static json_t *
view_reload(void *arg)
{
	return files_reload(arg);
}

static json_t *
view_phone_hashes(const char *phone, void *arg)
{
	return store_phone_hashes(((struct daemon *)arg)->store, phone);
}

struct walking {
	struct daemon *daemon;
	struct admin_request *request;
};

static void
on_walked(const json_t *result, const char *error, void *arg)
{
	struct walking walking = *(struct walking *)arg;

	free(arg);
	if (error != NULL)
		admin_fail(walking.request, 1, "Redis: %s; run it again",
		    error);
	else
		admin_reply(walking.request, json_deep_copy(result));
	dispatch_work(walking.daemon->dispatch, NULL);
}

static void
view_privacy(const char *verb, const char *phone,
    struct admin_request *request, void *arg)
{
	struct walking *walking = xcalloc(1, sizeof(*walking));

	walking->daemon = arg;
	walking->request = request;
	if (strcmp(verb, "erase") == 0)
		store_erase(walking->daemon->store, phone, on_walked,
		    walking);
	else
		store_export(walking->daemon->store, phone, on_walked,
		    walking);
}

/* --- ussd-try ------------------------------------------------------------- */

static void
on_screen(const char *text, bool is_final, void *arg)
{
	admin_reply(arg, json_pack("{ss sb}", "text", text, "is_final",
	    is_final));
}

static void
view_ussd_try(const char *phone, const char *session, const char *dialled,
    const char *inputs, struct admin_request *request, void *arg)
{
	static const struct lookup_transport transport = {
		.name = "ctl",
		.max_octets = 160,
		.is_cumulative = true,
	};
	struct daemon *d = arg;
	struct lookup_request asked = {.transport = &transport,
	    .session = session, .phone = phone};
	char first[128], *text;

	if (lookup_dialled(d->conf->ussd.service_code, dialled, first,
	    sizeof(first)) == -1) {
		admin_fail(request, 2, "\"%.32s\" is not ussd.service_code: "
		    "dial %s", dialled, d->conf->ussd.service_code);
		return;
	}
	asked.text = text = xasprintf("%s%s%s", first,
	    *first != '\0' && *inputs != '\0' ? "*" : "", inputs);
	lookup_input(d->lookup, &asked, on_screen, request);
	free(text);
}

const struct admin_hooks view_admin_hooks = {
	.status = view_status,
	.modems = view_modems,
	.send = view_send,
	.templates = view_templates,
	.conf = view_conf,
	.check_event = plan_check,
	.plan_event = plan_event,
	.control = view_control,
	.key_accept = view_key_accept,
	.ussd = ussd_dial,
	.pin = manage_pin,
	.probe = manage_probe,
	.wish = manage_wish,
	.reset = manage_reset,
	.alarms = view_alarms,
	.alarms_ack = view_alarms_ack,
	.waiting = view_waiting,
	.look = view_look,
	.reload = view_reload,
	.ussd_try = view_ussd_try,
	.phone_hashes = view_phone_hashes,
	.letter = letter_view,
	.explain = explain_view,
	.privacy = view_privacy,
	.repair = server_repair,
};
