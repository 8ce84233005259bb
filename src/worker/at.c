/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Raw AT commands with deadlines of our own. libgammu's are hard coded and
 * start anew with every octet received.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "worker/at.h"
#include "worker/ear.h"

/* How long the rest of a line that began may take. A modem writes a line
 * in one piece; 115200 baud carry 600 octets in 52 ms. */
#define TAIL_MS 300

void
at_init(struct at *at, int fd, at_stray *stray, void *arg)
{
	memset(at, 0, sizeof(*at));
	at->fd = fd;
	at->stray = stray;
	at->arg = arg;
}

static int
write_all(int fd, const char *data, size_t n)
{
	while (n > 0) {
		ssize_t rc = write(fd, data, n);
		struct pollfd p = {.fd = fd, .events = POLLOUT};

		if (rc == -1 && errno == EAGAIN && poll(&p, 1, 1000) == 1)
			continue;
		if (rc == -1 && errno == EINTR)
			continue;
		if (rc <= 0)
			return -1;
		data += rc;
		n -= (size_t)rc;
	}
	return 0;
}

/* One octet: 1, 0 when none came before the deadline, -1 hung up. */
static int
read_octet(struct at *at, int64_t deadline, char *c)
{
	int64_t left = deadline - clock_mono_ms();
	struct pollfd p = {.fd = at->fd, .events = POLLIN};
	int rc;

	if (!ear_has_kept(at->fd)) {
		rc = poll(&p, 1, left > 0 ? (int)left : 0);
		if (rc == 0)
			return 0;
		if (rc == -1)
			return errno == EINTR ? 0 : -1;
		if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
			return -1;
	}
	rc = (int)read(at->fd, c, 1);
	if (rc == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return rc == 1 ? 1 : -1;
}

/* True when the octet ended a line, which is in at->line then without its
 * end. Empty lines are passed over; what is too long is cut. */
static bool
push_octet(struct at *at, char c)
{
	if (c != '\r' && c != '\n') {
		if (at->n < sizeof(at->line) - 1 && c != '\0')
			at->line[at->n++] = c;
		return false;
	}
	if (at->n == 0)
		return false;
	at->line[at->n] = '\0';
	at->n = 0;
	return true;
}

/* A whole line: 1, 0 none before the deadline, -1 hung up. */
static int
read_line(struct at *at, int64_t deadline)
{
	char c;
	int rc;

	for (;;) {
		rc = read_octet(at, deadline, &c);
		if (rc == -1 || (rc == 0 && clock_mono_ms() >= deadline))
			return rc;
		if (rc == 1 && push_octet(at, c))
			return 1;
	}
}

static bool
starts(const char *line, const char *prefix)
{
	return strncmp(line, prefix, strlen(prefix)) == 0;
}

/* True when the line is the second one of a +CDS or +CMT. */
static bool
take_held(struct at *at)
{
	char both[2 * AT_LINE];

	if (!at->is_held)
		return false;
	at->is_held = 0;
	(void)snprintf(both, sizeof(both), "%s\n%s", at->held, at->line);
	at->stray(both, at->arg);
	return true;
}

static void
take_stray(struct at *at)
{
	if (starts(at->line, "+CDS:") || starts(at->line, "+CMT:")) {
		memcpy(at->held, at->line, sizeof(at->held));
		at->is_held = 1;
		return;
	}
	at->stray(at->line, at->arg);
}

static bool
is_final(const char *line, enum at_verdict *verdict, int *code)
{
	if (strcmp(line, "OK") == 0) {
		*verdict = AT_OK;
		return true;
	}
	if (starts(line, "+CME ERROR:") || starts(line, "+CMS ERROR:")) {
		*verdict = AT_CODE;
		*code = atoi(line + strlen("+CME ERROR:"));
		return true;
	}
	if (strcmp(line, "ERROR") == 0 || starts(line, "COMMAND NOT SUPP")) {
		*verdict = AT_ERROR;
		return true;
	}
	return false;
}

int
at_listen(struct at *at)
{
	int64_t tail = clock_mono_ms() + TAIL_MS;
	int rc;
	char c;

	for (;;) {
		bool is_begun = at->n > 0 || at->is_held;

		rc = read_octet(at, is_begun ? tail : 0, &c);
		if (rc == -1 || (rc == 0 && (!is_begun ||
		    clock_mono_ms() >= tail)))
			break;
		if (rc == 1 && push_octet(at, c) && !take_held(at))
			take_stray(at);
	}
	at->n = 0;
	at->is_held = 0;
	return rc;
}

enum at_verdict
at_command(struct at *at, const char *command, const char *prefix,
    int64_t timeout_ms, struct at_reply *reply)
{
	int64_t deadline = clock_mono_ms() + timeout_ms;
	enum at_verdict verdict = AT_SILENT;
	char out[128];
	int n = snprintf(out, sizeof(out), "%s\r", command), rc;

	memset(reply, 0, sizeof(*reply));
	/* What was kept is older than this command. */
	if (ear_has_kept(at->fd))
		(void)at_listen(at);
	if (write_all(at->fd, out, (size_t)n) == -1)
		return AT_GONE;
	while ((rc = read_line(at, deadline)) == 1) {
		size_t used = strlen(reply->text);

		if (take_held(at) || strcmp(at->line, command) == 0)
			continue;
		if (is_final(at->line, &verdict, &reply->code)) {
			(void)at_listen(at);
			return verdict;
		}
		if (!starts(at->line, prefix) && at->line[0] != '"' &&
		    !isdigit((unsigned char)at->line[0])) {
			take_stray(at);
			continue;
		}
		(void)snprintf(reply->text + used, sizeof(reply->text) - used,
		    "%s%s", used > 0 ? "\n" : "", at->line);
	}
	return rc == -1 ? AT_GONE : AT_SILENT;
}

void
at_discard(struct at *at, int quiet_ms)
{
	int64_t limit = clock_mono_ms() + 2000;
	char c;

	while (clock_mono_ms() < limit &&
	    read_octet(at, clock_mono_ms() + quiet_ms, &c) == 1)
		;
	at->n = 0;
	at->is_held = 0;
}

const char *
at_field(const struct at_reply *reply, unsigned index, char *out, size_t size)
{
	const char *p = strchr(reply->text, ':');
	bool is_quoted = false;
	size_t n = 0;

	p = p != NULL ? p + 1 : reply->text;
	for (; *p != '\0' && *p != '\n'; p++) {
		if (*p == '"') {
			is_quoted = !is_quoted;
		} else if (*p == ',' && !is_quoted) {
			if (index-- == 0)
				break;
		} else if (index == 0 && n + 1 < size &&
		    (is_quoted || *p != ' ' || n > 0)) {
			out[n++] = *p;
		}
	}
	out[n] = '\0';
	return out;
}

int
at_number(const struct at_reply *reply, unsigned index, int fallback)
{
	char text[32], *end;
	long value = strtol(at_field(reply, index, text, sizeof(text)), &end,
	    10);

	return end == text ? fallback : (int)value;
}
