/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The framed channel: several frames per wake-up, frames in pieces, what
 * closes it, and an owner that frees it from inside its hooks.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "ipc/channel.h"

#define LIMIT 1000

struct bench {
	struct event_base *base;
	struct channel *channel;
	int peer;
	int frames;
	uint16_t last_type;
	size_t last_n;
	char closed[128];
	int closings;
	int free_at;		/* frame after which the owner frees */
	int free_on_close;
};

static void
on_frame(struct channel *c, uint16_t type, const uint8_t *payload, size_t n,
    void *arg)
{
	struct bench *b = arg;
	size_t sum = 0;

	b->frames++;
	b->last_type = type;
	b->last_n = n;
	if (b->frames == b->free_at) {
		channel_free(c);
		b->channel = NULL;
	}
	/* The payload stays readable until we return. */
	for (size_t i = 0; i < n; i++)
		sum += payload[i];
	assert_true(n == 0 || sum > 0);
}

static void
on_closed(struct channel *c, const char *reason, void *arg)
{
	struct bench *b = arg;

	b->closings++;
	(void)snprintf(b->closed, sizeof(b->closed), "%s", reason);
	if (b->free_on_close) {
		channel_free(c);
		b->channel = NULL;
	}
}

static int
setup(void **state)
{
	static const struct channel_hooks hooks = {on_frame, on_closed};
	struct bench *b = calloc(1, sizeof(*b));
	int pair[2];

	assert_non_null(b);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	b->base = event_base_new();
	b->channel = channel_new(b->base, pair[0], LIMIT, &hooks, b);
	assert_non_null(b->channel);
	b->peer = pair[1];
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	channel_free(b->channel);
	event_base_free(b->base);
	if (b->peer != -1)
		(void)close(b->peer);
	free(b);
	return 0;
}

static void
turn(struct bench *b)
{
	(void)event_base_loop(b->base, EVLOOP_NONBLOCK);
}

static size_t
put_frame(uint8_t *to, uint16_t type, size_t n)
{
	frame_head(to, type, n);
	memset(to + CHANNEL_HEAD, 'x', n);
	return CHANNEL_HEAD + n;
}

static void
test_many_in_one_read(void **state)
{
	struct bench *b = *state;
	uint8_t buf[4096];
	size_t n = 0;

	for (uint16_t i = 0; i < 5; i++)
		n += put_frame(buf + n, i, i * 10U);
	assert_int_equal(write(b->peer, buf, n), n);
	turn(b);
	assert_int_equal(b->frames, 5);
	assert_int_equal(b->last_type, 4);
	assert_int_equal(b->last_n, 40);
}

static void
test_octet_by_octet(void **state)
{
	struct bench *b = *state;
	uint8_t buf[100];
	size_t n = put_frame(buf, 9, 20);

	for (size_t i = 0; i < n; i++) {
		assert_int_equal(b->frames, 0);
		assert_int_equal(write(b->peer, buf + i, 1), 1);
		turn(b);
	}
	assert_int_equal(b->frames, 1);
}

static void
test_more_than_the_high_water_mark(void **state)
{
	struct bench *b = *state;
	static uint8_t buf[20 * (LIMIT + CHANNEL_HEAD)];
	size_t n = 0;

	for (int i = 0; i < 20; i++)
		n += put_frame(buf + n, 1, LIMIT);
	assert_int_equal(write(b->peer, buf, n), n);
	for (int i = 0; i < 100 && b->frames < 20; i++)
		turn(b);
	assert_int_equal(b->frames, 20);
	assert_int_equal(b->closings, 0);
}

static void
test_frames_before_eof(void **state)
{
	struct bench *b = *state;
	uint8_t buf[100];
	size_t n = put_frame(buf, 9, 20);

	n += put_frame(buf + n, 9, 20) - 1; /* the second one lacks one */
	assert_int_equal(write(b->peer, buf, n), n);
	(void)close(b->peer);
	b->peer = -1;
	for (int i = 0; i < 5; i++)
		turn(b);
	assert_int_equal(b->frames, 1);
	assert_int_equal(b->closings, 1);
	assert_string_equal(b->closed, "eof");
}

static void
test_too_long(void **state)
{
	struct bench *b = *state;
	uint8_t buf[3 * CHANNEL_HEAD];

	frame_head(buf, 1, 0);
	frame_head(buf + CHANNEL_HEAD, 1, LIMIT + 1);
	frame_head(buf + 2 * CHANNEL_HEAD, 1, 0);
	assert_int_equal(write(b->peer, buf, sizeof(buf)), sizeof(buf));
	for (int i = 0; i < 5; i++)
		turn(b);
	assert_int_equal(b->frames, 1);
	assert_int_equal(b->closings, 1);
	assert_string_equal(b->closed, "frame too long");
	channel_send(b->channel, 1, NULL, 0);
	assert_int_equal(channel_backlog(b->channel), 0);
}

static void
test_other_version(void **state)
{
	struct bench *b = *state;
	uint8_t buf[CHANNEL_HEAD];

	b->free_on_close = 1;
	frame_head(buf, 1, 0);
	buf[6]++;
	assert_int_equal(write(b->peer, buf, sizeof(buf)), sizeof(buf));
	turn(b);
	assert_string_equal(b->closed, "wrong version");
	assert_null(b->channel);
}

static void
test_free_inside_on_frame(void **state)
{
	struct bench *b = *state;
	uint8_t buf[1000];
	size_t n = 0;

	b->free_at = 2;
	for (int i = 0; i < 5; i++)
		n += put_frame(buf + n, 1, 100);
	assert_int_equal(write(b->peer, buf, n), n);
	turn(b);
	turn(b);
	assert_int_equal(b->frames, 2);
	assert_int_equal(b->closings, 0);
	assert_int_equal(read(b->peer, buf, 1), 0); /* the end was closed */
}

static void
test_send_and_backlog(void **state)
{
	struct bench *b = *state;
	uint8_t buf[100];
	uint16_t type;
	size_t n;

	channel_send(b->channel, 7, "hello", 5);
	assert_int_equal(channel_backlog(b->channel), CHANNEL_HEAD + 5);
	turn(b);
	assert_int_equal(channel_backlog(b->channel), 0);
	assert_int_equal(read(b->peer, buf, sizeof(buf)), CHANNEL_HEAD + 5);
	assert_int_equal(frame_peek(buf, CHANNEL_HEAD + 5, LIMIT, &type, &n),
	    FRAME_WHOLE);
	assert_int_equal(type, 7);
	assert_memory_equal(buf + CHANNEL_HEAD, "hello", 5);
}

static void
test_free_null(void **state)
{
	(void)state;
	channel_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_many_in_one_read),
		TEST(test_octet_by_octet),
		TEST(test_more_than_the_high_water_mark),
		TEST(test_frames_before_eof),
		TEST(test_too_long),
		TEST(test_other_version),
		TEST(test_free_inside_on_frame),
		TEST(test_send_and_backlog),
		TEST(test_free_null),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
