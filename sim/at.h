/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The modem's side of the AT line: bytes to lines, lines to commands,
 * arguments to values (ITU-T V.250 §5, 3GPP TS 27.007 §4). Bytes come from
 * outside: everything is bounded and nothing here can fail worse than with
 * an "ERROR" on the line.
 */
#ifndef SIM_AT_H
#define SIM_AT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define AT_LINE_SIZE 1024 /* a submit PDU has at most 2 * 176 characters */
#define AT_NAME_SIZE 16

struct at_reader {
	char buf[AT_LINE_SIZE];
	size_t n;
	bool is_over;	/* the line is longer than buf: the rest is dropped */
	bool is_in_pdu; /* after the "> ": until Ctrl-Z or ESC */
};

enum at_event {
	AT_NOTHING,
	AT_LINE,   /* buf holds a command line */
	AT_PDU,	   /* buf holds what came before Ctrl-Z */
	AT_ESCAPE, /* the PDU was given up */
};

/* Takes one byte. For AT_LINE and AT_PDU buf is a string until the next
 * byte; at_reader_clear() is called by the reader itself. */
enum at_event at_reader_take(struct at_reader *, uint8_t byte);

/* Expect a PDU next. */
void at_reader_expect_pdu(struct at_reader *);

enum at_kind {
	AT_EXEC, /* AT+X, ATE1 */
	AT_READ, /* AT+X? */
	AT_TEST, /* AT+X=? */
	AT_SET,	 /* AT+X=... */
};

struct at_command {
	char name[AT_NAME_SIZE]; /* "+CMGS", "E", "&F"; upper case */
	enum at_kind kind;
	char args[AT_LINE_SIZE]; /* after "=", or the digits of ATE1 */
};

/* Where the commands of the line start (after "AT"), or NULL: no command
 * line, which a modem passes over in silence. */
const char *at_line_body(const char *line);

/* Arguments, one after the other: left out (or the list has ended), given,
 * or malformed (or too long for out). *out counts only after AT_ARG_GIVEN. */
enum at_arg {
	AT_ARG_NONE,
	AT_ARG_GIVEN,
	AT_ARG_BAD,
};

/* The next command of a line, under the same words. */
enum at_arg at_next(const char **cursor, struct at_command *out);

enum at_arg at_arg_int(const char **cursor, int *out);
enum at_arg at_arg_string(const char **cursor, char *out, size_t size);

#endif
