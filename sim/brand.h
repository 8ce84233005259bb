/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * How makers' modems differ: what they refuse, what they say by themselves,
 * their own words. One row each (brand.c); `--like NAME` chooses it.
 */
#ifndef SIM_BRAND_H
#define SIM_BRAND_H

#include <stdbool.h>
#include <stdio.h>

/* The answer to AT+CPMS="SM",…: 3GPP TS 27.005 §3.2.2 has numbers only. */
enum brand_cpms {
	CPMS_COUNTS,	/* +CPMS: 0,50,0,50,0,50 */
	CPMS_TIGHT,	/* +CPMS:"SM",0,50,… */
	CPMS_BARE,	/* OK alone */
};

/* Where a report goes with AT+CNMI=…,2,…, and what +CDSI says of it. */
enum brand_reports {
	REPORTS_IN_INBOX,	/* mem3, as a text */
	REPORTS_IN_SR,		/* +CDSI: "SR",1 */
	REPORTS_IN_SR_SAYS_SM,	/* +CDSI: "SM",1, and it is in "SR" */
};

/* The words of +CUSD. */
enum brand_ussd {
	USSD_PLAIN,	/* in the set of AT+CSCS */
	USSD_PACKED,	/* GSM-7 as on the air, in hexadecimal, both ways */
	USSD_OCTETS,	/* octets in hexadecimal, DCS 68 */
	USSD_UNQUOTED,	/* as USSD_PACKED, without quotes and DCS */
};

/* An answer of its own to a command as it is typed ("^ICCID?"). {iccid},
 * {swapped} (its nibbles), {pin} and {puk} (tries left), {cpin} (the state)
 * stand for values. */
struct brand_word {
	const char *command, *reply;
};

#define BRAND_WORDS 4

struct brand {
	const char *name, *about;
	const char *maker, *model;	/* NULL: the simulator's own */
	const char *refuses;	/* commands (fnmatch), blanks between */
	struct brand_word words[BRAND_WORDS];
	const char *starts;	/* lines after power on, newlines between */
	const char *chatter;	/* a line of its own; NULL: ^RSSI */
	const char *cscs;	/* "GSM IRA UCS2"; the first one at start */
	const char *cmgs;	/* what follows the number of +CMGS; or NULL */
	const char *prompt;	/* NULL: "\r\n> " */
	enum brand_cpms cpms;
	enum brand_reports reports;
	enum brand_ussd ussd;
	bool is_ussd_early;	/* +CUSD comes before OK */
	bool counts_from_0;	/* indexes of stored texts */
	bool starts_in_me;	/* texts go there when nobody says where */
	bool is_clip_silent;	/* takes AT+CLIP=1 and never says +CLIP */
	bool is_ath_idle;	/* ATH says OK and hangs nothing up */
	bool has_bare_csca;	/* the centre's number without its plus */
	bool never_echoes;	/* ATE1 is taken and does nothing */
	bool is_verbose;	/* errors in words, whatever AT+CMEE says */
	bool has_zero_mr;	/* +CMGS: 0, always */
};

/* The row; NULL: no such name. "" is the simulator's own modem. */
const struct brand *brand_find(const char *name);
void brand_print(FILE *);

/* Does a pattern of the list (fnmatch, blanks between) fit the command? */
bool brand_matches(const char *patterns, const char *command);

#endif
