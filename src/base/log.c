/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One line per event, to stderr or syslog. Under systemd stderr is the
 * journal, and each line then starts with its <priority>.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "base/log.h"

static const struct {
	const char *name;
	int priority;
} levels[] = {
	[LOG_LEVEL_ERROR] = {"error", LOG_ERR},
	[LOG_LEVEL_WARNING] = {"warning", LOG_WARNING},
	[LOG_LEVEL_INFO] = {"info", LOG_INFO},
	[LOG_LEVEL_DEBUG] = {"debug", LOG_DEBUG},
};

static struct {
	const char *ident;
	enum log_level level;
	bool to_syslog;
	bool to_journal;
	bool echoes_errors;
} out = {.ident = "baotin", .level = LOG_LEVEL_INFO};

const char *
log_level_name(enum log_level level)
{
	return levels[level].name;
}

bool
log_is_on(enum log_level level)
{
	return level <= out.level;
}

static int
find_level(const char *name)
{
	for (int i = LOG_LEVEL_ERROR; i <= LOG_LEVEL_DEBUG; i++)
		if (strcmp(levels[i].name, name) == 0)
			return i;
	return -1;
}

void
log_set_level(const char *level)
{
	int found = find_level(level);

	if (found != -1)
		out.level = (enum log_level)found;
}

int
log_init(const char *ident, const char *target, const char *level)
{
	bool to_syslog = strcmp(target, "syslog") == 0;

	if (find_level(level) == -1 ||
	    (!to_syslog && strcmp(target, "stderr") != 0))
		return -1;
	out.ident = ident;
	log_set_level(level);
	out.to_journal = getenv("JOURNAL_STREAM") != NULL;
	if (to_syslog)
		openlog(ident, LOG_PID | LOG_NDELAY, LOG_DAEMON);
	out.to_syslog = to_syslog;
	return 0;
}

void
log_echo_errors(bool is_on)
{
	out.echoes_errors = is_on;
}

static void
emit_stderr(enum log_level level, const char *token, const char *text)
{
	char when[40];
	struct timespec ts;
	struct tm tm;

	if (out.to_journal) {
		fprintf(stderr, "<%d>%s %s\n", levels[level].priority, token,
		    text);
		return;
	}
	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)gmtime_r(&ts.tv_sec, &tm);
	(void)strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%S", &tm);
	fprintf(stderr, "%s.%03ldZ %s %s %s %s\n", when,
	    ts.tv_nsec / 1000000, out.ident, levels[level].name, token, text);
}

static void __attribute__((format(printf, 3, 0)))
emit(enum log_level level, const char *token, const char *fmt, va_list ap)
{
	char text[2048];

	if (!log_is_on(level))
		return;
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	for (char *p = text; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	if (out.to_syslog)
		syslog(levels[level].priority, "%s %s", token, text);
	if (!out.to_syslog ||
	    (out.echoes_errors && level == LOG_LEVEL_ERROR))
		emit_stderr(level, token, text);
}

#define LOG_FUNCTION(name, level)                                             \
	void name(const char *token, const char *fmt, ...)                    \
	{                                                                     \
		va_list ap;                                                   \
                                                                              \
		va_start(ap, fmt);                                            \
		emit(level, token, fmt, ap);                                  \
		va_end(ap);                                                   \
	}

LOG_FUNCTION(log_error, LOG_LEVEL_ERROR)
LOG_FUNCTION(log_warning, LOG_LEVEL_WARNING)
LOG_FUNCTION(log_info, LOG_LEVEL_INFO)
LOG_FUNCTION(log_debug, LOG_LEVEL_DEBUG)

static bool
is_plain(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if ((unsigned char)*s <= ' ' || *s == '"' || *s == '=' ||
		    *s == '\\' || *s == 0x7f)
			return false;
	return true;
}

const char *
log_quote(const char *value, char *buf, unsigned size)
{
	bool plain = is_plain(value);
	size_t n = 0;

	if (!plain)
		buf[n++] = '"';
	for (; *value != '\0' && n + 6 < size; value++) {
		if (*value == '"' || *value == '\\')
			buf[n++] = '\\';
		buf[n++] = (unsigned char)*value < ' ' || *value == 0x7f
		    ? '?' : *value;
	}
	if (*value != '\0') {
		memcpy(buf + n, "...", 3);
		n += 3;
	}
	if (!plain)
		buf[n++] = '"';
	buf[n] = '\0';
	return buf;
}
