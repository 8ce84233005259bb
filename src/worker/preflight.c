/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Identification and PIN by raw AT commands. libgammu knows neither ICCID
 * nor the number of PIN tries left, and waits up to a second for CPIN.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/pin.h"
#include "worker/preflight.h"
#include "worker/run.h"
#include "worker/tty.h"
#include "worker/worker.h"

#define COMMAND_MS   3000
#define ATTENTION_MS 1000
#define ATTENTIONS   5
#define SIM_READY_MS 20000	/* a SIM that says busy or nothing useful */
#define SIM_RETRY_MS 500

/* +CME ERROR numbers (3GPP TS 27.007 §9.2.1). */
enum {
	CME_SIM_PIN = 11,
	CME_SIM_PUK = 12,
	CME_NO_SIM = 10,
	CME_SIM_FAILURE = 13,
	CME_SIM_BUSY = 14,
};

struct flight {
	struct worker *w;
	struct at at;
	const char *reason;
	int tries_left;
};

static void
ignore_stray(const char *line, void *arg)
{
	(void)line, (void)arg;
}

static void
pause_ms(int ms)
{
	(void)poll(NULL, 0, ms);
}

static enum preflight
failed(struct flight *f, const char *reason)
{
	f->reason = reason;
	return PREFLIGHT_FAILED;
}

static enum preflight
locked(struct flight *f, const char *reason)
{
	f->reason = reason;
	return PREFLIGHT_LOCKED;
}

static enum preflight
get_attention(struct flight *f)
{
	struct at_reply reply;

	/* Out of a text prompt that a worker before us left open. */
	if (write(f->at.fd, "\x1b", 1) == -1 && errno != EAGAIN)
		return failed(f, "gone");
	at_discard(&f->at, 20);
	for (int i = 0; i < ATTENTIONS; i++) {
		if (!worker_is_wanted(f->w))
			return failed(f, "shutdown");
		switch (at_command(&f->at, "AT", "AT", ATTENTION_MS,
		    &reply)) {
		case AT_OK:
			return PREFLIGHT_OK;
		case AT_GONE:
			return failed(f, "gone");
		case AT_ERROR:
		case AT_CODE:
		case AT_SILENT:
			break;
		}
	}
	return failed(f, "silent");
}

/* The first run of digits in the reply, at least min of them. Letters may
 * end an ICCID (padding "F"). */
static bool
take_digits(const struct at_reply *reply, size_t min, char *out, size_t size)
{
	const char *p = reply->text;
	size_t n = 0;

	if (*p == '+' || *p == '^')
		p += strcspn(p, ":");
	while (*p != '\0' && !isdigit((unsigned char)*p))
		p++;
	while (isdigit((unsigned char)p[n]) && n + 1 < size)
		n++;
	if (n < min)
		return false;
	memcpy(out, p, n);
	out[n] = '\0';
	return true;
}

/* Before the PIN: its memory is kept by ICCID. */
static enum preflight
read_iccid(struct flight *f)
{
	static const char *const commands[][2] = {
		{"AT+CCID", "+CCID"},
		{"AT+ICCID", "+ICCID"},
		{"AT^ICCID?", "^ICCID"},
		{"AT+QCCID", "+QCCID"},
	};
	struct identity *id = &f->w->id;
	struct at_reply reply;

	for (unsigned i = 0; i < sizeof(commands) / sizeof(*commands); i++)
		if (at_command(&f->at, commands[i][0], commands[i][1],
		    COMMAND_MS, &reply) == AT_OK &&
		    take_digits(&reply, 15, id->iccid, sizeof(id->iccid)))
			return PREFLIGHT_OK;
	log_info("modem_iccid", "modem=%s text=\"the modem does not tell "
	    "it\"", f->w->config->modem);
	return PREFLIGHT_OK;
}

/* AT+CPINR (3GPP TS 27.007 §8.65): "+CPINR: SIM PIN,2,3". */
static void
read_tries(struct flight *f)
{
	struct at_reply reply;
	const char *p;

	f->tries_left = -1;
	if (at_command(&f->at, "AT+CPINR=\"SIM PIN\"", "+CPINR:", COMMAND_MS,
	    &reply) != AT_OK &&
	    at_command(&f->at, "AT+CPINR", "+CPINR:", COMMAND_MS, &reply) !=
	    AT_OK)
		return;
	if ((p = strstr(reply.text, "SIM PIN,")) != NULL)
		f->tries_left = atoi(p + strlen("SIM PIN,"));
}

enum sim {
	SIM_READY,
	SIM_PIN,
	SIM_PUK,
	SIM_NONE,
	SIM_NOT_YET,
	SIM_OTHER,	/* a network's or the phone's own lock */
	SIM_GONE,
};

static enum sim
ask_sim(struct flight *f)
{
	struct at_reply reply;
	char state[32];

	switch (at_command(&f->at, "AT+CPIN?", "+CPIN:", COMMAND_MS,
	    &reply)) {
	case AT_OK:
		break;
	case AT_CODE:
		if (reply.code == CME_NO_SIM)
			return SIM_NONE;
		if (reply.code == CME_SIM_PIN)
			return SIM_PIN;
		return reply.code == CME_SIM_PUK ? SIM_PUK : SIM_NOT_YET;
	case AT_GONE:
		return SIM_GONE;
	case AT_ERROR:
	case AT_SILENT:
		return SIM_NOT_YET;
	}
	(void)at_field(&reply, 0, state, sizeof(state));
	if (strcmp(state, "READY") == 0)
		return SIM_READY;
	if (strcmp(state, "SIM PIN") == 0)
		return SIM_PIN;
	return strcmp(state, "SIM PUK") == 0 ? SIM_PUK : SIM_OTHER;
}

/* Waits while the SIM is busy or does not answer. */
static enum sim
await_sim(struct flight *f)
{
	int64_t deadline = clock_mono_ms() + SIM_READY_MS;
	enum sim sim;

	while ((sim = ask_sim(f)) == SIM_NOT_YET &&
	    clock_mono_ms() < deadline && worker_is_wanted(f->w))
		pause_ms(SIM_RETRY_MS);
	return sim;
}

static enum preflight
enter_pin(struct flight *f)
{
	const struct proto_config *c = f->w->config;
	const struct identity *id = &f->w->id;
	struct at_reply reply;
	char command[64];
	enum at_verdict verdict;

	if (strspn(c->pin, "0123456789") != strlen(c->pin))
		return locked(f, "pin_format");
	read_tries(f);
	switch (pin_ask(c->pin_memory, id->iccid, id->imei, c->pin,
	    f->tries_left)) {
	case PIN_TRY:
		break;
	case PIN_UNKNOWN:
		return locked(f, "pin_needed");
	case PIN_REFUSED:
		return locked(f, "pin_refused");
	case PIN_TOO_FEW:
		return locked(f, "pin_tries");
	}
	if (pin_note_try(c->pin_memory, id->iccid, id->imei, c->pin) == -1)
		return failed(f, "pin_memory");
	(void)snprintf(command, sizeof(command), "AT+CPIN=\"%s\"", c->pin);
	verdict = at_command(&f->at, command, "+CPIN:", 2L * COMMAND_MS,
	    &reply);
	if (verdict == AT_OK) {
		pin_note_success(c->pin_memory, id->iccid, id->imei, c->pin);
		log_info("modem_pin", "modem=%s text=\"the SIM took it\"",
		    c->modem);
		return await_sim(f) == SIM_READY ? PREFLIGHT_OK :
		    failed(f, "sim_busy");
	}
	read_tries(f);
	log_error("modem_pin", "modem=%s code=%d tries_left=%d text=\"the "
	    "SIM refused the PIN; it will not be tried again\"", c->modem,
	    reply.code, f->tries_left);
	return locked(f, "pin_refused");
}

static enum preflight
open_sim(struct flight *f)
{
	switch (await_sim(f)) {
	case SIM_READY:
		return PREFLIGHT_OK;
	case SIM_PIN:
		return enter_pin(f);
	case SIM_PUK:
		return locked(f, "puk");
	case SIM_NONE:
		return locked(f, "no_sim");
	case SIM_OTHER:
		return locked(f, "other_lock");
	case SIM_GONE:
		return failed(f, "gone");
	case SIM_NOT_YET:
		break;
	}
	return failed(f, worker_is_wanted(f->w) ? "sim_busy" : "shutdown");
}

/* Right after its PIN a SIM may be busy for some seconds. */
static enum preflight
read_sim(struct flight *f)
{
	int64_t deadline = clock_mono_ms() + SIM_READY_MS;
	struct identity *id = &f->w->id;
	struct at_reply reply;

	while (at_command(&f->at, "AT+CIMI", "+CIMI", COMMAND_MS, &reply) !=
	    AT_OK || !take_digits(&reply, 10, id->imsi, sizeof(id->imsi))) {
		if (!worker_is_wanted(f->w))
			return failed(f, "shutdown");
		if (clock_mono_ms() >= deadline)
			return failed(f, "no_imsi");
		pause_ms(SIM_RETRY_MS);
	}
	(void)snprintf(id->smsc, sizeof(id->smsc), "%s", f->w->config->smsc);
	if (id->smsc[0] == '\0' && at_command(&f->at, "AT+CSCA?", "+CSCA:",
	    COMMAND_MS, &reply) == AT_OK)
		(void)at_field(&reply, 0, id->smsc, sizeof(id->smsc));
	/* Its own number, where the SIM knows it (3GPP TS 27.007 §7.1). */
	if (at_command(&f->at, "AT+CNUM", "+CNUM:", COMMAND_MS, &reply) ==
	    AT_OK)
		(void)at_field(&reply, 1, id->number, sizeof(id->number));
	/* Octets that are no text would make the daemon refuse READY. */
	if (strspn(id->smsc, "+0123456789") != strlen(id->smsc))
		id->smsc[0] = '\0';
	if (strspn(id->number, "+0123456789") != strlen(id->number))
		id->number[0] = '\0';
	/* libgammu sends nothing without a centre's number. */
	return id->smsc[0] != '\0' ? PREFLIGHT_OK : locked(f, "no_smsc");
}

static enum preflight
identify(struct flight *f)
{
	const struct proto_config *c = f->w->config;
	struct identity *id = &f->w->id;
	struct at_reply reply;

	(void)at_command(&f->at, "AT+CMEE=1", "+CMEE", COMMAND_MS, &reply);
	(void)at_command(&f->at, "AT+CSCS=\"GSM\"", "+CSCS", COMMAND_MS,
	    &reply);
	if (at_command(&f->at, "AT+CGSN", "+CGSN", COMMAND_MS, &reply) ==
	    AT_OK)
		(void)take_digits(&reply, 14, id->imei, sizeof(id->imei));
	if (c->imei[0] == '\0' || strcmp(c->imei, id->imei) == 0)
		return PREFLIGHT_OK;
	log_error("modem_imei", "modem=%s configured=%s found=%s", c->modem,
	    c->imei, id->imei);
	return locked(f, "imei_mismatch");
}

enum preflight
preflight_run(struct worker *w, const char **reason, int *tries_left)
{
	static enum preflight (*const steps[])(struct flight *) = {
		get_attention, identify, read_iccid, open_sim, read_sim,
	};
	struct flight f = {.w = w, .reason = "", .tries_left = -1};
	int fd = tty_open(w->config->modem, w->config->device, reason);
	enum preflight verdict = PREFLIGHT_OK;

	if (fd == -1)
		return PREFLIGHT_FAILED;
	at_init(&f.at, fd, ignore_stray, NULL);
	for (unsigned i = 0; i < sizeof(steps) / sizeof(*steps) &&
	    verdict == PREFLIGHT_OK; i++)
		verdict = steps[i](&f);
	tty_close(fd);
	*reason = f.reason;
	*tries_left = f.tries_left;
	return verdict;
}
