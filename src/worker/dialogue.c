/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lines are masked before they are kept, so that nothing else is in memory
 * either.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE /* strcasestr() */
#endif
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "worker/dialogue.h"

#define LINES	     24
#define WIDTH	     96	 /* of a masked line */
#define RAW	     160 /* of one as it comes; more of it is not kept */
#define GATHERED     12000
#define DIGITS_SHOWN 4 /* in a row: more may be a number */
#define NAME_SHOWN   12 /* in quotes */
#define HEX_SHOWN    8 /* a whole line of it: more is a PDU */

struct side {
	char raw[RAW];
	size_t n, octets; /* kept; came */
};

static struct {
	struct side ours, theirs;
	char lines[LINES][WIDTH];
	size_t next, n_lines;
	char *gathered;
	size_t n_gathered;
	bool is_gathering, with_words;
} dialogue;

/* A number or a text follows these. */
static const char *const private_names[] = {
	"CUSD", "CMGL", "CMGR", "CMGW", "+CMT:", "CLIP", "CNUM", "CPBR",
	"CPBW", "CSCA", "CCWA", "COLP", "+CLCC", "+CDS:", "ATD",
};

/* Behind their "=" is a PIN or a password. */
static const char *const secret_names[] = {"CPIN", "CLCK", "CPWD", "CPUK"};

/* Lines that are neither "+NAME:" nor text. */
static const char *const words[] = {
	"OK", "ERROR", "RING", "NO CARRIER", "BUSY", "NO ANSWER",
	"NO DIALTONE", "CONNECT", ">", "COMMAND NOT SUPPORT", "RDY",
};

static bool
names_any(const char *line, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcasestr(line, names[i]) != NULL)
			return true;
	return false;
}
#define NAMES(line, names)                                                     \
	names_any(line, names, sizeof(names) / sizeof((names)[0]))

static bool
is_modem_word(const char *line)
{
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strncasecmp(line, words[i], strlen(words[i])) == 0 &&
		    strlen(line) <= strlen(words[i]) + 1)
			return true;
	return false;
}

/* A line of which something may be shown. */
static bool
is_protocol(const char *line, bool is_ours)
{
	size_t hex = strspn(line, "0123456789ABCDEFabcdef");

	if (line[hex] == '\0' && hex > HEX_SHOWN)
		return false;
	if (is_ours || strncasecmp(line, "AT", 2) == 0)
		return strncasecmp(line, "AT", 2) == 0 &&
		       (!isalnum((unsigned char)line[2]) ||
			   strchr("DEIZVQ", toupper((unsigned char)line[2])) !=
			       NULL);
	return line[0] == '+' || line[0] == '^' || line[0] == '*' ||
	       line[0] == '%' || line[0] == '$' || line[0] == '#' ||
	       is_modem_word(line) || dialogue.with_words;
}

static bool
has_number(const char *text, size_t n)
{
	size_t run = 0;

	for (size_t i = 0; i < n && run <= DIGITS_SHOWN; i++)
		run = isdigit((unsigned char)text[i]) ? run + 1 : 0;
	return run > DIGITS_SHOWN;
}

/* A short name in quotes is shown. Returns how much of line was used. */
static size_t
mask_quoted(const char *line, char *out, size_t room)
{
	size_t n = strcspn(line + 1, "\"");
	size_t plain = strspn(line + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghi"
	    "jklmnopqrstuvwxyz_.-0123456789");
	bool is_shown = n <= NAME_SHOWN && plain >= n &&
	    !has_number(line + 1, n);

	(void)snprintf(out, room, "\"%.*s\"", is_shown ? (int)n : 3,
	    is_shown ? line + 1 : "...");
	return n + 1 + (line[n + 1] == '"');
}

/* Runs of digits go. Returns how much of line was used. */
static size_t
mask_part(const char *line, char *out, size_t room)
{
	size_t digits = strspn(line, "0123456789");

	if (line[0] == '"')
		return mask_quoted(line, out, room);
	if (digits > DIGITS_SHOWN) {
		(void)snprintf(out, room, "<%zu digits>", digits);
		return digits;
	}
	if (digits == 0)
		digits = 1;
	(void)snprintf(out, room, "%.*s", (int)digits, line);
	return digits;
}

/* Up to where a number or a text may begin. */
static size_t
shown_length(const char *line)
{
	const char *at = strpbrk(line, ":=");

	if (NAMES(line, secret_names) && strchr(line, '=') != NULL)
		return (size_t)(strchr(line, '=') - line) + 1;
	if (!NAMES(line, private_names) || line[strlen(line) - 1] == '?')
		return strlen(line);
	if (strncasecmp(line, "ATD", 3) == 0)
		return 3;
	return at == NULL
		   ? strlen(line)
		   : (size_t)(at - line) + 1 + strspn(at + 1, " 0123456789,");
}

static void
mask(const struct side *side, bool is_ours, char out[WIDTH])
{
	const char *line = side->raw;
	size_t used = 2, shown, i = 0;

	(void)snprintf(out, WIDTH, "%c ", is_ours ? '>' : '<');
	if (!is_protocol(line, is_ours)) {
		(void)snprintf(
		    out + used, WIDTH - used, "<%zu octets>", side->octets);
		return;
	}
	shown = shown_length(line);
	while (i < shown && used + 16 < WIDTH) {
		char part[RAW];

		(void)snprintf(
		    part, sizeof(part), "%.*s", (int)(shown - i), line + i);
		i += mask_part(part, out + used, WIDTH - used);
		used += strlen(out + used);
	}
	if (i < strlen(line))
		(void)snprintf(out + used, WIDTH - used, "...");
}

static void
gather(const char *line)
{
	size_t n = strlen(line) + 1;

	if (dialogue.n_gathered + n >= GATHERED)
		return;
	if (dialogue.gathered == NULL)
		dialogue.gathered = xcalloc(1, GATHERED);
	(void)snprintf(
	    dialogue.gathered + dialogue.n_gathered, n + 1, "%s\n", line);
	dialogue.n_gathered += n;
}

static void
end_line(struct side *side, bool is_ours)
{
	char *last = dialogue.lines[(dialogue.next + LINES - 1) % LINES];
	char *to = dialogue.lines[dialogue.next];

	while (side->n > 0 && side->raw[side->n - 1] == ' ')
		side->n--;
	side->raw[side->n] = '\0';
	if (side->n == 0) {
		side->octets = 0;
		return;
	}
	mask(side, is_ours, to);
	side->n = side->octets = 0;
	/* An echo says nothing. */
	if (!is_ours && dialogue.n_lines > 0 && last[0] == '>' &&
	    strcmp(last + 1, to + 1) == 0)
		return;
	if (dialogue.is_gathering)
		gather(to);
	dialogue.next = (dialogue.next + 1) % LINES;
	if (dialogue.n_lines < LINES)
		dialogue.n_lines++;
}

static void
take(struct side *side, bool is_ours, const char *data, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)data[i];

		if (c == '\r' || c == '\n' || c == 0x1a || c == 0x1b) {
			end_line(side, is_ours);
			continue;
		}
		side->octets++;
		if (side->n + 1 < RAW)
			side->raw[side->n++] =
			    c < 0x20 || c >= 0x7f ? '?' : (char)c;
	}
}

void
dialogue_said(const char *data, size_t n)
{
	/* A prompt has no line end. */
	if (dialogue.ours.n == 0)
		end_line(&dialogue.theirs, false);
	take(&dialogue.ours, true, data, n);
}

void
dialogue_heard(const char *data, size_t n)
{
	take(&dialogue.theirs, false, data, n);
}

char *
dialogue_text(void)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		return xstrdup("");
	for (size_t i = dialogue.n_lines; i > 0; i--)
		fprintf(to, "%s%s",
		    dialogue.lines[(dialogue.next + LINES - i) % LINES],
		    i > 1 ? "\n" : "");
	(void)fclose(to);
	return text;
}

void
dialogue_gather(bool with_words)
{
	dialogue.is_gathering = true;
	dialogue.with_words = with_words;
}

void
dialogue_gather_end(void)
{
	dialogue.is_gathering = dialogue.with_words = false;
}

char *
dialogue_take(void)
{
	char *text =
	    xstrdup(dialogue.gathered != NULL ? dialogue.gathered : "");

	free(dialogue.gathered);
	dialogue.gathered = NULL;
	dialogue.n_gathered = 0;
	return text;
}
