/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotinctl ussd-try: shows the screens of the menu and reads what a citizen
 * would type.
 */
#ifndef CTL_USSD_H
#define CTL_USSD_H

#include <stdbool.h>

#include "ipc/control.h"

struct ussd_job {
	const char *const *words;	/* of the command line, n of them */
	size_t n;
	bool is_json;
	/* Asks the daemon: 0 with *answer, or the exit status (told). */
	int (*ask)(const char *const *words, size_t n,
	    struct control_answer *answer, void *arg);
	void *arg;
};

/* Until the dialogue is over or there is no more input. Returns the exit
 * status. */
int ussd_run(const struct ussd_job *);

#endif
