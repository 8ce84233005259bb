/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The engine: finds a request's session in Redis, tells repeated, later and
 * first requests apart, lets the menu make a screen, stores what the dialogue
 * remembers, and answers in time.
 *
 * A phone has one dialogue at a time, stored under the phone's hash. So one
 * query finds the session, or an earlier one that broke off.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/series.h"
#include "conf/conf.h"
#include "lookup/dialogue.h"
#include "lookup/screen.h"
#include "redis/lookup.h"

#define ANSWER_MS  1800			/* fronts promise 2 s */
#define SESSION_MS (180 * 1000)
#define RESUME_MS  (10 * 60 * 1000)

static const char *const state_names[] = {
#define X(id, name) name,
	STATES(X)
#undef X
};

static void start(struct dialogue *);

/* --- what the dialogue remembers ------------------------------------------ */

const char *
dialogue_get(const struct dialogue *d, const char *name)
{
	const char *value = json_string_value(json_object_get(d->memory, name));

	return value != NULL ? value : "";
}

void
dialogue_set(struct dialogue *d, const char *name, const char *value)
{
	if (value == NULL)
		json_object_del(d->memory, name);
	else
		json_object_set_new(d->memory, name, json_string(value));
}

int
dialogue_number(const struct dialogue *d, const char *name)
{
	return (int)json_integer_value(json_object_get(d->memory, name));
}

void
dialogue_set_number(struct dialogue *d, const char *name, int value)
{
	json_object_set_new(d->memory, name, json_integer(value));
}

struct voice
dialogue_voice(const struct dialogue *d)
{
	struct voice voice = {dialogue_get(d, "lang"),
	    dialogue_number(d, "accents") == 1};

	return voice;
}

bool
dialogue_has_phone(const struct dialogue *d)
{
	return d->phone[0] == '+';
}

static enum dialogue_state
state_of(const json_t *memory)
{
	const char *name = json_string_value(json_object_get(memory, "state"));

	for (int i = 0; name != NULL && i < STATE_END; i++)
		if (strcmp(name, state_names[i]) == 0)
			return (enum dialogue_state)i;
	return STATE_START;
}

static void
keep_memory(struct dialogue *d, int64_t ttl_ms)
{
	char *text = json_dumps(d->memory, JSON_COMPACT);

	if (text != NULL)
		store_dialogue_set(d->lookup->store, d->who, text, ttl_ms);
	free(text);
}

/* --- the end of a request ------------------------------------------------- */

static void
dialogue_free(struct dialogue *d)
{
	LIST_REMOVE(d, entry);
	event_free(d->timer);
	json_decref(d->memory);
	free(d->session);
	free(d->text);
	free(d);
}

/* Other requests of this phone came during this one: start the next. */
static void
wake_next(struct lookup *lookup, const char *who)
{
	struct dialogue *d, *oldest = NULL;

	LIST_FOREACH(d, &lookup->dialogues, entry)
		if (d->is_waiting && strcmp(d->who, who) == 0)
			oldest = d;	/* new ones come in front */
	if (oldest == NULL)
		return;
	oldest->is_waiting = false;
	start(oldest);
}

static void
answer_front(const struct dialogue *d, const char *text, bool is_final)
{
	histogram_observe(HISTOGRAM_LOOKUP_SECONDS,
	    (double)(clock_mono_ms() - d->begun_ms) / 1000,
	    d->transport->name);
	d->done(text, is_final, d->arg);
}

static void
request_end(struct dialogue *d, const char *text, bool is_final)
{
	struct lookup *lookup = d->lookup;
	char who[KEYHASH_SIZE];

	memcpy(who, d->who, sizeof(who));
	if (d->done != NULL)
		answer_front(d, text, is_final);
	dialogue_free(d);
	wake_next(lookup, who);
}

/* Ends the request without remembering it, so that the same input finds the
 * same state again. */
static void
give_up(struct dialogue *d)
{
	char *text = phrase_render(lookup_phrases(d->lookup), "", false,
	    PHRASE_SCREEN_UNAVAILABLE, NULL);

	metric_add(METRIC_DIALOGUES_UNAVAILABLE, 1);
	request_end(d, text, true);
	free(text);
}

static void
on_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct dialogue *d = arg;
	char *text;

	(void)fd;
	(void)what;
	if (d->done == NULL)
		return;
	text = phrase_render(lookup_phrases(d->lookup), "", false,
	    PHRASE_SCREEN_UNAVAILABLE, NULL);
	metric_add(METRIC_DIALOGUES_UNAVAILABLE, 1);
	log_warning("dialogue_late", "transport=%s", d->transport->name);
	answer_front(d, text, true);
	d->done = NULL;
	free(text);
	/* Redis still owes an answer, which frees this; one that only waits
	 * for another needs none. */
	if (d->is_waiting)
		dialogue_free(d);
}

static void
close_request(struct dialogue *d, const char *text, bool is_final)
{
	dialogue_set(d, "text", text);
	json_object_set_new(d->memory, "final", json_boolean(is_final));
	json_object_set_new(d->memory, "at", json_integer(clock_wall_ms()));
	keep_memory(d, is_final ? SESSION_MS : RESUME_MS);
	request_end(d, text, is_final);
}

void
dialogue_show(struct dialogue *d, enum dialogue_state state, char *text)
{
	/* Too late: the citizen has been told so, and will dial again. */
	if (d->done == NULL) {
		request_end(d, "", true);
	} else {
		dialogue_set(d, "state", state_names[state]);
		close_request(d, text, false);
	}
	free(text);
}

/* A screen fits without accents, if not with them. */
static char *
screen(const struct dialogue *d, enum phrase phrase)
{
	const struct phrases *phrases = lookup_phrases(d->lookup);
	struct voice voice = dialogue_voice(d);
	char *text = phrase_render(phrases, voice.lang, voice.accents,
	    phrase, NULL);

	if (!screen_fits(text, d->transport->max_octets)) {
		free(text);
		text = phrase_render(phrases, voice.lang, false, phrase,
		    NULL);
	}
	if (!screen_fits(text, d->transport->max_octets)) {
		free(text);
		text = phrase_render(phrases, "", false, phrase, NULL);
	}
	return text;
}

void
dialogue_say(struct dialogue *d, enum dialogue_state state, enum phrase phrase)
{
	dialogue_show(d, state, screen(d, phrase));
}

void
dialogue_end(struct dialogue *d, enum phrase phrase)
{
	char *text = screen(d, phrase);

	if (phrase == PHRASE_SCREEN_UNAVAILABLE)
		give_up(d);
	else if (d->done == NULL)
		request_end(d, "", true);
	else
		close_request(d, text, true);
	free(text);
}

void
dialogue_repeat(struct dialogue *d)
{
	dialogue_show(d, state_of(d->memory),
	    xstrdup(dialogue_get(d, "text")));
}

/* --- which request is it? ------------------------------------------------- */

static int64_t
age_ms(const json_t *memory)
{
	return clock_wall_ms() -
	    json_integer_value(json_object_get(memory, "at"));
}

static bool
is_text(const json_t *memory, const char *name, const char *value)
{
	const char *text = json_string_value(json_object_get(memory, name));

	return text != NULL && strcmp(text, value) == 0;
}

static bool
is_same_session(const struct dialogue *d, const json_t *memory)
{
	return is_text(memory, "session", d->session) &&
	    is_text(memory, "transport", d->transport->name) &&
	    age_ms(memory) <= SESSION_MS;
}

static bool
is_over(const json_t *memory)
{
	return json_is_true(json_object_get(memory, "final"));
}

static const char *
seen_by(const json_t *memory)
{
	const char *seen = json_string_value(json_object_get(memory, "seen"));

	return seen != NULL ? seen : "";
}

/* Did this request come before? On a cumulative transport, it repeats the last
 * text or, when it comes late, an older text of this session. On other
 * transports a repeated key may be meant: only a first request can be
 * recognised as repeated. */
static bool
is_repeated(const struct dialogue *d, const json_t *memory)
{
	const char *seen = seen_by(memory);
	size_t n = strlen(d->text);

	if (strcmp(seen, d->text) == 0)
		return d->transport->is_cumulative || d->is_first;
	return d->transport->is_cumulative && strncmp(seen, d->text, n) == 0 &&
	    (n == 0 || seen[n] == '*');
}

/* The new part of text. It is all of it or, on a cumulative transport, the part
 * behind the text seen before. The citizen may type the '*' that joins the
 * parts, so only the text seen before shows where the new part begins. Returns
 * NULL when the request does not continue that text.
 */
static const char *
tail(const struct dialogue *d, const json_t *memory)
{
	const char *seen = seen_by(memory);
	size_t n = strlen(seen);

	if (!d->transport->is_cumulative)
		return d->text;
	if (strncmp(d->text, seen, n) != 0)
		return NULL;
	if (n == 0)
		return d->text;
	return d->text[n] == '*' ? d->text + n + 1 : NULL;
}

static void
remember_request(struct dialogue *d)
{
	dialogue_set(d, "session", d->session);
	dialogue_set(d, "transport", d->transport->name);
	dialogue_set(d, "seen", d->text);
}

/* Is it worth going back? Something must have been typed, and it led
 * somewhere. */
static bool
can_resume(const json_t *memory)
{
	if (is_over(memory) || age_ms(memory) > RESUME_MS)
		return false;
	switch (state_of(memory)) {
	case STATE_START:
	case STATE_INFO:
	case STATE_NONE:
	case STATE_END:
		return false;
	case STATE_RESUME:
		return true;
	case STATE_MENU:
	case STATE_LIST:
	case STATE_DETAIL:
	case STATE_CODE:
	case STATE_ID4:
	case STATE_LANGUAGE:
	case STATE_NOTICES:
		break;
	}
	return json_integer_value(json_object_get(memory, "steps")) > 0;
}

bool
dialogue_resume(struct dialogue *d)
{
	json_t *old = json_incref(json_object_get(d->memory, "old"));
	const char *text = json_string_value(json_object_get(old, "text"));

	if (text == NULL || !screen_fits(text, d->transport->max_octets)) {
		json_decref(old);
		return false;
	}
	metric_add(METRIC_DIALOGUES_RESUMED, 1);
	json_decref(d->memory);
	d->memory = old;
	remember_request(d);
	dialogue_repeat(d);
	return true;
}

/* Begins a new session. before: the memory of this phone's last one, or
 * NULL. */
static void
begin_session(struct dialogue *d, json_t *before)
{
	json_t *old = NULL;

	metric_add(METRIC_DIALOGUES, 1);
	if (before != NULL && *d->text == '\0' && dialogue_has_phone(d) &&
	    can_resume(before))
		old = state_of(before) == STATE_RESUME
		    ? json_object_get(before, "old") : before;
	d->memory = json_object();
	d->input = d->text;
	remember_request(d);
	dialogue_set_number(d, "steps", *d->text != '\0');
	if (old == NULL) {
		d->menu->begin(d);
		return;
	}
	json_object_set(d->memory, "old", old);
	json_object_set(d->memory, "lang", json_object_get(old, "lang"));
	json_object_set(d->memory, "accents",
	    json_object_get(old, "accents"));
	dialogue_say(d, STATE_RESUME, PHRASE_SCREEN_RESUME);
}

static void
answer_again(struct dialogue *d, const json_t *memory)
{
	const char *text = json_string_value(json_object_get(memory, "text"));

	metric_add(METRIC_DIALOGUE_REPEATS, 1);
	request_end(d, text != NULL ? text : "", is_over(memory));
}

static void
on_dialogue(const char *text, const char *error, void *arg)
{
	struct dialogue *d = arg;
	json_t *memory = text != NULL ? json_loads(text, 0, NULL) : NULL;

	if (d->done == NULL) {
		request_end(d, "", true);
	} else if (error != NULL) {
		give_up(d);
	} else if (memory == NULL || !is_same_session(d, memory)) {
		begin_session(d, memory);
	} else if (is_repeated(d, memory)) {
		answer_again(d, memory);
	} else if (is_over(memory) || (d->input = tail(d, memory)) == NULL) {
		begin_session(d, NULL);
	} else {
		d->memory = json_incref(memory);
		dialogue_set(d, "seen", d->text);
		dialogue_set_number(d, "steps",
		    dialogue_number(d, "steps") + 1);
		d->menu->step(d, state_of(memory));
	}
	json_decref(memory);
}

/* --- requests ------------------------------------------------------------- */

/* Without Redis the answer comes at once. This is also true for requests that
 * waited while Redis stopped, because nobody would wait for a later answer. */
static void
start(struct dialogue *d)
{
	if (!store_is_up(d->lookup->store))
		give_up(d);
	else
		store_dialogue_get(d->lookup->store, d->who, on_dialogue, d);
}

static struct dialogue *
make(struct lookup *lookup, const struct dialogue_menu *menu,
    const struct lookup_request *request, lookup_answered *done, void *arg)
{
	static const struct timeval patience = {ANSWER_MS / 1000,
	    ANSWER_MS % 1000 * 1000};
	struct dialogue *d = xcalloc(1, sizeof(*d)), *other;

	d->lookup = lookup;
	d->begun_ms = clock_mono_ms();
	d->menu = menu;
	d->transport = request->transport;
	d->session = xstrdup(request->session);
	d->text = xstrdup(request->text);
	(void)snprintf(d->phone, sizeof(d->phone), "%s", request->phone);
	(void)lookup_who(lookup, request->phone, d->who);
	d->done = done;
	d->arg = arg;
	d->timer = evtimer_new(lookup->base, on_late_cb, d);
	event_add(d->timer, &patience);
	LIST_FOREACH(other, &lookup->dialogues, entry)
		if (strcmp(other->who, d->who) == 0)
			d->is_waiting = true;
	LIST_INSERT_HEAD(&lookup->dialogues, d, entry);
	metric_add(METRIC_DIALOGUE_STEPS, 1);
	return d;
}

void
dialogue_start(struct lookup *lookup, const struct dialogue_menu *menu,
    const struct lookup_request *request, bool is_first,
    lookup_answered *done, void *arg)
{
	struct dialogue *d = make(lookup, menu, request, done, arg);

	d->is_first = is_first;
	if (!d->is_waiting)
		start(d);
}
