/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * USSD of the modems. An operator dials a code and gets the answer here. A
 * session that the network began goes to the front in lookup/modem_ussd.h. A
 * modem has only one session at a time, as in the network.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include <event2/event.h>

#include "admin/admin.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/modems.h"
#include "daemon/state.h"
#include "daemon/ussd.h"
#include "ipc/proto.h"
#include "lookup/modem_ussd.h"
#include "modem/modem.h"

/* The network may take half a minute. After ANSWER_S the daemon ends the
 * session, so that the modem is free for the next one. baotinctl waits longer
 * (ctl/main.c). */
#define ANSWER_S    40
#define ANSWER_TEXT "40"

#define STATUS_ASKS 1

/* <m> of +CUSD (3GPP TS 27.007 §7.15). */
static const char *const statuses[] = {
	"done", "asks", "ended", "other_client", "not_supported", "timeout",
};

/* The dialled code whose answer an operator waits for. */
struct dial {
	LIST_ENTRY(dial) entry;
	struct daemon *daemon;
	char *modem;			/* copied: the modem may go first */
	ussd_answered *done;
	void *arg;
	struct event *timer;
};

struct ussd {
	struct modem_ussd *front;
	LIST_HEAD(, dial) dials;	/* at most one per modem */
};

static struct dial *
dial_of(const struct daemon *d, const char *modem)
{
	struct dial *dial;

	LIST_FOREACH(dial, &d->ussd->dials, entry)
		if (strcmp(dial->modem, modem) == 0)
			return dial;
	return NULL;
}

static void
end_dial(struct dial *dial, const char *status, const char *text)
{
	struct dial was = *dial;

	LIST_REMOVE(dial, entry);
	event_free(dial->timer);
	free(dial);
	was.done(was.daemon, was.modem, status, text, was.arg);
	free(was.modem);
}

static void
on_late_cb(evutil_socket_t fd, short what, void *arg)
{
	struct dial *dial = arg;
	struct modem *modem = modems_find(dial->daemon, dial->modem);

	(void)fd;
	(void)what;
	if (modem != NULL)
		modem_dial_end(modem);
	end_dial(dial, NULL, "the network did not answer within "
	    ANSWER_TEXT " s; many LTE networks have no USSD");
}

static void
begin_dial(struct daemon *d, const char *modem, ussd_answered *done, void *arg)
{
	struct timeval tv = {ANSWER_S, 0};
	struct dial *dial = xcalloc(1, sizeof(*dial));

	dial->daemon = d;
	dial->modem = xstrdup(modem);
	dial->done = done;
	dial->arg = arg;
	dial->timer = evtimer_new(d->base, on_late_cb, dial);
	event_add(dial->timer, &tv);
	LIST_INSERT_HEAD(&d->ussd->dials, dial, entry);
}

static void
answer_dial(struct dial *dial, struct modem *modem,
    const struct proto_ussd *ussd)
{
	if (ussd == NULL) {
		end_dial(dial, NULL, "the modem's worker ended before the "
		    "network answered");
		return;
	}
	/* The network sent a menu. End the session: an operator dials the whole
	 * way through a menu at once. */
	if (ussd->status == STATUS_ASKS)
		modem_dial_end(modem);
	end_dial(dial, statuses[ussd->status <= 5 ? ussd->status : 0],
	    ussd->text);
}

void
ussd_heard(struct modem *modem, const struct proto_ussd *ussd, void *arg)
{
	struct daemon *d = arg;
	struct dial *dial = dial_of(d, modem_name(modem));

	if (dial != NULL)
		answer_dial(dial, modem, ussd);
	else if (ussd == NULL)
		modem_ussd_gone(d->ussd->front, modem_name(modem));
	else
		modem_ussd_heard(d->ussd->front, modem_name(modem),
		    ussd->imsi, ussd->status, ussd->text);
}

static void
answer_request(struct daemon *d, const char *modem, const char *status,
    const char *text, void *arg)
{
	(void)d;
	if (status == NULL)
		admin_fail(arg, 1, "%s", text);
	else
		admin_reply(arg, json_pack("{ss ss ss}", "modem", modem,
		    "status", status, "text", text));
}

void
ussd_dial(const char *name, const char *code, struct admin_request *request,
    void *arg)
{
	struct daemon *d = arg;
	struct modem *modem = modems_find(d, name);

	if (modem == NULL) {
		admin_fail(request, 1, "no modem \"%.64s\"; the command "
		    "modems lists them", name);
	} else if (!modem_can_send(modem)) {
		admin_fail(request, 1, "%s is %s: it has no network to ask",
		    name, modem_state_name(modem_state(modem)));
	} else if (dial_of(d, name) != NULL ||
	    modem_ussd_is_open(d->ussd->front, name)) {
		admin_fail(request, 1, "%s has a USSD session now; try again",
		    name);
	} else {
		begin_dial(d, name, answer_request, request);
		modem_dial(modem, code);
	}
}

int
ussd_ask(struct daemon *d, const char *name, const char *code,
    ussd_answered *done, void *arg)
{
	struct modem *modem = modems_find(d, name);

	if (modem == NULL || !modem_can_send(modem) ||
	    dial_of(d, name) != NULL ||
	    modem_ussd_is_open(d->ussd->front, name))
		return -1;
	begin_dial(d, name, done, arg);
	modem_dial(modem, code);
	return 0;
}

/* --- what the USSD front of the lookup asks for --------------------------- */

static void
on_dial(const char *name, const char *text, void *arg)
{
	struct modem *modem = modems_find(arg, name);

	if (modem != NULL)
		modem_dial(modem, text);
}

static void
on_end(const char *name, void *arg)
{
	struct modem *modem = modems_find(arg, name);

	if (modem != NULL)
		modem_dial_end(modem);
}

void
ussd_start(struct daemon *d)
{
	static const struct modem_ussd_hooks hooks = {
		.dial = on_dial,
		.end = on_end,
	};

	d->ussd = xcalloc(1, sizeof(*d->ussd));
	d->ussd->front = modem_ussd_new(d->base, d->conf, d->lookup, &hooks,
	    d);
}

void
ussd_stop(struct daemon *d)
{
	struct ussd *ussd = d->ussd;
	struct dial *dial;

	if (ussd == NULL)
		return;
	while ((dial = LIST_FIRST(&ussd->dials)) != NULL)
		end_dial(dial, NULL, "the daemon stops");
	modem_ussd_free(ussd->front);
	free(ussd);
	d->ussd = NULL;
}
