/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The control sockets with real clients: baotinctl as a child process and
 * raw sockets that misbehave, against admin_new() with fake hooks and a
 * private redis-server, all in one event loop.
 */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "admin/admin.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "conf/conf.h"
#include "ipc/channel.h"
#include "ipc/control.h"
#include "redis/redis.h"

#define DEADLINE_MS 20000

static struct world {
	char dir[64], control[96], status[96], redis_socket[96];
	struct event_base *base;
	struct conf *conf;
	struct redis *redis;
	struct admin *admin;
	pid_t redis_pid;		/* 0: there is none */
	struct admin_request *held;	/* by the send hook */
	bool holds;
	char sent[128];
	char out[65536], err[8192];	/* of the last baotinctl */
} w;

/* --- the daemon's side --------------------------------------------------*/

static json_t *
hook_status(void *arg)
{
	(void)arg;
	return json_pack("{s:s, s:{s:s}}", "name", "bu-dop-1", "redis",
	    "trouble", redis_trouble(w.redis));
}

static json_t *
hook_modems(const char *name, void *arg)
{
	json_t *list = json_array();

	(void)arg;
	if (name == NULL || strcmp(name, "viettel-1") == 0)
		(void)json_array_append_new(list, json_pack("{s:s, s:s}",
		    "name", "viettel-1", "state", "ready"));
	if (name == NULL || strcmp(name, "vina-1") == 0)
		(void)json_array_append_new(list, json_pack("{s:s, s:s}",
		    "name", "vina-1", "state", "locked"));
	return list;
}

static json_t *
hook_stats(void *arg)
{
	(void)arg;
	return json_pack("{s:i}", "own", 7);
}

static void
hook_send(const char *phone, const char *text, struct admin_request *req,
    void *arg)
{
	(void)arg;
	(void)snprintf(w.sent, sizeof(w.sent), "%s %s", phone, text);
	if (w.holds)
		w.held = req;
	else
		admin_reply(req, json_pack("{s:s}", "message", "m1"));
}

static const struct templates *
hook_templates(void *arg)
{
	(void)arg;
	return NULL;
}

static const struct conf *
hook_conf(void *arg)
{
	(void)arg;
	return w.conf;
}

static const struct admin_hooks hooks = {
	.status = hook_status,
	.modems = hook_modems,
	.stats = hook_stats,
	.send = hook_send,
	.templates = hook_templates,
	.conf = hook_conf,
};

/* --- running the loop ---------------------------------------------------*/

static void
turn(void)
{
	struct timeval tv = {0, 5000};

	(void)event_base_loopexit(w.base, &tv);
	(void)event_base_loop(w.base, EVLOOP_ONCE);
}

#define until(condition)                                                      \
	do {                                                                  \
		int64_t deadline_ms = clock_mono_ms() + DEADLINE_MS;          \
									      \
		while (!(condition)) {                                        \
			assert_true(clock_mono_ms() < deadline_ms);           \
			turn();                                               \
		}                                                             \
	} while (0)

static void
drain(int fd, char *to, size_t size, bool *is_open)
{
	size_t used = strlen(to);
	ssize_t n = read(fd, to + used, size - used - 1);

	if (n > 0)
		to[used + (size_t)n] = '\0';
	else if (n == 0 || errno != EAGAIN)
		*is_open = false;
}

static pid_t
spawn(const char *const *argv, int out, int err)
{
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* Runs baotinctl with these arguments; its exit status. */
static int
ctl(const char *first, ...)
{
	const char *top = getenv("top_builddir");
	char *program = xasprintf("%s/src/ctl/baotinctl",
	    top != NULL ? top : ".");
	const char *argv[40] = {program, first}, *word;
	bool out_open = true, err_open = true;
	int out[2], err[2], status, n = 2;
	pid_t pid;
	va_list ap;

	va_start(ap, first);
	while ((word = va_arg(ap, const char *)) != NULL)
		argv[n++] = word;
	va_end(ap);
	assert_int_equal(pipe2(out, O_CLOEXEC | O_NONBLOCK), 0);
	assert_int_equal(pipe2(err, O_CLOEXEC | O_NONBLOCK), 0);
	pid = spawn(argv, out[1], err[1]);
	(void)close(out[1]);
	(void)close(err[1]);
	w.out[0] = w.err[0] = '\0';
	while (out_open || err_open) {
		turn();
		if (out_open)
			drain(out[0], w.out, sizeof(w.out), &out_open);
		if (err_open)
			drain(err[0], w.err, sizeof(w.err), &err_open);
	}
	(void)close(out[0]);
	(void)close(err[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	free(program);
	return WEXITSTATUS(status);
}

#define on_control(...) ctl("-s", w.control, __VA_ARGS__, (char *)NULL)
#define on_status(...)  ctl("-s", w.status, __VA_ARGS__, (char *)NULL)

static int
raw_open(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	(void)snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	assert_int_equal(connect(fd, (struct sockaddr *)&address,
	    sizeof(address)), 0);
	assert_int_equal(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
	return fd;
}

static void
raw_send(int fd, uint16_t type, const void *payload, size_t n)
{
	uint8_t head[CHANNEL_HEAD];

	frame_head(head, type, n);
	assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL),
	    sizeof(head));
	assert_int_equal(send(fd, payload, n, MSG_NOSIGNAL), n);
}

static void
raw_text(int fd, const char *text)
{
	raw_send(fd, CONTROL_REQUEST, text, strlen(text));
}

/* Has the daemon hung up? What it said before goes nowhere. */
static bool
is_hung_up(int fd)
{
	char buf[4096];
	ssize_t n;

	do
		n = recv(fd, buf, sizeof(buf), 0);
	while (n > 0);
	return n == 0 || (errno != EAGAIN && errno != EINTR);
}

static void
assert_alive(void)
{
	assert_int_equal(on_control("modem", "vina-1"), 0);
	assert_string_equal(w.out, "name   vina-1\nstate  locked\n");
}

/* --- Redis --------------------------------------------------------------*/

static void
on_reply(const json_t *reply, const char *error, void *arg)
{
	(void)reply;
	if (error != NULL)
		fprintf(stderr, "redis: %s\n", error);
	*(int *)arg = error == NULL ? 1 : -1;
}

/* One command given as words parted by blanks; "_" stands for a blank. */
static void
redis_do(const char *command)
{
	char copy[512];
	const char *words[32];
	size_t n = 0;
	int done = 0;

	(void)snprintf(copy, sizeof(copy), "%s", command);
	for (char *p = strtok(copy, " "); p != NULL; p = strtok(NULL, " ")) {
		words[n++] = p;
		for (; *p != '\0'; p++)
			if (*p == '_' && p[1] == '_')
				*p++ = ' ', *p = ' ';
	}
	redis_query(w.redis, on_reply, &done, n, words);
	until(done != 0);
	assert_int_equal(done, 1);
}

static void
got_number(const json_t *reply, const char *error, void *arg)
{
	*(json_int_t *)arg = error == NULL ? json_integer_value(reply) : -2;
}

static json_int_t
redis_xlen(const char *key)
{
	json_int_t n = -1;

	redis_queryl(w.redis, got_number, &n, "XLEN", key, (char *)NULL);
	until(n != -1);
	return n;
}

static bool
has_redis(void)
{
	if (w.redis_pid == 0) {
		skip();
		return false;
	}
	until(redis_is_up(w.redis));
	redis_do("FLUSHALL");
	return true;
}

static void
redis_start(void)
{
	const char *argv[] = {"redis-server", "--port", "0", "--unixsocket",
	    w.redis_socket, "--dir", w.dir, "--appendonly", "no", "--save", "",
	    NULL};
	int null = open("/dev/null", O_RDWR | O_CLOEXEC), status;

	w.redis_pid = spawn(argv, null, null);
	(void)close(null);
	until(access(w.redis_socket, F_OK) == 0 ||
	    waitpid(w.redis_pid, &status, WNOHANG) != 0);
	if (access(w.redis_socket, F_OK) != 0)
		w.redis_pid = 0;	/* not installed */
}

/* --- setup ---------------------------------------------------------------*/

static void
told_fault(const char *text, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

static void
conf_make(void)
{
	char path[96];
	FILE *to;

	(void)snprintf(path, sizeof(path), "%s/conf", w.dir);
	to = fopen(path, "w");
	assert_non_null(to);
	fprintf(to, "gateway: { name = \"bu-dop-1\"; state_dir = \"%s\"; };\n"
	    "redis: { address = \"unix:%s\"; prefix = \"t\"; };\n"
	    "notices: { templates = \"%s/nothing\"; };\n"
	    "admin: { socket = \"%s\"; group = \"\"; status_socket = \"%s\"; "
	    "http = \"\"; };\n"
	    "modems: ( { name = \"viettel-1\"; device = \"/dev/null\"; } );\n",
	    w.dir, w.redis_socket, w.dir, w.control, w.status);
	(void)fclose(to);
	w.conf = conf_load(path, told_fault, NULL);
	assert_non_null(w.conf);
}

static int
setup(void **state)
{
	static const struct redis_hooks nothing = {NULL, NULL};
	const char *tmp = getenv("TMPDIR");

	(void)state;
	(void)snprintf(w.dir, sizeof(w.dir), "%.40s/baotinXXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	assert_non_null(mkdtemp(w.dir));
	(void)snprintf(w.control, sizeof(w.control), "%s/control", w.dir);
	(void)snprintf(w.status, sizeof(w.status), "%s/status", w.dir);
	(void)snprintf(w.redis_socket, sizeof(w.redis_socket), "%s/redis",
	    w.dir);
	w.base = event_base_new();
	conf_make();
	redis_start();
	w.redis = redis_new(w.base, w.conf, "test", &nothing, NULL);
	w.admin = admin_new(w.base, w.conf, w.redis, &hooks, NULL);
	assert_non_null(w.admin);
	return 0;
}

static int
teardown(void **state)
{
	char *command = xasprintf("rm -rf '%s'", w.dir);

	(void)state;
	admin_free(w.admin);
	redis_free(w.redis);
	conf_free(w.conf);
	event_base_free(w.base);
	if (w.redis_pid > 0) {
		(void)kill(w.redis_pid, SIGKILL);
		(void)waitpid(w.redis_pid, NULL, 0);
	}
	assert_int_equal(system(command), 0);
	free(command);
	return 0;
}

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
	assert_non_null(strstr(w.out, "own"));
	assert_int_equal(on_status("show", "config"), 0);
	assert_non_null(strstr(w.out, "bu-dop-1"));
	assert_null(strstr(w.out, "\\n"));
	assert_int_equal(on_status("template", "show"), 1);
	assert_int_equal(on_status("-j", "template", "check"), 1);
	assert_non_null(strstr(w.out, "\"faults\": ["));
	assert_non_null(strstr(w.err, "faults in the templates"));
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

/* --- Redis behind it -----------------------------------------------------*/

static void
test_records(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("HSET ~message:1f state sent phone +84912345678 text Xong "
	    "sent_at 1684137600000 attempt 1 id4 0a1b");
	redis_do("HSET ~dossier:H10.45-230515-0001 code H10.45-230515-0001 "
	    "status ready phone +84912345678");
	assert_int_equal(on_control("-j", "message", "1f"), 0);
	assert_string_equal(w.out, "{\n  \"id\": \"1f\",\n"
	    "  \"state\": \"sent\",\n  \"phone\": \"+84912345678\",\n"
	    "  \"text\": \"Xong\",\n  \"sent_at\": 1684137600000,\n"
	    "  \"attempt\": 1\n}\n");
	assert_int_equal(on_status("-j", "message", "1f"), 0);
	assert_string_equal(w.out, "{\n  \"id\": \"1f\",\n"
	    "  \"state\": \"sent\",\n  \"phone\": \"+8491*****78\",\n"
	    "  \"sent_at\": 1684137600000,\n  \"attempt\": 1\n}\n");
	assert_int_equal(on_status("dossier", "h10.45-230515-0001"), 0);
	assert_string_equal(w.out, "code    H10.45-230515-0001\n"
	    "status  ready\nphone   +8491*****78\n");
	assert_int_equal(on_control("message", "2f"), 1);
	assert_int_equal(on_control("dossier", "nothing"), 1);
	redis_do("SET ~message:3f x");
	assert_int_equal(on_control("message", "3f"), 1);
	assert_non_null(strstr(w.err, "WRONGTYPE"));
}

static void
test_queue(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	assert_int_equal(on_status("-j", "queue"), 0);
	assert_non_null(strstr(w.out, "\"pools\": []"));
	redis_do("SADD ~pools south east");
	redis_do("ZADD ~ready:south:high 1684137600000 a 1684137601000 b");
	redis_do("ZADD ~ready:south:normal 1684137500000 c");
	redis_do("ZADD ~delayed:east 1684137700000 d");
	redis_do("ZADD ~expiring 1 a 1 b 1 c 1 d 1 e 1 f");
	redis_do("ZADD ~leased:bu-dop-1 1 e");
	redis_do("XADD ~events 1684137400000-0 dossier x");
	assert_int_equal(on_status("-j", "queue"), 0);
	assert_non_null(strstr(w.out, "\"stream\": \"t:events\",\n"
	    "    \"length\": 1,\n    \"pending\": 0,\n    \"in_list\": 0,\n"
	    "    \"oldest_at\": 1684137400000\n  },\n"
	    "  \"ready\": 3,\n  \"delayed\": 1,\n  \"behind\": 1,\n"
	    "  \"in_flight\": 1,\n"));
	assert_non_null(strstr(w.out, "{\n      \"pool\": \"east\",\n"
	    "      \"urgent\": 0,\n      \"high\": 0,\n      \"normal\": 0,\n"
	    "      \"low\": 0,\n      \"delayed\": 1,\n"
	    "      \"oldest_at\": null,\n      \"next_at\": 1684137700000"));
	assert_non_null(strstr(w.out, "\"oldest_at\": 1684137500000"));
	assert_int_equal(on_status("-j", "status"), 0);
	assert_non_null(strstr(w.out, "\"queue\": {\n    \"events\": 1,\n"
	    "    \"ready\": 3,\n"));
	assert_int_equal(on_control("queue"), 0);
	assert_non_null(strstr(w.out, "pool   urgent  high  normal  low  "));
}

static void
test_rejected(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	assert_int_equal(on_status("rejected"), 0);
	assert_string_equal(w.out, "none\n");
	redis_do("XADD ~rejected 1684137600000-0 dossier A-1 status 9 phone "
	    "0912x id4 deadbeef error phone_character field phone entry 1-0");
	redis_do("XADD ~rejected 1684137600001-0 dossier 0912345678 name An "
	    "error status field status entry 2-0");
	assert_int_equal(on_control("-j", "rejected", "1"), 0);
	assert_string_equal(w.out, "[\n  {\n"
	    "    \"id\": \"1684137600001-0\",\n"
	    "    \"rejected_at\": 1684137600001,\n"
	    "    \"error\": \"status\",\n    \"field\": \"status\",\n"
	    "    \"entry\": \"2-0\",\n    \"event\": {\n"
	    "      \"dossier\": \"0912345678\",\n      \"name\": \"An\"\n"
	    "    }\n  }\n]\n");
	assert_int_equal(on_status("rejected"), 0);
	assert_non_null(strstr(w.out,
	    "dossier=+8491*****78 name=(hidden)\n"));
	assert_non_null(strstr(w.out,
	    "dossier=A-1 status=9 phone=(hidden)\n"));
	assert_null(strstr(w.out, "deadbeef"));
}

static void
test_requeue(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("XADD ~rejected 5-0 dossier A-1 phone 0912x id4 deadbeef "
	    "error phone field phone entry 1-0");
	redis_do("XADD ~rejected 6-0 json {\"dossier\":\"A-2\",\"at\":"
	    "1684137600000,\"id4\":\"ab\",\"notify\":true,\"fee\":null} "
	    "error x field y entry 1-1");
	redis_do("XADD ~rejected 7-0 error x field y entry 1-2");
	redis_do("XADD ~rejected 8-0 json {[ error json field json entry 1-3");
	assert_int_equal(on_control("rejected", "requeue", "5-0",
	    "phone=0912345678", "lang=vi"), 0);
	assert_non_null(strstr(w.out, "requeued     1\n"));
	assert_non_null(strstr(w.out, "without_id4  1\n"));
	assert_non_null(strstr(w.out, "note "));
	/* Once only. */
	assert_int_equal(on_control("rejected", "requeue", "5-0"), 1);
	assert_non_null(strstr(w.err, "no rejected event 5-0"));
	assert_int_equal(redis_xlen("~events"), 1);
	assert_int_equal(on_control("rejected", "requeue", "7-0"), 1);
	assert_non_null(strstr(w.err, "nothing would be left"));
	assert_int_equal(on_control("-j", "rejected", "requeue", "all"), 0);
	assert_non_null(strstr(w.out, "\"requeued\": 2,\n  \"kept\": 1,\n"
	    "  \"without_id4\": 1,"));
	assert_int_equal(redis_xlen("~events"), 3);
	assert_int_equal(redis_xlen("~rejected"), 1);
	/* What became of them, seen as if they were rejected again. */
	redis_do("RENAME ~events ~rejected");
	assert_int_equal(on_control("rejected"), 0);
	assert_non_null(strstr(w.out, "event\n"));
	assert_non_null(strstr(w.out, " dossier=A-1 "));
	assert_non_null(strstr(w.out, "phone=0912345678"));
	assert_non_null(strstr(w.out, "lang=vi"));
	assert_non_null(strstr(w.out, "dossier=A-2"));
	assert_non_null(strstr(w.out, "at=1684137600000"));
	assert_non_null(strstr(w.out, "notify=1"));
	assert_non_null(strstr(w.out, "json={["));
	assert_null(strstr(w.out, "0912x"));
	assert_null(strstr(w.out, "fee"));
}

static void
test_requeue_many(void **state)
{
	char command[128];

	(void)state;
	if (!has_redis())
		return;
	for (int i = 1; i <= 250; i++) {
		(void)snprintf(command, sizeof(command), "XADD ~rejected "
		    "%d-0 dossier A-%d error x field y entry 1-0", i, i);
		redis_do(command);
	}
	assert_int_equal(on_control("rejected", "requeue", "all"), 0);
	assert_non_null(strstr(w.out, "requeued     250\n"));
	assert_int_equal(redis_xlen("~events"), 250);
	assert_int_equal(redis_xlen("~rejected"), 0);
	assert_int_equal(on_control("rejected", "requeue", "all"), 0);
	assert_non_null(strstr(w.out, "requeued     0\n"));
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

static void
test_hundred_clients(void **state)
{
	int fds[100];
	unsigned refused = 0;

	(void)state;
	for (int i = 0; i < 100; i++) {
		fds[i] = raw_open(w.control);
		turn();
	}
	for (int i = 0; i < 100; i++) {
		char buf[256] = "";
		ssize_t n = recv(fds[i], buf, sizeof(buf) - 1, 0);

		if (n > CHANNEL_HEAD && strstr(buf + CHANNEL_HEAD,
		    "too many clients") != NULL)
			refused++;
	}
	assert_int_equal(refused, 100 - 64);
	/* The other door is still open, and this one says why it is not. */
	assert_int_equal(on_status("modems"), 0);
	assert_int_equal(on_control("modems"), 1);
	assert_non_null(strstr(w.err, "too many clients"));
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
	    "{\"ok\":false,\"status\":3,\"error\":\"a?\"}");
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
	struct admin *second;
	struct stat st;
	int fd;

	(void)state;
	assert_int_equal(stat(w.control, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	assert_int_equal(stat(w.status, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	/* A living one is left alone. */
	second = admin_new(w.base, w.conf, w.redis, &hooks, NULL);
	assert_null(second);
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
	assert_null(admin_new(w.base, w.conf, w.redis, &hooks, NULL));
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
	w.admin = admin_new(w.base, w.conf, w.redis, &hooks, NULL);
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
	w.admin = admin_new(w.base, w.conf, w.redis, &hooks, NULL);
	w.conf->admin.group = group;
	assert_non_null(w.admin);
	assert_int_equal(stat(w.control, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_alive();
}

/* Last: Redis goes away for good. */
static void
test_redis_away(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	(void)kill(w.redis_pid, SIGKILL);
	assert_int_equal(waitpid(w.redis_pid, NULL, 0), w.redis_pid);
	w.redis_pid = -1;
	until(!redis_is_up(w.redis));
	assert_int_equal(on_status("-j", "status"), 0);
	assert_non_null(strstr(w.out, "bu-dop-1"));
	assert_null(strstr(w.out, "queue"));
	assert_int_equal(on_status("queue"), 1);
	assert_non_null(strstr(w.err, "Redis: "));
	assert_int_equal(on_status("message", "1f"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_modems),
		cmocka_unit_test(test_wrong_use),
		cmocka_unit_test(test_stats_and_config),
		cmocka_unit_test(test_send_leaves_audit),
		cmocka_unit_test(test_status_socket_only_reads),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_rejected),
		cmocka_unit_test(test_requeue),
		cmocka_unit_test(test_requeue_many),
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
		cmocka_unit_test(test_redis_away),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
