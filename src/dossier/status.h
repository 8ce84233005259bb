/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The ten statuses of a dossier on the National Public Service Portal, the
 * eleventh situation (late: an event about the deadline, the status stays),
 * and the three ways a dossier is filed. One list; every word in logs,
 * receipts, templates and the control tool comes from it.
 */
#ifndef DOSSIER_STATUS_H
#define DOSSIER_STATUS_H

#include <stdbool.h>

#define SITUATIONS(X)                                                         \
	X(REGISTERED, 1, "registered")                                        \
	X(RECEIVED, 2, "received")                                            \
	X(REFUSED, 3, "refused")                                              \
	X(PROCESSING, 4, "processing")                                        \
	X(SUPPLEMENT, 5, "supplement")                                        \
	X(PAYMENT, 6, "payment")                                              \
	X(WITHDRAWN, 7, "withdrawn")                                          \
	X(STOPPED, 8, "stopped")                                              \
	X(READY, 9, "ready")                                                  \
	X(RETURNED, 10, "returned")                                           \
	X(LATE, 11, "late")

enum situation {
#define X(id, number, name) SITUATION_##id = number,
	SITUATIONS(X)
#undef X
};

#define SITUATION_FIRST SITUATION_REGISTERED
#define SITUATION_LAST  SITUATION_LATE

#define CHANNELS(X)                                                           \
	X(DIRECT, "direct")                                                   \
	X(ONLINE, "online")                                                   \
	X(POSTAL, "postal")

enum channel {
#define X(id, name) CHANNEL_##id,
	CHANNELS(X)
#undef X
};

const char *situation_name(enum situation);
const char *channel_name(enum channel);

/* "9" and "ready" both; 0, or -1 for anything else. Do not log. */
int situation_parse(const char *text, enum situation *out);
int channel_parse(const char *text, enum channel *out);

#endif
