/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The status page: one HTML text made from a snapshot. It is complete without
 * its script, which only fetches it again. It shows no telephone number.
 */
#ifndef ADMIN_PAGE_H
#define ADMIN_PAGE_H

#include <jansson.h>

/* language: "vi" or "en". The caller frees the result. */
char *page_write(const json_t *snapshot, const char *language);

/* A picture for the state: "good", "weak", "bad", "wait" (any other text counts
 * as "good"). SVG; the caller frees it. */
char *page_icon(const char *class);

const char *page_style(void);
const char *page_script(void);

#endif
