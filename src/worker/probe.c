/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Commands that read and change nothing (3GPP TS 27.007, 27.005), one at a
 * time, so that a text does not wait for all of them. None that asks the
 * network.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "worker/dialogue.h"
#include "worker/probe.h"
#include "worker/worker.h"

#define COMMAND_MS 5000
#define CALL_MS	   15000

/* Lines of their answers that are no "+NAME:" are words of the maker. */
static const struct {
	const char *command;
	bool has_words;
} questions[] = {
	{"ATI", true},
	{"AT+CGMI", true},
	{"AT+CGMM", true},
	{"AT+CGMR", true},
	{"AT+GCAP", true},
	{"AT+CMEE?", false},
	{"AT+CFUN?", false},
	{"AT+CFUN=?", false},
	{"AT+CPIN?", false},
	{"AT+CMGF=?", false},
	{"AT+CSMS?", false},
	{"AT+CSMS=?", false},
	{"AT+CNMI?", false},
	{"AT+CNMI=?", false},
	{"AT+CPMS?", false},
	{"AT+CPMS=?", false},
	{"AT+CMGD=?", false},
	{"AT+CMMS=?", false},
	{"AT+CSMP?", false},
	{"AT+CSCS?", false},
	{"AT+CSCS=?", false},
	{"AT+CLIP=?", false},
	{"AT+CUSD=?", false},
	{"AT+CGSMS?", false},
	{"AT+CREG=?", false},
	{"AT+CEREG=?", false},
	{"AT+CSQ", false},
};
#define N_QUESTIONS (sizeof(questions) / sizeof(questions[0]))

void
probe_take(struct worker *w)
{
	if (w->probe_at == 0)
		w->probe_at = 1;
}

/* A modem that does not answer one of them may answer the next; one that is
 * silent to AT as well is dead. */
static void
ask(struct worker *w, const char *command)
{
	char prefix[32];
	struct at_reply reply;
	enum at_verdict verdict;

	(void)snprintf(prefix, sizeof(prefix),
	    "%.*s:", (int)strcspn(command + 2, "=?"), command + 2);
	verdict = at_command(&w->at, command, prefix, COMMAND_MS, &reply);
	if (verdict == AT_SILENT)
		verdict = at_command(&w->at, "AT", "+", COMMAND_MS, &reply);
	if (verdict == AT_SILENT || verdict == AT_GONE)
		worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
}

static void
tell(struct worker *w)
{
	struct proto p = {.type = PROTO_TYPE_PROBED};

	p.probed.lines = dialogue_take();
	link_put(&w->link, &p);
	free(p.probed.lines);
}

bool
probe_step(struct worker *w)
{
	size_t at = w->probe_at;

	if (at == 0)
		return false;
	worker_calling(w, "probe", CALL_MS);
	dialogue_gather(questions[at - 1].has_words);
	ask(w, questions[at - 1].command);
	dialogue_gather_end();
	worker_called(w);
	w->probe_at = at < N_QUESTIONS ? (unsigned)at + 1 : 0;
	if (w->probe_at == 0 || w->is_failed)
		tell(w);
	return true;
}
