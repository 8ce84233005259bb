/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads a citizen's text. First the text becomes plain capital letters, digits
 * and separators. Then the word in front is recognised. What follows "TC" is
 * cut into code and ID digits.
 *
 * A wrong reading is worse than none: "stop", read from a text that meant
 * something else, costs somebody the one notice that matters. So words that
 * change something must stand alone, and a slip that makes another word of
 * everyday Vietnamese does not count.
 */
#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "lookup/words.h"
#include "text/fold.h"

#define LETTERS_MAX 16	/* longer than any word with a slip */
#define TOKENS_MAX  12	/* a code in pieces, and a few other words */
#define PLAIN_MAX   512 /* of the beginning of a text */
/* A citizen who sends a word adds little to it. A text with more words is a
 * conversation, or one of our own texts that came back. */
#define CHAT_MAX    7

/* In the order of the enum. Several spellings may mean the same. How many
 * letters a word has decides which slips are allowed: see slip_is_allowed(). */
static const struct {
	const char *letters;
	enum word word;
} spellings[] = {
	{"TC", WORD_LIST},
	{"TG", WORD_HELP},
	{"DUNG", WORD_STOP},
	{"LAI", WORD_START},
	{"CODAU", WORD_ACCENTS},
	{"KHONGDAU", WORD_PLAIN},
	{"SAISO", WORD_WRONG_NUMBER},
	/* Words used by people who have not read the leaflet. */
	{"TRACUU", WORD_LIST},
	{"TROGIUP", WORD_HELP},
	{"DUNGLAI", WORD_STOP},	/* "dừng lại": to come to a stop */
};
#define N_SPELLINGS (sizeof(spellings) / sizeof(spellings[0]))

/* Everyday words that are one slip away from a word of ours. */
static const char *const others[] = {
	"BUNG", "CUNG", "HUNG", "LUNG", "MUNG", "NUNG", "RUNG", "SUNG",
	"TUNG", "VUNG", "XUNG", "DANG", "DONG", "DUONG", "UNG", "DUN",
	"CAI", "DAI", "HAI", "MAI", "NAI", "SAI", "TAI", "LAM", "LAN",
	"LAP", "LAU", "LOI", "LUI", "LAIN", "CODA", "CODAI", "CAODAU",
	"SAISOT", "SAIMO",
};

/* --- one slip ------------------------------------------------------------ */

enum slip { SLIP_NONE, SLIP_DOUBLED, SLIP_SWAPPED, SLIP_OTHER, SLIP_TOO_FAR };

/* Are the letters side by side on a keyboard, or on one key of a phone? */
static bool
are_near(char a, char b)
{
	static const char *const near[] = {
		"QWA", "WQESA", "EWRDS", "RETFD", "TRYGF", "YTUHG", "UYIJH",
		"IUOKJ", "OIPLK", "POL", "AQWSZ", "SAWEDXZ", "DSERFCX",
		"FDRTGVC", "GFTYHBV", "HGYUJNB", "JHUIKMN", "KJIOLM", "LKOP",
		"ZASX", "XZSDC", "CXDFV", "VCFGB", "BVGHN", "NBHJM", "MNJK",
	};
	static const char keys[] = "ABC DEF GHI JKL MNO PQRS TUV WXYZ";
	const char *at = strchr(keys, a);

	for (size_t i = 0; i < sizeof(near) / sizeof(near[0]); i++)
		if (near[i][0] == a && strchr(near[i], b) != NULL)
			return true;
	while (at != keys && at[-1] != ' ')
		at--;
	for (; *at != ' ' && *at != '\0'; at++)
		if (*at == b)
			return true;
	return false;
}

static enum slip
same_length(const char *typed, const char *word, bool *is_near)
{
	size_t i = 0;

	while (typed[i] == word[i] && word[i] != '\0')
		i++;
	if (word[i] == '\0')
		return SLIP_NONE;
	if (strcmp(typed + i + 1, word + i + 1) == 0) {
		*is_near = are_near(word[i], typed[i]);
		return SLIP_OTHER;
	}
	if (typed[i] == word[i + 1] && typed[i + 1] == word[i] &&
	    strcmp(typed + i + 2, word + i + 2) == 0)
		return SLIP_SWAPPED;
	return SLIP_TOO_FAR;
}

/* longer has one letter more than shorter. */
static enum slip
one_more(const char *longer, const char *shorter)
{
	size_t i = 0;

	while (longer[i] == shorter[i] && shorter[i] != '\0')
		i++;
	if (strcmp(longer + i + 1, shorter + i) != 0)
		return SLIP_TOO_FAR;
	return i > 0 && longer[i] == longer[i - 1] ? SLIP_DOUBLED
	    : SLIP_OTHER;
}

/* Is typed the word with a slip? For a word of two letters only a doubled
 * letter or the wrong order counts, because "TX" may be anything. In a word
 * of three letters none may be missing, and a wrong letter must be a
 * neighbour of the right one. A longer word may have any one slip, except
 * those in `others`. */
static bool
is_word(const char *typed, const char *word)
{
	size_t n = strlen(word), m = strlen(typed);
	enum slip slip = SLIP_TOO_FAR;
	bool is_near = true;

	if (m == n)
		slip = same_length(typed, word, &is_near);
	else if (m == n + 1)
		slip = one_more(typed, word);
	else if (n == m + 1 && n > 3)
		slip = one_more(word, typed) == SLIP_TOO_FAR ? SLIP_TOO_FAR
		    : SLIP_OTHER;
	if (slip == SLIP_TOO_FAR || (n == 2 && slip == SLIP_OTHER) ||
	    (n == 3 && !is_near))
		return false;
	for (size_t i = 0; slip != SLIP_NONE &&
	    i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(typed, others[i]) == 0)
			return false;
	return true;
}

/* An exact word goes before any slip. A slip that fits two words counts as
 * none. */
static enum word
word_of(const char *letters)
{
	enum word found = WORD_NONE;

	for (size_t i = 0; i < N_SPELLINGS; i++)
		if (strcmp(letters, spellings[i].letters) == 0)
			return spellings[i].word;
	for (size_t i = 0; i < N_SPELLINGS; i++) {
		if (!is_word(letters, spellings[i].letters))
			continue;
		if (found != WORD_NONE && found != spellings[i].word)
			return WORD_NONE;
		found = spellings[i].word;
	}
	return found;
}

/* --- plain text ---------------------------------------------------------- */

struct tokens {
	char plain[PLAIN_MAX];
	char *at[TOKENS_MAX];
	size_t n;
	bool is_crossed;	/* starts with đ, in its accented form */
};

static bool
is_separator(char c)
{
	return c == '-' || c == '.' || c == '_' || c == '/';
}

/* Keeps capitals, digits and the separators inside words; all else is a
 * blank. */
static void
make_plain(const char *folded, char out[PLAIN_MAX])
{
	size_t n = 0;

	for (const char *c = folded; *c != '\0' && n < PLAIN_MAX - 1; c++)
		out[n++] = isascii((unsigned char)*c) &&
		    (isalnum((unsigned char)*c) || is_separator(*c))
		    ? (char)toupper((unsigned char)*c) : ' ';
	out[n] = '\0';
}

/* Cuts off separators at both ends. */
static char *
trim(char *token)
{
	size_t n;

	while (is_separator(*token))
		token++;
	for (n = strlen(token); n > 0 && is_separator(token[n - 1]); n--)
		token[n - 1] = '\0';
	return token;
}

static void
add_token(struct tokens *t, char *token)
{
	token = trim(token);
	if (*token != '\0' && t->n < TOKENS_MAX)
		t->at[t->n++] = token;
}

/* Returns 0, or -1 when there is no text at all. */
static int
tokens_init(struct tokens *t, const char *text)
{
	char *clean = xstrdup(text), *nfc, *folded, *rest = NULL;
	const char *first;

	memset(t, 0, sizeof(*t));
	for (char *c = clean; *c != '\0'; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = ' ';
	nfc = text_clean(clean);
	free(clean);
	if (nfc == NULL)
		return -1;
	first = nfc + strcspn(nfc, "dD\xc4");
	t->is_crossed = strncmp(first, "\xc4\x90", 2) == 0 ||
	    strncmp(first, "\xc4\x91", 2) == 0;
	folded = text_fold(nfc);
	free(nfc);
	make_plain(folded, t->plain);
	free(folded);
	for (char *c = strtok_r(t->plain, " ", &rest); c != NULL;
	    c = strtok_r(NULL, " ", &rest))
		add_token(t, c);
	return t->n > 0 ? 0 : -1;
}

/* --- what is behind TC --------------------------------------------------- */

/* Digits, with O for zero; at least one must be a real digit. */
static bool
is_digits(const char *s, size_t n)
{
	bool has_digit = false;

	for (size_t i = 0; i < n; i++) {
		if (!isdigit((unsigned char)s[i]) && s[i] != 'O')
			return false;
		has_digit = has_digit || s[i] != 'O';
	}
	return has_digit;
}

/* Is the part before the last four digits a whole code? It must end in six
 * digits of a date and four to seven more, or in ten or more digits. */
static bool
is_whole_code(const char *code)
{
	bool has_date = false;

	for (const char *c = code; *c != '\0';) {
		size_t n = strcspn(c, "-._/ ");

		if (n > 0 && is_digits(c, n)) {
			if (n >= 10 || (has_date && n >= 4 && n <= 7))
				return true;
			has_date = n == 6;
		} else if (n > 0) {
			has_date = false;
		}
		c += n;
		c += strspn(c, "-._/ ");
	}
	return false;
}

/* Is it a single word with a letter, but not a unit and date? Then it is a code
 * of a pattern that we do not know. */
static bool
is_odd_code(const char *code)
{
	size_t n = strlen(code), last = n;

	while (last > 0 && !is_separator(code[last - 1]))
		last--;
	return n >= 6 && strchr(code, ' ') == NULL &&
	    strcspn(code, "ABCDEFGHIJKLMNPQRSTUVWXYZ") < n &&
	    !(n - last == 6 && is_digits(code + last, 6)) &&
	    !(n - last <= 3 && n - last > 0);
}

static bool
has_digit(const char *token)
{
	return strpbrk(token, "0123456789") != NULL;
}

static bool
has_four_digits(const char *token)
{
	size_t n = 0;

	for (; *token != '\0'; token++)
		if (isdigit((unsigned char)*token) || *token == 'O')
			n++;
	return n >= 4;
}

/* May it be the second factor? Behind a code of an unknown pattern only the
 * digits of an ID count: a secret might be part of the code. */
static bool
is_factor(const char *token, const char *code)
{
	if (strlen(token) == 4 && is_digits(token, 4))
		return is_whole_code(code) || is_odd_code(code);
	return is_whole_code(code);
}

/* Cuts the second factor off the end, if a whole code stands before it. */
static void
split_factor(struct words *out)
{
	char *last = out->typed + strlen(out->typed);
	char factor[WORDS_FACTOR];

	while (last > out->typed && last[-1] != ' ')
		last--;
	if (last == out->typed || code_secret(last, factor) == -1)
		return;
	last[-1] = '\0';
	if (is_factor(last, out->typed))
		memcpy(out->factor, factor, sizeof(factor));
	else
		last[-1] = ' ';
}

/* Takes the tokens with a digit, up to the first token without one. */
static void
take_code(const struct tokens *t, size_t from, struct words *out)
{
	size_t n = 0;

	while (from < t->n && !has_digit(t->at[from]))
		if (strcmp(t->at[from++], "GUI") == 0)
			return;	/* "TC gui 0271…": copied from a leaflet */
	for (; from < t->n && has_digit(t->at[from]); from++) {
		size_t length = strlen(t->at[from]);

		if (n + length + 2 > sizeof(out->typed))
			break;
		if (n > 0)
			out->typed[n++] = ' ';
		memcpy(out->typed + n, t->at[from], length + 1);
		n += length;
	}
	if (n == 0)
		return;
	out->word = WORD_FIND;
	split_factor(out);
	/* A secret may be only letters when it stands alone behind a code. */
	if (out->factor[0] == '\0' && from + 1 == t->n &&
	    is_whole_code(out->typed))
		(void)code_secret(t->at[from], out->factor);
}

/* --- the word in front --------------------------------------------------- */

/* Splits "TC2305" and "TCH10.45-…": TC, followed by digits or by a letter and
 * digits. Returns what follows TC, or NULL. */
static char *
behind_tc(char *token)
{
	char *rest = token + 2;

	if (strncmp(token, "TC", 2) != 0)
		return NULL;
	rest += strspn(rest, "-._/");
	if (isdigit((unsigned char)*rest) ||
	    (isalpha((unsigned char)*rest) &&
	    isdigit((unsigned char)rest[1])))
		return rest;
	return NULL;
}

/* A token of letters only, and short. */
static bool
is_letters(const char *token)
{
	size_t n = strspn(token, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return n > 0 && n < LETTERS_MAX && token[n] == '\0';
}

/* Is the text nothing but a code? Then it is a question about it. But four
 * digits may be a price or a year, and ten digits a telephone number: these
 * need the word TC in front. */
static bool
is_bare_code(const struct tokens *t)
{
	char code[WORDS_TYPED] = "";

	if (t->n > 6 || (t->n == 1 && t->at[0][0] == '0' &&
	    is_digits(t->at[0], strlen(t->at[0]))))
		return false;
	for (size_t i = 0; i < t->n; i++) {
		if (!has_digit(t->at[i]) ||
		    strlen(code) + strlen(t->at[i]) + 2 > sizeof(code))
			return false;
		(void)strcat(strcat(code, " "), t->at[i]);
	}
	return is_whole_code(code);
}

/* Reads the first one or two tokens, as some words contain a blank. *used: how
 * many tokens. */
static enum word
first_word(const struct tokens *t, size_t from, size_t *used)
{
	char both[2 * LETTERS_MAX];
	enum word word;

	if (!is_letters(t->at[from]))
		return WORD_NONE;
	if (from + 1 < t->n && is_letters(t->at[from + 1])) {
		(void)strcpy(both, t->at[from]);
		(void)strcat(both, t->at[from + 1]);
		word = strlen(both) > 4 ? word_of(both) : WORD_NONE;
		if (word != WORD_NONE) {
			*used = 2;
			return word;
		}
	}
	*used = 1;
	return word_of(t->at[from]);
}

/* "TV 2305150001": two letters, one of them wrong, mean TC when only digits
 * follow. */
static bool
is_tc_by_code(const struct tokens *t, size_t from)
{
	bool is_near = true;

	if (t->n - from < 2 || strlen(t->at[from]) != 2 ||
	    !is_letters(t->at[from]) ||
	    same_length(t->at[from], "TC", &is_near) == SLIP_TOO_FAR ||
	    !is_near)
		return false;
	for (size_t i = from + 1; i < t->n; i++)
		if (!has_digit(t->at[i]))
			return false;
	return has_four_digits(t->at[from + 1]);
}

static void
judge(struct tokens *t, struct words *out)
{
	size_t from = 0, used = 1;
	char *rest;

	/* "Soạn TC …": copied from a leaflet. */
	if (t->n > 1 && strcmp(t->at[0], "SOAN") == 0)
		from = 1;
	if ((rest = behind_tc(t->at[from])) != NULL) {
		t->at[from] = rest;
		take_code(t, from, out);
		return;
	}
	out->word = first_word(t, from, &used);
	switch (out->word) {
	case WORD_LIST:
	case WORD_FIND:
		take_code(t, from + used, out);
		if (t->n > CHAT_MAX && !has_four_digits(out->typed))
			memset(out, 0, sizeof(*out));
		break;
	case WORD_HELP:
		if (t->n > CHAT_MAX)
			out->word = WORD_NONE;
		break;
	case WORD_STOP:
		/* "đúng" means yes. */
		if (t->is_crossed || from + used < t->n)
			out->word = WORD_NONE;
		break;
	case WORD_START:
	case WORD_ACCENTS:
	case WORD_PLAIN:
	case WORD_WRONG_NUMBER:
		if (from + used < t->n)
			out->word = WORD_NONE;
		break;
	case WORD_NONE:
		if (is_bare_code(t))
			take_code(t, 0, out);
		else if (is_tc_by_code(t, from))
			take_code(t, from + 1, out);
		break;
	}
}

void
words_parse(const char *text, struct words *out)
{
	struct tokens tokens;

	memset(out, 0, sizeof(*out));
	if (tokens_init(&tokens, text) == 0)
		judge(&tokens, out);
}
