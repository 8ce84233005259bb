/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The client's half of the control protocol (ipc/control.h).
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ctl/talk.h"
#include "ipc/channel.h"

int
talk_open(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, saved;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(address.sun_path, path, strlen(path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	saved = errno;
	(void)close(fd);
	errno = saved;
	return -1;
}

static int
send_all(int fd, const uint8_t *data, size_t n)
{
	while (n > 0) {
		ssize_t sent = send(fd, data, n, MSG_NOSIGNAL);

		if (sent == -1 && errno == EINTR)
			continue;
		if (sent == -1)
			return -1;
		data += sent;
		n -= (size_t)sent;
	}
	return 0;
}

/* Waits for more octets: how many came, 0 at the end, -1 with errno. */
static ssize_t
receive(int fd, uint8_t *to, size_t room, int64_t deadline)
{
	for (;;) {
		int64_t left = deadline - clock_mono_ms();
		struct pollfd poller = {.fd = fd, .events = POLLIN};
		int ready = left > 0 ? poll(&poller, 1, (int)left) : 0;
		ssize_t n;

		if (ready == 0) {
			errno = ETIMEDOUT;
			return -1;
		}
		if (ready == -1 && errno != EINTR)
			return -1;
		if (ready == -1)
			continue;
		n = recv(fd, to, room, 0);
		if (n != -1 || errno != EINTR)
			return n;
	}
}

/* 0 with the answer, or -1 with a sentence. */
static int
read_answer(int fd, int64_t deadline, struct control_answer *answer,
    char *error, size_t error_size)
{
	size_t size = CHANNEL_HEAD + CONTROL_LIMIT, used = 0, n = 0;
	uint8_t *data = xmalloc(size);
	enum frame_verdict verdict = FRAME_PARTIAL;
	uint16_t type = 0;
	ssize_t got = 1;
	int rc = -1;

	while (verdict == FRAME_PARTIAL && used < size && got > 0) {
		got = receive(fd, data + used, size - used, deadline);
		if (got > 0)
			used += (size_t)got;
		verdict = frame_peek(data, used, CONTROL_LIMIT, &type, &n);
	}
	if (verdict == FRAME_WHOLE && type == CONTROL_ANSWER)
		rc = control_answer_decode(data + CHANNEL_HEAD, n, answer);
	free(data);
	if (rc == 0)
		return 0;
	if (got == -1)
		(void)snprintf(error, error_size, "%s", errno == ETIMEDOUT
		    ? "it did not answer in time" : strerror(errno));
	else if (verdict == FRAME_PARTIAL)
		(void)snprintf(error, error_size, "it hung up without an "
		    "answer");
	else
		(void)snprintf(error, error_size, "its answer is not "
		    "understood: is it another version?");
	return -1;
}

int
talk(int fd, const char *const *words, size_t n, const json_t *rows,
    int timeout_ms, struct control_answer *answer, char *error,
    size_t error_size)
{
	int64_t deadline = clock_mono_ms() + timeout_ms;
	char *request = control_request_encode(words, n, rows);
	uint8_t head[CHANNEL_HEAD];
	int rc;

	if (request == NULL) {
		(void)snprintf(error, error_size, "an argument is too long "
		    "or not UTF-8");
		(void)close(fd);
		return -1;
	}
	frame_head(head, CONTROL_REQUEST, strlen(request));
	/* A daemon that turns us away may have hung up already, but has said
	 * why: read whatever sending gives. */
	if (send_all(fd, head, sizeof(head)) == 0)
		(void)send_all(fd, (const uint8_t *)request, strlen(request));
	free(request);
	rc = read_answer(fd, deadline, answer, error, error_size);
	(void)close(fd);
	return rc;
}
