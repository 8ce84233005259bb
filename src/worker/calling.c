/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Announces calls that may block to the daemon, and ends a worker that failed.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <unistr.h>

#include "base/clock.h"
#include "base/mem.h"
#include "worker/dialogue.h"
#include "worker/worker.h"

#define ALARM_EXTRA_MS	10000

void
worker_calling(struct worker *w, const char *call, uint32_t deadline_ms)
{
	char *name = xstrdup(call);
	struct proto p = {
		.type = PROTO_TYPE_CALLING,
		.calling = {.call = name, .deadline_ms = deadline_ms},
	};

	w->call_began = clock_mono_ms();
	link_put(&w->link, &p);
	link_flush(&w->link);
	(void)alarm((deadline_ms + ALARM_EXTRA_MS) / 1000);
	free(name);
}

void
worker_called(struct worker *w)
{
	struct proto p = {.type = PROTO_TYPE_CALLING};

	w->call_began = 0;
	w->beat_deadline = clock_mono_ms() + WORKER_BEAT_MS;
	(void)alarm(0);
	link_put(&w->link, &p);
}

void
worker_tell_dialogue(struct worker *w, const char *reason)
{
	struct proto p = {.type = PROTO_TYPE_DIALOGUE};

	p.dialogue.reason = xstrdup(reason);
	p.dialogue.lines = dialogue_text();
	p.dialogue.at = clock_wall_ms();
	if (*p.dialogue.lines != '\0')
		link_put(&w->link, &p);
	proto_clear(&p);
}

void
worker_fail(struct worker *w, const char *reason)
{
	w->is_failed = true;
	if (w->bye[0] == '\0')
		w->bye = reason;
}

char *
worker_clean(const char *text)
{
	const uint8_t *s = (const uint8_t *)text;
	const uint8_t *bad = u8_check(s, strlen(text));

	return xstrndup(text, bad != NULL ? (size_t)(bad - s) : strlen(text));
}
