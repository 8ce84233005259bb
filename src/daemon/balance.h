/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The credit of the SIMs, which the daemon asks for by USSD (modems[].balance).
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

/* Asks each SIM whose time has come. To be called every few seconds. */
void balance_tick(struct daemon *);

/* The network refused a text. When the reason is one that a SIM without credit
 * gets, too, the daemon asks for the credit soon. */
void balance_suspect(struct daemon *, const struct modem *,
    const char *reason);

/* Sets "balance" (null: unknown) and "balance_at". If is_alone, also sets
 * "balance_text", the answer as it came, with numbers masked. */
void balance_describe(const struct daemon *, const struct modem *,
    bool is_alone, json_t *out);

/* The credit of the SIM in this modem, -1 when unknown; and whether the last
 * answer could not be read. */
int64_t balance_of(const struct daemon *, const struct modem *);
bool balance_is_unreadable(const struct daemon *, const struct modem *);

#endif
