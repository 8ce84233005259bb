/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * `baotin-sim phone NUMBER`: a citizen's telephone on a terminal, or led by
 * lines of standard input.
 */
#ifndef SIM_PHONE_H
#define SIM_PHONE_H

/* The words behind "phone". Returns the exit status. */
int phone_main(int argc, char **argv);

#endif
