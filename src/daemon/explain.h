/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a word of a receipt, a rejection or an import means.
 */
#ifndef DAEMON_EXPLAIN_H
#define DAEMON_EXPLAIN_H

#include <jansson.h>

/* As the hook explain of admin/admin.h; arg: the daemon. */
json_t *explain_view(const char *word, void *arg);

#endif
