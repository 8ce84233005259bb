/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The tables of AT commands (cmd_*.c), which command.c looks up.
 */
#ifndef SIM_COMMANDS_H
#define SIM_COMMANDS_H

#include "sim/modem_state.h"

/* The commands: name, what the SIM must be, function. */
enum at_needs {
	NEEDS_NOTHING,
	NEEDS_SIM,     /* else CME 10 */
	NEEDS_PIN,     /* else CME 10, 11, 12 */
	NEEDS_PIN_SMS, /* else CMS 310, 311, 316 */
};

struct at_handler {
	const char *name;
	enum at_needs needs;
	int (*run)(struct modem *, const struct at_command *);
};

/* Each ends with a name of NULL. */
const struct at_handler *cmd_general_table(void);
const struct at_handler *cmd_sim_table(void);
const struct at_handler *cmd_net_table(void);
const struct at_handler *cmd_memory_table(void);
const struct at_handler *cmd_send_table(void);
const struct at_handler *cmd_call_table(void);

#endif
