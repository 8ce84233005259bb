/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The control socket: a command per line in, a JSON object per line out;
 * and, to those who said "listen PHONE", an object with "event" for what
 * that phone sees.
 */
#ifndef SIM_CONTROL_H
#define SIM_CONTROL_H

#include <jansson.h>

#include "sim/sim.h"

#define CONTROL_NAME	 "sim.sock"
#define CONTROL_LINE_MAX (256 * 1024)

struct control;

/* Listens on DIR/sim.sock. NULL: another simulator does, or the path is too
 * long (logged). */
struct control *control_new(struct sim *);
void control_free(struct control *);

/* The address of the socket in a folder. 0 or -1: the path is too long
 * (told). */
struct sockaddr_un;
int control_address(const char *dir, struct sockaddr_un *out);

/* Tells those who listen to a phone what it sees now. Takes the object. */
void control_tell(struct sim *, const char *phone, json_t *event);

#endif
