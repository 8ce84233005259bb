/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Frames over a stream socket: length (32 bit, of what follows the head),
 * type (16 bit), version (16 bit), little endian, then the payload. The
 * daemon's end of a worker's socketpair and of each control connection.
 *
 * owns: the descriptor and its bufferevent.
 * promises: on_frame gets whole frames, in order, as many per wake-up as
 *	are there; on_closed comes exactly once, unless channel_free() was
 *	called; a frame over the limit or of another version closes the
 *	channel with a reason.
 * never does: look into a payload.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include <stddef.h>
#include <stdint.h>

struct event_base;
struct evbuffer;
struct channel;

struct channel_hooks {
	/* May call channel_free(); the payload is borrowed. */
	void (*on_frame)(struct channel *, uint16_t type,
	    const uint8_t *payload, size_t n, void *arg);
	/* reason: "eof", "error: …", "frame too long" …; the channel is
	 * still the owner's to free. */
	void (*on_closed)(struct channel *, const char *reason, void *arg);
};

#define CHANNEL_HEAD 8 /* octets of a frame's head */

/* Takes fd (made non-blocking, close-on-exec), even on failure: NULL. */
struct channel *channel_new(struct event_base *, int fd, size_t limit,
    const struct channel_hooks *, void *arg);
void channel_free(struct channel *);

/* Queues a frame. It is written when the peer reads: returning does not
 * mean that it arrived. */
void channel_send(struct channel *, uint16_t type, const void *payload,
    size_t n);
size_t channel_backlog(const struct channel *); /* octets not yet written */

/* The functions that both ends share, for peers without an event loop. */
void frame_head(uint8_t head[CHANNEL_HEAD], uint16_t type, size_t n);
enum frame_verdict { FRAME_WHOLE, FRAME_PARTIAL, FRAME_BAD };
/* Looks at the n octets read so far: a whole frame at the front? */
enum frame_verdict frame_peek(const uint8_t *data, size_t n, size_t limit,
    uint16_t *type, size_t *payload);

#endif
