/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What modems say about the SIM card: its state, its number (ICCID), tries
 * left, the message centre. Pure functions on answers; the questions are in
 * worker/preflight.c.
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

/* Questions for the ICCID, the best first; the last one reads its file. */
struct card_question {
	const char *command, *prefix;
	unsigned field;		/* of the reply's first line, from 0 */
	bool is_swapped;	/* as in EF-ICCID: nibbles swapped */
};
const struct card_question *card_iccid_question(unsigned index);
/* The ICCID in the answer, in capitals, without its filler F; digits A to F
 * may be inside. False: there is none of 15 to 20. */
bool card_iccid(const struct card_question *, const struct at_reply *,
    char *out, size_t size);

/* Questions for the tries left of the PIN: 27.007 §8.65, then the card itself
 * (it answers and spends none), then makers' own. NULL behind the last. */
const struct card_question *card_tries_question(unsigned index);
/* The number, 0 to 10, or -1: the answer does not tell. */
int card_tries(const struct card_question *, const struct at_reply *);

/* A text, as the operator's name: as it is, or in hexadecimal UCS-2 when
 * AT+CSCS is that. UTF-8; the caller frees. */
char *card_text(const char *text);

/* The first run of digits in the reply, at least min of them. Letters may end
 * an ICCID (padding "F"). */
bool card_digits(const struct at_reply *, size_t min, char *out, size_t size);

/* A number and its type (3GPP TS 24.008 §10.5.4.7) from two fields of the
 * reply: in hexadecimal UCS-2 or octets, too, and with a plus where the type
 * says international. "" when it is none. */
void card_number(const struct at_reply *, unsigned field, char *out,
    size_t size);
/* The same for a text and its type. */
void card_plain_number(const char *text, int type, char *out, size_t size);

#endif
