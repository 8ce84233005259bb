/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Vietnamese without its accents, and text made clean: what every handset
 * shows and what fits one segment instead of two.
 */
#ifndef TEXT_FOLD_H
#define TEXT_FOLD_H

/* Valid UTF-8 without forbidden control characters (all below U+0020 but
 * newline)? Returns NFC of it for the caller to free, or NULL. */
char *text_clean(const char *utf8);

/* The unaccented form: NFD, Vietnamese marks dropped, đ to d,
 * curly quotes straight, dashes to "-", "…" to "...", NBSP to space, ₫ to d,
 * zero-width characters gone; then NFC. Other scripts stay as they are.
 * utf8 must be valid; the caller frees. */
char *text_fold(const char *utf8);

#endif
