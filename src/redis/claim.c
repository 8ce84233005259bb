/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What several gateways on one Redis owe each other: the name of each, the
 * leases that a server forgot, the entries that a dead one left.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "redis/claim.h"
#include "redis/inside.h"
#include "redis/redis.h"
#include "redis/script.h"

/* Longer than any daemon needs from reading an entry to accepting it. */
#define ADOPT_IDLE_MS 15000
#define ADOPT_COUNT   200

struct claim_call {
	store_claimed *done;
	void *arg;
};

static void
on_claimed(const json_t *result, const char *error, void *arg)
{
	struct claim_call call = *(struct claim_call *)arg;
	struct store_claim_answer answer = {
		.beat = store_word(result, "beat"),
		.error = error,
		.others = (unsigned)json_integer_value(
		    json_object_get(result, "others")),
	};
	char since[WHEN_SIZE], holder[400];

	free(arg);
	if (strcmp(store_word(result, "result"), "held") == 0) {
		when_format(strtoll(store_word(result, "since"), NULL, 10),
		    since);
		(void)snprintf(holder, sizeof(holder), "host %.64s, pid "
		    "%.20s, state_dir %.200s, since %s",
		    store_word(result, "host"), store_word(result, "pid"),
		    store_word(result, "state_dir"), since);
		answer.holder = holder;
	}
	call.done(&answer, call.arg);
}

void
store_claim(struct store *store, const struct store_claim_ask *ask,
    store_claimed *done, void *arg)
{
	struct claim_call *call = xcalloc(1, sizeof(*call));

	call->done = done;
	call->arg = arg;
	(void)snprintf(store->token, sizeof(store->token), "%s", ask->token);
	script_run(store->redis, store->conf, SCRIPT_INSTANCE,
	    json_pack("{ss ss si ss sI si sb ss sb}", "token", ask->token,
	    "host", ask->host, "pid", (int)getpid(),
	    "state_dir", ask->state_dir, "since", (json_int_t)ask->since,
	    "ttl_ms", STORE_NAME_TTL_MS, "release", 0,
	    "run", redis_run_id(store->redis), "synced", ask->has_synced),
	    on_claimed, call);
}

/* --- answers that are a word ---------------------------------------------- */

void
store_release(struct store *store, store_done *done, void *arg)
{
	store_run(store, SCRIPT_INSTANCE, json_pack("{ss sb}", "token",
	    store->token, "release", 1), done, arg);
}

void
store_keep(struct store *store, const char *modem, const char *imsi,
    const char *message, uint32_t fence, store_done *done, void *arg)
{
	store_run(store, SCRIPT_KEEP, json_pack("{ss ss ss sI sI}",
	    "message", message, "modem", modem, "imsi", imsi,
	    "fence", (json_int_t)fence, "lease_ms",
	    (json_int_t)store->conf->retry.lease_ms), done, arg);
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

	free(arg);
	call.done((unsigned)json_integer_value(json_object_get(result,
	    "adopted")), error, call.arg);
}

void
store_adopt(struct store *store, store_adopted *done, void *arg)
{
	struct adopt_call *call = xcalloc(1, sizeof(*call));

	call->done = done;
	call->arg = arg;
	script_run(store->redis, store->conf, SCRIPT_ADOPT,
	    json_pack("{ss ss si si}", "stream", store->conf->intake.stream,
	    "group", store->conf->redis.prefix, "idle_ms", ADOPT_IDLE_MS,
	    "count", ADOPT_COUNT), on_adopted, call);
}
