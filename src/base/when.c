/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads and writes moments and durations. Strict: a date that no calendar
 * has is refused, never rolled over into the next month.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/when.h"

#define EPOCH_DIGITS_MIN 9
#define EPOCH_DIGITS_MAX 15
#define PLAUSIBLE_FROM_MS INT64_C(946684800000)  /* 2000-01-01T00:00Z */
#define PLAUSIBLE_TO_MS	  INT64_C(4102444800000) /* 2100-01-01T00:00Z */
#define DURATION_MAX_S	 ((int64_t)3650 * 86400)

static const struct {
	char letter;
	int64_t seconds;
} units[] = {{'d', 86400}, {'h', 3600}, {'m', 60}, {'s', 1}};

/* Reads exactly n digits at *p and moves past them. */
static bool
digits(const char **p, int n, int *out)
{
	int value = 0;

	for (; n > 0; n--, (*p)++) {
		if (**p < '0' || **p > '9')
			return false;
		value = value * 10 + (**p - '0');
	}
	*out = value;
	return true;
}

static bool
literal(const char **p, char c)
{
	if (**p != c)
		return false;
	(*p)++;
	return true;
}

static int
month_days(int year, int month)
{
	static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30,
	    31};
	bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && is_leap ? 1 : 0);
}

static bool
read_date(const char **p, struct tm *tm)
{
	int year, month, day;

	if (!digits(p, 4, &year) || !literal(p, '-') ||
	    !digits(p, 2, &month) || !literal(p, '-') || !digits(p, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 ||
	    day > month_days(year, month))
		return false;
	tm->tm_year = year - 1900;
	tm->tm_mon = month - 1;
	tm->tm_mday = day;
	return true;
}

/* ":05", ".250" after the minutes, both optional; finer than a millisecond
 * is cut off. */
static bool
read_seconds(const char **p, struct tm *tm, int *ms)
{
	int scale = 100;

	if (!literal(p, ':'))
		return true;
	if (!digits(p, 2, &tm->tm_sec) || tm->tm_sec > 59)
		return false;
	if (**p != '.' && **p != ',')
		return true;
	(*p)++;
	if (**p < '0' || **p > '9')
		return false;
	for (; **p >= '0' && **p <= '9'; (*p)++, scale /= 10)
		*ms += (**p - '0') * scale;
	return true;
}

static bool
read_time(const char **p, struct tm *tm, int *ms)
{
	return digits(p, 2, &tm->tm_hour) && tm->tm_hour < 24 &&
	    literal(p, ':') && digits(p, 2, &tm->tm_min) && tm->tm_min < 60 &&
	    read_seconds(p, tm, ms);
}

/* "Z", "+07", "+07:00", "+0700" to the end of the text. */
static bool
read_offset(const char *p, int *offset_s)
{
	int hours, minutes = 0, sign = *p == '-' ? -1 : 1;

	*offset_s = 0;
	if (*p == 'Z' || *p == 'z')
		return p[1] == '\0';
	if (*p != '+' && *p != '-')
		return false;
	p++;
	if (!digits(&p, 2, &hours) || hours > 14)
		return false;
	if (*p != '\0') {
		(void)literal(&p, ':');
		if (!digits(&p, 2, &minutes) || minutes > 59 || *p != '\0')
			return false;
	}
	*offset_s = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool
read_epoch(const char *text, int64_t *out_ms)
{
	size_t n = strspn(text, "0123456789");

	if (text[n] != '\0' || n < EPOCH_DIGITS_MIN || n > EPOCH_DIGITS_MAX)
		return false;
	*out_ms = 0;
	for (; *text != '\0'; text++)
		*out_ms = *out_ms * 10 + (*text - '0');
	return true;
}

int
when_parse(const char *text, int64_t *out_ms)
{
	struct tm tm = {.tm_isdst = -1};
	const char *p = text;
	int ms = 0, offset_s;
	int64_t seconds;

	if (read_epoch(text, out_ms))
		return 0;
	if (!read_date(&p, &tm))
		return -1;
	if (*p != '\0') {
		if (*p != 'T' && *p != 't' && *p != ' ')
			return -1;
		p++;
		if (!read_time(&p, &tm, &ms))
			return -1;
	}
	if (*p == '\0') {
		seconds = mktime(&tm);
	} else {
		if (!read_offset(p, &offset_s))
			return -1;
		seconds = timegm(&tm) - offset_s;
	}
	*out_ms = seconds * 1000 + ms;
	return 0;
}

bool
when_is_plausible(int64_t ms)
{
	return ms >= PLAUSIBLE_FROM_MS && ms < PLAUSIBLE_TO_MS;
}

/* Splits into local time and milliseconds 0 to 999, also before 1970. */
static int
split(int64_t ms, struct tm *tm)
{
	int64_t rest = ms % 1000;
	time_t seconds = (time_t)(ms / 1000);

	if (rest < 0) {
		rest += 1000;
		seconds--;
	}
	if (localtime_r(&seconds, tm) == NULL)
		memset(tm, 0, sizeof(*tm));
	return (int)rest;
}

const char *
when_format(int64_t ms, char buf[WHEN_SIZE])
{
	struct tm tm;
	unsigned rest = (unsigned)split(ms, &tm) % 1000;
	char zone[8] = "", seconds[24] = "";

	(void)strftime(seconds, sizeof(seconds), "%Y-%m-%dT%H:%M:%S", &tm);
	(void)strftime(zone, sizeof(zone), "%z", &tm);
	(void)snprintf(buf, WHEN_SIZE, "%s.%03u%.3s:%s", seconds, rest, zone,
	    strlen(zone) > 3 ? zone + 3 : "00");
	return buf;
}

const char *
when_format_date(int64_t ms, char buf[WHEN_SIZE])
{
	struct tm tm;

	(void)split(ms, &tm);
	if (strftime(buf, WHEN_SIZE, "%d/%m/%Y", &tm) == 0)
		*buf = '\0';
	return buf;
}

int64_t
when_zone_ms(int64_t ms)
{
	struct tm tm;

	(void)split(ms, &tm);
	return (int64_t)tm.tm_gmtoff * 1000;
}

int
when_parse_date(const char *text, int *year, int *month, int *day)
{
	const char *p = text;
	struct tm tm;

	if (!read_date(&p, &tm) || *p != '\0')
		return -1;
	*year = tm.tm_year + 1900;
	*month = tm.tm_mon + 1;
	*day = tm.tm_mday;
	return 0;
}

int
duration_parse(const char *text, int64_t *out_ms)
{
	int64_t value = 0, scale = 1;
	const char *p = text;

	for (; *p >= '0' && *p <= '9'; p++) {
		value = value * 10 + (*p - '0');
		if (value > DURATION_MAX_S)
			return -1;
	}
	if (p == text)
		return -1;
	if (*p != '\0') {
		scale = 0;
		for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
			if (*p == units[i].letter)
				scale = units[i].seconds;
		if (scale == 0 || p[1] != '\0')
			return -1;
	}
	if (value > DURATION_MAX_S / scale)
		return -1;
	*out_ms = value * scale * 1000;
	return 0;
}

const char *
duration_format(int64_t ms, char buf[WHEN_SIZE])
{
	int64_t seconds = ms / 1000;
	size_t i = 0;

	while (seconds % units[i].seconds != 0)
		i++;
	if (seconds == 0)
		(void)snprintf(buf, WHEN_SIZE, "0");
	else
		(void)snprintf(buf, WHEN_SIZE, "%" PRId64 "%c",
		    seconds / units[i].seconds, units[i].letter);
	return buf;
}
