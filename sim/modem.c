/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a modem (power, plug, reset) and its side of the line: bytes
 * in, answers out. What the commands do is in cmd_*.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "base/mem.h"
#include "sim/modem_state.h"
#include "sim/octets.h"
#include "text/gsm7.h"

#define PIN_TRIES 3
#define PUK_TRIES 10
#define ME_SLOTS  100

static void
modem_write(struct modem *modem, const char *text)
{
	if (modem->line == NULL)
		return;
	line_write(modem->line, "\r\n", 2);
	line_write(modem->line, text, strlen(text));
	line_write(modem->line, "\r\n", 2);
}

void
modem_say(struct modem *modem, const char *fmt, ...)
{
	char text[2 * AT_LINE_SIZE];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	modem_write(modem, text);
}

void
modem_urc(struct modem *modem, const char *fmt, ...)
{
	char text[2 * AT_LINE_SIZE];
	va_list ap;

	if (modem->line == NULL || !line_is_open(modem->line))
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (modem->reader.is_in_pdu) {
		(void)evbuffer_add_printf(modem->held_urcs, "\r\n%s\r\n", text);
		return;
	}
	modem_write(modem, text);
	line_flush(modem->line);
}

void
modem_release_urcs(struct modem *modem)
{
	size_t n = evbuffer_get_length(modem->held_urcs);

	if (n > 0 && modem->line != NULL)
		line_write(modem->line, evbuffer_pullup(modem->held_urcs, -1),
		    n);
	(void)evbuffer_drain(modem->held_urcs, n);
}

static const char *
cme_words(int code)
{
	switch (code) {
	case 3:
		return "operation not allowed";
	case 4:
		return "operation not supported";
	case 10:
		return "SIM not inserted";
	case 11:
		return "SIM PIN required";
	case 12:
		return "SIM PUK required";
	case 16:
		return "incorrect password";
	case 30:
		return "no network service";
	case 50:
		return "incorrect parameters";
	}
	return "unknown";
}

static const char *
cms_words(int code)
{
	switch (code) {
	case 1:
		return "Unassigned (unallocated) number";
	case 21:
		return "Short message transfer rejected";
	case 38:
		return "Network out of order";
	case 47:
		return "No resources at present"; /* as no standard has it */
	case 302:
		return "operation not allowed";
	case 304:
		return "invalid PDU mode parameter";
	case 310:
		return "SIM not inserted";
	case 311:
		return "SIM PIN required";
	case 316:
		return "SIM PUK required";
	case 321:
		return "invalid memory index";
	case 331:
		return "no network service";
	case 332:
		return "network timeout";
	}
	return "unknown error";
}

static bool
is_wordy(const struct modem *modem)
{
	return modem->set.cmee == 2 || modem->config.brand->is_verbose;
}

void
modem_final(struct modem *modem, int result)
{
	if (result == RESULT_LATER)
		return;
	if (result >= CMS(0) && is_wordy(modem))
		modem_say(modem, "+CMS ERROR: %s", cms_words(result - CMS(0)));
	else if (result >= CMS(0))
		modem_say(modem, "+CMS ERROR: %d", result - CMS(0));
	else if (result >= CME(0) && is_wordy(modem))
		modem_say(modem, "+CME ERROR: %s", cme_words(result - CME(0)));
	else if (result >= CME(0) && modem->set.cmee == 1)
		modem_say(modem, "+CME ERROR: %d", result - CME(0));
	else if (modem->set.verbose == 0 && modem->line != NULL)
		line_write(modem->line, result == RESULT_OK ? "0\r" : "4\r", 2);
	else
		modem_write(modem, result == RESULT_OK ? "OK" : "ERROR");
	if (modem->line != NULL)
		line_flush(modem->line);
}

static void
end_pdu(struct modem *modem, enum at_event event)
{
	if (event == AT_PDU)
		send_pdu_came(modem, modem->reader.buf, modem->reader.is_over);
	else
		send_given_up(modem);
	modem_release_urcs(modem);
}

static void
read_cb(const uint8_t *bytes, size_t n, void *arg)
{
	struct modem *modem = arg;

	for (size_t i = 0; i < n && modem->line != NULL; i++) {
		struct at_reader *reader = &modem->reader;
		enum at_event event = at_reader_take(reader, bytes[i]);

		if (modem->set.echo && !modem->config.brand->never_echoes &&
		    bytes[i] >= '\b' && bytes[i] != 0x1a &&
		    bytes[i] != 0x1b)
			line_write(modem->line, &bytes[i], 1);
		switch (event) {
		case AT_NOTHING:
			break;
		case AT_LINE:
			if (reader->is_over &&
			    at_line_body(reader->buf) != NULL)
				modem_final(modem, RESULT_ERROR);
			else if (!reader->is_over)
				command_run_line(modem, reader->buf);
			break;
		case AT_PDU:
		case AT_ESCAPE:
			end_pdu(modem, event);
			break;
		}
	}
	if (modem->line != NULL)
		line_flush(modem->line);
}

void
modem_reset(struct modem *modem)
{
	struct settings *set = &modem->set;

	memset(set, 0, sizeof(*set));
	set->echo = set->verbose = 1;
	set->cfun = 1;
	set->cgatt = 1;
	(void)snprintf(set->cscs, sizeof(set->cscs), "%.*s",
	    (int)strcspn(modem->config.brand->cscs, " "),
	    modem->config.brand->cscs);
	if (modem->config.brand->starts_in_me)
		set->memory[0] = set->memory[1] = set->memory[2] = MEMORY_ME;
	memset(&modem->reader, 0, sizeof(modem->reader));
	memset(&modem->sending, 0, sizeof(modem->sending));
	(void)evbuffer_drain(modem->held_urcs,
	    evbuffer_get_length(modem->held_urcs));
	(void)event_del(modem->send_timer);
	(void)event_del(modem->ussd_timer);
	modem->is_in_ussd = false;
	modem->has_told_full = false;
	call_tell(modem, "no answer");
	call_end(modem);
}

struct modem *
modem_new(struct sim *sim, const struct modem_config *config)
{
	struct modem *modem = xcalloc(1, sizeof(*modem));

	TAILQ_INSERT_TAIL(&sim->modems, modem, entry);
	modem->sim = sim;
	modem->config = *config;
	memcpy(modem->link, config->name, sizeof(modem->link));
	modem->held_urcs = evbuffer_new();
	store_init(&modem->stores[MEMORY_SM], "SM", config->n_slots);
	store_init(&modem->stores[MEMORY_ME], "ME", ME_SLOTS);
	store_init(&modem->stores[MEMORY_SR], "SR", config->n_slots);
	modem->registration = REGISTRATION_HOME;
	modem->sim_state = config->pin[0] != '\0' ? SIM_PIN : SIM_READY;
	modem->pin_tries = PIN_TRIES;
	modem->puk_tries = PUK_TRIES;
	modem->csq = 20;
	memcpy(modem->csca, config->csca, sizeof(modem->csca));
	modem->send_timer = evtimer_new(sim->base, send_timer_cb, modem);
	modem->ussd_timer = evtimer_new(sim->base, ussd_timer_cb, modem);
	modem->ring_timer = evtimer_new(sim->base, ring_timer_cb, modem);
	modem->chatter_timer = event_new(sim->base, -1, EV_PERSIST,
	    chatter_timer_cb, modem);
	TAILQ_INIT(&modem->incoming);
	if (modem_plug(modem, NULL) != 0) {
		modem_free(modem);
		return NULL;
	}
	return modem;
}

void
modem_free(struct modem *modem)
{
	if (modem == NULL)
		return;
	TAILQ_REMOVE(&modem->sim->modems, modem, entry);
	incoming_clear(modem);
	line_close(modem->line);
	event_free(modem->send_timer);
	event_free(modem->ussd_timer);
	event_free(modem->ring_timer);
	event_free(modem->chatter_timer);
	evbuffer_free(modem->held_urcs);
	store_clear(&modem->stores[MEMORY_SM]);
	store_clear(&modem->stores[MEMORY_ME]);
	store_clear(&modem->stores[MEMORY_SR]);
	free(modem);
}

void
modem_unplug(struct modem *modem)
{
	line_close(modem->line);
	modem->line = NULL;
	(void)event_del(modem->chatter_timer);
	modem_reset(modem);
}

int
modem_plug(struct modem *modem, const char *link)
{
	char path[PATH_MAX];
	int n;

	if (modem->line != NULL)
		return -1;
	if (link != NULL) {
		memset(modem->link, 0, sizeof(modem->link));
		(void)strncpy(modem->link, link, sizeof(modem->link) - 1);
	}
	n = snprintf(path, sizeof(path), "%s/%s", modem->sim->options.dir,
	    modem->link);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -1;
	modem_reset(modem);
	if (modem->config.pin[0] != '\0' && modem->sim_state == SIM_READY)
		modem->sim_state = SIM_PIN;
	modem->line = line_open(modem->sim->base, modem->sim->watch, path,
	    read_cb, modem);
	if (modem->line == NULL)
		return -1;
	incoming_pump(modem);
	return 0;
}

struct modem *
modem_next(const struct sim *sim, const struct modem *prev)
{
	return prev == NULL ? TAILQ_FIRST(&sim->modems)
			    : TAILQ_NEXT(prev, entry);
}

const char *
modem_name(const struct modem *modem)
{
	return modem->config.name;
}

const char *
modem_number(const struct modem *modem)
{
	return modem->config.number;
}

bool
modem_can_reach(const struct modem *modem)
{
	return modem->line != NULL && modem->sim_state == SIM_READY &&
	    (modem_stat(modem) == 1 || modem_stat(modem) == 5);
}

char *
modem_to_cscs(const struct modem *modem, const char *utf8)
{
	uint8_t *octets;
	size_t n;
	char *hex;

	if (strcmp(modem->set.cscs, "UCS2") != 0)
		return xstrdup(utf8);
	octets = ucs2_encode(utf8, &n);
	hex = xmalloc(2 * n + 1);
	hex_encode(octets, n, hex);
	free(octets);
	return hex;
}

char *
modem_from_cscs(const struct modem *modem, const char *chars)
{
	uint8_t octets[2 * USSD_TEXT_SIZE];
	int n;

	if (strcmp(modem->set.cscs, "UCS2") != 0)
		return xstrdup(chars);
	n = hex_decode(chars, octets, sizeof(octets));
	return n < 0 ? NULL : ucs2_decode(octets, (size_t)n);
}
