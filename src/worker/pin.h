/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Which PIN was tried on which SIM: three wrong ones lock a SIM for good,
 * and a supervisor that restarts us would make them in a second.
 */
#ifndef WORKER_PIN_H
#define WORKER_PIN_H

#include <stdbool.h>

enum pin_advice {
	PIN_TRY,
	PIN_UNKNOWN,		/* we were given none */
	PIN_REFUSED,		/* this one was tried and did not unlock */
	PIN_TOO_FEW,		/* fewer than two tries are left */
};

/* tries_left -1: unknown. iccid "" when the SIM does not tell: then the
 * modem's IMEI stands for it. A file that can't be read counts as refused.
 * Another PIN than the refused one gets its try only where the SIM itself
 * says that two are left; or, when the SIM does not tell and is_typed (an
 * operator gave it just now), as the second try that we know of. */
enum pin_advice pin_ask(const char *file, const char *iccid,
    const char *imei, const char *pin, int tries_left, bool is_typed);

/* Before the try: remembered as refused and synced, so that a crash counts
 * as a refusal. 0, or -1 (logged): then it must not be tried. */
int pin_note_try(const char *file, const char *iccid, const char *imei,
    const char *pin);
/* The SIM took it. */
void pin_note_success(const char *file, const char *iccid, const char *imei,
    const char *pin);

#endif
