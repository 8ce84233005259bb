/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The near end of the control socket: `baotin-sim ctl`, and the connection
 * that `baotin-sim phone` talks through.
 */
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/mem.h"
#include "sim/client.h"
#include "sim/control.h"
#include "sim/words.h"

#define CALL_TIMEOUT_S 10

int
client_connect(const char *dir)
{
	struct sockaddr_un address;
	int fd;

	if (control_address(dir, &address) != 0)
		return -1;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 &&
	    connect(fd, (const void *)&address, sizeof(address)) == 0)
		return fd;
	(void)fprintf(stderr, "baotin-sim: no simulator answers at %s: %s\n",
	    address.sun_path, strerror(errno));
	if (fd >= 0)
		(void)close(fd);
	return -1;
}

char *
client_line(const char *const *words)
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
client_call(const char *dir, const char *const *words)
{
	struct sockaddr_un address;
	char *line;
	int fd, result;

	if (control_address(dir, &address) != 0)
		return 2;
	fd = client_connect(dir);
	if (fd < 0)
		return 1;
	line = client_line(words);
	result = talk(fd, line);
	free(line);
	return result == 0 ? 0 : 1;
}
