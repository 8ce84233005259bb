/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The dossier's code (mã hồ sơ): opaque text of at most 50 characters that
 * usually looks like H15.50.05.13-261008-0975. An unknown pattern is never
 * a reason to refuse an event.
 */
#ifndef DOSSIER_CODE_H
#define DOSSIER_CODE_H

#include <stdbool.h>
#include <stddef.h>

#define CODE_MAX  50		/* characters */
#define CODE_SIZE (4 * CODE_MAX + 1)

/* Trims, upper-cases (ASCII) and checks: 1 to 50 characters of valid UTF-8
 * without blanks inside and control characters. 0, or -1 with *reason set
 * to a stable word ("code_empty", "code_long", "code_character"). */
int code_normalise(const char *text, char out[CODE_SIZE],
    const char **reason);

/* The code, or a part of it, as a citizen typed it. Separators (blank . - _ /)
 * are dropped, letters made capital, O read as zero: what is equal then is the
 * same code. Only ASCII letters and digits are kept, at most CODE_MAX of them;
 * key is "" for anything else. */
struct code_typed {
	char key[CODE_MAX + 1];		/* "H10452305150001" */
	char digits[CODE_MAX + 1];	/* "10452305150001" */
	bool is_digits;			/* no letter was typed */
};
void code_read_typed(const char *text, struct code_typed *out);

/* Does a normalised code have a known pattern: unit, date and number? */
bool code_is_known_pattern(const char *code);

/* Is prefix the start of code and does it end at a separator (one of
 * "-._/" or the code's end)? For finding the agency. */
bool code_has_prefix(const char *code, const char *prefix);

/* The secret that an office prints on the slip: 4 to 12 ASCII letters or
 * digits, as hashes are made of it: capitals, O read as zero. 0, or -1: it is
 * none. */
#define CODE_SECRET_LEAST 4
#define CODE_SECRET_MOST  12
int code_secret(const char *text, char out[CODE_SECRET_MOST + 1]);

/* Four digits of an ID, or a secret of digits only: no telephone types letters
 * in a USSD dialogue. */
bool code_is_typed_factor(const char *input);

/* "H10.45-230515-****": all that logs may show. Returns buf. */
const char *code_mask(const char *code, char *buf, size_t size);

#endif
