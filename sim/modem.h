/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One LTE modem: a line, a SIM card, a radio. The network side and the
 * control socket use it through this header; the AT commands see its state
 * in modem_state.h.
 */
#ifndef SIM_MODEM_H
#define SIM_MODEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/brand.h"
#include "sim/sim.h"

/* The words of the control socket, and <stat> of +CREG (3GPP TS 27.007
 * §7.2). */
#define REGISTRATIONS(X)                                                      \
	X(NONE, "none", 0)                                                    \
	X(HOME, "home", 1)                                                    \
	X(SEARCHING, "searching", 2)                                          \
	X(DENIED, "denied", 3)                                                \
	X(ROAMING, "roaming", 5)

enum registration {
#define X(id, name, stat) REGISTRATION_##id,
	REGISTRATIONS(X)
#undef X
};

const char *registration_name(enum registration);
int registration_parse(const char *name, enum registration *out);

#define SIM_STATES(X)                                                         \
	X(READY, "ready")                                                     \
	X(PIN, "pin")                                                         \
	X(PUK, "puk")                                                         \
	X(ABSENT, "absent")

enum sim_state {
#define X(id, name) SIM_##id,
	SIM_STATES(X)
#undef X
};

const char *sim_state_name(enum sim_state);
int sim_state_parse(const char *name, enum sim_state *out);

struct modem_config {
	char name[SIM_NAME_SIZE];
	char number[SIM_NUMBER_SIZE];
	char imei[SIM_NUMBER_SIZE];
	char imsi[SIM_NUMBER_SIZE];
	char iccid[SIM_NUMBER_SIZE];
	char csca[SIM_NUMBER_SIZE];
	char pin[16]; /* "": the card asks for none */
	const struct brand *brand; /* NULL: not given */
	unsigned n_slots;
	unsigned latency_ms;
	unsigned jitter_ms;
	bool overwrites_mr;
};

/* Makes a modem and plugs it in. NULL: no terminal (logged). */
struct modem *modem_new(struct sim *, const struct modem_config *);
void modem_free(struct modem *);

/* The one after prev, the first for NULL; NULL at the end. */
struct modem *modem_next(const struct sim *, const struct modem *prev);

const char *modem_name(const struct modem *);
const char *modem_number(const struct modem *);

/* Hangs up and takes the modem off the network. */
void modem_unplug(struct modem *);

/* Comes back with all settings as after power on; link: the new name in the
 * folder, NULL for the last one. -1: it is plugged in, or no terminal. */
int modem_plug(struct modem *, const char *link);

/* Restarts by itself, as after a crash: the terminal stays, all settings and
 * the PIN are forgotten, and it says what its brand says then. */
void modem_restart(struct modem *);

/* Commands (fnmatch, blanks between) that it answers with ERROR from now on,
 * beside those of its brand; "" none. -1: too long. */
int modem_refuse(struct modem *, const char *patterns);

/* From the network: waits until the modem can take it. */
void modem_give_tpdu(struct modem *, const uint8_t *tpdu, size_t n,
    bool is_report);

void modem_set_registration(struct modem *, enum registration);
void modem_set_signal(struct modem *, unsigned csq);
void modem_set_sim_state(struct modem *, enum sim_state);
void modem_set_pin_tries(struct modem *, unsigned tries);
/* Sets the answer to AT+CPIN?, whatever the SIM's state is; "": the state
 * again. -1: too long. */
int modem_set_cpin(struct modem *, const char *word);
void modem_set_full(struct modem *, bool is_full);
void modem_set_keeps(struct modem *, bool keeps);
void modem_set_latency(struct modem *, unsigned latency_ms,
    unsigned jitter_ms);
void modem_set_overwrites_mr(struct modem *, bool);

/* An incoming call: rings times, every_ms apart; from NULL: withheld. -1:
 * busy or off the network. */
int modem_ring(struct modem *, const char *from, unsigned rings,
    unsigned every_ms);

/* A network-initiated USSD; asks: an answer is expected. -1: no user of the
 * line wants it (+CUSD=1), or off the network. */
int modem_ussd(struct modem *, const char *text, bool asks, bool keeps);

/* Disturbances of the line: n random bytes; one line of n characters; an
 * unsolicited line every ms (0: no more). */
void modem_noise(struct modem *, unsigned n);
void modem_long_line(struct modem *, unsigned n);
void modem_chatter(struct modem *, unsigned every_ms);

struct modem_view {
	const char *name;
	const char *link;
	const struct modem_config *config;
	bool is_plugged;
	bool is_open;
	bool can_reach; /* can take and hand in texts */
	enum registration registration;
	enum sim_state sim_state;
	unsigned pin_tries;
	unsigned csq;
	int cnmi[5];
	const char *cscs;
	bool is_full;
	bool overwrites_mr;
	unsigned stored;
	unsigned waiting; /* TPDUs at the centre for this modem */
	unsigned cmms;
	uint64_t commands;
	uint64_t unknown;
	uint64_t sent;
	uint64_t failed;
	uint64_t received;
	const char *ussd_reply; /* the last one typed to the network */
};

void modem_look(const struct modem *, struct modem_view *out);

/* The AT commands seen, by name. */
typedef void modem_count_cb(const char *command, uint64_t n, void *arg);
void modem_each_command(const struct modem *, modem_count_cb *, void *arg);

#endif
