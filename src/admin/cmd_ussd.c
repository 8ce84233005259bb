/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * ussd-try: the USSD menu without a network. Like a cumulative USSD gateway,
 * each request holds all inputs of the dialogue so far. baotinctl adds
 * --session, its own name for the dialogue.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "base/mem.h"
#include "base/phone.h"
#include "conf/conf.h"

#define TRIAL_PHONE "+84900000000"
#define SESSION_MAX 64

/* The value of an option that stands before the other arguments. Returns NULL
 * when it is missing. */
static const char *
take_option(struct admin_request *req, size_t *i, const char *name)
{
	if (*i + 2 > req->n_args || strcmp(req->args[*i], name) != 0)
		return NULL;
	*i += 2;
	return req->args[*i - 1];
}

static char *
join(char *const *words, size_t n)
{
	char *out = xstrdup("");

	for (size_t i = 0; i < n; i++) {
		char *longer = xasprintf("%s%s%s", out, i > 0 ? "*" : "",
		    words[i]);

		free(out);
		out = longer;
	}
	return out;
}

void
cmd_ussd_try(struct admin_request *req)
{
	const struct conf *conf = request_conf(req);
	size_t i = 0;
	const char *number = take_option(req, &i, "--phone");
	const char *session = take_option(req, &i, "--session");
	char phone[PHONE_SIZE] = TRIAL_PHONE, *inputs;

	if (number != NULL && phone_normalise(conf->gateway.country_code,
	    number, phone) != PHONE_OK) {
		admin_fail(req, 2, "\"%.32s\" is no citizen's number", number);
		return;
	}
	if (i == req->n_args ||
	    (session != NULL && strlen(session) > SESSION_MAX)) {
		admin_fail(req, 2, "ussd-try wants the CODE that a citizen "
		    "dials");
		return;
	}
	inputs = join(req->args + i + 1, req->n_args - i - 1);
	req->tools->hooks->ussd_try(phone, session != NULL ? session : "ctl",
	    req->args[i], inputs, req, req->tools->arg);
	free(inputs);
}
