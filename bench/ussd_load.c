/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks as a busy USSD gateway does: so many kept connections, each leading
 * one dialogue after the other, every dialogue a session of its own. Prints what came back as one JSON object. bench/ussd_http.py starts
 * it.
 *
 *	ussd_load PORT TOKEN CONNECTIONS DIALOGUES FIRST_PHONE PHONES TEXT...
 *
 * FIRST_PHONE: nine digits behind +84; the next PHONES are used in turns.
 * TEXT: what "text" is in each request of a dialogue.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SLOT_US	 10 /* of the histogram */
#define SLOTS	 500000
#define BUF_SIZE 8192

struct client {
	int fd;
	long dialogue;
	int step;
	int64_t sent_us;
	char in[BUF_SIZE];
	size_t n_in;
};

static struct {
	int port;
	const char *token;
	long connections, dialogues, next, phones;
	long long first_phone;
	char **texts;
	int n_texts;
	int epoll;
	long answers, go_on, ends, other, bad, broken;
	unsigned slots[SLOTS];
	int64_t slowest_us;
	char sample[256];
} load;

static int64_t
now_us(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000 + ts.tv_nsec / 1000;
}

static void
ask(struct client *c)
{
	char body[512], request[1024];
	int n = snprintf(body, sizeof(body), "sessionId=load-%d-%ld&"
	    "serviceCode=%%2A1022%%23&phoneNumber=%%2B84%09lld&"
	    "networkCode=45204&text=%s", (int)getpid(), c->dialogue,
	    load.first_phone + c->dialogue % load.phones, load.texts[c->step]);

	n = snprintf(request, sizeof(request), "POST /ussd HTTP/1.1\r\n"
	    "Host: 127.0.0.1\r\nX-Baotin-Token: %s\r\n"
	    "Content-Type: application/x-www-form-urlencoded\r\n"
	    "Content-Length: %d\r\n\r\n%s", load.token, n, body);
	c->n_in = 0;
	c->sent_us = now_us();
	if (send(c->fd, request, (size_t)n, MSG_NOSIGNAL) != n)
		load.broken++;
}

/* The next request of its dialogue, or the next dialogue; false: no more. */
static bool
go_on(struct client *c)
{
	if (++c->step == load.n_texts) {
		if (load.next == load.dialogues)
			return false;
		c->dialogue = load.next++;
		c->step = 0;
	}
	ask(c);
	return true;
}

static void
count(const struct client *c, const char *body)
{
	int64_t us = now_us() - c->sent_us;
	int64_t slot = us / SLOT_US;

	load.answers++;
	load.slots[slot < SLOTS ? slot : SLOTS - 1]++;
	if (us > load.slowest_us)
		load.slowest_us = us;
	if (strncmp(c->in, "HTTP/1.1 200", 12) != 0)
		load.bad++;
	else if (strncmp(body, "CON ", 4) == 0)
		load.go_on++;
	else if (strncmp(body, "END ", 4) == 0)
		load.ends++;
	else
		load.other++;
	if (load.answers <= 1 || load.bad == 1)
		(void)snprintf(load.sample, sizeof(load.sample), "%s", body);
}

/* What came; true: this client is done. */
static bool
hear(struct client *c)
{
	ssize_t got = recv(c->fd, c->in + c->n_in, BUF_SIZE - 1 - c->n_in, 0);
	const char *length, *body;

	if (got <= 0 && errno == EAGAIN)
		return false;
	if (got <= 0) {
		load.broken++;
		return true;
	}
	c->n_in += (size_t)got;
	c->in[c->n_in] = '\0';
	body = strstr(c->in, "\r\n\r\n");
	length = strcasestr(c->in, "Content-Length:");
	if (body == NULL || length == NULL)
		return false;
	body += 4;
	if (c->n_in - (size_t)(body - c->in) < (size_t)atoi(length + 15))
		return false;
	count(c, body);
	return !go_on(c);
}

static int
dial(struct client *c)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
	const void *any = &in;
	int on = 1;

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	in.sin_port = htons((uint16_t)load.port);
	c->fd = socket(AF_INET, SOCK_STREAM, 0);
	if (c->fd < 0 || connect(c->fd, any, sizeof(in)) != 0)
		return -1;
	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	(void)fcntl(c->fd, F_SETFL, O_NONBLOCK);
	return epoll_ctl(load.epoll, EPOLL_CTL_ADD, c->fd, &event);
}

static double
quantile_ms(double part)
{
	long wanted = (long)((double)load.answers * part), seen = 0;

	for (int i = 0; i < SLOTS; i++) {
		seen += load.slots[i];
		if (seen > wanted)
			return (i + 1) * SLOT_US / 1000.0;
	}
	return (double)load.slowest_us / 1000;
}

static void
print(double seconds)
{
	for (char *p = load.sample; *p != '\0'; p++)
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ')
			*p = ' ';
	(void)printf("{\"requests\": %ld, \"seconds\": %.3f, "
	    "\"per_second\": %.0f, \"con\": %ld, \"end\": %ld, "
	    "\"other\": %ld, \"not_200\": %ld, \"broken\": %ld, "
	    "\"p50_ms\": %.2f, \"p99_ms\": %.2f, \"p999_ms\": %.2f, "
	    "\"max_ms\": %.2f, \"sample\": \"%s\"}\n", load.answers, seconds,
	    (double)load.answers / seconds, load.go_on, load.ends, load.other,
	    load.bad, load.broken, quantile_ms(0.5), quantile_ms(0.99),
	    quantile_ms(0.999), (double)load.slowest_us / 1000, load.sample);
}

int
main(int argc, char **argv)
{
	struct epoll_event events[64];
	struct client *clients;
	int64_t began;
	long open = 0;

	if (argc < 8) {
		(void)fprintf(stderr, "usage: ussd_load PORT TOKEN "
		    "CONNECTIONS DIALOGUES FIRST_PHONE PHONES TEXT...\n");
		return 2;
	}
	load.port = atoi(argv[1]);
	load.token = argv[2];
	load.connections = atol(argv[3]);
	load.dialogues = atol(argv[4]);
	load.first_phone = atoll(argv[5]);
	load.phones = atol(argv[6]);
	load.texts = argv + 7;
	load.n_texts = argc - 7;
	load.epoll = epoll_create1(0);
	clients = calloc((size_t)load.connections, sizeof(*clients));
	if (clients == NULL)
		return 1;
	began = now_us();
	for (long i = 0; i < load.connections; i++) {
		struct client *c = &clients[i];

		if (dial(c) != 0) {
			perror("ussd_load");
			return 1;
		}
		c->step = load.n_texts - 1; /* a dialogue begins */
		if (go_on(c))
			open++;
	}
	while (open > 0) {
		int n = epoll_wait(load.epoll, events, 64, 10000);

		if (n == 0)
			break; /* nothing for ten seconds */
		for (int i = 0; i < n; i++) {
			struct client *c = events[i].data.ptr;

			if (hear(c)) {
				(void)close(c->fd);
				open--;
			}
		}
	}
	print((double)(now_us() - began) / 1e6);
	free(clients);
	return 0;
}
