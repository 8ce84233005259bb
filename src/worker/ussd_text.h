/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The words of +CUSD (3GPP TS 27.007 §7.15) as modems write them, to and from
 * UTF-8. Pure functions.
 */
#ifndef WORKER_USSD_TEXT_H
#define WORKER_USSD_TEXT_H

#include <stdbool.h>

/* Reads "+CUSD: <m>[,<str>[,<dcs>]]", <str> with or without quotes and with
 * line ends inside. *status: <m>, 0 to 5 (another number reads as 0). The
 * text in UTF-8, "" for none; the caller frees. is_ucs2: AT+CSCS is "UCS2". */
char *ussd_read(const char *line, bool is_ucs2, int *status);

/* Is the string of the line still open: does it go on in the next line? */
bool ussd_is_open(const char *line);

/* Does this line end the string that is open? */
bool ussd_closes(const char *line);

/* The text of <str>. Modems write it in the character set of AT+CSCS, or in
 * hexadecimal: UCS-2, 8 bit, or GSM-7 as it is packed on the air. dcs (3GPP TS
 * 23.038 §5) alone does not tell which, so the octets must make sense. The
 * caller frees. */
char *ussd_decode(const char *text, int dcs, bool is_ucs2);

/* The string for AT+CUSD: packed GSM-7, or UCS-2, in hexadecimal. The caller
 * frees. */
char *ussd_pack(const char *utf8);
char *ussd_ucs2(const char *utf8);

/* Can it be typed as it is, in "GSM" as in "IRA"? Quotes and control
 * characters can't: a modem drops the latter from a command line (ITU-T V.250
 * §5.2.1). The others that can't read otherwise in one of the two ("@"). */
bool ussd_is_plain(const char *utf8);

/* Blanks in place of what can't be typed. The caller frees. */
char *ussd_flat(const char *utf8);

#endif
