/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The operator's USSD centre: sessions of phones. Towards the application
 * it speaks as Africa's Talking does (help.africastalking.com): "text" has
 * all input of the session, joined by "*"; the answer begins with CON or
 * END; when a session is over the application is told.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim/control.h"
#include "sim/dial.h"
#include "sim/ussd.h"
#include "sim/ussd_http.h"

#define NETWORK_CODE  "45204"
#define USER_SECONDS  60 /* a phone that says nothing is dropped */
#define INPUT_MAX     182

struct session {
	TAILQ_ENTRY(session) entry;
	struct dial_service *service;
	struct event *silence;
	char phone[SIM_NUMBER_SIZE];
	char id[48];
	char *text;	/* all input: "1*2", or the path of ussd.h */
	char *last;	/* screen */
	unsigned hops;
	int64_t started_us;
	bool is_application;
	bool is_waiting; /* for the application's answer */
};

struct dial_service {
	struct sim *sim;
	struct ussd_http *http; /* NULL: no application */
	TAILQ_HEAD(, session) sessions;
	unsigned long last_id;
};

struct dial_service *
dial_service_new(struct sim *sim)
{
	struct dial_service *service = xcalloc(1, sizeof(*service));

	service->sim = sim;
	TAILQ_INIT(&service->sessions);
	if (sim->options.ussd_url[0] == '\0')
		return service;
	service->http = ussd_http_new(sim->base, sim->options.ussd_url,
	    sim->options.ussd_token);
	if (service->http != NULL)
		return service;
	free(service);
	return NULL;
}

static void
session_free(struct session *session)
{
	TAILQ_REMOVE(&session->service->sessions, session, entry);
	event_free(session->silence);
	free(session->text);
	free(session->last);
	free(session);
}

void
dial_service_free(struct dial_service *service)
{
	if (service == NULL)
		return;
	while (!TAILQ_EMPTY(&service->sessions))
		session_free(TAILQ_FIRST(&service->sessions));
	ussd_http_free(service->http);
	free(service);
}

static struct session *
find_session(struct dial_service *service, const char *phone)
{
	struct session *session;

	TAILQ_FOREACH (session, &service->sessions, entry)
		if (strcmp(session->phone, phone) == 0)
			return session;
	return NULL;
}

/* Tells the application that it is over, and forgets it. */
static void
session_end(struct session *session, const char *status)
{
	const struct sim_options *options = &session->service->sim->options;
	char duration[24], hops[16];
	const struct ussd_field fields[] = {
		{"sessionId", session->id},
		{"serviceCode", options->ussd_code},
		{"networkCode", NETWORK_CODE},
		{"phoneNumber", session->phone},
		{"status", status},
		{"durationInMillis", duration},
		{"hopsCount", hops},
		{"input", session->text},
		{"lastAppResponse", session->last != NULL ? session->last
							  : ""},
		{NULL, NULL},
	};

	(void)snprintf(duration, sizeof(duration), "%lld",
	    (long long)(clock_mono_us() - session->started_us) / 1000);
	(void)snprintf(hops, sizeof(hops), "%u", session->hops);
	if (session->is_application)
		ussd_http_post(session->service->http, fields, session->id,
		    NULL, NULL);
	session_free(session);
}

/* A screen that asks keeps the session, any other ends it. */
static void
dial_screen(struct session *session, const char *text, bool asks)
{
	static const struct timeval silence = {USER_SECONDS, 0};

	control_tell(session->service->sim, session->phone,
	    json_pack("{ss ss sb}", "event", "ussd", "text", text, "asks",
		asks));
	free(session->last);
	session->last = xstrdup(text);
	if (asks)
		(void)evtimer_add(session->silence, &silence);
	else
		session_end(session, "Success");
}

static void
fail(struct session *session, const char *error)
{
	control_tell(session->service->sim, session->phone,
	    json_pack("{ss ss sb}", "event", "ussd", "error", error, "asks",
		0));
	session_end(session, "Failed");
}

static void
silence_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	fail(arg, "timeout");
}

static void
application_answered(const char *body, const char *error, const char *id,
    void *arg)
{
	struct dial_service *service = arg;
	struct session *session;

	TAILQ_FOREACH (session, &service->sessions, entry)
		if (strcmp(session->id, id) == 0)
			break;
	if (session == NULL)
		return;
	session->is_waiting = false;
	if (body == NULL)
		fail(session, error);
	else if (strncmp(body, "CON ", 4) == 0)
		dial_screen(session, body + 4, true);
	else if (strncmp(body, "END ", 4) == 0)
		dial_screen(session, body + 4, false);
	else
		fail(session, "bad_answer");
}

static void
ask_gateway(struct session *session)
{
	struct dial_service *service = session->service;
	const struct ussd_field fields[] = {
		{"sessionId", session->id},
		{"serviceCode", service->sim->options.ussd_code},
		{"phoneNumber", session->phone},
		{"networkCode", NETWORK_CODE},
		{"text", session->text},
		{NULL, NULL},
	};
	const char *text;
	bool asks;

	(void)event_del(session->silence);
	session->hops++;
	if (session->is_application) {
		session->is_waiting = true;
		ussd_http_post(service->http, fields, session->id,
		    application_answered, service);
		return;
	}
	text = ussd_service_answer(service->sim->ussd, session->text, &asks);
	if (text != NULL)
		dial_screen(session, text, asks);
	else
		fail(session, "unknown_code");
}

/* The part behind the service code: "2305" of "*1022*2305#", "" of the code
 * alone; NULL: it is another code. The caller frees. */
static char *
after_service_code(const char *service_code, const char *code)
{
	size_t n = strlen(service_code) - 1;
	const char *rest = code + n;

	if (strncmp(code, service_code, n) != 0)
		return NULL;
	if (strcmp(rest, "#") == 0)
		return xstrdup("");
	if (*rest != '*')
		return NULL;
	return xstrndup(rest + 1, strlen(rest + 1) - 1);
}

static bool
is_code(const char *code)
{
	size_t n = strlen(code);

	return n >= 3 && n <= INPUT_MAX && strchr("*#", code[0]) != NULL &&
	    code[n - 1] == '#' && strspn(code, "*#0123456789") == n;
}

const char *
dial_begin(struct dial_service *service, const char *phone, const char *code)
{
	struct session *session = find_session(service, phone);
	char *text = NULL;

	if (!is_code(code))
		return "a code is as *1022#: *, # and digits, # at the end";
	if (session != NULL)
		session_end(session, "Incomplete");
	if (service->http != NULL)
		text = after_service_code(service->sim->options.ussd_code,
		    code);
	session = xcalloc(1, sizeof(*session));
	session->service = service;
	session->is_application = text != NULL;
	session->text = text != NULL ? text : xstrdup(code);
	session->started_us = clock_mono_us();
	session->silence = evtimer_new(service->sim->base, silence_cb,
	    session);
	(void)strncpy(session->phone, phone, sizeof(session->phone) - 1);
	(void)snprintf(session->id, sizeof(session->id), "sim-%llx-%lu",
	    (unsigned long long)clock_wall_ms(), ++service->last_id);
	TAILQ_INSERT_TAIL(&service->sessions, session, entry);
	ask_gateway(session);
	return NULL;
}

const char *
dial_reply(struct dial_service *service, const char *phone, const char *text)
{
	struct session *session = find_session(service, phone);
	char *all;

	if (session == NULL || session->is_waiting)
		return session == NULL ? "there is no dialogue"
				       : "the last screen is not there yet";
	if (strlen(text) > INPUT_MAX || *text == '\0')
		return "type 1 to 182 characters";
	if (session->is_application)
		all = xasprintf("%s%s%s", session->text,
		    session->text[0] != '\0' ? "*" : "", text);
	else
		all = xasprintf("%s/%s", session->text, text);
	free(session->text);
	session->text = all;
	ask_gateway(session);
	return NULL;
}

const char *
dial_cancel(struct dial_service *service, const char *phone)
{
	struct session *session = find_session(service, phone);

	if (session == NULL)
		return "there is no dialogue";
	session_end(session, "Incomplete");
	return NULL;
}
