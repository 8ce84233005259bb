/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The small fields that TPDUs are made of: hexadecimal, telephone numbers
 * in semi-octets, time stamps (3GPP TS 23.040 §9.1.2). Pure functions.
 */
#ifndef SIM_OCTETS_H
#define SIM_OCTETS_H

#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

#define ADDRESS_SIZE 12 /* length, type, 10 octets (§9.1.2.5) */

/* Hexadecimal, upper case; out takes 2 * n + 1. */
void hex_encode(const uint8_t *octets, size_t n, char *out);

/* Returns the octets, or -1: no hexadecimal, odd, or more than size. */
int hex_decode(const char *hex, uint8_t *out, size_t size);

/* An address as in TP-OA, its length counted in digits: "+digits" as
 * international, digits as unknown, anything else as a name of up to 11
 * characters. Returns its octets. */
size_t address_encode(const char *number, uint8_t out[ADDRESS_SIZE]);

/* Reads one; returns the octets it took or -1. Names are not read (a
 * SUBMIT has none). */
int address_decode(const uint8_t *, size_t n, char out[SIM_NUMBER_SIZE]);

/* A service centre address, its length counted in octets (3GPP TS 27.005
 * §3.1). "" gives the one octet 0. */
size_t smsc_encode(const char *number, uint8_t out[ADDRESS_SIZE]);

/* TP-SCTS (§9.2.3.11), in local time. */
void scts_encode(int64_t at_ms, uint8_t out[7]);

#endif
