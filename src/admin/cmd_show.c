/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is in force: show config.
 */
#include <stdio.h>
#include <stdlib.h>

#include "admin/cmd.h"
#include "conf/conf.h"

void
cmd_show_config(struct admin_request *req)
{
	char *text = NULL;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	conf_print(request_conf(req), to);
	(void)fclose(to);
	admin_reply(req, json_pack("{s:s}", "config", text));
	free(text);
}
