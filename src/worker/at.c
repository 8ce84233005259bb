/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sends raw AT commands with deadlines of our own. libgammu's deadlines are
 * fixed and start again with every octet that comes.
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/at.h"
#include "worker/dialogue.h"
#include "worker/ear.h"
#include "worker/errors.h"
#include "worker/ussd_text.h"

/* How long the rest of a line that began may take. A modem writes a line
 * in one piece; 115200 baud carry 600 octets in 52 ms. */
#define TAIL_MS 300
#define TICK_MS 200

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
		ssize_t rc = ear_write(fd, data, n);
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

/* Runs also while the modem sends other lines instead of an answer. */
static void
tick(struct at *at)
{
	int64_t now = clock_mono_ms();

	if (at->tick == NULL || now < at->next_tick)
		return;
	at->next_tick = now + TICK_MS;
	at->tick(at->arg);
}

/* Reads one octet. Returns 1; 0 when none came before the deadline, or not yet;
 * -1 when the tty hung up. */
static int
read_octet(struct at *at, int64_t deadline, char *c)
{
	int64_t left = deadline - clock_mono_ms();
	struct pollfd p = {.fd = at->fd, .events = POLLIN};
	int rc;

	if (!ear_has_kept(at->fd)) {
		if (at->tick != NULL && left > TICK_MS)
			left = TICK_MS;
		rc = poll(&p, 1, left > 0 ? (int)left : 0);
		tick(at);
		if (rc == 0)
			return 0;
		if (rc == -1)
			return errno == EINTR ? 0 : -1;
		if (p.revents & (POLLHUP | POLLERR | POLLNVAL))
			return -1;
	}
	rc = (int)read(at->fd, c, 1);
	if (rc == 1)
		dialogue_heard(c, 1);
	if (rc == -1 && (errno == EAGAIN || errno == EINTR))
		return 0;
	return rc == 1 ? 1 : -1;
}

/* Returns true when the octet ended a line. at->line holds the line, without
 * its end and without blanks before the end. Empty lines are skipped; a line
 * that is too long is cut. */
static bool
push_octet(struct at *at, char c)
{
	if (c != '\r' && c != '\n') {
		if (at->n < sizeof(at->line) - 1 && c != '\0')
			at->line[at->n++] = c;
		return false;
	}
	while (at->n > 0 && (at->line[at->n - 1] == ' ' ||
	    at->line[at->n - 1] == '\t'))
		at->n--;
	if (at->n == 0)
		return false;
	at->line[at->n] = '\0';
	at->n = 0;
	return true;
}

/* Reads a whole line. Returns 1; 0: none before the deadline; -1: hung up. */
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

static bool
is_hex(const char *line)
{
	return *line != '\0' &&
	    line[strspn(line, "0123456789ABCDEFabcdef")] == '\0';
}

static void
end_text(struct at *at)
{
	at->is_held = HELD_NONE;
	at->stray(at->held, at->arg);
}

/* Takes the next line of a +CUSD's text (3GPP TS 27.007 §7.15: menus have
 * several lines). If the text never ends, its beginning is kept. */
static bool
take_text(struct at *at)
{
	size_t used = strlen(at->held);

	(void)snprintf(at->held + used, sizeof(at->held) - used, "\n%s",
	    at->line);
	if (ussd_closes(at->line) ||
	    used + strlen(at->line) + 2 >= sizeof(at->held))
		end_text(at);
	return true;
}

/* Returns true when the line is the second line of a +CDS or +CMT. In text mode
 * a +CDS has no second line, and that of a +CMT may be any words. */
static bool
take_held(struct at *at)
{
	char both[2 * AT_LINE];
	bool is_pdu = is_hex(at->line);

	if (at->is_held == HELD_TEXT)
		return take_text(at);
	if (at->is_held == HELD_NONE)
		return false;
	at->is_held = HELD_NONE;
	(void)snprintf(both, sizeof(both), "%s%s%s", at->held,
	    is_pdu ? "\n" : "", is_pdu ? at->line : "");
	at->stray(both, at->arg);
	return is_pdu;
}

static void
take_stray(struct at *at)
{
	if (starts(at->line, "+CDS:") || starts(at->line, "+CMT:")) {
		memcpy(at->held, at->line, sizeof(at->held));
		at->is_held = HELD_PDU;
		return;
	}
	if (starts(at->line, "+CUSD:") && ussd_is_open(at->line)) {
		memcpy(at->held, at->line, sizeof(at->held));
		at->is_held = HELD_TEXT;
		return;
	}
	at->stray(at->line, at->arg);
}

/* Some modems put blanks behind the word, or write it in small letters. */
static bool
is_word(const char *line, const char *word)
{
	size_t n = strlen(word);

	return strncasecmp(line, word, n) == 0 &&
	    line[n + strspn(line + n, " \t")] == '\0';
}

static bool
is_final(const char *line, enum at_verdict *verdict, int *code)
{
	if (is_word(line, "OK")) {
		*verdict = AT_OK;
		return true;
	}
	if (starts(line, "+CME ERROR:") || starts(line, "+CMS ERROR:")) {
		*verdict = AT_CODE;
		*code = errors_number(line + strlen("+CME ERROR:"),
		    line[3] == 'S');
		return true;
	}
	if (is_word(line, "ERROR") || starts(line, "COMMAND NOT SUPP")) {
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
		bool is_begun = at->n > 0 || at->is_held != HELD_NONE;

		rc = read_octet(at, is_begun ? tail : 0, &c);
		if (rc == -1 || (rc == 0 && (!is_begun ||
		    clock_mono_ms() >= tail)))
			break;
		if (rc == 1 && push_octet(at, c) && !take_held(at))
			take_stray(at);
	}
	at->n = 0;
	if (at->is_held == HELD_TEXT)
		end_text(at);
	at->is_held = HELD_NONE;
	return rc;
}

void
at_listen_kept(struct at *at)
{
	char c;

	while (ear_has_line(at->fd) && read(at->fd, &c, 1) == 1)
		if (push_octet(at, c) && !take_held(at))
			take_stray(at);
}

/* One command and the receiver of its answer. */
struct at_exchange {
	const char *command, *prefix;
	int64_t timeout_ms, limit;	/* for a line; for all, as a deadline */
	bool has_pdus;
	at_answer *on_line;
	void *arg;
};

static bool
is_answer(const struct at_exchange *q, const char *line)
{
	return starts(line, q->prefix) || line[0] == '"' ||
	    isdigit((unsigned char)line[0]) || (q->has_pdus && is_hex(line));
}

static enum at_verdict
exchange(struct at *at, const struct at_exchange *q, int *code)
{
	int64_t deadline = clock_mono_ms() + q->timeout_ms;
	enum at_verdict verdict = AT_SILENT;
	char *out;
	int rc;

	at->has_echo = false;
	/* Kept lines are older than this command: handle them first. */
	if (ear_has_kept(at->fd))
		(void)at_listen(at);
	out = xasprintf("%s\r", q->command);
	rc = write_all(at->fd, out, strlen(out));
	free(out);
	if (rc == -1)
		return AT_GONE;
	while ((rc = read_line(at, deadline)) == 1) {
		/* The quote may never be closed: it must not hide the
		 * answer. */
		if (at->is_held == HELD_TEXT &&
		    is_final(at->line, &verdict, code))
			end_text(at);
		if (take_held(at))
			continue;
		if (strcmp(at->line, q->command) == 0) {
			at->has_echo = true;
			continue;
		}
		if (is_final(at->line, &verdict, code)) {
			(void)at_listen(at);
			return verdict;
		}
		if (!is_answer(q, at->line)) {
			take_stray(at);
			continue;
		}
		q->on_line(at->line, q->arg);
		if (q->limit != 0)
			deadline = clock_mono_ms() + q->timeout_ms;
		if (q->limit != 0 && deadline > q->limit)
			deadline = q->limit;
	}
	return rc == -1 ? AT_GONE : AT_SILENT;
}

static void
append_line(const char *line, void *arg)
{
	struct at_reply *reply = arg;
	size_t used = strlen(reply->text);

	(void)snprintf(reply->text + used, sizeof(reply->text) - used,
	    "%s%s", used > 0 ? "\n" : "", line);
}

enum at_verdict
at_command(struct at *at, const char *command, const char *prefix,
    int64_t timeout_ms, struct at_reply *reply)
{
	struct at_exchange q = {
		.command = command,
		.prefix = prefix,
		.timeout_ms = timeout_ms,
		.on_line = append_line,
		.arg = reply,
	};

	memset(reply, 0, sizeof(*reply));
	return exchange(at, &q, &reply->code);
}

enum at_verdict
at_list(struct at *at, const char *command, const char *prefix,
    int64_t timeout_ms, int64_t total_ms, at_answer *on_line, void *arg,
    int *code)
{
	struct at_exchange q = {
		.command = command,
		.prefix = prefix,
		.timeout_ms = timeout_ms,
		.limit = clock_mono_ms() + total_ms,
		.has_pdus = true,
		.on_line = on_line,
		.arg = arg,
	};

	*code = 0;
	return exchange(at, &q, code);
}

size_t
at_octets(const char *line, uint8_t *out, size_t size)
{
	size_t n = strlen(line) / 2;
	unsigned octet;

	if (!is_hex(line) || strlen(line) % 2 != 0 || n > size)
		return 0;
	for (size_t i = 0; i < n; i++) {
		(void)sscanf(line + 2 * i, "%2x", &octet);
		out[i] = (uint8_t)octet;
	}
	return n;
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
	at->is_held = HELD_NONE;
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
