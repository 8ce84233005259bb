/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon knows of its modems: modems, modem; and a code dialled
 * on one: ussd.
 */
#include <string.h>

#include "admin/cmd.h"

#define CODE_MOST 182 /* 3GPP TS 23.038 §6.1.2.3 */

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
