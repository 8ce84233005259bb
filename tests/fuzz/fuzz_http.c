/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Forms of USSD gateways. What is taken fits its fields, is UTF-8 and has a
 * number; reading it twice gives the same.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include <unistr.h>

#include "lookup/http_form.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
check(const struct http_form *form)
{
	assert(form->session[0] != '\0');
	assert(strnlen(form->session, sizeof(form->session)) <
	    sizeof(form->session));
	assert(u8_check((const uint8_t *)form->session,
		   strlen(form->session)) == NULL);
	if (form->is_end)
		return;
	assert(form->phone[0] == '+' &&
	    strspn(form->phone + 1, "0123456789") ==
		strlen(form->phone) - 1);
	assert(strlen(form->text) < sizeof(form->text));
	assert(u8_check((const uint8_t *)form->text, strlen(form->text)) ==
	    NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct http_profile *profile =
	    http_profile_find("africastalking");
	static struct http_form form, again;
	enum http_form_verdict verdict;

	verdict = http_form_read(profile, "84", (const char *)data, n, &form);
	assert(http_form_verdict_name(verdict) != NULL);
	if (verdict == HTTP_FORM_OK)
		check(&form);
	assert(http_form_read(profile, "84", (const char *)data, n, &again) ==
	    verdict);
	assert(memcmp(&form, &again, sizeof(form)) == 0);
	(void)http_form_read(profile, "27", (const char *)data, n, &again);
	return 0;
}
