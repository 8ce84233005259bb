/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Picks the phrase for an answer: the richest one that fits.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistr.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "lookup/answer.h"
#include "lookup/inside.h"
#include "text/amount.h"
#include "text/segment.h"

#define OLD_MS	  (INT64_C(24) * 3600 * 1000)
#define SMS_LINES 3

/* The phrases of situations stand in the order of the situations. */
_Static_assert(PHRASE_WORD_LATE - PHRASE_WORD_REGISTERED ==
    SITUATION_LATE - SITUATION_FIRST, "words");
_Static_assert(PHRASE_STATUS_LATE - PHRASE_STATUS_REGISTERED ==
    SITUATION_LATE - SITUATION_FIRST, "statuses");

/* Everything that phrases say about one dossier. */
struct facts {
	struct phrase_values values;
	char short_code[16], due[WHEN_SIZE], day[8], date[WHEN_SIZE];
	char as_of[16], fee[AMOUNT_SIZE];
	char *word, *status;
};

struct voice
answer_voice(const struct lookup *lookup, const struct ask_answer *answer)
{
	struct voice voice = {answer->lang, answer->accents == 1};
	const struct conf_agency *agency = answer->n == 0 ? NULL
	    : conf_agency_find(lookup->conf, answer->dossiers[0].agency);

	if (*voice.lang == '\0' && agency != NULL)
		voice.lang = agency->language;
	if (answer->accents == -1 && agency != NULL)
		voice.accents = agency->accents;
	return voice;
}

char *
lookup_say(const struct lookup *lookup, struct voice voice,
    enum phrase phrase)
{
	return phrase_render(lookup_phrases(lookup), voice.lang,
	    voice.accents, phrase, NULL);
}

static char *
render(const struct lookup *lookup, struct voice voice, enum phrase phrase,
    const struct facts *facts)
{
	return phrase_render(lookup_phrases(lookup), voice.lang,
	    voice.accents, phrase, &facts->values);
}

/* --- facts ---------------------------------------------------------------- */

/* "..0001": the last four characters. */
static void
shorten(const char *code, char *out, size_t size)
{
	const char *p = code + strlen(code);

	for (int n = 0; n < 4 && p > code; n++)
		do
			p--;
		while (p > code && ((unsigned char)*p & 0xc0) == 0x80);
	(void)snprintf(out, size, "..%s", p);
}

/* "15:00 19/05" when the data is old. */
static void
date_data(int64_t updated_at, char *out, size_t size)
{
	time_t seconds = (time_t)(updated_at / 1000);
	struct tm tm;

	*out = '\0';
	if (updated_at <= 0 || clock_wall_ms() - updated_at <= OLD_MS)
		return;
	if (localtime_r(&seconds, &tm) != NULL)
		(void)strftime(out, size, "%H:%M %d/%m", &tm);
}

static enum phrase
status_phrase(const struct ask_dossier *d)
{
	if (d->situation == SITUATION_READY && d->channel == CHANNEL_POSTAL)
		return PHRASE_STATUS_POSTED;
	return (enum phrase)(PHRASE_STATUS_REGISTERED +
	    (d->situation - SITUATION_FIRST));
}

static const char *
place_of(const struct lookup *lookup, const struct ask_dossier *d)
{
	const struct conf_agency *agency;

	if (d->situation != SITUATION_READY || d->channel == CHANNEL_POSTAL)
		return "";
	if (*d->place != '\0')
		return d->place;
	agency = conf_agency_find(lookup->conf, d->agency);
	return agency == NULL ? "" : *agency->desk != '\0' ? agency->desk
	    : agency->name;
}

static void
facts_init(const struct lookup *lookup, struct voice voice,
    const struct ask_dossier *d, struct facts *f)
{
	struct phrase_values *v = &f->values;
	int year, month, day;

	memset(f, 0, sizeof(*f));
	shorten(d->code, f->short_code, sizeof(f->short_code));
	date_data(d->updated_at, f->as_of, sizeof(f->as_of));
	if (d->at > 0)
		(void)when_format_date(d->at, f->date);
	if (d->is_own && when_parse_date(d->due, &year, &month, &day) == 0) {
		(void)snprintf(f->due, sizeof(f->due), "%02d/%02d/%04d", day,
		    month, year);
		(void)snprintf(f->day, sizeof(f->day), "%.5s", f->due);
	}
	if (d->is_own && *d->fee != '\0')
		(void)amount_format(d->fee, f->fee);
	v->code = d->code;
	v->short_code = f->short_code;
	v->time = f->as_of;
	v->date = f->date;
	v->due = f->due;
	v->day = f->day;
	v->fee = f->fee;
	v->place = d->is_own ? place_of(lookup, d) : "";
	v->word = f->word = render(lookup, voice,
	    (enum phrase)(PHRASE_WORD_REGISTERED +
	    (d->situation - SITUATION_FIRST)), f);
	v->status = f->status = render(lookup, voice, status_phrase(d), f);
}

static void
facts_clear(struct facts *f)
{
	free(f->word);
	free(f->status);
}

/* --- short messages ------------------------------------------------------- */

static bool
is_sms(const char *text)
{
	return u8_mbsnlen((const uint8_t *)text, strlen(text)) <=
	    PHRASE_SMS_MAX;
}

/* Texts about one dossier: the long form, or the short one if the code is
 * long. */
static char *
one_sms(const struct lookup *lookup, struct voice voice,
    const struct ask_dossier *d)
{
	enum phrase phrase = d->is_own ? PHRASE_SMS_ANSWER : PHRASE_SMS_OTHER;
	struct facts facts;
	char *text;

	facts_init(lookup, voice, d, &facts);
	if (*facts.as_of != '\0')
		phrase = d->is_own ? PHRASE_SMS_OLD : PHRASE_SMS_OTHER_OLD;
	text = render(lookup, voice, phrase, &facts);
	if (!is_sms(text)) {
		free(text);
		text = render(lookup, voice, d->is_own ? PHRASE_SMS_SHORT
		    : PHRASE_SMS_OTHER_SHORT, &facts);
	}
	facts_clear(&facts);
	return text;
}

static void
add_line(char **text, char *line)
{
	char *longer = **text == '\0' ? xstrdup(line)
	    : xasprintf("%s\n%s", *text, line);

	free(line);
	free(*text);
	*text = longer;
}

static char *
lines(const struct lookup *lookup, struct voice voice,
    const struct ask_answer *answer, bool with_days)
{
	const struct ask_dossier *oldest = NULL;
	struct facts facts;
	char *text = xstrdup("");

	for (size_t i = 0; i < answer->n && i < SMS_LINES; i++) {
		const struct ask_dossier *d = &answer->dossiers[i];

		facts_init(lookup, voice, d, &facts);
		if (!with_days)
			facts.values.day = "";
		add_line(&text, render(lookup, voice, PHRASE_SMS_LINE,
		    &facts));
		facts_clear(&facts);
		if (oldest == NULL || d->updated_at < oldest->updated_at)
			oldest = d;
	}
	facts_init(lookup, voice, oldest, &facts);
	if (*facts.as_of != '\0')
		add_line(&text, render(lookup, voice, PHRASE_SMS_AS_OF,
		    &facts));
	facts_clear(&facts);
	return text;
}

static bool
is_one_segment(const char *text)
{
	struct segments segments;
	bool is_one = segments_init(&segments, text) == 0 && segments.n == 1;

	segments_clear(&segments);
	return is_one;
}

/* Several dossiers: to save room, drop the due dates first, then the
 * accents. */
static char *
several_sms(const struct lookup *lookup, struct voice voice,
    const struct ask_answer *answer)
{
	char *text = lines(lookup, voice, answer, true);

	if (!is_one_segment(text)) {
		free(text);
		text = lines(lookup, voice, answer, false);
	}
	if (!is_one_segment(text)) {
		free(text);
		voice.accents = false;
		text = lines(lookup, voice, answer, true);
	}
	return text;
}

char *
answer_sms(const struct lookup *lookup, const struct ask_answer *answer)
{
	struct voice voice = answer_voice(lookup, answer);

	switch (answer->verdict) {
	case ASK_FOUND:
		if (answer->n > 1)
			return several_sms(lookup, voice, answer);
		return one_sms(lookup, voice, &answer->dossiers[0]);
	case ASK_NONE:
		return lookup_say(lookup, voice, PHRASE_SMS_NONE);
	case ASK_NOT_FOUND:
		return lookup_say(lookup, voice, PHRASE_SMS_NOT_FOUND);
	case ASK_LIMITED:
		return lookup_say(lookup, voice, PHRASE_SMS_LIMITED);
	case ASK_UNAVAILABLE:
		return lookup_say(lookup, voice, PHRASE_SMS_UNAVAILABLE);
	}
	return xstrdup("");
}

/* --- screens -------------------------------------------------------------- */

char *
answer_line(const struct lookup *lookup, struct voice voice,
    const struct ask_dossier *d, unsigned n)
{
	struct facts facts;
	char number[12], *text;

	facts_init(lookup, voice, d, &facts);
	(void)snprintf(number, sizeof(number), "%u", n);
	facts.values.n = number;
	text = render(lookup, voice, PHRASE_LIST_LINE, &facts);
	facts_clear(&facts);
	return text;
}

char *
answer_detail(const struct lookup *lookup, struct voice voice,
    const struct ask_dossier *d)
{
	struct facts facts;
	char *text;

	facts_init(lookup, voice, d, &facts);
	text = render(lookup, voice, d->is_own ? PHRASE_DETAIL_OWN
	    : PHRASE_DETAIL_OTHER, &facts);
	facts_clear(&facts);
	return text;
}
