/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One reading of one file, between libconfig's tree and struct conf. Inside
 * this folder only.
 */
#ifndef CONF_READER_H
#define CONF_READER_H

#include <libconfig.h>

#include "conf/conf.h"
#include "conf/options.h"

struct reader {
	config_t cfg;
	const char *file;	/* as faults name it */
	struct conf *conf;
	conf_fault *fault;
	void *arg;
	unsigned n_faults;
};

/* Tells one fault: "FILE:LINE: key KEY: …". at: where; NULL is line 1. */
void reader_fault(struct reader *, const config_setting_t *at,
    const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A file's name as faults show it: libconfig 1.5 names an included file
 * without its folder. buf may stay unused. */
const char *reader_file(const struct reader *, const char *file, char *buf,
    size_t size);

/* Where a key stands, written as faults write it ("modems[1].limits.day");
 * when it is not there, the group it would be in, and so on up to the
 * root. */
const config_setting_t *reader_where(struct reader *, const char *key);

/* Fills the zeroed conf from the parsed tree, with a default for each key
 * that is missing or wrong. */
void reader_fill(struct reader *);

/* A list of groups to an array in *items, new, and its length; told in
 * place of what is wrong: defaults. key: as faults name it. list may be
 * NULL: none. */
void reader_read_groups(struct reader *, const struct section *,
    config_setting_t *list, const char *key, void **items, size_t *count);

/* Fills what depends on other keys, then tells what does not fit together. */
void reader_derive(struct conf *);
void reader_cross_check(struct reader *);

/* As conf_load, from text: for tests and the fuzzer. @include finds its
 * files from the working folder. */
struct conf *conf_load_string(const char *text, conf_fault *, void *arg);

#endif
