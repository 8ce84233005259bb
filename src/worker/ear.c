/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Our own read(), for the same reason and in the same way as usleep() in
 * worker/pause.c. libgammu keeps a line that it does not know in front of
 * the next command's echo, and then recognises neither answer nor prompt:
 * 18 to 28 s, and the worker. And it takes any line that it does know for
 * the prompt of AT+CMGS, so the text would be written too early. So it gets
 * what belongs to its command, from the echo to the final line (ITU-T V.250
 * §5.7, 3GPP TS 27.007 §9); what comes before and behind that is kept, and
 * is what we read ourselves between its calls.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/ear.h"

#define HEAD 24		/* octets that tell a final line */
#define KEPT 16384	/* more is dropped: nobody says so much unasked */
#define BLOCK 4096	/* libgammu reads 65536, we one octet */

enum phase {
	FREE,	/* no command, or its echo is still to come */
	ANSWER,
	PROMPT,	/* AT+CMGS was echoed, "> " is still to come */
};

static struct {
	int fd;
	enum phase phase;
	char head[HEAD + 1];	/* the line's first octets */
	size_t n;		/* octets of it so far */
	bool is_dropped;	/* it begins with "^", inside an answer */
	char kept[KEPT];
	size_t first, end;	/* of what is kept */
	size_t line;		/* where in it the present line begins */
} ear = {.fd = -1};

struct out {
	char *to;
	size_t n;
};

static void
emit(struct out *o, char c)
{
	o->to[o->n++] = c;
}

static void
keep(char c)
{
	if (ear.first == ear.end)
		ear.first = ear.end = ear.line = 0;
	/* What does not fit is cut, but stays a line. */
	if (ear.end < KEPT - 2 || (c == '\n' && ear.end < KEPT))
		ear.kept[ear.end++] = c;
}

static bool
starts(const char *prefix)
{
	return strncmp(ear.head, prefix, strlen(prefix)) == 0;
}

/* What libgammu 1.42 takes for the end of an answer. */
static bool
is_final(void)
{
	return strcmp(ear.head, "OK") == 0 ||
	    strcmp(ear.head, "ERROR") == 0 || starts("+CME ERROR:") ||
	    starts("+CMS ERROR:") || starts("COMMAND NOT SUPPORT") ||
	    starts("MODEM ERROR:");
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
	ear.head[0] = '\0';
	ear.is_dropped = false;
	ear.line = ear.end;
}

static void
push_head(char c)
{
	if (ear.n < HEAD) {
		ear.head[ear.n] = c;
		ear.head[ear.n + 1] = '\0';
	}
	ear.n++;
}

/* Its first two octets tell an echo. */
static void
hear_free(struct out *o, char c)
{
	if (ear.n == 0 && (is_line_end(c) || c == '\0' || c == '\x1b'))
		return;
	if (ear.n == 1 && c == 'T' && ear.head[0] == 'A') {
		if (ear.end > ear.line)
			ear.end--;
		emit(o, 'A');
		emit(o, 'T');
		push_head(c);
		ear.phase = ANSWER;
		return;
	}
	keep(c);
	if (c == '\n')
		begin_line(FREE);
	else if (c != '\r')
		push_head(c);
}

static void
hear_answer(struct out *o, char c)
{
	bool is_echo = starts("AT+CMGS=");

	if (ear.n == 0 && c == '^')
		ear.is_dropped = true;
	if (!ear.is_dropped)
		emit(o, c);
	if (c != '\n' && !(c == '\r' && is_echo)) {
		if (c != '\r' && c != '\0')
			push_head(c);
		return;
	}
	if (is_echo)
		begin_line(PROMPT);
	else
		begin_line(is_final() ? FREE : ANSWER);
}

/* A line is the prompt, or an error instead of it, or not libgammu's. */
static void
hear_prompt(struct out *o, char c)
{
	if (ear.n == 0 && (is_line_end(c) || c == '>')) {
		emit(o, c);
		if (c == '>') {
			push_head(c);
			ear.phase = ANSWER;
		}
		return;
	}
	keep(c);
	if (c != '\n') {
		if (c != '\r')
			push_head(c);
		return;
	}
	if (!is_final()) {
		begin_line(PROMPT);
		return;
	}
	for (size_t i = ear.line; i < ear.end; i++)
		emit(o, ear.kept[i]);
	ear.end = ear.line;
	begin_line(FREE);
}

static size_t
sort(const char *from, size_t n, char *to)
{
	struct out o = {.to = to};

	for (size_t i = 0; i < n; i++) {
		switch (ear.phase) {
		case FREE:
			hear_free(&o, from[i]);
			continue;
		case ANSWER:
			hear_answer(&o, from[i]);
			continue;
		case PROMPT:
			hear_prompt(&o, from[i]);
			continue;
		}
	}
	return o.n;
}

/* Ours (worker/at.c): what was kept, then the line itself. */
static ssize_t
read_ourselves(int fd, void *data, size_t n)
{
	size_t left = ear.end - ear.first;

	begin_line(FREE);
	if (left == 0)
		return syscall(SYS_read, fd, data, n);
	if (n > left)
		n = left;
	memcpy(data, ear.kept + ear.first, n);
	ear.first += n;
	return (ssize_t)n;
}

ssize_t
read(int fd, void *data, size_t n)
{
	char block[BLOCK];
	ssize_t got;

	if (fd != ear.fd)
		return syscall(SYS_read, fd, data, n);
	if (n < BLOCK + KEPT)
		return read_ourselves(fd, data, n);
	got = syscall(SYS_read, fd, block, sizeof(block));
	return got > 0 ? (ssize_t)sort(block, (size_t)got, data) : got;
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
	return fd == ear.fd && ear.end > ear.first;
}
