/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The simulator's end of the control socket.
 */
#include <sys/socket.h>
#include <sys/stat.h>
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
#include "sim/centre.h"
#include "sim/control.h"
#include "sim/verbs.h"
#include "sim/words.h"

#define LISTEN "listen"

struct client {
	TAILQ_ENTRY(client) entry;
	struct control *control;
	struct bufferevent *bev;
	char phone[SIM_NUMBER_SIZE]; /* it is told what this phone sees */
};

struct control {
	struct sim *sim;
	struct evconnlistener *listener;
	TAILQ_HEAD(, client) clients;
	struct sockaddr_un address;
	struct stat made; /* the socket as we made it */
};

int
control_address(const char *dir, struct sockaddr_un *out)
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

/* Takes the object. */
static void
write_object(struct bufferevent *bev, json_t *object)
{
	char *json = json_dumps(object,
	    JSON_COMPACT | JSON_REAL_PRECISION(15));

	(void)evbuffer_add_printf(bufferevent_get_output(bev), "%s\n",
	    json != NULL ? json : "{\"ok\":false}");
	free(json);
	json_decref(object);
}

void
control_tell(struct sim *sim, const char *phone, json_t *event)
{
	struct client *client;

	if (sim->control != NULL)
		TAILQ_FOREACH (client, &sim->control->clients, entry)
			if (strcmp(client->phone, phone) == 0)
				write_object(client->bev, json_incref(event));
	json_decref(event);
}

/* "listen PHONE", the one command that is about this connection; false: it
 * is another. */
static bool
run_listen(struct client *client, const char *line)
{
	struct words words;
	const char *why, *word, *phone;
	bool is_listen, is_good;

	if (words_split(line, &words, &why) != 0)
		return false;
	word = words_next(&words);
	is_listen = word != NULL && strcmp(word, LISTEN) == 0;
	if (is_listen) {
		phone = words_next(&words);
		is_good = phone != NULL && *phone != '\0' &&
		    strlen(phone) < sizeof(client->phone);
		if (is_good)
			centre_normalise(phone, client->phone);
		write_object(client->bev, is_good
		    ? json_pack("{sb ss}", "ok", 1, "phone", client->phone)
		    : json_pack("{sb ss}", "ok", 0, "error",
			"the phone's number is missing or too long"));
	}
	words_clear(&words);
	return is_listen;
}

static void
client_read_cb(struct bufferevent *bev, void *arg)
{
	struct client *client = arg;
	struct evbuffer *in = bufferevent_get_input(bev);
	char *line;

	while ((line = evbuffer_readln(in, NULL, EVBUFFER_EOL_LF)) != NULL) {
		if (!run_listen(client, line))
			write_object(bev,
			    verbs_run(client->control->sim, line));
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
	if (control_address(sim->options.dir, &control->address) != 0 ||
	    listen_at(control) != 0) {
		free(control);
		return NULL;
	}
	sim->control = control;
	return control;
}

void
control_free(struct control *control)
{
	if (control == NULL)
		return;
	while (!TAILQ_EMPTY(&control->clients))
		client_free(TAILQ_FIRST(&control->clients));
	control->sim->control = NULL;
	evconnlistener_free(control->listener);
	remove_socket(control);
	free(control);
}
