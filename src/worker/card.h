/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What modems say about the SIM card: its state, its number (ICCID), the tries
 * left, the message centre. Pure functions on answers; worker/preflight.c asks
 * the questions.
 */
#ifndef WORKER_CARD_H
#define WORKER_CARD_H

#include <stdbool.h>
#include <stddef.h>

#include "worker/at.h"

enum card_state {
	CARD_READY,
	CARD_PIN,
	CARD_PUK,
	CARD_NONE,
	CARD_BLOCKED,	/* the tries of the PUK are used up, too */
	CARD_NOT_YET,	/* busy, not read yet, or nothing useful */
	CARD_OTHER,	/* a network's or the phone's own lock */
};

/* The word behind "+CPIN:" (3GPP TS 27.007 §8.3, and what firmware adds). */
enum card_state card_state_of(const char *word);
/* The meaning of the error to AT+CPIN? (§9.2; 27.005 §3.2.5). */
enum card_state card_state_of_error(int number);

/* Questions for the ICCID, the best first. The last one reads the SIM's
 * file. */
struct card_question {
	const char *command, *prefix;
	unsigned field;		/* of the reply's first line, from 0 */
	bool is_swapped;	/* as in EF-ICCID: nibbles swapped */
};
const struct card_question *card_iccid_question(unsigned index);
/* Reads the ICCID from the answer, in capitals, without the filler F; it may
 * contain the digits A to F. Returns false when there is none of 15 to 20
 * digits. */
bool card_iccid(const struct card_question *, const struct at_reply *,
    char *out, size_t size);

/* Questions for the tries that are left for the PIN: first 27.007 §8.65, then
 * the card itself (its answer costs no try), then makers' own. Returns NULL
 * behind the last question. */
const struct card_question *card_tries_question(unsigned index);
/* Returns 0 to 10, or -1 when the answer does not tell. */
int card_tries(const struct card_question *, const struct at_reply *);

/* Converts a text such as the operator's name to UTF-8. The modem writes it
 * plain or, when AT+CSCS says so, in hexadecimal UCS-2. The caller frees. */
char *card_text(const char *text);

/* Finds the first run of at least min digits in the reply. Letters may end an
 * ICCID (padding "F"). */
bool card_digits(const struct at_reply *, size_t min, char *out, size_t size);

/* Reads a number and its type (3GPP TS 24.008 §10.5.4.7) from two fields of the
 * reply, also when it is in hexadecimal UCS-2 or octets. Writes a plus when the
 * type says international, and "" when the field is no number. */
void card_number(const struct at_reply *, unsigned field, char *out,
    size_t size);
/* The same for a text and a type. */
void card_plain_number(const char *text, int type, char *out, size_t size);

#endif
