/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Anybody can send a text, and it is shown on terminals and in the office's
 * software: this file makes it harmless.
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <unictype.h>
#include <unistr.h>

#include "base/mem.h"
#include "lookup/note.h"

/* Does the character have no mark of its own, but change how others look? */
static bool
is_hidden(ucs4_t c)
{
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cf |
	    UC_CATEGORY_MASK_Co);
}

static bool
is_blank(ucs4_t c)
{
	return uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc |
	    UC_CATEGORY_MASK_Z);
}

char *
note_make(const char *text)
{
	size_t n = strlen(text), used = 0, characters = 0;
	/* No character becomes longer; the end is a blank or "...". */
	char *out = xcalloc(n + 4, 1);
	bool wants_blank = false;

	for (size_t at = 0; at < n && characters < NOTE_CHARACTERS;) {
		ucs4_t c;
		int len = u8_mbtoucr(&c, (const uint8_t *)text + at, n - at);

		if (len <= 0) {
			len = 1;
			c = '?';
		}
		at += (size_t)len;
		if (is_blank(c)) {
			wants_blank = used > 0;
		} else if (!is_hidden(c)) {
			if (wants_blank)
				out[used++] = ' ';
			wants_blank = false;
			used += (size_t)u8_uctomb((uint8_t *)out + used, c, 4);
			if (++characters == NOTE_CHARACTERS && at < n)
				memcpy(out + used, "...", 4);
		}
	}
	if (used > 0)
		return out;
	free(out);
	return NULL;
}
