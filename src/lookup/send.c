/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Puts an answer into the queue.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "lookup/inside.h"
#include "lookup/send.h"
#include "message/message.h"
#include "redis/heard.h"

struct queue_call {
	struct lookup *lookup;
	const char *pool;	/* borrowed from the configuration */
	lookup_sent *done;
	void *arg;
};

const char *
lookup_pool(const struct lookup *lookup, const char *agency)
{
	const struct conf_agency *a =
	    conf_agency_find(lookup->conf, agency);

	return a != NULL ? conf_agency_pool(lookup->conf, a)->name
	    : lookup->conf->pools[0].name;
}

/* The same name in the configuration, so that a message can borrow it. */
static const char *
find_pool(const struct conf *conf, const char *name)
{
	for (size_t i = 0; name != NULL && i < conf->n_pools; i++)
		if (strcmp(conf->pools[i].name, name) == 0)
			return conf->pools[i].name;
	return conf->pools[0].name;
}

static void
on_sent(const struct store_answer *answer, void *arg)
{
	struct queue_call sending = *(struct queue_call *)arg;
	struct lookup *lookup = sending.lookup;

	free(arg);
	if (answer->error != NULL)
		sending.done(LOOKUP_FAILED, sending.arg);
	else
		sending.done(strcmp(answer->result, "enough") == 0
		    ? LOOKUP_ENOUGH : LOOKUP_QUEUED, sending.arg);
	if (answer->is_cut)
		lookup->hooks->on_cut(sending.pool, lookup->arg);
	if (answer->error == NULL && *answer->pool != '\0')
		lookup->hooks->on_work(answer->pool, lookup->arg);
}

void
lookup_send(struct lookup *lookup, const struct lookup_text *out,
    lookup_sent *done, void *arg)
{
	const struct conf *conf = lookup->conf;
	struct message message = {.priority = PRIORITY_URGENT,
	    .is_answer = true, .want = out->want};
	struct answering answering = {.shows = true};
	struct queue_call *sending;

	if (!conf_allows_phone(conf, out->phone)) {
		done(LOOKUP_QUEUED, arg);
		return;
	}
	if (message_set_text(&message, xstrdup(out->text)) == -1) {
		message_clear(&message);
		done(LOOKUP_FAILED, arg);
		return;
	}
	message_id_make(out->key, message.id);
	(void)snprintf(message.phone, sizeof(message.phone), "%s",
	    out->phone);
	message.pool = find_pool(conf, out->pool);
	message.expires_at = clock_wall_ms() +
	    conf->lookup.answer_validity_ms;
	sending = xcalloc(1, sizeof(*sending));
	sending->lookup = lookup;
	answering.sim = sending->pool = message.pool;
	sending->done = done;
	sending->arg = arg;
	store_say(lookup->store, &message, &answering, on_sent, sending);
	message_clear(&message);
}
