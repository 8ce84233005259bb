/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of every key: the master copy that parsing, range errors, the
 * example file, "show config" and the manual page are made from. Adding a
 * key is a field of struct conf, a row in options.c and its use.
 */
#ifndef CONF_OPTIONS_H
#define CONF_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The type of the field in the struct. It says how the field is read, printed,
 * freed and compared. */
enum option_shape {
	SHAPE_STRING,		/* char * */
	SHAPE_INT,		/* int64_t */
	SHAPE_BOOL,		/* bool */
	SHAPE_DURATION,		/* int64_t, milliseconds */
	SHAPE_WINDOW,		/* int[2], minutes of the day */
	SHAPE_HOLD,		/* bool, written "hold" or "resend" */
	SHAPE_STRINGS,		/* char **, NULL-terminated */
	SHAPE_DURATIONS,	/* int64_t *, then size_t */
	SHAPE_GROUPS,		/* array of structs, then size_t */
};

/* id, shape, check of one string, words for the manual, what a wrong value
 * should have been */
#define OPTION_TYPES(X)                                                       \
	X(TEXT, STRING, check_text, "text", "text in quotes")                 \
	X(NAME, STRING, check_name, "name",                                   \
	    "a name of letters, digits, \".\", \"_\" and \"-\"")              \
	X(WORD, STRING, check_text, "word", "a word in quotes")               \
	X(PATH, STRING, check_path, "path",                                   \
	    "an absolute path such as \"/etc/baotin/file\"")                  \
	X(DEVICE, STRING, check_device, "path",                               \
	    "an absolute path such as \"/dev/ttyUSB2\", a pattern such as "   \
	    "\"/dev/ttyUSB*\", or \"auto\"")                                  \
	X(SOCKET, STRING, check_path, "path",                                 \
	    "an absolute path such as \"/run/baotin/file.sock\"")             \
	X(URL_PATH, STRING, check_path, "path", "a path such as \"/ussd\"")   \
	X(TIMEZONE, STRING, check_timezone, "time zone",                      \
	    "a time zone known in /usr/share/zoneinfo, such as "              \
	    "\"Asia/Ho_Chi_Minh\"")                                           \
	X(DIGITS, STRING, check_digits, "digits",                             \
	    "digits in quotes, such as \"84\"")                               \
	X(IMEI, STRING, check_imei, "IMEI",                                   \
	    "the 15 digits of an IMEI in quotes")                             \
	X(CENTRE, STRING, check_centre, "number",                             \
	    "an international number such as \"+84980200030\"")               \
	X(USSD_CODE, STRING, check_ussd_code, "USSD code",                    \
	    "a USSD code such as \"*101#\"")                                  \
	X(PATTERN, STRING, check_pattern, "pattern",                          \
	    "a POSIX extended regular expression with one (group)")           \
	X(SERVER, STRING, check_server, "address",                            \
	    "\"unix:/path\" or \"host:port\", such as \"127.0.0.1:6379\"")    \
	X(LISTEN, STRING, check_listen, "address",                            \
	    "a numeric \"address:port\", such as \"127.0.0.1:9477\"")         \
	X(INT, INT, NULL, "number", "a whole number such as 20")              \
	X(BOOL, BOOL, NULL, "true or false", "true or false")                 \
	X(DURATION, DURATION, NULL, "duration",                               \
	    "a duration: seconds, or text such as \"90s\", \"15m\", "         \
	    "\"48h\" or \"30d\"")                                             \
	X(WINDOW, WINDOW, NULL, "window",                                     \
	    "\"HH:MM-HH:MM\", such as \"07:00-21:00\"")                       \
	X(HOLD, HOLD, NULL, "word", "\"resend\" or \"hold\"")                 \
	X(NAMES, STRINGS, check_name, "list of names",                        \
	    "a list of names such as [\"viettel-1\", \"vina-1\"]")            \
	X(PHONES, STRINGS, NULL, "list of numbers",                           \
	    "a list of telephone numbers such as [\"+84900000000\"]")         \
	X(PATHS, STRINGS, check_path, "list of paths",                        \
	    "a list of absolute paths such as [\"/etc/baotin/token\"]")       \
	X(SERVERS, STRINGS, check_sentinel, "list of addresses",              \
	    "a list of \"host:port\" such as (\"127.0.0.1:26379\")")          \
	X(NETS, STRINGS, check_net, "list of networks",                       \
	    "a list of networks such as [\"127.0.0.1/8\"]")                   \
	X(PREFIXES, STRINGS, check_prefix, "list of prefixes",                \
	    "a list of national prefixes such as [\"032\", \"086\"]")         \
	X(DURATIONS, DURATIONS, NULL, "list of durations",                    \
	    "a list of durations such as [60, 300, 900]")                     \
	X(ERRORS, GROUPS, NULL, "list of groups",                             \
	    "a list of groups such as ( { code = 38; class = \"later\"; } )")

enum option_type {
#define X(id, shape, check, name, expected) OPTION_##id,
	OPTION_TYPES(X)
#undef X
};

enum option_flag {
	OPTION_REQUIRED = 1,	/* no default can make sense */
	OPTION_RESTART = 2,	/* a change starts the modem's worker anew */
};

/* min and max: of a number; milliseconds of a duration and of each entry of
 * a list of durations; characters of a string; entries of any other list. */
struct option {
	const char *key;	/* "limits.minute": in a group of the group */
	enum option_type type;
	size_t offset;
	const char *def;	/* as a file would write it */
	int64_t min, max;
	const char *unit;	/* or the words of a WORD: "stderr|syslog" */
	unsigned flags;
	const char *example;	/* NULL: the example shows the default */
	const char *help;
};

/* A group of the file; with is_list a list of groups, each read to one
 * struct of an array. The offsets are of struct conf, and unused where the
 * list is an option's value. */
struct section {
	const char *name;
	const struct option *options;
	size_t n_options;
	const char *help;
	bool is_list;
	size_t size, items_offset, count_offset;
};

#define DURATIONS_MAX 16	/* entries of a list of durations */
#define ELEMENTS_MAX 256	/* groups of a list of groups */

const struct section *option_sections(size_t *count);
const struct section *option_section_find(const char *name);
const struct option *option_find(const struct section *, const char *key);

enum option_shape option_shape(const struct option *);
const char *option_type_name(const struct option *);
const char *option_expected(const struct option *);

/* The keys of one group of a SHAPE_GROUPS; NULL for any other shape. */
const struct section *option_groups(const struct option *);

/* The check of one string of that type; NULL: there is none. */
typedef bool option_check(const char *value);
option_check *option_checker(const struct option *);

#endif
