/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * All questions are raw commands with deadlines of a few seconds. libgammu
 * knows no AT+CEREG, so an LTE modem looks unregistered to it. It waits up to
 * 40 s in GSM_GetNetworkInfo() and switches on the modem's CREG announcements
 * there, which end its own wait for a text prompt.
 *
 * worker/stray.c reads lines that come meanwhile and are no answer (+CDS,
 * +CMTI, RING), like all lines that come while libgammu waits for nothing
 * (worker_drain()).
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "worker/card.h"
#include "worker/health.h"
#include "worker/worker.h"

#define COMMAND_MS 2500
#define HEALTH_MS  30000
#define BEAT_MS	   5000
#define RANK_REGISTERED 4

int
health_dbm(int rssi)
{
	return rssi >= 0 && rssi <= 31 ? -113 + 2 * rssi : 0;
}

/* <AcT> of +COPS (3GPP TS 27.007 §7.3): 8 is EC-GSM-IoT, 9 NB-IoT, 7 and 10
 * E-UTRA with either core, 11 and 12 NR, 13 E-UTRA with NR beside it, 14 to 16
 * the same by satellite. */
const char *
health_technology(int act)
{
	static const char *const names[] = {
		"2g", "2g", "3g", "2g", "3g", "3g", "3g", "lte", "2g",
		"nb-iot", "lte", "5g", "5g", "5g", "nb-iot", "lte", "5g",
	};

	return act >= 0 && act < (int)(sizeof(names) / sizeof(*names))
	    ? names[act] : "";
}

/* Returns false when the modem is silent or gone: then the worker has
 * failed. */
static bool
query_modem(struct worker *w, const char *command, const char *prefix,
    struct at_reply *reply)
{
	switch (at_command(&w->at, command, prefix, COMMAND_MS, reply)) {
	case AT_OK:
		return true;
	case AT_ERROR:
	case AT_CODE:
		reply->text[0] = '\0';
		return true;
	case AT_SILENT:
		log_error("modem_silent", "modem=%s command=%s",
		    w->config->modem, command);
		worker_fail(w, "timeout");
		return false;
	case AT_GONE:
		worker_fail(w, "gone");
		return false;
	}
	return false;
}

/* Is the second field in quotes, as the area is in "+CREG: 5,"1A2B",…"? */
static bool
has_quoted_second(const char *line)
{
	const char *comma = strchr(line, ',');

	return comma != NULL && comma[1 + strspn(comma + 1, " ")] == '"';
}

/* Ranks +CREG's stat (3GPP TS 27.007 §7.2): of all answers, the best one
 * counts. 6 and 7: for SMS only; 9 and 10: without circuit switched
 * fallback. */
static unsigned
rank(int stat, const char **word)
{
	switch (stat) {
	case 1:
	case 6:
	case 9:
		*word = "home";
		return 5;
	case 5:
	case 7:
	case 10:
		*word = "roaming";
		return 4;
	case 3:
		*word = "denied";
		return 3;
	case 2:
		*word = "searching";
		return 2;
	default: /* a number from the modem */
		*word = "none";
		return 1;
	}
}

int
health_stat(const char *lines)
{
	struct at_reply line;
	char field[16], *end;
	int answer = -1, unasked = 0;

	for (; lines != NULL; lines = strchr(lines, '\n')) {
		long value;

		lines += *lines == '\n';
		(void)snprintf(line.text, sizeof(line.text), "%.*s",
		    (int)strcspn(lines, "\n"), lines);
		(void)at_field(&line, 1, field, sizeof(field));
		value = strtol(field, &end, 10);
		if (end != field && *end == '\0' && strlen(field) <= 2 &&
		    !has_quoted_second(line.text))
			answer = (int)value;
		else
			unasked = at_number(&line, 0, 0);
	}
	return answer != -1 ? answer : unasked;
}

static const char *const registrations[][2] = {
	{"AT+CEREG?", "+CEREG:"},
	{"AT+CGREG?", "+CGREG:"},
	{"AT+CREG?", "+CREG:"},
};
#define N_REGISTRATIONS (sizeof(registrations) / sizeof(*registrations))

static bool
ask_registration(struct worker *w, const char **word)
{
	struct at_reply reply;
	unsigned best = 0;

	*word = "none";
	for (unsigned i = 0; i < N_REGISTRATIONS; i++) {
		const char *this;
		unsigned r;

		if (!query_modem(w, registrations[i][0], registrations[i][1],
		    &reply))
			return false;
		r = rank(health_stat(reply.text), &this);
		if (r > best) {
			best = r;
			*word = this;
			w->beat_command = i;
		}
	}
	w->is_registered = best >= RANK_REGISTERED;
	return true;
}

void
health_beat(struct worker *w)
{
	const char *const *command = registrations[w->beat_command];
	struct at_reply reply;
	const char *word;

	worker_calling(w, "beat", BEAT_MS);
	if (query_modem(w, command[0], command[1], &reply) &&
	    (rank(health_stat(reply.text), &word) >= RANK_REGISTERED) !=
	    w->is_registered)
		w->wants_health = true;
	worker_called(w);
}

/* +COPS: <mode>,<format>,"<name>",<AcT> (§7.3). */
static bool
ask_operator(struct worker *w, struct proto_health *h)
{
	struct at_reply reply;
	char name[160];

	if (!query_modem(w, "AT+COPS?", "+COPS:", &reply))
		return false;
	h->operator_name = card_text(at_field(&reply, 2, name,
	    sizeof(name)));
	h->technology = xstrdup(health_technology(at_number(&reply, 3, -1)));
	return true;
}

/* Reads +CPMS: "SM",3,30,"SM",3,30,"SM",3,30 (3GPP TS 27.005 §3.2.2): new texts
 * go to the third memory. */
static bool
ask_inbox(struct worker *w, struct proto_health *h)
{
	struct at_reply reply;
	int used, size;

	if (!query_modem(w, "AT+CPMS?", "+CPMS:", &reply))
		return false;
	used = at_number(&reply, 7, 0);
	size = at_number(&reply, 8, 0);
	h->inbox_used = used > 0 ? (uint32_t)used : 0;
	h->inbox_size = size > 0 ? (uint32_t)size : 0;
	stored_count(w, h->inbox_used);
	return true;
}

void
health_tell(struct worker *w)
{
	struct proto p = {.type = PROTO_TYPE_HEALTH};
	struct at_reply reply;
	const char *registration;

	worker_calling(w, "health", HEALTH_MS);
	if (query_modem(w, "AT+CSQ", "+CSQ:", &reply)) {
		p.health.dbm = health_dbm(at_number(&reply, 0, 99));
		if (ask_registration(w, &registration) &&
		    ask_operator(w, &p.health) && ask_inbox(w, &p.health)) {
			p.health.registration = xstrdup(registration);
			link_put(&w->link, &p);
		}
	}
	worker_called(w);
	proto_clear(&p);
}
