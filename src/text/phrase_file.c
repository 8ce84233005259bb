/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads the files of phrases, line by line, and refuses each that would not
 * fit where it is shown.
 */
#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/file.h"
#include "base/mem.h"
#include "text/fold.h"
#include "text/phrase_set.h"
#include "text/template_book.h"

#define SUFFIX ".txt"
#define BLANKS " \t\r"

static const char built_in[] =
#include "text/phrases_vi.inc"
    ;

/* How long a phrase of a kind may be, with the longest values: characters
 * with accents; and octets of a screen without them. A USSD string has 160
 * octets (3GPP TS 24.090), which is 80 characters of UCS-2; behind OsmoHLR
 * it has 112, which is 128 septets. */
enum kind {
	KIND_WORD,
	KIND_STATUS,
	KIND_SMS,
	KIND_LINE,
	KIND_KEY,
	KIND_SCREEN,
	KIND_PAGED,
};

static const struct {
	size_t characters, octets;
	const char *what;
} limits[] = {
	[KIND_WORD] = {13, 112, "a word"},
	[KIND_STATUS] = {32, 112, "a status"},
	[KIND_SMS] = {PHRASE_SMS_MAX, 140, "a reply by SMS"},
	[KIND_LINE] = {40, 112, "a line"},
	[KIND_KEY] = {16, 112, "a key"},
	[KIND_SCREEN] = {80, 112, "a screen"},
	[KIND_PAGED] = {400, 400, "a text"},
};

static const enum kind kinds[] = {
#define P(id, name, kind) KIND_##kind,
	PHRASES(P)
#undef P
};

struct phrase_reading {
	struct phrase_book *book;
	const char *file;
	int line;
	unsigned faults;
	template_fault *fault;
	void *arg;
};

static void __attribute__((format(printf, 2, 3)))
fault(struct phrase_reading *r, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->faults++;
	r->fault(r->file, r->line, text, r->arg);
}

struct phrase_book *
phrase_book_new(const char *lang, const char *file)
{
	struct phrase_book *book = xcalloc(1, sizeof(*book));

	(void)snprintf(book->lang, sizeof(book->lang), "%s", lang);
	book->file = xstrdup(file);
	book->has_unaccented = true;
	return book;
}

static void
book_free(struct phrase_book *book)
{
	for (int i = 0; i < PHRASE_END; i++) {
		free(book->texts[i].source);
		free(book->texts[i].folded);
	}
	free(book->file);
	free(book);
}

/* --- one phrase ----------------------------------------------------------- */

static size_t
characters(const char *text)
{
	return u8_mbsnlen((const uint8_t *)text, strlen(text));
}

static char *
fill(const char *source, bool folds, char why[PHRASE_FAULT_SIZE])
{
	char *out, *folded;

	if (phrase_expand(source, phrase_longest_values(), &out, why) == -1)
		return NULL;
	if (!folds)
		return out;
	folded = text_fold(out);
	free(out);
	return folded;
}

/* false: it was told why it can't be shown. */
static bool
check_form(struct phrase_reading *r, enum phrase phrase, const char *source,
    bool folds)
{
	enum kind kind = kinds[phrase];
	char why[PHRASE_FAULT_SIZE], *text = fill(source, folds, why);
	enum coding coding;
	size_t n, octets;

	if (text == NULL) {
		fault(r, "%s: %s", phrase_name(phrase), why);
		return false;
	}
	n = characters(text);
	octets = phrase_octets(text, &coding);
	free(text);
	if (folds && coding != CODING_GSM7) {
		fault(r, "%s: a sign in it is not in the phones' 7 bit "
		    "alphabet, even without accents: use another, or put "
		    "\"@unaccented no\" at the top of the file",
		    phrase_name(phrase));
		return false;
	}
	if (folds ? octets <= limits[kind].octets
	    : n <= limits[kind].characters)
		return true;
	fault(r, "%s: with long values it takes %zu %s, and %s may take "
	    "%zu: shorten it", phrase_name(phrase), folds ? octets : n,
	    folds ? "octets" : "characters", limits[kind].what,
	    folds ? limits[kind].octets : limits[kind].characters);
	return false;
}

/* "\n", as two signs, to a line feed; in place. */
static void
unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from != '\0';) {
		if (from[0] == '\\' && from[1] == 'n') {
			*to++ = '\n';
			from += 2;
		} else {
			*to++ = *from++;
		}
	}
	*to = '\0';
}

static void
read_phrase(struct phrase_reading *r, const char *name, char *text)
{
	struct phrase_text *cell;
	char *source;
	int i;

	for (i = 0; i < PHRASE_END; i++)
		if (strcmp(name, phrase_name((enum phrase)i)) == 0)
			break;
	if (i == PHRASE_END) {
		fault(r, "unknown phrase \"%.40s\": the names are those of "
		    "the shipped vi.txt", name);
		return;
	}
	cell = &r->book->texts[i];
	if (cell->line != 0) {
		fault(r, "\"%s\" is already in line %d: remove one of them",
		    name, cell->line);
		return;
	}
	cell->line = r->line;
	unescape(text);
	source = text_clean(text);
	if (source == NULL || *source == '\0') {
		fault(r, "%s: %s", name, source == NULL
		    ? "the text holds a control character"
		    : "the text is empty");
	} else if (check_form(r, (enum phrase)i, source, false) &&
	    (!r->book->has_unaccented ||
	    check_form(r, (enum phrase)i, source, true))) {
		cell->source = source;
		cell->folded = text_fold(source);
		return;
	}
	free(source);
}

/* --- one file ------------------------------------------------------------- */

static char *
trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	for (n = strlen(s); n > 0 && strchr(BLANKS, s[n - 1]) != NULL; n--)
		s[n - 1] = '\0';
	return s;
}

static void
read_line(struct phrase_reading *r, char *line)
{
	char *s = trim(line), *equals;

	if (*s == '\0' || *s == '#')
		return;
	if (strcmp(s, "@unaccented no") == 0) {
		r->book->has_unaccented = false;
		return;
	}
	equals = strchr(s, '=');
	if (*s == '@' || equals == NULL) {
		fault(r, "write \"name = text\", or \"@unaccented no\" in "
		    "the first line");
		return;
	}
	*equals = '\0';
	read_phrase(r, trim(s), trim(equals + 1));
}

static void
take_line(struct phrase_reading *r, const char *data, size_t n)
{
	char *copy;

	if (n > TEMPLATE_LINE_MAX) {
		fault(r, "the line is longer than %d octets: shorten it",
		    TEMPLATE_LINE_MAX);
	} else if (memchr(data, '\0', n) != NULL ||
	    u8_check((const uint8_t *)data, n) != NULL) {
		fault(r, "the line is not valid UTF-8: save the file as "
		    "UTF-8 text");
	} else {
		copy = xstrndup(data, n);
		read_line(r, copy);
		free(copy);
	}
}

static void
add_book(struct phrases *set, struct phrase_book *book)
{
	set->books = xreallocarray(set->books, set->n + 1,
	    sizeof(*set->books));
	set->books[set->n++] = book;
}

unsigned
phrases_parse(struct phrases *set, const char *lang, const char *file,
    const char *data, size_t n, template_fault *tell, void *arg)
{
	struct phrase_reading r = {.book = phrase_book_new(lang, file),
	    .file = file, .fault = tell, .arg = arg};

	while (n > 0) {
		const char *end = memchr(data, '\n', n);
		size_t length = end != NULL ? (size_t)(end - data) : n;

		r.line++;
		take_line(&r, data, length);
		if (end != NULL)
			length++;
		data += length;
		n -= length;
	}
	add_book(set, r.book);
	return r.faults;
}

static void
on_own_fault(const char *file, int line, const char *text, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s:%d: %s\n", file, line, text);
	abort();	/* the build checks it */
}

struct phrases *
phrases_new(void)
{
	struct phrases *set = xcalloc(1, sizeof(*set));

	(void)phrases_parse(set, PHRASE_MASTER, "built in", built_in,
	    strlen(built_in), on_own_fault, NULL);
	return set;
}

void
phrases_free(struct phrases *set)
{
	if (set == NULL)
		return;
	for (size_t i = 0; i < set->n; i++)
		book_free(set->books[i]);
	free(set->books);
	free(set);
}

/* --- the folder ----------------------------------------------------------- */

/* Files that editors and packages leave ("vi.txt~", "vi.txt.dist") are passed
 * over. */
static bool
is_text_file(const char *name)
{
	size_t n = strlen(name), length = strlen(SUFFIX);

	return n > length && strcmp(name + n - length, SUFFIX) == 0;
}

/* "vi" of "vi.txt": 0, or -1: not a language's file. */
static int
language_of(const char *name, char lang[PHRASE_LANG_SIZE])
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-");

	if (n < 2 || n >= PHRASE_LANG_SIZE || strcmp(name + n, SUFFIX) != 0)
		return -1;
	(void)snprintf(lang, PHRASE_LANG_SIZE, "%.*s", (int)n, name);
	return 0;
}

static unsigned
load_file(struct phrases *set, const char *path, const char *lang,
    template_fault *tell, void *arg)
{
	const char *why;
	unsigned faults;
	char *data;
	size_t n;

	data = file_read(path, TEMPLATE_FILE_MAX, &n, &why);
	if (data == NULL) {
		tell(path, 0, why, arg);
		return 1;
	}
	faults = phrases_parse(set, lang, path, data, n, tell, arg);
	free(data);
	return faults;
}

unsigned
phrases_load(struct phrases *set, const char *dir, template_fault *tell,
    void *arg)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);
	char lang[PHRASE_LANG_SIZE];
	unsigned faults = 0;

	if (n < 0) {
		tell(dir, 0, strerror(errno), arg);
		return 1;
	}
	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, names[i]->d_name);

		if (language_of(names[i]->d_name, lang) == 0) {
			faults += load_file(set, path, lang, tell, arg);
		} else if (names[i]->d_name[0] != '.' &&
		    is_text_file(names[i]->d_name)) {
			tell(path, 0, "the file's name is no language: use "
			    "small letters, as in vi.txt", arg);
			faults++;
		}
		free(path);
		free(names[i]);
	}
	free(names);
	return faults;
}

/* --- for template check and show ------------------------------------------ */

/* As it is written in the file: one line. The caller frees. */
static char *
escape(const char *text)
{
	char *out = xmalloc(2 * strlen(text) + 1), *to = out;

	for (; *text != '\0'; text++) {
		if (*text == '\n')
			*to++ = '\\';
		*to++ = *text == '\n' ? 'n' : *text;
	}
	*to = '\0';
	return out;
}

static void
each_form(const struct phrase_book *book, const struct phrase_text *text,
    struct template_row *row,
    void (*each)(const struct template_row *, void *), void *arg)
{
	char why[PHRASE_FAULT_SIZE], *source = escape(text->source);

	row->line = text->line;
	row->source = source;
	for (int accents = book->has_unaccented ? 0 : 1; accents < 2;
	    accents++) {
		char *shown = fill(text->source, accents == 0, why);
		char *sample = escape(shown);

		row->accents = accents != 0;
		row->sample = sample;
		(void)phrase_octets(shown, &row->coding);
		each(row, arg);
		free(shown);
		free(sample);
	}
	free(source);
}

void
phrases_each(const struct phrases *set,
    void (*each)(const struct template_row *, void *), void *arg)
{
	for (size_t b = 1; b < set->n; b++) {
		const struct phrase_book *book = set->books[b];
		struct template_row row = {.agency = "", .lang = book->lang,
		    .file = book->file, .segments = 1};

		for (int i = 0; i < PHRASE_END; i++) {
			if (book->texts[i].source == NULL)
				continue;
			row.situation = phrase_name((enum phrase)i);
			each_form(book, &book->texts[i], &row, each, arg);
		}
	}
}
