/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the page, the metrics and the health check read in the same way.
 */
#include <string.h>

#include "admin/member.h"

const char *
text_of(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	return value != NULL ? value : "";
}

double
number_of(const json_t *object, const char *key)
{
	return json_number_value(json_object_get(object, key));
}

bool
can_send(const json_t *modem)
{
	const char *state = text_of(modem, "state");

	const char *wish = text_of(modem, "wish");

	if (*wish != '\0' && strcmp(wish, "up") != 0)
		return false;
	return (strcmp(state, "ready") == 0 || strcmp(state, "busy") == 0) &&
	    strcmp(text_of(modem, "breaker"), "open") != 0;
}
