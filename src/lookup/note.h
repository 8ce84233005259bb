/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Prepares a citizen's text without a word of ours for the desk.
 */
#ifndef LOOKUP_NOTE_H
#define LOOKUP_NOTE_H

#define NOTE_CHARACTERS 1000	/* six segments of UCS-2 are 402 */

/* Returns text as one line of valid UTF-8. Control characters, ends of lines
 * and several blanks become one blank. Characters that change the direction or
 * have no width are removed. Bad octets become '?'. What follows
 * NOTE_CHARACTERS becomes "...". Returns NULL when nothing is left. The caller
 * frees. */
char *note_make(const char *text);

#endif
