/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Once a day a text to the agency's own desk: how many citizens were not
 * reached (baotinctl undelivered), when there are any.
 *
 * promises: once a day per agency and phone, however often the daemon starts
 *	and however many gateways there are: the day makes the message's ID.
 * never does: name a citizen, a dossier or a number.
 */
#ifndef DAEMON_DIGEST_H
#define DAEMON_DIGEST_H

struct daemon;

/* Called every few seconds. */
void digest_tick(struct daemon *);

#endif
