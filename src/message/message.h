/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A message: one text to one citizen on its way, and the change of a
 * dossier that it tells of. Values that travel; Redis holds the originals.
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

/* high, normal, low: what a producer may ask for. 0 or -1. */
int priority_parse(const char *text, enum priority *out);

/* One change of one dossier, checked and normalised. Strings are owned,
 * NULL where the event said nothing. */
struct change {
	char dossier[CODE_SIZE];
	enum situation situation;
	enum channel channel;
	char phone[PHONE_SIZE];		/* "" when there is none */
	int64_t at;
	bool is_dated;			/* at was said, not its entry's time */
	char *agency;
	char *collect_at, *due, *fee, *parcel, *lang;
	char *id4_hash, *secret_hash;	/* second factors of lookups */
	int accents;			/* 0, 1, or -1: not said */
};
void change_clear(struct change *);

/* The text as a citizen may want it instead. lang is borrowed from the
 * templates; accents -1: the language has one form only. */
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
	const char *lang;		/* of text, borrowed; with variants */
	int accents;
	struct variant variants[VARIANTS_MAX]; /* n_variants of them */
	size_t n_variants;
	const char *pool;		/* borrowed from the configuration */
	const char *want;		/* modem to prefer, or NULL; so too */
	enum priority priority;
	bool is_answer;			/* a citizen waits for it: no hold */
	int64_t not_before;		/* wall clock; 0: at once */
	int64_t expires_at;
};
void message_clear(struct message *);

/* Takes the text, also on failure, and notes its coding and number of
 * segments. 0, or -1 when it takes more than SEGMENTS_MAX or is NULL. */
int message_set_text(struct message *, char *text);

/* A name of 24 hex digits made from the idempotency key. */
void message_id_make(const char *key, char out[MESSAGE_ID_SIZE]);

/* A message in the hands of one modem. Strings borrowed from the answer
 * that brought it; lease_dup() makes them its own. */
struct lease {
	const char *id, *phone, *text;
	const char *about;		/* for Redis: comes back as it is */
	uint32_t fence;			/* which lease of this message it is */
	uint32_t done;			/* bit 0: segment 1 is out */
	unsigned segments;
	uint8_t concat_ref;
	uint8_t references[SEGMENTS_MAX];
	bool reject_duplicates;
	int64_t validity_ms;
	int64_t lease_deadline;		/* CLOCK_MONOTONIC */
};

#endif
