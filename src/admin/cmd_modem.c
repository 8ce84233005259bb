/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon knows of its modems: modems, modem.
 */
#include "admin/cmd.h"

void
cmd_modems(struct admin_request *req)
{
	admin_reply(req, req->tools->hooks->modems(NULL, req->tools->arg));
}

void
cmd_modem(struct admin_request *req)
{
	json_t *list = req->tools->hooks->modems(req->args[0],
	    req->tools->arg);
	json_t *modem = json_incref(json_array_get(list, 0));

	json_decref(list);
	if (modem != NULL)
		admin_reply(req, modem);
	else
		admin_fail(req, 1, "no modem \"%.64s\"; the command modems "
		    "lists them", req->args[0]);
}
