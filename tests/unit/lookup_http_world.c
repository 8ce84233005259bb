/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The fake dialogue, the server and its client.
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "lookup/answer.h"
#include "lookup_http_world.h"

#define WAIT_MS 20000

/* --- the fake dialogue ---------------------------------------------------- */

struct fake_dialogue fake;

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
	return strdup(phrase == PHRASE_SCREEN_CLOSED ? "closed"
	    : phrase == PHRASE_SCREEN_FOREIGN ? "foreign" : "busy");
}

void
answer_now(const char *text)
{
	fake.waiting(text, false, fake.waiting_arg);
	fake.waiting = NULL;
}

/* --- the world ------------------------------------------------------------ */

struct http_world w;

void
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

int
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

int
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

int
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

void
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

const char *
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

char *
make_request(const char *method, const char *target, const char *headers,
    const char *body)
{
	char *text;

	assert_true(asprintf(&text, "%s %s HTTP/1.1\r\nHost: localhost\r\n"
	    "%sContent-Length: %zu\r\n\r\n%s", method, target, headers,
	    strlen(body), body) > 0);
	return text;
}

const char *
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

const char *
ask(const char *form)
{
	return ask_with("POST", "/ussd", TOKEN_HEAD FORM_HEAD, form);
}

const char *
body_of(const char *answer)
{
	const char *body = strstr(answer, "\r\n\r\n");

	return body != NULL ? body + 4 : "";
}

void
expect_code(const char *answer, int code)
{
	if (strncmp(answer, "HTTP/1.1 ", 9) != 0 || atoi(answer + 9) != code)
		fail_msg("expected %d, got \"%s\"", code, answer);
}
