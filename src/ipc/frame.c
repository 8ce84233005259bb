/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The head of a frame, for both ends: those with an event loop
 * (ipc/channel.c) and the worker, which has none.
 */
#include <assert.h>

#include "ipc/channel.h"
#include "ipc/proto.h"

static uint32_t
get_le(const uint8_t *p, unsigned octets)
{
	uint32_t value = 0;

	for (unsigned i = 0; i < octets; i++)
		value |= (uint32_t)p[i] << (8 * i);
	return value;
}

static void
put_le(uint8_t *p, uint32_t value, unsigned octets)
{
	for (unsigned i = 0; i < octets; i++)
		p[i] = (uint8_t)(value >> (8 * i));
}

void
frame_head(uint8_t head[CHANNEL_HEAD], uint16_t type, size_t n)
{
	assert(n <= UINT32_MAX);
	put_le(head, (uint32_t)n, 4);
	put_le(head + 4, type, 2);
	put_le(head + 6, PROTO_VERSION, 2);
}

enum frame_verdict
frame_peek(const uint8_t *data, size_t n, size_t limit, uint16_t *type,
    size_t *payload)
{
	if (n < CHANNEL_HEAD)
		return FRAME_PARTIAL;
	*payload = get_le(data, 4);
	*type = (uint16_t)get_le(data + 4, 2);
	if (get_le(data + 6, 2) != PROTO_VERSION || *payload > limit)
		return FRAME_BAD;
	return n - CHANNEL_HEAD < *payload ? FRAME_PARTIAL : FRAME_WHOLE;
}
