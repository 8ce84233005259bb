/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The arguments that several commands share: [ID] and options.
 */
#ifndef ADMIN_OPTIONS_H
#define ADMIN_OPTIONS_H

#include "admin/request.h"

/* Borrowed from the request. NULL: not given. since: wall clock in
 * milliseconds; 0: not given. */
struct admin_options {
	const char *id, *agency, *state, *reason, *pool, *after,
	    *from, *to, *month;
	int64_t since;
	bool is_citizens, is_csv, is_letters, is_html,
	    is_vi;
};

/* Reads [ID] [--agency ID] [--since T]. Returns 0, or -1: the request has been
 * answered. An agency that is not in the configuration is refused. */
int admin_options(struct admin_request *, struct admin_options *);

/* The same with the options in names, such as "--agency --csv". */
int admin_options_of(struct admin_request *, const char *names,
    struct admin_options *);

/* Does it look like a message's ID? */
bool admin_is_message_id(const char *);

#endif
