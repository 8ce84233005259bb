/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a request. Only answer() frees a request, so every request gets
 * an answer.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "admin/request.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "ipc/control.h"
#include "redis/redis.h"

struct admin_request *
request_new(struct admin_tools *tools, const struct admin_peer *peer,
    const uint8_t *payload, size_t n, request_answered *on_answer, void *arg)
{
	struct admin_request *req;
	size_t n_words;
	json_t *rows;
	char **words = control_request_decode(payload, n, &n_words, &rows);

	if (words == NULL)
		return NULL;
	req = xcalloc(1, sizeof(*req));
	req->tools = tools;
	req->peer = *peer;
	req->words = words;
	req->n_words = n_words;
	req->rows = rows;
	req->on_answer = on_answer;
	req->arg = arg;
	LIST_INSERT_HEAD(&tools->requests, req, entry);
	return req;
}

void
request_forget(struct admin_request *req)
{
	req->on_answer = NULL;
}

void
requests_orphan(struct admin_tools *tools)
{
	struct admin_request *req;

	while ((req = LIST_FIRST(&tools->requests)) != NULL) {
		LIST_REMOVE(req, entry);
		req->tools = NULL;
		req->on_answer = NULL;
	}
}

const struct conf *
request_conf(const struct admin_request *req)
{
	return req->tools->hooks->conf(req->tools->arg);
}

json_t *
request_flat(json_t *row)
{
	json_t *flat = json_array(), *value;
	const char *name;

	json_object_foreach(row, name, value) {
		(void)json_array_append_new(flat, json_string(name));
		(void)json_array_append(flat, value);
	}
	return flat;
}

/* Sends the answer and frees the request. Takes object. */
static void
answer(struct admin_request *req, json_t *object)
{
	char *text = NULL;
	size_t n;

	if (req->tools != NULL)
		(void)json_object_set_new(object, "zone",
		    json_string(request_conf(req)->gateway.timezone));
	if (req->on_answer != NULL)
		text = json_dumps(object, JSON_COMPACT);
	n = text != NULL ? strlen(text) : 0;
	json_decref(object);
	if (n > CONTROL_LIMIT) {
		static const char too_long[] = "{\"ok\":false,\"status\":1,"
		    "\"error\":\"the answer is too long: ask for less\"}";

		req->on_answer(too_long, sizeof(too_long) - 1, req->arg);
	} else if (text != NULL) {
		req->on_answer(text, n, req->arg);
	}
	free(text);
	if (req->tools != NULL)
		LIST_REMOVE(req, entry);
	json_decref(req->state);
	json_decref(req->rows);
	free(req->words);
	free(req);
}

void
admin_reply(struct admin_request *req, json_t *result)
{
	answer(req, json_pack("{s:b, s:o}", "ok", 1, "result",
	    result != NULL ? result : json_null()));
}

/* A text that was cut may end inside a character: removes that end. */
static void
repair_utf8(char *text)
{
	const uint8_t *bad;

	while ((bad = u8_check((uint8_t *)text, strlen(text))) != NULL)
		text[(const char *)bad - text] = '?';
}

void
request_fail_with(struct admin_request *req, int status, json_t *result,
    const char *sentence)
{
	char *text = xstrdup(sentence);

	repair_utf8(text);
	answer(req, json_pack("{s:b, s:i, s:s, s:o*}", "ok", 0, "status",
	    status, "error", text, "result", result));
	free(text);
}

void
admin_fail(struct admin_request *req, int status, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	request_fail_with(req, status, NULL, text);
}

static void
query_replied(const json_t *reply, const char *error, void *arg)
{
	struct admin_request *req = arg;

	if (error == NULL && req->tools != NULL)
		req->on_got(req, reply);
	else if (error != NULL && req->takes_errors && req->tools != NULL)
		req->on_got(req, NULL);
	else
		admin_fail(req, 1, "Redis: %s",
		    error != NULL ? error : "the daemon stops");
}

void
request_query(struct admin_request *req, request_got *on_got, size_t n,
    const char *const *words)
{
	struct redis *redis = req->tools->redis;

	req->on_got = on_got;
	if (!redis_answers(redis))
		query_replied(NULL, redis_trouble(redis), req);
	else
		redis_query(redis, query_replied, req, n, words);
}

void
request_call(struct admin_request *req, request_got *on_got,
    enum script script, struct call_words args)
{
	struct redis *redis = req->tools->redis;

	req->on_got = on_got;
	if (redis_answers(redis)) {
		call_raw(redis, request_conf(req), script, args,
		    query_replied, req);
	} else {
		words_clear(&args);
		query_replied(NULL, redis_trouble(redis), req);
	}
}
