/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The answer of `report` as a page to print for the director, in Vietnamese.
 */
#ifndef CTL_REPORT_H
#define CTL_REPORT_H

#include <stdio.h>

#include <jansson.h>

void report_html(FILE *, const json_t *result);

#endif
