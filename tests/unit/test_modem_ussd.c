/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sessions on a modem: their timers, turns, and how many an hour. Timers are
 * set off by hand, the engine answers when the test wants it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <event2/event.h>

#include "base/clock.h"
#include "conf/conf.h"
#include "lookup/lookup.h"
#include "lookup/modem_ussd.h"

#define ASKS 1
#define OVER 2
#define IMSI "452040000000001"

int __wrap_event_add(struct event *, const struct timeval *);
int64_t __wrap_clock_mono_ms(void);

static struct {
	struct event_base *base;
	struct modem_ussd *front;
	struct conf conf;
	struct event *timer;
	long timer_s;
	int64_t now_ms;
	bool is_slow;			/* answers come by answer() only */
	lookup_answered *waiting;
	void *waiting_arg;
	unsigned n_begun, n_input, n_ended, n_dials, n_closed;
	char text[256], dialled[64], phone[64], session[80];
} world;

int
__wrap_event_add(struct event *timer, const struct timeval *tv)
{
	world.timer = timer;
	world.timer_s = (long)tv->tv_sec;
	return 0;
}

int64_t
__wrap_clock_mono_ms(void)
{
	return world.now_ms;
}

static void
answer(const char *text, bool is_final)
{
	lookup_answered *waiting = world.waiting;

	world.waiting = NULL;
	waiting(text, is_final, world.waiting_arg);
}

static void
take(const struct lookup_request *r, lookup_answered *answered, void *arg)
{
	(void)snprintf(world.text, sizeof(world.text), "%s", r->text);
	(void)snprintf(world.phone, sizeof(world.phone), "%s", r->phone);
	(void)snprintf(world.session, sizeof(world.session), "%s",
	    r->session);
	world.waiting = answered;
	world.waiting_arg = arg;
	if (!world.is_slow)
		answer("Số dư", false);
}

void
lookup_begin(struct lookup *lookup, const struct lookup_request *r,
    lookup_answered *answered, void *arg)
{
	(void)lookup;
	world.n_begun++;
	take(r, answered, arg);
}

void
lookup_input(struct lookup *lookup, const struct lookup_request *r,
    lookup_answered *answered, void *arg)
{
	(void)lookup;
	world.n_input++;
	take(r, answered, arg);
}

void
lookup_end(struct lookup *lookup, const struct lookup_transport *transport,
    const char *session)
{
	(void)lookup;
	(void)transport;
	assert_string_equal(session, world.session);
	world.n_ended++;
}

static void
on_dial(const char *modem, const char *text, void *arg)
{
	(void)arg;
	assert_string_equal(modem, "modem1");
	(void)snprintf(world.dialled, sizeof(world.dialled), "%s", text);
	world.n_dials++;
}

static void
on_end(const char *modem, void *arg)
{
	(void)arg;
	assert_string_equal(modem, "modem1");
	world.n_closed++;
}

static void
hear(unsigned status, const char *text)
{
	modem_ussd_heard(world.front, "modem1", IMSI, status, text);
}

static void
set_off(void)
{
	event_active(world.timer, EV_TIMEOUT, 1);
	(void)event_base_loop(world.base, EVLOOP_NONBLOCK);
}

static int
set_up(void **state)
{
	static const struct modem_ussd_hooks hooks = {
		.dial = on_dial,
		.end = on_end,
	};

	(void)state;
	memset(&world, 0, sizeof(world));
	world.now_ms = 1000;
	world.conf.lookup.enabled = true;
	world.base = event_base_new();
	world.front = modem_ussd_new(world.base, &world.conf, NULL, &hooks,
	    NULL);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	modem_ussd_free(world.front);
	event_base_free(world.base);
	return 0;
}

static void
test_silent_network(void **state)
{
	(void)state;
	hear(ASKS, "*1022#");
	assert_string_equal(world.phone, "sim:" IMSI);
	assert_string_equal(world.dialled, "So du");
	assert_int_equal(world.timer_s, 60);
	assert_true(modem_ussd_is_open(world.front, "modem1"));
	set_off();
	assert_false(modem_ussd_is_open(world.front, "modem1"));
	assert_int_equal(world.n_ended, 1);
	assert_int_equal(world.n_closed, 1);
	/* The next one is another. */
	hear(ASKS, "*1022#");
	assert_int_equal(world.n_begun, 2);
}

static void
test_after_the_end(void **state)
{
	(void)state;
	world.is_slow = true;
	hear(ASKS, "*1022#");
	answer("Cam on", true);
	assert_int_equal(world.timer_s, 10);
	set_off();
	assert_int_equal(world.n_closed, 1);
	/* Asked again behind our last word: it is over, nothing begins. */
	hear(ASKS, "*1022#");
	answer("Cam on", true);
	hear(ASKS, "1");
	assert_int_equal(world.n_closed, 2);
	assert_int_equal(world.n_begun + world.n_input, 2);
	assert_false(modem_ussd_is_open(world.front, "modem1"));
}

static void
test_network_ends(void **state)
{
	(void)state;
	hear(ASKS, "*1022#");
	hear(OVER, "");
	assert_int_equal(world.n_ended, 1);
	assert_int_equal(world.n_closed, 0);	/* it knows */
	hear(OVER, "");
	modem_ussd_gone(world.front, "modem1");
	modem_ussd_gone(world.front, "modem2");
	assert_int_equal(world.n_ended, 1);
	hear(ASKS, "*1022#");
	modem_ussd_gone(world.front, "modem1");
	assert_int_equal(world.n_ended, 2);
	assert_int_equal(world.n_closed, 0);
}

static void
test_late_answer(void **state)
{
	lookup_answered *late;
	void *late_arg;

	(void)state;
	world.is_slow = true;
	hear(ASKS, "*1022#");
	hear(ASKS, "*1022#");		/* said twice */
	assert_int_equal(world.n_begun, 1);
	late = world.waiting;
	late_arg = world.waiting_arg;
	set_off();
	hear(ASKS, "*1022#");
	late("of the first", false, late_arg);
	assert_int_equal(world.n_dials, 0);
	answer("of the second", false);
	assert_string_equal(world.dialled, "of the second");
}

static void
test_turns(void **state)
{
	(void)state;
	hear(ASKS, "*1022#");
	for (int i = 1; i < 30; i++)
		hear(ASKS, "9");
	assert_int_equal(world.n_input, 29);
	assert_int_equal(world.n_closed, 0);
	hear(ASKS, "9");
	assert_int_equal(world.n_input, 29);
	assert_int_equal(world.n_closed, 1);
	assert_int_equal(world.n_dials, 30);
}

static void
test_sessions_of_an_hour(void **state)
{
	(void)state;
	for (int i = 0; i < 60; i++) {
		hear(ASKS, "*1022#");
		hear(OVER, "");
	}
	assert_int_equal(world.n_begun, 60);
	hear(ASKS, "*1022#");
	assert_int_equal(world.n_begun, 60);
	assert_int_equal(world.n_closed, 1);
	world.now_ms += 3600000 - 1;
	hear(ASKS, "*1022#");
	assert_int_equal(world.n_begun, 60);
	world.now_ms += 1;
	hear(ASKS, "*1022#");
	assert_int_equal(world.n_begun, 61);
}

static void
test_switched_off(void **state)
{
	(void)state;
	world.conf.lookup.enabled = false;
	hear(ASKS, "*1022#");
	assert_int_equal(world.n_begun, 0);
	assert_int_equal(world.n_closed, 1);
}

static void
test_input(void **state)
{
	static const struct {
		const char *text, *want;
	} rows[] = {
		{"*1022#", ""}, {"*1022*1#", "1"}, {"*1022", ""},
		{"*1022*10452305150001*4321#", "10452305150001*4321"},
		{"1# ", "1"}, {"", ""}, {"*", ""}, {"**", ""}, {"#", ""},
		{"Ban can gi?", ""}, {"*1022*1a#", ""},
	};
	char out[201], longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		modem_ussd_input(rows[i].text, out);
		assert_string_equal(out, rows[i].want);
	}
	memset(longest, '1', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	hear(ASKS, longest);
	assert_int_equal(strlen(world.text), 200);
	hear(ASKS, longest);
	assert_int_equal(strlen(world.text), 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_silent_network),
		TEST(test_after_the_end),
		TEST(test_network_ends),
		TEST(test_late_answer),
		TEST(test_turns),
		TEST(test_sessions_of_an_hour),
		TEST(test_switched_off),
		TEST(test_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
