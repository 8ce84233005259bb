/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What worker and modem said to each other, for people.
 */
#ifndef MODEM_LINES_H
#define MODEM_LINES_H

#include <jansson.h>

struct modem;

/* The end of a probe: what was asked and answered, a line each ("> AT+CSQ",
 * "< +CSQ: 20,99"); NULL: the worker ended before. */
typedef void modem_probed(struct modem *, const char *lines, void *arg);
/* Asks the modem what it can do. -1: there is no worker that could, or it is
 * being asked at this moment. */
int modem_probe(struct modem *, modem_probed *, void *arg);
/* Lines as the probe has them, as an array; the caller's. */
json_t *modem_lines(const char *lines);
/* {"reason", "at", "dialogue": [line, …]}: what was last said before
 * something failed; null when nothing has. The caller's. */
json_t *modem_failure(const struct modem *);

#endif
