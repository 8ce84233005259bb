/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is said between worker and modem, for people: after a failure, and when
 * somebody asks for it.
 */
#include <string.h>

#include "modem/inside.h"

json_t *
modem_lines(const char *lines)
{
	json_t *out = json_array();

	while (*lines != '\0') {
		size_t n = strcspn(lines, "\n");

		json_array_append_new(out, json_stringn(lines, n));
		lines += n + (lines[n] == '\n');
	}
	return out;
}

json_t *
modem_failure(const struct modem *modem)
{
	const struct proto_dialogue *last = &modem->failure.dialogue;

	if (modem->failure.type != PROTO_TYPE_DIALOGUE)
		return json_null();
	return json_pack("{ss sI so}", "reason", last->reason, "at",
	    (json_int_t)last->at, "dialogue", modem_lines(last->lines));
}

int
modem_probe(struct modem *modem, modem_probed *probed, void *arg)
{
	struct proto p = {.type = PROTO_TYPE_PROBE};

	if (modem->process == NULL || modem->probed != NULL ||
	    modem->ready.type != PROTO_TYPE_READY || modem_is_ending(modem))
		return -1;
	modem->probed = probed;
	modem->probe_arg = arg;
	modem_send(modem, &p);
	return 0;
}

void
modem_probe_ended(struct modem *modem, const char *lines)
{
	modem_probed *probed = modem->probed;

	modem->probed = NULL;
	if (probed != NULL)
		probed(modem, lines, modem->probe_arg);
}
