/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The list of modems of the running daemon.
 */
#ifndef DAEMON_MODEMS_H
#define DAEMON_MODEMS_H

struct daemon;
struct modem;
struct modem_hooks;

/* Makes the modems of d->conf. The hooks are called with d; they are
 * borrowed. */
void modems_start(struct daemon *d, const struct modem_hooks *);
void modems_stop(struct daemon *);

/* d->conf is the new configuration; the old one still exists. */
void modems_reload(struct daemon *);

/* Takes out a modem that has finished after a reload removed it, and frees
 * it. */
void modems_forget(struct daemon *, struct modem *);

/* Returns NULL when no modem has this name. */
struct modem *modems_find(const struct daemon *, const char *name);

#endif
