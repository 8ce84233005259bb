/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Carries an operator's request to the modem or SIM and answers with the
 * result.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/admin.h"
#include "base/log.h"
#include "daemon/manage.h"
#include "daemon/modems.h"
#include "daemon/state.h"
#include "modem/lines.h"
#include "modem/modem.h"

/* Returns NULL when there is no such modem; then the request is answered. */
static struct modem *
find_modem(struct daemon *d, const char *name, struct admin_request *request)
{
	struct modem *modem = modems_find(d, name);

	if (modem == NULL)
		admin_fail(request, 1, "no modem \"%.64s\"; the command "
		    "modems lists them", name);
	return modem;
}

/* Another PIN may help only for these reasons. With too few tries left, or when
 * the SIM asks for the PUK, another try would lock the SIM for good. */
static bool
wants_pin(enum health_reason reason)
{
	return reason == HEALTH_PIN_NEEDED || reason == HEALTH_PIN_REFUSED ||
	    reason == HEALTH_PIN_FILE;
}

/* Answers with "modem1: …" and the reason's advice. */
static void
fail(struct admin_request *request, const struct modem *modem)
{
	const char *detail;
	enum health_reason reason = modem_reason(modem, &detail);
	char *sentence = health_sentence(reason, HEALTH_EN, detail);

	admin_fail(request, 1, "%s: %s %s", modem_name(modem), sentence,
	    health_row(reason)->advice[HEALTH_EN]);
	free(sentence);
}

static void
on_tried(struct modem *modem, bool is_open, void *arg)
{
	log_info("pin_typed", "modem=%s taken=%d tries_left=%d",
	    modem_name(modem), is_open, modem_tries_left(modem));
	if (is_open)
		admin_reply(arg, json_pack("{ss ss}", "modem",
		    modem_name(modem), "pin", "taken"));
	else
		fail(arg, modem);
}

void
manage_pin(const char *name, const char *pin, struct admin_request *request,
    void *arg)
{
	struct modem *modem = find_modem(arg, name, request);
	const char *detail;
	enum health_reason reason;

	if (modem == NULL)
		return;
	reason = modem_reason(modem, &detail);
	if (reason == HEALTH_WELL)
		admin_fail(request, 1, "%s is %s: its SIM is open and wants "
		    "no PIN", name, modem_state_name(modem_state(modem)));
	else if (!wants_pin(reason))
		fail(request, modem);
	else if (modem_enter_pin(modem, pin, on_tried, request) == -1)
		admin_fail(request, 1, "a PIN is being tried on %s at this "
		    "moment", name);
}

void
manage_wish(const char *name, const char *word,
    struct admin_request *request, void *arg)
{
	static const enum modem_wish wishes[] = {
#define X(id, w) MODEM_WISH_##id,
		MODEM_WISHES(X)
#undef X
	};
	struct modem *modem = find_modem(arg, name, request);
	size_t i = 0;

	if (modem == NULL)
		return;
	while (strcmp(modem_wish_name(wishes[i]), word) != 0)
		i++;	/* the caller only gives words of the table */
	if (modem_set_wish(modem, wishes[i]) == -1)
		admin_fail(request, 1, "%s is \"%s\" now, but a restart will "
		    "forget it: state_dir can't be written", name, word);
	else
		admin_reply(request, json_pack("{ss ss si}", "modem", name,
		    "wish", word, "in_flight", (int)modem_in_flight(modem)));
}

void
manage_reset(const char *name, struct admin_request *request, void *arg)
{
	struct modem *modem = find_modem(arg, name, request);

	if (modem == NULL)
		return;
	if (modem_reset(modem) == -1)
		admin_fail(request, 1, "%s is drained, or leaves: baotinctl "
		    "resume %s first", name, name);
	else
		admin_reply(request, json_pack("{ss si}", "modem", name,
		    "in_flight", (int)modem_in_flight(modem)));
}

/* A modem that can't be asked is no failure: the rest of the report helps, or
 * helps the more. */
static void
on_probed(struct modem *modem, const char *lines, void *arg)
{
	(void)modem;
	cmd_probed(arg, lines != NULL ? modem_lines(lines) : json_array());
}

void
manage_probe(const char *name, struct admin_request *request, void *arg)
{
	struct modem *modem = modems_find(arg, name);

	if (modem == NULL || modem_probe(modem, on_probed, request) == -1)
		cmd_probed(request, json_array());
}
