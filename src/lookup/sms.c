/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns a citizen's text into its answer.
 */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "lookup/reply.h"
#include "lookup/words.h"

#define NEWEST 3 /* dossiers of one answer */

static const struct {
	const char *once, *wish;
	enum phrase phrase;
} said[] = {
	[WORD_HELP] = {"help", NULL, PHRASE_SMS_HELP},
	[WORD_STOP] = {"stop", "stop", PHRASE_SMS_STOPPED},
	[WORD_START] = {"start", "start", PHRASE_SMS_STARTED},
	[WORD_ACCENTS] = {"accents", "accents", PHRASE_SMS_ACCENTS},
	[WORD_PLAIN] = {"plain", "plain", PHRASE_SMS_PLAIN},
	[WORD_WRONG_NUMBER] = {"wrong", "wrong_number", PHRASE_SMS_WRONG},
};

struct sms *
sms_new(const struct conf *conf, struct store *store, struct lookup *lookup,
    const struct sms_hooks *hooks, void *arg)
{
	struct sms *sms = xcalloc(1, sizeof(*sms));

	sms->conf = conf;
	sms->store = store;
	sms->lookup = lookup;
	sms->hooks = hooks;
	sms->arg = arg;
	return sms;
}

void
sms_free(struct sms *sms)
{
	free(sms);
}

/* Answers with a phrase in the phone's language and form; a wish that this text
 * makes counts already. */
static void
answer_phrase(struct reply *reply)
{
	const struct question *q = &reply->question;
	struct voice voice = {q->lang, q->accents == 1};

	if (reply->word == WORD_ACCENTS || reply->word == WORD_PLAIN)
		voice.accents = reply->word == WORD_ACCENTS;
	reply_end(reply, lookup_say(reply->sms->lookup, voice,
	    said[reply->word].phrase), said[reply->word].once);
}

static void
on_asked(const struct ask_answer *answer, void *arg)
{
	struct reply *reply = arg;
	char *text = NULL;

	if (answer->verdict == ASK_UNAVAILABLE) {
		reply_postpone(reply);
		return;
	}
	if (answer->verdict == ASK_FOUND || answer->may_complain)
		text = answer_sms(reply->sms->lookup, answer);
	reply->shows = answer->verdict == ASK_FOUND;
	reply_end(reply, text, NULL);
}

static void
ask_by_words(struct reply *reply, const struct words *words)
{
	struct ask ask = {
		.front = "sms",
		.phone = reply->question.phone,
		.text = reply->question.id,
		.typed = words->word == WORD_FIND ? words->typed : NULL,
		.factor = words->factor[0] != '\0' ? words->factor : NULL,
		.count = NEWEST,
	};

	lookup_ask(reply->sms->lookup, &ask, on_asked, reply);
}

static void
on_wished(const struct store_answer *answer, void *arg)
{
	struct reply *reply = arg;

	if (answer->error != NULL)
		reply_postpone(reply);
	else if (!reply->sms->conf->lookup.enabled)
		reply_end(reply, NULL, NULL);
	else
		answer_phrase(reply);
}

/* The question's id names the wish, so repeating it does no harm. */
static void
wish(struct reply *reply)
{
	struct wish wish = {
		.phone = reply->question.phone,
		.word = said[reply->word].wish,
		.front = "sms",
		.id = reply->question.id,
	};

	metric_add(METRIC_WISHES, 1);
	store_wish(reply->sms->store, &wish, on_wished, reply);
}

static void
text_answer(struct reply *reply)
{
	bool is_enabled = reply->sms->conf->lookup.enabled;
	struct words words;

	words_parse(reply->question.text, &words);
	reply->word = (int)words.word;
	switch (words.word) {
	case WORD_NONE:
		metric_add(METRIC_QUESTIONS_NO_WORD, 1);
		reply_note(reply);
		break;
	case WORD_LIST:
	case WORD_FIND:
		if (is_enabled)
			ask_by_words(reply, &words);
		else
			reply_end(reply, NULL, NULL);
		break;
	case WORD_HELP:
		if (is_enabled)
			answer_phrase(reply);
		else
			reply_end(reply, NULL, NULL);
		break;
	case WORD_STOP:
	case WORD_START:
	case WORD_ACCENTS:
	case WORD_PLAIN:
	case WORD_WRONG_NUMBER:
		/* The wish counts whether questions are answered or not. */
		wish(reply);
		break;
	}
}

void
sms_answer(struct sms *sms, const struct question *question)
{
	struct reply *reply = reply_new(sms, question);

	if (strcmp(question->kind, "call") == 0)
		call_answer(reply);
	else
		text_answer(reply);
}
