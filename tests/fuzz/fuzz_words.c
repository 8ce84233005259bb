/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any octets as a citizen's text.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lookup/note.h"
#include "lookup/words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char may[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._/ ";
	char *text = xstrndup((const char *)data, size);
	struct words words;
	char *note;

	words_parse(text, &words);
	assert(words.word <= WORD_WRONG_NUMBER);
	assert((words.word == WORD_FIND) == (words.typed[0] != '\0'));
	assert(strlen(words.typed) < sizeof(words.typed));
	assert(strspn(words.typed, may) == strlen(words.typed));
	assert(words.factor[0] == '\0' || (strlen(words.factor) >=
	    CODE_SECRET_LEAST && strlen(words.factor) <= CODE_SECRET_MOST &&
	    strspn(words.factor, may) == strlen(words.factor)));
	note = note_make(text);
	if (note != NULL) {
		assert(strlen(note) <= strlen(text) + 3 && note[0] != '\0');
		assert(note[strcspn(note, "\n\r\t\x1b\x7f")] == '\0');
	}
	free(note);
	free(text);
	return 0;
}
