/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks for messages: gives Redis what dispatch knows of the modem, the calendar
 * and the other modems, and reads the leases in the answer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/series.h"
#include "conf/conf.h"
#include "message/message.h"
#include "redis/inside.h"
#include "redis/lease.h"
#include "redis/script.h"
#include "text/segment.h"

#define QUOTAS_MAX 8

/* How long a message waits for its preferred SIM while that SIM is only
 * busy. */
#define PATIENCE_MS 2000

/* How long a resend waits for the SIM that may have sent it before, while its
 * gateway lives. The centre could not recognise the repetition through another
 * SIM. It is as long as a new recipient waits for a SIM with room. */
#define BOUND_MS 600000

struct lease_call {
	store_leased *done;
	void *arg;
	int64_t lease_deadline;
	const char *quotas[QUOTAS_MAX];	/* names: static strings */
	size_t n_quotas;
};

static uint32_t
number(const json_t *object, const char *name)
{
	return (uint32_t)json_integer_value(json_object_get(object, name));
}

static void
read_lease(const json_t *row, int64_t lease_deadline, struct lease *out)
{
	const json_t *refs = json_object_get(row, "references");

	*out = (struct lease){
		.id = store_word(row, "id"),
		.phone = store_word(row, "phone"),
		.text = store_word(row, "text"),
		.about = store_word(row, "about"),
		.fence = number(row, "fence"),
		.done = number(row, "done"),
		.segments = number(row, "segments"),
		.concat_ref = (uint8_t)number(row, "concat_ref"),
		.reject_duplicates = json_is_true(
		    json_object_get(row, "reject_duplicates")),
		.validity_ms = json_integer_value(
		    json_object_get(row, "validity_ms")),
		.lease_deadline = lease_deadline,
	};
	for (size_t i = 0; i < SEGMENTS_MAX; i++)
		out->references[i] = (uint8_t)json_integer_value(
		    json_array_get(refs, i));
}

/* Measures how long a message waited that no modem has had before. */
static void
note_wait(const json_t *row)
{
	const json_t *waited = json_object_get(row, "waited_ms");

	if (json_is_number(waited))
		histogram_observe(HISTOGRAM_QUEUE_SECONDS,
		    json_number_value(waited) / 1000, store_word(row, "pool"));
}

static void
on_leased(const json_t *result, const char *error, void *arg)
{
	struct lease_call *call = arg;
	struct lease_result got;
	struct store_lease_answer answer;
	struct lease *leases;
	int64_t counts[QUOTAS_MAX] = {0};
	size_t n;

	lease_result_read(result, &got);
	n = json_array_size(got.messages);
	leases = xcalloc(n, sizeof(*leases));
	answer = (struct store_lease_answer){
		.leases = leases,
		.n = n,
		.next_in_ms = result != NULL ? got.next_in_ms : -1,
		.used = got.used != NULL ? counts : NULL,
		.error = error,
	};
	store_count_states(result);
	for (size_t i = 0; i < n; i++) {
		const json_t *row = json_array_get(got.messages, i);

		read_lease(row, call->lease_deadline, &leases[i]);
		note_wait(row);
	}
	for (size_t i = 0; i < call->n_quotas; i++)
		counts[i] = json_integer_value(json_object_get(got.used,
		    call->quotas[i]));
	call->done(&answer, call->arg);
	free(leases);
	free(call);
}

static json_t *
pool_args(const char *const *pools)
{
	json_t *names = json_array();

	for (; *pools != NULL; pools++)
		json_array_append_new(names, json_string(*pools));
	return names;
}

void
store_lease(struct store *store, const struct lease_ask *ask,
    store_leased *done, void *arg)
{
	struct lease_call *call = xcalloc(1, sizeof(*call));
	json_t *pools = pool_args(ask->pools);
	const struct call_recipients recipients = {
		.id = ask->month,
		.limit = ask->recipients,
	};
	const struct lease_args args = {
		.token = store->token,
		.epoch = store->epoch,
		.modem = ask->modem,
		.imsi = ask->imsi,
		.pools = pools,
		.count = ask->count,
		.window = ask->is_window_open,
		.lease_ms = store->conf->retry.lease_ms,
		.quota = ask->quotas,
		.n_quota = ask->n_quotas,
		.recipients = &recipients,
		.mates = ask->mates,
		.n_mates = ask->n_mates,
		.patience_ms = PATIENCE_MS,
		.bound_ms = BOUND_MS,
		.phone_limit = store->conf->notices.per_phone_per_day,
		.day = ask->day,
		.phone_retry_ms = ask->phone_retry_ms,
		.answers_percent = store->conf->lookup.quota_share,
	};

	if (ask->n_quotas > QUOTAS_MAX)
		abort();
	call->done = done;
	call->arg = arg;
	for (size_t i = 0; i < ask->n_quotas; i++)
		call->quotas[i] = ask->quotas[i].name;
	call->n_quotas = ask->n_quotas;
	/* Count from before Redis starts to count: our lease ends first. */
	call->lease_deadline = clock_mono_ms() + args.lease_ms;
	call_run(store->redis, store->conf, SCRIPT_LEASE, lease_words(&args),
	    on_leased, call);
	json_decref(pools);
}
