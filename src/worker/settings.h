/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a session sets in the modem, and which values the modem took: one table
 * (settings.c). Each row is a command and the values that we want, the best
 * first. The modem takes one of them or refuses all. If it refuses all, it
 * lacks something that the operator must know.
 *
 * The values of AT+CNMI are tried in turn, which 3GPP TS 27.005 §3.4.1 does not
 * require, because modems refuse values that their own answer to AT+CNMI=?
 * offers.
 */
#ifndef WORKER_SETTINGS_H
#define WORKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct worker;

/* The rows, in the order in which they are set: name and command. */
#define SETTINGS(X)                                                           \
	X(CMEE, "cmee", "+CMEE")                                              \
	X(CMGF, "cmgf", "+CMGF")                                              \
	X(CSMS, "csms", "+CSMS")                                              \
	X(CSCS, "cscs", "+CSCS")                                              \
	X(CPMS, "cpms", "+CPMS")                                              \
	X(CNMI, "cnmi", "+CNMI")                                              \
	X(CMMS, "cmms", "+CMMS")                                              \
	X(CLIP, "clip", "+CLIP")                                              \
	X(CUSD, "cusd", "+CUSD")

enum setting {
#define X(id, name, command) SETTING_##id,
	SETTINGS(X)
#undef X
	N_SETTINGS
};

/* What a modem can lack. The word appears in `baotinctl modem NAME` and in the
 * alarm "modem_no_<word>". */
#define LACKS(X)                                                              \
	X(REPORTS, "reports")		/* a text stays "sent" */             \
	X(NEWS, "announcements")	/* texts are read every 30 s */       \
	X(READING, "reading")		/* texts can't be read */             \
	X(MEMORIES, "memories")		/* one memory only can be read */     \
	X(CALLS, "calls")		/* it does not say who calls */       \
	X(USSD, "ussd")

enum {
#define X(id, word) LACK_BIT_##id,
	LACKS(X)
#undef X
};
enum {
#define X(id, word) LACK_##id = 1 << LACK_BIT_##id,
	LACKS(X)
#undef X
};

#define SETTING_SIZE 16

struct settings {
	/* The value that the modem took ("2,1,0,1,0", without quotes). "" and
	 * NULL when it refused all, or was not asked. */
	char taken[N_SETTINGS][SETTING_SIZE];
	const char *value[N_SETTINGS];
	bool is_refused[N_SETTINGS];
	/* The modem answered with the value that was set, so a later check is
	 * meaningful. */
	bool is_readable[N_SETTINGS];
	bool has_clcc;		/* AT+CLCC is known */
	unsigned lacks;		/* LACK_… */
	unsigned told;		/* the lacks last reported, + 1; 0: none */
};

/* Sets all rows. To be called after libgammu's own initialisation, which sets
 * some of them to other values. Returns 0, or -1: the worker has failed
 * (silent, gone, or the modem has no PDU mode). Sends SETTINGS to the daemon.
 * Takes at most SETTINGS_MS. */
#define SETTINGS_MS 120000
int settings_apply(struct worker *);

/* Sets one row again to the value that was taken: for AT+CSCS after a dial.
 * Returns 0, or -1 as above. */
int settings_renew(struct worker *, enum setting);

/* Does the modem still have the values that were set? Asks for CMEE, CMGF,
 * CSCS, CNMI and CLIP, as far as they can be read, one command each. Returns
 * the name of the first one that differs, or NULL. If the modem is silent or
 * gone it also returns NULL, and the worker has failed. */
const char *settings_changed(struct worker *);

/* Does the taken AT+CNMI store reports (ds = 2)? Then they lie in "SR",
 * whatever +CDSI says (Quectel EC25 says "SM"). */
bool settings_stores_reports(const struct worker *);

/* The session ends: from now on the modem stores the reports. */
void settings_leave(struct worker *);

/* At run time: the modem lacks this, or does not lack it after all. */
void settings_lack(struct worker *, unsigned lack, bool is_lacking);

/* "cnmi=2,1,0,1,0 cscs=GSM clip=refused": the caller frees. */
char *settings_text(const struct settings *);
/* "reports calls": the caller frees. */
char *settings_lacks_text(const struct settings *);

#endif
