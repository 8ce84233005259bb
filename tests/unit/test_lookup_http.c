/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The HTTP front alone: who is let in, how forms are read, what becomes of
 * late answers and of clients that go. The dialogue is a fake of this file.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "lookup/answer.h"
#include "lookup/http.h"
#include "lookup/http_gate.h"

#define N(a)	   (sizeof(a) / sizeof(*(a)))
#define TOKEN	   "a-token-of-twenty-one"
#define OTHER	   "another-token-of-this"
#define WAIT_MS	   20000
#define FORM_HEAD  "Content-Type: application/x-www-form-urlencoded\r\n"
#define TOKEN_HEAD "X-Baotin-Token: " TOKEN "\r\n"

/* --- the fake dialogue ---------------------------------------------------- */

static struct {
	unsigned asked, ended;
	char session[200], phone[40], text[3000], transport[20];
	bool is_cumulative;
	unsigned max_octets;
	bool is_silent; /* answers later */
	const char *answer;
	bool is_final;
	lookup_answered *waiting;
	void *waiting_arg;
} fake;

void
lookup_input(struct lookup *lookup, const struct lookup_request *r,
    lookup_answered *answered, void *arg)
{
	assert_ptr_equal(lookup, (struct lookup *)&fake);
	fake.asked++;
	(void)snprintf(fake.session, sizeof(fake.session), "%s", r->session);
	(void)snprintf(fake.phone, sizeof(fake.phone), "%s", r->phone);
	(void)snprintf(fake.text, sizeof(fake.text), "%s", r->text);
	(void)snprintf(fake.transport, sizeof(fake.transport), "%s",
	    r->transport->name);
	fake.is_cumulative = r->transport->is_cumulative;
	fake.max_octets = r->transport->max_octets;
	if (!fake.is_silent) {
		answered(fake.answer, fake.is_final, arg);
		return;
	}
	fake.waiting = answered;
	fake.waiting_arg = arg;
}

void
lookup_end(struct lookup *lookup, const struct lookup_transport *transport,
    const char *session)
{
	(void)lookup;
	(void)transport;
	fake.ended++;
	(void)snprintf(fake.session, sizeof(fake.session), "%s", session);
}

char *
lookup_say(const struct lookup *lookup, struct voice voice,
    enum phrase phrase)
{
	(void)lookup;
	assert_string_equal(voice.lang, "");
	return strdup(phrase == PHRASE_SCREEN_CLOSED ? "closed" : "busy");
}

static void
answer_now(const char *text)
{
	fake.waiting(text, false, fake.waiting_arg);
	fake.waiting = NULL;
}

/* --- the world ------------------------------------------------------------ */

static struct {
	char dir[64], token_file[80], other_file[80], listen[40];
	char *tokens[3], *allow[3];
	unsigned short port;
	struct conf conf;
	struct event_base *base;
	struct lookup_http *http;
} w;

static void
write_file(const char *path, const char *text)
{
	FILE *out = fopen(path, "w");

	assert_non_null(out);
	(void)fputs(text, out);
	assert_int_equal(fclose(out), 0);
	(void)chmod(path, 0600);
}

/* A port that was free a moment ago; below those that others get unasked. */
static unsigned short
free_port(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	void *any = &in;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (int tries = 0; tries < 1000; tries++) {
		unsigned short port = (unsigned short)(15000 +
		    (getpid() * 37 + tries * 211) % 15000);
		int fd = socket(AF_INET, SOCK_STREAM, 0);
		int bound;

		in.sin_port = htons(port);
		bound = bind(fd, any, sizeof(in));
		(void)close(fd);
		if (bound == 0)
			return port;
	}
	fail_msg("no free port");
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	memset(&fake, 0, sizeof(fake));
	fake.answer = "Xin chào\n1.Hồ sơ";
	(void)signal(SIGPIPE, SIG_IGN);
	(void)strcpy(w.dir, "/tmp/baotin-http.XXXXXX");
	assert_non_null(mkdtemp(w.dir));
	(void)snprintf(w.token_file, sizeof(w.token_file), "%s/a", w.dir);
	(void)snprintf(w.other_file, sizeof(w.other_file), "%s/b", w.dir);
	write_file(w.token_file, TOKEN "\n");
	write_file(w.other_file, OTHER "\n");
	w.port = free_port();
	(void)snprintf(w.listen, sizeof(w.listen), "127.0.0.1:%u", w.port);
	w.tokens[0] = w.token_file;
	w.tokens[1] = w.other_file;
	w.allow[0] = strdup("127.0.0.1/8");
	w.conf.gateway.country_code = strdup("84");
	w.conf.lookup.enabled = true;
	w.conf.ussd.listen = w.listen;
	w.conf.ussd.path = strdup("/ussd");
	w.conf.ussd.profile = strdup("africastalking");
	w.conf.ussd.token_files = w.tokens;
	w.conf.ussd.allow = w.allow;
	w.base = event_base_new();
	assert_int_equal(lookup_http_new(w.base, &w.conf,
	    (struct lookup *)&fake, &w.http), 0);
	assert_non_null(w.http);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	lookup_http_free(w.http);
	event_base_free(w.base);
	(void)unlink(w.token_file);
	(void)unlink(w.other_file);
	(void)rmdir(w.dir);
	free(w.allow[0]);
	free(w.conf.gateway.country_code);
	free(w.conf.ussd.path);
	free(w.conf.ussd.profile);
	return 0;
}

static int
dial(void)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	void *any = &in;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons(w.port);
	assert_int_equal(connect(fd, any, sizeof(in)), 0);
	(void)fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void
type(int fd, const char *text, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, text, n, MSG_NOSIGNAL);

		if (sent < 0 && errno != EAGAIN)
			return; /* what we get tells */
		(void)event_base_loop(w.base, EVLOOP_NONBLOCK);
		text += sent > 0 ? sent : 0;
		n -= sent > 0 ? (size_t)sent : 0;
	}
}

/* Is there a whole answer in it? */
static bool
is_whole(const char *answer)
{
	const char *body = strstr(answer, "\r\n\r\n");
	const char *length = strcasestr(answer, "Content-Length:");

	if (body == NULL)
		return false;
	return length != NULL && length < body &&
	    strlen(body + 4) >= (size_t)atoi(length + 15);
}

/* Runs the server until an answer or the end came; "" for an end without an
 * answer. */
static const char *
hear(int fd)
{
	static char answer[8192];
	int64_t deadline = clock_mono_ms() + WAIT_MS;
	size_t n = 0;

	for (;;) {
		ssize_t got;

		(void)event_base_loop(w.base, EVLOOP_NONBLOCK);
		got = recv(fd, answer + n, sizeof(answer) - 1 - n, 0);
		if (got > 0)
			n += (size_t)got;
		answer[n] = '\0';
		if (got == 0 || is_whole(answer) ||
		    (got < 0 && errno != EAGAIN))
			return answer;
		if (got < 0 && clock_mono_ms() > deadline)
			fail_msg("no answer, but \"%s\"", answer);
		if (got < 0)
			(void)usleep(200); /* poll */
	}
}

static char *
make_request(const char *method, const char *target, const char *headers,
    const char *body)
{
	char *text;

	assert_true(asprintf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n"
	    "%sContent-Length: %zu\r\n\r\n%s", method, target, headers,
	    strlen(body), body) > 0);
	return text;
}

static const char *
ask_with(const char *method, const char *target, const char *headers,
    const char *body)
{
	char *text = make_request(method, target, headers, body);
	int fd = dial();
	const char *answer;

	type(fd, text, strlen(text));
	answer = hear(fd);
	(void)close(fd);
	free(text);
	return answer;
}

static const char *
ask(const char *form)
{
	return ask_with("POST", "/ussd", TOKEN_HEAD FORM_HEAD, form);
}

static const char *
body_of(const char *answer)
{
	const char *body = strstr(answer, "\r\n\r\n");

	return body != NULL ? body + 4 : "";
}

static void
expect_code(const char *answer, int code)
{
	if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || atoi(answer + 9) != code)
		fail_msg("expected %d, got \"%s\"", code, answer);
}

#define GOOD                                                                  \
	"sessionId=ATUid_1&serviceCode=*1022%23&phoneNumber=%2B84912345678"   \
	"&networkCode=45204&text=1*2305150001"

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
	expect_code(ask("phoneNumber=+84912345678&sessionId=x"), 200);
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
		{"sessionId=x&phoneNumber=0912345678&text=%ff",
		    "form_malformed"},
		{"phoneNumber=0912345678&text=", "session_missing"},
		{"sessionId=&phoneNumber=0912345678", "session_missing"},
		{"sessionId=x&text=", "phone_bad"},
		{"sessionId=x&phoneNumber=12345&text=", "phone_bad"},
		{"sessionId=x&phoneNumber=VIETTEL&text=", "phone_bad"},
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
	assert_true(asprintf(&body, "phoneNumber=0912345678&sessionId=%s",
	    digits) > 0);
	expect_code(ask(body), 400);
	free(body);
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
