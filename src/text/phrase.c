/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds a phrase and fills it. Reading the files is phrase_file.c's.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "text/fold.h"
#include "text/phrase_set.h"
#include "text/template_expand.h"

const char *
phrase_name(enum phrase phrase)
{
	static const char *const names[] = {
#define P(id, name, kind) name,
		PHRASES(P)
#undef P
	};

	return phrase < PHRASE_END ? names[phrase] : "?";
}

/* --- {value} and [part] --------------------------------------------------- */

static const struct {
	const char *name;
	size_t offset;
} names[] = {
	{"code", offsetof(struct phrase_values, code)},
	{"short", offsetof(struct phrase_values, short_code)},
	{"status", offsetof(struct phrase_values, status)},
	{"word", offsetof(struct phrase_values, word)},
	{"due", offsetof(struct phrase_values, due)},
	{"day", offsetof(struct phrase_values, day)},
	{"date", offsetof(struct phrase_values, date)},
	{"time", offsetof(struct phrase_values, time)},
	{"place", offsetof(struct phrase_values, place)},
	{"fee", offsetof(struct phrase_values, fee)},
	{"n", offsetof(struct phrase_values, n)},
};

const struct phrase_values *
phrase_longest_values(void)
{
	static const struct phrase_values longest = {
		.code = "H15.50.05.13-261008-0975",
		.short_code = "..0975",
		.status = "chưa có kết quả, hẹn 22/11/2026.",
		.word = "đã có kết quả",
		.due = "22/11/2026", .day = "22/11", .date = "22/11/2026",
		.time = "15:00 19/05", .place = "Một cửa xã Bom Bo",
		.fee = "120.000.000 đ", .n = "9",
	};

	return &longest;
}

/* The value of {name}; NULL when there is no such placeholder. */
static const char *
find_value(const struct phrase_values *values, const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		const char *value;

		if (strlen(names[i].name) != n ||
		    strncmp(names[i].name, name, n) != 0)
			continue;
		memcpy(&value, (const char *)values + names[i].offset,
		    sizeof(value));
		return value != NULL ? value : "";
	}
	return NULL;
}

struct expansion {
	char *out;
	size_t n, size;
};

static void
append(struct expansion *x, const char *text, size_t n)
{
	if (x->n + n + 1 > x->size) {
		x->size = (x->n + n + 1) * 2;
		x->out = xreallocarray(x->out, 1, x->size);
	}
	memcpy(x->out + x->n, text, n);
	x->n += n;
	x->out[x->n] = '\0';
}

static int
refuse(struct expansion *x, char fault[PHRASE_FAULT_SIZE], const char *text)
{
	free(x->out);
	(void)snprintf(fault, PHRASE_FAULT_SIZE, "%s", text);
	return -1;
}

int
phrase_expand(const char *source, const struct phrase_values *values,
    char **out, char fault[PHRASE_FAULT_SIZE])
{
	struct expansion x = {.size = 0};
	size_t part = 0;	/* where the open [ began */
	bool in_part = false, lacks = false;

	append(&x, "", 0);
	for (const char *p = source; *p != '\0';) {
		size_t n = strcspn(p, "{}[]");
		const char *value;

		append(&x, p, n);
		p += n;
		if (*p == '\0')
			break;
		if (*p == '[' && !in_part) {
			part = x.n;
			in_part = true;
			lacks = false;
			p++;
		} else if (*p == ']' && in_part) {
			if (lacks)
				x.out[x.n = part] = '\0';
			in_part = false;
			p++;
		} else if (*p == '{' && (n = strcspn(p, "}")) < strlen(p) &&
		    (value = find_value(values, p + 1, n - 1)) != NULL) {
			append(&x, value, strlen(value));
			lacks = lacks || *value == '\0';
			p += n + 1;
		} else {
			return refuse(&x, fault, *p == '{'
			    ? "no such placeholder: the file vi.txt lists "
			      "them" : "brackets do not match");
		}
	}
	if (in_part)
		return refuse(&x, fault, "a [ is not closed");
	*out = x.out;
	return 0;
}

/* --- finding and filling -------------------------------------------------- */

static const struct phrase_book *
find_book(const struct phrases *set, const char *lang)
{
	for (size_t i = set->n; i-- > 0;)
		if (strcmp(set->books[i]->lang, lang) == 0)
			return set->books[i];
	return NULL;
}

bool
phrases_has_language(const struct phrases *set, const char *lang)
{
	return find_book(set, lang) != NULL;
}

/* The text and the file that has it: the language's, the Vietnamese one,
 * what is built in. */
static const struct phrase_text *
find_text(const struct phrases *set, const char *lang, enum phrase phrase,
    const struct phrase_book **book)
{
	*book = lang != NULL ? find_book(set, lang) : NULL;
	if (*book == NULL || (*book)->texts[phrase].source == NULL)
		*book = find_book(set, PHRASE_MASTER);
	if (*book == NULL || (*book)->texts[phrase].source == NULL)
		*book = set->books[0];
	return &(*book)->texts[phrase];
}

static bool
is_ascii(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

/* "\n" of a part that was left out may stand at the end. */
static void
trim_end(char *text)
{
	size_t n = strlen(text);

	while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n'))
		text[--n] = '\0';
}

char *
phrase_render(const struct phrases *set, const char *lang, bool accents,
    enum phrase phrase, const struct phrase_values *values)
{
	static const struct phrase_values none;
	const struct phrase_book *book;
	const struct phrase_text *text = find_text(set, lang, phrase, &book);
	bool folds = !accents && book->has_unaccented;
	char fault[PHRASE_FAULT_SIZE], *out, *other;

	if (phrase_expand(folds ? text->folded : text->source,
	    values != NULL ? values : &none, &out, fault) == -1)
		return xstrdup("");	/* it was checked when it was read */
	trim_end(out);
	if (is_ascii(out))
		return out;
	other = folds ? text_fold(out) : text_clean(out);
	free(out);
	return other != NULL ? other : xstrdup("");
}

size_t
phrase_octets(const char *text, enum coding *coding)
{
	size_t n = 0;

	*coding = gsm7_has_all(text) ? CODING_GSM7 : CODING_UCS2;
	if (*coding == CODING_UCS2) {
		for (; *text != '\0'; text++) {
			unsigned char c = (unsigned char)*text;

			if ((c & 0xc0) != 0x80)
				n += c >= 0xf0 ? 4 : 2;
		}
		return n;
	}
	while (*text != '\0') {
		uint32_t c = (unsigned char)*text++;

		if (c >= 0xe0) {
			c = (c & 0x0f) << 12 | (uint32_t)(*text++ & 0x3f) << 6;
			c |= (uint32_t)(*text++ & 0x3f);
		} else if (c >= 0xc0) {
			c = (c & 0x1f) << 6 | (uint32_t)(*text++ & 0x3f);
		}
		n += gsm7_width(c);
	}
	return (n * 7 + 7) / 8;
}
