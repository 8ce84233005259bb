/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Remembers which PIN was tried on which SIM. Three wrong tries lock a SIM, and
 * a supervisor that restarts the worker would make them within a second.
 */
#ifndef WORKER_PIN_H
#define WORKER_PIN_H

#include <stdbool.h>

enum pin_advice {
	PIN_TRY,
	PIN_UNKNOWN,		/* we were given none */
	PIN_REFUSED,		/* this PIN did not unlock the SIM */
	PIN_TOO_FEW,		/* fewer than two tries are left */
};

/* tries_left: -1 unknown. iccid: "" when the SIM does not tell; then the
 * modem's IMEI stands for it. A file that can't be read counts as refused. A
 * PIN other than the refused one may be tried only when the SIM itself says
 * that two tries are left; or, when the SIM does not tell and is_typed (an
 * operator has just typed it), as the second try that we know of. */
enum pin_advice pin_ask(const char *file, const char *iccid,
    const char *imei, const char *pin, int tries_left, bool is_typed);

/* To be called before the try: records it as refused and syncs, so that a crash
 * counts as a refusal. Returns 0, or -1 (logged): then the PIN must not be
 * tried. */
int pin_note_try(const char *file, const char *iccid, const char *imei,
    const char *pin);
/* The SIM accepted the PIN. */
void pin_note_success(const char *file, const char *iccid, const char *imei,
    const char *pin);

#endif
