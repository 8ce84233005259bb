/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Identification and PIN by raw AT commands: libgammu knows neither ICCID nor
 * the number of PIN tries left, and waits up to a second for CPIN.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/card.h"
#include "worker/ear.h"
#include "worker/pin.h"
#include "worker/preflight.h"
#include "worker/run.h"
#include "worker/search.h"
#include "worker/tty.h"
#include "worker/worker.h"

#define COMMAND_MS   3000
#define LINE_DOWN_MS 500
#define CFUN_MS	     15000
#define ATTENTION_MS 1000
#define ATTENTIONS   5
#define SIM_READY_MS 20000	/* wait so long for a busy or silent SIM */
#define SIM_RETRY_MS 500

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

/* A modem that does not react to commands may react to this: DTR goes off
 * (circuit 108/2, ITU-T V.250 §6.2.9), then a break. */
static void
drop_line(int fd)
{
	int bits = TIOCM_DTR | TIOCM_RTS;

	(void)ioctl(fd, TIOCMBIC, &bits);
	(void)tcsendbreak(fd, 0);
	pause_ms(LINE_DOWN_MS);
	(void)ioctl(fd, TIOCMBIS, &bits);
}

/* The second form is for a modem that somebody left with ATV0 or ATQ1: its
 * answers are not words then (ITU-T V.250 §6.2). */
static enum preflight
get_attention(struct flight *f)
{
	static const char *const commands[] = {"AT", "ATQ0V1E1"};
	const char *reason = "silent";
	struct at_reply reply;

	/* ESC leaves a text prompt that an earlier worker left open. */
	if (ear_write(f->at.fd, "\x1b", 1) == -1 && errno != EAGAIN)
		return failed(f, "gone");
	at_discard(&f->at, 20);
	for (int i = 0; i < ATTENTIONS; i++) {
		if (!worker_is_wanted(f->w))
			return failed(f, "shutdown");
		switch (at_command(&f->at, commands[i % 2], "AT",
		    ATTENTION_MS, &reply)) {
		case AT_OK:
			return PREFLIGHT_OK;
		case AT_GONE:
			return failed(f, "gone");
		case AT_ERROR:
		case AT_CODE:
			reason = "at_error";
			pause_ms(SIM_RETRY_MS);
			break;
		case AT_SILENT:
			break;
		}
	}
	if (strcmp(reason, "silent") == 0 &&
	    f->w->config->reset != RESET_NONE)
		drop_line(f->at.fd);
	return failed(f, reason);
}

/* Reads the ICCID before the PIN: the memory of tries needs it. */
static enum preflight
read_iccid(struct flight *f)
{
	struct identity *id = &f->w->id;
	const struct card_question *q;
	struct at_reply reply;

	for (unsigned i = 0; (q = card_iccid_question(i)) != NULL; i++)
		if (at_command(&f->at, q->command, q->prefix, COMMAND_MS,
		    &reply) == AT_OK &&
		    card_iccid(q, &reply, id->iccid, sizeof(id->iccid)))
			return PREFLIGHT_OK;
	log_info("modem_iccid", "modem=%s text=\"the modem does not tell "
	    "it\"", f->w->config->modem);
	return PREFLIGHT_OK;
}

/* Asks until the modem answers a question with a number. */
static void
read_tries(struct flight *f)
{
	const struct card_question *q;
	struct at_reply reply;

	f->tries_left = -1;
	for (unsigned i = 0; f->tries_left == -1 &&
	    (q = card_tries_question(i)) != NULL; i++)
		if (at_command(&f->at, q->command, q->prefix, COMMAND_MS,
		    &reply) == AT_OK)
			f->tries_left = card_tries(q, &reply);
}

/* Returns false when the modem is gone. */
static bool
ask_sim(struct flight *f, enum card_state *state)
{
	struct at_reply reply;
	char word[32];

	*state = CARD_NOT_YET;
	switch (at_command(&f->at, "AT+CPIN?", "+CPIN:", COMMAND_MS,
	    &reply)) {
	case AT_OK:
		*state = card_state_of(at_field(&reply, 0, word,
		    sizeof(word)));
		return true;
	case AT_CODE:
		*state = card_state_of_error(reply.code);
		return true;
	case AT_GONE:
		return false;
	case AT_ERROR:
	case AT_SILENT:
		break;
	}
	return true;
}

/* Waits while the SIM is busy or does not answer. */
static bool
await_sim(struct flight *f, enum card_state *state)
{
	int64_t deadline = clock_mono_ms() + SIM_READY_MS;
	bool is_there;

	while ((is_there = ask_sim(f, state)) && *state == CARD_NOT_YET &&
	    clock_mono_ms() < deadline && worker_is_wanted(f->w))
		pause_ms(SIM_RETRY_MS);
	return is_there;
}

static enum preflight
enter_pin(struct flight *f)
{
	const struct proto_config *c = f->w->config;
	const struct identity *id = &f->w->id;
	struct at_reply reply;
	char command[64];
	enum at_verdict verdict;
	enum card_state state;

	if (strspn(c->pin, "0123456789") != strlen(c->pin))
		return locked(f, "pin_file");
	read_tries(f);
	switch (pin_ask(c->pin_memory, id->iccid, id->imei, c->pin,
	    f->tries_left, c->is_pin_typed)) {
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
		if (!await_sim(f, &state))
			return failed(f, "gone");
		return state == CARD_READY ? PREFLIGHT_OK
		    : failed(f, "sim_busy");
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
	enum card_state state;

	if (!await_sim(f, &state))
		return failed(f, "gone");
	switch (state) {
	case CARD_READY:
		return PREFLIGHT_OK;
	case CARD_PIN:
		return enter_pin(f);
	case CARD_PUK:
		return locked(f, "puk");
	case CARD_NONE:
		return locked(f, "no_sim");
	case CARD_BLOCKED:
		return locked(f, "sim_blocked");
	case CARD_OTHER:
		return locked(f, "other_lock");
	case CARD_NOT_YET:
		break;
	}
	return failed(f, worker_is_wanted(f->w) ? "sim_busy" : "shutdown");
}

static void
read_imsi(struct flight *f)
{
	struct identity *id = &f->w->id;
	struct at_reply reply;

	if (at_command(&f->at, "AT+CIMI", "+CIMI", COMMAND_MS, &reply) ==
	    AT_OK)
		(void)card_digits(&reply, 10, id->imsi, sizeof(id->imsi));
}

static void
read_smsc(struct flight *f)
{
	struct identity *id = &f->w->id;
	struct at_reply reply;

	if (f->w->config->smsc[0] != '\0')
		(void)snprintf(id->smsc, sizeof(id->smsc), "%s",
		    f->w->config->smsc);
	else if (at_command(&f->at, "AT+CSCA?", "+CSCA:", COMMAND_MS,
	    &reply) == AT_OK)
		card_number(&reply, 0, id->smsc, sizeof(id->smsc));
}

/* Right after the PIN, a SIM may be busy for some seconds. Asks until there is
 * an answer (value is not "") or the time is over. Returns false when the start
 * is not wanted any more. */
static bool
await(struct flight *f, void (*ask)(struct flight *), const char *value)
{
	int64_t deadline = clock_mono_ms() + SIM_READY_MS;

	for (;;) {
		ask(f);
		if (*value != '\0' || clock_mono_ms() >= deadline)
			return true;
		if (!worker_is_wanted(f->w))
			return false;
		pause_ms(SIM_RETRY_MS);
	}
}

static enum preflight
read_sim(struct flight *f)
{
	struct identity *id = &f->w->id;
	struct at_reply reply;

	if (!await(f, read_imsi, id->imsi))
		return failed(f, "shutdown");
	if (id->imsi[0] == '\0')
		return failed(f, "no_imsi");
	if (!await(f, read_smsc, id->smsc))
		return failed(f, "shutdown");
	/* The SIM's own number, if the SIM knows it (3GPP TS 27.007 §7.1). */
	if (at_command(&f->at, "AT+CNUM", "+CNUM:", COMMAND_MS, &reply) ==
	    AT_OK)
		card_number(&reply, 1, id->number, sizeof(id->number));
	/* libgammu sends nothing without the number of a message centre. */
	return id->smsc[0] != '\0' ? PREFLIGHT_OK : locked(f, "no_smsc");
}

/* 3GPP TS 27.007 §8.2: 0 is minimum, 1 full; a 1 behind it asks for a restart
 * first. Some modems can only switch off the radio (4). */
static enum preflight
reset_softly(struct flight *f)
{
	struct at_reply reply;

	if (at_command(&f->at, "AT+CFUN=0", "+CFUN:", CFUN_MS, &reply) !=
	    AT_OK)
		(void)at_command(&f->at, "AT+CFUN=4", "+CFUN:", CFUN_MS,
		    &reply);
	if (at_command(&f->at, "AT+CFUN=1", "+CFUN:", CFUN_MS, &reply) ==
	    AT_GONE)
		return failed(f, "resetting");
	return PREFLIGHT_OK;
}

/* The standard's command, then those of Huawei, SIMCom, Telit, ZTE. */
static enum preflight
reset_hard(struct flight *f)
{
	static const char *const words[] = {
		"AT+CFUN=1,1", "AT^RESET", "AT+CRESET", "AT#REBOOT",
		"AT+ZRST",
	};
	struct at_reply reply;
	enum at_verdict verdict = AT_ERROR;

	for (size_t i = 0; i < sizeof(words) / sizeof(*words) &&
	    (verdict == AT_ERROR || verdict == AT_CODE); i++)
		verdict = at_command(&f->at, words[i], "+CFUN:", CFUN_MS,
		    &reply);
	return failed(f, verdict == AT_ERROR || verdict == AT_CODE ?
	    "at_error" : "resetting");
}

static enum preflight
reset(struct flight *f)
{
	switch ((enum reset)f->w->config->reset) {
	case RESET_NONE:
		break;
	case RESET_SOFT:
		return reset_softly(f);
	case RESET_HARD:
		return reset_hard(f);
	}
	return PREFLIGHT_OK;
}

/* libgammu needs an echo (worker/ear.c). ATE1 itself may come without one. */
static enum preflight
look_for_echo(struct flight *f)
{
	struct at_reply reply;

	if (at_command(&f->at, "ATE1", "AT", COMMAND_MS, &reply) == AT_GONE ||
	    at_command(&f->at, "AT", "AT-", COMMAND_MS, &reply) == AT_GONE)
		return failed(f, "gone");
	if (!f->at.has_echo) {
		log_info("modem_echo", "modem=%s text=\"it has none\"",
		    f->w->config->modem);
		ear_lend_echo(f->w->config->device);
	}
	return PREFLIGHT_OK;
}

static enum preflight
identify(struct flight *f)
{
	const struct proto_config *c = f->w->config;
	struct identity *id = &f->w->id;
	struct at_reply reply;

	(void)at_command(&f->at, "AT+CMEE=1", "+CMEE", COMMAND_MS, &reply);
	if (at_command(&f->at, "AT+CSCS=\"GSM\"", "+CSCS", COMMAND_MS,
	    &reply) != AT_OK)
		(void)at_command(&f->at, "AT+CSCS=\"IRA\"", "+CSCS",
		    COMMAND_MS, &reply);
	if (at_command(&f->at, "AT+CGSN", "+CGSN", COMMAND_MS, &reply) ==
	    AT_OK)
		(void)card_digits(&reply, 14, id->imei, sizeof(id->imei));
	if (c->imei[0] == '\0' || strcmp(c->imei, id->imei) == 0)
		return PREFLIGHT_OK;
	log_error("modem_imei", "modem=%s configured=%s found=%s", c->modem,
	    c->imei, id->imei);
	(void)snprintf(f->w->detail, sizeof(f->w->detail), "%s", id->imei);
	return locked(f, "imei_wrong");
}

/* "no_device" for a port that is away, "not_found" after a search. */
static const char *
not_found(struct worker *w)
{
	const struct proto_config *c = w->config;
	bool is_path = c->device[0] == '/' &&
	    strpbrk(c->device, "*?[") == NULL;

	(void)snprintf(w->detail, sizeof(w->detail), "%s", is_path ? c->device
	    : c->imei);
	if (!worker_is_wanted(w))
		return "shutdown";
	return is_path ? "no_device" : "not_found";
}

enum preflight
preflight_run(struct worker *w, const char **reason, int *tries_left)
{
	static enum preflight (*const steps[])(struct flight *) = {
		get_attention, reset, look_for_echo, identify, read_iccid,
		open_sim, read_sim,
	};
	struct flight f = {.w = w, .reason = "", .tries_left = -1};
	enum preflight verdict = PREFLIGHT_OK;
	int fd;

	if (search_is_wanted(w) && !search_device(w)) {
		*reason = not_found(w);
		return PREFLIGHT_FAILED;
	}
	fd = tty_open(w->config->modem, w->config->device, reason,
	    w->detail, sizeof(w->detail));
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
