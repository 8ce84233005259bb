/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What an error number of modem or network means for the message.
 */
#ifndef DISPATCH_VERDICT_H
#define DISPATCH_VERDICT_H

#include <stdbool.h>
#include <stdint.h>

/* May the message be tried again? code: the CMS number (3GPP TS 27.005
 * §3.2.5: RP causes of 24.011, TP-FCS of 23.040, its own), or -1 for a
 * plain ERROR. */
bool verdict_may_retry(int32_t code);

#endif
