/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the members of an agency's group see on its socket: what is its own.
 */
#ifndef ADMIN_OWN_H
#define ADMIN_OWN_H

#include "admin/request.h"

/* May this peer run this command at all? Rights to change are not looked at. */
bool own_may_run(const struct admin_request *);

/* May this peer read a dossier with this record (of view_record())? */
bool own_is_record(const struct admin_request *, const json_t *record);

#endif
