/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Pseudo terminals. The simulator holds the slave side open itself, so that
 * the master never reads "hung up" between two users of the line; who opens
 * and closes it is told by inotify.
 */
#include "config.h"

#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/queue.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <event2/buffer.h>
#include <event2/event.h>

#include "base/log.h"
#include "base/mem.h"
#include "sim/line.h"

#define OUT_MAX (64 * 1024) /* more is not kept for a peer that sleeps */

struct line {
	TAILQ_ENTRY(line) entry;
	struct line_watch *watch;
	int watch_id;
	unsigned n_users;
	int master;
	int slave;
	char name[64];
	char path[PATH_MAX];
	struct event *readable;
	struct event *writable;
	struct evbuffer *out;
	line_read_cb *on_read;
	void *arg;
};

struct line_watch {
	int fd;
	struct event *readable;
	TAILQ_HEAD(, line) lines;
};

static void
set_raw(int fd)
{
	struct termios tio;

	if (tcgetattr(fd, &tio) != 0)
		return;
	cfmakeraw(&tio);
	(void)cfsetspeed(&tio, B115200);
	(void)tcsetattr(fd, TCSANOW, &tio);
}

/* The last user went: a new one shall find the line as new. libgammu leaves
 * TIOCEXCL behind, which only ends when all close, and we do not. */
static void
renew(struct line *line)
{
	(void)ioctl(line->slave, TIOCNXCL);
	set_raw(line->slave);
	(void)tcflush(line->slave, TCIFLUSH);
	(void)evbuffer_drain(line->out, evbuffer_get_length(line->out));
}

static void
note(struct line *line, uint32_t mask)
{
	if (mask & IN_OPEN) {
		if (line->n_users++ == 0)
			renew(line);
	} else if (mask & IN_CLOSE && line->n_users > 0) {
		if (--line->n_users == 0)
			renew(line);
	}
}

static void
watch_cb(evutil_socket_t fd, short what, void *arg)
{
	struct line_watch *watch = arg;
	union {
		struct inotify_event event;
		char bytes[4096];
	} buf;
	const char *p;
	ssize_t n;

	(void)what;
	while ((n = read(fd, &buf, sizeof(buf))) > 0) {
		for (p = buf.bytes; p < buf.bytes + n;) {
			struct inotify_event event;
			struct line *line;

			memcpy(&event, p, sizeof(event));
			p += sizeof(event) + event.len;
			TAILQ_FOREACH (line, &watch->lines, entry) {
				if (line->watch_id == event.wd)
					note(line, event.mask);
			}
		}
	}
}

struct line_watch *
line_watch_new(struct event_base *base)
{
	struct line_watch *watch;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd < 0) {
		log_warning("sim_watch", "error=%s", strerror(errno));
		return NULL;
	}
	watch = xcalloc(1, sizeof(*watch));
	watch->fd = fd;
	TAILQ_INIT(&watch->lines);
	watch->readable = event_new(base, fd, EV_READ | EV_PERSIST, watch_cb,
	    watch);
	/* Before the lines themselves: an opening is known before the first
	 * byte is answered. */
	(void)event_priority_set(watch->readable, 0);
	(void)event_add(watch->readable, NULL);
	return watch;
}

void
line_watch_free(struct line_watch *watch)
{
	if (watch == NULL)
		return;
	event_free(watch->readable);
	(void)close(watch->fd);
	free(watch);
}

static void
read_cb(evutil_socket_t fd, short what, void *arg)
{
	struct line *line = arg;
	uint8_t buf[4096];
	ssize_t n = read(fd, buf, sizeof(buf));

	(void)what;
	if (n <= 0)
		return;
	if (line->n_users == 0)
		line->n_users = 1;
	line->on_read(buf, (size_t)n, line->arg);
}

static void
write_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	line_flush(arg);
}

static int
open_pair(struct line *line)
{
	line->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (line->master < 0 || grantpt(line->master) != 0 ||
	    unlockpt(line->master) != 0 ||
	    ptsname_r(line->master, line->name, sizeof(line->name)) != 0)
		return -1;
	line->slave = open(line->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (line->slave < 0)
		return -1;
	set_raw(line->slave);
	return 0;
}

static int
make_link(const char *target, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode))
		(void)unlink(path);
	return symlink(target, path);
}

struct line *
line_open(struct event_base *base, struct line_watch *watch, const char *path,
    line_read_cb *on_read, void *arg)
{
	struct line *line = xcalloc(1, sizeof(*line));

	line->master = line->slave = -1;
	line->watch_id = -1;
	line->on_read = on_read;
	line->arg = arg;
	if (open_pair(line) != 0 ||
	    make_link(line->name, path) != 0) {
		log_error("sim_line", "path=%s error=%s", path,
		    strerror(errno));
		line_close(line);
		return NULL;
	}
	(void)strncpy(line->path, path, sizeof(line->path) - 1);
	line->out = evbuffer_new();
	line->readable = event_new(base, line->master, EV_READ | EV_PERSIST,
	    read_cb, line);
	line->writable = event_new(base, line->master, EV_WRITE, write_cb,
	    line);
	(void)event_add(line->readable, NULL);
	if (watch != NULL) {
		line->watch_id = inotify_add_watch(watch->fd, line->name,
		    IN_OPEN | IN_CLOSE);
		line->watch = watch;
		TAILQ_INSERT_TAIL(&watch->lines, line, entry);
	}
	return line;
}

/* Another simulator may have taken the name in the meantime. */
static void
remove_link(const struct line *line)
{
	char target[sizeof(line->name)];
	ssize_t n = readlink(line->path, target, sizeof(target));

	if (n == (ssize_t)strlen(line->name) &&
	    memcmp(target, line->name, (size_t)n) == 0)
		(void)unlink(line->path);
}

void
line_close(struct line *line)
{
	if (line == NULL)
		return;
	if (line->watch != NULL) {
		if (line->watch_id >= 0)
			(void)inotify_rm_watch(line->watch->fd, line->watch_id);
		TAILQ_REMOVE(&line->watch->lines, line, entry);
	}
	if (line->readable != NULL)
		event_free(line->readable);
	if (line->writable != NULL)
		event_free(line->writable);
	if (line->out != NULL)
		evbuffer_free(line->out);
	if (line->slave >= 0)
		(void)close(line->slave);
	if (line->master >= 0)
		(void)close(line->master);
	if (line->path[0] != '\0')
		remove_link(line);
	free(line);
}

bool
line_is_open(const struct line *line)
{
	return line->n_users > 0 || line->watch_id < 0;
}

void
line_write(struct line *line, const void *bytes, size_t n)
{
	if (!line_is_open(line))
		return;
	if (evbuffer_get_length(line->out) + n <= OUT_MAX)
		(void)evbuffer_add(line->out, bytes, n);
}

void
line_flush(struct line *line)
{
	while (evbuffer_get_length(line->out) > 0) {
		if (evbuffer_write(line->out, line->master) <= 0) {
			if (errno == EAGAIN)
				(void)event_add(line->writable, NULL);
			return;
		}
	}
}
