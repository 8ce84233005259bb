/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes the commands of baotinctl in man(7) macros; only run by make.
 */
#include <stdio.h>

#include "ctl/help.h"

int
main(void)
{
	help_manual(stdout);
	return fflush(stdout) == 0 ? 0 : 1;
}
