/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Where in a line libgammu has stopped to read.
 */
#ifndef WORKER_EAR_H
#define WORKER_EAR_H

#include <stdbool.h>

/* Listens on this descriptor from now on, at the start of a line. */
void ear_open(int fd);

/* Was the last octet that anybody here read of it inside a line, or before
 * the second line of a +CDS or +CMT? Then only who has the first half may
 * read the rest. */
bool ear_is_inside(void);

#endif
