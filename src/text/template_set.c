/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds and reads all template files below a folder. What one file may hold
 * is template_book.c's.
 */
#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/mem.h"
#include "text/phrase.h"
#include "text/template_set.h"

#define LOOKUP	  "lookup"	/* the folder of the phrases */
#define SUFFIX	  ".txt"
#define LANG_SIZE 16

struct loading {
	struct templates *set;
	const char *const *agencies;
	struct template_reading reading;
	unsigned faults;
};

static void
fault(struct loading *l, const char *file, const char *text)
{
	l->faults++;
	l->reading.fault(file, 0, text, l->reading.arg);
}

static int
compare_books(const void *a, const void *b)
{
	const struct template_book *const *x = a, *const *y = b;

	return templates_order((*x)->agency, (*x)->lang, *y);
}

/* The whole file, for the caller to free; NULL when it told a fault. */
static char *
slurp(struct loading *l, const char *file, size_t *n)
{
	const char *why;
	char *data = file_read(file, TEMPLATE_FILE_MAX, n, &why);

	if (data == NULL)
		fault(l, file, why);
	return data;
}

/* Has the language an unaccented form, as far as the common file says? */
static bool
has_unaccented(const struct templates *set, const char *lang)
{
	for (unsigned i = 0; i < set->n; i++)
		if (*set->books[i]->agency == '\0' &&
		    strcmp(set->books[i]->lang, lang) == 0)
			return set->books[i]->has_unaccented;
	return true;
}

static void
load_book(struct loading *l, const char *file, const char *agency,
    const char *lang)
{
	struct templates *set = l->set;
	struct template_book *book;
	size_t n;
	char *data;

	if ((data = slurp(l, file, &n)) == NULL)
		return;
	book = template_book_new(agency, lang, file,
	    has_unaccented(set, lang));
	template_book_parse(book, data, n, &l->reading);
	free(data);
	l->faults += book->faults;
	set->books = xreallocarray(set->books, set->n + 1,
	    sizeof(struct template_book *));
	set->books[set->n++] = book;
}

/* "vi" of "vi.txt", "bdq-latn" …; false: some other file. */
static bool
is_template_file(const char *name, char lang[LANG_SIZE])
{
	size_t n = strlen(name);

	if (*name == '.' || n <= strlen(SUFFIX) ||
	    strcmp(name + n - strlen(SUFFIX), SUFFIX) != 0)
		return false;
	n -= strlen(SUFFIX);
	(void)snprintf(lang, LANG_SIZE, "%.*s", (int)n, name);
	return true;
}

static bool
is_language(const char *name, const char *lang)
{
	size_t n = strspn(lang, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return n >= 2 && n + strlen(SUFFIX) == strlen(name);
}

static bool
is_agency(const struct loading *l, const char *id)
{
	if (l->agencies == NULL)
		return true;
	for (const char *const *a = l->agencies; *a != NULL; a++)
		if (strcmp(*a, id) == 0)
			return true;
	return false;
}

static bool
is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int load_folder(struct loading *, const char *dir, const char *agency,
    bool folders);

static void
load_agency(struct loading *l, const char *path, const char *id)
{
	if (is_agency(l, id))
		(void)load_folder(l, path, id, false);
	else
		fault(l, path, "no agency has this id: rename the folder to "
		    "an id of the configuration's agencies, or remove it");
}

static void
load_entry(struct loading *l, const char *dir, const char *name,
    const char *agency, bool folders)
{
	char *path = xasprintf("%s/%s", dir, name), lang[LANG_SIZE];

	if (folders) {
		if (is_folder(path) && strcmp(name, LOOKUP) == 0)
			l->faults += phrases_load(l->set->phrases, path,
			    l->reading.fault, l->reading.arg);
		else if (is_folder(path))
			load_agency(l, path, name);
	} else if (is_template_file(name, lang) && !is_folder(path)) {
		if (is_language(name, lang))
			load_book(l, path, agency, lang);
		else
			fault(l, path, "the file's name is no language: use "
			    "small letters, as in vi.txt");
	}
	free(path);
}

/* The files of a folder, or its folders. */
static int
load_folder(struct loading *l, const char *dir, const char *agency,
    bool folders)
{
	struct dirent **names;
	int n = scandir(dir, &names, NULL, alphasort);

	if (n < 0) {
		fault(l, dir, strerror(errno));
		return -1;
	}
	for (int i = 0; i < n; i++) {
		if (*names[i]->d_name != '.')
			load_entry(l, dir, names[i]->d_name, agency, folders);
		free(names[i]);
	}
	free(names);
	return 0;
}

struct templates *
templates_load(const char *dir, const char *const *agencies,
    unsigned max_segments, template_fault *tell, void *arg)
{
	struct templates *set = xcalloc(1, sizeof(*set));
	struct loading l = {.set = set, .agencies = agencies,
	    .reading = {max_segments, tell, arg}};

	assert(max_segments >= 1 && max_segments <= SEGMENTS_MAX);
	set->max_segments = max_segments;
	set->phrases = phrases_new();
	/* The common files first: agencies' ones build on them. */
	if (load_folder(&l, dir, "", false) == 0)
		(void)load_folder(&l, dir, "", true);
	if (set->n > 1)
		qsort(set->books, set->n, sizeof(*set->books), compare_books);
	if (l.faults == 0 &&
	    templates_find_book(set, "", TEMPLATE_MASTER) == NULL)
		fault(&l, dir, "there is no " TEMPLATE_MASTER SUFFIX
		    ": put the Vietnamese texts there, they are what every "
		    "other language falls back to");
	if (l.faults == 0)
		return set;
	templates_free(set);
	return NULL;
}

void
templates_free(struct templates *set)
{
	if (set == NULL)
		return;
	for (unsigned i = 0; i < set->n; i++)
		template_book_free(set->books[i]);
	free(set->books);
	phrases_free(set->phrases);
	free(set);
}

bool
templates_has_language(const struct templates *set, const char *lang)
{
	for (unsigned i = 0; i < set->n; i++)
		if (strcmp(set->books[i]->lang, lang) == 0)
			return true;
	return false;
}

/* Is this notice one that goes out unless an office decides otherwise? */
static bool
is_expected(enum situation situation, enum channel channel)
{
	if (situation == SITUATION_REGISTERED)
		return channel == CHANNEL_ONLINE;
	return situation != SITUATION_PROCESSING &&
	    situation != SITUATION_RETURNED;
}

/* Tells the first office and channel that lack a text for the situation. */
static bool
tell_missing(const struct templates *set, const char *const *agencies,
    enum situation situation, template_fault *tell, void *arg)
{
	const struct template_book *book =
	    templates_find_book(set, "", TEMPLATE_MASTER);
	const char *name = situation_name(situation);
	char text[400];

	for (const char *const *a = agencies; *a != NULL; a++)
		for (int c = CHANNEL_DIRECT; c <= CHANNEL_POSTAL; c++) {
			if (!is_expected(situation, (enum channel)c) ||
			    templates_has(set, *a, situation, c))
				continue;
			(void)snprintf(text, sizeof(text), "there is no text "
			    "for \"%s\" (%s%s%s), so nobody would be told: "
			    "write \"%s%s%s = text\", or switch the notice "
			    "off with \"%s off = text\"", name,
			    channel_name((enum channel)c),
			    **a != '\0' ? ", agency " : "", *a, name,
			    situation == SITUATION_REGISTERED ? "." : "",
			    situation == SITUATION_REGISTERED
			    ? channel_name((enum channel)c) : "", name);
			tell(book->file, 1, text, arg);
			return true;
		}
	return false;
}

struct templates *
templates_load_complete(const char *dir, const char *const *agencies,
    unsigned max_segments, template_fault *tell, void *arg)
{
	static const char *const nobody[] = {"", NULL};
	struct templates *set = templates_load(dir, agencies, max_segments,
	    tell, arg);
	bool is_missing = false;

	if (set == NULL)
		return NULL;
	for (int s = SITUATION_FIRST; s <= SITUATION_LAST; s++)
		if (tell_missing(set, agencies == NULL || *agencies == NULL
		    ? nobody : agencies, (enum situation)s, tell, arg))
			is_missing = true;
	if (!is_missing)
		return set;
	templates_free(set);
	return NULL;
}
