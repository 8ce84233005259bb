/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One text with its placeholders: `{code}` is a value, `[ … {due}]` a part
 * that is left out when a value in it is unknown, `{{ }} [[ ]]` the signs
 * themselves. Used by the template files' reader and by rendering only.
 */
#ifndef TEXT_TEMPLATE_EXPAND_H
#define TEXT_TEMPLATE_EXPAND_H

#include "text/template.h"

#define TEMPLATE_FAULT_SIZE 256

/* The longest values that a text must have room for. */
const struct template_values *template_longest_values(void);

/* Puts the values into the source; an unknown one outside brackets becomes
 * nothing. 0 with *out for the caller to free, or -1 with a sentence in
 * fault on what to change in the source. */
int template_expand(const char *source, const struct template_values *,
    char **out, char fault[TEMPLATE_FAULT_SIZE]);

/* A value made fit for a text: valid UTF-8 in NFC, control characters and
 * runs of blanks to one blank, none at its ends. The caller frees; "" for
 * NULL. */
char *template_clean_value(const char *value);

#endif
