/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The alarms "modem_no_reports" and its like.
 */
#ifndef DAEMON_LACKS_H
#define DAEMON_LACKS_H

struct alarms;

/* Raises and clears the alarms of this modem; lacks: as in on_lacks of
 * modem/modem.h. */
void lacks_tell(struct alarms *, const char *modem, const char *lacks);

#endif
