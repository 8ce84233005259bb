/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text that somebody typed: send. The daemon looks at the text, queues it
 * like any other and answers.
 */
#include <string.h>

#include "admin/cmd.h"
#include "base/phone.h"
#include "conf/conf.h"

void
cmd_send(struct admin_request *req)
{
	const char *text = req->args[1];
	char phone[PHONE_SIZE];
	enum phone_verdict verdict = phone_normalise(
	    request_conf(req)->gateway.country_code, req->args[0], phone);

	if (verdict != PHONE_OK)
		admin_fail(req, 2, "no text can be sent to \"%.32s\": %s",
		    req->args[0], phone_verdict_name(verdict));
	else if (text[strspn(text, " \n")] == '\0')
		admin_fail(req, 2, "the text is empty");
	else
		req->tools->hooks->send(phone, text, req, req->tools->arg);
}
