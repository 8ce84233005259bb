/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The letter to a citizen whom no text reached.
 */
#ifndef DAEMON_LETTER_H
#define DAEMON_LETTER_H

#include <jansson.h>

/* As the hook letter of admin/admin.h; arg: the daemon. */
json_t *letter_view(const json_t *record, void *arg);

#endif
