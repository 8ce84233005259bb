/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The status page: one HTML text from a snapshot, whole without a script,
 * which only fetches it anew. No telephone number is in it.
 */
#ifndef ADMIN_PAGE_H
#define ADMIN_PAGE_H

#include <jansson.h>

/* language: "vi" or "en". For the caller to free. */
char *page_write(const json_t *snapshot, const char *language);

/* A picture of how it is: "good", "weak", "bad", "wait" (any other text:
 * "good"); SVG, for the caller to free. */
char *page_icon(const char *class);

const char *page_style(void);
const char *page_script(void);

#endif
