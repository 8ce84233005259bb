/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The world of admin_world.h: fake hooks, a private redis-server, clients.
 */
#include "config.h"

#include <errno.h>
#include <grp.h>
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
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>
#include <event2/event.h>

#include "admin_world.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "ipc/channel.h"
#include "ipc/control.h"
#include "redis/redis.h"

static struct world w;

struct world *
the_world(void)
{
	return &w;
}

/* --- the daemon's side --------------------------------------------------*/

static json_t *
hook_status(void *arg)
{
	(void)arg;
	return json_pack("{s:s, s:{s:s, s:s}}", "name", "bu-dop-1", "redis",
	    "state", redis_state_name(w.redis), "trouble",
	    redis_trouble(w.redis));
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
hook_look(void *arg)
{
	return json_pack("{s:o, s:o}", "status", hook_status(arg), "modems",
	    hook_modems(NULL, arg));
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

/* Refuses rows without a dossier. */
static json_t *
hook_check_event(const json_t *fields, void *arg)
{
	(void)arg;
	for (size_t i = 0; i < json_array_size(fields); i += 2)
		if (strcmp(json_string_value(json_array_get(fields, i)),
		    "dossier") == 0)
			return NULL;
	return json_pack("{s:s, s:s}", "field", "dossier", "error",
	    "missing");
}

static void
hook_control(const struct admin_decision *d, struct admin_request *req,
    void *arg)
{
	(void)arg;
	(void)snprintf(w.sent, sizeof(w.sent), "%s %s %s %s", d->verb,
	    d->id != NULL ? d->id : "-", d->agency != NULL ? d->agency : "-",
	    d->since == 0 ? "ever" : "since");
	w.since = d->since;
	admin_reply(req, json_pack("{s:i}", "moved", 3));
}

static json_t *
hook_alarms(void *arg)
{
	(void)arg;
	return json_pack("[{s:s, s:s}]", "alarm", "flood", "about", "H10.45");
}

static unsigned
hook_alarms_ack(enum alarm_id id, const char *about, const char *by,
    void *arg)
{
	(void)arg;
	(void)snprintf(w.sent, sizeof(w.sent), "%s %s %s",
	    id == ALARM_END ? "all" : alarm_row(id)->name,
	    about != NULL ? about : "-", by);
	return id == ALARM_FLOOD ? 1 : 0;
}

static json_t *
hook_waiting(void *arg)
{
	(void)arg;
	return json_pack("{s:{s:b}, s:[]}", "window", "open", 0, "quotas");
}

static json_t *
hook_phone_hashes(const char *phone, void *arg)
{
	(void)arg;
	return json_pack("[so]", "new:1",
	    strcmp(phone, "+84912345678") == 0 ? json_string("old:1")
	    : json_string("old:2"));
}

static json_t *
hook_explain(const char *word, void *arg)
{
	(void)arg;
	return json_pack("{s:s, s:s}", "word", word, "means", "");
}

static json_t *
hook_letter(const json_t *record, void *arg)
{
	(void)arg;
	return record == NULL ? json_string("page") : json_pack("{s:s}",
	    "text", "Kính gửi");
}

static void
hook_privacy(const char *verb, const char *phone, struct admin_request *req,
    void *arg)
{
	(void)arg;
	admin_reply(req, json_pack("{ss ss}", "verb", verb, "of", phone));
}

static void
hook_repair(struct admin_request *req, void *arg)
{
	(void)arg;
	admin_reply(req, json_pack("{sI}", "looked", (json_int_t)1));
}

static json_t *
hook_reload(void *arg)
{
	(void)arg;
	return json_pack("[s]", "baotin.conf:3: a fault");
}

static const struct admin_hooks the_hooks = {
	.status = hook_status,
	.modems = hook_modems,
	.look = hook_look,
	.send = hook_send,
	.templates = hook_templates,
	.conf = hook_conf,
	.check_event = hook_check_event,
	.control = hook_control,
	.alarms = hook_alarms,
	.alarms_ack = hook_alarms_ack,
	.waiting = hook_waiting,
	.reload = hook_reload,
	.phone_hashes = hook_phone_hashes,
	.letter = hook_letter,
	.explain = hook_explain,
	.privacy = hook_privacy,
	.repair = hook_repair,
};

/* --- running the loop ---------------------------------------------------*/

void
turn(void)
{
	struct timeval tv = {0, 5000};

	(void)event_base_loopexit(w.base, &tv);
	(void)event_base_loop(w.base, EVLOOP_ONCE);
}

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
	/* A test that crashes leaves no server behind. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	(void)dup2(out, STDOUT_FILENO);
	(void)dup2(err, STDERR_FILENO);
	execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* Runs baotinctl with these arguments; its exit status. */
int
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
	/* Only our ends must not block. */
	assert_int_equal(fcntl(out[1], F_SETFL, 0), 0);
	assert_int_equal(fcntl(err[1], F_SETFL, 0), 0);
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

int
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

void
raw_send(int fd, uint16_t type, const void *payload, size_t n)
{
	uint8_t head[CHANNEL_HEAD];

	frame_head(head, type, n);
	assert_int_equal(send(fd, head, sizeof(head), MSG_NOSIGNAL),
	    sizeof(head));
	assert_int_equal(send(fd, payload, n, MSG_NOSIGNAL), n);
}

void
raw_text(int fd, const char *text)
{
	raw_send(fd, CONTROL_REQUEST, text, strlen(text));
}

/* Has the daemon hung up? What it said before goes nowhere. */
bool
is_hung_up(int fd)
{
	char buf[4096];
	ssize_t n;

	do
		n = recv(fd, buf, sizeof(buf), 0);
	while (n > 0);
	return n == 0 || (errno != EAGAIN && errno != EINTR);
}

void
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
void
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

json_int_t
redis_xlen(const char *key)
{
	json_int_t n = -1;

	redis_queryl(w.redis, got_number, &n, "XLEN", key, (char *)NULL);
	until(n != -1);
	return n;
}

bool
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
	const char *server = getenv("BAOTIN_REDIS_SERVER");
	const char *argv[] = {server != NULL ? server : "redis-server",
	    "--port", "0", "--unixsocket", w.redis_socket, "--dir", w.dir,
	    "--appendonly", "no", "--save", "", NULL};
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
ignore(void *arg)
{
	(void)arg;
}

static void
told_fault(const char *text, void *arg)
{
	(void)arg;
	fprintf(stderr, "%s\n", text);
}

static void
conf_make(void)
{
	struct group *own = getgrgid(getgid());
	char path[96];
	FILE *to;

	assert_non_null(own);
	(void)snprintf(path, sizeof(path), "%s/conf", w.dir);
	to = fopen(path, "w");
	assert_non_null(to);
	fprintf(to, "gateway: { name = \"bu-dop-1\"; state_dir = \"%s\"; };\n"
	    "redis: { address = \"unix:%s\"; prefix = \"t\"; };\n"
	    "notices: { templates = \"%s/nothing\"; };\n"
	    "admin: { socket = \"%s\"; group = \"%s\"; status_socket = \"%s\"; "
	    "http = \"\"; };\n"
	    "agencies: ( { id = \"H10.45\"; name = \"Bom Bo\"; }, "
	    "{ id = \"H10.46\"; name = \"Thac Mo\"; } );\n"
	    "modems: ( { name = \"viettel-1\"; device = \"/dev/null\"; } );\n",
	    w.dir, w.redis_socket, w.dir, w.control, own->gr_name, w.status);
	(void)fclose(to);
	w.conf = conf_load(path, told_fault, NULL, NULL);
	assert_non_null(w.conf);
}

void
world_open(void)
{
	w.admin = admin_new(w.base, w.conf, w.redis, &the_hooks, NULL);
}

int
world_begin(void **state)
{
	static const struct redis_hooks nothing = {.on_up = ignore,
	    .on_down = ignore};
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
	world_open();
	assert_non_null(w.admin);
	return 0;
}

int
world_end(void **state)
{
	static const char *const files[] = {"conf", "log", "redis", "control",
	    "status"};

	(void)state;
	admin_free(w.admin);
	redis_free(w.redis);
	conf_free(w.conf);
	event_base_free(w.base);
	if (w.redis_pid > 0) {
		(void)kill(w.redis_pid, SIGKILL);
		(void)waitpid(w.redis_pid, NULL, 0);
	}
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = xasprintf("%s/%s", w.dir, files[i]);

		(void)unlink(path);
		free(path);
	}
	assert_int_equal(rmdir(w.dir), 0);
	return 0;
}
