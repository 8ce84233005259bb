/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The message centre: takes segments from modems, delivers them to phones,
 * holds them for phones that are off, reports (3GPP TS 23.040 §3.2, §9.2.3).
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim/centre.h"
#include "sim/control.h"
#include "sim/modem.h"
#include "sim/texts.h"

#define ST_DELIVERED 0x00 /* §9.2.3.15 */
#define ST_EXPIRED   0x46
#define COUNTRY	     "84"

/* A segment that waits for its phone. */
struct held {
	TAILQ_ENTRY(held) entry;
	struct centre *centre;
	struct event *expiry;
	char modem[SIM_NAME_SIZE];
	char from[SIM_NUMBER_SIZE];
	char to[SIM_NUMBER_SIZE];
	struct submit submit;
	struct report_policy policy;
	int64_t sent_at_ms;
};

/* A status report under way. */
struct pending_report {
	TAILQ_ENTRY(pending_report) entry;
	struct centre *centre;
	struct event *timer;
	char from[SIM_NUMBER_SIZE];
	char to[SIM_NUMBER_SIZE];
	uint8_t type;
	uint8_t mr;
	uint8_t status;
	int64_t sent_at_ms;
	int64_t done_at_ms;
};

struct centre {
	struct sim *sim;
	struct handset_list handsets;
	struct report_policy policy;
	TAILQ_HEAD(, held) held;
	TAILQ_HEAD(, pending_report) reports;
	struct centre_counters counters;
	uint64_t last_id;
	uint8_t last_ref;
};

struct centre *
centre_new(struct sim *sim)
{
	struct centre *centre = xcalloc(1, sizeof(*centre));

	centre->sim = sim;
	TAILQ_INIT(&centre->handsets);
	TAILQ_INIT(&centre->held);
	TAILQ_INIT(&centre->reports);
	return centre;
}

static void
held_free(struct held *held)
{
	TAILQ_REMOVE(&held->centre->held, held, entry);
	held->centre->counters.held--;
	if (held->expiry != NULL)
		event_free(held->expiry);
	free(held);
}

static void
report_free(struct pending_report *report)
{
	TAILQ_REMOVE(&report->centre->reports, report, entry);
	event_free(report->timer);
	free(report);
}

void
centre_clear(struct centre *centre)
{
	struct handset *handset;

	while (!TAILQ_EMPTY(&centre->held))
		held_free(TAILQ_FIRST(&centre->held));
	while (!TAILQ_EMPTY(&centre->reports))
		report_free(TAILQ_FIRST(&centre->reports));
	TAILQ_FOREACH (handset, &centre->handsets, entry)
		handset_clear(handset);
	memset(&centre->counters, 0, sizeof(centre->counters));
}

void
centre_free(struct centre *centre)
{
	if (centre == NULL)
		return;
	centre_clear(centre);
	handset_free_all(&centre->handsets);
	free(centre);
}

void
centre_normalise(const char *number, char out[SIM_NUMBER_SIZE])
{
	char result[SIM_NUMBER_SIZE];
	size_t n = strlen(number);

	memset(result, 0, sizeof(result));
	if (number[0] == '0' && n == 10)
		(void)strcat(strcpy(result, "+" COUNTRY), number + 1);
	else if (strncmp(number, COUNTRY, 2) == 0 && n == 11)
		(void)strcat(strcpy(result, "+"), number);
	else
		(void)strncpy(result, number, sizeof(result) - 1);
	memcpy(out, result, sizeof(result));
}

static void
report_cb(evutil_socket_t fd, short what, void *arg)
{
	struct pending_report *report = arg;
	struct modem *modem = sim_find_number(report->centre->sim,
	    report->from);
	struct status_report content = {
		.mr = report->mr,
		.status = report->status,
		.to = report->to,
		.type = report->type,
		.sent_at_ms = report->sent_at_ms,
		.done_at_ms = report->done_at_ms,
	};
	uint8_t tpdu[PDU_SIZE];

	(void)fd;
	(void)what;
	if (modem != NULL) {
		report->centre->counters.reports++;
		modem_give_tpdu(modem, tpdu, report_encode(&content, tpdu),
		    true);
	}
	report_free(report);
}

static void
start_report(const struct held *held, uint8_t status, unsigned delay_ms)
{
	struct centre *centre = held->centre;
	struct timeval wait = {delay_ms / 1000, delay_ms % 1000 * 1000};
	struct pending_report *report;

	if (!held->submit.has_srr || !centre->sim->options.wants_reports)
		return;
	report = xcalloc(1, sizeof(*report));
	report->centre = centre;
	memcpy(report->from, held->from, sizeof(report->from));
	memcpy(report->to, held->policy.recipient[0] != '\0'
	    ? held->policy.recipient : held->to, sizeof(report->to));
	report->type = held->policy.type;
	report->mr = held->submit.mr;
	report->status = status;
	report->sent_at_ms = held->sent_at_ms;
	report->done_at_ms = clock_wall_ms();
	report->timer = evtimer_new(centre->sim->base, report_cb, report);
	TAILQ_INSERT_TAIL(&centre->reports, report, entry);
	(void)evtimer_add(report->timer, &wait);
}

static void
report_delivery(const struct held *held)
{
	unsigned delay_ms = held->centre->sim->options.report_delay_ms;

	switch (held->policy.mode) {
	case REPORT_NEVER:
	case REPORT_FAILED:
		return;
	case REPORT_LATE:
		start_report(held, ST_DELIVERED, held->policy.late_ms);
		return;
	case REPORT_TWICE:
		start_report(held, ST_DELIVERED, delay_ms);
		break;
	case REPORT_NOW:
	case REPORT_PENDING:
		break;
	}
	start_report(held, ST_DELIVERED, delay_ms);
}

/* The phone has all parts of a text. Takes joined->text. */
static void
show_text(const struct held *held, struct handset *handset,
    struct joined *joined)
{
	struct centre *centre = held->centre;
	struct inbox_text *text = xcalloc(1, sizeof(*text));
	struct text_record record;

	text->id = ++centre->last_id;
	memcpy(text->modem, held->modem, sizeof(text->modem));
	memcpy(text->from, held->from, sizeof(text->from));
	text->text = joined->text;
	text->coding = alphabet_name(held->submit.payload.alphabet);
	text->segments = joined->segments;
	text->is_duplicate = joined->is_again;
	text->arrived_us = clock_mono_us();
	handset_give_text(handset, text);
	centre->counters.texts++;
	record = (struct text_record){
		.modem = text->modem,
		.from = text->from,
		.to = handset->number,
		.text = text->text,
		.coding = text->coding,
		.segments = text->segments,
		.is_duplicate = text->is_duplicate,
		.id = text->id,
		.arrived_us = text->arrived_us,
	};
	texts_write_text(centre->sim->texts, &record);
	control_tell(centre->sim, handset->number, json_pack("{ss ss ss ss}",
	    "event", "text", "from", text->from, "modem", text->modem, "text",
	    text->text));
}

/* To the phone, and to the modem when the number is one's. record: NULL for
 * what was held and is in the file already. */
static void
deliver(const struct held *held, struct handset *handset,
    struct segment_record *record)
{
	struct centre *centre = held->centre;
	struct modem *other = sim_find_number(centre->sim, held->to);
	uint8_t tpdu[PDU_SIZE];
	struct joined joined;

	handset->n_segments++;
	joiner_take(handset->joiner, held->from, held->submit.mr,
	    &held->submit.payload, &joined);
	if (joined.is_duplicate)
		centre->counters.duplicates++;
	if (record != NULL) {
		record->is_duplicate = joined.is_duplicate;
		texts_write_segment(centre->sim->texts, record);
	}
	if (joined.text != NULL)
		show_text(held, handset, &joined);
	if (other != NULL)
		modem_give_tpdu(other, tpdu,
		    deliver_encode(held->from, held->sent_at_ms,
			&held->submit.payload, tpdu), false);
	report_delivery(held);
}

static void
expiry_cb(evutil_socket_t fd, short what, void *arg)
{
	struct held *held = arg;

	(void)fd;
	(void)what;
	start_report(held, ST_EXPIRED, 0);
	held_free(held);
}

static bool
is_held(const struct centre *centre, const char *from, const char *to,
    uint8_t mr)
{
	const struct held *held;

	TAILQ_FOREACH (held, &centre->held, entry) {
		if (held->submit.mr == mr && strcmp(held->from, from) == 0 &&
		    strcmp(held->to, to) == 0)
			return true;
	}
	return false;
}

static void
hold(struct held *held)
{
	struct timeval wait = {0, 0};

	if (held->submit.vp < 0)
		return;
	wait.tv_sec = submit_validity_s(held->submit.vp);
	held->expiry = evtimer_new(held->centre->sim->base, expiry_cb, held);
	(void)evtimer_add(held->expiry, &wait);
}

int
centre_check(struct centre *centre, const struct modem *modem,
    const struct submit *submit)
{
	char to[SIM_NUMBER_SIZE];

	centre_normalise(submit->to, to);
	if (!submit->has_rd ||
	    !is_held(centre, modem_number(modem), to, submit->mr))
		return 0;
	centre->counters.refused++;
	return CMS_DUPLICATE;
}

static struct held *
held_new(struct centre *centre, const struct modem *modem,
    const struct submit *submit, const struct report_policy *policy)
{
	struct held *held = xcalloc(1, sizeof(*held));

	held->centre = centre;
	(void)strncpy(held->modem, modem_name(modem), sizeof(held->modem) - 1);
	(void)strncpy(held->from, modem_number(modem), sizeof(held->from) - 1);
	centre_normalise(submit->to, held->to);
	held->submit = *submit;
	held->policy = *policy;
	held->sent_at_ms = clock_wall_ms();
	TAILQ_INSERT_TAIL(&centre->held, held, entry);
	centre->counters.held++;
	return held;
}

void
centre_take(struct centre *centre, const struct modem *modem,
    const struct submit *submit, struct segment_record *record)
{
	unsigned delay_ms = centre->sim->options.report_delay_ms;
	struct handset *handset;
	struct held *held;
	char to[SIM_NUMBER_SIZE];

	centre->counters.submits++;
	centre_normalise(submit->to, to);
	handset = handset_get(&centre->handsets, to);
	held = held_new(centre, modem, submit,
	    handset->has_policy ? &handset->policy : &centre->policy);
	switch (held->policy.mode) {
	case REPORT_FAILED:
		texts_write_segment(centre->sim->texts, record);
		start_report(held, held->policy.status, delay_ms);
		held_free(held);
		return;
	case REPORT_PENDING:
		texts_write_segment(centre->sim->texts, record);
		start_report(held, held->policy.status, delay_ms);
		hold(held);
		return;
	case REPORT_NOW:
	case REPORT_LATE:
	case REPORT_NEVER:
	case REPORT_TWICE:
		break;
	}
	if (handset->is_off) {
		texts_write_segment(centre->sim->texts, record);
		hold(held);
		return;
	}
	deliver(held, handset, record);
	held_free(held);
}

int
centre_send(struct centre *centre, struct modem *modem, const char *from,
    const char *text, bool is_reversed, int64_t at_ms)
{
	struct payload *parts;
	uint8_t tpdu[PDU_SIZE];
	int n = payload_split(text, ++centre->last_ref, PAYLOAD_PARTS_MAX,
	    &parts);

	if (n < 0)
		return -1;
	for (int i = 0; i < n; i++) {
		const struct payload *p = &parts[is_reversed ? n - 1 - i : i];

		centre->counters.incoming++;
		modem_give_tpdu(modem, tpdu,
		    deliver_encode(from, at_ms, p, tpdu), false);
	}
	free(parts);
	return n;
}

void
centre_set_policy(struct centre *centre, const char *to,
    const struct report_policy *policy)
{
	struct handset *handset;

	if (to == NULL) {
		centre->policy = *policy;
		TAILQ_FOREACH (handset, &centre->handsets, entry)
			handset->has_policy = false;
		return;
	}
	handset = handset_get(&centre->handsets, to);
	handset->has_policy = true;
	handset->policy = *policy;
}

void
centre_switch_phone(struct centre *centre, const char *number, bool is_on)
{
	struct handset *handset = handset_get(&centre->handsets, number);
	struct held *held, *next;

	handset->is_off = !is_on;
	if (!is_on)
		return;
	for (held = TAILQ_FIRST(&centre->held); held != NULL; held = next) {
		next = TAILQ_NEXT(held, entry);
		if (strcmp(held->to, number) == 0) {
			deliver(held, handset, NULL);
			held_free(held);
		}
	}
}

struct handset_list *
centre_handsets(struct centre *centre)
{
	return &centre->handsets;
}

void
centre_count(const struct centre *centre, struct centre_counters *out)
{
	*out = centre->counters;
}
