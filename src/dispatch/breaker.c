/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The clock alone turns an open breaker into a half open one, so the change
 * needs no timer.
 */
#include <stdio.h>
#include <string.h>

#include "dispatch/breaker.h"

/* A probe whose outcome nobody reported counts as lost after this time. It is
 * longer than any send takes. */
#define PROBE_LOST_MS	BREAKER_PAUSE_MAX_MS

enum breaker_state
breaker_state(const struct breaker *b, int64_t now)
{
	if (!b->is_open)
		return BREAKER_CLOSED;
	return now < b->pause_deadline ? BREAKER_OPEN : BREAKER_HALF_OPEN;
}

bool
breaker_allows(const struct breaker *b, int64_t now)
{
	return breaker_wait_ms(b, now) == 0;
}

int64_t
breaker_wait_ms(const struct breaker *b, int64_t now)
{
	switch (breaker_state(b, now)) {
	case BREAKER_CLOSED:
		break;
	case BREAKER_OPEN:
		return b->pause_deadline - now;
	case BREAKER_HALF_OPEN:
		return b->is_probing && now < b->probe_deadline ? -1 : 0;
	}
	return 0;
}

void
breaker_began(struct breaker *b, int64_t now)
{
	if (breaker_state(b, now) != BREAKER_HALF_OPEN)
		return;
	b->is_probing = true;
	b->probe_deadline = now + PROBE_LOST_MS;
}

static void
open_for_longer(struct breaker *b, int64_t now)
{
	if (b->pause_ms == 0)
		b->pause_ms = BREAKER_PAUSE_MS;
	else if (b->pause_ms < BREAKER_PAUSE_MAX_MS / 2)
		b->pause_ms *= 2;
	else
		b->pause_ms = BREAKER_PAUSE_MAX_MS;
	b->pause_deadline = now + b->pause_ms;
	b->is_open = true;
	b->is_probing = false;
	b->failures = 0;
}

bool
breaker_trip(struct breaker *b, int64_t now)
{
	/* The breaker is open: this outcome is of a send that began before. */
	if (breaker_state(b, now) == BREAKER_OPEN)
		return false;
	open_for_longer(b, now);
	return true;
}

bool
breaker_is_refusing(const struct breaker *b)
{
	return b->n_refused == BREAKER_REFUSALS;
}

bool
breaker_refused(struct breaker *b, const char *phone, int64_t now)
{
	unsigned i = 0;

	while (i < b->n_refused && strcmp(b->refused[i], phone) != 0)
		i++;
	if (i == b->n_refused && i < BREAKER_REFUSALS)
		(void)snprintf(b->refused[b->n_refused++], PHONE_SIZE, "%s",
		    phone);
	return breaker_is_refusing(b) && breaker_trip(b, now);
}

bool
breaker_note(struct breaker *b, bool blames_modem, bool success, int64_t now)
{
	bool was_open = b->is_open;

	if (success) {
		*b = (struct breaker){0};
		return was_open;
	}
	if (!blames_modem) {
		b->is_probing = false;
		return false;
	}
	if (!was_open && ++b->failures < BREAKER_FAILURES)
		return false;
	return breaker_trip(b, now);
}

const char *
breaker_state_name(enum breaker_state state)
{
	static const char *const names[] = {
#define X(id, name) [BREAKER_##id] = name,
		BREAKER_STATES(X)
#undef X
	};

	return names[state];
}
