/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads one template file, line by line, and refuses every text that could
 * not be sent: the operator hears of it with file and line at the start,
 * not a citizen by a missing or mangled text.
 */
#include <assert.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unictype.h>
#include <unistr.h>

#include "base/mem.h"
#include "text/fold.h"
#include "text/template_book.h"
#include "text/template_expand.h"

#define BLANKS " \t"

struct line {
	struct template_book *book;
	const struct template_reading *reading;
	int number;
};

static void __attribute__((format(printf, 2, 3)))
fault(const struct line *line, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	line->book->faults++;
	line->reading->fault(line->book->file, line->number, text,
	    line->reading->arg);
}

struct template_book *
template_book_new(const char *agency, const char *lang, const char *file,
    bool has_unaccented)
{
	struct template_book *book = xcalloc(1, sizeof(*book));

	book->agency = xstrdup(agency);
	book->lang = xstrdup(lang);
	book->file = xstrdup(file);
	book->has_unaccented = has_unaccented;
	return book;
}

void
template_book_free(struct template_book *book)
{
	if (book == NULL)
		return;
	for (int s = 0; s <= SITUATION_LAST; s++)
		for (int c = 0; c < TEMPLATE_COLUMNS; c++)
			free(book->texts[s][c].source);
	free(book->agency);
	free(book->lang);
	free(book->file);
	free(book);
}

char *
template_book_fill(const struct template_book *book, const char *source,
    const struct template_values *values, bool accents)
{
	char why[TEMPLATE_FAULT_SIZE], *expanded, *out;

	if (template_expand(source, values, &expanded, why) == -1)
		return xstrdup("");
	out = accents || !book->has_unaccented ? text_clean(expanded)
					       : text_fold(expanded);
	free(expanded);
	return out != NULL ? out : xstrdup("");
}

/* Cuts blanks off both ends; returns the new start. */
static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	for (n = strlen(s); n > 0 && strchr(BLANKS, s[n - 1]) != NULL; n--)
		s[n - 1] = '\0';
	return s;
}

/* Takes the next word off *rest; "" at the end. */
static char *
word(char **rest)
{
	char *start = *rest + strspn(*rest, BLANKS);
	size_t n = strcspn(start, BLANKS);

	*rest = start + n;
	if (**rest != '\0')
		*(*rest)++ = '\0';
	return start;
}

static void
read_directive(const struct line *line, char *s)
{
	const char *name = word(&s), *value = word(&s);

	if (strcmp(name, "@unaccented") != 0)
		fault(line, "unknown directive %.40s: the only one is "
		    "@unaccented", name);
	else if (*word(&s) != '\0' ||
	    (strcmp(value, "no") != 0 && strcmp(value, "yes") != 0))
		fault(line, "write \"@unaccented no\" or \"@unaccented "
		    "yes\"");
	else if (line->book->has_texts)
		fault(line, "move @unaccented before the first text");
	else
		line->book->has_unaccented = strcmp(value, "yes") == 0;
}

static bool
read_key(const struct line *line, char *key, enum situation *situation,
    int *column)
{
	char *dot = strchr(key, '.');
	enum channel channel;

	*column = TEMPLATE_ANY;
	if (dot != NULL)
		*dot++ = '\0';
	if (situation_parse(key, situation) == -1 ||
	    strcmp(key, situation_name(*situation)) != 0) {
		fault(line, "unknown situation \"%.40s\": use registered, "
		    "received, refused, processing, supplement, payment, "
		    "withdrawn, stopped, ready, returned or late", key);
		return false;
	}
	if (dot == NULL)
		return true;
	if (channel_parse(dot, &channel) == -1) {
		fault(line, "unknown channel \"%.40s\": use direct, online or "
		    "postal", dot);
		return false;
	}
	*column = (int)channel;
	return true;
}

/* The first control character of a text, 0 when it has none. */
static ucs4_t
control_in(const char *text)
{
	const uint8_t *s = (const uint8_t *)text;
	ucs4_t uc;

	while ((s = u8_next(&uc, s)) != NULL)
		if (uc_is_general_category_withtable(uc, UC_CATEGORY_MASK_Cc))
			return uc;
	return 0;
}

static bool
check_alphabet(const struct line *line, const char *source)
{
	char *folded = text_fold(source);
	const uint8_t *s = (const uint8_t *)folded, *next;
	bool is_good = true;
	ucs4_t uc;

	for (; is_good && (next = u8_next(&uc, s)) != NULL; s = next)
		if (gsm7_width(uc) == 0) {
			fault(line, "\"%.*s\" (U+%04X) is not in the phones' "
			    "7 bit alphabet, even without accents: use "
			    "another sign, or put \"@unaccented no\" at the "
			    "top of a file whose language has no unaccented "
			    "form", (int)(next - s), (const char *)s,
			    (unsigned)uc);
			is_good = false;
		}
	free(folded);
	return is_good;
}

static bool
check_length(const struct line *line, const char *source, bool accents)
{
	unsigned max = line->reading->max_segments;
	struct segments segments;
	char *filled = template_book_fill(line->book, source,
	    template_longest_values(), accents);
	int failed = segments_init(&segments, filled);
	unsigned n = segments.n;

	free(filled);
	segments_clear(&segments);
	if (failed == 0 && n <= max)
		return true;
	if (failed != 0)
		fault(line, "with long values the text needs more than %d "
		    "segments%s; at most %u are allowed: shorten it",
		    SEGMENTS_MAX, accents ? " with accents" : "", max);
	else
		fault(line, "with long values the text needs %u segments%s; "
		    "at most %u are allowed: shorten it", n,
		    accents ? " with accents" : "", max);
	return false;
}

/* Takes the text over when it is good; else tells why it isn't. */
static char *
check_template(const struct line *line, const char *text)
{
	char why[TEMPLATE_FAULT_SIZE], *expanded, *source;
	ucs4_t control = control_in(text);

	if (control != 0) {
		fault(line, "the text holds the control character U+%04X: "
		    "write a blank instead", (unsigned)control);
		return NULL;
	}
	if (template_expand(text, template_longest_values(), &expanded,
	    why) == -1) {
		fault(line, "%s", why);
		return NULL;
	}
	free(expanded);
	if ((source = text_clean(text)) == NULL)
		return NULL;
	if ((!line->book->has_unaccented ||
	    (check_alphabet(line, source) &&
	    check_length(line, source, false))) &&
	    check_length(line, source, true))
		return source;
	free(source);
	return NULL;
}

/* "situation[.channel] [off] = text", without the "= text" where an agency
 * only switches a notice off; text is NULL then. */
static void
read_text(const struct line *line, char *left, const char *text)
{
	const char *situation_word = word(&left), *off = word(&left);
	bool is_off = strcmp(off, "off") == 0;
	struct template_text *cell;
	enum situation situation;
	char key[64];
	int column;

	line->book->has_texts = true;
	(void)snprintf(key, sizeof(key), "%s", situation_word);
	if (!read_key(line, key, &situation, &column))
		return;
	if ((*off != '\0' && !is_off) || *word(&left) != '\0') {
		fault(line, "write \"%s = text\" or \"%s off = text\"",
		    situation_word, situation_word);
		return;
	}
	if (text == NULL && (!is_off || *line->book->agency == '\0')) {
		fault(line, "no text: write = and the text after \"%s\"",
		    situation_word);
		return;
	}
	if (text != NULL && *text == '\0') {
		fault(line, "empty text: write one after the =, or switch the "
		    "notice off with \"%s off = text\"", situation_word);
		return;
	}
	cell = &line->book->texts[situation][column];
	if (cell->line != 0) {
		fault(line, "\"%s\" is already in line %d: remove one of them",
		    situation_word, cell->line);
		return;
	}
	cell->line = line->number;
	cell->is_off = is_off;
	if (text != NULL)
		cell->source = check_template(line, text);
}

static void
read_line(const struct line *line, char *s)
{
	char *equals;

	s = trim(s);
	if (*s == '\0' || *s == '#')
		return;
	if (*s == '@') {
		read_directive(line, s);
		return;
	}
	if ((equals = strchr(s, '=')) == NULL) {
		read_text(line, s, NULL);
		return;
	}
	*equals = '\0';
	read_text(line, s, trim(equals + 1));
}

/* One line as it is in the file, without its line feed. */
static void
take_line(const struct line *line, const char *data, size_t n)
{
	char *copy;

	if (n > 0 && data[n - 1] == '\r')
		n--;
	if (n > TEMPLATE_LINE_MAX) {
		fault(line, "the line is longer than %d octets: shorten it",
		    TEMPLATE_LINE_MAX);
		return;
	}
	if (memchr(data, '\0', n) != NULL) {
		fault(line, "the line holds the control character U+0000: "
		    "save the file as UTF-8 text");
		return;
	}
	if (u8_check((const uint8_t *)data, n) != NULL) {
		fault(line, "the line is not valid UTF-8: save the file as "
		    "UTF-8 text");
		return;
	}
	copy = xstrndup(data, n);
	read_line(line, copy);
	free(copy);
}

void
template_book_parse(struct template_book *book, const char *data, size_t n,
    const struct template_reading *reading)
{
	static const char mark[] = "\xef\xbb\xbf";
	struct line line = {.book = book, .reading = reading};
	const char *end = data + n;

	assert(reading->max_segments >= 1 &&
	    reading->max_segments <= SEGMENTS_MAX);
	if (n >= 3 && memcmp(data, mark, 3) == 0)
		data += 3;
	while (data < end) {
		const char *feed = memchr(data, '\n', (size_t)(end - data));
		const char *stop = feed != NULL ? feed : end;

		line.number++;
		take_line(&line, data, (size_t)(stop - data));
		data = feed != NULL ? feed + 1 : end;
	}
}
