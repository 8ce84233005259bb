/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is in force, and taking it over anew: show config, reload.
 */
#include <stdio.h>
#include <stdlib.h>

#include "admin/cmd.h"
#include "admin/request.h"
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

void
cmd_reload(struct admin_request *req)
{
	json_t *faults = req->tools->hooks->reload(req->tools->arg);
	bool failed = json_array_size(faults) > 0;
	json_t *out = json_pack("{s:b, s:o}", "reloaded", !failed, "faults",
	    faults);

	if (failed)
		request_fail_with(req, 1, out, "nothing was taken over");
	else
		admin_reply(req, out);
}
