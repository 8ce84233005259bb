/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Control commands about the network: texts, phones, reports, USSD service,
 * and the simulator as a whole.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/when.h"
#include "sim/centre.h"
#include "sim/fault.h"
#include "sim/modem.h"
#include "sim/ussd.h"
#include "sim/verbs.h"

#define ST_FAILED  70 /* 3GPP TS 23.040 §9.2.3.15: validity expired */
#define ST_PENDING 48 /* congestion, still trying */
#define WEEK_MS	   (7 * 24 * 3600 * 1000u)

/* A word that must be a telephone number or a sender's name. */
static const char *
take_number(struct words *words, struct reply *reply, const char *what)
{
	const char *word = words_next(words);

	if (word == NULL)
		(void)reply_error(reply, "%s is missing", what);
	else if (strlen(word) >= SIM_NUMBER_SIZE || word[0] == '\0')
		(void)reply_error(reply, "%s is too long or empty", what);
	else
		return word;
	return NULL;
}

/* The rest of the words must be none. */
static int
take_end(const struct words *words, struct reply *reply)
{
	const char *word = words_unused(words);

	return word == NULL ? 0
			    : reply_error(reply, "what is \"%s\"?", word);
}

static int
run_sms(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *order = words_value(words, "parts");
	const char *moment = words_value(words, "smsc-time");
	int64_t at_ms = clock_wall_ms();
	struct modem *modem;
	const char *from, *text;
	int n;

	if (order != NULL && strcmp(order, "reversed") != 0)
		return reply_error(reply, "parts can only be \"reversed\"");
	if (moment != NULL && when_parse(moment, &at_ms) != 0)
		return reply_error(reply, "smsc-time must be as "
		    "2026-11-22T08:30:00, not \"%s\"", moment);
	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	from = take_number(words, reply, "the sender");
	if (from == NULL)
		return -1;
	text = words_next_text(words);
	if (text == NULL)
		return reply_error(reply, "the text is missing");
	if (take_end(words, reply) != 0)
		return -1;
	n = centre_send(sim->centre, modem, from, text, order != NULL, at_ms);
	if (n < 0)
		return reply_error(reply, "the text is too long");
	return json_object_set_new(reply->object, "segments", json_integer(n));
}

/* recipient=NUMBER type=HEX: how reports write the recipient. */
static int
take_recipient(struct words *words, struct reply *reply,
    struct report_policy *out)
{
	const char *number = words_value(words, "recipient");
	const char *type = words_value(words, "type");
	char *end = NULL;

	if (number != NULL && strlen(number) >= sizeof(out->recipient))
		return reply_error(reply, "recipient is too long");
	if (number != NULL)
		(void)strcpy(out->recipient, number);
	if (type == NULL)
		return 0;
	out->type = (uint8_t)strtoul(type, &end, 16);
	if (strlen(type) != 2 || *end != '\0')
		return reply_error(reply, "type is two digits, such as 91");
	return 0;
}

static int
run_report(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *to = words_value(words, "to");
	const char *mode = words_value(words, "mode");
	struct report_policy policy = {.status = ST_FAILED};
	char name[16] = "", number[SIM_NUMBER_SIZE];
	unsigned status;

	if (to != NULL && strlen(to) >= SIM_NUMBER_SIZE)
		return reply_error(reply, "to is too long");
	if (take_recipient(words, reply, &policy) != 0)
		return -1;
	if (to != NULL)
		centre_normalise(to, number);
	if (mode == NULL || strcspn(mode, "=") >= sizeof(name))
		return reply_error(reply, "mode=now, late, never, twice, "
		    "failed or pending is missing");
	memcpy(name, mode, strcspn(mode, "="));
	mode += strcspn(mode, "=");
	if (report_mode_parse(name, &policy.mode) != 0)
		return reply_error(reply, "no report mode is called \"%s\"",
		    name);
	if (policy.mode == REPORT_PENDING)
		policy.status = ST_PENDING;
	if (policy.mode == REPORT_LATE &&
	    verbs_take_number(words, reply, "the delay in ms", WEEK_MS,
		&policy.late_ms) != 0)
		return -1;
	if (*mode == '=') {
		char digits[8];
		const char *p = digits;

		(void)snprintf(digits, sizeof(digits), "%s", mode + 1);
		status = 0;
		for (; *p >= '0' && *p <= '9'; p++)
			status = status * 10 + (unsigned)(*p - '0');
		if (p == digits || *p != '\0' || status > 255)
			return reply_error(reply, "a TP-Status is 0 to 255");
		policy.status = (uint8_t)status;
	}
	if (take_end(words, reply) != 0)
		return -1;
	centre_set_policy(sim->centre, to != NULL ? number : NULL, &policy);
	return 0;
}

static int
run_phone(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *word = take_number(words, reply, "the phone's number");
	char number[SIM_NUMBER_SIZE];
	bool is_on;

	if (word == NULL || verbs_take_switch(words, reply, &is_on) != 0)
		return -1;
	centre_normalise(word, number);
	centre_switch_phone(sim->centre, number, is_on);
	return 0;
}

static int
run_phones(struct sim *sim, struct words *words, struct reply *reply)
{
	json_t *list = json_array();
	const struct handset *h;

	(void)words;
	TAILQ_FOREACH (h, centre_handsets(sim->centre), entry)
		(void)json_array_append_new(list,
		    json_pack("{ss sb si si}", "number", h->number, "on",
			!h->is_off, "texts", h->n_texts, "segments",
			h->n_segments));
	return json_object_set_new(reply->object, "phones", list);
}

static int
run_inbox(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *word = take_number(words, reply, "the phone's number");
	json_t *list;
	const struct handset *h;
	const struct inbox_text *t;
	char number[SIM_NUMBER_SIZE];

	if (word == NULL)
		return -1;
	centre_normalise(word, number);
	list = json_array();
	TAILQ_FOREACH (h, centre_handsets(sim->centre), entry) {
		if (strcmp(h->number, number) != 0)
			continue;
		TAILQ_FOREACH (t, &h->inbox, entry)
			(void)json_array_append_new(list,
			    json_pack("{sI ss ss ss si ss sb sf}", "id",
				(json_int_t)t->id, "modem", t->modem, "from",
				t->from, "text", t->text, "segments",
				t->segments, "coding", t->coding, "duplicate",
				t->is_duplicate, "at",
				(double)t->arrived_us / 1e6));
	}
	return json_object_set_new(reply->object, "texts", list);
}

static int
run_balance(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *code = words_next(words);
	const char *text = words_next_text(words);

	if (code == NULL || text == NULL)
		return reply_error(reply, "the code or its text is missing");
	ussd_service_set(sim->ussd, code, text);
	return 0;
}

static int
run_stats(struct sim *sim, struct words *words, struct reply *reply)
{
	struct centre_counters c;
	const struct handset *h;
	unsigned n_phones = 0;

	(void)words;
	centre_count(sim->centre, &c);
	TAILQ_FOREACH (h, centre_handsets(sim->centre), entry)
		n_phones++;
	return json_object_update_new(reply->object,
	    json_pack("{sI sI sI sI sI sI si si sf}", "submits",
		(json_int_t)c.submits, "duplicates", (json_int_t)c.duplicates,
		"refused", (json_int_t)c.refused, "texts", (json_int_t)c.texts,
		"reports", (json_int_t)c.reports, "incoming",
		(json_int_t)c.incoming, "held", c.held, "phones", n_phones,
		"uptime_s",
		(double)(clock_mono_us() - sim->started_us) / 1e6));
}

static int
run_clear(struct sim *sim, struct words *words, struct reply *reply)
{
	(void)words;
	(void)reply;
	centre_clear(sim->centre);
	fault_clear(sim->faults, "*");
	return 0;
}

static int
run_quit(struct sim *sim, struct words *words, struct reply *reply)
{
	/* Time for the answer to go out. */
	const struct timeval soon = {0, 50000};

	(void)words;
	(void)reply;
	return event_base_loopexit(sim->base, &soon);
}

const struct verb *
verbs_network_table(void)
{
	static const struct verb table[] = {
	    {"sms", "MODEM FROM TEXT [parts=reversed] [smsc-time=TIME]",
		"A text comes in; a long one in parts.", run_sms},
	    {"report", "[to=PHONE] mode=now|late MS|never|twice|"
		"failed[=TPST]|pending[=TPST] [recipient=NUMBER] [type=HEX]",
		"What becomes of the texts from now on, and of their status "
		"reports; how these write the recipient, and with which type "
		"octet.", run_report},
	    {"phone", "NUMBER off|on",
		"Texts to a phone that is off wait at the centre.", run_phone},
	    {"phones", "", "All phones, with how much they got.", run_phones},
	    {"inbox", "PHONE", "The whole texts of a phone, oldest first.",
		run_inbox},
	    {"balance", "CODE TEXT",
		"The operator's USSD answer to a code; *100#/1 is what follows "
		"a 1 typed to the menu of *100#.", run_balance},
	    {"stats", "", "What the centre has seen.", run_stats},
	    {"clear", "", "Empties inboxes, what is held, faults, counters.",
		run_clear},
	    {"quit", "", "Ends the simulator.", run_quit},
	    {NULL, NULL, NULL, NULL},
	};

	return table;
}
