/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of profiles, and the reading of a form.
 */
#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>

#include <event2/http.h>
#include <event2/keyvalq_struct.h>
#include <unistr.h>

#include "base/mem.h"
#include "lookup/http_form.h"

static const struct http_profile profiles[] = {
	/* Source: help.africastalking.com, "How do I build a USSD application".
	 * The notification of the end is the only form with a status. */
	{
		.name = "africastalking",
		.session = "sessionId",
		.phone = "phoneNumber",
		.text = "text",
		.ended = "status",
		.is_cumulative = true,
		.go_on = "CON ",
		.stop = "END ",
		.max_octets = 160,
	},
};

static const char *const verdict_names[] = {
#define X(id, name) name,
	HTTP_FORM_VERDICTS(X)
#undef X
};

const char *
http_form_verdict_name(enum http_form_verdict verdict)
{
	return verdict_names[verdict];
}

const struct http_profile *
http_profile_find(const char *name)
{
	for (size_t i = 0; i < sizeof(profiles) / sizeof(*profiles); i++)
		if (strcmp(profiles[i].name, name) == 0)
			return &profiles[i];
	return NULL;
}

static int
copy(const char *value, char *out, size_t size)
{
	size_t n = strlen(value);

	if (n >= size)
		return -1;
	memcpy(out, value, n + 1);
	return 0;
}

static const char *
field_value(const struct evkeyvalq *fields, const char *name)
{
	const char *value = evhttp_find_header(fields, name);

	return value != NULL ? value : "";
}

static bool
are_utf8(const struct evkeyvalq *fields)
{
	const struct evkeyval *field;

	TAILQ_FOREACH (field, fields, next)
		if (u8_check((const uint8_t *)field->value,
			strlen(field->value)) != NULL)
			return false;
	return true;
}

static enum http_form_verdict
read_fields(const struct http_profile *profile, const char *country_code,
    const struct evkeyvalq *fields, struct http_form *out)
{
	const char *session = field_value(fields, profile->session);
	const char *phone = field_value(fields, profile->phone);
	enum phone_verdict verdict;

	if (!are_utf8(fields))
		return HTTP_FORM_MALFORMED;
	if (*session == '\0')
		return HTTP_FORM_SESSION;
	if (copy(session, out->session, sizeof(out->session)) != 0)
		return HTTP_FORM_SESSION_LONG;
	out->is_end = evhttp_find_header(fields, profile->ended) != NULL;
	if (out->is_end)
		return HTTP_FORM_OK;
	(void)phone_mask(phone, out->phone_given);
	verdict = phone_normalise(country_code, phone, out->phone);
	if (verdict == PHONE_EMPTY || verdict == PHONE_CHARACTER ||
	    verdict == PHONE_SHORT)
		return HTTP_FORM_PHONE;
	if (evhttp_find_header(fields, profile->text) == NULL)
		return HTTP_FORM_NO_TEXT;
	if (copy(field_value(fields, profile->text), out->text,
		sizeof(out->text)) != 0)
		return HTTP_FORM_TEXT;
	return verdict == PHONE_OK ? HTTP_FORM_OK : HTTP_FORM_FOREIGN;
}

enum http_form_verdict
http_form_read(const struct http_profile *profile, const char *country_code,
    const char *body, size_t n, struct http_form *out)
{
	enum http_form_verdict verdict = HTTP_FORM_MALFORMED;
	struct evkeyvalq fields;
	char *copied;

	memset(out, 0, sizeof(*out));
	if (n == 0 || memchr(body, '\0', n) != NULL ||
	    memmem(body, n, "%00", 3) != NULL)
		return verdict;
	copied = xstrndup(body, n);
	TAILQ_INIT(&fields);
	if (evhttp_parse_query_str(copied, &fields) == 0)
		verdict = read_fields(profile, country_code, &fields, out);
	evhttp_clear_headers(&fields);
	free(copied);
	return verdict;
}
