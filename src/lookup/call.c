/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A missed call asks for the caller's own dossiers. A caller without a dossier,
 * or one that asks too often, gets no answer: anybody can call, even robots,
 * and each answer costs a segment.
 */
#include <stddef.h>

#include "conf/conf.h"
#include "lookup/reply.h"

#define NEWEST 3

static void
on_asked(const struct ask_answer *answer, void *arg)
{
	struct reply *reply = arg;

	if (answer->verdict == ASK_UNAVAILABLE)
		reply_postpone(reply);
	else
		reply_end(reply, answer->verdict != ASK_FOUND ? NULL
		    : answer_sms(reply->sms->lookup, answer), NULL);
}

void
call_answer(struct reply *reply)
{
	struct ask ask = {
		.front = "call",
		.phone = reply->question.phone,
		.count = NEWEST,
	};

	if (reply->sms->conf->lookup.enabled)
		lookup_ask(reply->sms->lookup, &ask, on_asked, reply);
	else
		reply_end(reply, NULL, NULL);
}
