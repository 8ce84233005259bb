/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The three TPDUs. Field order and bits are those of 3GPP TS 23.040
 * §9.2.2; the section of a field stands at its line.
 */
#include <string.h>

#include "sim/octets.h"
#include "sim/pdu.h"

#define MTI_MASK   0x03 /* §9.2.3.1 */
#define MTI_SUBMIT 0x01
#define MTI_REPORT 0x02
#define FO_RD	   0x04 /* TP-RD, §9.2.3.25 */
#define FO_MMS	   0x04 /* TP-MMS of a DELIVER: no more waiting, §9.2.3.2 */
#define FO_SRR	   0x20 /* TP-SRR, §9.2.3.5 */
#define FO_UDHI	   0x40 /* §9.2.3.23 */

/* Octets of TP-VP for each TP-VPF (§9.2.3.3): none, enhanced, relative,
 * absolute. */
static const uint8_t vp_octets[] = {0, 7, 1, 7};

int
submit_decode(const uint8_t *tpdu, size_t n, struct submit *out)
{
	uint8_t first;
	unsigned vpf;
	size_t pos;
	int taken;

	memset(out, 0, sizeof(*out));
	if (n < 2 || (tpdu[0] & MTI_MASK) != MTI_SUBMIT)
		return -1;
	first = tpdu[0];
	out->has_rd = first & FO_RD;
	out->has_srr = first & FO_SRR;
	out->mr = tpdu[1];
	taken = address_decode(tpdu + 2, n - 2, out->to);
	if (taken < 0)
		return -1;
	pos = 2 + (size_t)taken;
	vpf = first >> 3 & 3;
	if (pos + 2 + vp_octets[vpf] + 1 > n)
		return -1;
	out->pid = tpdu[pos++];
	out->dcs = tpdu[pos++];
	out->vp = vp_octets[vpf] == 1 ? tpdu[pos] : -1;
	pos += vp_octets[vpf];
	return payload_decode(alphabet_of_dcs(out->dcs), first & FO_UDHI,
	    tpdu + pos, n - pos, &out->payload);
}

int64_t
submit_validity_s(int vp)
{
	if (vp <= 143)
		return (vp + 1) * 300;
	if (vp <= 167)
		return 12 * 3600 + (vp - 143) * 1800;
	if (vp <= 196)
		return (int64_t)(vp - 166) * 86400;
	return (int64_t)(vp - 192) * 7 * 86400;
}

size_t
deliver_encode(const char *from, int64_t at_ms, const struct payload *payload,
    uint8_t out[PDU_SIZE])
{
	size_t n = 0;

	out[n++] = (uint8_t)(FO_MMS | (payload->ref >= 0 ? FO_UDHI : 0));
	n += address_encode(from, out + n);
	out[n++] = 0; /* TP-PID */
	out[n++] = payload->alphabet == ALPHABET_UCS2	? 0x08
	    : payload->alphabet == ALPHABET_8BIT	? 0x04
							: 0x00;
	scts_encode(at_ms, out + n);
	n += 7;
	return n + payload_encode(payload, out + n);
}

size_t
report_encode(const struct status_report *report, uint8_t out[PDU_SIZE])
{
	size_t n = 0;

	out[n++] = MTI_REPORT | FO_MMS;
	out[n++] = report->mr;
	n += address_encode(report->to, out + n); /* TP-RA */
	if (report->type != 0)
		out[3] = report->type;
	scts_encode(report->sent_at_ms, out + n);
	n += 7;
	scts_encode(report->done_at_ms, out + n); /* TP-DT, §9.2.3.13 */
	n += 7;
	out[n++] = report->status;
	return n;
}
