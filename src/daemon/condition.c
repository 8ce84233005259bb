/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds what hinders a modem. The table is in order: the worst comes first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/balance.h"
#include "daemon/condition.h"
#include "daemon/state.h"
#include "dispatch/dispatch.h"
#include "modem/modem.h"
#include "modem/work.h"

#define WEAK_DBM	(-105)	/* texts begin to fail */
#define INBOX_FULL	80	/* percent */

/* Each sign is one function: true when it holds, with its detail. */
typedef bool sign(const struct daemon *, const struct modem *,
    char detail[CONDITION_DETAIL]);

static bool
is_refusing(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)snprintf(detail, CONDITION_DETAIL, "%s",
	    modem_last_refusal(modem));
	return dispatch_is_refusing(d->dispatch, modem_name(modem));
}

/* The breaker opens after three refused texts. If texts still come in, SIM and
 * network are well and only sending fails. */
static bool
only_receives(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	return is_refusing(d, modem, detail) &&
	    work_receives(modem_work(modem));
}

static bool
refuses_many(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	unsigned refused, tried;
	bool is_so = work_many_refused(modem_work(modem), clock_wall_ms(),
	    &refused, &tried);

	(void)d;
	(void)snprintf(detail, CONDITION_DETAIL, "%u/%u", refused, tried);
	return is_so;
}

static bool
gets_no_reports(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	unsigned n = work_silent(modem_work(modem), clock_wall_ms());

	(void)d;
	(void)snprintf(detail, CONDITION_DETAIL, "%u", n);
	return n > 0 && strstr(modem_lacks(modem), "reports") == NULL;
}

static bool
has_moved(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)d, (void)detail;
	return *modem_sim_was(modem) != '\0';
}

static bool
is_paused(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)d, (void)detail;
	return modem_wish(modem) == MODEM_WISH_PAUSED;
}

static bool
is_draining(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)d, (void)detail;
	return modem_wish(modem) == MODEM_WISH_DRAIN;
}

static bool
is_failing(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)snprintf(detail, CONDITION_DETAIL, "%s",
	    modem_last_refusal(modem));
	return strcmp(dispatch_breaker(d->dispatch, modem_name(modem)),
	    "closed") != 0;
}

static bool
is_stuck(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)d, (void)detail;
	return modem_is_stuck(modem);
}

/* Names the longest period that is used up. Quotas of a minute or an hour do
 * not count: they soon end by themselves. */
static bool
has_no_quota(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	struct dispatch_quota quotas[DISPATCH_QUOTAS];
	size_t n = dispatch_quotas(d->dispatch, modem_name(modem), quotas);
	bool is_used_up = false;

	for (size_t i = 0; i < n; i++) {
		if (quotas[i].used < quotas[i].limit ||
		    strcmp(quotas[i].period, "minute") == 0)
			continue;
		(void)snprintf(detail, CONDITION_DETAIL, "%s",
		    quotas[i].period);
		is_used_up = true;
	}
	return is_used_up;
}

static bool
has_little_credit(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	int64_t amount = balance_of(d, modem);

	(void)snprintf(detail, CONDITION_DETAIL, "%lld", (long long)amount);
	return amount >= 0 && amount < modem_conf(modem)->balance.low;
}

static bool
has_unknown_credit(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)detail;
	return balance_is_unreadable(d, modem);
}

static bool
has_full_inbox(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	unsigned used, size;

	(void)d;
	if (!modem_inbox(modem, &used, &size))
		return false;
	(void)snprintf(detail, CONDITION_DETAIL, "%u/%u", used, size);
	return used * 100 >= size * INBOX_FULL;
}

static bool
has_weak_signal(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	int dbm = modem_dbm(modem);

	(void)d;
	(void)snprintf(detail, CONDITION_DETAIL, "%d", dbm);
	return dbm != 0 && dbm <= WEAK_DBM;
}

static bool
lacks_something(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	(void)d;
	(void)snprintf(detail, CONDITION_DETAIL, "%s", modem_lacks(modem));
	return detail[0] != '\0';
}

/* alarm: the one that the reason raises; NONE: another file raises it, or
 * nobody */
#define NONE ALARM_END
static const struct {
	enum health_reason reason;
	sign *holds;
	enum alarm_id alarm;
} signs[] = {
	{HEALTH_PAUSED, is_paused, NONE},
	{HEALTH_DRAINING, is_draining, NONE},
	{HEALTH_RECEIVE_ONLY, only_receives, ALARM_RECEIVE_ONLY},
	{HEALTH_REFUSING, is_refusing, NONE},
	{HEALTH_FAILING, is_failing, NONE},
	{HEALTH_MANY_REFUSED, refuses_many, ALARM_MANY_REFUSED},
	{HEALTH_SILENT_BLOCK, gets_no_reports, ALARM_SILENT_BLOCK},
	{HEALTH_SIM_MOVED, has_moved, ALARM_SIM_MOVED},
	{HEALTH_STUCK, is_stuck, NONE},
	{HEALTH_QUOTA, has_no_quota, NONE},
	{HEALTH_CREDIT_LOW, has_little_credit, NONE},
	{HEALTH_BALANCE_UNREADABLE, has_unknown_credit, NONE},
	{HEALTH_INBOX_FULL, has_full_inbox, NONE},
	{HEALTH_SIGNAL_WEAK, has_weak_signal, NONE},
	{HEALTH_LACKS, lacks_something, NONE},
};
#define N_SIGNS (sizeof(signs) / sizeof(signs[0]))

enum health_reason
condition_of(const struct daemon *d, const struct modem *modem,
    char detail[CONDITION_DETAIL])
{
	const char *own;
	enum health_reason reason = modem_reason(modem, &own);

	(void)snprintf(detail, CONDITION_DETAIL, "%s", own);
	if (reason != HEALTH_WELL)
		return reason;
	for (size_t i = 0; i < N_SIGNS; i++) {
		detail[0] = '\0';
		if (signs[i].holds(d, modem, detail))
			return signs[i].reason;
	}
	return HEALTH_WELL;
}

void
condition_describe(const struct daemon *d, const struct modem *modem,
    json_t *out)
{
	char detail[CONDITION_DETAIL];
	enum health_reason reason = condition_of(d, modem, detail);
	const struct health_row *row = health_row(reason);
	char *sentence = health_sentence(reason, HEALTH_EN, detail);
	char *trouble = reason == HEALTH_WELL ? xstrdup("")
	    : xasprintf("%s: %s", row->word, sentence);

	json_object_set_new(out, "reason", json_string(row->word));
	json_object_set_new(out, "reason_detail", json_string(detail));
	json_object_set_new(out, "trouble", json_string(trouble));
	json_object_set_new(out, "sentence", json_string(sentence));
	json_object_set_new(out, "advice", json_string(
	    row->advice[HEALTH_EN]));
	free(sentence);
	free(trouble);
}

static void
watch_sign(const struct daemon *d, const struct modem *modem, size_t i)
{
	enum health_reason reason = signs[i].reason;
	char detail[CONDITION_DETAIL] = "";
	bool holds = signs[i].holds(d, modem, detail);
	char *text;

	/* After a restart the alarm stays until a text was sent: only that
	 * proves that the reason is gone. */
	if (!holds && modem_last_sent_at(modem) == 0)
		return;
	text = health_sentence(reason, HEALTH_EN, detail);
	alarm_set(d->alarms, signs[i].alarm, modem_name(modem), holds,
	    holds ? text : "the cause is gone");
	free(text);
}

void
condition_watch(const struct daemon *d)
{
	for (size_t m = 0; m < d->n_modems; m++)
		for (size_t i = 0; i < N_SIGNS; i++)
			if (signs[i].alarm != NONE)
				watch_sign(d, d->modems[m], i);
}
