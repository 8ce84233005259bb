/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One predicate per type of string. Empty strings never come here when an
 * option allows them.
 */
#include <arpa/inet.h>

#include <ctype.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unistr.h>

#include "base/mem.h"
#include "conf/check.h"

#define DIGITS "0123456789"
#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#define ZONES "/usr/share/zoneinfo/"

static bool
consists_of(const char *s, const char *set)
{
	return *s != '\0' && s[strspn(s, set)] == '\0';
}

bool
check_text(const char *s)
{
	for (const char *p = s; *p != '\0'; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return false;
	return u8_check((const uint8_t *)s, strlen(s)) == NULL;
}

bool
check_name(const char *s)
{
	return consists_of(s, LETTERS DIGITS "_.-");
}

bool
check_path(const char *s)
{
	return *s == '/' && check_text(s);
}

bool
check_device(const char *s)
{
	return strcmp(s, "auto") == 0 || check_path(s);
}

bool
check_timezone(const char *s)
{
	char path[256];

	if (strcmp(s, "UTC") == 0)
		return true;
	if (!consists_of(s, LETTERS DIGITS "_+-/") || *s == '/')
		return false;
	(void)snprintf(path, sizeof(path), ZONES "%s", s);
	return access(path, R_OK) == 0;
}

bool
check_digits(const char *s)
{
	return consists_of(s, DIGITS);
}

bool
check_imei(const char *s)
{
	return check_digits(s) && strlen(s) == 15;
}

bool
check_centre(const char *s)
{
	size_t len = strlen(s);

	return *s == '+' && check_digits(s + 1) && len >= 6 && len <= 16;
}

bool
check_ussd_code(const char *s)
{
	size_t len = strlen(s);

	return consists_of(s, DIGITS "*#") && len >= 3 && !isdigit(
	    (unsigned char)*s) && s[len - 1] == '#';
}

bool
check_pattern(const char *s)
{
	regex_t re;
	bool ok;

	if (!check_text(s) || regcomp(&re, s, REG_EXTENDED) != 0)
		return false;
	ok = re.re_nsub == 1;
	regfree(&re);
	return ok;
}

static bool
is_port(const char *s)
{
	return check_digits(s) && strlen(s) <= 5 && atoi(s) >= 1 &&
	    atoi(s) <= 65535;
}

/* Splits "host:port" or "[v6]:port"; the caller frees the host. NULL: it is
 * neither. */
static char *
host_take(const char *s)
{
	const char *colon = strrchr(s, ':');

	if (colon == NULL || colon == s || !is_port(colon + 1))
		return NULL;
	if (*s == '[')
		return colon[-1] == ']' && colon - s > 2
		    ? xstrndup(s + 1, (size_t)(colon - s) - 2) : NULL;
	return memchr(s, ':', (size_t)(colon - s)) == NULL
	    ? xstrndup(s, (size_t)(colon - s)) : NULL;
}

static bool
is_address(const char *s, int *bits)
{
	unsigned char in[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, s, in) == 1)
		*bits = 32;
	else if (inet_pton(AF_INET6, s, in) == 1)
		*bits = 128;
	else
		return false;
	return true;
}

bool
check_sentinel(const char *s)
{
	char *host = host_take(s);
	int bits;
	bool ok = host != NULL && (*s == '[' ? is_address(host, &bits)
	    : check_name(host));

	free(host);
	return ok;
}

bool
check_server(const char *s)
{
	if (strncmp(s, "unix:", 5) == 0)
		return check_path(s + 5) && strlen(s + 5) <= 107;
	return check_sentinel(s);
}

bool
check_listen(const char *s)
{
	char *host = host_take(s);
	int bits = 0;
	bool ok = host != NULL && is_address(host, &bits) &&
	    (bits == 128) == (*s == '[');

	free(host);
	return ok;
}

bool
check_net(const char *s)
{
	const char *slash = strchr(s, '/');
	char *host = xstrndup(s, slash != NULL ? (size_t)(slash - s)
	    : strlen(s));
	int bits;
	bool ok = is_address(host, &bits) && (slash == NULL ||
	    (check_digits(slash + 1) && strlen(slash + 1) <= 3 &&
	    atoi(slash + 1) <= bits));

	free(host);
	return ok;
}

bool
check_prefix(const char *s)
{
	size_t len = strlen(s);

	return *s == '0' && check_digits(s) && len >= 2 && len <= 6;
}

static int
minutes(const char *s)
{
	int h, m;

	if (!isdigit((unsigned char)s[0]) || !isdigit((unsigned char)s[1]) ||
	    s[2] != ':' || !isdigit((unsigned char)s[3]) ||
	    !isdigit((unsigned char)s[4]))
		return -1;
	h = (s[0] - '0') * 10 + s[1] - '0';
	m = (s[3] - '0') * 10 + s[4] - '0';
	return m < 60 && h * 60 + m <= 1440 ? h * 60 + m : -1;
}

int
check_window(const char *s, int window[2])
{
	if (strlen(s) != 11 || s[5] != '-')
		return -1;
	window[0] = minutes(s);
	window[1] = minutes(s + 6);
	return window[0] == -1 || window[1] == -1 ? -1 : 0;
}
