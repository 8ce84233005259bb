/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms about one modem: "journal", "modem_no_reports" and its like,
 * "modem_failing", "refusals".
 */
#ifndef DAEMON_TROUBLE_H
#define DAEMON_TROUBLE_H

#include <stdbool.h>

struct modem;

/* For modem_hooks; arg: the daemon. */
void trouble_lacks(struct modem *, const char *lacks, void *arg);
void trouble_journal(struct modem *, bool is_well, const char *trouble,
    void *arg);

/* For dispatch_hooks; arg: the daemon. */
void trouble_breaker(const char *modem, bool is_open, void *arg);
void trouble_refusals(const char *modem, bool is_refusing, void *arg);

#endif
