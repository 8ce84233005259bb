/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The four signs that mean something in HTML.
 */
#include "ctl/html.h"

void
html_text(FILE *to, const char *text)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '&':
			fputs("&amp;", to);
			break;
		case '<':
			fputs("&lt;", to);
			break;
		case '>':
			fputs("&gt;", to);
			break;
		case '"':
			fputs("&quot;", to);
			break;
		default:
			fputc(*text, to);
		}
}
