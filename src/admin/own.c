/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Another agency's dossier is answered like one that does not exist.
 */
#include <string.h>

#include "admin/own.h"

bool
own_may_run(const struct admin_request *req)
{
	static const enum command_id may[] = {COMMAND_dossier,
	    COMMAND_undelivered, COMMAND_report, COMMAND_why,
	    COMMAND_explain};

	if (req->peer.agency == NULL)
		return true;
	for (size_t i = 0; i < sizeof(may) / sizeof(may[0]); i++)
		if (req->command->id == may[i])
			return true;
	return false;
}

bool
own_is_record(const struct admin_request *req, const json_t *record)
{
	const char *agency = json_string_value(json_object_get(record,
	    "agency"));

	return req->peer.agency == NULL || (agency != NULL &&
	    strcmp(agency, req->peer.agency) == 0);
}
