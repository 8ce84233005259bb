/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * First checks whether a text is due at all, then fills the template with the
 * values of this dossier.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "intake/notice.h"
#include "text/amount.h"
#include "text/segment.h"
#include "text/template.h"

/* Returns the word for the receipt, or NULL when a text is due. */
static const char *
why_silent(const struct event *event, const struct conf *conf)
{
	const struct change *change = &event->change;

	if (!event->notify)
		return "notify";
	if (change->phone[0] == '\0')
		return "no_phone";
	if (conf->notices.max_age_ms > 0 &&
	    change->at < clock_wall_ms() - conf->notices.max_age_ms)
		return "stale";
	if (!conf_allows_phone(conf, change->phone))
		return "only_to";
	return NULL;
}

static void
format_due(const char *iso, char out[WHEN_SIZE])
{
	int y, m, d;

	if (when_parse_date(iso, &y, &m, &d) == 0)
		(void)snprintf(out, WHEN_SIZE, "%02d/%02d/%04d", d, m, y);
}

static const char *
first_of(const char *a, const char *b)
{
	return a != NULL && *a != '\0' ? a : b;
}

static enum template_verdict
render(const struct change *change, const struct conf_agency *agency,
    const struct templates *templates, const char *lang, bool accents,
    char **out)
{
	char due[WHEN_SIZE] = "", date[WHEN_SIZE], fee[AMOUNT_SIZE] = "";
	struct template_values values = {
		.agency = first_of(agency->name, agency->id),
		.desk = first_of(agency->desk, agency->name),
		.hotline = agency->hotline,
		.code = change->dossier,
		.parcel = change->parcel,
		.due = due,
		.date = when_format_date(change->at, date),
		.fee = fee,
	};

	values.place = first_of(change->collect_at, values.desk);
	if (change->due != NULL)
		format_due(change->due, due);
	if (change->fee != NULL)
		amount_format(change->fee, fee);
	return templates_render(templates, agency->id, lang,
	    change->situation, change->channel, accents, &values, out);
}

char *
notice_letter(const struct change *change, const struct conf *conf,
    const struct templates *templates)
{
	const struct conf_agency *agency =
	    conf_agency_find(conf, change->agency);
	char *text = NULL;

	if (agency != NULL)
		(void)render(change, agency, templates, first_of(change->lang,
		    agency->language), true, &text);
	return text;
}

static void
add_variant(struct message *message, const char *lang, int accents,
    const char *text)
{
	struct variant *v = &message->variants[message->n_variants];

	if (text == NULL || message->n_variants == VARIANTS_MAX ||
	    segments_measure(text, &v->coding, &v->segments) == -1)
		return;
	v->lang = lang;
	v->accents = accents;
	v->text = xstrdup(text);
	message->n_variants++;
}

/* Adds the other forms that citizens may have asked for. */
static void
add_variants(struct message *message, const struct change *change,
    const struct conf_agency *agency, const struct templates *templates)
{
	const char *lang;

	for (size_t i = 0;
	    (lang = templates_language(templates, i)) != NULL; i++) {
		bool is_own = strcmp(lang, message->lang) == 0;
		char *texts[2] = {NULL, NULL};

		for (int accents = 0; accents < 2; accents++)
			if (!is_own || accents != message->accents)
				(void)render(change, agency, templates, lang,
				    accents == 1, &texts[accents]);
		if (!is_own && texts[0] != NULL && texts[1] != NULL &&
		    strcmp(texts[0], texts[1]) == 0) {
			add_variant(message, lang, -1, texts[0]);
		} else {
			add_variant(message, lang, 0, texts[0]);
			add_variant(message, lang, 1, texts[1]);
		}
		free(texts[0]);
		free(texts[1]);
	}
}

static int64_t
expiry(const struct event *event, const struct conf *conf)
{
	int64_t at = event->change.at + conf->notices.validity_ms;

	return event->expires != 0 && event->expires < at
	    ? event->expires : at;
}

/* The modem whose prefixes match the number. It is only a preference. */
static const char *
wanted_modem(const struct conf *conf, const struct conf_pool *pool,
    const char *phone)
{
	const char *code = conf->gateway.country_code;
	const char *national = phone + 1 + strlen(code);

	if (strncmp(phone + 1, code, strlen(code)) != 0)
		return NULL;	/* the number is of another country */
	for (size_t i = 0; i < conf->n_modems; i++) {
		const struct conf_modem *modem = &conf->modems[i];

		if (!conf_pool_has(pool, modem->name))
			continue;
		for (char **p = modem->prefer; *p != NULL; p++) {
			const char *prefix = **p == '0' ? *p + 1 : *p;

			if (strncmp(national, prefix, strlen(prefix)) == 0)
				return modem->name;
		}
	}
	return NULL;
}

enum notice_verdict
notice_make(const struct event *event, const struct conf *conf,
    const struct templates *templates, struct message *out,
    struct event_fault *why)
{
	const struct change *change = &event->change;
	const struct conf_agency *agency =
	    conf_agency_find(conf, change->agency);

	memset(out, 0, sizeof(*out));
	why->field = "collect_at";
	why->error = why_silent(event, conf);
	if (why->error != NULL)
		return NOTICE_SUPPRESS;
	out->lang = first_of(change->lang, agency->language);
	out->accents = change->accents != -1 ? change->accents == 1
	    : agency->accents;
	switch (render(change, agency, templates, out->lang,
	    out->accents == 1, &out->text)) {
	case TEMPLATE_OK:
		break;
	case TEMPLATE_OFF:
		why->error = "switched_off";
		return NOTICE_SUPPRESS;
	case TEMPLATE_TOO_LONG:
		why->error = "text_too_long";
		return NOTICE_REJECT;
	}
	if (message_set_text(out, out->text) == -1) {
		message_clear(out);
		why->error = "text_too_long";
		return NOTICE_REJECT;
	}
	add_variants(out, change, agency, templates);
	(void)snprintf(out->phone, sizeof(out->phone), "%s", change->phone);
	out->pool = conf_agency_pool(conf, agency)->name;
	out->want = wanted_modem(conf, conf_agency_pool(conf, agency),
	    change->phone);
	out->priority = event->priority;
	out->not_before = event->not_before;
	out->expires_at = expiry(event, conf);
	if (out->not_before >= out->expires_at) {
		/* It would wait until its validity ends. */
		message_clear(out);
		why->error = "after_expires";
		why->field = "not_before";
		return NOTICE_REJECT;
	}
	return NOTICE_SEND;
}
