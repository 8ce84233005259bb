/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sums of money as citizens read them.
 */
#include <stdio.h>
#include <string.h>

#include "text/amount.h"

const char *
amount_format(const char *digits, char out[AMOUNT_SIZE])
{
	size_t n = strlen(digits), at = 0;

	for (size_t i = 0; i < n && at + 8 < AMOUNT_SIZE; i++) {
		if (i > 0 && (n - i) % 3 == 0)
			out[at++] = '.';
		out[at++] = digits[i];
	}
	(void)snprintf(out + at, AMOUNT_SIZE - at, " đ");
	return out;
}
