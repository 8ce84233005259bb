/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The HTTP front alone: who is let in, how forms are read, what becomes of
 * late answers and of clients that go.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <sys/resource.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "lookup_http_world.h"

#define N(a) (sizeof(a) / sizeof(*(a)))

/* --- the tests ------------------------------------------------------------ */

static void
test_screen(void **state)
{
	const char *answer = ask(GOOD);

	(void)state;
	expect_code(answer, 200);
	assert_string_equal(body_of(answer), "CON Xin chào\n1.Hồ sơ");
	assert_non_null(strstr(answer,
	    "Content-Type: text/plain; charset=utf-8\r\n"));
	assert_string_equal(fake.session, "ATUid_1");
	assert_string_equal(fake.phone, "+84912345678");
	assert_string_equal(fake.text, "1*2305150001");
	assert_string_equal(fake.transport, "http");
	assert_true(fake.is_cumulative);
	assert_int_equal(fake.max_octets, 160);
	fake.is_final = true;
	fake.answer = "Tạm biệt";
	assert_string_equal(body_of(ask("text=&phoneNumber=0912345678&"
	    "sessionId=x")), "END Tạm biệt");
	assert_string_equal(fake.text, "");
	/* A plus that nobody encoded. */
	expect_code(ask("phoneNumber=+84912345678&sessionId=x&text="), 200);
	assert_string_equal(fake.phone, "+84912345678");
	assert_int_equal(fake.asked, 3);
}

static void
test_end(void **state)
{
	const char *answer = ask("date=2026-11-22&sessionId=ATUid_1&"
	    "serviceCode=*1022%23&networkCode=45204&"
	    "phoneNumber=%2B84912345678&status=Success&cost=0&"
	    "durationInMillis=4000&hopsCount=2&input=1&lastAppResponse=END");

	(void)state;
	expect_code(answer, 200);
	assert_string_equal(body_of(answer), "");
	assert_int_equal(fake.ended, 1);
	assert_int_equal(fake.asked, 0);
	assert_string_equal(fake.session, "ATUid_1");
}

static void
test_forms(void **state)
{
	static const struct {
		const char *form, *why;
	} bad[] = {
		{"", "form_malformed"},
		{"nonsense", "form_malformed"},
		{"sessionId=1&phoneNumber=0912345678%00x&text=",
		    "form_malformed"},
		{"sessionId=x&phoneNumber=0912345678&text=%ff",
		    "form_malformed"},
		{"phoneNumber=0912345678&text=", "session_missing"},
		{"sessionId=&phoneNumber=0912345678", "session_missing"},
		{"sessionId=x&text=", "phone_bad"},
		{"sessionId=x&phoneNumber=12345&text=", "phone_bad"},
		{"sessionId=x&phoneNumber=VIETTEL&text=", "phone_bad"},
		{"sessionId=x&phoneNumber=&text=", "phone_bad"},
		{"sessionId=x&phoneNumber=0912345678", "text_missing"},
		{"sessionId=x&phoneNumber=%2B33612345678", "text_missing"},
	};
	char *body, digits[2100];

	(void)state;
	for (size_t i = 0; i < N(bad); i++) {
		const char *answer = ask(bad[i].form);

		expect_code(answer, 400);
		assert_non_null(strstr(body_of(answer), bad[i].why));
	}
	memset(digits, '1', sizeof(digits));
	digits[sizeof(digits) - 1] = '\0';
	assert_true(asprintf(&body, "sessionId=x&phoneNumber=0912345678&"
	    "text=%s", digits) > 0);
	expect_code(ask(body), 400);
	free(body);
	digits[129] = '\0';
	assert_true(asprintf(&body, "phoneNumber=0912345678&text=&"
	    "sessionId=%s", digits) > 0);
	expect_code(ask(body), 400);
	assert_non_null(strstr(body_of(ask(body)), "session_too_long"));
	free(body);
	assert_int_equal(fake.asked, 0);
}

/* 10.13: a phone that can't be served sees a screen that ends. */
static void
test_10_13_foreign_phones(void **state)
{
	static const char *const phones[] = {"%2B33612345678",
	    "0033612345678", "%2B856201234567", "%2B14155552671",
	    "02713000000", "%2B842713000000", "0121012345", "1900545463"};
	char *body;

	(void)state;
	for (size_t i = 0; i < N(phones); i++) {
		const char *answer;

		assert_true(asprintf(&body, "sessionId=x&phoneNumber=%s&"
		    "text=", phones[i]) > 0);
		answer = ask(body);
		expect_code(answer, 200);
		assert_string_equal(body_of(answer), "END foreign");
		free(body);
	}
	assert_int_equal(fake.asked, 0);
}

static void
test_refusals(void **state)
{
	char *big = malloc(70001);

	(void)state;
	memset(big, 'a', 70000);
	big[70000] = '\0';
	expect_code(ask_with("POST", "/ussd", TOKEN_HEAD FORM_HEAD, big), 413);
	big[5000] = '\0';
	expect_code(ask_with("POST", "/ussd", TOKEN_HEAD FORM_HEAD, big), 413);
	free(big);
	expect_code(ask_with("GET", "/ussd", TOKEN_HEAD, ""), 405);
	expect_code(ask_with("PUT", "/ussd", TOKEN_HEAD FORM_HEAD, GOOD), 405);
	assert_non_null(strstr(ask_with("DELETE", "/ussd", TOKEN_HEAD, ""),
	    "Allow: POST\r\n"));
	expect_code(ask_with("POST", "/", TOKEN_HEAD FORM_HEAD, GOOD), 404);
	expect_code(ask_with("POST", "/ussd/", TOKEN_HEAD FORM_HEAD, GOOD),
	    404);
	expect_code(ask_with("POST", "/ussd", TOKEN_HEAD, GOOD), 415);
	expect_code(ask_with("POST", "/ussd", TOKEN_HEAD
	    "Content-Type: application/json\r\n", GOOD), 415);
	expect_code(ask_with("POST", "/ussd", TOKEN_HEAD
	    "Content-Type: application/x-www-form-urlencoded-not\r\n", GOOD),
	    415);
	expect_code(ask_with("POST", "/ussd", TOKEN_HEAD "Content-Type: "
	    "Application/X-WWW-Form-Urlencoded;charset=utf-8\r\n", GOOD),
	    200);
	assert_int_equal(fake.asked, 1);
}

static void
test_tokens(void **state)
{
	(void)state;
	expect_code(ask_with("POST", "/ussd", FORM_HEAD, GOOD), 401);
	expect_code(ask_with("POST", "/ussd", "X-Baotin-Token: \r\n"
	    FORM_HEAD, GOOD), 401);
	expect_code(ask_with("POST", "/ussd", "X-Baotin-Token: "
	    "a-token-of-twenty-onx\r\n" FORM_HEAD, GOOD), 401);
	expect_code(ask_with("POST", "/ussd", "X-Baotin-Token: "
	    "a-token-of-twenty-on\r\n" FORM_HEAD, GOOD), 401);
	expect_code(ask_with("POST", "/ussd?token=" TOKEN, FORM_HEAD, GOOD),
	    401);
	assert_int_equal(fake.asked, 0);
	expect_code(ask_with("POST", "/ussd", "x-baotin-token: " OTHER "\r\n"
	    FORM_HEAD, GOOD), 200);
	w.conf.ussd.token_in_query = true;
	expect_code(ask_with("POST", "/ussd?a=b&token=" TOKEN, FORM_HEAD,
	    GOOD), 200);
	expect_code(ask_with("POST", "/ussd?token=no", FORM_HEAD, GOOD), 401);
	expect_code(ask_with("POST", "/ussd?token", FORM_HEAD, GOOD), 401);
	/* A wrong one in the header is not made good by the query. */
	expect_code(ask_with("POST", "/ussd?token=" TOKEN,
	    "X-Baotin-Token: no\r\n" FORM_HEAD, GOOD), 401);
}

static void
test_reload(void **state)
{
	(void)state;
	write_file(w.token_file, "the-newest-token-of-all\n");
	lookup_http_reload(w.http);
	expect_code(ask(GOOD), 401);
	expect_code(ask_with("POST", "/ussd", "X-Baotin-Token: "
	    "the-newest-token-of-all\r\n" FORM_HEAD, GOOD), 200);
	/* Unreadable: those of before stay. */
	(void)unlink(w.token_file);
	assert_int_equal(lookup_http_check(&w.conf), -1);
	lookup_http_reload(w.http);
	expect_code(ask_with("POST", "/ussd", "X-Baotin-Token: "
	    "the-newest-token-of-all\r\n" FORM_HEAD, GOOD), 200);
	lookup_http_reload(NULL);
}

static void
test_networks(void **state)
{
	static const struct {
		const char *net;
		int code;
	} table[] = {
		{"10.0.0.0/8", 403}, {"127.0.0.1", 200},
		{"127.0.0.2", 403}, {"127.0.0.0/31", 200},
		{"127.0.0.2/31", 403}, {"0.0.0.0/0", 200}, {"::1", 403},
		{"::/0", 403},
	};

	(void)state;
	for (size_t i = 0; i < N(table); i++) {
		free(w.allow[0]);
		w.allow[0] = strdup(table[i].net);
		lookup_http_reload(w.http);
		expect_code(ask(GOOD), table[i].code);
	}
}

static void
test_late(void **state)
{
	char *text = make_request("POST", "/ussd", TOKEN_HEAD FORM_HEAD, GOOD);
	int64_t began = clock_mono_ms();
	int fd = dial();
	const char *answer;

	(void)state;
	fake.is_silent = true;
	type(fd, text, strlen(text));
	answer = hear(fd);
	expect_code(answer, 200);
	assert_string_equal(body_of(answer), "END busy");
	assert_true(clock_mono_ms() - began >= HTTP_DEADLINE_MS - 100);
	/* Nobody hears it any more; the connection goes on. */
	answer_now("late");
	fake.is_silent = false;
	type(fd, text, strlen(text));
	assert_string_equal(body_of(hear(fd)), "CON Xin chào\n1.Hồ sơ");
	(void)close(fd);
	free(text);
}

static void
test_later_and_gone(void **state)
{
	char *text = make_request("POST", "/ussd", TOKEN_HEAD FORM_HEAD, GOOD);
	int fd = dial();

	(void)state;
	fake.is_silent = true;
	type(fd, text, strlen(text));
	while (fake.waiting == NULL)
		(void)event_base_loop(w.base, EVLOOP_ONCE);
	answer_now("bây giờ");
	assert_string_equal(body_of(hear(fd)), "CON bây giờ");
	/* The client goes before its answer. */
	type(fd, text, strlen(text));
	while (fake.waiting == NULL)
		(void)event_base_loop(w.base, EVLOOP_ONCE);
	(void)close(fd);
	for (int i = 0; i < 10; i++)
		(void)event_base_loop(w.base, EVLOOP_NONBLOCK);
	answer_now("nobody");
	for (int i = 0; i < 10; i++)
		(void)event_base_loop(w.base, EVLOOP_NONBLOCK);
	/* And the front before the dialogue. */
	fd = dial();
	type(fd, text, strlen(text));
	while (fake.waiting == NULL)
		(void)event_base_loop(w.base, EVLOOP_ONCE);
	lookup_http_free(w.http);
	w.http = NULL;
	answer_now("nobody");
	(void)close(fd);
	free(text);
}

static void
test_connection(void **state)
{
	char *text = make_request("POST", "/ussd", TOKEN_HEAD FORM_HEAD, GOOD);
	size_t n = strlen(text);
	int fd = dial();

	(void)state;
	for (int i = 0; i < 5; i++) {
		type(fd, text, n);
		expect_code(hear(fd), 200);
	}
	/* Octet by octet. */
	for (size_t i = 0; i < n; i++)
		type(fd, text + i, 1);
	expect_code(hear(fd), 200);
	(void)close(fd);
	fd = dial();
	type(fd, "\r\n\377\376 nonsense\r\n\r\n", 16);
	(void)hear(fd);
	(void)close(fd);
	assert_int_equal(fake.asked, 6);
	expect_code(ask(GOOD), 200);
	free(text);
}

static void
test_closed(void **state)
{
	const char *answer;

	(void)state;
	w.conf.lookup.enabled = false;
	answer = ask(GOOD);
	expect_code(answer, 200);
	assert_string_equal(body_of(answer), "END closed");
	assert_int_equal(fake.asked, 0);
}

static void
test_start(void **state)
{
	struct conf conf = w.conf;
	struct lookup_http *second;
	char none[] = "";
	char nowhere[] = "192.0.2.1:80";

	(void)state;
	/* The port is taken; the address is not ours; off. */
	assert_int_equal(lookup_http_new(w.base, &conf,
	    (struct lookup *)&fake, &second), -1);
	assert_null(second);
	conf.ussd.listen = nowhere;
	assert_int_equal(lookup_http_new(w.base, &conf,
	    (struct lookup *)&fake, &second), -1);
	conf.ussd.listen = none;
	assert_int_equal(lookup_http_new(w.base, &conf,
	    (struct lookup *)&fake, &second), 0);
	assert_null(second);
	lookup_http_free(NULL);
	(void)unlink(w.other_file);
	conf.ussd.listen = w.listen;
	assert_int_equal(lookup_http_new(w.base, &conf,
	    (struct lookup *)&fake, &second), -1);
}

/* More clients than there may be: the others wait for their turn. */
static void
test_crowd(void **state)
{
	char *text = make_request("POST", "/ussd", TOKEN_HEAD FORM_HEAD, GOOD);
	struct rlimit limit = {128, 128}, old;
	int fds[50], answered = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	lookup_http_free(w.http);
	limit.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 60; /* half of it is the door's */
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(lookup_http_new(w.base, &w.conf,
	    (struct lookup *)&fake, &w.http), 0);
	limit.rlim_cur = 200;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (size_t i = 0; i < N(fds); i++) {
		fds[i] = dial();
		type(fds[i], text, strlen(text));
	}
	for (int i = 0; i < 200; i++)
		(void)event_base_loop(w.base, EVLOOP_NONBLOCK);
	assert_true(fake.asked >= 25 && fake.asked <= 40);
	for (size_t i = 0; i < N(fds); i++) {
		expect_code(hear(fds[i]), 200);
		answered++;
		(void)close(fds[i]);
	}
	assert_int_equal(answered, (int)N(fds));
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	free(text);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)
	static const struct CMUnitTest tests[] = {
		TEST(test_screen),
		TEST(test_end),
		TEST(test_forms),
		TEST(test_10_13_foreign_phones),
		TEST(test_refusals),
		TEST(test_tokens),
		TEST(test_reload),
		TEST(test_networks),
		TEST(test_late),
		TEST(test_later_and_gone),
		TEST(test_connection),
		TEST(test_closed),
		TEST(test_start),
		TEST(test_crowd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
