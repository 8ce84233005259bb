/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Takes the accents off Vietnamese and the typography off everything. Marks
 * are dropped from Latin letters only: elsewhere they make another letter.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/fold.h"

static const struct {
	ucs4_t first, last;
	const char *as;
} replacements[] = {
	{0x00a0, 0x00a0, " "},		/* no-break space */
	{0x00ad, 0x00ad, ""},		/* soft hyphen */
	{0x00d0, 0x00d0, "D"}, {0x00f0, 0x00f0, "d"},	/* eth */
	{0x0110, 0x0110, "D"}, {0x0111, 0x0111, "d"},
	{0x0180, 0x0180, "b"}, {0x0243, 0x0243, "B"},
	{0x2000, 0x200a, " "},
	{0x200b, 0x200f, ""},		/* zero width, direction marks */
	{0x2010, 0x2015, "-"},
	{0x2018, 0x201b, "'"}, {0x201c, 0x201f, "\""},
	{0x2026, 0x2026, "..."},
	{0x202a, 0x202e, ""},
	{0x202f, 0x202f, " "},
	{0x2060, 0x2060, ""},
	{0x20ab, 0x20ab, "d"},		/* the dong sign */
	{0x2212, 0x2212, "-"},
	{0xfeff, 0xfeff, ""},
};

/* Marks of Vietnamese and of its minority languages: grave, acute,
 * circumflex, tilde, breve, hook above, horn, dot below. U+0340 and 0341
 * are gone after decomposition. */
static const ucs4_t marks[] = {0x300, 0x301, 0x302, 0x303, 0x306, 0x309,
    0x31b, 0x323};

static char *
normalise(uninorm_t form, const char *utf8)
{
	size_t n = 0;
	uint8_t *s = u8_normalize(form, (const uint8_t *)utf8,
	    strlen(utf8) + 1, NULL, &n);
	char *out;

	/* The copy is for allocation that never fails; s is with its NUL. */
	out = s != NULL ? xstrdup((const char *)s) : xstrdup(utf8);
	free(s);
	return out;
}

char *
text_clean(const char *utf8)
{
	for (const char *p = utf8; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 && *p != '\n')
			return NULL;
	if (u8_check((const uint8_t *)utf8, strlen(utf8)) != NULL)
		return NULL;
	return normalise(UNINORM_NFC, utf8);
}

static bool
is_mark(ucs4_t uc)
{
	for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++)
		if (marks[i] == uc)
			return true;
	return false;
}

static bool
is_foreign_letter(ucs4_t uc)
{
	const uc_script_t *script;

	if (!uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_L))
		return false;
	script = uc_script(uc);
	return script == NULL || strcmp(script->name, "Latin") != 0;
}

static const char *
replacement(ucs4_t uc)
{
	for (size_t i = 0; i < sizeof(replacements) / sizeof(*replacements);
	    i++)
		if (uc >= replacements[i].first && uc <= replacements[i].last)
			return replacements[i].as;
	return NULL;
}

char *
text_fold(const char *utf8)
{
	char *nfd = normalise(UNINORM_NFD, utf8), *folded, *out;
	const uint8_t *s = (const uint8_t *)nfd, *next;
	bool keeps_marks = false;
	size_t n = 0;
	ucs4_t uc;

	/* The text never grows: "..." takes as many octets as the one sign
	 * "…". */
	folded = xmalloc(strlen(nfd) + 1);
	for (; (next = u8_next(&uc, s)) != NULL; s = next) {
		const char *as = replacement(uc);

		if (as != NULL) {
			memcpy(folded + n, as, strlen(as));
			n += strlen(as);
			keeps_marks = false;
			continue;
		}
		if (is_mark(uc) && !keeps_marks)
			continue;
		if (!uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_M))
			keeps_marks = is_foreign_letter(uc);
		memcpy(folded + n, s, (size_t)(next - s));
		n += (size_t)(next - s);
	}
	folded[n] = '\0';
	out = normalise(UNINORM_NFC, folded);
	free(folded);
	free(nfd);
	return out;
}
