/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes the text that reports a change, or the word that says why no text is
 * sent.
 */
#ifndef INTAKE_NOTICE_H
#define INTAKE_NOTICE_H

#include "intake/event.h"

struct templates;

enum notice_verdict {
	NOTICE_SEND,		/* *out is the message */
	NOTICE_SUPPRESS,	/* why->error says why nothing is sent */
	NOTICE_REJECT,		/* no text can be made of it; why says why */
};

/* *out is freed by message_clear(). why->error: a stable word of the
 * receipts. */
enum notice_verdict notice_make(const struct event *, const struct conf *,
    const struct templates *, struct message *out, struct event_fault *why);

/* What the notice of this change says, with accents where its language has
 * them, for somebody who reads it on paper. The caller frees. Returns NULL when
 * the templates have no text for it. */
char *notice_letter(const struct change *, const struct conf *,
    const struct templates *);

#endif
