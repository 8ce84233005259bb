/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration as plain read-only structs.
 *
 * owns: everything read from one file.
 * promises: every value lies in its range and every cross reference exists
 *	(a pool's modems, an agency's pool, at most one of address and
 *	sentinels); each fault was told with key, file, line and range.
 * never does: open devices, templates or sockets.
 */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Durations are milliseconds, whatever the file's notation. Strings are
 * never NULL. Lists are NULL-terminated arrays. */

struct conf_agency {
	char *id, *name, *desk, *hotline, *pool, *language, *group;
	char **digest_to;	/* E.164 */
	int64_t digest_hour;
	bool accents;
};

struct conf_pool {
	char *name;
	char **modems;
};

struct conf_balance {
	char *code, *pattern;
	int64_t every_ms;	/* 0: never asked */
	int64_t low;
};

struct conf_error {
	int64_t code;		/* CMS or CME number, -1 a plain ERROR */
	char *class;		/* a word of dispatch/errors.h */
};

struct conf_quota {
	int64_t minute, hour, day, month, recipients_month; /* 0: no limit */
};

struct conf_modem {
	char *name, *device, *imei, *connection, *pin_file, *smsc;
	int64_t pace_ms;
	char **prefer;
	struct conf_quota limits;
	struct conf_balance balance;
	bool status_reports, missed_calls;
};

struct conf {
	struct {
		char *name, *state_dir, *timezone, *country_code;
		char *default_agency;
	} gateway;
	struct {
		char *address, *username, *password_file, *prefix, *master;
		char **sentinels;
		int64_t database;
	} redis;
	struct {
		char *stream, *list;	/* stream: never "" after loading */
		bool keep_events;
		int64_t dedup_ms;
		char *listen, *path;	/* of http */
		char **token_files, **allow;
	} intake;
	struct {
		char *templates;
		int window_from, window_to;	/* minutes of the local day */
		int64_t per_phone_per_day;
		int64_t validity_ms, max_age_ms, remind_after_ms;
		int64_t max_segments, flood_factor;
		char **only_to;		/* E.164 */
	} notices;
	struct {
		int64_t *delays_ms;	/* n_delays of them */
		size_t n_delays;
		int64_t jitter;		/* percent */
		bool hold_unknown;	/* on_unknown = "hold" */
		int64_t unknown_wait_ms, send_timeout_ms, lease_ms;
		struct conf_error *errors; /* n_errors of them */
		size_t n_errors;
	} retry;
	struct {
		int64_t retention_ms, dossiers_ms;
		char *key_file;
	} privacy;
	struct {
		bool enabled;
		int64_t ten_minutes, day;
		int64_t answer_validity_ms;
		int64_t strangers;	/* answers per SIM and hour */
		int64_t quota_share;	/* of each quota, percent */
	} lookup;
	struct {
		char *service_code, *listen, *path, *profile;
		char **token_files, **allow;
		bool token_in_query;
	} ussd;
	struct {
		char **notify;		/* E.164 */
		char *language;		/* "vi", "en" */
		int64_t daily_hour;	/* of the text of life; -1: none */
	} alarms;
	struct {
		char *socket, *group, *status_socket, *http;
		char **token_files, **allow;
	} admin;
	struct {
		char *target, *level;
	} log;
	struct conf_agency *agencies;
	size_t n_agencies;
	struct conf_pool *pools;	/* none configured: one, "default" */
	size_t n_pools;
	struct conf_modem *modems;
	size_t n_modems;
};

/* Reads the file. Each fault goes to fault(…) as one sentence that starts
 * with file:line and names key and allowed range; all faults are told, not
 * just the first. Returns NULL when there was one. What is allowed but hardly
 * meant goes to warning(…), "file:line: warning: …"; NULL: nobody wants to
 * know. Whatever the file and those that it includes are, this returns: they
 * are read once, within bounds, and tried in a child process first. The
 * caller frees. */
typedef void conf_fault(const char *text, void *arg);
struct conf *conf_load(const char *file, conf_fault *fault,
    conf_fault *warning, void *arg);
void conf_free(struct conf *);

const struct conf_agency *conf_agency_find(const struct conf *,
    const char *id);
const struct conf_modem *conf_modem_find(const struct conf *,
    const char *name);

/* May this number (E.164) get texts? While a trial is limited to
 * notices.only_to, only those may. */
bool conf_allows_phone(const struct conf *, const char *phone);

/* The pool an agency's texts go through: its own, else the first. */
const struct conf_pool *conf_agency_pool(const struct conf *,
    const struct conf_agency *);
bool conf_pool_has(const struct conf_pool *, const char *modem);

/* Is this modems[].device no port, but where to search for one? */
bool conf_device_is_searched(const char *device);

/* Is there any difference between the two that a running worker must be
 * started anew for? */
bool conf_modem_equal(const struct conf_modem *, const struct conf_modem *);

/* The first key in which the two differ that a running daemon can't take
 * over ("redis", "gateway", …), or NULL. Borrowed. */
const char *conf_fixed_difference(const struct conf *, const struct conf *);

/* Prints the values in force, as a configuration file (show config). The
 * contents of other files (PINs, passwords, tokens) is never read here. */
void conf_print(const struct conf *, FILE *);

/* The documented example file and the manual page's list of keys, both from
 * the table that also parses. */
void conf_print_example(FILE *);
void conf_print_manual(FILE *);

/* First line of a secret's file without its newline: 0 or -1 (logged).
 * At most size - 1 characters, else an error. */
int conf_read_secret(const char *file, char *out, size_t size);

#endif
