/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What operators write to our SIMs: words that a person must see.
 */
#ifndef DAEMON_TEXTS_H
#define DAEMON_TEXTS_H

#include <stdbool.h>

struct daemon;

/* A text is in the stream operator_texts. */
void texts_heard(struct daemon *, const char *modem, const char *text);

/* Does it speak of blocking, of an end, of credit? */
bool texts_is_alarming(const char *text);

#endif
