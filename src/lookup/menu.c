/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The menu: a table of what each key does on each screen, and the small
 * functions that do it. Digits only: a feature phone can't type letters
 * here.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lookup/menu.h"
#include "lookup/send.h"
#include "lookup/screen.h"
#include "message/message.h"
#include "redis/store.h"

#define LIST_MOST 7	/* 8 is free, 9 is "next", 0 is "menu" */
#define SMS_MOST  3	/* "send me an SMS" in one session */
#define TYPED_MAX 64

/* --- asking --------------------------------------------------------------- */

/* The first answer tells in which language and form to speak to the citizen. */
static void
learn_voice(struct dialogue *d, const struct ask_answer *answer)
{
	struct voice voice = answer_voice(d->lookup, answer);

	if (json_object_get(d->memory, "lang") != NULL)
		return;
	dialogue_set(d, "lang", voice.lang);
	dialogue_set_number(d, "accents", voice.accents);
}

/* True: the question was refused, and the request has ended. */
static bool
is_refused(struct dialogue *d, const struct ask_answer *answer)
{
	learn_voice(d, answer);
	switch (answer->verdict) {
	case ASK_LIMITED:
		dialogue_say(d, STATE_INFO, PHRASE_SCREEN_LIMITED);
		return true;
	case ASK_UNAVAILABLE:
		dialogue_end(d, PHRASE_SCREEN_UNAVAILABLE);
		return true;
	case ASK_FOUND:
	case ASK_NONE:
	case ASK_NOT_FOUND:
		break;
	}
	return false;
}

static void
ask_dossiers(struct dialogue *d, struct ask *ask, ask_answered *answered)
{
	ask->front = "ussd";
	ask->phone = d->phone;
	if (ask->count == 0)
		ask->count = LIST_MOST;
	lookup_ask(d->lookup, ask, answered, d);
}

static char *
say(const struct dialogue *d, enum phrase phrase)
{
	return lookup_say(d->lookup, dialogue_voice(d), phrase);
}

/* --- one dossier ---------------------------------------------------------- */

/* "1.Nhận SMS 9.Tiếp 0.Menu" */
static char *
keys_line(const struct dialogue *d, bool has_sms, bool has_next)
{
	char *sms = say(d, PHRASE_KEY_SMS), *next = say(d, PHRASE_KEY_NEXT);
	char *menu = say(d, PHRASE_KEY_MENU);
	char *line = xasprintf("%s%s%s%s%s", has_sms ? sms : "",
	    has_sms ? " " : "", has_next ? next : "", has_next ? " " : "",
	    menu);

	free(sms);
	free(next);
	free(menu);
	return line;
}

static void
show_page(struct dialogue *d)
{
	char *detail = xstrdup(dialogue_get(d, "detail"));
	const char *text = detail;
	unsigned max = d->transport->max_octets;
	char *keys = keys_line(d, true, false), *page;
	size_t n = strlen(text);

	if (screen_cut(text, keys, max) < n) {
		free(keys);
		keys = keys_line(d, true, true);
		n = screen_cut(text, keys, max);
	}
	page = xasprintf("%.*s\n%s", (int)n, text, keys);
	dialogue_set(d, "detail", screen_skip(text + n));
	dialogue_show(d, STATE_DETAIL, page);
	free(keys);
	free(detail);
}

static void
next_page(struct dialogue *d)
{
	if (*dialogue_get(d, "detail") != '\0')
		show_page(d);
	else
		dialogue_repeat(d);
}

static void
show_detail(struct dialogue *d, const struct ask_answer *answer)
{
	const struct ask_dossier *dossier = &answer->dossiers[0];
	struct ask_answer one = *answer;
	char *detail, *sms;

	one.n = one.total = 1;
	detail = answer_detail(d->lookup, dialogue_voice(d), dossier);
	sms = answer_sms(d->lookup, &one);
	dialogue_set(d, "detail", detail);
	dialogue_set(d, "sms", sms);
	dialogue_set(d, "pool", lookup_pool(d->lookup, dossier->agency));
	free(detail);
	free(sms);
	show_page(d);
}

static void
on_sent(enum lookup_sending sending, void *arg)
{
	struct dialogue *d = arg;

	if (sending == LOOKUP_FAILED)
		dialogue_end(d, PHRASE_SCREEN_UNAVAILABLE);
	else
		dialogue_say(d, STATE_INFO, sending == LOOKUP_QUEUED
		    ? PHRASE_SCREEN_SENT : PHRASE_SCREEN_LIMITED);
}

/* Identifies this very request, without the phone's number. */
static char *
request_key(const struct dialogue *d)
{
	return xasprintf("ussd|%s|%s|%s", d->who, d->session, d->text);
}

static void
send_sms(struct dialogue *d)
{
	int n = dialogue_number(d, "n_sms");
	char *key, *text = xstrdup(dialogue_get(d, "sms"));
	char *pool = xstrdup(dialogue_get(d, "pool"));
	struct lookup_text out = {.phone = d->phone, .text = text,
	    .pool = pool};

	if (n >= SMS_MOST) {
		dialogue_say(d, STATE_INFO, PHRASE_SCREEN_LIMITED);
	} else {
		dialogue_set_number(d, "n_sms", n + 1);
		out.key = key = request_key(d);
		lookup_send(d->lookup, &out, on_sent, d);
		free(key);
	}
	free(text);
	free(pool);
}

/* --- the own list --------------------------------------------------------- */

/* Makes a page of a list: as many lines as fit. Stores their codes, and returns
 * how many. */
static unsigned
fill_list(struct dialogue *d, const struct ask_answer *answer,
    struct voice voice, char **out)
{
	unsigned first = (unsigned)dialogue_number(d, "first"), n = 0;
	unsigned max = d->transport->max_octets;
	char *title = lookup_say(d->lookup, voice, PHRASE_LIST_TITLE);
	char *text = title, *page = NULL;

	while (n < answer->n && n < LIST_MOST) {
		char *line = answer_line(d->lookup, voice,
		    &answer->dossiers[n], n + 1);
		char *longer = xasprintf("%s\n%s", text, line);
		char *keys = keys_line(d, false,
		    first + n + 1 < answer->total);
		char *try = xasprintf("%s\n%s", longer, keys);

		free(line);
		free(keys);
		if (!screen_fits(try, max)) {
			free(longer);
			free(try);
			break;
		}
		free(text);
		free(page);
		text = longer;
		page = try;
		n++;
	}
	free(text);
	*out = page;
	return n;
}

static void
show_list(struct dialogue *d, const struct ask_answer *answer)
{
	struct voice voice = dialogue_voice(d);
	json_t *codes = json_array();
	char *page;
	unsigned n = fill_list(d, answer, voice, &page);

	if (n == 0) {		/* one line does not fit */
		voice.accents = false;
		n = fill_list(d, answer, voice, &page);
	}
	for (unsigned i = 0; i < n; i++)
		json_array_append_new(codes,
		    json_string(answer->dossiers[i].code));
	json_object_set_new(d->memory, "codes", codes);
	dialogue_set_number(d, "total", (int)answer->total);
	if (page != NULL)
		dialogue_show(d, STATE_LIST, page);
	else
		dialogue_say(d, STATE_NONE, PHRASE_SCREEN_NONE);
}

static void
on_list(const struct ask_answer *answer, void *arg)
{
	struct dialogue *d = arg;

	if (is_refused(d, answer))
		return;
	dialogue_set_number(d, "asked", 1);
	if (answer->verdict == ASK_FOUND && answer->n > 0)
		show_list(d, answer);
	else if (d->is_fresh)
		dialogue_say(d, STATE_MENU, PHRASE_SCREEN_MENU);
	else
		dialogue_say(d, STATE_NONE, PHRASE_SCREEN_NONE);
}

static void
ask_list(struct dialogue *d, unsigned first)
{
	char *typed = xstrdup(dialogue_get(d, "list_of"));
	struct ask question = {
		.typed = *typed != '\0' ? typed : NULL,
		.first = first,
		.is_free = dialogue_number(d, "asked") == 1,
		.is_probe = *typed != '\0',
	};

	dialogue_set_number(d, "first", (int)first);
	ask_dossiers(d, &question, on_list);
	free(typed);
}

static void
own_list(struct dialogue *d)
{
	dialogue_set(d, "list_of", NULL);
	ask_list(d, 0);
}

static void
next_list(struct dialogue *d)
{
	size_t n = json_array_size(json_object_get(d->memory, "codes"));
	unsigned next = (unsigned)dialogue_number(d, "first") + (unsigned)n;

	if (next < (unsigned)dialogue_number(d, "total"))
		ask_list(d, next);
	else
		dialogue_repeat(d);
}

static void
on_picked(const struct ask_answer *answer, void *arg)
{
	struct dialogue *d = arg;

	if (is_refused(d, answer))
		return;
	if (answer->verdict == ASK_FOUND && answer->n > 0)
		show_detail(d, answer);
	else			/* the dossier is not this phone's any more */
		dialogue_say(d, STATE_INFO, PHRASE_SCREEN_NOT_FOUND);
}

static void
pick(struct dialogue *d)
{
	struct ask question = {.is_free = true, .is_probe = true};
	size_t i = (size_t)(d->input[0] - '1');
	const char *code = json_string_value(json_array_get(
	    json_object_get(d->memory, "codes"), i));

	if (d->input[0] < '1' || d->input[1] != '\0' || code == NULL) {
		dialogue_repeat(d);
		return;
	}
	question.typed = code;
	ask_dossiers(d, &question, on_picked);
}

/* --- by code -------------------------------------------------------------- */

/* Asks for the digits, whether there is such a dossier or not. */
static void
on_code(const struct ask_answer *answer, void *arg)
{
	struct dialogue *d = arg;

	if (is_refused(d, answer))
		return;
	if (answer->verdict != ASK_FOUND) {
		dialogue_say(d, STATE_ID4, PHRASE_SCREEN_ID4);
	} else if (answer->n == 1) {
		show_detail(d, answer);
	} else {
		dialogue_set_number(d, "first", 0);
		dialogue_set(d, "list_of", dialogue_get(d, "typed"));
		dialogue_set_number(d, "asked", 1);
		show_list(d, answer);
	}
}

static void
ask_code(struct dialogue *d, const char *typed)
{
	struct ask question = {.typed = typed, .is_probe = true};

	dialogue_set(d, "typed", typed);
	ask_dossiers(d, &question, on_code);
}

static void
take_code(struct dialogue *d)
{
	if (strlen(d->input) < 4 || strlen(d->input) > TYPED_MAX)
		dialogue_repeat(d);
	else
		ask_code(d, d->input);
}

static void
take_id4(struct dialogue *d)
{
	char *typed;
	struct ask question = {.factor = d->input, .is_free = true};

	if (!code_is_typed_factor(d->input)) {
		dialogue_repeat(d);
		return;
	}
	question.typed = typed = xstrdup(dialogue_get(d, "typed"));
	dialogue_set(d, "typed", NULL);
	ask_dossiers(d, &question, on_picked);
	free(typed);
}

/* --- wishes --------------------------------------------------------------- */

static void
wish(struct dialogue *d, const char *word, const char *lang,
    store_done *done)
{
	struct wish w = {.phone = d->phone, .word = word, .lang = lang,
	    .front = "ussd"};
	char *key = request_key(d), *whole = xasprintf("%s|%s", key, word);
	char id[MESSAGE_ID_SIZE];

	message_id_make(whole, id);
	w.id = id;
	store_wish(d->lookup->store, &w, done, d);
	free(key);
	free(whole);
}

static void
say_if_done(struct dialogue *d, const struct store_answer *answer,
    enum dialogue_state state, enum phrase phrase)
{
	if (answer->error != NULL)
		dialogue_end(d, PHRASE_SCREEN_UNAVAILABLE);
	else
		dialogue_say(d, state, phrase);
}

static void
on_stopped(const struct store_answer *answer, void *arg)
{
	say_if_done(arg, answer, STATE_INFO, PHRASE_SCREEN_STOPPED);
}

static void
stop_notices(struct dialogue *d)
{
	wish(d, "stop", NULL, on_stopped);
}

static void
on_started(const struct store_answer *answer, void *arg)
{
	say_if_done(arg, answer, STATE_INFO, PHRASE_SCREEN_STARTED);
}

static void
start_notices(struct dialogue *d)
{
	wish(d, "start", NULL, on_started);
}

static void
on_language(const struct store_answer *answer, void *arg)
{
	say_if_done(arg, answer, STATE_MENU, PHRASE_SCREEN_MENU);
}

static void
on_half_done(const struct store_answer *answer, void *arg)
{
	(void)answer;	/* the answer to the other half reports both */
	(void)arg;
}

static void
speak(struct dialogue *d, const char *lang, bool accents)
{
	dialogue_set(d, "lang", lang);
	dialogue_set_number(d, "accents", accents);
	wish(d, "language", lang, on_half_done);
	wish(d, accents ? "accents" : "plain", NULL, on_language);
}

static void
speak_plain(struct dialogue *d)
{
	speak(d, "vi", false);
}

static void
speak_accents(struct dialogue *d)
{
	speak(d, "vi", true);
}

static void
speak_english(struct dialogue *d)
{
	speak(d, "en", false);
}

/* --- the table ------------------------------------------------------------ */

static void
leave(struct dialogue *d)
{
	dialogue_end(d, PHRASE_SCREEN_BYE);
}

static void
go_on(struct dialogue *d)
{
	if (!dialogue_resume(d))
		own_list(d);
}

/* A function or a screen; if both, the screen is for who has no phone. */
static const struct key {
	enum dialogue_state state;
	char key;
	void (*act)(struct dialogue *);
	enum dialogue_state to;
	enum phrase phrase;
} keys[] = {
#define GO(to) NULL, STATE_##to, PHRASE_SCREEN_##to
#define DO(function) function, STATE_END, PHRASE_END
#define OF_PHONE(function) function, STATE_INFO, PHRASE_SCREEN_NOT_FOUND
	{STATE_RESUME, '1', DO(go_on)},
	{STATE_RESUME, '2', DO(own_list)},
	{STATE_RESUME, '0', DO(leave)},
	{STATE_MENU, '1', DO(own_list)},
	{STATE_MENU, '2', GO(CODE)},
	{STATE_MENU, '3', GO(LANGUAGE)},
	{STATE_MENU, '4', GO(NOTICES)},
	{STATE_MENU, '5', NULL, STATE_INFO, PHRASE_SCREEN_HELP},
	{STATE_MENU, '0', DO(leave)},
	{STATE_LIST, '9', DO(next_list)},
	{STATE_LIST, '0', GO(MENU)},
	{STATE_DETAIL, '1', OF_PHONE(send_sms)},
	{STATE_DETAIL, '9', DO(next_page)},
	{STATE_DETAIL, '0', GO(MENU)},
	{STATE_CODE, '0', GO(MENU)},
	{STATE_ID4, '0', GO(MENU)},
	{STATE_NONE, '2', GO(CODE)},
	{STATE_NONE, '0', GO(MENU)},
	{STATE_LANGUAGE, '1', OF_PHONE(speak_plain)},
	{STATE_LANGUAGE, '2', OF_PHONE(speak_accents)},
	{STATE_LANGUAGE, '3', OF_PHONE(speak_english)},
	{STATE_LANGUAGE, '0', GO(MENU)},
	{STATE_NOTICES, '1', OF_PHONE(stop_notices)},
	{STATE_NOTICES, '2', OF_PHONE(start_notices)},
	{STATE_NOTICES, '0', GO(MENU)},
	{STATE_INFO, '0', GO(MENU)},
#undef GO
#undef DO
#undef OF_PHONE
};

static const struct key *
find_key(enum dialogue_state state, const char *input)
{
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (keys[i].state == state && keys[i].key == input[0] &&
		    input[1] == '\0')
			return &keys[i];
	return NULL;
}

/* Not a key: a list's line, a code or ID digits; else shows the screen
 * again. */
static void
take_input(struct dialogue *d, enum dialogue_state state)
{
	switch (state) {
	case STATE_LIST:
		pick(d);
		return;
	case STATE_CODE:
		take_code(d);
		return;
	case STATE_ID4:
		take_id4(d);
		return;
	case STATE_START:
	case STATE_RESUME:
	case STATE_MENU:
	case STATE_DETAIL:
	case STATE_NONE:
	case STATE_LANGUAGE:
	case STATE_NOTICES:
	case STATE_INFO:
	case STATE_END:
		break;
	}
	dialogue_repeat(d);
}

void
menu_step(struct dialogue *d, enum dialogue_state state)
{
	const struct key *key = find_key(state, d->input);

	if (key == NULL)
		take_input(d, state);
	else if (key->act != NULL && (key->to == STATE_END ||
	    dialogue_has_phone(d)))
		key->act(d);
	else
		dialogue_say(d, key->to, key->phrase);
}

/* What is dialled behind the service code may be a question: "2305150001" or
 * "2305150001*1234". What is too short for a code is none. */
void
menu_begin(struct dialogue *d)
{
	size_t n = strcspn(d->input, "*");
	const char *factor = d->input[n] == '*' ? d->input + n + 1 : "";
	struct ask question = {.factor = factor};
	char typed[TYPED_MAX + 1];

	if (n < 4 || n > TYPED_MAX) {
		d->is_fresh = true;
		own_list(d);
		return;
	}
	(void)snprintf(typed, sizeof(typed), "%.*s", (int)n, d->input);
	if (!code_is_typed_factor(factor)) {
		ask_code(d, typed);
		return;
	}
	question.typed = typed;
	ask_dossiers(d, &question, on_picked);
}
