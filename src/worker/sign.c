/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lines by which modems say that they restart.
 */
#include <stddef.h>
#include <string.h>

#include "worker/restart.h"

/* Lines without a maker's name are from 3GPP TS 27.007 or common to many. */
static const struct {
	const char *line;
	enum restart_sign sign;
} signs[] = {
	{"RDY", RESTART_SURE},			/* Quectel, SIM800 */
	{"POWERED DOWN", RESTART_SURE},
	{"NORMAL POWER DOWN", RESTART_SURE},
	{"^BOOT", RESTART_PERHAPS},		/* Huawei: all day */
	{"^SYSSTART", RESTART_SURE},		/* Cinterion */
	{"^SHUTDOWN", RESTART_SURE},
	{"*ATREADY", RESTART_SURE},		/* A7670 */
	{"MODEM:STARTUP", RESTART_SURE},	/* Fibocom */
	{"+MATREADY", RESTART_SURE},		/* ML307 */
	{"^SIMST:", RESTART_PERHAPS},
	{"+ZDONR:", RESTART_PERHAPS},		/* ZTE */
	{"+SIM READY", RESTART_PERHAPS},
	{"+PACSP", RESTART_PERHAPS},		/* Sierra */
	{"+PBREADY", RESTART_PERHAPS},
	{"+CPIN:", RESTART_PERHAPS},
	{"+CFUN:", RESTART_PERHAPS},
	{"+QIND: SMS DONE", RESTART_PERHAPS},
	{"+QIND: PB DONE", RESTART_PERHAPS},
	{"+QUSIM:", RESTART_PERHAPS},
	{"+SIM:", RESTART_PERHAPS},
	{"#QSS:", RESTART_PERHAPS},		/* Telit */
	{"SMS DONE", RESTART_PERHAPS},		/* SIMCom */
	{"PB DONE", RESTART_PERHAPS},
	{"SMS READY", RESTART_PERHAPS},		/* SIM800 */
	{"Call Ready", RESTART_PERHAPS},
	{"SMS Ready", RESTART_PERHAPS},
};

enum restart_sign
restart_sign(const char *line)
{
	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs); i++) {
		size_t n = strlen(signs[i].line);
		bool is_open = strchr(":^+*#", signs[i].line[0]) != NULL;

		if (strncmp(line, signs[i].line, n) == 0 &&
		    (is_open || line[n] == '\0'))
			return signs[i].sign;
	}
	return RESTART_NONE;
}

/* 3GPP TS 27.005 §3.2.5 and 27.007 §9.2: not allowed, not supported, a PDU or
 * text that does not fit the mode, a PIN is required. */
bool
restart_explains(int code)
{
	static const int codes[] = {
		-1, /* plain ERROR: AT+CMEE is gone, too */
		3, 4, 5, 11, 12, 17, 18, 302, 303, 304, 305, 310, 311, 312,
		316, 317, 318,
	};

	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (codes[i] == code)
			return true;
	return false;
}
