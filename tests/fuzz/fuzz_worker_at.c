/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: what a modem says to the worker's own AT commands, and what
 * comes by itself meanwhile. The input is cut at each 0xff; each piece is
 * what the modem says after one more write. Its first octet chooses who
 * asks. The linker puts the functions __wrap_… below in the place of the
 * descriptor, the clock and the journal (--wrap, tests/fuzz/Module.am), so
 * that nothing waits.
 */
#include <assert.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <unistr.h>

#include "base/log.h"
#include "base/mem.h"
#include "worker/health.h"
#include "worker/preflight.h"
#include "worker/run.h"
#include "worker/stray.h"
#include "worker/tty.h"
#include "worker/worker.h"

#define TTY 1000000	/* no descriptor at all */
#define CUT 0xff

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static struct {
	const uint8_t *data;
	size_t n;
	size_t at, end;		/* of the piece that may be read now */
	int64_t now_ms;
} modem;

/* --- in the place of what waits or keeps ------------------------------ */

int __real_poll(struct pollfd *, nfds_t, int);
int __wrap_poll(struct pollfd *, nfds_t, int);
ssize_t __real_read(int, void *, size_t);
ssize_t __wrap_read(int, void *, size_t);
ssize_t __wrap_ear_write(int, const void *, size_t);
int64_t __wrap_clock_mono_ms(void);
unsigned __wrap_alarm(unsigned);
int __wrap_tty_open(const char *, const char *, const char **, char *, size_t);
void __wrap_tty_close(int);
int __wrap_ledger_append(struct ledger *, const struct proto *);
uint64_t __wrap_journal_next_seq(const struct journal *);
void __wrap_log_error(const char *, const char *, ...)
    __attribute__((format(printf, 2, 3)));
int __wrap_pin_note_try(const char *, const char *, const char *,
    const char *);
void __wrap_pin_note_success(const char *, const char *, const char *,
    const char *);

/* A piece that is empty is a silent modem; behind the last one it is gone. */
int
__wrap_poll(struct pollfd *p, nfds_t n, int timeout_ms)
{
	if (n == 0) {
		modem.now_ms += timeout_ms;
		return 0;
	}
	if (p->fd != TTY)
		return __real_poll(p, n, timeout_ms);
	p->revents = p->events & POLLOUT;
	if (modem.at < modem.end)
		p->revents |= POLLIN;
	else if (modem.end >= modem.n)
		p->revents |= POLLHUP;
	if (p->revents == 0)
		modem.now_ms += timeout_ms > 0 ? timeout_ms : 1;
	return p->revents != 0;
}

ssize_t
__wrap_read(int fd, void *out, size_t n)
{
	if (fd != TTY)
		return __real_read(fd, out, n);
	assert(n == 1 && modem.at < modem.end);
	*(uint8_t *)out = modem.data[modem.at++];
	return 1;
}

static void
next_piece(void)
{
	const uint8_t *cut;

	modem.at = modem.end < modem.n ? modem.end + 1 : modem.n;
	cut = memchr(modem.data + modem.at, CUT, modem.n - modem.at);
	modem.end = cut != NULL ? (size_t)(cut - modem.data) : modem.n;
}

ssize_t
__wrap_ear_write(int fd, const void *data, size_t n)
{
	assert(fd == TTY);
	(void)data;
	next_piece();
	return (ssize_t)n;
}

int64_t
__wrap_clock_mono_ms(void)
{
	return modem.now_ms;
}

unsigned
__wrap_alarm(unsigned seconds)
{
	(void)seconds;	/* libFuzzer has its own */
	return 0;
}

int
__wrap_tty_open(const char *name, const char *device, const char **reason,
    char *holders, size_t size)
{
	(void)name, (void)device, (void)reason, (void)size;
	holders[0] = '\0';
	return TTY;
}

void
__wrap_tty_close(int fd)
{
	assert(fd == TTY);
}

/* What the journal takes must be readable when it is replayed. */
int
__wrap_ledger_append(struct ledger *ledger, const struct proto *p)
{
	struct proto again;
	size_t n;
	uint8_t *octets = proto_encode(p, &n);

	(void)ledger;
	if (proto_decode((uint16_t)p->type, octets, n, &again) == -1)
		abort();
	proto_clear(&again);
	free(octets);
	return 0;
}

uint64_t
__wrap_journal_next_seq(const struct journal *j)
{
	(void)j;
	return 1;
}

int
__wrap_pin_note_try(const char *file, const char *iccid, const char *imei,
    const char *pin)
{
	(void)file, (void)iccid, (void)imei, (void)pin;
	return 0;
}

void
__wrap_pin_note_success(const char *file, const char *iccid,
    const char *imei, const char *pin)
{
	(void)file, (void)iccid, (void)imei, (void)pin;
}

/* Formatted, for the sanitizers, and dropped. */
void
__wrap_log_error(const char *token, const char *fmt, ...)
{
	char line[256];
	va_list ap;

	(void)token;
	va_start(ap, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
}

/* --- the target ------------------------------------------------ */

static void
check_text(const char *text, size_t size)
{
	size_t n = strnlen(text, size);

	assert(n < size);
	assert(u8_check((const uint8_t *)text, n) == NULL);
}

static void
check_identity(const struct identity *id)
{
	check_text(id->imei, sizeof(id->imei));
	check_text(id->imsi, sizeof(id->imsi));
	check_text(id->iccid, sizeof(id->iccid));
	check_text(id->smsc, sizeof(id->smsc));
}

/* Frames that the daemon would refuse are a fault too. */
static void
check_link(struct link *l)
{
	struct proto p;

	if (l->n_out == 0)
		return;
	memcpy(l->in, l->out, l->n_out);
	l->n_in = l->n_out;
	while (l->n_in > 0) {
		assert(link_take(l, &p) == LINK_FRAME);
		proto_clear(&p);
	}
}

static void
ask(struct worker *w)
{
	static const char *const words[][2] = {
		{"AT+CUSD=1", "+CUSD:"}, {"AT+CSQ", "+CSQ:"}, {"AT", ""},
	};
	struct at_reply reply;
	char field[24];

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		(void)at_command(&w->at, words[i][0], words[i][1], 2500,
		    &reply);
		for (unsigned k = 0; k < 9; k++) {
			(void)at_field(&reply, k, field, sizeof(field));
			(void)at_number(&reply, k, -1);
		}
	}
}

/* What the daemon is told must be text. */
static void
set_up(struct worker *w)
{
	char *taken, *lacks;

	(void)settings_apply(w);
	(void)settings_changed(w);
	settings_leave(w);
	taken = settings_text(&w->settings);
	lacks = settings_lacks_text(&w->settings);
	check_text(taken, 1000);
	check_text(lacks, 1000);
	free(taken);
	free(lacks);
}

static void
run(struct worker *w, uint8_t who)
{
	const char *reason = "";
	int tries_left;

	if (who >= 0x40 && who < 0x80) {
		set_up(w);
		return;
	}
	switch (who % 5) {
	case 0:
		(void)preflight_run(w, &reason, &tries_left);
		check_identity(&w->id);
		break;
	case 1:
		health_tell(w);
		break;
	case 2:
		ask(w);
		break;
	case 3:
		w->stored.wants_sweep = true;
		(void)stored_step(w);
		stored_announced(w, " \"SM\",3");
		(void)stored_step(w);
		break;
	default:
		next_piece();
		(void)at_listen(&w->at);
		at_discard(&w->at, 20);
		break;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static char m[] = "m", null[] = "/dev/null", pin[] = "1234";
	static char none[] = "";
	struct worker w = {.tty = TTY, .bye = ""};

	(void)log_init("fuzz_worker_at", "stderr", "error");
	if (n == 0 || n > 8192)
		return 0;
	modem.data = data;
	modem.n = n;
	modem.at = modem.end = 0;
	w.config_frame.config.modem = m;
	w.config_frame.config.device = null;
	w.config_frame.config.pin_memory = null;
	w.config_frame.config.pin = data[0] & 4 ? pin : none;
	w.config_frame.config.smsc = none;
	w.config_frame.config.imei = none;
	w.config_frame.config.missed_calls = true;
	w.config = &w.config_frame.config;
	w.is_wanted = worker_is_wanted;
	link_init(&w.link, -1);
	ledger_init(&w.ledger, NULL, &w.link, m, null);
	inbox_init(&w.inbox, &w.ledger, &w.link, m, w.id.imsi);
	at_init(&w.at, TTY, stray_line, &w);
	run(&w, data[0]);
	check_link(&w.link);
	ring_clear(&w.ring);
	stored_clear(&w);
	link_clear(&w.link);
	return 0;
}
