/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Errors that modems write as words instead of numbers (AT+CMEE=2, or whatever
 * AT+CMEE says).
 */
#ifndef WORKER_ERRORS_H
#define WORKER_ERRORS_H

#include <stdbool.h>

#define CME_UNKNOWN 100
#define CMS_UNKNOWN 500

/* Reads what stands behind "+CME ERROR:" or (is_cms) "+CMS ERROR:": digits, or
 * the words of 3GPP TS 27.007 §9.2 and TS 27.005 §3.2.5, in any case. Returns
 * the number; CME_UNKNOWN or CMS_UNKNOWN for unknown words; never 0. */
int errors_number(const char *text, bool is_cms);

#endif
