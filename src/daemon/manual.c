/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes the options of baotind in man(7) macros. Only make runs it.
 */
#include <stdio.h>

#include "daemon/usage.h"

int
main(void)
{
	usage_manual(stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
