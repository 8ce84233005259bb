/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds words in the operator's texts to our SIMs that a person must see.
 */
#ifndef DAEMON_TEXTS_H
#define DAEMON_TEXTS_H

#include <stdbool.h>

struct daemon;

/* A text of the operator is now in the stream operator_texts. */
void texts_heard(struct daemon *, const char *modem, const char *text);

/* Does the text speak of blocking, of an end, or of credit that is used up? */
bool texts_is_alarming(const char *text);

#endif
