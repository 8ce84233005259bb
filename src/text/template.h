/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The office's words: one text per situation (status × channel), language
 * and, where an agency differs, agency; read from files that operators edit.
 *
 * owns: the loaded set, read-only after loading.
 * promises: whatever loads can be sent; a text that can't is refused with
 *	file and line before any citizen gets it.
 * never does: decide who gets a text, or when.
 */
#ifndef TEXT_TEMPLATE_H
#define TEXT_TEMPLATE_H

#include <stdbool.h>

#include "dossier/status.h"
#include "text/segment.h"

struct phrases;
struct templates;

/* The values a text may hold; NULL or "" when unknown. */
struct template_values {
	const char *agency;	/* {agency}: the office's name */
	const char *desk;	/* {desk} */
	const char *hotline;	/* {hotline} */
	const char *code;	/* {code}: the dossier's code */
	const char *place;	/* {place}: collect_at, else the desk */
	const char *due;	/* {due}: dd/mm/yyyy */
	const char *date;	/* {date}: of the change, dd/mm/yyyy */
	const char *fee;	/* {fee}: "120.000 d" */
	const char *parcel;	/* {parcel} */
};

/* Reads every language file below dir; agency ids that have a folder of
 * their own must be among agencies (NULL-terminated; NULL: any). A file's
 * fault goes to fault(…) as a sentence with file and line; reading goes on,
 * so that one run shows them all. Returns the set, or NULL when there was
 * any fault. max_segments: 1 to SEGMENTS_MAX. The caller frees. */
typedef void template_fault(const char *file, int line, const char *text,
    void *arg);
struct templates *templates_load(const char *dir, const char *const *agencies,
    unsigned max_segments, template_fault *fault, void *arg);

/* The same for who sends: every notice that goes out by default (see
 * docs/producers.md) must have its text in Vietnamese, for each agency and
 * channel, or be switched off. A deleted line is a fault, for nobody would be
 * told any more. */
struct templates *templates_load_complete(const char *dir,
    const char *const *agencies, unsigned max_segments,
    template_fault *fault, void *arg);
void templates_free(struct templates *);

/* The words of lookups that stand in the folder's lookup/, borrowed. */
const struct phrases *templates_phrases(const struct templates *);

/* Is there such a language? */
bool templates_has_language(const struct templates *, const char *lang);

/* The i-th language that has common texts, NULL after the last one. */
const char *templates_language(const struct templates *, size_t i);

enum template_verdict {
	TEMPLATE_OK,
	TEMPLATE_OFF,		/* switched off, or no such text at all */
	TEMPLATE_TOO_LONG,	/* with these values more than max_segments */
};

/* Makes the text of one notice. It takes the first text that exists: the
 * agency's for the channel, the agency's, the common one for the channel, the
 * common one; each in lang, then in Vietnamese. A notice that the Vietnamese
 * file switches off is off in every language. accents false gives the
 * unaccented form where the language has one; so does true when only that form
 * is short enough. lang and agency may be NULL. Values may be any octets. On
 * TEMPLATE_OK *out is the text for the caller to free, else NULL. */
enum template_verdict templates_render(const struct templates *,
    const char *agency, const char *lang, enum situation, enum channel,
    bool accents, const struct template_values *, char **out);

/* Calls each(…) for every text of the set, in a stable order, with what it
 * becomes with the longest sample values: for `template check` and `show`.
 * A text has two rows, without and with accents, where its language has an
 * unaccented form; a line that only switches a notice off has one, with
 * empty source and sample and no segments. The phrases follow, with their
 * names as situations. */
struct template_row {
	const char *agency;	/* "" for the common ones */
	const char *lang;
	const char *situation;	/* "ready", "ready.postal" */
	const char *file;
	int line;
	bool is_off;		/* here or in Vietnamese */
	const char *source;	/* as written */
	const char *sample;	/* rendered with sample values */
	bool accents;
	enum coding coding;
	unsigned segments;
};
void templates_each(const struct templates *,
    void (*each)(const struct template_row *, void *arg), void *arg);

#endif
