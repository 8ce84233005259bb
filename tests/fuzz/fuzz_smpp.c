/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Any octets as a PDU of SMPP: what was decoded is encoded and decoded to the
 * same again; a receipt that is read has an id that ends.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "smpp/receipt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct smpp_pdu pdu, again;
	struct smpp_receipt receipt;
	uint8_t *out, *twice;
	size_t length, second;

	if (n >= 4)
		(void)smpp_length(data);
	if (smpp_decode(data, n, &pdu) != SMPP_OK)
		return 0;
	if (smpp_receipt_read(&pdu, &receipt))
		assert(strnlen(receipt.id, sizeof(receipt.id)) <
		    sizeof(receipt.id));
	length = smpp_encode(&pdu, NULL, 0);
	assert(length >= SMPP_HEADER);
	out = malloc(length);
	assert(out != NULL && smpp_encode(&pdu, out, length) == length);
	assert(smpp_decode(out, length, &again) == SMPP_OK);
	twice = malloc(length);
	second = twice != NULL ? smpp_encode(&again, twice, length) : 0;
	assert(second == length && memcmp(out, twice, length) == 0);
	free(twice);
	free(out);
	return 0;
}
