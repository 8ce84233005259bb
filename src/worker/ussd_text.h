/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The text of +CUSD (3GPP TS 27.007 §7.15) as modems write it, to and from
 * UTF-8. Pure functions.
 */
#ifndef WORKER_USSD_TEXT_H
#define WORKER_USSD_TEXT_H

#include <stdbool.h>

/* Reads "+CUSD: <m>[,<str>[,<dcs>]]". <str> may have quotes, and line ends
 * inside. *status: <m>, 0 to 5 (another number reads as 0). is_ucs2: AT+CSCS is
 * "UCS2". Returns the text in UTF-8, "" for none; the caller frees. */
char *ussd_read(const char *line, bool is_ucs2, int *status);

/* Is the string of this line still open, so that it goes on in the next
 * line? */
bool ussd_is_open(const char *line);

/* Does this line end the string that is open? */
bool ussd_closes(const char *line);

/* Decodes <str>. Modems write it in the character set of AT+CSCS, or in
 * hexadecimal: UCS-2, 8 bit, or GSM-7 as it is packed on the air. dcs (3GPP TS
 * 23.038 §5) alone does not tell which, so the octets must make sense. The
 * caller frees. */
char *ussd_decode(const char *text, int dcs, bool is_ucs2);

/* Encodes what is dialled in hexadecimal: packed GSM-7, or UCS-2. The caller
 * frees. */
char *ussd_pack(const char *utf8);
char *ussd_ucs2(const char *utf8);

/* Can the text be typed as it is, in "GSM" and in "IRA"? Not allowed: quotes;
 * control characters, which a modem drops from a command line (ITU-T V.250
 * §5.2.1); and characters that differ between the two ("@"). */
bool ussd_is_plain(const char *utf8);

/* Puts blanks in place of what can't be typed. The caller frees. */
char *ussd_flat(const char *utf8);

#endif
