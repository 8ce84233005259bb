/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The HTTP front with a dialogue that is a fake, and a client that types
 * octets: for test_lookup_http.c.
 */
#ifndef LOOKUP_HTTP_WORLD_H
#define LOOKUP_HTTP_WORLD_H

#include <stdbool.h>

#include "conf/conf.h"
#include "lookup/http.h"

#define TOKEN	   "a-token-of-twenty-one"
#define OTHER	   "another-token-of-this"
#define FORM_HEAD  "Content-Type: application/x-www-form-urlencoded\r\n"
#define TOKEN_HEAD "X-Baotin-Token: " TOKEN "\r\n"
#define GOOD                                                                  \
	"sessionId=ATUid_1&serviceCode=*1022%23&phoneNumber=%2B84912345678"   \
	"&networkCode=45204&text=1*2305150001"

/* What the dialogue was asked last, and what it says. */
struct fake_dialogue {
	unsigned asked, ended;
	char session[200], phone[40], text[3000], transport[20];
	bool is_cumulative;
	unsigned max_octets;
	bool is_silent; /* answers later */
	const char *answer;
	bool is_final;
	lookup_answered *waiting;
	void *waiting_arg;
};
extern struct fake_dialogue fake;

struct http_world {
	char dir[64], token_file[80], other_file[80], listen[40];
	char *tokens[3], *allow[3];
	unsigned short port;
	struct conf conf;
	struct event_base *base;
	struct lookup_http *http;
};
extern struct http_world w;

int set_up(void **state);
int tear_down(void **state);
void write_file(const char *path, const char *text);

/* What a silent dialogue owes. */
void answer_now(const char *text);

int dial(void);
void type(int fd, const char *text, size_t n);

/* Runs the server until an answer or the end came; "" for an end without an
 * answer. */
const char *hear(int fd);

char *make_request(const char *method, const char *target,
    const char *headers, const char *body);
const char *ask_with(const char *method, const char *target,
    const char *headers, const char *body);
const char *ask(const char *form);
const char *body_of(const char *answer);
void expect_code(const char *answer, int code);

#endif
