/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a string of each type may be. Pure, but for check_timezone, which
 * looks for a file.
 */
#ifndef CONF_CHECK_H
#define CONF_CHECK_H

#include <stdbool.h>

bool check_text(const char *);		/* UTF-8 without control characters */
bool check_name(const char *);		/* [A-Za-z0-9_.-]+ */
bool check_path(const char *);		/* begins with "/" */
bool check_device(const char *);	/* a path, or "auto" */
bool check_timezone(const char *);
bool check_digits(const char *);
bool check_imei(const char *);		/* 15 digits, TS 23.003 §6.2.1 */
bool check_centre(const char *);	/* "+" and 5 to 15 digits */
bool check_ussd_code(const char *);	/* "*101#", "#100#" */
bool check_pattern(const char *);	/* POSIX ERE with one group */
bool check_server(const char *);	/* unix:/path or host:port */
bool check_sentinel(const char *);	/* host:port */
bool check_listen(const char *);	/* numeric address:port */
bool check_net(const char *);		/* numeric address or address/bits */
bool check_prefix(const char *);	/* 2 to 6 digits, the first a 0 */

/* "07:00-21:00" to minutes of the day, the second at most 1440. 0 or -1. */
int check_window(const char *, int window[2]);

#endif
