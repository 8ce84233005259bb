/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotinctl pin: asks for a PIN without showing it.
 */
#ifndef CTL_PIN_H
#define CTL_PIN_H

#include <jansson.h>

/* From the terminal, or one line of standard input when that is none. The
 * rows for the request, the caller's; NULL: told, or nothing was typed. */
json_t *pin_rows(const char *modem);

#endif
