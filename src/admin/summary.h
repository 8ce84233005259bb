/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Whether texts go out, in one line, as systemctl has it:
 *
 *	SENDING: 2 of 2 modems can send
 *	NOT SENDING since 18:31: both modems unregistered; next: Look at …
 */
#ifndef ADMIN_SUMMARY_H
#define ADMIN_SUMMARY_H

#include <jansson.h>

/* look: an object that look_judge() has judged. The caller frees the result. */
char *summary_line(const json_t *look);

#endif
