/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One AT command and its answer (3GPP TS 27.007, 27.005) on our own descriptor,
 * for what libgammu can't ask. Never used while libgammu waits for an answer to
 * a command.
 */
#ifndef WORKER_AT_H
#define WORKER_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AT_LINE 1000 /* a PDU, or USSD as UCS-2, in hexadecimal */

enum at_verdict {
	AT_OK,
	AT_ERROR,	/* plain ERROR, or "COMMAND NOT SUPPORT" */
	AT_CODE,	/* +CME ERROR or +CMS ERROR: code */
	AT_SILENT,	/* no final line within the time */
	AT_GONE,	/* hung up */
};

/* Gets a line that is no part of the answer (+CMTI:, RING, +CDS: …). For +CDS
 * and +CMT the PDU's line follows behind a newline; it is missing when no
 * hexadecimal line came. A +CUSD comes with all lines of its text. */
typedef void at_stray(const char *line, void *arg);

/* One line of an answer. Must not send a command. */
typedef void at_answer(const char *line, void *arg);

/* Called at least four times a second during the wait for an answer. */
typedef void at_tick(void *arg);

struct at {
	int fd;
	at_stray *stray;
	at_tick *tick;		/* NULL: none */
	int64_t next_tick;
	void *arg;
	char line[AT_LINE], held[AT_LINE];
	size_t n;
	enum {
		HELD_NONE,
		HELD_PDU,	/* held waits for its second line */
		HELD_TEXT,	/* held is a +CUSD whose quote is open */
	} is_held;
	bool has_echo;		/* the last command was echoed */
};

struct at_reply {
	int code;		/* of AT_CODE */
	char text[512];		/* the answer's lines, newlines between */
};

void at_init(struct at *, int fd, at_stray *, void *arg);

/* Sends command (without CR) and waits for its final line. A line of the answer
 * starts with prefix ("+CSQ:") or, whatever the prefix, with a digit or a quote
 * ("8984…"). Every other line is a stray. */
enum at_verdict at_command(struct at *, const char *command,
    const char *prefix, int64_t timeout_ms, struct at_reply *);

/* The same for answers of any length, with PDUs (AT+CMGL, AT+CMGR). Each line
 * goes to on_line, also one that is all hexadecimal. The time starts again with
 * each line of the answer; total_ms limits the whole. */
enum at_verdict at_list(struct at *, const char *command, const char *prefix,
    int64_t timeout_ms, int64_t total_ms, at_answer *on_line, void *arg,
    int *code);

/* Converts a hexadecimal line to octets. Returns 0 when the line is not
 * hexadecimal, or has more than size octets. */
size_t at_octets(const char *line, uint8_t *out, size_t size);

/* Reads the lines that came by themselves, as strays. It also waits for the
 * rest of a line that has begun, because libgammu must not get half a line.
 * Returns 0, or -1: hung up. */
int at_listen(struct at *);

/* Handles the whole lines that worker/ear.c has kept, while libgammu waits for
 * the answer to its command. */
void at_listen_kept(struct at *);

/* Throws away what the modem sends until it is silent for quiet_ms. */
void at_discard(struct at *, int quiet_ms);

/* The field number `index` (from 0) behind the prefix in the reply's first
 * line, without quotes. "" when there is none. Returns out. */
const char *at_field(const struct at_reply *, unsigned index, char *out,
    size_t size);
/* The same as a number; fallback when the field is no number. */
int at_number(const struct at_reply *, unsigned index, int fallback);

#endif
