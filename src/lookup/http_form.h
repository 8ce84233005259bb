/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The forms of USSD gateways: which fields they post, and how they want
 * their answers. One row per kind of gateway.
 * never does: speak HTTP, know dossiers.
 */
#ifndef LOOKUP_HTTP_FORM_H
#define LOOKUP_HTTP_FORM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/phone.h"

#define HTTP_SESSION_SIZE 129
#define HTTP_TEXT_SIZE	  2049 /* of all input together */

struct http_profile {
	const char *name;	/* ussd.http.profile */
	/* Names of fields. */
	const char *session, *phone, *text;
	const char *ended;	/* a form with this one says that the session
				 * is over and wants no answer */
	bool is_cumulative;	/* text repeats all input, joined by '*' */
	const char *go_on, *stop; /* what a screen begins with */
	unsigned max_octets;	/* of a screen */
};

/* Returns NULL when no profile has this name. */
const struct http_profile *http_profile_find(const char *name);

#define HTTP_FORM_VERDICTS(X)                                                 \
	X(OK, "ok")                                                           \
	X(MALFORMED, "form_malformed")	/* no form, or not UTF-8 */           \
	X(SESSION, "session_missing")                                         \
	X(SESSION_LONG, "session_too_long") /* over 128 octets */             \
	X(PHONE, "phone_bad")		/* no telephone number */             \
	X(NO_TEXT, "text_missing")	/* "" is there, at first */           \
	X(TEXT, "text_too_long")                                              \
	X(FOREIGN, "phone_foreign")	/* of a phone that we don't serve */

enum http_form_verdict {
#define X(id, name) HTTP_FORM_##id,
	HTTP_FORM_VERDICTS(X)
#undef X
};

const char *http_form_verdict_name(enum http_form_verdict);

struct http_form {
	char session[HTTP_SESSION_SIZE];
	char phone[PHONE_SIZE];		/* E.164 */
	char phone_given[PHONE_SIZE];	/* masked, for logs */
	char text[HTTP_TEXT_SIZE];
	bool is_end;			/* then phone and text may be "" */
};

/* Reads a body of n octets. FOREIGN: the form is good, but its phone is one of
 * another country, a fixed line or a machine. */
enum http_form_verdict http_form_read(const struct http_profile *,
    const char *country_code, const char *body, size_t n,
    struct http_form *out);

#endif
