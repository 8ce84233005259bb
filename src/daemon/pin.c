/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From the operator's request to the SIM's answer.
 */
#include <stdio.h>
#include <stdlib.h>

#include "admin/admin.h"
#include "base/log.h"
#include "daemon/modems.h"
#include "daemon/pin.h"
#include "daemon/state.h"
#include "modem/modem.h"

/* Where another PIN may help; with too few tries left, or a PUK, it would
 * lock the SIM. */
static bool
wants_pin(enum health_reason reason)
{
	return reason == HEALTH_PIN_NEEDED || reason == HEALTH_PIN_REFUSED ||
	    reason == HEALTH_PIN_FILE;
}

/* "modem1: …", with the reason's advice. */
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
pin_enter(const char *name, const char *pin, struct admin_request *request,
    void *arg)
{
	struct modem *modem = modems_find(arg, name);
	const char *detail;
	enum health_reason reason;

	if (modem == NULL) {
		admin_fail(request, 1, "no modem \"%.64s\"; the command "
		    "modems lists them", name);
		return;
	}
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
