/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What several gateways on one Redis must tell each other: each one's name, the
 * leases that a server lost, the entries that a dead gateway left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "redis/claim.h"
#include "redis/fault.h"
#include "redis/handshake.h"
#include "redis/inside.h"
#include "redis/library.h"
#include "redis/redis.h"
#include "redis/script.h"

/* Longer than any daemon needs to accept an entry that it has read. */
#define ADOPT_IDLE_MS 15000
#define ADOPT_COUNT   200

struct claim_call {
	struct store *store;
	store_claimed *done;
	void *arg;
};

static void
on_claimed(const json_t *result, const char *error, void *arg)
{
	struct claim_call call = *(struct claim_call *)arg;
	struct instance_result got;
	struct store_claim_answer answer;
	char since[WHEN_SIZE], holder[400];

	free(arg);
	instance_result_read(result, &got);
	answer = (struct store_claim_answer){
		.beat = got.beat,
		.error = error,
		.others = (unsigned)got.others,
		.seen = {
			.epoch = got.epoch,
			.beat = got.beat_of_epoch,
			.gateways = got.gateways,
		},
		.untold = got.untold,
	};
	if (strcmp(got.result, "ours") == 0 && !call.store->has_cleaned) {
		call.store->has_cleaned = true;
		library_clean(call.store->redis, got.libraries);
	}
	if (strcmp(got.result, "held") == 0) {
		when_format(strtoll(got.since, NULL, 10), since);
		(void)snprintf(holder, sizeof(holder), "host %.64s, pid "
		    "%.20s, state_dir %.200s, since %s", got.host, got.pid,
		    got.state_dir, since);
		answer.holder = holder;
	} else if (result != NULL) {
		(void)snprintf(call.store->epoch, sizeof(call.store->epoch),
		    "%s", answer.seen.epoch);
	}
	call.done(&answer, call.arg);
}

void
store_claim(struct store *store, const struct store_claim_ask *ask,
    store_claimed *done, void *arg)
{
	struct claim_call *call = xcalloc(1, sizeof(*call));
	struct call_seen seen;
	struct instance_args args = {
		.token = ask->token,
		.host = ask->host,
		.pid = getpid(),
		.state_dir = ask->state_dir,
		.since = ask->since,
		.ttl_ms = STORE_NAME_TTL_MS,
		.run = redis_run_id(store->redis),
		.synced = ask->has_synced,
		.schema = SCHEMA_VERSION,
	};

	if (ask->seen != NULL) {
		seen = (struct call_seen){
			.epoch = ask->seen->epoch,
			.beat = ask->seen->beat,
			.age_ms = ask->seen->age_ms,
			.gateways = ask->seen->gateways,
		};
		args.seen = &seen;
	}
	call->store = store;
	call->done = done;
	call->arg = arg;
	(void)snprintf(store->token, sizeof(store->token), "%s", ask->token);
	call_run(store->redis, store->conf, SCRIPT_INSTANCE,
	    instance_words(&args), on_claimed, call);
}

struct spread_call {
	store_spread_done *done;
	void *arg;
};

static void
on_spread(const json_t *reply, const char *error, void *arg)
{
	struct spread_call call = *(struct spread_call *)arg;

	free(arg);
	if (error != NULL && (strcmp(error, FAULT_LOST) == 0 ||
	    strcmp(error, FAULT_NOT_CONNECTED) == 0))
		return;
	/* Any other error means that the access list forbids WAIT. */
	call.done(error != NULL || json_integer_value(reply) > 0, call.arg);
}

void
store_spread(struct store *store, store_spread_done *done, void *arg)
{
	struct spread_call *call;
	char ms[16];

	if (!redis_has_replicas(store->redis)) {
		done(true, arg);
		return;
	}
	call = xcalloc(1, sizeof(*call));
	call->done = done;
	call->arg = arg;
	(void)snprintf(ms, sizeof(ms), "%d", STORE_SPREAD_MS);
	redis_queryl(store->redis, on_spread, call, "WAIT", "1", ms,
	    (char *)NULL);
}

/* --- answers that are a word ---------------------------------------------- */

void
store_release(struct store *store, store_done *done, void *arg)
{
	const struct instance_args args = {
		.token = store->token,
		.release = true,
	};

	store_run(store, SCRIPT_INSTANCE, instance_words(&args), done, arg);
}

void
store_keep(struct store *store, const char *modem, const char *imsi,
    const char *message, const char *about, uint32_t fence, store_done *done,
    void *arg)
{
	const struct keep_args args = {
		.message = message,
		.about = about,
		.modem = modem,
		.imsi = imsi,
		.fence = fence,
		.lease_ms = store->conf->retry.lease_ms,
	};

	store_run(store, SCRIPT_KEEP, keep_words(&args), done, arg);
}

/* --- forget --------------------------------------------------------------- */

struct forget_call {
	char *name;
	store_controlled *done;
	void *arg;
};

static void
on_forgotten(const json_t *result, const char *error, void *arg)
{
	struct forget_call *call = arg;
	struct forget_result answer;
	char text[600] = "";

	forget_result_read(result, &answer);
	store_count_states(result);
	if (error != NULL)
		(void)snprintf(text, sizeof(text), "Redis: %.150s", error);
	else if (strcmp(answer.result, "gone") == 0)
		(void)snprintf(text, sizeof(text), "no gateway is called "
		    "\"%.64s\"; there are: %.400s", call->name,
		    answer.names);
	else if (strcmp(answer.result, "lives") == 0)
		(void)snprintf(text, sizeof(text), "the gateway %.64s is "
		    "running, or was %d s ago: stop it first", call->name,
		    STORE_NAME_TTL_MS / 1000);
	call->done(answer.moved, *text != '\0' ? text : NULL, call->arg);
	free(call->name);
	free(call);
}

void
store_forget_gateway(struct store *store, const char *name,
    store_controlled *done, void *arg)
{
	struct forget_call *call = xcalloc(1, sizeof(*call));
	const struct forget_args args = {.name = name};

	call->name = xstrdup(name);
	call->done = done;
	call->arg = arg;
	call_run(store->redis, store->conf, SCRIPT_FORGET,
	    forget_words(&args), on_forgotten, call);
}

/* --- adopt ---------------------------------------------------------------- */

struct adopt_call {
	store_adopted *done;
	void *arg;
};

static void
on_adopted(const json_t *result, const char *error, void *arg)
{
	struct adopt_call call = *(struct adopt_call *)arg;
	struct adopt_result answer;

	free(arg);
	adopt_result_read(result, &answer);
	call.done((unsigned)answer.adopted, error, call.arg);
}

void
store_adopt(struct store *store, store_adopted *done, void *arg)
{
	struct adopt_call *call = xcalloc(1, sizeof(*call));
	const struct adopt_args args = {
		.stream = store->conf->intake.stream,
		.group = store->conf->redis.prefix,
		.idle_ms = ADOPT_IDLE_MS,
		.count = ADOPT_COUNT,
	};

	call->done = done;
	call->arg = arg;
	call_run(store->redis, store->conf, SCRIPT_ADOPT, adopt_words(&args),
	    on_adopted, call);
}
