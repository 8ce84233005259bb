/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a phone shows, on standard output: framed as its display would, in
 * colour on a terminal, or one plain line each for scripts.
 */
#ifndef SIM_PHONE_SCREEN_H
#define SIM_PHONE_SCREEN_H

#include <stdbool.h>

struct phone_screen {
	bool is_framed;
	bool is_coloured;
	bool has_prompt; /* somebody types on this terminal */
};

/* head: "SMS +84…"; plain: the line's beginning for scripts; asks: a field
 * to type into stands below. */
void phone_screen_show(const struct phone_screen *, const char *head,
    const char *plain, const char *text, bool asks);

/* Shows what was typed, for a user who sees only the output. */
void phone_screen_echo(const struct phone_screen *, const char *line);

void phone_screen_prompt(const struct phone_screen *);

#endif
