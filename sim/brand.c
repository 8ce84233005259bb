/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table of brands. Taken from makers' manuals and from the sources of
 * other projects' drivers; none is a copy of one firmware.
 */
#ifndef _DEFAULT_SOURCE
#define _DEFAULT_SOURCE /* strsep() */
#endif
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/brand.h"

#define NO_CPINR  "+CPINR* "
#define NO_ICCIDS "+CCID* +ICCID* +QCCID* "
#define ANY_SET   "GSM IRA UCS2"

static const struct brand brands[] = {
    {
	.name = "", .about = "the simulator's own: all of 27.005 and 27.007",
	.refuses = "", .cscs = "IRA GSM UCS2",
    }, {
	.name = "ec25", .about = "Quectel EC25, EG25: reports only stored, "
	    "in SR, and announced as SM",
	.maker = "Quectel", .model = "EC25",
	.refuses = NO_CPINR "+ICCID* +CNMI=?,?,?,1,*",
	.words = {
	    {"+QCCID", "+QCCID: {iccid}F"},
	    {"+QPINC?", "+QPINC: \"SC\",{pin},{puk}\n+QPINC: \"P2\",3,10"},
	},
	.starts = "RDY\n+CPIN: {cpin}\n+QUSIM: 1\n+QIND: SMS DONE\n"
	    "+QIND: PB DONE",
	.chatter = "+QIURC: \"pdpdeact\",1",
	.cscs = ANY_SET, .reports = REPORTS_IN_SR_SAYS_SM,
	.counts_from_0 = true, .starts_in_me = true,
    }, {
	.name = "sim7600", .about = "SIMCom SIM7500, SIM7600: AT+CNMI with "
	    "ds=1 in mode 1 only; ATH does nothing",
	.maker = "SIMCOM INCORPORATED", .model = "SIMCOM_SIM7600E-H",
	.refuses = NO_CPINR NO_ICCIDS "+CNMI=[02],?,?,1,* +CNMI=[02],3,*",
	.words = {
	    {"+CICCID", "+ICCID: {iccid}"},
	    {"+SPIC", "+SPIC: {pin},{puk},0,10"},
	},
	.starts = "+CPIN: {cpin}\nSMS DONE\nPB DONE",
	.chatter = "+CNSMOD: 0,8", .cscs = "IRA GSM UCS2",
	.cpms = CPMS_TIGHT, .counts_from_0 = true, .is_ath_idle = true,
    }, {
	.name = "a7670", .about = "SIMCom A7670: mode 1 with ds=1, bfr=1 "
	    "only; the centre without its plus; packed USSD",
	.maker = "INCORPORATED", .model = "A7670C-LASS",
	.refuses = NO_CPINR NO_ICCIDS "+CNMI=2,?,?,1,* +CNMI=?,?,?,?,0",
	.words = {
	    {"+CICCID", "+ICCID: {iccid}"},
	    {"+SPIC", "+SPIC: {pin},{puk},0,10"},
	},
	.starts = "*ATREADY: 1\n+CPIN: {cpin}\nSMS DONE\n+CGEV: EPS PDN ACT 1",
	.chatter = "+CREG: 1", .cscs = "IRA GSM UCS2",
	.ussd = USSD_UNQUOTED, .has_bare_csca = true,
    }, {
	.name = "e3372", .about = "Huawei sticks: mode 1 only, packed USSD, "
	    "no AT+CMMS",
	.maker = "huawei", .model = "E3372",
	.refuses = NO_CPINR NO_ICCIDS "+CNMI=2,* +CMMS* +CSIM*",
	.words = {
	    {"^ICCID?", "^ICCID: {iccid}"},
	    {"^CPIN?", "^CPIN: {cpin},{pin},{puk},{pin},10,3"},
	    {"^CURC=0", ""},
	    {"^PORTSEL=1", ""},
	},
	.starts = "^BOOT:27710117,0,0,0,75\n^SIMST:1\n^SRVST:2",
	.chatter = "^HCSQ:\"LTE\",59,50,161,24",
	.cscs = "IRA GSM UCS2", .ussd = USSD_PACKED,
    }, {
	.name = "ml307", .about = "China Mobile ML307: never says +CLIP, "
	    "prompt without the blank",
	.maker = "CMCC", .model = "ML307A",
	.refuses = NO_CPINR "+QCCID* +ICCID? +CMMS* +CNMI=?,?,?,?,1",
	.starts = "+MATREADY\n+CPIN: {cpin}", .cscs = ANY_SET,
	.prompt = "\r\n>\r\n", .is_clip_silent = true,
    }, {
	.name = "sim800", .about = "SIMCom SIM800, SIM900: the ICCID bare, "
	    "with its filler",
	.maker = "SIMCOM_Ltd", .model = "SIMCOM_SIM800L",
	.refuses = NO_CPINR "+ICCID* +QCCID* +CEREG*",
	.words = {
	    {"+CCID", "{iccid}f"},
	    {"+SPIC", "+SPIC: {pin},{puk},3,10"},
	},
	.starts = "RDY\n+CFUN: 1\n+CPIN: {cpin}\nCall Ready\nSMS Ready",
	.chatter = "+CSQN: 20,0", .cscs = "IRA GSM UCS2",
	.reports = REPORTS_IN_SR,
    }, {
	.name = "mc7455", .about = "Sierra MC7455: no ds=1, no AT+CLIP",
	.maker = "Sierra Wireless, Incorporated", .model = "MC7455",
	.refuses = NO_CPINR NO_ICCIDS "+CNMI=?,?,?,1,* +CLIP=*",
	.words = {
	    {"!ICCID?", "!ICCID: {iccid}"},
	    {"+CPINC?", "+CPINC: {pin},3,{puk},10"},
	},
	.starts = "+PACSP0", .cscs = "IRA GSM UCS2",
	.reports = REPORTS_IN_SR,
    }, {
	.name = "sara-r4", .about = "u-blox SARA-R4: never says +CLIP, "
	    "AT+CPMS says OK alone",
	.maker = "u-blox", .model = "SARA-R410M-02B",
	.refuses = NO_CPINR "+ICCID* +QCCID* +CMMS* +CNMI=2,*",
	.words = {
	    {"+CCID", "+CCID: {iccid}"},
	    {"+UPINCNT", "+UPINCNT: {pin},3,{puk},10"},
	},
	.chatter = "+UUPSDD: 1", .cscs = ANY_SET, .cpms = CPMS_BARE,
	.is_clip_silent = true,
    }, {
	.name = "zte", .about = "ZTE MF sticks: mode 1 only, errors in words",
	.maker = "ZTE INCORPORATED", .model = "MF831",
	.refuses = NO_CPINR NO_ICCIDS "+CNMI=2,*",
	.words = {
	    {"+ZGETICCID", "+ZGETICCID: {iccid}"},
	    {"+ZPINPUK=?", "+ZPINPUK: {pin},{puk}"},
	},
	.starts = "+ZDONR: \"Baotin\",452,4,\"CS_PS\",\"ROAM_OFF\"",
	.chatter = "+ZPASR: \"LTE\"", .cscs = "IRA GSM UCS2",
	.is_verbose = true,
    }, {
	.name = "telit", .about = "Telit LE910: its own words for card and "
	    "tries, AT+CSCS without GSM",
	.maker = "Telit", .model = "LE910-EU",
	.refuses = NO_CPINR NO_ICCIDS "+CNMI=?,?,?,?,1",
	.words = {
	    {"#CCID", "#CCID: {iccid}"},
	    {"#PCT", "#PCT: {pin}"},
	},
	.chatter = "#QSS: 1", .cscs = "IRA UCS2",
	.reports = REPORTS_IN_SR,
    }, {
	.name = "cinterion", .about = "Cinterion, Gemalto: no AT+CMMS, the "
	    "time behind +CMGS's number",
	.maker = "Cinterion", .model = "EHS6",
	.refuses = NO_CPINR NO_ICCIDS "+CMMS*",
	.words = {
	    {"^SCID", "^SCID: {iccid}"},
	    {"^SPIC", "^SPIC: {pin}"},
	},
	.starts = "^SYSSTART", .chatter = "+CIEV: signal,0",
	.cscs = "GSM UCS2",
	.cmgs = ",\"26/11/27,10:15:00+28\"",
    }, {
	.name = "phonesim", .about = "as oFono's phonesim: no reports, no "
	    "ICCID but by AT+CRSM, +CUSD in hexadecimal and before OK",
	.maker = "MeeGo", .model = "Synthetic Device",
	.refuses = NO_ICCIDS "+CMMS* +CEREG* +CNMI=?,?,?,[12],*",
	.cscs = "GSM UCS2", .ussd = USSD_OCTETS, .is_ussd_early = true,
	.has_zero_mr = true,
    }, {
	.name = "no-echo", .about = "a modem that takes ATE1 and does not "
	    "echo",
	.refuses = "", .cscs = ANY_SET, .never_echoes = true,
    }, {
	.name = "ucs2", .about = "a modem whose only AT+CSCS is UCS2",
	.refuses = "", .cscs = "UCS2",
    },
};

#define N_BRANDS (sizeof(brands) / sizeof(*brands))

const struct brand *
brand_find(const char *name)
{
	for (size_t i = 0; i < N_BRANDS; i++)
		if (strcmp(brands[i].name, name) == 0)
			return &brands[i];
	return NULL;
}

void
brand_print(FILE *out)
{
	for (size_t i = 1; i < N_BRANDS; i++)
		(void)fprintf(out, "  %-10s %s\n", brands[i].name,
		    brands[i].about);
}

bool
brand_matches(const char *patterns, const char *command)
{
	char *copy = xstrdup(patterns), *rest = copy, *pattern;
	bool is_found = false;

	while (!is_found && (pattern = strsep(&rest, " ")) != NULL)
		is_found = *pattern != '\0' &&
		    fnmatch(pattern, command, 0) == 0;
	free(copy);
	return is_found;
}
