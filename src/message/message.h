/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A message is one text to one citizen on its way, with the change of a dossier
 * that it reports. These structs are values; Redis holds the originals.
 */
#ifndef MESSAGE_MESSAGE_H
#define MESSAGE_MESSAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/phone.h"
#include "dossier/code.h"
#include "dossier/status.h"
#include "text/segment.h"

#define MESSAGE_ID_SIZE 25 /* 24 hex digits */
#define ABOUT_SIZE	(CODE_SIZE + 64) /* moment, status, dossier */

#define PRIORITIES(X)                                                         \
	X(URGENT, "urgent")	/* answers to lookups, alarms: any hour */    \
	X(HIGH, "high")                                                       \
	X(NORMAL, "normal")                                                   \
	X(LOW, "low")

enum priority {
#define X(id, name) PRIORITY_##id,
	PRIORITIES(X)
#undef X
};
const char *priority_name(enum priority);

/* For the words that a producer may give: high, normal, low. Returns 0 or
 * -1. */
int priority_parse(const char *text, enum priority *out);

/* One change of one dossier, checked and normalised. It owns the strings. A
 * field that the event did not have is NULL. */
struct change {
	char dossier[CODE_SIZE];
	enum situation situation;
	enum channel channel;
	char phone[PHONE_SIZE];		/* "" when the event has none */
	int64_t at;
	bool is_dated;			/* the event has at; else entry time */
	char *agency;
	char *collect_at, *due, *fee, *parcel, *lang;
	char *id4_hash, *secret_hash;	/* second factors of lookups */
	int accents;			/* 0, 1, or -1: not in the event */
};
void change_clear(struct change *);

/* The same notice in another form that a citizen may have asked for. lang is
 * borrowed from the templates. accents is -1 when the language has one form
 * only. */
struct variant {
	const char *lang;
	int accents;
	char *text;
	enum coding coding;
	unsigned segments;
};
#define VARIANTS_MAX 8

struct message {
	char id[MESSAGE_ID_SIZE];
	char phone[PHONE_SIZE];
	char *text;			/* UTF-8, NFC */
	enum coding coding;
	unsigned segments;
	const char *lang;		/* of text, borrowed; if variants */
	int accents;
	struct variant variants[VARIANTS_MAX]; /* n_variants of them */
	size_t n_variants;
	const char *pool;		/* borrowed from the configuration */
	const char *want;		/* preferred modem, or NULL; borrowed */
	enum priority priority;
	bool is_answer;			/* a hold does not stop it */
	int64_t not_before;		/* wall clock; 0: send at once */
	int64_t expires_at;
};
void message_clear(struct message *);

/* Takes ownership of the text, also on failure, and notes its coding and number
 * of segments. Returns -1 when the text is NULL or needs more than SEGMENTS_MAX
 * segments. */
int message_set_text(struct message *, char *text);

/* Makes an id of 24 hex digits from the idempotency key. */
void message_id_make(const char *key, char out[MESSAGE_ID_SIZE]);

/* A lease: one modem may send this message now. The strings are borrowed from
 * Redis' answer; lease_dup() copies them. */
struct lease {
	const char *id, *phone, *text;
	const char *about;		/* opaque: goes back to Redis as is */
	uint32_t fence;			/* fencing token of this lease */
	uint32_t done;			/* bit 0: segment 1 has been sent */
	unsigned segments;
	uint8_t concat_ref;
	uint8_t references[SEGMENTS_MAX];
	bool reject_duplicates;
	int64_t validity_ms;
	int64_t lease_deadline;		/* CLOCK_MONOTONIC */
};

#endif
