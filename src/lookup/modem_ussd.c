/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One session per modem. Each new session gets the next number, so that a late
 * answer of the engine can be recognised.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "lookup/lookup.h"
#include "lookup/modem_ussd.h"
#include "text/fold.h"

#define TURN_S	  60	/* until the network says something again */
#define FINAL_S	  10	/* for the network to end a session that we ended */
#define TURNS_MAX 30	/* of one session */
#define HOUR_MS	  3600000
#define HOUR_MOST 60	/* sessions of one modem in an hour */
#define TEXT_MAX  200	/* octets of one input */

/* <m> of +CUSD: the network wants an answer. */
#define STATUS_ASKS 1

static const struct lookup_transport transport = {
	.name = "modem",
	.max_octets = 160,
};

struct session {
	LIST_ENTRY(session) entry;
	struct modem_ussd *owner;
	char *modem;
	struct event *timer;
	uint64_t number;
	bool is_open, is_final, is_thinking;
	unsigned turns;
	char id[64], who[PHONE_SIZE];
	int64_t hour_deadline;		/* end of the hour that is counted */
	unsigned n_hour;
};

struct modem_ussd {
	struct event_base *base;
	const struct conf *conf;
	struct lookup *lookup;
	const struct modem_ussd_hooks *hooks;
	void *arg;
	LIST_HEAD(, session) sessions;	/* one per modem that was asked */
};

/* A request on its way through the engine. */
struct turn {
	struct session *session;
	uint64_t number;
};

static void
arm(struct session *session, int seconds)
{
	struct timeval tv = {seconds, 0};

	event_add(session->timer, &tv);
}

/* Ends our session; tell_network ends the network's, too. */
static void
close_session(struct session *session, bool tell_network)
{
	struct modem_ussd *owner = session->owner;

	if (!session->is_open)
		return;
	event_del(session->timer);
	session->is_open = false;
	log_info("ussd_end", "modem=%s turns=%u final=%d", session->modem,
	    session->turns, session->is_final);
	lookup_end(owner->lookup, &transport, session->id);
	if (tell_network)
		owner->hooks->end(session->modem, owner->arg);
}

static void
on_late_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	close_session(arg, true);
}

/* libgammu says what GSM-7 has: no accents. */
static void
on_answered(const char *text, bool is_final, void *arg)
{
	struct turn turn = *(struct turn *)arg;
	struct session *session = turn.session;
	char *folded;

	free(arg);
	if (!session->is_open || session->number != turn.number)
		return;
	session->is_thinking = false;
	session->is_final = is_final;
	folded = text_fold(text);
	session->owner->hooks->dial(session->modem, folded,
	    session->owner->arg);
	free(folded);
	arm(session, is_final ? FINAL_S : TURN_S);
}

static void
begin_turn(struct session *session, const char *text, bool is_first)
{
	struct lookup *lookup = session->owner->lookup;
	struct turn *turn = xcalloc(1, sizeof(*turn));
	struct lookup_request request = {
		.transport = &transport,
		.session = session->id,
		.phone = session->who,
		.text = text,
	};

	turn->session = session;
	turn->number = session->number;
	session->turns++;
	session->is_thinking = true;
	arm(session, TURN_S);
	if (is_first)
		lookup_begin(lookup, &request, on_answered, turn);
	else
		lookup_input(lookup, &request, on_answered, turn);
}

/* Limits a network that asks all the time. */
static bool
is_too_many(struct session *session)
{
	int64_t now = clock_mono_ms();

	if (now >= session->hour_deadline) {
		session->hour_deadline = now + HOUR_MS;
		session->n_hour = 0;
	}
	return ++session->n_hour > HOUR_MOST;
}

static void
open_session(struct session *session, const char *imsi, const char *text)
{
	session->number++;
	session->is_open = true;
	session->is_final = session->is_thinking = false;
	session->turns = 0;
	(void)snprintf(session->id, sizeof(session->id), "%.15s-%lld-%llu",
	    imsi, (long long)clock_wall_ms(),
	    (unsigned long long)session->number);
	/* No telephone number looks like this name. */
	(void)snprintf(session->who, sizeof(session->who), "sim:%.15s",
	    imsi);
	metric_add(METRIC_MODEM_SESSIONS, 1);
	begin_turn(session, text, true);
}

void
modem_ussd_input(const char *text, char *out)
{
	const char *from = text, *rest;
	size_t n;

	if (*from == '*') {	/* the input stands behind "*1022*" */
		rest = strchr(from + 1, '*');
		from = rest != NULL ? rest + 1 : "";
	}
	n = strlen(from);
	while (n > 0 && (from[n - 1] == '#' || from[n - 1] == ' '))
		n--;
	memcpy(out, from, n);
	out[n] = '\0';
	if (strspn(out, "0123456789*") != n)
		out[0] = '\0';
}

static void
heard_question(struct session *session, const char *imsi, const char *text)
{
	struct modem_ussd *owner = session->owner;
	char input[TEXT_MAX + 1], copy[TEXT_MAX + 1];

	if (session->is_open && session->is_thinking)
		return;		/* the network repeated itself */
	(void)snprintf(copy, sizeof(copy), "%s", text);
	if (session->is_open && !session->is_final &&
	    session->turns < TURNS_MAX) {
		begin_turn(session, copy, false);
		return;
	}
	if (session->is_open) {
		close_session(session, true);
		return;
	}
	if (!owner->conf->lookup.enabled || is_too_many(session)) {
		owner->hooks->end(session->modem, owner->arg);
		return;
	}
	modem_ussd_input(copy, input);
	open_session(session, imsi, input);
}

static struct session *
session_of(const struct modem_ussd *owner, const char *modem)
{
	struct session *session;

	LIST_FOREACH(session, &owner->sessions, entry)
		if (strcmp(session->modem, modem) == 0)
			return session;
	return NULL;
}

static struct session *
session_new(struct modem_ussd *owner, const char *modem)
{
	struct session *session = xcalloc(1, sizeof(*session));

	session->owner = owner;
	session->modem = xstrdup(modem);
	session->timer = evtimer_new(owner->base, on_late_cb, session);
	LIST_INSERT_HEAD(&owner->sessions, session, entry);
	return session;
}

void
modem_ussd_heard(struct modem_ussd *owner, const char *modem,
    const char *imsi, unsigned status, const char *text)
{
	struct session *session = session_of(owner, modem);

	if (status == STATUS_ASKS)
		heard_question(session != NULL ? session :
		    session_new(owner, modem), imsi, text);
	else if (session != NULL)
		close_session(session, false);
}

void
modem_ussd_gone(struct modem_ussd *owner, const char *modem)
{
	struct session *session = session_of(owner, modem);

	if (session != NULL)
		close_session(session, false);
}

bool
modem_ussd_is_open(const struct modem_ussd *owner, const char *modem)
{
	const struct session *session = session_of(owner, modem);

	return session != NULL && session->is_open;
}

struct modem_ussd *
modem_ussd_new(struct event_base *base, const struct conf *conf,
    struct lookup *lookup, const struct modem_ussd_hooks *hooks, void *arg)
{
	struct modem_ussd *owner = xcalloc(1, sizeof(*owner));

	owner->base = base;
	owner->conf = conf;
	owner->lookup = lookup;
	owner->hooks = hooks;
	owner->arg = arg;
	return owner;
}

/* To be called after the connection is gone, so that no answer of the engine
 * can come any more. */
void
modem_ussd_free(struct modem_ussd *owner)
{
	struct session *session;

	if (owner == NULL)
		return;
	while ((session = LIST_FIRST(&owner->sessions)) != NULL) {
		LIST_REMOVE(session, entry);
		event_free(session->timer);
		free(session->modem);
		free(session);
	}
	free(owner);
}
