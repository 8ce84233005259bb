/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What each key does on each screen.
 */
#ifndef LOOKUP_MENU_H
#define LOOKUP_MENU_H

#include "lookup/dialogue.h"

/* The functions of struct dialogue_menu. */
void menu_begin(struct dialogue *);
void menu_step(struct dialogue *, enum dialogue_state);

#endif
