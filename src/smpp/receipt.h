/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A delivery receipt, which comes as deliver_sm: the optional parameters say
 * what it is about (SMPP 3.4 §5.3.2.12, §5.3.2.35), or its text does, in the
 * form that most centres use (Appendix B):
 *
 *	id:IIIIIIIIII sub:001 dlvrd:001 submit date:YYMMDDhhmm done
 *	date:YYMMDDhhmm stat:DELIVRD err:000 text:...
 */
#ifndef SMPP_RECEIPT_H
#define SMPP_RECEIPT_H

#include <stdbool.h>

#include "smpp/pdu.h"

/* message_state (§5.2.28), and its word in a text. */
#define SMPP_STATES(M)                                                        \
	M(ENROUTE, 1, "ENROUTE")                                              \
	M(DELIVERED, 2, "DELIVRD")                                            \
	M(EXPIRED, 3, "EXPIRED")                                              \
	M(DELETED, 4, "DELETED")                                              \
	M(UNDELIVERABLE, 5, "UNDELIV")                                        \
	M(ACCEPTED, 6, "ACCEPTD")                                             \
	M(UNKNOWN, 7, "UNKNOWN")                                              \
	M(REJECTED, 8, "REJECTD")

enum smpp_state {
	SMPP_STATE_NONE,
#define M(id, number, word) SMPP_STATE_##id = number,
	SMPP_STATES(M)
#undef M
};

struct smpp_receipt {
	char id[65];			/* as the centre wrote it */
	enum smpp_state state;
	char error[16];			/* "000"; "": not said */
	bool is_intermediate;		/* the centre still tries */
};

/* Is this deliver_sm (or data_sm) a receipt, and of what? False: it is a text
 * of a person, or a receipt of nobody knows what. */
bool smpp_receipt_read(const struct smpp_pdu *, struct smpp_receipt *out);

/* May the two name the same message, written in two ways? Centres answer
 * submit_sm with a hexadecimal number and write a decimal one into the receipt,
 * or the other way round, with or without leading zeros. What is equal as it
 * stands goes first: where ids are close to each other, this alone would mix
 * them up. */
bool smpp_id_equal(const char *submitted, const char *receipted);

#endif
