/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads numbers by the table of plans. Lengths and first digits only choose
 * between readings: they are facts that hardly ever change, so that a new
 * prefix of an operator is no reason to refuse a number.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/phone_plan.def"
#include "base/phone_plan.h"

#define E164_MIN 8
#define E164_MAX 15

static const struct plan {
	const char *code, *trunk;
	const char *first;		/* digits of mobile numbers */
	uint16_t mobile, any;		/* lengths: bit n for n digits */
} plans[] = {
#define X(code, trunk, first, mobile, any) {code, trunk, first, mobile, any},
	PHONE_PLANS(X)
#undef X
};

/* The result of reading a number. */
struct readings {
	char e164[PHONE_SIZE];
	unsigned n;			/* different ones */
};

static bool
starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Country codes are no prefixes of each other (ITU-T E.164 annex A). */
static const struct plan *
plan_of(const char *international)
{
	for (size_t i = 0; i < sizeof(plans) / sizeof(plans[0]); i++)
		if (starts_with(international, plans[i].code))
			return &plans[i];
	return NULL;
}

static bool
has_length(uint16_t lengths, const char *national)
{
	size_t n = strlen(national);

	return n <= E164_MAX && (lengths >> n & 1) != 0;
}

static bool
is_mobile(const struct plan *plan, const char *national)
{
	return *national != '\0' && strchr(plan->first, *national) != NULL &&
	    has_length(plan->mobile, national);
}

static size_t
digits_of(const struct plan *plan, const char *national)
{
	return strlen(plan->code) + strlen(national);
}

/* The digits behind the trunk prefix; NULL when the number has no trunk
 * prefix. */
static const char *
without_trunk(const struct plan *plan, const char *national)
{
	return *plan->trunk != '\0' && starts_with(national, plan->trunk)
	    ? national + strlen(plan->trunk) : NULL;
}

static enum phone_verdict
read_international(const char *country_code, const char *digits,
    char out[PHONE_SIZE])
{
	const struct plan *plan = plan_of(digits);
	const char *rest = plan != NULL ? digits + strlen(plan->code) : NULL;
	const char *behind = plan != NULL ? without_trunk(plan, rest) : NULL;
	size_t n = strlen(digits);

	if (n < E164_MIN)
		return PHONE_SHORT;
	if (*digits == '0')
		return PHONE_PREFIX;
	/* "+254 (0) 712…": no national number begins with a trunk 0. */
	if (behind != NULL && !is_mobile(plan, rest) &&
	    (*plan->trunk == '0' || is_mobile(plan, behind))) {
		rest = behind;
		if (*rest == '0' || digits_of(plan, rest) < E164_MIN)
			return PHONE_LENGTH;
	}
	if (plan != NULL && strcmp(plan->code, country_code) == 0 &&
	    !has_length(plan->any, rest))
		return PHONE_LENGTH;
	if (plan == NULL && n <= E164_MAX)
		(void)snprintf(out, PHONE_SIZE, "+%.15s", digits);
	else if (plan != NULL && digits_of(plan, rest) <= E164_MAX)
		(void)snprintf(out, PHONE_SIZE, "+%.3s%.15s", plan->code,
		    rest);
	else
		return PHONE_LENGTH;
	return PHONE_OK;
}

static void
consider(const struct plan *plan, const char *national,
    struct readings *found)
{
	char e164[PHONE_SIZE];

	if (national == NULL || !is_mobile(plan, national) ||
	    digits_of(plan, national) < E164_MIN)
		return;
	(void)snprintf(e164, sizeof(e164), "+%.3s%.15s", plan->code,
	    national);
	if (found->n > 0 && strcmp(e164, found->e164) == 0)
		return;
	found->n++;
	memcpy(found->e164, e164, sizeof(e164));
}

/* Digits lost or doubled, or no number of a phone in this country. */
static enum phone_verdict
why_not(const struct plan *plan, const char *digits)
{
	const char *behind = without_trunk(plan, digits);
	const char *national = behind != NULL ? behind : digits;

	if (strlen(digits) < E164_MIN)
		return PHONE_SHORT;
	if (*national != '\0' && (strchr(plan->first, *national) != NULL ||
	    starts_with(digits, plan->code)))
		return PHONE_LENGTH;
	return PHONE_PREFIX;
}

static enum phone_verdict
read_national(const struct plan *plan, const char *digits,
    char out[PHONE_SIZE])
{
	struct readings found = {"", 0};
	const char *behind = starts_with(digits, plan->code)
	    ? digits + strlen(plan->code) : NULL;

	consider(plan, digits, &found);
	consider(plan, without_trunk(plan, digits), &found);
	consider(plan, behind, &found);
	if (behind != NULL)
		consider(plan, without_trunk(plan, behind), &found);
	if (found.n > 1)
		return PHONE_AMBIGUOUS;
	if (found.n == 1) {
		memcpy(out, found.e164, sizeof(found.e164));
		return PHONE_OK;
	}
	/* No mobile number that the plan knows, but whole. */
	if (behind != NULL && has_length(plan->any, behind))
		return read_international(plan->code, digits, out);
	return why_not(plan, digits);
}

enum phone_verdict
phone_plan_read(const char *country_code, const char *digits,
    bool is_international, char out[PHONE_SIZE])
{
	const struct plan *plan = plan_of(country_code);

	if (is_international)
		return read_international(country_code, digits, out);
	if (plan == NULL || strcmp(plan->code, country_code) != 0)
		return PHONE_COUNTRY;
	return read_national(plan, digits, out);
}
