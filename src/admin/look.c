/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Lists the keys that may be shown, one by one. What else a modem tells stays
 * inside.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/look.h"
#include "admin/member.h"
#include "admin/request.h"
#include "base/clock.h"
#include "base/mem.h"

#define DIGITS_SHOWN 8	/* fewer may be shown: a bus, a number of tries */

static const char *const modem_keys[] = {"name", "state", "since_s",
    "since_at", "wish", "trouble", "reason", "reason_detail", "sentence",
    "advice", "pin_tries_left", "breaker", "operator",
    "registration", "technology", "dbm", "sent", "refused", "unknown",
    "reports", "in_flight", "restarts", "lacks", "model", "firmware",
    "quotas", "balance", "balance_at", "inbox_used", "inbox_size",
    "journal_octets", "last_sent_at", "failure",
    "failures_in_a_row", "failing_class", "report_ratio"};

/* A copy without numbers that may be an IMEI, an IMSI or a telephone number. */
static json_t *
without_numbers(const char *text)
{
	char *copy = xstrdup(text);
	json_t *out;

	for (char *at = copy; *at != '\0'; at++) {
		size_t n = strspn(at, "0123456789");

		if (n >= DIGITS_SHOWN)
			memset(at + 3, '*', n - 3);
		at += n > 0 ? n - 1 : 0;
	}
	out = json_string(copy);
	free(copy);
	return out;
}

static json_t *
public_modem(const json_t *modem)
{
	json_t *out = json_object();

	for (size_t i = 0; i < sizeof(modem_keys) / sizeof(modem_keys[0]);
	    i++) {
		json_t *value = json_object_get(modem, modem_keys[i]);

		if (json_is_string(value))
			(void)json_object_set_new(out, modem_keys[i],
			    without_numbers(json_string_value(value)));
		else if (value != NULL)
			(void)json_object_set(out, modem_keys[i], value);
	}
	return out;
}

/* Takes modems. */
static json_t *
public_modems(json_t *modems)
{
	json_t *out = json_array();
	const json_t *modem;
	size_t i;

	json_array_foreach(modems, i, modem)
		(void)json_array_append_new(out, public_modem(modem));
	json_decref(modems);
	return out;
}

json_t *
look_new(const struct admin_tools *tools)
{
	json_t *out = tools->hooks->look(tools->arg);
	const json_t *status = json_object_get(out, "status");

	(void)json_object_set_new(out, "modems", public_modems(
	    json_incref(json_object_get(out, "modems"))));
	(void)json_object_set_new(out, "at", json_integer(clock_wall_ms()));
	(void)json_object_set_new(out, "name",
	    json_string(text_of(status, "name")));
	(void)json_object_set_new(out, "version",
	    json_string(text_of(status, "version")));
	return out;
}

static const char *
why_not(const json_t *object, size_t usable)
{
	const json_t *status = json_object_get(object, "status");
	const json_t *window = json_object_get(json_object_get(object,
	    "waiting"), "window");
	const char *gate = text_of(status, "gate");

	if (strcmp(text_of(json_object_get(status, "redis"), "state"), "up") !=
	    0)
		return "redis";
	if (*gate != '\0' && strcmp(gate, "open") != 0)
		return "gate";
	if (json_array_size(json_object_get(object, "modems")) == 0)
		return "no_modem";
	if (usable == 0)
		return "modems";
	if (json_is_true(json_object_get(json_object_get(object, "queue"),
	    "all_on_hold")))
		return "hold";
	return json_is_false(json_object_get(window, "open")) ? "window" : "";
}

void
look_judge(json_t *object)
{
	const json_t *modem;
	size_t i, usable = 0;
	const char *why;

	json_array_foreach(json_object_get(object, "modems"), i, modem)
		usable += can_send(modem);
	why = why_not(object, usable);
	(void)json_object_set_new(object, "usable",
	    json_integer((json_int_t)usable));
	(void)json_object_set_new(object, "sending", json_boolean(
	    *why == '\0' || strcmp(why, "hold") == 0 ||
	    strcmp(why, "window") == 0));
	(void)json_object_set_new(object, "why", json_string(why));
}
