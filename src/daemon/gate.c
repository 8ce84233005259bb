/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Each time Redis comes back, the gate takes these steps:
 *	1. Claim the gateway's name.
 *	2. Ask Redis for the last journal number it has of each modem.
 *	3. Report what the journals have above that number, ahead of what
 *	   waits in outbox/.
 *	4. Report what is in the modems' hands.
 *	5. Wait until Redis has confirmed all of that.
 *	6. Check that we have every key under which Redis holds hashes.
 *	7. If another gateway has not yet reported to a server that may have
 *	   lost data, take events in, but send nothing. For other living
 *	   gateways, wait a while.
 *	8. Open.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/when.h"
#include "conf/conf.h"
#include "daemon/gate.h"
#include "daemon/instance.h"
#include "daemon/state.h"
#include "dispatch/dispatch.h"
#include "intake/list.h"
#include "intake/reader.h"
#include "modem/modem.h"
#include "outbox/outbox.h"
#include "redis/claim.h"
#include "redis/keys.h"
#include "redis/redis.h"
#include "redis/store.h"

#define POLL_MS	  20
#define KEYS_MS	  1000	/* a key is missing: look whether an operator decided */
#define WATCH_S	  30	/* all is well: has another gateway a new key? */
#define OTHERS_MS 30000	/* how long to wait for other living gateways */
#define ALARM_MS  5000	/* a gateway that must report is silent so long */

enum step {
	SHUT,		/* Redis is away, or the name is not ours */
	COMPARING,	/* asking Redis for its journal numbers */
	TELLING,	/* reporting what Redis lacks */
	KEYS,		/* does Redis hold hashes of a key that we lack? */
	OTHERS,		/* waiting for other gateways; events come in */
	OPEN,
};

struct gate {
	struct daemon *daemon;
	const struct gate_hooks *hooks;
	struct event *timer;
	enum step step;
	unsigned round;		/* answers of an older round don't count */
	size_t n_asked, n_keeping;
	bool is_asking_keys;
	int64_t keys_at;	/* when to ask for the keys again, not before */
	uint64_t *has;		/* per modem: the number that Redis has */
	bool was_open;		/* at least once since the start */
	bool is_behind;
	bool takes_events;
	char run_id[48];	/* the server's, at the last opening */
	int64_t since_ms;
};

struct asked {
	struct gate *gate;
	size_t modem;
	unsigned round;
};

bool
gate_is_open(const struct gate *gate)
{
	return gate->step == OPEN;
}

const char *
gate_state(const struct gate *gate)
{
	static const char *const names[] = {
		[SHUT] = "shut",
		[COMPARING] = "comparing",
		[TELLING] = "telling",
		[KEYS] = "key_changed",
		[OTHERS] = "others",
		[OPEN] = "open",
	};

	return names[gate->step];
}

bool
gate_may_start_modems(const struct gate *gate)
{
	return gate->step > TELLING;
}

static void
poll_again(struct gate *gate)
{
	static const struct timeval tv = {0, POLL_MS * 1000};

	event_add(gate->timer, &tv);
}

static void
watch_keys(struct gate *gate)
{
	static const struct timeval tv = {WATCH_S, 0};

	event_add(gate->timer, &tv);
}

/* Lets the reader, the list and the plans of dispatch go on, or stops them. */
static void
set_intake(struct gate *gate, bool is_open)
{
	gate->takes_events = is_open;
	reader_pause(gate->daemon->reader, !is_open);
	list_pause(gate->daemon->list, !is_open);
}

static void
set_open(struct gate *gate, bool is_open)
{
	set_intake(gate, is_open);
	dispatch_pause(gate->daemon->dispatch, !is_open);
}

static void
shut(struct gate *gate)
{
	event_del(gate->timer);
	gate->step = SHUT;
	gate->round++;
	outbox_pause(gate->daemon->outbox, true);
	set_open(gate, false);
}

/* --- what Redis may lack -------------------------------------------------- */

static void
on_kept(const struct store_answer *answer, void *arg)
{
	struct asked asked = *(struct asked *)arg;

	free(arg);
	if (asked.round != asked.gate->round)
		return;
	asked.gate->n_keeping--;
	if (answer->error == NULL && strcmp(answer->result, "kept") == 0)
		log_warning("recalled", "text=\"Redis had forgotten a text "
		    "that is in a modem's hands\"");
}

void
gate_in_hand(struct gate *gate, const char *modem, const char *imsi,
    const char *message, const char *about, uint32_t fence)
{
	struct asked *asked = xcalloc(1, sizeof(*asked));

	asked->gate = gate;
	asked->round = gate->round;
	gate->n_keeping++;
	store_keep(gate->daemon->store, modem, imsi, message, about, fence,
	    on_kept, asked);
}

/* Redis' journal number is lower than the one that it had confirmed to us. At a
 * start we know of no confirmed number, so this is false: then only the journal
 * can tell. */
static bool
is_behind(const struct gate *gate, size_t i)
{
	const struct daemon *d = gate->daemon;

	return gate->has[i] < outbox_confirmed(d->outbox,
	    modem_name(d->modems[i]));
}

/* After a failover, do not trust even an equal journal number: outcomes
 * reported while the disk was full carry no number. */
static void
retell(struct gate *gate, size_t i, bool is_another)
{
	struct daemon *d = gate->daemon;
	struct modem *modem = d->modems[i];
	const char *name = modem_name(modem);
	bool was_behind = is_behind(gate, i);

	if (was_behind) {
		gate->is_behind = true;
		log_warning("redis_behind", "modem=%s has=%llu told=%llu "
		    "text=\"Redis fell back in time; the journal puts it "
		    "right\"", name, (unsigned long long)gate->has[i],
		    (unsigned long long)outbox_confirmed(d->outbox,
		    name));
	}
	if (gate->was_open && !was_behind && !is_another)
		return;
	(void)modem_retell(modem, gate->has[i]);
}

static void
tell_all(struct gate *gate)
{
	struct daemon *d = gate->daemon;
	bool is_another = strcmp(gate->run_id, redis_run_id(d->redis)) != 0;

	gate->step = TELLING;
	gate->is_behind = false;
	gate->n_keeping = 0;
	outbox_begin_front(d->outbox);
	for (size_t i = 0; i < d->n_modems; i++)
		retell(gate, i, is_another);
	outbox_end_front(d->outbox);
	outbox_pause(d->outbox, false);
	outbox_resend(d->outbox);
	for (size_t i = 0; i < d->n_modems; i++) {
		modem_tell_hands(d->modems[i]);
		/* Redis may also have forgotten messages that were given back
		 * unsent. */
		if (gate->was_open && (gate->is_behind || is_another))
			dispatch_doubt(d->dispatch, modem_name(d->modems[i]));
	}
	poll_again(gate);
}

static void
on_last_seq(uint64_t seq, const char *error, void *arg)
{
	struct asked asked = *(struct asked *)arg;
	struct gate *gate = asked.gate;

	free(arg);
	if (asked.round != gate->round)
		return;
	if (error != NULL) {
		gate->step = SHUT;	/* ask again, a little later */
		gate->round++;
		poll_again(gate);
		return;
	}
	gate->has[asked.modem] = seq;
	if (--gate->n_asked == 0)
		tell_all(gate);
}

static void
compare(struct gate *gate)
{
	struct daemon *d = gate->daemon;

	gate->step = COMPARING;
	gate->round++;
	gate->since_ms = clock_mono_ms();
	gate->n_asked = d->n_modems;
	free(gate->has);
	gate->has = xcalloc(d->n_modems, sizeof(*gate->has));
	for (size_t i = 0; i < d->n_modems; i++) {
		struct asked *asked = xcalloc(1, sizeof(*asked));

		asked->gate = gate;
		asked->modem = i;
		asked->round = gate->round;
		store_last_seq(d->store, modem_name(d->modems[i]),
		    on_last_seq, asked);
	}
}

/* --- opening -------------------------------------------------------------- */

static void
open_up(struct gate *gate)
{
	struct daemon *d = gate->daemon;

	gate->step = OPEN;
	gate->was_open = true;
	(void)snprintf(gate->run_id, sizeof(gate->run_id), "%s",
	    redis_run_id(d->redis));
	log_debug("gate_open", "after=%lldms",
	    (long long)(clock_mono_ms() - gate->since_ms));
	gate->hooks->on_open(d);
	set_open(gate, true);
	gate->hooks->on_ready(d);
	watch_keys(gate);
}

/* Without one of the keys the gateway can't recognise a citizen who wants no
 * notices. So it sends nothing and takes no event until the file is back (and
 * the daemon started again) or an operator accepts the loss. */
static void
on_keys(const char *foreign, const char *error, void *arg)
{
	struct asked asked = *(struct asked *)arg;
	struct gate *gate = asked.gate;
	struct daemon *d = gate->daemon;
	char text[600];

	free(arg);
	gate->is_asking_keys = false;
	if (asked.round != gate->round)
		return;
	gate->keys_at = clock_mono_ms() + KEYS_MS;
	if (error == NULL && *foreign == '\0') {
		alarm_set(d->alarms, ALARM_KEY_CHANGED, "", false,
		    "every key of this Redis is known");
		if (gate->step == KEYS) {
			gate->step = OTHERS;
			gate->since_ms = clock_mono_ms();
		}
	} else if (error == NULL) {
		(void)snprintf(text, sizeof(text), "this Redis holds hashes "
		    "of another key (%s) than privacy.key_file: a citizen "
		    "who wants no notices is not recognised, so "
		    "nothing is sent; put the "
		    "file back and restart, or give it up with \"baotinctl "
		    "key accept\"", foreign);
		alarm_set(d->alarms, ALARM_KEY_CHANGED, "", true, text);
		set_open(gate, false);
		gate->step = KEYS;
		gate->hooks->on_ready(d);
	}
	if (gate->step == OPEN)
		watch_keys(gate);
	else
		poll_again(gate);
}

static void
ask_keys(struct gate *gate)
{
	struct asked *asked;

	if (gate->is_asking_keys || clock_mono_ms() < gate->keys_at)
		return;
	asked = xcalloc(1, sizeof(*asked));
	asked->gate = gate;
	asked->round = gate->round;
	gate->is_asking_keys = true;
	store_keys(gate->daemon->store, false, on_keys, asked);
}

/* --- gateways that must report first -------------------------------------- */

static bool
is_awaited(const json_t *untold, const char *name)
{
	for (size_t i = 0; i < json_array_size(untold); i++)
		if (strcmp(json_string_value(json_object_get(
		    json_array_get(untold, i), "name")), name) == 0)
			return true;
	return false;
}

static void
clear_awaited(const struct daemon *d, const json_t *untold)
{
	json_t *raised = alarms_list(d->alarms);

	for (size_t i = 0; i < json_array_size(raised); i++) {
		const char *alarm = NULL, *about = NULL;

		(void)json_unpack(json_array_get(raised, i), "{ss ss}",
		    "alarm", &alarm, "about", &about);
		if (alarm_find(alarm) == ALARM_GATEWAY_AWAITED &&
		    !is_awaited(untold, about))
			alarm_set(d->alarms, ALARM_GATEWAY_AWAITED, about,
			    false, "it has told, or was forgotten");
	}
	json_decref(raised);
}

static void
raise_awaited(const struct daemon *d, const json_t *row)
{
	const char *name = NULL;
	json_int_t for_ms = 0, seen_at = 0;
	char text[400], seen[WHEN_SIZE] = "never", since[WHEN_SIZE];

	if (json_unpack((json_t *)(uintptr_t)row, "{ss sI sI}",
	    "name", &name, "for_ms", &for_ms, "seen_at", &seen_at) == -1 ||
	    for_ms < ALARM_MS)
		return;
	if (seen_at != 0)
		when_format(seen_at, seen);
	when_format(clock_wall_ms() - for_ms, since);
	(void)snprintf(text, sizeof(text), "nothing is sent since %s: Redis "
	    "may have forgotten what the gateway %.64s sent, last seen %s. "
	    "Start that one, and it tells; when it is gone for good: "
	    "baotinctl gateway forget %.64s", since, name, seen, name);
	alarm_set(d->alarms, ALARM_GATEWAY_AWAITED, name, true, text);
}

/* Another gateway may notice later than we do that this server lost data. */
static void
on_beat(void *arg)
{
	struct gate *gate = arg;
	const struct daemon *d = gate->daemon;
	const json_t *untold = instance_untold(d->instance);

	clear_awaited(d, untold);
	for (size_t i = 0; i < json_array_size(untold); i++)
		raise_awaited(d, json_array_get(untold, i));
	if (untold == NULL || gate->step != OPEN)
		return;
	gate->step = OTHERS;
	gate->since_ms = clock_mono_ms();
	dispatch_pause(d->dispatch, true);
	poll_again(gate);
}

/* Meanwhile events come in, but nothing is sent. */
static void
wait_for_others(struct gate *gate)
{
	const struct daemon *d = gate->daemon;
	unsigned others = instance_others(d->instance);

	if (instance_untold(d->instance) != NULL) {
		gate->since_ms = clock_mono_ms();
		if (!gate->takes_events)
			set_intake(gate, true);
		gate->hooks->on_ready(gate->daemon);
	} else if (others == 0) {
		open_up(gate);
		return;
	} else if (clock_mono_ms() - gate->since_ms > OTHERS_MS) {
		log_warning("others_late", "gateways=%u text=\"they have not "
		    "told this Redis what it may lack; going on\"", others);
		open_up(gate);
		return;
	}
	poll_again(gate);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct gate *gate = arg;
	const struct daemon *d = gate->daemon;

	(void)fd;
	(void)what;
	if (!instance_is_ours(d->instance))
		return;
	switch (gate->step) {
	case SHUT:
		compare(gate);
		return;
	case TELLING:
		if (outbox_open(d->outbox) > 0 || gate->n_keeping > 0)
			break;
		gate->step = KEYS;
		gate->keys_at = 0;
		gate->since_ms = clock_mono_ms();
		instance_synced(d->instance);
		ask_keys(gate);
		break;
	case KEYS:
		ask_keys(gate);
		break;
	case OTHERS:
		wait_for_others(gate);
		return;
	case OPEN:
		ask_keys(gate);
		return;
	case COMPARING:
		return;
	}
	poll_again(gate);
}

/* --- the name ------------------------------------------------------------- */

static void
on_ours(void *arg)
{
	compare(arg);
}

static void
on_doubt(void *arg)
{
	shut(arg);
}

static void
on_taken(const char *holder, void *arg)
{
	struct gate *gate = arg;

	gate->hooks->on_taken(gate->daemon, holder);
}

void
gate_reload(struct gate *gate)
{
	if (gate->step == COMPARING)
		compare(gate);
}

void
gate_up(struct gate *gate)
{
	instance_up(gate->daemon->instance);
}

void
gate_down(struct gate *gate)
{
	instance_down(gate->daemon->instance);
	shut(gate);
}

struct gate *
gate_new(struct daemon *d, const struct gate_hooks *gate_hooks)
{
	static const struct instance_hooks hooks = {
		.on_ours = on_ours,
		.on_doubt = on_doubt,
		.on_beat = on_beat,
		.on_taken = on_taken,
	};
	struct gate *gate = xcalloc(1, sizeof(*gate));

	gate->daemon = d;
	gate->hooks = gate_hooks;
	gate->timer = evtimer_new(d->base, on_timer_cb, gate);
	if (gate->timer == NULL)
		abort();
	outbox_pause(d->outbox, true);
	dispatch_pause(d->dispatch, true);
	instance_start(d->instance, d->base, d->conf, d->store, &hooks,
	    gate);
	return gate;
}

void
gate_free(struct gate *gate)
{
	if (gate == NULL)
		return;
	instance_stop(gate->daemon->instance);
	event_free(gate->timer);
	free(gate->has);
	free(gate);
}
