/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Log lines as data: a stable token, then key=value pairs. Callers mask
 * telephone numbers (phone_mask) and never log a message's text.
 *
 *	log_info("modem_state", "modem=%s from=%s to=%s", ...);
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

enum log_level {
	LOG_LEVEL_ERROR,
	LOG_LEVEL_WARNING,
	LOG_LEVEL_INFO,
	LOG_LEVEL_DEBUG,
};

/* ident is kept by reference. target: "stderr" or "syslog"; level: a name
 * of log_level_name(). Returns -1 for an unknown word and changes nothing.
 * Before the first call, lines of level info and worse go to stderr. */
int log_init(const char *ident, const char *target, const char *level);

/* With syslog as the target: errors go to stderr, too, while somebody who
 * started the program waits there. */
void log_echo_errors(bool is_on);
/* A name of log_level_name(); an unknown one changes nothing. */
void log_set_level(const char *level);
const char *log_level_name(enum log_level);
bool log_is_on(enum log_level);

void log_error(const char *token, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_warning(const char *token, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_info(const char *token, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void log_debug(const char *token, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* Writes value so that it is one word of a log line: quoted when it holds
 * blanks, quotes or control characters; cut to size with an ellipsis.
 * Returns buf. */
const char *log_quote(const char *value, char *buf, unsigned size);

#endif
