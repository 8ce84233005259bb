/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replaces read() in this process, for the same reason and in the same way as
 * worker/pause.c replaces usleep().
 *
 * libgammu puts a line that it does not know in front of the next command's
 * echo, and then recognises neither answer nor prompt: that costs 18 to 28 s
 * and the worker. It also takes any line that it does know for the prompt of
 * AT+CMGS, and would write the text too early. So libgammu only gets the lines
 * of its command, from the echo to the final line (ITU-T V.250 §5.7, 3GPP TS
 * 27.007 §9). Lines before and after these are kept here, and we read them
 * between libgammu's calls.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/dialogue.h"
#include "worker/ear.h"
#include "worker/restart.h"
#include "worker/errors.h"
#include "worker/ussd_text.h"

#define LINE 2000	/* of one line; a longer one is split */
#define ECHO 24
#define KEPT 16384	/* more is dropped: no modem says so much unasked */
#define BLOCK 4096	/* libgammu reads 65536 octets, we one octet */
#define LENT  1024	/* a command, or a PDU */

enum phase {
	FREE,	/* no command is out, or its echo is still to come */
	ANSWER,
	PROMPT,	/* AT+CMGS was echoed; "> " is still to come */
	TYPED,	/* inside the PDU, which the modem echoes, up to its line end */
};

static struct {
	int fd;
	enum phase phase;
	char line[LINE + 1];	/* the present line, without its end */
	size_t n;
	bool is_long;		/* its beginning was passed on already */
	bool is_swallowed;	/* drop the rest, up to its line feed */
	bool is_second;		/* a PDU may follow what was kept */
	bool is_open;		/* a +CUSD's text is not complete yet */
	bool has_blank;		/* "> " was passed on: drop a second blank */
	bool is_expected;	/* the prompt was not passed on yet */
	bool is_refused;	/* libgammu gets no prompt any more */
	char echo[ECHO];	/* the command's beginning */
	char last;		/* the last octet that was passed on */
	char kept[KEPT];
	size_t first, end;	/* of kept */
} ear = {.fd = -1};

/* Lines that may come unasked, even inside an answer. libgammu would sort out
 * those that it knows; we read all of them in one place. */
static const char *const unasked[] = {
	"+CMTI:", "+CMT:", "+CDSI:", "+CDS:", "RING", "+CRING:", "+CLIP:",
	"+CUSD:",
	"NO CARRIER", NULL,
};

/* The lines that libgammu 1.42 takes for the end of an answer, as it writes
 * them. */
static const char *const finals[] = {
	"OK", "ERROR", "+CME ERROR:", "+CMS ERROR:", "COMMAND NOT SUPPORT",
	"MODEM ERROR:", NULL,
};

struct out {
	char *to;
	size_t n;
};

static void
emit(struct out *o, char c)
{
	o->to[o->n++] = c;
	ear.last = c;
}

/* Passes a line on from its first octet: libgammu sees a new line only behind
 * CR and LF. */
static void
emit_line(struct out *o)
{
	if (ear.last == '\r')
		emit(o, '\n');
	for (size_t i = 0; i < ear.n; i++)
		emit(o, ear.line[i]);
}

static void
keep_text(const char *text, size_t n)
{
	if (ear.first == ear.end)
		ear.first = ear.end = 0;
	for (size_t i = 0; i < n && ear.end < KEPT - 2; i++)
		ear.kept[ear.end++] = text[i];
}

static void
keep_line(void)
{
	keep_text(ear.line, ear.n);
	if (ear.n > 0 && ear.end <= KEPT - 2) {
		ear.kept[ear.end++] = '\r';
		ear.kept[ear.end++] = '\n';
	}
}

static bool
starts(const char *prefix)
{
	return strncmp(ear.line, prefix, strlen(prefix)) == 0;
}

static bool
is_line_end(char c)
{
	return c == '\r' || c == '\n';
}

static void
begin_line(enum phase phase)
{
	ear.phase = phase;
	ear.n = 0;
	ear.line[0] = '\0';
	ear.is_long = false;
}

static void
push(char c)
{
	if (ear.n == LINE || c == '\0')
		return;
	ear.line[ear.n++] = c;
	ear.line[ear.n] = '\0';
}

/* --- an echo for modems that do not echo ---------------------------------- */

static struct {
	dev_t device;		/* 0: no echo is lent */
	char text[LENT];
	size_t n;
} lent;

static bool
is_lent_to(int fd)
{
	struct stat st;

	return lent.device != 0 && fstat(fd, &st) == 0 &&
	    S_ISCHR(st.st_mode) && st.st_rdev == lent.device;
}

/* libgammu's? While it initialises nobody knows its descriptor. */
static bool
is_terminal(int fd)
{
	return fd == ear.fd || (ear.fd == -1 && fd > STDERR_FILENO &&
	    isatty(fd));
}

void
ear_lend_echo(const char *device)
{
	struct stat st;

	if (stat(device, &st) == 0 && S_ISCHR(st.st_mode))
		lent.device = st.st_rdev;
}

ssize_t
ear_write(int fd, const void *data, size_t n)
{
	dialogue_said(data, n);
	return syscall(SYS_write, fd, data, n);
}

ssize_t
write(int fd, const void *data, size_t n)
{
	const char *text = data;
	ssize_t put = syscall(SYS_write, fd, data, n);

	if (put > 0 && is_terminal(fd))
		dialogue_said(text, (size_t)put);
	if (put <= 0 || !is_lent_to(fd))
		return put;
	/* Modems echo neither Ctrl-Z nor ESC. */
	for (ssize_t i = 0; i < put && lent.n < LENT; i++)
		if (text[i] >= '\b' && text[i] != '\x1a' && text[i] != '\x1b')
			lent.text[lent.n++] = text[i];
	return put;
}

/* Puts the echo in front of what the modem said. Returns the length of both. */
static size_t
return_echo(char *block, size_t n)
{
	size_t before = lent.n;

	memmove(block + before, block, n);
	memcpy(block, lent.text, before);
	lent.n = 0;
	return before + n;
}

/* --- what a line is ------------------------------------------------------ */

static bool
is_hex(void)
{
	const char *end = ear.line +
	    strspn(ear.line, "0123456789ABCDEFabcdef");

	return end[strspn(end, " \t")] == '\0';
}

/* "+CPIN: " answers "AT+CPIN?": then the line is not unasked. */
static bool
is_asked_for(const char *name)
{
	size_t n = strcspn(name, ":");

	return strncmp(ear.echo, "AT", 2) == 0 &&
	    strncmp(ear.echo + 2, name, n) == 0;
}

static bool
is_unasked(void)
{
	if (ear.is_open || (ear.is_second && is_hex()))
		return true;
	for (size_t i = 0; unasked[i] != NULL; i++)
		if (starts(unasked[i]))
			return !is_asked_for(unasked[i]);
	return restart_sign(ear.line) != RESTART_NONE &&
	    !is_asked_for(ear.line);
}

/* Replaces error words by their number: libgammu reads words that its own table
 * lacks as number 0, which means success. */
static void
number_error(void)
{
	const char *words = ear.line + strlen("+CMS ERROR:");
	bool is_cms = starts("+CMS ERROR:");

	if (is_cms || starts("+CME ERROR:"))
		ear.n = (size_t)snprintf(ear.line, sizeof(ear.line),
		    "%.11s %d", is_cms ? "+CMS ERROR:" : "+CME ERROR:",
		    errors_number(words, is_cms));
}

/* Some modems put blanks behind the word, or write it in small letters. */
static bool
is_final(void)
{
	while (ear.n > 0 && (ear.line[ear.n - 1] == ' ' ||
	    ear.line[ear.n - 1] == '\t'))
		ear.line[--ear.n] = '\0';
	for (size_t i = 0; finals[i] != NULL; i++) {
		size_t n = strlen(finals[i]);

		if (strncasecmp(ear.line, finals[i], n) != 0 ||
		    (i < 2 && ear.line[n] != '\0'))
			continue;
		memcpy(ear.line, finals[i], n);
		number_error();
		return true;
	}
	return false;
}

/* Rewrites the line as "+CMGS: n", the only form that libgammu reads. With a
 * date behind it (3GPP TS 27.005 §3.5.1, <scts>), in quotes or without the
 * blank, libgammu would find no reference. */
static void
mend_reference(void)
{
	const char *p = ear.line + strlen("+CMGS");
	unsigned long reference;

	if (strncasecmp(ear.line, "+CMGS", strlen("+CMGS")) != 0)
		return;
	p += strspn(p, ": \t\"");
	if (!isdigit((unsigned char)*p))
		return;
	reference = strtoul(p, NULL, 10);
	if (reference < 256)
		ear.n = (size_t)snprintf(ear.line, sizeof(ear.line),
		    "+CMGS: %lu", reference);
}

/* A +CUSD may have several lines (3GPP TS 27.007 §7.15). */
static void
note_text(void)
{
	if (ear.is_open)
		ear.is_open = !ussd_closes(ear.line);
	else
		ear.is_open = starts("+CUSD:") && ussd_is_open(ear.line);
}

/* --- octet by octet ------------------------------------------------------ */

/* Two octets, "AT", are enough to recognise an echo. */
static void
hear_free(char c)
{
	if (ear.n == 0 && (is_line_end(c) || c == '\0' || c == '\x1b'))
		return;
	if (is_line_end(c)) {
		note_text();
		keep_line();
		begin_line(FREE);
		return;
	}
	push(c);
	if (ear.n == 2 && starts("AT") && !ear.is_open)
		ear.phase = ANSWER;
}

/* Keeps the line for us instead of passing it on, and drops its line feed. */
static void
take_away(char c)
{
	ear.is_second = starts("+CDS:") || starts("+CMT:");
	ear.is_swallowed = c == '\r';
	note_text();
	keep_line();
	begin_line(ear.phase);
}

static void
end_answer(struct out *o, char c)
{
	bool is_echo = starts("AT");

	if (is_echo)
		(void)snprintf(ear.echo, sizeof(ear.echo), "%.*s", ECHO - 1,
		    ear.line);
	if (ear.is_open && is_final())
		ear.is_open = false;	/* the quote was never closed */
	if (is_unasked()) {
		take_away(c);
		return;
	}
	ear.is_second = false;
	if (ear.line[0] == '^') {
		ear.is_swallowed = c == '\r';
		begin_line(ANSWER);
		return;
	}
	mend_reference();
	if (is_final()) {
		emit_line(o);
		emit(o, '\r');
		emit(o, '\n');
		begin_line(FREE);
		return;
	}
	emit_line(o);
	emit(o, '\r');
	if (c == '\n')
		emit(o, '\n');
	begin_line(is_echo && starts("AT+CMGS=") ? PROMPT : ANSWER);
}

static void
hear_answer(struct out *o, char c)
{
	if (ear.n == 0 && !ear.is_long && is_line_end(c)) {
		emit(o, c);
	} else if (is_line_end(c) && ear.is_long) {
		emit(o, '\r');
		if (c == '\n')
			emit(o, '\n');
		begin_line(ANSWER);
	} else if (is_line_end(c)) {
		end_answer(o, c);
	} else if (ear.is_long) {
		emit(o, c);
	} else {
		push(c);
		if (ear.n == LINE) {
			emit_line(o);
			ear.is_long = true;
		}
	}
}

/* The line is the prompt, or an error instead of it, or a line that is not for
 * libgammu. libgammu waits for "> ", but some modems leave out the blank. */
static void
hear_prompt(struct out *o, char c)
{
	if (ear.n == 0 && c == '>' && !ear.is_refused) {
		push(c);
		push(' ');
		emit_line(o);
		begin_line(TYPED);
		ear.has_blank = true;
		ear.is_expected = false;
	} else if (ear.n == 0 && is_line_end(c)) {
		emit(o, c);
	} else if (!is_line_end(c)) {
		push(c);
	} else if (is_final()) {
		emit_line(o);
		emit(o, '\r');
		emit(o, '\n');
		begin_line(FREE);
	} else {
		take_away(c);
	}
}

static void
hear_typed(struct out *o, char c)
{
	bool is_blank = ear.has_blank && c == ' ';

	ear.has_blank = false;
	if (!is_blank)
		emit(o, c);
	if (is_line_end(c))
		begin_line(ANSWER);
}

static size_t
sort(const char *from, size_t n, char *to)
{
	struct out o = {.to = to};

	for (size_t i = 0; i < n; i++) {
		char c = from[i];

		if (ear.is_swallowed) {
			ear.is_swallowed = c == '\r';
			if (is_line_end(c))
				continue;
		}
		switch (ear.phase) {
		case FREE:
			hear_free(c);
			continue;
		case ANSWER:
			hear_answer(&o, c);
			continue;
		case PROMPT:
			hear_prompt(&o, c);
			continue;
		case TYPED:
			hear_typed(&o, c);
			continue;
		}
	}
	return o.n;
}

/* Our own read (worker/at.c): first what was kept, then the tty itself. */
static ssize_t
read_ourselves(int fd, void *data, size_t n)
{
	size_t left = ear.end - ear.first;

	if (left == 0 && ear.phase == FREE && ear.n > 0) {
		keep_text(ear.line, ear.n);
		ear.n = 0;
		left = ear.end - ear.first;
	}
	if (left == 0) {
		begin_line(FREE);
		return syscall(SYS_read, fd, data, n);
	}
	if (n > left)
		n = left;
	memcpy(data, ear.kept + ear.first, n);
	ear.first += n;
	return (ssize_t)n;
}

ssize_t
read(int fd, void *data, size_t n)
{
	char block[BLOCK + LENT];
	bool is_theirs = n >= BLOCK + LENT + KEPT;
	ssize_t got;

	if (fd == ear.fd && !is_theirs)
		return read_ourselves(fd, data, n);
	if (fd != ear.fd && (!is_theirs || !is_terminal(fd)))
		return syscall(SYS_read, fd, data, n);
	got = syscall(SYS_read, fd, block, BLOCK);
	if (got > 0)
		dialogue_heard(block, (size_t)got);
	if (got > 0 && is_lent_to(fd))
		got = (ssize_t)return_echo(block, (size_t)got);
	if (got > 0 && fd == ear.fd)
		return (ssize_t)sort(block, (size_t)got, data);
	if (got > 0)	/* libgammu is still initialising */
		memcpy(data, block, (size_t)got);
	return got;
}

void
ear_open(int fd)
{
	memset(&ear, 0, sizeof(ear));
	ear.fd = fd;
}

bool
ear_has_kept(int fd)
{
	return fd == ear.fd && (ear.end > ear.first ||
	    (ear.phase == FREE && ear.n > 0));
}

bool
ear_has_line(int fd)
{
	return fd == ear.fd && memchr(ear.kept + ear.first, '\n',
	    ear.end - ear.first) != NULL;
}

void
ear_expect_prompt(int fd, bool is_expected)
{
	if (fd == ear.fd)
		ear.is_expected = is_expected;
}

bool
ear_awaits_prompt(int fd)
{
	return fd == ear.fd && ear.is_expected;
}

void
ear_refuse_prompt(int fd)
{
	if (fd == ear.fd)
		ear.is_refused = true;
}
