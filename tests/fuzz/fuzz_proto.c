/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: a frame from a peer (frame_peek, then proto_decode). What
 * decodes must encode to the same octets.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/channel.h"
#include "ipc/proto.h"

#define FRAME_LIMIT 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct proto p;
	uint16_t type;
	uint8_t *again;
	size_t payload, len;

	if (frame_peek(data, n, FRAME_LIMIT, &type, &payload) != FRAME_WHOLE)
		return 0;
	if (proto_decode(type, data + CHANNEL_HEAD, payload, &p) == -1)
		return 0;
	again = proto_encode(&p, &len);
	if (len != payload || memcmp(again, data + CHANNEL_HEAD, len) != 0)
		abort();
	free(again);
	proto_clear(&p);
	return 0;
}
