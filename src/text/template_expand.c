/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Expands one text. The same walk checks a text when it is loaded and fills
 * it when it is sent, so that what was accepted can't fail later. Values are
 * put in as they are: signs in them are never read as placeholders.
 */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/fold.h"
#include "text/template_expand.h"

static const struct {
	const char *name;
	size_t offset;
} placeholders[] = {
#define ROW(field) {#field, offsetof(struct template_values, field)}
	ROW(agency), ROW(desk), ROW(hotline), ROW(code), ROW(place), ROW(due),
	ROW(date), ROW(fee), ROW(parcel),
#undef ROW
};

#define N_PLACEHOLDERS (sizeof(placeholders) / sizeof(*placeholders))

static const struct template_values longest = {
	.agency = "UBND xã Phước Minh Thuận Lợi",
	.desk = "Một cửa xã Phước Minh Thuận Lợi",
	.hotline = "02713000000",
	.code = "000.00.14.H56-200203-0118",
	.place = "Một cửa xã Phước Minh Thuận Lợi",
	.due = "22/11/2026",
	.date = "22/11/2026",
	.fee = "1.200.000 d",
	.parcel = "EE123456789VN",
};

struct expansion_walk {
	const char *p;
	const struct template_values *values;
	char *fault;
	char *out;
	size_t n, room;
	size_t part_start;	/* of the text before the open bracket */
	bool in_part;
	bool part_has_value;
	bool part_lacks_value;
};

const struct template_values *
template_longest_values(void)
{
	return &longest;
}

static void
append(struct expansion_walk *w, const char *s, size_t n)
{
	if (w->room - w->n <= n) {
		w->room = (w->n + n + 64) * 2;
		w->out = xreallocarray(w->out, w->room, 1);
	}
	memcpy(w->out + w->n, s, n);
	w->n += n;
	w->out[w->n] = '\0';
}

static int
expand_fault(struct expansion_walk *w, const char *text)
{
	(void)snprintf(w->fault, TEMPLATE_FAULT_SIZE, "%s", text);
	return -1;
}

static int
refuse_name(struct expansion_walk *w, const char *name, size_t n)
{
	size_t used;

	/* Cut before a character, not inside it. */
	if (n > 40)
		for (n = 40; ((unsigned char)name[n] & 0xc0) == 0x80;)
			n--;
	used = (size_t)snprintf(w->fault, TEMPLATE_FAULT_SIZE,
	    "unknown placeholder {%.*s}: use one of", (int)n, name);
	for (size_t i = 0; i < N_PLACEHOLDERS; i++)
		used += (size_t)snprintf(w->fault + used,
		    TEMPLATE_FAULT_SIZE - used, " {%s}",
		    placeholders[i].name);
	return -1;
}

/* A name and its closing brace, after the opening one. */
static int
walk_placeholder(struct expansion_walk *w)
{
	const char *name = w->p, *value;
	size_t n = strcspn(name, "{}[]");

	if (name[n] != '}')
		return expand_fault(w, "a { is not closed: write } after the "
		    "placeholder's name, or {{ for the sign itself");
	w->p += n + 1;
	for (size_t i = 0; i < N_PLACEHOLDERS; i++) {
		if (strlen(placeholders[i].name) != n ||
		    strncmp(placeholders[i].name, name, n) != 0)
			continue;
		memcpy(&value, (const char *)w->values +
		    placeholders[i].offset, sizeof(value));
		w->part_has_value = true;
		if (value == NULL || *value == '\0')
			w->part_lacks_value = true;
		else
			append(w, value, strlen(value));
		return 0;
	}
	return refuse_name(w, name, n);
}

static int
walk_open(struct expansion_walk *w)
{
	if (w->in_part)
		return expand_fault(w,
		    "a [ inside brackets: close the first ones "
		    "before, or write [[ for the sign itself");
	w->in_part = true;
	w->part_has_value = w->part_lacks_value = false;
	w->part_start = w->n;
	return 0;
}

static int
walk_close(struct expansion_walk *w)
{
	if (!w->in_part)
		return expand_fault(w,
		    "a ] without its [: write ]] for the sign "
		    "itself");
	if (!w->part_has_value)
		return expand_fault(w,
		    "brackets without a placeholder inside are "
		    "never left out: write [[ and ]] for the signs "
		    "themselves");
	if (w->part_lacks_value) {
		w->n = w->part_start;
		w->out[w->n] = '\0';
	}
	w->in_part = false;
	return 0;
}

static int
walk_sign(struct expansion_walk *w)
{
	char sign = *w->p++;

	if (*w->p == sign) {
		append(w, w->p++, 1);
		return 0;
	}
	switch (sign) {
	case '{':
		return walk_placeholder(w);
	case '[':
		return walk_open(w);
	case ']':
		return walk_close(w);
	default:
		return expand_fault(w,
		    "a } without its {: write }} for the sign "
		    "itself");
	}
}

int
template_expand(const char *source, const struct template_values *values,
    char **out, char fault[TEMPLATE_FAULT_SIZE])
{
	struct expansion_walk w = {
	    .p = source, .values = values, .fault = fault};
	int failed = 0;

	*out = NULL;
	append(&w, "", 0);
	while (*w.p != '\0' && failed == 0) {
		size_t plain = strcspn(w.p, "{}[]");

		append(&w, w.p, plain);
		w.p += plain;
		if (*w.p != '\0')
			failed = walk_sign(&w);
	}
	if (failed == 0 && w.in_part)
		failed =
		    expand_fault(&w, "a [ is not closed: write ] after the "
				     "part, or [[ for the sign itself");
	if (failed != 0) {
		free(w.out);
		return -1;
	}
	*out = w.out;
	return 0;
}

static bool
is_blank(ucs4_t uc)
{
	return uc == ' ' || uc == 0x2028 || uc == 0x2029 ||
	    uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_Cc);
}

char *
template_clean_value(const char *value)
{
	const uint8_t *s = (const uint8_t *)(value != NULL ? value : "");
	const uint8_t *end = s + strlen((const char *)s);
	/* An octet that is no UTF-8 becomes U+FFFD: three for one. */
	uint8_t *flat = xmalloc((size_t)(end - s) * 3 + 1);
	bool owes_blank = false;
	size_t n = 0;
	ucs4_t uc;
	char *out;

	while (s < end) {
		s += u8_mbtouc(&uc, s, (size_t)(end - s));
		if (is_blank(uc)) {
			owes_blank = n > 0;
			continue;
		}
		if (owes_blank)
			flat[n++] = ' ';
		owes_blank = false;
		n += (size_t)u8_uctomb(flat + n, uc, 4);
	}
	flat[n] = '\0';
	out = text_clean((const char *)flat);
	free(flat);
	return out != NULL ? out : xstrdup("");
}
