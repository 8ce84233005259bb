/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How the modem is: signal, registration, operator, memory.
 */
#ifndef WORKER_HEALTH_H
#define WORKER_HEALTH_H

struct worker;

/* Asks the modem (nothing may be on the air) and gathers a HEALTH frame. A
 * modem that does not answer fails the worker. */
void health_tell(struct worker *);

/* Asks one cheap question between two rounds: is the modem there, and still
 * on, or off, the network as it said last? Else a whole round is due. */
void health_beat(struct worker *);

/* +CSQ's rssi (3GPP TS 27.007 §8.5) in dBm; 0: not known. */
int health_dbm(int rssi);
/* <stat> among the lines of AT+CREG? and its like (§7.2): "+CREG: <n>,<stat>"
 * is the answer, "+CREG: <stat>[,"<area>",…]" came by itself. 0: none. */
int health_stat(const char *lines);
/* <AcT> of +COPS (§7.3) as "2g", "3g", "lte", "nb-iot", "5g", or "". */
const char *health_technology(int act);

#endif
