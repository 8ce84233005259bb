/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any dialogue: each line is a request, its first octet says of which
 * session, transport and kind, the rest is what was typed. Redis is a
 * variable here, and questions are answered at once, in several ways.
 * Every request must be answered once, with a screen that fits.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include <event2/event.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "dossier/code.h"
#include "lookup/ask.h"
#include "lookup/inside.h"
#include "lookup/screen.h"
#include "lookup/send.h"
#include "redis/lookup.h"
#include "redis/store.h"
#include "text/phrase.h"
#include "text/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* --- what stands in for Redis --------------------------------------------- */

static struct {
	struct event_base *base;
	struct phrases *phrases;
	struct conf conf;
	struct lookup lookup;
	char *memory;		/* the phone's dialogue */
	unsigned n_asked, n_answers;
	const struct lookup_transport *transport;
} world;

const struct phrases *
templates_phrases(const struct templates *set)
{
	(void)set;
	return world.phrases;
}

bool
store_is_up(const struct store *store)
{
	(void)store;
	return true;
}

void
store_dialogue_get(struct store *store, const char *who,
    store_dialogue *done, void *arg)
{
	(void)store;
	(void)who;
	done(world.memory, NULL, arg);
}

void
store_dialogue_set(struct store *store, const char *who, const char *text,
    int64_t ttl_ms)
{
	(void)store;
	(void)who;
	assert(ttl_ms > 0);
	free(world.memory);
	world.memory = xstrdup(text);
}

void
store_wish(struct store *store, const struct wish *wish, store_done *done,
    void *arg)
{
	struct store_answer answer = {.result = "done"};

	(void)store;
	assert(wish->id != NULL);
	done(&answer, arg);
}

const char *
lookup_who(const struct lookup *lookup, const char *phone,
    char out[KEYHASH_SIZE])
{
	(void)lookup;
	(void)snprintf(out, KEYHASH_SIZE, "%s", phone);
	return out;
}

const char *
lookup_pool(const struct lookup *lookup, const char *agency)
{
	(void)lookup;
	(void)agency;
	return "default";
}

void
lookup_send(struct lookup *lookup, const struct lookup_text *out,
    lookup_sent *done, void *arg)
{
	(void)lookup;
	assert(u8_mbsnlen((const uint8_t *)out->text, strlen(out->text)) <=
	    PHRASE_SMS_MAX);
	done((enum lookup_sending)(world.n_asked % 3), arg);
}

/* Each question gets another kind of answer. */
void
lookup_ask(struct lookup *lookup, const struct ask *ask, ask_answered *done,
    void *arg)
{
	unsigned n = world.n_asked++;
	struct ask_dossier dossiers[ASK_DOSSIERS_MAX];
	struct ask_answer answer = {.verdict = (enum ask_verdict)(n % 5),
	    .accents = (int)(n % 3) - 1, .lang = n % 4 == 0 ? "km" : ""};
	struct code_typed typed;

	(void)lookup;
	assert(ask->count >= 1 && ask->count <= ASK_DOSSIERS_MAX);
	code_read_typed(ask->typed != NULL ? ask->typed : "", &typed);
	if (answer.verdict == ASK_FOUND) {
		answer.n = n % ask->count + 1;
		answer.total = answer.n + n % 7;
		answer.dossiers = dossiers;
	}
	for (size_t i = 0; i < answer.n; i++)
		dossiers[i] = (struct ask_dossier){
			.code = "H10.45-230515-0001",
			.situation = (enum situation)(SITUATION_FIRST +
			    (int)((n + i) % SITUATION_LAST)),
			.is_own = n % 2 == 0,
			.updated_at = 1,
			.agency = "", .due = "2026-12-01", .fee = "100000",
			.parcel = "",
			.place = n % 3 == 0 ? "Một cửa 😀😀 xã Bom Bo, thôn 3, "
			    "đường số 760, tỉnh lộ [mới] {x}" : "",
		};
	done(&answer, arg);
}

/* --- one input ------------------------------------------------------------ */

static const struct templates *
no_templates(void *arg)
{
	(void)arg;
	return NULL;
}

static void
set_up(void)
{
	static const struct lookup_hooks hooks = {
		.templates = no_templates,
	};

	world.base = event_base_new();
	world.phrases = phrases_new();
	world.lookup.base = world.base;
	world.lookup.conf = &world.conf;
	world.lookup.hooks = &hooks;
}

static void
on_answer(const char *text, bool is_final, void *arg)
{
	(void)is_final;
	(void)arg;
	assert(*text != '\0');
	assert(u8_check((const uint8_t *)text, strlen(text)) == NULL);
	assert(screen_fits(text, world.transport->max_octets));
	world.n_answers++;
}

static void
request(const char *line, size_t n)
{
	static const struct lookup_transport transports[] = {
		{"http", 160, true}, {"modem", 160, false},
		{"osmo", 112, true}, {"tiny", 112, false},
	};
	unsigned kind = (unsigned char)line[0];
	char *text = xstrndup(line + 1, n - 1);
	char session[2] = {(char)('a' + (kind >> 2) % 3), '\0'};
	struct lookup_request r = {.session = session,
	    .phone = "+84912345678", .text = text};

	r.transport = world.transport = &transports[kind % 4];
	world.n_answers = 0;
	/* The fronts only take UTF-8. */
	if (u8_check((const uint8_t *)text, strlen(text)) == NULL) {
		if ((kind >> 4) % 2 == 0)
			lookup_input(&world.lookup, &r, on_answer, NULL);
		else
			lookup_begin(&world.lookup, &r, on_answer, NULL);
		assert(world.n_answers == 1);
		assert(LIST_EMPTY(&world.lookup.dialogues));
	}
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;

	if (world.base == NULL)
		set_up();
	free(world.memory);
	world.memory = NULL;
	world.n_asked = 0;
	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t n = (size_t)((stop != NULL ? stop : end) - p);

		if (n > 0 && memchr(p, '\0', n) == NULL)
			request(p, n);
		p += n + 1;
	}
	return 0;
}
