/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The life of a request. A request is freed in one place, answer(), and
 * only there; what can end without an answer does not exist.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "admin/cmd.h"
#include "admin/request.h"
#include "admin/view.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "ipc/control.h"
#include "redis/redis.h"

static command_function *const functions[] = {
#define FUNCTION_LOCAL(name)  NULL
#define FUNCTION_READ(name)   cmd_##name
#define FUNCTION_CHANGE(name) cmd_##name
#define C(name, words, arguments, least, most, right, line, more)             \
	[COMMAND_##name] = FUNCTION_##right(name),
	COMMANDS(C)
#undef C
};

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

/* Sends the answer, which is taken, and frees the request. */
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

/* Words cut to fit a sentence may end inside a character. */
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

/* What an argument may show of itself in the log. */
static void
audit_argument(const struct admin_request *req, size_t i, FILE *to)
{
	char kind[32], phone[PHONE_SIZE], mask[PHONE_SIZE];
	const char *arg = req->args[i];

	(void)command_argument(req->command, i, kind, sizeof(kind));
	if (phone_normalise(request_conf(req)->gateway.country_code, arg,
	    phone) == PHONE_OK) {
		fprintf(to, " %s", phone_mask(phone, mask));
	} else if (strcmp(kind, "NUMBER") == 0) {
		fprintf(to, " (no number)");
	} else if (req->command->id == COMMAND_ussd_try) {
		/* It may be digits of an ID. */
		fprintf(to, " %.16s", strncmp(arg, "--", 2) == 0 ? arg
		    : "...");
	} else if (strcmp(kind, "TEXT") == 0) {
		fprintf(to, " (%zu characters)",
		    u8_mbsnlen((const uint8_t *)arg, strlen(arg)));
	} else if (strcmp(kind, "field=value") == 0) {
		size_t n = strcspn(arg, "=");

		/* Even the name may be something else in the wrong place. */
		if (view_is_event_field(arg, n))
			fprintf(to, " %.*s=", (int)n, arg);
		else
			fprintf(to, " (no field)");
	} else {
		fprintf(to, " %.64s", arg);
	}
}

static void
audit(const struct admin_request *req)
{
	char *text = NULL, quoted[512];
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	fprintf(to, "%s", req->command->words);
	for (size_t i = 0; i < req->n_args; i++)
		audit_argument(req, i, to);
	if (req->rows != NULL)
		fprintf(to, " (%zu rows)", json_array_size(req->rows));
	(void)fclose(to);
	log_info("audit", "uid=%ld pid=%ld command=%s", (long)req->peer.uid,
	    (long)req->peer.pid, log_quote(text, quoted, sizeof(quoted)));
	free(text);
}

void
request_run(struct admin_request *req)
{
	char error[COMMAND_ERROR_SIZE];
	size_t used;

	metric_add(METRIC_CONTROL_REQUESTS, 1);
	req->command = command_find((const char *const *)req->words,
	    req->n_words, &used, error);
	if (req->command == NULL) {
		admin_fail(req, 2, "%s", error);
		return;
	}
	req->args = req->words + used;
	req->n_args = req->n_words - used;
	if (command_check(req->command, req->n_args, error) == -1) {
		admin_fail(req, 2, "%s", error);
		return;
	}
	if ((req->rows != NULL) != (req->command->id == COMMAND_import)) {
		admin_fail(req, 2, "%s: %s", req->command->words,
		    req->rows != NULL ? "takes no rows"
		    : "its rows are missing");
		return;
	}
	switch (req->command->right) {
	case COMMAND_LOCAL:
		admin_fail(req, 2, "%s: baotinctl answers this by itself",
		    req->command->words);
		return;
	case COMMAND_READ:
		break;
	case COMMAND_CHANGE:
		if (!req->peer.may_change) {
			log_warning("audit_refused", "uid=%ld pid=%ld "
			    "command=\"%s\"", (long)req->peer.uid,
			    (long)req->peer.pid, req->command->words);
			admin_fail(req, 1, "%s changes something: the status "
			    "socket is for reading only, use the control "
			    "socket", req->command->words);
			return;
		}
		audit(req);
		break;
	}
	functions[req->command->id](req);
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
    enum script script, json_t *args)
{
	struct redis *redis = req->tools->redis;

	req->on_got = on_got;
	if (redis_answers(redis)) {
		script_call(redis, request_conf(req), script, args,
		    query_replied, req);
	} else {
		json_decref(args);
		query_replied(NULL, redis_trouble(redis), req);
	}
}
