/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The live view of the gateway.
 */
#ifndef CTL_MONITOR_H
#define CTL_MONITOR_H

#include <stdbool.h>
#include <stddef.h>

#include "ipc/control.h"

struct monitor_job {
	bool is_json;
	bool has_colours;
	/* Asks the daemon. 0 with the answer, or -1 with a sentence. */
	int (*ask)(struct control_answer *, char *error, size_t size,
	    void *arg);
	void *arg;
};

/* Shows what the daemon says, on a terminal until q or a signal, elsewhere
 * until a signal or until nobody reads. The exit status: 1 when the daemon
 * does not answer the first time. */
int monitor_run(const struct monitor_job *);

#endif
