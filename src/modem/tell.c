/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon sends to the worker, and when it looks at the modem next.
 */
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "modem/inside.h"

void
modem_arm(struct modem *modem, int64_t ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	event_add(modem->timer, &tv);
}

void
modem_send(struct modem *modem, const struct proto *message)
{
	size_t n;
	uint8_t *payload = proto_encode(message, &n);

	process_send(modem->process, (uint16_t)message->type, payload, n);
	explicit_bzero(payload, n);	/* CONFIG holds the PIN */
	free(payload);
}

void
modem_end_worker(struct modem *modem)
{
	struct proto message = {.type = PROTO_TYPE_SHUTDOWN};

	if (modem->process != NULL)
		modem_send(modem, &message);
}
