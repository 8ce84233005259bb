/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The credit of the SIMs, asked by USSD (modems[].balance).
 */
#ifndef DAEMON_BALANCE_H
#define DAEMON_BALANCE_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct daemon;
struct modem;

void balance_start(struct daemon *);
void balance_stop(struct daemon *);

/* Asks those whose time has come. Every few seconds. */
void balance_tick(struct daemon *);

/* A text was refused for a cause that a SIM without credit has, too. */
void balance_suspect(struct daemon *, const struct modem *,
    const char *reason);

/* Sets "balance" (null: unknown), "balance_at" and, is_alone, the answer as
 * it came, "balance_text", with numbers masked. */
void balance_describe(const struct daemon *, const struct modem *,
    bool is_alone, json_t *out);

/* The balance of the SIM in this modem; -1 unknown. The second function says
 * whether it could not be read. */
int64_t balance_of(const struct daemon *, const struct modem *);
bool balance_is_unreadable(const struct daemon *, const struct modem *);

#endif
