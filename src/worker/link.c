/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Frames to and from the daemon. Writes are gathered, so that a text costs few
 * system calls: the announcement of a call goes out together with the result
 * before it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipc/channel.h"
#include "worker/link.h"

#define LINK_LIMIT 65536 /* octets of one payload */
#define LINK_ROOM  (LINK_LIMIT + CHANNEL_HEAD)

void
link_init(struct link *l, int fd)
{
	memset(l, 0, sizeof(*l));
	l->fd = fd;
	l->in = xmalloc(LINK_ROOM);
}

void
link_clear(struct link *l)
{
	free(l->in);
	free(l->out);
	memset(l, 0, sizeof(*l));
	l->fd = -1;
}

void
link_put(struct link *l, const struct proto *p)
{
	size_t n, need;
	uint8_t *data;

	if (l->is_closed)
		return;
	data = proto_encode(p, &n);
	need = l->n_out + CHANNEL_HEAD + n;
	if (need > l->room_out) {
		l->room_out = need * 2;
		l->out = xreallocarray(l->out, l->room_out, 1);
	}
	frame_head(l->out + l->n_out, (uint16_t)p->type, n);
	memcpy(l->out + l->n_out + CHANNEL_HEAD, data, n);
	l->n_out = need;
	free(data);
}

/* The other end may have made our end non-blocking: after a fork, both may
 * share one open file. */
static bool
may_retry(int fd, short events)
{
	struct pollfd p = {.fd = fd, .events = events};

	if (errno == EINTR)
		return true;
	return errno == EAGAIN && (poll(&p, 1, -1) > 0 || errno == EINTR);
}

void
link_flush(struct link *l)
{
	size_t done = 0;

	while (!l->is_closed && done < l->n_out) {
		ssize_t rc = write(l->fd, l->out + done, l->n_out - done);

		if (rc > 0)
			done += (size_t)rc;
		else if (!may_retry(l->fd, POLLOUT))
			l->is_closed = true;
	}
	l->n_out = 0;
}

void
link_read(struct link *l)
{
	ssize_t rc;

	do
		rc = read(l->fd, l->in + l->n_in, LINK_ROOM - l->n_in);
	while (rc == -1 && may_retry(l->fd, POLLIN));
	if (rc <= 0)
		l->is_closed = true;
	else
		l->n_in += (size_t)rc;
}

enum link_verdict
link_take(struct link *l, struct proto *out)
{
	uint16_t type;
	size_t n;
	int rc;

	switch (frame_peek(l->in, l->n_in, LINK_LIMIT, &type, &n)) {
	case FRAME_PARTIAL:
		return LINK_NONE;
	case FRAME_BAD:
		log_error("link_bad", "text=\"not a frame of this version\"");
		return LINK_BAD;
	case FRAME_WHOLE:
		break;
	}
	rc = proto_decode(type, l->in + CHANNEL_HEAD, n, out);
	n += CHANNEL_HEAD;
	memmove(l->in, l->in + n, l->n_in - n);
	l->n_in -= n;
	if (rc == 0)
		return LINK_FRAME;
	log_error("link_bad", "type=%u text=\"can't be decoded\"", type);
	return LINK_BAD;
}
