/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Citizens' questions: one dialogue engine and several fronts. This header is
 * for the fronts with a dialogue (USSD).
 *
 * owns: sessions (in Redis, with a TTL), menus, pages.
 * promises: every request is answered once, within the transport's time
 *	or with a polite end. A repeated request gets the same answer again
 *	and does nothing twice.
 * never does: know how a transport writes its bytes.
 */
#ifndef LOOKUP_LOOKUP_H
#define LOOKUP_LOOKUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct conf;
struct event_base;
struct keyhash;
struct lookup;
struct store;
struct templates;

struct lookup_hooks {
	/* A text to a citizen waits in this pool, or for one of its modems. */
	void (*on_work)(const char *pool, void *arg);
	/* A stranger got no text from this pool: lookup.strangers is used
	 * up. */
	void (*on_cut)(const char *pool, void *arg);
	/* Called with each question; says how this hour's questions look.
	 * is_scanning: too many find nothing. is_guessing: codes are tried one
	 * after the other. */
	void (*on_watched)(bool is_scanning, bool is_guessing, void *arg);
	/* The templates in force; they may change between two calls. */
	const struct templates *(*templates)(void *arg);
};

/* A kind of front. max_octets: of one screen; a USSD string has 160 (3GPP
 * TS 24.090, TS 23.038 §6.1.2.3: 182 GSM-7 or 80 UCS-2 characters). */
struct lookup_transport {
	const char *name;	/* "http", "modem", "ctl" */
	unsigned max_octets;
	bool is_cumulative;	/* text repeats all input of the session,
				 * joined by '*', "" at first */
};

/* One request of a dialogue. */
struct lookup_request {
	const struct lookup_transport *transport;
	const char *session;	/* the transport's name of it, 1 to 128
				 * octets */
	const char *phone;	/* E.164; else nobody's, but the limits' */
	const char *text;	/* typed now (or cumulative); of the first
				 * request: what follows the service code,
				 * "2305150001" of "*1022*2305150001#" */
};

/* The part behind the service code ("*1022#") in the dialled string: "2305" of
 * "*1022*2305#". 0, or -1: another code, or longer than size. */
int lookup_dialled(const char *service_code, const char *dialled, char *out,
    size_t size);

/* text: UTF-8, fits the transport. is_final: the dialogue is over. */
typedef void lookup_answered(const char *text, bool is_final, void *arg);

/* Borrows its arguments. */
struct lookup *lookup_new(struct event_base *, const struct conf *,
    struct store *, const struct keyhash *, const struct lookup_hooks *,
    void *arg);
void lookup_free(struct lookup *);

/* begin: the session's first request; input: a later one. A front that can't
 * tell them apart calls input: an unknown session then begins. Calls back once,
 * maybe before it returns. Copies the request. */
void lookup_begin(struct lookup *, const struct lookup_request *,
    lookup_answered *, void *arg);
void lookup_input(struct lookup *, const struct lookup_request *,
    lookup_answered *, void *arg);

/* The transport says that the dialogue is over. Its state is kept for a while,
 * so that "continue?" can offer it. */
void lookup_end(struct lookup *, const struct lookup_transport *,
    const char *session);

#endif
