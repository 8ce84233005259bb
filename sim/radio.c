/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What comes over the air or goes wrong on the wire: registration, signal,
 * calls, noise. Driven by the control socket.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/mem.h"
#include "sim/centre.h"
#include "sim/control.h"
#include "sim/modem_state.h"

#define CHATTER "^RSSI: %u" /* what Huawei's modems say all day */

static const struct {
	const char *name;
	int stat;
} registrations[] = {
#define X(id, name, stat) {name, stat},
    REGISTRATIONS(X)
#undef X
};

static const char *const sim_states[] = {
#define X(id, name) name,
	SIM_STATES(X)
#undef X
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

const char *
registration_name(enum registration registration)
{
	return registrations[registration].name;
}

int
registration_parse(const char *name, enum registration *out)
{
	for (size_t i = 0; i < COUNT(registrations); i++) {
		if (strcmp(name, registrations[i].name) == 0) {
			*out = (enum registration)i;
			return 0;
		}
	}
	return -1;
}

const char *
sim_state_name(enum sim_state state)
{
	return sim_states[state];
}

int
sim_state_parse(const char *name, enum sim_state *out)
{
	for (size_t i = 0; i < COUNT(sim_states); i++) {
		if (strcmp(name, sim_states[i]) == 0) {
			*out = (enum sim_state)i;
			return 0;
		}
	}
	return -1;
}

int
modem_stat(const struct modem *modem)
{
	if (modem->set.cfun != 1 || modem->sim_state != SIM_READY)
		return 0;
	return registrations[modem->registration].stat;
}

void
modem_set_registration(struct modem *modem, enum registration registration)
{
	static const char *const names[] = {"+CREG", "+CGREG", "+CEREG"};

	if (modem->registration == registration)
		return;
	modem->registration = registration;
	for (int i = 0; i < 3; i++) {
		if (modem->set.creg[i] == 2 && modem_can_reach(modem))
			modem_urc(modem, "%s: %d,\"1A2B\",\"01C3D4E5\",7",
			    names[i], modem_stat(modem));
		else if (modem->set.creg[i] > 0)
			modem_urc(modem, "%s: %d", names[i],
			    modem_stat(modem));
	}
	incoming_pump(modem);
}

void
modem_set_signal(struct modem *modem, unsigned csq)
{
	modem->csq = csq;
}

void
modem_set_sim_state(struct modem *modem, enum sim_state state)
{
	modem->sim_state = state;
	modem->pin_tries = state == SIM_PUK ? 0 : 3;
	incoming_pump(modem);
}

void
modem_set_full(struct modem *modem, bool is_full)
{
	for (int i = 0; i < N_MEMORIES; i++)
		modem->stores[i].is_full = is_full;
	modem->has_told_full = false;
	incoming_pump(modem);
}

void
modem_set_keeps(struct modem *modem, bool keeps)
{
	for (int i = 0; i < N_MEMORIES; i++)
		modem->stores[i].keeps = keeps;
}

void
modem_set_latency(struct modem *modem, unsigned latency_ms, unsigned jitter_ms)
{
	modem->config.latency_ms = latency_ms;
	modem->config.jitter_ms = jitter_ms;
}

void
modem_set_overwrites_mr(struct modem *modem, bool overwrites)
{
	modem->config.overwrites_mr = overwrites;
}

void
call_tell(struct modem *modem, const char *state)
{
	char caller[SIM_NUMBER_SIZE];

	if (!modem->is_ringing || modem->is_withheld)
		return;
	centre_normalise(modem->caller, caller);
	control_tell(modem->sim, caller, json_pack("{ss ss ss}", "event",
	    "call", "modem", modem->config.name, "state", state));
}

void
call_end(struct modem *modem)
{
	(void)event_del(modem->ring_timer);
	modem->is_ringing = modem->is_answered = false;
}

static void
ring_once(struct modem *modem)
{
	struct timeval wait = {modem->ring_every_ms / 1000,
	    modem->ring_every_ms % 1000 * 1000};

	modem->rings_left--;
	modem_urc(modem, "%s", modem->set.crc ? "+CRING: VOICE" : "RING");
	if (modem->config.brand->is_clip_silent) {
		(void)evtimer_add(modem->ring_timer, &wait);
		return;
	}
	if (modem->set.clip && modem->is_withheld)
		modem_urc(modem, "+CLIP: \"\",128,,,,1");
	else if (modem->set.clip)
		modem_urc(modem, "+CLIP: \"%s\",%d,,,,0", modem->caller,
		    modem->caller[0] == '+' ? 145 : 129);
	(void)evtimer_add(modem->ring_timer, &wait);
}

void
ring_timer_cb(int fd, short what, void *arg)
{
	struct modem *modem = arg;

	(void)fd;
	(void)what;
	if (modem->is_ringing && modem->rings_left > 0) {
		ring_once(modem);
		return;
	}
	call_tell(modem, "no answer");
	call_end(modem);
	modem_urc(modem, "NO CARRIER");
}

int
modem_ring(struct modem *modem, const char *from, unsigned rings,
    unsigned every_ms)
{
	if (!modem_can_reach(modem) || modem->is_ringing ||
	    modem->is_answered || rings == 0)
		return -1;
	memset(modem->caller, 0, sizeof(modem->caller));
	if (from != NULL)
		(void)strncpy(modem->caller, from, sizeof(modem->caller) - 1);
	modem->is_withheld = from == NULL;
	modem->is_ringing = true;
	modem->rings_left = rings;
	modem->ring_every_ms = every_ms;
	ring_once(modem);
	return 0;
}

void
modem_noise(struct modem *modem, unsigned n)
{
	uint8_t *bytes = xmalloc(n + 1);

	for (unsigned i = 0; i < n; i++)
		bytes[i] = (uint8_t)nrand48(modem->sim->random);
	if (modem->line != NULL) {
		line_write(modem->line, bytes, n);
		line_flush(modem->line);
	}
	free(bytes);
}

void
modem_long_line(struct modem *modem, unsigned n)
{
	char *line = xmalloc(n + 3);

	memset(line, 'x', n);
	line[n] = '\r';
	line[n + 1] = '\n';
	if (modem->line != NULL) {
		line_write(modem->line, line, n + 2);
		line_flush(modem->line);
	}
	free(line);
}

void
chatter_timer_cb(int fd, short what, void *arg)
{
	struct modem *modem = arg;

	(void)fd;
	(void)what;
	if (modem->config.brand->chatter != NULL)
		modem_urc(modem, "%s", modem->config.brand->chatter);
	else
		modem_urc(modem, CHATTER, modem->csq);
}

void
modem_chatter(struct modem *modem, unsigned every_ms)
{
	struct timeval wait = {every_ms / 1000, every_ms % 1000 * 1000};

	(void)event_del(modem->chatter_timer);
	if (every_ms > 0 && modem->line != NULL)
		(void)event_add(modem->chatter_timer, &wait);
}

void
modem_look(const struct modem *modem, struct modem_view *out)
{
	*out = (struct modem_view){
		.name = modem->config.name,
		.link = modem->link,
		.config = &modem->config,
		.is_plugged = modem->line != NULL,
		.is_open = modem->line != NULL && line_is_open(modem->line),
		.can_reach = modem_can_reach(modem),
		.registration = modem->registration,
		.sim_state = modem->sim_state,
		.pin_tries = modem->pin_tries,
		.cnmi = {modem->set.cnmi[0], modem->set.cnmi[1],
		    modem->set.cnmi[2], modem->set.cnmi[3],
		    modem->set.cnmi[4]},
		.cscs = modem->set.cscs,
		.csq = modem->csq,
		.is_full = modem->stores[MEMORY_SM].is_full,
		.overwrites_mr = modem->config.overwrites_mr,
		.stored = store_used(&modem->stores[MEMORY_SM]) +
		    store_used(&modem->stores[MEMORY_ME]) +
		    store_used(&modem->stores[MEMORY_SR]),
		.waiting = modem->n_incoming,
		.cmms = (unsigned)modem->set.cmms,
		.commands = modem->commands,
		.unknown = modem->unknown,
		.sent = modem->sent,
		.failed = modem->failed,
		.received = modem->received,
		.ussd_reply = modem->ussd_reply,
	};
}

void
modem_each_command(const struct modem *modem, modem_count_cb *each, void *arg)
{
	for (size_t i = 0; i < COMMAND_COUNTS; i++) {
		if (modem->counts[i].name[0] != '\0')
			each(modem->counts[i].name, modem->counts[i].n, arg);
	}
}
