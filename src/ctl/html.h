/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Texts in HTML.
 */
#ifndef CTL_HTML_H
#define CTL_HTML_H

#include <stdio.h>

/* The text as HTML shows it: & < > and " escaped. */
void html_text(FILE *, const char *text);

#endif
