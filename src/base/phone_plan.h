/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The numbering plans of countries other than Viet Nam: which readings a row
 * of digits has. For phone.c only.
 */
#ifndef BASE_PHONE_PLAN_H
#define BASE_PHONE_PLAN_H

#include "base/phone.h"

/* digits: as they were written, without separators, "+" and "00".
 * International ones (after "+" or "00") are plain E.164 (ITU-T E.164: 8 to
 * 15 digits), lose a trunk prefix behind the country code, "(0)", and must
 * have a length of the plan when they are of this country. Others are read
 * as national (with or without the trunk prefix) and as international
 * without "+"; they count when only one of these readings is a mobile
 * number of the plan. out: E.164, "" on any verdict but PHONE_OK. */
enum phone_verdict phone_plan_read(const char *country_code,
    const char *digits, bool is_international, char out[PHONE_SIZE]);

#endif
