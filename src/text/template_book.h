/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One template file: the texts of one language, for all or for one agency.
 * Read from memory, so that tests and fuzzers need no files. Used by the
 * set of templates (template.h) only.
 */
#ifndef TEXT_TEMPLATE_BOOK_H
#define TEXT_TEMPLATE_BOOK_H

#include <stdbool.h>
#include <stddef.h>

#include "text/template.h"

#define TEMPLATE_FILE_MAX 262144	/* octets */
#define TEMPLATE_LINE_MAX 2048		/* octets */

/* Columns of a situation: its channels, then the text for any channel. */
#define TEMPLATE_ANY	 (CHANNEL_POSTAL + 1)
#define TEMPLATE_COLUMNS (TEMPLATE_ANY + 1)

struct template_text {
	int line;		/* 0: no such text here */
	bool is_off;
	char *source;		/* NFC; NULL when only switched off */
};

struct template_book {
	char *agency;		/* "" for the common one */
	char *lang;
	char *file;
	bool has_unaccented;
	bool has_texts;
	unsigned faults;
	struct template_text texts[SITUATION_LAST + 1][TEMPLATE_COLUMNS];
};

/* How to read a file: limits, and who hears of faults. */
struct template_reading {
	unsigned max_segments;
	template_fault *fault;
	void *arg;
};

/* agency, lang and file are copied. has_unaccented until the file says
 * otherwise. The caller frees with template_book_free(). */
struct template_book *template_book_new(const char *agency, const char *lang,
    const char *file, bool has_unaccented);
void template_book_free(struct template_book *);

/* Reads the contents of the file into the book; every fault is told and
 * counted in book->faults, and reading goes on. data may be any octets. */
void template_book_parse(struct template_book *, const char *data, size_t n,
    const struct template_reading *);

/* A sendable text of source and values, which must be clean: NFC, and
 * without its accents when so wanted and the language has such a form.
 * The caller frees. */
char *template_book_fill(const struct template_book *, const char *source,
    const struct template_values *, bool accents);

#endif
