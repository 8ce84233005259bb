/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes what the table of keys says about itself: the example file and the
 * list of keys of baotin.conf(5). Run by make, not installed.
 */
#include <stdio.h>
#include <string.h>

#include "conf/conf.h"

int
main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "example") == 0) {
		conf_print_example(stdout);
	} else if (argc == 2 && strcmp(argv[1], "manual") == 0) {
		conf_print_manual(stdout);
	} else {
		(void)fprintf(stderr, "usage: confdoc example|manual\n");
		return 2;
	}
	return fflush(stdout) == 0 ? 0 : 1;
}
