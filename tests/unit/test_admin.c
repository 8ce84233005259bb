/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The control sockets: what people see, who may do what, clients that
 * misbehave, and the sockets' files.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "admin_world.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "ipc/channel.h"
#include "ipc/control.h"

#define w (*the_world())

/* --- what it says --------------------------------------------------------*/

static void
test_modems(void **state)
{
	(void)state;
	assert_int_equal(on_control("modems"), 0);
	assert_string_equal(w.out, "name       state\n"
	    "viettel-1  ready\n"
	    "vina-1     locked\n");
	assert_string_equal(w.err, "");
	assert_int_equal(on_status("-j", "modem", "viettel-1"), 0);
	assert_string_equal(w.out, "{\n  \"name\": \"viettel-1\",\n"
	    "  \"state\": \"ready\"\n}\n");
	assert_int_equal(on_control("modem", "nobody"), 1);
	assert_string_equal(w.out, "");
	assert_non_null(strstr(w.err, "no modem \"nobody\""));
}

static void
test_wrong_use(void **state)
{
	(void)state;
	assert_int_equal(on_control("stat"), 2);
	assert_non_null(strstr(w.err, "ambiguous: status, stats"));
	assert_int_equal(on_control("modem"), 2);
	assert_int_equal(on_control("message", "a/b"), 2);
	assert_int_equal(on_control("rejected", "0"), 2);
	assert_int_equal(on_control("rejected", "requeue", "x"), 2);
	assert_int_equal(on_control("rejected", "requeue", "all", "x=1"), 2);
	assert_int_equal(on_control("send", "12", "text"), 2);
	assert_int_equal(on_control("send", "0912345678", " "), 2);
	assert_int_equal(ctl("help", (char *)NULL), 0);
	assert_int_equal(ctl("help", "send", (char *)NULL), 0);
	assert_non_null(strstr(w.out, "NUMBER TEXT"));
	assert_int_equal(ctl("-s", "/nonexistent/x", "status", (char *)NULL),
	    1);
	assert_non_null(strstr(w.err, "/nonexistent/x"));
	assert_non_null(strstr(w.err, "systemctl start baotin"));
}

static void
test_stats_and_config(void **state)
{
	(void)state;
	assert_int_equal(on_status("stats"), 0);
	assert_non_null(strstr(w.out, "baotin_messages_sent_total"));
	assert_int_equal(on_status("show", "config"), 0);
	assert_non_null(strstr(w.out, "bu-dop-1"));
	assert_null(strstr(w.out, "\\n"));
	assert_int_equal(on_status("template", "show"), 1);
	assert_int_equal(on_status("-j", "template", "check"), 1);
	assert_non_null(strstr(w.out, "\"faults\": ["));
	assert_non_null(strstr(w.err, "faults in the templates"));
}

/* What the daemon is asked to do, and what is refused before that. The
 * commands ask whether Redis is up first. */
static void
test_control(void **state)
{
	int64_t hour_ago = clock_wall_ms() - 3600000;

	(void)state;
	assert_int_equal(on_control("cancel"), 2);
	assert_int_equal(on_control("cancel", "a/b"), 2);
	assert_int_equal(on_control("cancel", "1f", "2f"), 2);
	assert_int_equal(on_control("cancel", "1f", "--agency", "H10.45"), 2);
	assert_int_equal(on_control("cancel", "1f", "--since", "2h"), 2);
	assert_int_equal(on_control("cancel", "--since", "2h"), 2);
	assert_int_equal(on_control("cancel", "--agency"), 2);
	assert_non_null(strstr(w.err, "--agency wants a word"));
	assert_int_equal(on_control("cancel", "--agency", "*"), 2);
	assert_int_equal(on_control("cancel", "--agency", "H10.4"), 2);
	assert_non_null(strstr(w.err, "no agency \"H10.4\"; the "
	    "configuration has: H10.45, H10.46"));
	assert_int_equal(on_control("cancel", "--all", "x"), 2);
	assert_non_null(strstr(w.err, "no option \"--all\""));
	assert_int_equal(on_control("cancel", "--agency", "H10.45", "--since",
	    "soon"), 2);
	assert_int_equal(on_control("cancel", "--agency", "H10.45", "--since",
	    "2999-01-01"), 2);
	assert_non_null(strstr(w.err, "no moment that has passed"));
	assert_int_equal(on_control("retry", "--agency"), 2);
	assert_int_equal(on_control("hold", "1f"), 2);
	assert_int_equal(on_control("release", "--since", "2h"), 2);
	assert_int_equal(on_status("undelivered", "1f"), 2);
	assert_int_equal(on_status("phone", "12"), 2);
	assert_non_null(strstr(w.err, "phone_short"));
	assert_int_equal(on_status("hold"), 1);
	assert_int_equal(on_status("cancel", "1f"), 1);
	assert_int_equal(on_status("retry", "all"), 1);
	assert_int_equal(on_status("release"), 1);
	assert_non_null(strstr(w.err, "for reading only"));
	if (!has_redis())
		return;
	assert_int_equal(on_control("cancel", "1f"), 0);
	assert_string_equal(w.out, "moved  3\n");
	assert_string_equal(w.sent, "cancel 1f - ever");
	assert_int_equal(on_control("cancel", "--since", "1h", "--agency",
	    "H10.46"), 0);
	assert_string_equal(w.sent, "cancel - H10.46 since");
	assert_true(w.since >= hour_ago && w.since <= clock_wall_ms() -
	    3600000);
	assert_int_equal(on_control("cancel", "--agency", "H10.46", "--since",
	    "1684137600000"), 0);
	assert_true(w.since == 1684137600000);
	assert_int_equal(on_control("retry", "all"), 0);
	assert_string_equal(w.sent, "retry - * ever");
	assert_int_equal(on_control("hold"), 0);
	assert_string_equal(w.sent, "hold - * ever");
	assert_int_equal(on_control("release", "--agency", "H10.45"), 0);
	assert_string_equal(w.sent, "release - H10.45 ever");
}

/* Reads what was logged while run() ran. */
static char *
logged(void (*run)(void))
{
	char *path = xasprintf("%s/log", w.dir), *text = xcalloc(1, 65536);
	int log = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int saved = dup(STDERR_FILENO);

	assert_true(log >= 0 && saved >= 0);
	(void)dup2(log, STDERR_FILENO);
	run();
	(void)fflush(stderr);
	(void)dup2(saved, STDERR_FILENO);
	assert_true(pread(log, text, 65535, 0) >= 0);
	(void)close(saved);
	(void)close(log);
	free(path);
	return text;
}

static void
run_send(void)
{
	assert_int_equal(on_control("send", "091 234 5678", "Chào bạn"), 0);
}

static void
test_send_leaves_audit(void **state)
{
	char *log = logged(run_send), uid[32];

	(void)state;
	assert_string_equal(w.out, "message  m1\n");
	assert_string_equal(w.sent, "+84912345678 Chào bạn");
	(void)snprintf(uid, sizeof(uid), " uid=%ld pid=", (long)getuid());
	assert_non_null(strstr(log, " audit "));
	assert_non_null(strstr(log, uid));
	assert_non_null(strstr(log, "send +8491*****78 (8 characters)"));
	assert_null(strstr(log, "5678"));
	assert_null(strstr(log, "bạn"));
	free(log);
}

static void
run_refused(void)
{
	assert_int_equal(on_status("send", "0912345678", "text"), 1);
}

static void
test_status_socket_only_reads(void **state)
{
	char *log;

	(void)state;
	w.sent[0] = '\0';
	log = logged(run_refused);
	assert_non_null(strstr(w.err, "the status socket is for reading"));
	assert_string_equal(w.sent, "");
	assert_non_null(strstr(log, "audit_refused"));
	free(log);
	assert_int_equal(on_status("rejected", "requeue", "all"), 1);
}

/* --- clients that misbehave ----------------------------------------------*/

static void
test_bad_requests(void **state)
{
	static const char *const bad[] = {"", "x", "{}", "[[[[[[[[", "null",
	    "{\"words\":[]}", "{\"words\":[{}]}", "\xff\xfe"};
	int64_t before = metric_get(METRIC_CONTROL_REFUSED);

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int fd = raw_open(i % 2 == 0 ? w.control : w.status);

		raw_text(fd, bad[i]);
		until(is_hung_up(fd));
		(void)close(fd);
	}
	assert_int_equal(metric_get(METRIC_CONTROL_REFUSED) - before,
	    sizeof(bad) / sizeof(bad[0]));
	assert_alive();
}

static void
test_bad_frames(void **state)
{
	static const uint8_t too_long[CHANNEL_HEAD] = {1, 0, 0x10, 0, 1, 0, 1,
	    0};
	static const uint8_t version[CHANNEL_HEAD] = {1, 0, 0, 0, 1, 0, 99, 0};
	int a = raw_open(w.control), b = raw_open(w.control);
	int c = raw_open(w.control);

	(void)state;
	assert_int_equal(send(a, too_long, sizeof(too_long), 0),
	    sizeof(too_long));
	assert_int_equal(send(b, version, sizeof(version), 0),
	    sizeof(version));
	raw_send(c, CONTROL_ANSWER, "{\"words\":[\"status\"]}", 20);
	until(is_hung_up(a));
	until(is_hung_up(b));
	until(is_hung_up(c));
	(void)close(a);
	(void)close(b);
	(void)close(c);
	assert_alive();
}

static void
test_half_frames(void **state)
{
	static const char request[] = "{\"words\":[\"modems\"]}";
	uint8_t frame[CHANNEL_HEAD + sizeof(request)], answer[512];
	size_t n = CHANNEL_HEAD + sizeof(request) - 1;
	int slow = raw_open(w.control), gone = raw_open(w.control);
	ssize_t got = -1;

	(void)state;
	frame_head(frame, CONTROL_REQUEST, sizeof(request) - 1);
	memcpy(frame + CHANNEL_HEAD, request, sizeof(request));
	assert_int_equal(send(gone, frame, 5, 0), 5);
	for (size_t i = 0; i + 1 < n; i++) {
		assert_int_equal(send(slow, frame + i, 1, 0), 1);
		if (i % 8 == 0)
			turn();
	}
	assert_alive();
	(void)close(gone);
	assert_int_equal(send(slow, frame + n - 1, 1, 0), 1);
	until((got = recv(slow, answer, sizeof(answer), 0)) > CHANNEL_HEAD);
	assert_memory_equal(answer + CHANNEL_HEAD, "{\"ok\":true", 10);
	(void)close(slow);
	assert_alive();
}

/* How many of these had to make room for others. */
static unsigned
count_refused(const int *fds, bool *was_refused, int n)
{
	unsigned refused = 0;

	for (int i = 0; i < n; i++) {
		char buf[256] = "";

		if (recv(fds[i], buf, sizeof(buf) - 1, 0) == 0)
			was_refused[i] = true;
		refused += was_refused[i];
	}
	return refused;
}

static void
test_hundred_clients(void **state)
{
	bool was_refused[100] = {false};
	int fds[100];

	(void)state;
	for (int i = 0; i < 100; i++) {
		fds[i] = raw_open(w.control);
		turn();
	}
	until(count_refused(fds, was_refused, 100) == 100 - 64);
	/* 10.11: the idle ones lock nobody out, at neither door. */
	assert_int_equal(on_status("modems"), 0);
	assert_int_equal(on_control("modems"), 0);
	assert_int_equal(count_refused(fds, was_refused, 100), 100 - 63);
	for (int i = 0; i < 100; i++)
		(void)close(fds[i]);
	until(on_control("modems") == 0);
}

static void
test_slow_reader(void **state)
{
	static const char request[] = "{\"words\":[\"stats\"]}";
	int fd = raw_open(w.control), sent = 0;
	int64_t before = metric_get(METRIC_CONTROL_REFUSED);
	uint8_t frame[CHANNEL_HEAD + sizeof(request)];
	size_t n = CHANNEL_HEAD + sizeof(request) - 1;

	(void)state;
	frame_head(frame, CONTROL_REQUEST, sizeof(request) - 1);
	memcpy(frame + CHANNEL_HEAD, request, sizeof(request));
	while (metric_get(METRIC_CONTROL_REFUSED) == before && sent < 100000) {
		if (send(fd, frame, n, MSG_NOSIGNAL) == (ssize_t)n)
			sent++;
		else
			turn();
	}
	assert_int_equal(metric_get(METRIC_CONTROL_REFUSED), before + 1);
	(void)close(fd);
	assert_alive();
}

static int
hold_one(void)
{
	int fd = raw_open(w.control);

	w.holds = true;
	w.held = NULL;
	raw_text(fd, "{\"words\":[\"send\",\"0912345678\",\"x\"]}");
	until(w.held != NULL);
	w.holds = false;
	return fd;
}

static void
test_hang_up_before_answer(void **state)
{
	int fd = hold_one();

	(void)state;
	(void)close(fd);
	assert_alive();
	admin_reply(w.held, json_pack("{s:s}", "message", "m2"));
	assert_alive();
	fd = hold_one();
	(void)close(fd);
	assert_alive();
	admin_fail(w.held, 1, "%s", "no");
	assert_alive();
}

static void
test_answer_later(void **state)
{
	int fd = hold_one();
	char buf[128] = "";
	ssize_t n = 0;

	(void)state;
	assert_alive();
	/* Cut in the middle of a character. */
	admin_fail(w.held, 3, "%.2s", "aă");
	until((n = recv(fd, buf, sizeof(buf) - 1, 0)) > CHANNEL_HEAD);
	assert_string_equal(buf + CHANNEL_HEAD,
	    "{\"ok\":false,\"status\":3,\"error\":\"a?\","
	    "\"zone\":\"Asia/Ho_Chi_Minh\"}");
	(void)close(fd);
}

static void
test_second_request_before_answer(void **state)
{
	int fd = hold_one();

	(void)state;
	raw_text(fd, "{\"words\":[\"modems\"]}");
	until(is_hung_up(fd));
	(void)close(fd);
	admin_reply(w.held, NULL);
	assert_alive();
}

/* --- the sockets' files --------------------------------------------------*/

static void
test_sockets(void **state)
{
	struct admin *first;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(stat(w.control, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(stat(w.status, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	/* A living one is left alone. */
	first = w.admin;
	world_open();
	assert_null(w.admin);
	w.admin = first;
	assert_alive();
	/* A request that is open at the end is answered to nobody. */
	fd = hold_one();
	admin_free(w.admin);
	(void)close(fd);
	assert_int_equal(stat(w.control, &st), -1);
	assert_int_equal(stat(w.status, &st), -1);
	admin_reply(w.held, NULL);
	/* Something else in its place is not removed. */
	fd = open(w.control, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	(void)close(fd);
	world_open();
	assert_null(w.admin);
	assert_int_equal(stat(w.control, &st), 0);
	(void)unlink(w.control);
	/* What a killed daemon left is. */
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	{
		struct sockaddr_un address = {.sun_family = AF_UNIX};

		(void)snprintf(address.sun_path, sizeof(address.sun_path),
		    "%s", w.control);
		assert_int_equal(bind(fd, (struct sockaddr *)&address,
		    sizeof(address)), 0);
	}
	(void)close(fd);
	world_open();
	assert_non_null(w.admin);
	assert_alive();
}

/* A group that does not exist must not open the socket to another one. */
static void
test_unknown_group(void **state)
{
	char *group = w.conf->admin.group, none[] = "no-such-group-here";
	struct stat st;

	(void)state;
	admin_free(w.admin);
	w.conf->admin.group = none;
	world_open();
	w.conf->admin.group = group;
	assert_non_null(w.admin);
	assert_int_equal(stat(w.control, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_alive();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modems),
		cmocka_unit_test(test_wrong_use),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_stats_and_config),
		cmocka_unit_test(test_send_leaves_audit),
		cmocka_unit_test(test_status_socket_only_reads),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_bad_frames),
		cmocka_unit_test(test_half_frames),
		cmocka_unit_test(test_hundred_clients),
		cmocka_unit_test(test_slow_reader),
		cmocka_unit_test(test_hang_up_before_answer),
		cmocka_unit_test(test_answer_later),
		cmocka_unit_test(test_second_request_before_answer),
		cmocka_unit_test(test_sockets),
		cmocka_unit_test(test_unknown_group),
	};

	return cmocka_run_group_tests(tests, world_begin, world_end);
}
