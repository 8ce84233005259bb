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
#include "conf/snapshot.h"

#define KEY_SIZE 128	/* of a key as faults name it */

struct reader;

/* A list of groups to an array in *items, new, and its length; told in
 * place of what is wrong: defaults. key: as faults name it. list may be
 * NULL: none. */
typedef void reader_groups(struct reader *, const struct section *,
    config_setting_t *list, const char *key, void **items, size_t *count);

struct reader {
	struct snapshot source;
	config_t cfg;		/* its lines are those of source */
	struct conf *conf;
	conf_fault *fault;
	conf_fault *warning;	/* NULL: nobody wants them */
	void *arg;
	unsigned n_faults;
	reader_groups *read_groups; /* set by reader_fill() */
};

/* Tells one fault: "FILE:LINE: key KEY: …". at: where; NULL is line 1. */
void reader_fault(struct reader *, const config_setting_t *at,
    const char *key, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* The same without a key, for a line of source. */
void reader_fault_line(struct reader *, int line, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Warns of a value that is allowed and hardly meant: "FILE:LINE: warning: key
 * KEY: …". Does nothing when reader->warning is NULL. */
void reader_warn(struct reader *, const char *key, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* Where a key stands, written as faults write it ("modems[1].limits.day");
 * when it is not there, the group it would be in, and so on up to the
 * root. */
const config_setting_t *reader_where(struct reader *, const char *key);

/* The member or element that a key's next step names, or NULL; moves key
 * behind it. */
config_setting_t *reader_step(const config_setting_t *from, const char **key);

/* Fills the zeroed conf from the parsed tree, with a default for each key
 * that is missing or wrong. */
void reader_fill(struct reader *);

/* Fills what depends on other keys, then tells what does not fit together. */
void reader_derive(struct conf *);
void reader_cross_check(struct reader *);

/* Looks at what paths lead to, without opening anything: a folder where a
 * device should be is a fault, what is missing or open to everybody a
 * warning. */
void reader_check_places(struct reader *);

/* As conf_load, from text that includes nothing: for tests and the fuzzer. */
struct conf *conf_load_string(const char *text, conf_fault *, void *arg);

#endif
