/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The operator's USSD gateway as an application behind it knows it: posts
 * forms to a URL and hands back what was answered.
 * never does: know what a session is.
 */
#ifndef SIM_USSD_HTTP_H
#define SIM_USSD_HTTP_H

struct event_base;
struct ussd_http;

struct ussd_field {
	const char *name, *value;
};

/* token_file: "" sends none. NULL: the URL is none, or the file can't be
 * read (told). */
struct ussd_http *ussd_http_new(struct event_base *, const char *url,
    const char *token_file);
/* Open requests are dropped without a call back. */
void ussd_http_free(struct ussd_http *);

/* body: what came with status 200, else NULL and a word of why. */
typedef void ussd_http_done(const char *body, const char *error,
    const char *session, void *arg);

/* The fields end with a name of NULL. Calls back once, never before it
 * returns, with a copy of session. done NULL: nobody cares. */
void ussd_http_post(struct ussd_http *, const struct ussd_field *,
    const char *session, ussd_http_done *, void *arg);

#endif
