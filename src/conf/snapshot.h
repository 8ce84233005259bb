/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A configuration file and all that it includes as one text, read once, so
 * that what was checked is what is used. libconfig gets this text and never
 * opens a file: its scanner ends the whole process when it can't read one
 * (libconfig 1.5, yy_fatal_error). Inside this folder only.
 */
#ifndef CONF_SNAPSHOT_H
#define CONF_SNAPSHOT_H

#include <stddef.h>

#include "conf/conf.h"

#define SNAPSHOT_MAX	      (1024 * 1024)	/* octets, with includes */
#define SNAPSHOT_FILES_MAX    64
#define SNAPSHOT_DEPTH_MAX    10

struct snapshot_piece {
	int begin;		/* first line of it in the text */
	size_t file;		/* of files */
	int line;		/* that this is in the file */
};

struct snapshot {
	char *text;
	size_t n;
	int lines;		/* line feeds in the text */
	char **files;
	size_t n_files;
	struct snapshot_piece *pieces;
	size_t n_pieces;
};

/* Reads the file and, in its place, each one of @include "file". Relative
 * names are below the folder of the first file. 0, or -1: told. The caller
 * clears it in either case. */
int snapshot_read(struct snapshot *, const char *file, conf_fault *,
    void *arg);

/* The same from a text, which may include nothing; name stands in faults. */
int snapshot_take(struct snapshot *, const char *name, const char *text,
    conf_fault *, void *arg);

void snapshot_clear(struct snapshot *);

/* Where a line of the text comes from. Returns the file's name, borrowed. */
const char *snapshot_place(const struct snapshot *, int line, int *file_line);

/* Finds mistakes that libconfig accepts: a comment without an end, a text over
 * several lines, two texts side by side in a list. Returns how many were told.
 */
unsigned snapshot_check(const struct snapshot *, conf_fault *, void *arg);

/* Does libconfig live through this text? Tried in a child process of ten
 * seconds at most. 0, or -1: told. */
int snapshot_try(const struct snapshot *, conf_fault *, void *arg);

#endif
