/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The inside of a modem, for the files that are the modem: modem.c,
 * incoming.c, radio.c and the AT commands (command.c, cmd_*.c).
 */
#ifndef SIM_MODEM_STATE_H
#define SIM_MODEM_STATE_H

#include "sim/at.h"
#include "sim/fault.h"
#include "sim/line.h"
#include "sim/modem.h"
#include "sim/pdu.h"
#include "sim/store.h"

#define REFUSES_SIZE   400
#define CPIN_SIZE      32
#define USSD_TEXT_SIZE 800 /* 182 characters in hexadecimal UCS-2 */

struct evbuffer;
struct event;

/* How a command ends. Positive values are errors with a number. */
#define RESULT_OK    0
#define RESULT_LATER (-1) /* the final result comes later, or never */
#define RESULT_ERROR (-2)
#define CME(n)	     (0x10000 + (n)) /* 3GPP TS 27.007 §9.2 */
#define CMS(n)	     (0x20000 + (n)) /* 3GPP TS 27.005 §3.2.5 */

enum memory {
	MEMORY_SM,
	MEMORY_ME,
	MEMORY_SR,
	N_MEMORIES,
};

/* The settings that a reset brings back to their start. */
struct settings {
	int echo;
	int verbose;
	int cmee;
	int cmgf;
	int cmms;
	int csms;
	int clip;
	int crc;
	int cusd;
	int cfun;
	int cgatt;
	int creg[3]; /* CREG, CGREG, CEREG */
	int cops_format;
	int cnmi[5];
	char cscs[8];
	enum memory memory[3];
};

/* A submit between AT+CMGS and its end. */
struct sending {
	unsigned length; /* of AT+CMGS=length */
	struct submit submit;
	struct fault fault;
	bool is_under_way; /* Ctrl-Z came, the network has not answered */
	int64_t command_us;
	int64_t prompt_us;
	int64_t pdu_us;
};

struct incoming {
	TAILQ_ENTRY(incoming) entry;
	bool is_report;
	uint8_t tpdu[PDU_SIZE];
	size_t n;
};

struct command_count {
	char name[AT_NAME_SIZE];
	uint64_t n;
};

#define COMMAND_COUNTS 64

struct modem {
	TAILQ_ENTRY(modem) entry;
	struct sim *sim;
	struct modem_config config;
	char link[SIM_NAME_SIZE];
	struct line *line; /* NULL: unplugged */
	struct at_reader reader;
	struct evbuffer *held_urcs; /* while a PDU is typed in */
	struct settings set;
	struct store stores[N_MEMORIES];

	enum registration registration;
	enum sim_state sim_state;
	unsigned pin_tries;
	unsigned puk_tries;
	unsigned csq;
	char refuses[REFUSES_SIZE];
	char cpin[CPIN_SIZE];	/* instead of the state; or "" */
	char csca[SIM_NUMBER_SIZE];

	struct sending sending;
	struct event *send_timer;
	uint8_t next_mr;

	TAILQ_HEAD(, incoming) incoming;
	unsigned n_incoming;
	bool has_told_full;

	struct event *ring_timer;
	char caller[SIM_NUMBER_SIZE];
	bool is_withheld;
	bool is_ringing;
	bool is_answered;
	unsigned rings_left;
	unsigned ring_every_ms;

	struct event *ussd_timer;
	char ussd_path[USSD_TEXT_SIZE]; /* what was dialled and typed so far */
	bool is_in_ussd; /* the network waits for an answer */
	bool keeps_ussd; /* and for the control socket after it */
	char ussd_reply[USSD_TEXT_SIZE];

	struct event *chatter_timer;
	enum { MUTE_FOREVER, MUTE_TO_CFUN, MUTE_TO_RESTART } mute_until;
	char mute[AT_NAME_SIZE]; /* this command gets no answer; "*": none */

	uint64_t commands;
	uint64_t unknown;
	uint64_t sent;
	uint64_t failed;
	uint64_t received;
	struct command_count counts[COMMAND_COUNTS];
};

/* modem.c: what goes out. A say is a line of a command's answer, a final
 * its end, a urc comes between commands and waits while a PDU is typed. */
void modem_say(struct modem *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void modem_urc(struct modem *, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void modem_final(struct modem *, int result);
void modem_release_urcs(struct modem *);
void modem_reset(struct modem *);

/* Plugged in, switched on, SIM ready, registered. */
bool modem_can_reach(const struct modem *);

/* <stat> as AT+CREG? shows it: 0 when the radio is off. */
int modem_stat(const struct modem *);

/* A string argument or answer in the character set of AT+CSCS (3GPP TS
 * 27.007 §5.5). from_cscs: NULL, not of that set. The caller frees. */
char *modem_to_cscs(const struct modem *, const char *utf8);
char *modem_from_cscs(const struct modem *, const char *chars);

/* command.c */
void command_run_line(struct modem *, const char *line);

/* A setting of one small number, 0 to max: reads, tests and sets it. more:
 * what follows the value in the answer to a read, or "". */
int command_int(struct modem *, const struct at_command *, int *field, int max,
    const char *more);

/* incoming.c: hands over what waits, as far as CNMI and memory allow. */
void incoming_pump(struct modem *);
void incoming_clear(struct modem *);

/* cmd_send.c */
void send_pdu_came(struct modem *, const char *hex, bool is_over);
void send_given_up(struct modem *);
void send_timer_cb(int fd, short what, void *modem);

/* ussd.c */
int ussd_run_cusd(struct modem *, const struct at_command *);
void ussd_timer_cb(int fd, short what, void *modem);

/* radio.c */
void ring_timer_cb(int fd, short what, void *modem);
void chatter_timer_cb(int fd, short what, void *modem);
void call_end(struct modem *);
void call_tell(struct modem *, const char *state);

#endif
