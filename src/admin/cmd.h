/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One function per row of ipc/commands.def. Its request has the right number of
 * arguments, and the client may run it. The function answers it once, now or
 * after Redis or a hook has answered.
 */
#ifndef ADMIN_CMD_H
#define ADMIN_CMD_H

#include "admin/request.h"

/* Runs the command of a new request. It may answer, and free the request,
 * before it returns. */
void cmd_run(struct admin_request *);

typedef void command_function(struct admin_request *);

#define DECLARE_LOCAL(name)
#define DECLARE_READ(name)   command_function cmd_##name;
#define DECLARE_LOOK(name)   command_function cmd_##name;
#define DECLARE_CHANGE(name) command_function cmd_##name;
#define C(name, words, arguments, least, most, right, line, more)             \
	DECLARE_##right(name)
COMMANDS(C)
#undef C

#endif
