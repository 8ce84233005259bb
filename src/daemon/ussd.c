/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD of the modems: an operator's own code and its answer, or what the
 * network began, for the front in lookup/modem_ussd.h. One of both at a
 * time per modem, as the network has it.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "admin/admin.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/daemon.h"
#include "ipc/proto.h"
#include "lookup/modem_ussd.h"
#include "modem/modem.h"

/* Between sends it may have to wait for one that is silent, then the
 * network takes up to half a minute. */
#define ANSWER_EXTRA_MS 40000

#define STATUS_ASKS 1

/* <m> of +CUSD (3GPP TS 27.007 §7.15). */
static const char *const statuses[] = {
	"done", "asks", "ended", "other_client", "not_supported", "timeout",
};

/* What an operator waits for. */
struct dial {
	struct daemon *daemon;
	const struct modem *modem;
	struct admin_request *request;	/* NULL: nothing */
	struct event *timer;
};

struct ussd {
	struct modem_ussd *front;
	struct dial *dials;		/* one per modem */
	size_t n;
};

static struct dial *
dial_of(const struct daemon *d, const struct modem *modem)
{
	for (size_t i = 0; i < d->ussd->n; i++)
		if (d->ussd->dials[i].modem == modem)
			return &d->ussd->dials[i];
	return NULL;
}

/* The dial is over; its request is the caller's to answer. */
static struct admin_request *
take_request(struct dial *dial)
{
	struct admin_request *request = dial->request;

	dial->request = NULL;
	event_del(dial->timer);
	return request;
}

static void
on_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct dial *dial = arg;

	(void)fd;
	(void)what;
	modem_dial_end(daemon_modem(dial->daemon, modem_name(dial->modem)));
	admin_fail(take_request(dial), 1, "the network did not answer");
}

static void
answer_dial(struct dial *dial, struct modem *modem,
    const struct proto_ussd *ussd)
{
	if (ussd == NULL) {
		admin_fail(take_request(dial), 1, "the modem's worker ended "
		    "before the network answered");
		return;
	}
	/* A menu: who wants more of it dials the whole way at once. */
	if (ussd->status == STATUS_ASKS)
		modem_dial_end(modem);
	admin_reply(take_request(dial), json_pack("{ss ss ss}", "modem",
	    modem_name(modem), "status",
	    statuses[ussd->status <= 5 ? ussd->status : 0],
	    "text", ussd->text));
}

void
ussd_heard(struct modem *modem, const struct proto_ussd *ussd, void *arg)
{
	struct daemon *d = arg;
	struct dial *dial = dial_of(d, modem);

	if (dial != NULL && dial->request != NULL)
		answer_dial(dial, modem, ussd);
	else if (ussd == NULL)
		modem_ussd_gone(d->ussd->front, modem_name(modem));
	else
		modem_ussd_heard(d->ussd->front, modem_name(modem),
		    ussd->imsi, ussd->status, ussd->text);
}

void
ussd_dial(const char *name, const char *code, struct admin_request *request,
    void *arg)
{
	struct daemon *d = arg;
	struct modem *modem = daemon_modem(d, name);
	struct dial *dial = modem != NULL ? dial_of(d, modem) : NULL;
	int64_t ms = d->conf->retry.send_timeout_ms + ANSWER_EXTRA_MS;
	struct timeval tv = {ms / 1000, 0};

	if (dial == NULL) {
		admin_fail(request, 1, "no modem \"%.64s\"; the command "
		    "modems lists them", name);
	} else if (!modem_can_send(modem)) {
		admin_fail(request, 1, "%s is %s: it has no network to ask",
		    name, modem_state_name(modem_state(modem)));
	} else if (dial->request != NULL ||
	    modem_ussd_is_open(d->ussd->front, name)) {
		admin_fail(request, 1, "%s has a USSD session now; try again",
		    name);
	} else {
		dial->request = request;
		event_add(dial->timer, &tv);
		modem_dial(modem, code);
	}
}

/* --- what the front says ------------------------------------------------- */

static void
on_dial(const char *modem, const char *text, void *arg)
{
	modem_dial(daemon_modem(arg, modem), text);
}

static void
on_end(const char *modem, void *arg)
{
	modem_dial_end(daemon_modem(arg, modem));
}

void
ussd_start(struct daemon *d)
{
	static const struct modem_ussd_hooks hooks = {
		.dial = on_dial,
		.end = on_end,
	};
	struct ussd *ussd = d->ussd = xcalloc(1, sizeof(*ussd));

	ussd->front = modem_ussd_new(d->base, d->conf, d->lookup, &hooks, d);
	ussd->n = d->conf->n_modems;
	ussd->dials = xcalloc(ussd->n, sizeof(*ussd->dials));
	for (size_t i = 0; i < ussd->n; i++) {
		ussd->dials[i].daemon = d;
		ussd->dials[i].modem = d->modems[i];
		ussd->dials[i].timer = evtimer_new(d->base, on_late_cb,
		    &ussd->dials[i]);
	}
}

void
ussd_stop(struct daemon *d)
{
	struct ussd *ussd = d->ussd;

	if (ussd == NULL)
		return;
	for (size_t i = 0; i < ussd->n; i++) {
		if (ussd->dials[i].request != NULL)
			admin_fail(take_request(&ussd->dials[i]), 1,
			    "the daemon stops");
		event_free(ussd->dials[i].timer);
	}
	modem_ussd_free(ussd->front);
	free(ussd->dials);
	free(ussd);
	d->ussd = NULL;
}
