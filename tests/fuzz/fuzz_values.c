/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: the small texts that producers, operators and citizens
 * write: a telephone number, a dossier's code, a status, a moment, a
 * duration. What is taken must be in its one normal form.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/phone.h"
#include "base/when.h"
#include "dossier/code.h"
#include "dossier/status.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char *const countries[] = {"84", "855", "1", "7", "36", "39",
    "91", "95", "254", "690", "999"};

static void
try_phone(const char *country, const char *text)
{
	char out[PHONE_SIZE], again[PHONE_SIZE], masked[PHONE_SIZE];

	assert(strlen(phone_mask(text, masked)) < sizeof(masked));
	if (phone_normalise(country, text, out) != PHONE_OK) {
		assert(out[0] == '\0');
		return;
	}
	assert(out[0] == '+' && strlen(out) >= 9 && strlen(out) <= 16);
	assert(strspn(out + 1, "0123456789") == strlen(out + 1));
	assert(phone_normalise(country, out, again) == PHONE_OK);
	assert(strcmp(out, again) == 0);
}

static void
try_code(const char *text)
{
	char out[CODE_SIZE], again[CODE_SIZE], masked[24];
	const char *reason = NULL;

	assert(strlen(code_mask(text, masked, sizeof(masked))) <
	    sizeof(masked));
	(void)code_has_prefix(text, "H10");
	if (code_normalise(text, out, &reason) == -1) {
		assert(reason != NULL);
		return;
	}
	assert(u8_check((const uint8_t *)out, strlen(out)) == NULL);
	(void)code_is_known_pattern(out);
	(void)code_mask(out, masked, sizeof(masked));
	assert(code_normalise(out, again, &reason) == 0);
	assert(strcmp(out, again) == 0);
}

static void
try_time(const char *text)
{
	char buf[WHEN_SIZE];
	int year, month, day;
	int64_t ms, again;

	if (when_parse(text, &ms) == 0) {
		assert(strlen(when_format(ms, buf)) < sizeof(buf));
		assert(strlen(when_format_date(ms, buf)) < sizeof(buf));
	}
	if (when_parse_date(text, &year, &month, &day) == 0)
		assert(month >= 1 && month <= 12 && day >= 1 && day <= 31);
	if (duration_parse(text, &ms) == 0) {
		assert(ms >= 0);
		assert(duration_parse(duration_format(ms, buf), &again) == 0);
		assert(again == ms);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	enum situation situation;
	enum channel channel;
	char *text = malloc(n + 1);

	if (text == NULL)
		abort();
	memcpy(text, data, n);
	text[n] = '\0';
	for (size_t i = 0; i < sizeof(countries) / sizeof(countries[0]); i++)
		try_phone(countries[i], text);
	try_code(text);
	try_time(text);
	(void)situation_parse(text, &situation);
	(void)channel_parse(text, &channel);
	free(text);
	return 0;
}
