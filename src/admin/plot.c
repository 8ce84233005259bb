/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Turns the names of a snapshot into the arguments of a call, and its reply
 * into lists.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/member.h"
#include "admin/plot.h"

static const char *const modem_lists[] = {"dbm", "sent", "refused",
    "reports", NULL};
static const char *const queue_lists[] = {"waiting", NULL};

static void
want(json_t *wanted, const char *gateway, const char *modem)
{
	if (json_array_size(wanted) < PLOTS_MOST)
		(void)json_array_append_new(wanted, json_pack("[s, s]",
		    gateway, modem));
}

static void
want_gateway(json_t *wanted, const json_t *gateway)
{
	const json_t *modem;
	size_t i;

	want(wanted, text_of(gateway, "name"), "");
	json_array_foreach(json_object_get(gateway, "modems"), i, modem)
		want(wanted, text_of(gateway, "name"), text_of(modem, "name"));
}

json_t *
plots_wanted(const json_t *snapshot)
{
	json_t *wanted = json_array();
	const json_t *gateway;
	size_t i;

	want_gateway(wanted, snapshot);
	json_array_foreach(json_object_get(snapshot, "gateways"), i, gateway)
		want_gateway(wanted, gateway);
	return wanted;
}

/* Adds one point, "-71 12 0 11", to the lists. */
static void
read_point(json_t *lists, const char *const *names, size_t at,
    const char *text)
{
	char *end;

	for (; *names != NULL; names++) {
		long value = strtol(text, &end, 10);
		bool is_known = end != text && (value != 0 ||
		    strcmp(*names, "dbm") != 0);

		if (is_known)
			(void)json_array_set_new(json_object_get(lists,
			    *names), at, json_integer(value));
		text = end;
	}
}

/* flat: slot, point, slot, point …. */
static json_t *
read_points(const json_t *flat, const char *const *names, long long newest)
{
	json_t *lists = json_object();

	for (size_t k = 0; names[k] != NULL; k++) {
		json_t *list = json_array();

		for (size_t i = 0; i < PLOT_SLOTS; i++)
			(void)json_array_append_new(list, json_null());
		(void)json_object_set_new(lists, names[k], list);
	}
	for (size_t i = 0; i + 1 < json_array_size(flat); i += 2) {
		const char *slot = json_string_value(json_array_get(flat, i));
		const char *text = json_string_value(json_array_get(flat,
		    i + 1));
		long long at = slot != NULL ? strtoll(slot, NULL, 10) -
		    newest + PLOT_SLOTS - 1 : -1;

		if (text != NULL && at >= 0 && at < PLOT_SLOTS)
			read_point(lists, names, (size_t)at, text);
	}
	return lists;
}

json_t *
plots_read(const json_t *wanted, const json_t *reply)
{
	long long newest = json_integer_value(json_array_get(reply, 0)) /
	    PLOT_SLOT_MS;
	json_t *out = json_object();
	const json_t *pair;
	size_t i;

	json_array_foreach(wanted, i, pair) {
		const char *gateway = json_string_value(json_array_get(pair,
		    0));
		const char *modem = json_string_value(json_array_get(pair,
		    1));

		if (json_object_get(out, gateway) == NULL)
			(void)json_object_set_new(out, gateway, json_object());
		(void)json_object_set_new(json_object_get(out, gateway), modem,
		    read_points(json_array_get(reply, i + 1), *modem != '\0'
		    ? modem_lists : queue_lists, newest));
	}
	return out;
}
