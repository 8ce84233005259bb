/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Guard rails first, then the template with the values of this dossier.
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

static bool
is_listed(char *const *phones, const char *phone)
{
	for (; *phones != NULL; phones++)
		if (strcmp(*phones, phone) == 0)
			return true;
	return false;
}

/* The word of the receipt, or NULL when a text is due. */
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
	if (conf->notices.only_to[0] != NULL &&
	    !is_listed(conf->notices.only_to, change->phone))
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
    const struct templates *templates, char **out)
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
	return templates_render(templates, agency->id,
	    first_of(change->lang, agency->language), change->situation,
	    change->channel, change->accents != -1 ? change->accents == 1
	    : agency->accents, &values, out);
}

static int64_t
expiry(const struct event *event, const struct conf *conf)
{
	int64_t at = event->change.at + conf->notices.validity_ms;

	return event->expires != 0 && event->expires < at
	    ? event->expires : at;
}

/* The modem whose prefixes the number has: a preference, no more. */
static const char *
wanted_modem(const struct conf *conf, const struct conf_pool *pool,
    const char *phone)
{
	const char *national = phone + 1 + strlen(conf->gateway.country_code);

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
    const char **reason)
{
	const struct change *change = &event->change;
	const struct conf_agency *agency =
	    conf_agency_find(conf, change->agency);
	struct segments segments;

	memset(out, 0, sizeof(*out));
	*reason = why_silent(event, conf);
	if (*reason != NULL)
		return NOTICE_SUPPRESS;
	switch (render(change, agency, templates, &out->text)) {
	case TEMPLATE_OK:
		break;
	case TEMPLATE_OFF:
		*reason = "switched_off";
		return NOTICE_SUPPRESS;
	case TEMPLATE_TOO_LONG:
		*reason = "text_too_long";
		return NOTICE_REJECT;
	}
	if (segments_init(&segments, out->text) == -1) {
		message_clear(out);
		*reason = "text_too_long";
		return NOTICE_REJECT;
	}
	out->coding = segments.coding;
	out->segments = segments.n;
	segments_clear(&segments);
	(void)snprintf(out->phone, sizeof(out->phone), "%s", change->phone);
	out->pool = conf_agency_pool(conf, agency)->name;
	out->want = wanted_modem(conf, conf_agency_pool(conf, agency),
	    change->phone);
	out->priority = event->priority;
	out->not_before = event->not_before;
	out->expires_at = expiry(event, conf);
	return NOTICE_SEND;
}
