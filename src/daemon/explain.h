/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Explains a word that stands in a receipt, a rejection or an import's report.
 */
#ifndef DAEMON_EXPLAIN_H
#define DAEMON_EXPLAIN_H

#include <jansson.h>

/* As the hook explain of admin/admin.h; arg: the daemon. */
json_t *explain_view(const char *word, void *arg);

#endif
