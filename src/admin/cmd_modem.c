/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon knows of its modems: modems, modem. Dials a code on one:
 * ussd. Enters the PIN of its SIM: pin. Says what it shall do: pause, resume,
 * drain, reset.
 */
#include "config.h"

#include <string.h>

#include "admin/cmd.h"

#define PIN_LEAST 4	/* 3GPP TS 31.101 §9.3 */
#define PIN_MOST  8
#define CODE_MOST 182 /* 3GPP TS 23.038 §6.1.2.3 */

void
cmd_modems(struct admin_request *req)
{
	admin_reply(req, req->tools->hooks->modems(NULL, req->tools->arg));
}

#define TAC_DIGITS 8	/* 3GPP TS 23.003 §6.2.1: type allocation code */

/* Keeps the facts that show the brand, and drops those that identify the SIM or
 * this device. Takes the modem. */
static json_t *
probe_report(json_t *modem)
{
	static const char *const keys[] = {"manufacturer", "model",
	    "firmware", "settings", "lacks", "technology", "registration",
	    "dbm", "state", "reason", "sent", "refused", "unknown",
	    "reports", "restarts", "inbox_used", "inbox_size", "history",
	    "failure"};
	const char *imei = json_string_value(json_object_get(modem, "imei"));
	json_t *out = json_object();

	json_object_set_new(out, "baotin", json_string(PACKAGE_VERSION));
	json_object_set_new(out, "tac", json_stringn(imei != NULL ? imei : "",
	    imei != NULL ? strnlen(imei, TAC_DIGITS) : 0));
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (json_object_get(modem, keys[i]) != NULL)
			json_object_set(out, keys[i], json_object_get(modem,
			    keys[i]));
	json_decref(modem);
	return out;
}

void
cmd_probed(struct admin_request *req, json_t *asked)
{
	json_t *list = req->tools->hooks->modems(req->args[0],
	    req->tools->arg);
	json_t *modem = json_incref(json_array_get(list, 0)), *report;

	json_decref(list);
	if (modem == NULL) {	/* gone meanwhile */
		json_decref(asked);
		admin_fail(req, 1, "%.64s is no modem any more",
		    req->args[0]);
		return;
	}
	report = probe_report(modem);
	(void)json_object_set_new(report, "asked", asked);
	admin_reply(req, report);
}

void
cmd_modem(struct admin_request *req)
{
	bool is_probe = req->n_args == 2;
	json_t *list, *modem;

	if (is_probe && strcmp(req->args[1], "--probe") != 0) {
		admin_fail(req, 2, "modem NAME knows --probe only, not "
		    "\"%.32s\"", req->args[1]);
		return;
	}
	list = req->tools->hooks->modems(req->args[0], req->tools->arg);
	modem = json_incref(json_array_get(list, 0));
	json_decref(list);
	if (modem != NULL && is_probe) {
		json_decref(modem);
		req->tools->hooks->probe(req->args[0], req, req->tools->arg);
	} else if (modem != NULL)
		admin_reply(req, modem);
	else
		admin_fail(req, 1, "no modem \"%.64s\"; the command modems "
		    "lists them", req->args[0]);
}

void
cmd_pause(struct admin_request *req)
{
	req->tools->hooks->wish(req->args[0], "paused", req,
	    req->tools->arg);
}

void
cmd_resume(struct admin_request *req)
{
	req->tools->hooks->wish(req->args[0], "up", req, req->tools->arg);
}

void
cmd_drain(struct admin_request *req)
{
	req->tools->hooks->wish(req->args[0], "drain", req, req->tools->arg);
}

void
cmd_reset(struct admin_request *req)
{
	req->tools->hooks->reset(req->args[0], req, req->tools->arg);
}

/* The PIN does not come among the words, so no log line can show it. */
void
cmd_pin(struct admin_request *req)
{
	const char *pin = json_string_value(json_object_get(
	    json_array_get(req->rows, 0), "pin"));
	size_t n = pin != NULL ? strlen(pin) : 0;

	if (n < PIN_LEAST || n > PIN_MOST ||
	    pin[strspn(pin, "0123456789")] != '\0')
		admin_fail(req, 2, "a PIN has %d to %d digits", PIN_LEAST,
		    PIN_MOST);
	else
		req->tools->hooks->pin(req->args[0], pin, req,
		    req->tools->arg);
}

void
cmd_ussd(struct admin_request *req)
{
	const char *code = req->args[1];

	if ((*code != '*' && *code != '#') || strlen(code) > CODE_MOST ||
	    code[strspn(code, "0123456789*#")] != '\0')
		admin_fail(req, 2, "\"%.32s\" is no USSD code, such as "
		    "*101#", code);
	else
		req->tools->hooks->ussd(req->args[0], code, req,
		    req->tools->arg);
}
