/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The numbers after which trying again is pointless. All others may be
 * worth it: networks say odd things.
 */
#include <stddef.h>

#include "dispatch/verdict.h"

/* 3GPP TS 24.011 annex E, TS 23.040 §9.2.3.22. */
static const int32_t permanent[] = {
	1,	/* unassigned number */
	195,	/* invalid SME address */
	196,	/* destination SME barred */
};

bool
verdict_may_retry(int32_t code)
{
	for (size_t i = 0; i < sizeof(permanent) / sizeof(permanent[0]); i++)
		if (permanent[i] == code)
			return false;
	return true;
}
