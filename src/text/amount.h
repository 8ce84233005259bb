/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sums of money as citizens read them.
 */
#ifndef TEXT_AMOUNT_H
#define TEXT_AMOUNT_H

#define AMOUNT_SIZE 40

/* "1200000" as "1.200.000 đ". Returns out. */
const char *amount_format(const char *digits, char out[AMOUNT_SIZE]);

#endif
