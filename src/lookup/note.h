/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the desk reads of a citizen's text that has no word of ours.
 */
#ifndef LOOKUP_NOTE_H
#define LOOKUP_NOTE_H

#define NOTE_CHARACTERS 1000	/* six segments of UCS-2 are 402 */

/* text as one line of valid UTF-8: control characters, ends of lines and
 * blanks in a row become one blank, what changes the direction or has no width
 * goes, bad octets become '?', and what is behind NOTE_CHARACTERS becomes
 * "...". NULL: nothing is left. The caller frees. */
char *note_make(const char *text);

#endif
