/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * From a change to the text that tells of it, or to the word why none is
 * sent.
 */
#ifndef INTAKE_NOTICE_H
#define INTAKE_NOTICE_H

#include "intake/event.h"

struct templates;

enum notice_verdict {
	NOTICE_SEND,		/* *out is the message */
	NOTICE_SUPPRESS,	/* why->error says why nothing is sent */
	NOTICE_REJECT,		/* no text can be made of it: why */
};

/* message_clear() frees *out. why->error: a stable word of the receipts. */
enum notice_verdict notice_make(const struct event *, const struct conf *,
    const struct templates *, struct message *out, struct event_fault *why);

/* The notice of this change as text, with accents where its language has them,
 * to be read on paper. The caller frees. NULL: there is no text for it. */
char *notice_letter(const struct change *, const struct conf *,
    const struct templates *);

#endif
