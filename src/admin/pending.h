/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What texts that are not out yet wait for at this moment, in words.
 */
#ifndef ADMIN_PENDING_H
#define ADMIN_PENDING_H

#include "admin/request.h"

/* Rows of the function `pending` of Redis as {"message", "dossier", "state",
 * "waits_for", "until_at", "expires_at"}, in English or Vietnamese; until_at:
 * when that ends, null where nobody knows. */
json_t *pending_view(const struct admin_request *, const json_t *rows,
    bool is_vi);

#endif
