/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text that somebody typed: send. The daemon queues it like any other.
 */
#include <stdbool.h>
#include <string.h>

#include "admin/cmd.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "text/segment.h"

/* A new line is all that a text may hold of control characters. */
static bool
has_controls(const char *text)
{
	for (; *text != '\0'; text++)
		if (((unsigned char)*text < 0x20 && *text != '\n') ||
		    *text == 0x7f)
			return true;
	return false;
}

void
cmd_send(struct admin_request *req)
{
	const char *text = req->args[1];
	char phone[PHONE_SIZE];
	enum phone_verdict verdict = phone_normalise(
	    request_conf(req)->gateway.country_code, req->args[0], phone);
	struct segments segments;

	if (verdict != PHONE_OK) {
		admin_fail(req, 2, "no text can be sent to \"%.32s\": %s",
		    req->args[0], phone_verdict_name(verdict));
	} else if (text[strspn(text, " \n")] == '\0' || has_controls(text)) {
		admin_fail(req, 2, "the text is empty or holds control "
		    "characters");
	} else if (segments_init(&segments, text) == -1) {
		admin_fail(req, 2, "the text is too long: at most %d "
		    "segments", SEGMENTS_MAX);
	} else {
		segments_clear(&segments);
		req->tools->hooks->send(phone, text, req, req->tools->arg);
	}
}
