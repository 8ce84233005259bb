/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Names from the table.
 */
#include <stddef.h>

#include "smpp/status.h"

const char *
smpp_status_name(uint32_t status)
{
	switch (status) {
#define S(id, number, name)                                                   \
	case number:                                                          \
		return name;
		SMPP_STATUSES(S)
#undef S
	default:
		return NULL;
	}
}
