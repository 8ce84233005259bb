/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The second way in for producers: a list of JSON objects, intake.list. On a
 * connection of its own (it blocks there), the gateway waits for an item, has
 * Redis move it to `taken`, and from there, in one step, to the stream.
 *
 * owns: nothing else: an item is always in the list, in `taken` or in
 *	the stream, whichever process dies.
 * promises: all gateways share `taken`. It is emptied at each connect
 *	and every few seconds, so that a dead gateway's items go on.
 * never does: look into an item; the reader finds it in the stream.
 */
#ifndef INTAKE_LIST_H
#define INTAKE_LIST_H

#include <stdbool.h>

struct conf;
struct event_base;
struct list;
struct store;

/* Returns NULL when no list is configured; the other functions accept that.
 * Borrows conf and store. */
struct list *list_new(struct event_base *, const struct conf *,
    struct store *);
void list_free(struct list *);

/* Starts paused. While it is paused, nothing is moved. */
void list_pause(struct list *, bool is_paused);

/* Why nothing comes from the list, as long as that is so; else "". */
const char *list_trouble(const struct list *);

/* Moves nothing more. */
void list_stop(struct list *);

#endif
