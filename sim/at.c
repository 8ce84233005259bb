/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The reader and parser of AT command lines. Called by modem.c for every
 * byte from the line; knows no command.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sim/at.h"

#define CTRL_Z 0x1a
#define ESC    0x1b

static enum at_event
line_end(struct at_reader *r, enum at_event event)
{
	r->buf[r->n] = '\0';
	r->n = 0;
	r->is_in_pdu = false;
	return event;
}

static void
keep_octet(struct at_reader *r, uint8_t byte)
{
	if (r->n + 1 < sizeof(r->buf))
		r->buf[r->n++] = (char)byte;
	else
		r->is_over = true;
}

static enum at_event
take_pdu(struct at_reader *r, uint8_t byte)
{
	switch (byte) {
	case CTRL_Z:
		return line_end(r, AT_PDU);
	case ESC:
		return line_end(r, AT_ESCAPE);
	case '\r':
	case '\n':
	case ' ':
		return AT_NOTHING;
	}
	keep_octet(r, byte);
	return AT_NOTHING;
}

enum at_event
at_reader_take(struct at_reader *r, uint8_t byte)
{
	if (r->is_in_pdu)
		return take_pdu(r, byte);
	if (r->n == 0)
		r->is_over = false;
	switch (byte) {
	case ESC:
		r->n = 0;
		return AT_NOTHING;
	case '\r':
		return line_end(r, AT_LINE);
	case '\b':
		if (r->n > 0)
			r->n--;
		return AT_NOTHING;
	case '\n':
	case '\0':
	case CTRL_Z:
		return AT_NOTHING;
	}
	keep_octet(r, byte);
	return AT_NOTHING;
}

void
at_reader_expect_pdu(struct at_reader *r)
{
	r->n = 0;
	r->is_over = false;
	r->is_in_pdu = true;
}

const char *
at_line_body(const char *line)
{
	while (*line != '\0' && !isgraph((unsigned char)*line))
		line++;
	return strncasecmp(line, "AT", 2) == 0 ? line + 2 : NULL;
}

/* Copies up to `;` outside of quotes and moves past it. */
static enum at_arg
take_args(const char **cursor, char *out, size_t size)
{
	const char *p = *cursor;
	bool is_quoted = false;
	size_t n = 0;

	for (; *p != '\0' && (is_quoted || *p != ';'); p++) {
		if (*p == '"')
			is_quoted = !is_quoted;
		if (n + 1 >= size)
			return AT_ARG_BAD;
		out[n++] = *p;
	}
	out[n] = '\0';
	*cursor = *p == ';' ? p + 1 : p;
	return is_quoted ? AT_ARG_BAD : AT_ARG_GIVEN;
}

static enum at_arg
next_extended(const char **cursor, struct at_command *out)
{
	const char *p = *cursor;
	size_t n = 0;

	do {
		if (n + 1 >= sizeof(out->name))
			return AT_ARG_BAD;
		out->name[n++] = (char)toupper((unsigned char)*p++);
	} while (isalnum((unsigned char)*p));
	out->name[n] = '\0';
	out->kind = AT_EXEC;
	if (p[0] == '=' && p[1] == '?') {
		out->kind = AT_TEST;
		p += 2;
	} else if (*p == '?') {
		out->kind = AT_READ;
		p++;
	} else if (*p == '=') {
		out->kind = AT_SET;
		p++;
	}
	*cursor = p;
	if (out->kind != AT_SET && *p != ';' && *p != '\0')
		return AT_ARG_BAD;
	return take_args(cursor, out->args, sizeof(out->args));
}

static enum at_arg
next_basic(const char **cursor, struct at_command *out)
{
	const char *p = *cursor;
	size_t n = 0;

	if (*p == '&' || *p == '\\')
		out->name[n++] = *p++;
	if (!isalpha((unsigned char)*p))
		return AT_ARG_BAD;
	out->name[n++] = (char)toupper((unsigned char)*p++);
	out->name[n] = '\0';
	out->kind = AT_EXEC;
	n = 0;
	if (strcmp(out->name, "D") == 0) {
		while (*p != '\0' && n + 1 < sizeof(out->args))
			out->args[n++] = *p++;
	} else {
		while ((isdigit((unsigned char)*p) || *p == '=' || *p == '?') &&
		    n + 1 < sizeof(out->args))
			out->args[n++] = *p++;
	}
	out->args[n] = '\0';
	*cursor = *p == ';' ? p + 1 : p;
	return AT_ARG_GIVEN;
}

enum at_arg
at_next(const char **cursor, struct at_command *out)
{
	while (**cursor == ' ' || **cursor == ';')
		(*cursor)++;
	if (**cursor == '\0')
		return AT_ARG_NONE;
	if (strchr("+^$%*#", **cursor) != NULL ||
	    (strchr("!_", **cursor) != NULL &&
	    isalpha((unsigned char)(*cursor)[1])))
		return next_extended(cursor, out);
	return next_basic(cursor, out);
}

/* Moves past the blanks and the comma that follow a value. */
static enum at_arg
end_arg(const char **cursor, enum at_arg result)
{
	while (**cursor == ' ')
		(*cursor)++;
	if (**cursor == ',')
		(*cursor)++;
	else if (**cursor != '\0')
		return AT_ARG_BAD;
	return result;
}

enum at_arg
at_arg_int(const char **cursor, int *out)
{
	char *end;
	long value;

	while (**cursor == ' ')
		(*cursor)++;
	if (**cursor == ',' || **cursor == '\0')
		return end_arg(cursor, AT_ARG_NONE);
	if (!isdigit((unsigned char)**cursor))
		return AT_ARG_BAD;
	value = strtol(*cursor, &end, 10);
	if (value > 65535)
		return AT_ARG_BAD;
	*out = (int)value;
	*cursor = end;
	return end_arg(cursor, AT_ARG_GIVEN);
}

enum at_arg
at_arg_string(const char **cursor, char *out, size_t size)
{
	bool is_quoted;
	size_t n = 0;

	while (**cursor == ' ')
		(*cursor)++;
	if (**cursor == ',' || **cursor == '\0')
		return end_arg(cursor, AT_ARG_NONE);
	is_quoted = **cursor == '"';
	if (is_quoted)
		(*cursor)++;
	for (; **cursor != '\0'; (*cursor)++) {
		if (**cursor == (is_quoted ? '"' : ','))
			break;
		if (n + 1 >= size)
			return AT_ARG_BAD;
		out[n++] = **cursor;
	}
	out[n] = '\0';
	if (is_quoted) {
		if (**cursor != '"')
			return AT_ARG_BAD;
		(*cursor)++;
	}
	return end_arg(cursor, AT_ARG_GIVEN);
}
