/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: any octets as a configuration that libconfig refused. What is
 * said of it names a line that the text has, in clean UTF-8 or in the
 * octets that stand there.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "conf/hint.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);
	struct hint hint;
	int lines = 1;

	if (text == NULL)
		abort();
	memcpy(text, data, n);
	text[n] = '\0';
	for (size_t i = 0; i < n; i++)
		lines += text[i] == '\n';
	if (hint_find(text, n, &hint) &&
	    (hint.line < 1 || hint.line > lines || hint.text[0] == '\0' ||
	    memchr(hint.text, '\0', sizeof(hint.text)) == NULL))
		abort();
	free(text);
	return 0;
}
