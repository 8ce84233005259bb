/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What a session sets in the modem, and what the modem took of it: one
 * table (settings.c). A row is a command and the values that we want, the
 * best one first. The modem takes one of them, or refuses all; then it
 * lacks something, which the operator must know.
 *
 * The values of AT+CNMI come in an order that 3GPP TS 27.005 §3.4.1 does not
 * need: modems refuse values that their own answer to AT+CNMI=? offers.
 */
#ifndef WORKER_SETTINGS_H
#define WORKER_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

struct worker;

/* The rows, in the order in which they are set: name, command. */
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

/* The abilities that a modem can lack; the word is that of `baotinctl modem
 * NAME`, and of the alarm "modem_no_<word>". */
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
	/* The value that the modem took ("2,1,0,1,0", without quotes); "" and
	 * NULL when it refused all, or was not asked. */
	char taken[N_SETTINGS][SETTING_SIZE];
	const char *value[N_SETTINGS];
	bool is_refused[N_SETTINGS];
	/* The modem said it back as it was set: a check means something. */
	bool is_readable[N_SETTINGS];
	bool has_clcc;		/* AT+CLCC is known */
	unsigned lacks;		/* LACK_… */
	unsigned told;		/* of them, to the daemon; + 1, 0: nothing */
};

/* Sets all rows: after libgammu's own initialisation, which sets some of
 * them otherwise. 0, or -1: the worker has failed (silent, gone, or the modem
 * has no PDU mode). Tells the daemon (SETTINGS). Takes SETTINGS_MS at most. */
#define SETTINGS_MS 120000
int settings_apply(struct worker *);

/* One row again, with the value that was taken: for AT+CSCS after a dial. 0,
 * or -1 as above. */
int settings_renew(struct worker *, enum setting);

/* Does the modem still say what it was set to? Asks CMEE, CMGF, CSCS, CNMI
 * and CLIP, as far as they can be read, one command each. Returns the
 * name of the first one that is otherwise, or NULL; NULL, too, when the
 * modem is silent or gone, and then the worker has failed. */
const char *settings_changed(struct worker *);

/* Does the taken AT+CNMI store reports (ds = 2)? They lie in "SR" then,
 * whatever +CDSI says (Quectel EC25 says "SM"). */
bool settings_stores_reports(const struct worker *);

/* The session ends: reports that come now are to be stored. */
void settings_leave(struct worker *);

/* At run time: the modem lacks this, or has it after all. */
void settings_lack(struct worker *, unsigned lack, bool is_lacking);

/* "cnmi=2,1,0,1,0 cscs=GSM clip=refused": the caller frees. */
char *settings_text(const struct settings *);
/* "reports calls": the caller frees. */
char *settings_lacks_text(const struct settings *);

#endif
