/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Operators' decisions, batch by batch, and the alarms stream.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "message/states.h"
#include "redis/inside.h"
#include "redis/script.h"
#include "redis/store.h"

/* Messages that one call moves. Redis does nothing else meanwhile. */
#define WINDOW 200

struct control_call {
	struct store *store;
	char *verb, *id, *agency;
	char *state, *reason, *pool;	/* NULL: any */
	char *place;		/* where to go on, or NULL */
	int64_t since, moved;
	json_t *skip;		/* as the last answer had it, or NULL */
	store_controlled *done;
	void *arg;
};

static void go_on(struct control_call *, const char *place);

static void
control_end(struct control_call *call, const char *error)
{
	call->done(call->moved, error, call->arg);
	free(call->verb);
	free(call->id);
	free(call->agency);
	free(call->state);
	free(call->reason);
	free(call->pool);
	free(call->place);
	json_decref(call->skip);
	free(call);
}

/* Writes the states with this trait as "queued, held and unknown". */
static void
list_states(enum state_trait trait, char *out, size_t size)
{
	const char *names[STATE_END];
	size_t n = 0, used = 0;

	for (enum state s = 0; s < STATE_END; s++)
		if (state_has(s, trait))
			names[n++] = state_name(s);
	*out = '\0';
	for (size_t i = 0; i < n && used < size; i++)
		used += (size_t)snprintf(out + used, size - used, "%s%s",
		    i == 0 ? "" : i + 1 < n ? ", " : " and ", names[i]);
}

static void
say_refused(const char *verb, const char *state, char *text, size_t size)
{
	bool is_cancel = strcmp(verb, "cancel") == 0;
	char names[120];

	list_states(is_cancel ? STATE_IS_CANCELLABLE : STATE_IS_REPEATABLE,
	    names, sizeof(names));
	(void)snprintf(text, size, "this message is %.20s; only %s ones can "
	    "be %s", state, names, is_cancel ? "cancelled" : "sent again");
}

/* Fails with a sentence for the operator. */
static void
fail(struct control_call *call, const char *word, const char *state,
    const char *error)
{
	char text[200];

	if (error != NULL)
		(void)snprintf(text, sizeof(text), "Redis: %.150s", error);
	else if (strcmp(word, "gone") == 0)
		(void)snprintf(text, sizeof(text), "no message %.128s",
		    call->id);
	else if (strcmp(word, "all_held") == 0)
		(void)snprintf(text, sizeof(text), "all agencies are on "
		    "hold: release without --agency ends that");
	else
		say_refused(call->verb, state, text, sizeof(text));
	control_end(call, text);
}

static void
on_controlled(const json_t *result, const char *error, void *arg)
{
	struct control_call *call = arg;
	struct control_result answer;

	control_result_read(result, &answer);
	store_count_states(result);
	call->moved += answer.moved;
	json_decref(call->skip);
	call->skip = json_deep_copy(answer.skip);
	if (error != NULL || strcmp(answer.result, "done") != 0)
		fail(call, answer.result, answer.state, error);
	else if (answer.more)
		go_on(call, answer.place);
	else
		control_end(call, NULL);
}

static void
call_control(struct control_call *call)
{
	const struct control_args args = {
		.verb = call->verb,
		.id = call->id,
		.agency = call->agency,
		.since = call->since,
		.state = call->state,
		.reason = call->reason,
		.pool = call->pool,
		.window = WINDOW,
		.validity_ms = call->store->conf->notices.validity_ms,
		.place = call->place,
		.skip = call->skip,
	};

	call_run(call->store->redis, call->store->conf, SCRIPT_CONTROL,
	    control_words(&args), on_controlled, call);
}

static void
go_on(struct control_call *call, const char *place)
{
	free(call->place);
	call->place = *place != '\0' ? xstrdup(place) : NULL;
	call_control(call);
}

static char *
dup_word(const char *word)
{
	return word != NULL ? xstrdup(word) : NULL;
}

void
store_control(struct store *store, const struct control *control,
    store_controlled *done, void *arg)
{
	struct control_call *call = xcalloc(1, sizeof(*call));

	call->store = store;
	call->verb = xstrdup(control->verb);
	call->id = dup_word(control->id);
	call->state = dup_word(control->state);
	call->reason = dup_word(control->reason);
	call->pool = dup_word(control->pool);
	call->agency = xstrdup(control->agency != NULL ? control->agency
	    : "*");
	call->since = control->since;
	call->done = done;
	call->arg = arg;
	call_control(call);
}

struct alarm_call {
	store_alarmed *done;
	void *arg;
};

static void
on_alarmed(const json_t *result, const char *error, void *arg)
{
	struct alarm_call call = *(struct alarm_call *)arg;

	(void)result;
	free(arg);
	call.done(error, call.arg);
}

static const char *
word_of(const json_t *entry, const char *name)
{
	const char *word = json_string_value(json_object_get(entry, name));

	return word != NULL ? word : "";
}

void
store_alarm(struct store *store, const json_t *entry, store_alarmed *done,
    void *arg)
{
	struct alarm_call *call = xcalloc(1, sizeof(*call));
	const struct alarm_args args = {
		.alarm = word_of(entry, "alarm"),
		.level = word_of(entry, "level"),
		.about = word_of(entry, "about"),
		.text = word_of(entry, "text"),
		.by = word_of(entry, "by"),
		.at = json_integer_value(json_object_get(entry, "at")),
	};

	call->done = done;
	call->arg = arg;
	call_run(store->redis, store->conf, SCRIPT_ALARM, alarm_words(&args),
	    on_alarmed, call);
}
