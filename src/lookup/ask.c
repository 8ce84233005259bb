/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sends a question to Redis and reads its answer. The digits of an ID are
 * compared here, because the keys of their hashes are here. Unknown dossiers
 * and those that the phone may not see take the same way through this file,
 * too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "lookup/ask.h"
#include "lookup/words.h"
#include "lookup/inside.h"
#include "redis/lookup.h"

#define OTHERS 3	/* scripts/ask.lua */

struct ask_call {
	struct lookup *lookup;
	ask_answered *done;
	void *arg;
	struct store_question q;
	char who[KEYHASH_SIZE], phone[PHONE_SIZE], front[8];
	char factor[WORDS_FACTOR];
	struct code_typed typed;
};

const char *
lookup_who(const struct lookup *lookup, const char *phone,
    char out[KEYHASH_SIZE])
{
	return keyhash_make(lookup->keyhash, "phone", phone, out);
}

/* --- a record as the citizen may see it ----------------------------------- */

static const char *
word(const json_t *row, const char *name)
{
	const char *value = json_string_value(json_object_get(row, name));

	return value != NULL ? value : "";
}

static int64_t
moment(const json_t *row, const char *name)
{
	return strtoll(word(row, name), NULL, 10);
}

/* For "late", the answer gives the time of that event. A status that came after
 * it replaces it. */
static enum situation
situation_of(const json_t *row)
{
	enum situation situation;

	if (*word(row, "late_at") != '\0' &&
	    moment(row, "late_at") >= moment(row, "at"))
		return SITUATION_LATE;
	if (situation_parse(word(row, "status"), &situation) == -1)
		return SITUATION_REGISTERED;
	return situation;
}

/* "has a result 01/12" would not be understood. */
static bool
has_due(enum situation situation)
{
	return situation == SITUATION_RECEIVED ||
	    situation == SITUATION_PROCESSING ||
	    situation == SITUATION_SUPPLEMENT || situation == SITUATION_LATE;
}

/* The appointed date of a receipt is not a deadline for handing in papers. */
static const char *
due_of(const json_t *row, enum situation situation)
{
	const char *of = word(row, "due_of");

	if (!has_due(situation))
		return "";
	if ((situation == SITUATION_SUPPLEMENT ||
	    situation == SITUATION_LATE) &&
	    strcmp(of, situation_name(situation)) != 0)
		return "";
	if (situation != SITUATION_SUPPLEMENT &&
	    strcmp(of, situation_name(SITUATION_SUPPLEMENT)) == 0)
		return "";
	return word(row, "due");
}

static void
read_dossier(const json_t *row, bool is_own, struct ask_dossier *out)
{
	memset(out, 0, sizeof(*out));
	(void)snprintf(out->code, sizeof(out->code), "%s", word(row, "code"));
	out->situation = situation_of(row);
	if (channel_parse(word(row, "channel"), &out->channel) == -1)
		out->channel = CHANNEL_DIRECT;
	out->is_own = is_own;
	out->at = moment(row, "at");
	out->updated_at = moment(row, "updated_at");
	out->agency = word(row, "agency");
	out->due = is_own ? due_of(row, out->situation) : "";
	out->place = is_own ? word(row, "collect_at") : "";
	out->fee = is_own ? word(row, "fee") : "";
	out->parcel = is_own ? word(row, "parcel") : "";
}

/* --- the answer ----------------------------------------------------------- */

/* Is this only a step of a question whose answer comes later? */
static bool
is_step(const struct ask_call *question, enum ask_verdict verdict)
{
	const struct store_question *q = &question->q;

	return (q->is_free && !q->has_factor) ||
	    (q->is_probe && verdict == ASK_NOT_FOUND);
}

static void
count_verdict(const struct ask_call *question, enum ask_verdict verdict)
{
	static const enum metric verdicts[] = {
		[ASK_FOUND] = METRIC_LOOKUPS_FOUND,
		[ASK_NONE] = METRIC_LOOKUPS_NONE,
		[ASK_NOT_FOUND] = METRIC_LOOKUPS_NOT_FOUND,
		[ASK_LIMITED] = METRIC_LOOKUPS_LIMITED,
		[ASK_UNAVAILABLE] = METRIC_LOOKUPS_UNAVAILABLE,
	};

	metric_add(verdicts[verdict], 1);
	if (strcmp(question->front, "sms") == 0)
		metric_add(METRIC_LOOKUPS_SMS, 1);
	else if (strcmp(question->front, "call") == 0)
		metric_add(METRIC_LOOKUPS_CALL, 1);
	else
		metric_add(METRIC_LOOKUPS_USSD, 1);
}

static void
ask_end(struct ask_call *question, const struct ask_answer *answer)
{
	static const char *const names[] = {
		[ASK_FOUND] = "found",
		[ASK_NONE] = "none",
		[ASK_NOT_FOUND] = "not_found",
		[ASK_LIMITED] = "limited",
		[ASK_UNAVAILABLE] = "unavailable",
	};
	char phone[PHONE_SIZE], code[CODE_SIZE] = "-";

	if (answer->n == 1)
		(void)code_mask(answer->dossiers[0].code, code, sizeof(code));
	if (!is_step(question, answer->verdict)) {
		log_info("lookup", "front=%s phone=%s verdict=%s n=%zu "
		    "code=%s", question->front,
		    phone_mask(question->phone, phone),
		    names[answer->verdict], answer->total, code);
		count_verdict(question, answer->verdict);
	}
	question->done(answer, question->arg);
	free(question);
}

static void
give_own(struct ask_call *question, const json_t *rows,
    struct ask_answer *answer)
{
	struct ask_dossier dossiers[ASK_DOSSIERS_MAX];

	while (answer->n < json_array_size(rows) &&
	    answer->n < ASK_DOSSIERS_MAX) {
		read_dossier(json_array_get(rows, answer->n), true,
		    &dossiers[answer->n]);
		answer->n++;
	}
	answer->verdict = ASK_FOUND;
	answer->dossiers = dossiers;
	ask_end(question, answer);
}

/* Makes the same number of comparisons for every question, whatever exists. */
static const json_t *
find_match(const struct ask_call *question, const json_t *rows)
{
	static const char *const factors[] = {"id4", "secret"};
	const struct lookup *lookup = question->lookup;
	const json_t *found = NULL;

	for (size_t i = 0; i < OTHERS; i++) {
		const json_t *row = json_array_get(rows, i);
		for (size_t k = 0; k < 2; k++) {
			const char *stored = word(row, factors[k]);

			if (*stored == '\0')
				stored = lookup->nobody;
			if (keyhash_matches(lookup->keyhash, stored,
			    word(row, "code"), question->factor))
				found = row;
		}
	}
	return found;
}

static void
give_other(struct ask_call *question, const json_t *result,
    struct ask_answer *answer)
{
	const json_t *row = find_match(question,
	    json_object_get(result, "others"));
	struct ask_dossier dossier;

	answer->verdict = ASK_NOT_FOUND;
	if (row != NULL && !json_is_true(json_object_get(result, "locked"))) {
		read_dossier(row, false, &dossier);
		answer->verdict = ASK_FOUND;
		answer->dossiers = &dossier;
		answer->n = answer->total = 1;
		store_asked(question->lookup->store, &question->q, result);
	}
	ask_end(question, answer);
}

static void
on_told(const json_t *result, const char *error, void *arg)
{
	struct ask_call *question = arg;
	const struct lookup *lookup = question->lookup;
	const char *verdict = word(result, "verdict");
	const char *accents = word(result, "accents");
	struct ask_answer answer = {
		.verdict = ASK_UNAVAILABLE,
		.may_complain = error != NULL ||
		    json_is_true(json_object_get(result, "complain")),
		.accents = *accents != '\0' ? *accents == '1' : -1,
		.lang = word(result, "lang"),
		.total = (size_t)json_integer_value(
		    json_object_get(result, "total")),
	};

	if (result != NULL)
		lookup->hooks->on_watched(
		    json_is_true(json_object_get(result, "scanning")),
		    json_is_true(json_object_get(result, "guessing")),
		    lookup->arg);
	if (strcmp(verdict, "own") == 0) {
		give_own(question, json_object_get(result, "own"), &answer);
		return;
	}
	if (strcmp(verdict, "others") == 0) {
		give_other(question, result, &answer);
		return;
	}
	if (strcmp(verdict, "none") == 0)
		answer.verdict = ASK_NONE;
	else if (strcmp(verdict, "limited") == 0)
		answer.verdict = ASK_LIMITED;
	ask_end(question, &answer);
}

void
lookup_ask(struct lookup *lookup, const struct ask *ask, ask_answered *done,
    void *arg)
{
	struct ask_call *question = xcalloc(1, sizeof(*question));
	struct store_question *q = &question->q;

	question->lookup = lookup;
	question->done = done;
	question->arg = arg;
	(void)snprintf(question->front, sizeof(question->front), "%s",
	    ask->front);
	(void)snprintf(question->phone, sizeof(question->phone), "%s",
	    ask->phone);
	(void)snprintf(question->factor, sizeof(question->factor), "%s",
	    ask->factor != NULL ? ask->factor : "");
	q->who = lookup_who(lookup, ask->phone, question->who);
	q->phone = question->phone;
	if (ask->typed != NULL) {
		code_read_typed(ask->typed, &question->typed);
		q->key = question->typed.key;
		q->digits = question->typed.digits;
		q->is_digits = question->typed.is_digits;
	}
	q->has_factor = ask->factor != NULL;
	q->front = ask->front;
	q->is_free = ask->is_free;
	q->is_probe = ask->is_probe;
	q->text = ask->text;
	q->first = ask->first;
	q->count = ask->count;
	store_ask(lookup->store, q, on_told, question);
}
