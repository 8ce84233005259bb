/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Telephone numbers: any way a clerk or a spreadsheet writes one, to E.164
 * ("+84912345678"); a number that can't be is refused with a reason and
 * never guessed.
 */
#ifndef BASE_PHONE_H
#define BASE_PHONE_H

#include <stdbool.h>

#define PHONE_SIZE 20 /* "+", 15 digits, NUL, and room */

#define PHONE_VERDICTS(X)                                                     \
	X(OK, "ok")                                                           \
	X(EMPTY, "phone_empty")                                               \
	X(CHARACTER, "phone_character")   /* something that is no digit */    \
	X(SHORT, "phone_short")           /* a short code, or digits lost */  \
	X(LENGTH, "phone_length")         /* too many or too few digits */    \
	X(FIXED, "phone_fixed")           /* a fixed line: takes no SMS */    \
	X(PREFIX, "phone_prefix")         /* no mobile prefix */              \
	X(MIGRATED, "phone_old_prefix")   /* 11 digits, not in the table */   \
	X(SERVICE, "phone_service")       /* 1800 and 1900: hotlines */       \
	X(MACHINE, "phone_machine")       /* a SIM of a machine */            \
	X(AMBIGUOUS, "phone_ambiguous")   /* several numbers could be meant */\
	X(COUNTRY, "phone_country")       /* no plan known: write it with + */

enum phone_verdict {
#define X(id, name) PHONE_##id,
	PHONE_VERDICTS(X)
#undef X
};

const char *phone_verdict_name(enum phone_verdict);

/* Writes the E.164 form of text to out, which is "" on any verdict but
 * PHONE_OK. country_code: digits, "84" brings the Vietnamese rules
 * (trunk 0, lost 0, migration of 15 Sep 2018), any other those of its
 * numbering plan (phone_plan.h). A number written with + or 00 is never read
 * as one that lost its 0. */
enum phone_verdict phone_normalise(const char *country_code, const char *text,
    char out[PHONE_SIZE]);

/* The E.164 form of what a modem or the network calls a number: a sender, a
 * caller, the recipient of a status report, the SIM's own. It may be national
 * or international, with or without "+", whatever its type octet says (3GPP
 * TS 23.040 §9.1.2.5). Two numbers are the same when these forms are equal:
 * nothing else compares them. False and "": no number that we could write to,
 * also a name or a short code. */
bool phone_from_network(const char *country_code, const char *text,
    char out[PHONE_SIZE]);

/* Does this text hold the number (E.164), in whatever notation? For looking
 * through what came from outside. */
bool phone_is_in(const char *country_code, const char *text,
    const char *phone);

/* "+84901234567" as "+8490*****67": all that logs may show. Returns buf. */
const char *phone_mask(const char *phone, char buf[PHONE_SIZE]);

#endif
