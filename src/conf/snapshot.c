/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Puts the text together and remembers where each line came from. On the
 * way it writes an L behind whole numbers above INT32_MAX: without it
 * libconfig 1.5 keeps only their lower 32 bits.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "conf/lexer.h"
#include "conf/snapshot.h"

#define INCLUDE "@include"

struct snapshot_reading {
	struct snapshot *snapshot;
	conf_fault *fault;
	void *arg;
	const char *dir;	/* "" or with a slash; NULL: no includes */
	size_t depth;
	size_t open[SNAPSHOT_DEPTH_MAX];	/* files that are being read */
};

/* Tells "FILE:LINE: …"; -1. line 0: only the file. */
static int __attribute__((format(printf, 4, 5)))
complain(const struct snapshot_reading *r, const char *file, int line,
    const char *fmt, ...)
{
	char buf[1024], *text;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	text = line == 0 ? xasprintf("%s: %s", file, buf)
	    : xasprintf("%s:%d: %s", file, line, buf);
	r->fault(text, r->arg);
	free(text);
	return -1;
}

static void
append(struct snapshot *s, const char *text, size_t n)
{
	s->text = xreallocarray(s->text, s->n + n + 1, 1);
	memcpy(s->text + s->n, text, n);
	s->n += n;
	s->text[s->n] = '\0';
	for (size_t i = 0; i < n; i++)
		s->lines += text[i] == '\n';
}

/* The text that is appended next begins at this line of the file. */
static void
begin_piece(struct snapshot *s, size_t file, int line)
{
	s->pieces = xreallocarray(s->pieces, s->n_pieces + 1,
	    sizeof(*s->pieces));
	s->pieces[s->n_pieces++] = (struct snapshot_piece){
		.begin = s->lines + 1, .file = file, .line = line};
}

static bool
wants_l(const struct lexer_word *word)
{
	char digits[32];

	if (word->kind != LEXER_NUMBER || word->n >= sizeof(digits) ||
	    memchr(word->at, 'L', word->n) != NULL)
		return false;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)word->n,
	    word->at);
	if (strpbrk(digits, "xX") == NULL && strpbrk(digits, ".eE") != NULL)
		return false;
	return llabs(strtoll(digits, NULL, strpbrk(digits, "xX") != NULL
	    ? 16 : 10)) > INT32_MAX;
}

/* No 64 bits hold it, and libconfig would take some of its digits. */
static bool
is_too_long(const struct lexer_word *word)
{
	return word->kind == LEXER_NUMBER && word->n > 20 &&
	    memchr(word->at, '.', word->n) == NULL;
}

static int add_file(struct snapshot_reading *, const char *path, size_t from,
    int line);

/* The word @include was read; takes the file's name behind it. */
static int
include(struct snapshot_reading *r, size_t file, struct lexer *lexer,
    const struct lexer_word *word)
{
	const char *here = r->snapshot->files[file];
	struct lexer_word name = lexer_next(lexer);
	char *path;
	int status;

	if (r->dir == NULL)
		return complain(r, here, word->line,
		    INCLUDE " has no place here");
	if (!word->is_first)
		return complain(r, here, word->line, INCLUDE
		    " must be the first word of its line");
	if (name.kind != LEXER_STRING || name.line != word->line ||
	    lexer->line != word->line || name.n == 2)
		return complain(r, here, word->line,
		    "write " INCLUDE " \"file.conf\"");
	path = name.at[1] == '/'
	    ? xstrndup(name.at + 1, name.n - 2)
	    : xasprintf("%s%.*s", r->dir, (int)name.n - 2, name.at + 1);
	status = add_file(r, path, file, word->line);
	free(path);
	return status;
}

static int
add_text(struct snapshot_reading *r, size_t file, const char *text, size_t n)
{
	struct snapshot *s = r->snapshot;
	const char *done = text, *zero = memchr(text, '\0', n);
	struct lexer lexer;
	struct lexer_word word;

	if (zero != NULL)
		return complain(r, s->files[file], 1, "this is no UTF-8 text "
		    "(octet %zu is 0): save the file as UTF-8",
		    (size_t)(zero - text));
	lexer_init(&lexer, text, n);
	begin_piece(s, file, 1);
	while ((word = lexer_next(&lexer)).kind != LEXER_END) {
		if (is_too_long(&word))
			return complain(r, s->files[file], word.line,
			    "%.*s… is larger than any number here may be",
			    20, word.at);
		if (wants_l(&word)) {
			append(s, done, (size_t)(lexer.p - done));
			append(s, "L", 1);
			done = lexer.p;
		}
		if (word.kind != LEXER_JUNK || word.n != strlen(INCLUDE) ||
		    memcmp(word.at, INCLUDE, word.n) != 0)
			continue;
		append(s, done, (size_t)(word.at - done));
		if (include(r, file, &lexer, &word) == -1)
			return -1;
		done = lexer.p;
		if (s->n > 0 && s->text[s->n - 1] != '\n')
			append(s, "\n", 1);
		begin_piece(s, file, lexer.line);
	}
	append(s, done, (size_t)(text + n - done));
	/* To libconfig a comment has to end, too. */
	if (s->n > 0 && s->text[s->n - 1] != '\n')
		append(s, "\n", 1);
	return 0;
}

/* May this one be read now? file: its place in files. */
static int
may_add(struct snapshot_reading *r, size_t file, size_t from, int line)
{
	struct snapshot *s = r->snapshot;

	for (size_t i = 0; i < r->depth; i++)
		if (strcmp(s->files[r->open[i]], s->files[file]) == 0)
			return complain(r, s->files[from], line, INCLUDE
			    " \"%s\": the file includes itself",
			    s->files[file]);
	if (r->depth == SNAPSHOT_DEPTH_MAX)
		return complain(r, s->files[from], line, INCLUDE
		    " \"%s\": more than %d files one in the other",
		    s->files[file], SNAPSHOT_DEPTH_MAX);
	if (s->n_files > SNAPSHOT_FILES_MAX)
		return complain(r, s->files[from], line, INCLUDE
		    " \"%s\": more than %d files", s->files[file],
		    SNAPSHOT_FILES_MAX);
	return 0;
}

static int
add_file(struct snapshot_reading *r, const char *path, size_t from, int line)
{
	struct snapshot *s = r->snapshot;
	size_t file = s->n_files, n;
	const char *why;
	char *text;
	int status;

	s->files = xreallocarray(s->files, s->n_files + 1,
	    sizeof(*s->files));
	s->files[s->n_files++] = xstrdup(path);
	if (may_add(r, file, from, line) == -1)
		return -1;
	text = file_read(path, SNAPSHOT_MAX, &n, &why);
	if (text == NULL && line == 0)
		return complain(r, path, 0, "can't be read: %s", why);
	if (text == NULL)
		return complain(r, s->files[from], line, INCLUDE
		    " \"%s\" can't be read: %s", path, why);
	if (s->n + n > SNAPSHOT_MAX)
		status = complain(r, path, 1, "with its includes the "
		    "configuration is longer than %d octets", SNAPSHOT_MAX);
	else {
		r->open[r->depth++] = file;
		status = add_text(r, file, text, n);
		r->depth--;
	}
	free(text);
	return status;
}

int
snapshot_read(struct snapshot *s, const char *file, conf_fault *fault,
    void *arg)
{
	const char *slash = strrchr(file, '/');
	char *dir = xstrndup(file, slash != NULL
	    ? (size_t)(slash - file) + 1 : 0);
	struct snapshot_reading r = {.snapshot = s, .fault = fault, .arg = arg,
	    .dir = dir};
	int status;

	*s = (struct snapshot){.text = xstrdup("")};
	status = add_file(&r, file, 0, 0);
	free(dir);
	return status;
}

int
snapshot_take(struct snapshot *s, const char *name, const char *text,
    conf_fault *fault, void *arg)
{
	struct snapshot_reading r = {.snapshot = s, .fault = fault, .arg = arg};

	*s = (struct snapshot){.text = xstrdup("")};
	s->files = xcalloc(1, sizeof(*s->files));
	s->files[s->n_files++] = xstrdup(name);
	return add_text(&r, 0, text, strlen(text));
}

void
snapshot_clear(struct snapshot *s)
{
	for (size_t i = 0; i < s->n_files; i++)
		free(s->files[i]);
	free(s->files);
	free(s->pieces);
	free(s->text);
	*s = (struct snapshot){0};
}

const char *
snapshot_place(const struct snapshot *s, int line, int *file_line)
{
	size_t i = s->n_pieces;

	while (i > 1 && s->pieces[i - 1].begin > line)
		i--;
	if (i == 0) {
		*file_line = 1;
		return s->n_files > 0 ? s->files[0] : "";
	}
	*file_line = s->pieces[i - 1].line + line - s->pieces[i - 1].begin;
	return s->files[s->pieces[i - 1].file];
}
