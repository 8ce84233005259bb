/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Both ends of the control socket.
 */
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/listener.h>

#include "base/log.h"
#include "base/mem.h"
#include "sim/control.h"
#include "sim/verbs.h"

#define CALL_TIMEOUT_S 10

struct client {
	TAILQ_ENTRY(client) entry;
	struct control *control;
	struct bufferevent *bev;
};

struct control {
	struct sim *sim;
	struct evconnlistener *listener;
	TAILQ_HEAD(, client) clients;
	struct sockaddr_un address;
	struct stat made; /* the socket as we made it */
};

static int
make_address(const char *dir, struct sockaddr_un *out)
{
	int n;

	memset(out, 0, sizeof(*out));
	out->sun_family = AF_UNIX;
	n = snprintf(out->sun_path, sizeof(out->sun_path), "%s/%s", dir,
	    CONTROL_NAME);
	if (n < 0 || (size_t)n >= sizeof(out->sun_path)) {
		(void)fprintf(stderr, "baotin-sim: %s is too long for a "
		    "socket (at most %zu characters)\n", dir,
		    sizeof(out->sun_path) - sizeof(CONTROL_NAME) - 1);
		return -1;
	}
	return 0;
}

static int
connect_to(const struct sockaddr_un *address)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -1;
	if (connect(fd, (const void *)address, sizeof(*address)) != 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static void
client_free(struct client *client)
{
	TAILQ_REMOVE(&client->control->clients, client, entry);
	bufferevent_free(client->bev);
	free(client);
}

static void
client_read_cb(struct bufferevent *bev, void *arg)
{
	struct client *client = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line;

	while ((line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF)) != NULL) {
		json_t *answer = verbs_run(client->control->sim, line);
		char *json = json_dumps(answer,
		    JSON_COMPACT | JSON_REAL_PRECISION(15));

		(void)evbuffer_add_printf(bufferevent_get_output(bev), "%s\n",
		    json != NULL ? json : "{\"ok\":false}");
		free(json);
		json_decref(answer);
		free(line);
	}
	if (evbuffer_get_length(in) > CONTROL_LINE_MAX)
		client_free(client);
}

static void
client_event_cb(struct bufferevent *bev, short what, void *arg)
{
	(void)bev;
	(void)what;
	client_free(arg);
}

static void
accept_cb(struct evconnlistener *listener, evutil_socket_t fd,
    struct sockaddr *address, int n, void *arg)
{
	struct control *control = arg;
	struct client *client = xcalloc(1, sizeof(*client));

	(void)listener;
	(void)address;
	(void)n;
	client->control = control;
	client->bev = bufferevent_socket_new(control->sim->base, fd,
	    BEV_OPT_CLOSE_ON_FREE);
	TAILQ_INSERT_TAIL(&control->clients, client, entry);
	bufferevent_setcb(client->bev, client_read_cb, NULL, client_event_cb,
	    client);
	(void)bufferevent_enable(client->bev, EV_READ | EV_WRITE);
}

static int
listen_at(struct control *control)
{
	struct sockaddr_un *address = &control->address;
	int fd = connect_to(address);
	mode_t mask;

	if (fd >= 0) {
		(void)close(fd);
		log_error("sim_control", "path=%s error=%s", address->sun_path,
		    "another baotin-sim runs in this folder");
		return -1;
	}
	(void)unlink(address->sun_path);
	mask = umask(077);
	control->listener = evconnlistener_new_bind(control->sim->base,
	    accept_cb, control, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC,
	    -1, (const void *)address, sizeof(*address));
	(void)umask(mask);
	if (control->listener == NULL) {
		log_error("sim_control", "path=%s error=%s", address->sun_path,
		    strerror(errno));
		return -1;
	}
	return stat(address->sun_path, &control->made);
}

/* Another simulator may have taken the name in the meantime. */
static void
remove_socket(const struct control *control)
{
	struct stat st;

	if (stat(control->address.sun_path, &st) == 0 &&
	    st.st_ino == control->made.st_ino &&
	    st.st_dev == control->made.st_dev)
		(void)unlink(control->address.sun_path);
}

struct control *
control_new(struct sim *sim)
{
	struct control *control = xcalloc(1, sizeof(*control));

	control->sim = sim;
	TAILQ_INIT(&control->clients);
	if (make_address(sim->options.dir, &control->address) != 0 ||
	    listen_at(control) != 0) {
		free(control);
		return NULL;
	}
	return control;
}

void
control_free(struct control *control)
{
	if (control == NULL)
		return;
	while (!TAILQ_EMPTY(&control->clients))
		client_free(TAILQ_FIRST(&control->clients));
	evconnlistener_free(control->listener);
	remove_socket(control);
	free(control);
}

static char *
join_words(char *const *words)
{
	char *line = xstrdup("");

	for (; *words != NULL; words++) {
		char *quoted = words_quote(*words);
		char *longer = xasprintf("%s%s ", line, quoted);

		free(quoted);
		free(line);
		line = longer;
	}
	line[strlen(line) > 0 ? strlen(line) - 1 : 0] = '\n';
	return line;
}

/* Sends the line and prints the answer; whether that says "ok". */
static int
talk(int fd, const char *line)
{
	const struct timeval limit = {CALL_TIMEOUT_S, 0};
	FILE *in = fdopen(fd, "r");
	char *answer = NULL;
	size_t size = 0, n = strlen(line);
	json_t *object;
	bool is_ok;

	if (in == NULL) {
		(void)close(fd);
		return -1;
	}
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (send(fd, line, n, MSG_NOSIGNAL) != (ssize_t)n ||
	    getline(&answer, &size, in) <= 0) {
		(void)fprintf(stderr, "baotin-sim: the simulator does not "
		    "answer\n");
		(void)fclose(in);
		free(answer);
		return -1;
	}
	(void)fclose(in);
	(void)fputs(answer, stdout);
	object = json_loads(answer, 0, NULL);
	is_ok = json_is_true(json_object_get(object, "ok"));
	json_decref(object);
	free(answer);
	return is_ok ? 0 : -1;
}

int
control_call(const char *dir, char *const *words)
{
	struct sockaddr_un address;
	char *line;
	int fd, result;

	if (make_address(dir, &address) != 0)
		return 2;
	fd = connect_to(&address);
	if (fd < 0) {
		(void)fprintf(stderr, "baotin-sim: no simulator answers at "
		    "%s: %s\n", address.sun_path, strerror(errno));
		return 1;
	}
	line = join_words(words);
	result = talk(fd, line);
	free(line);
	return result == 0 ? 0 : 1;
}
