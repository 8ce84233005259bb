/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The modem's condition: signal, registration, operator, memory.
 */
#ifndef WORKER_HEALTH_H
#define WORKER_HEALTH_H

struct worker;

/* Asks the modem and adds a HEALTH frame to the link. Nothing may be on the
 * air. If the modem does not answer, the worker fails. */
void health_tell(struct worker *);

/* Asks one cheap question between two full rounds: is the modem there, and is
 * its registration as before? If not, a full round is due. */
void health_beat(struct worker *);

/* Converts +CSQ's rssi (3GPP TS 27.007 §8.5) to dBm; 0: not known. */
int health_dbm(int rssi);
/* Finds <stat> in the lines of AT+CREG? and similar commands (§7.2): "+CREG:
 * <n>,<stat>" is the answer, "+CREG: <stat>[,"<area>",…]" came by itself.
 * Returns 0 when there is none. */
int health_stat(const char *lines);
/* Names <AcT> of +COPS (§7.3): "2g", "3g", "lte", "nb-iot", "5g", or "". */
const char *health_technology(int act);

#endif
