/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Bytes from a control client as a request's payload: parsed, dispatched to
 * every command with a Redis that is away and hooks that know nothing, and
 * answered exactly once, in UTF-8.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/request.h"
#include "base/log.h"
#include "conf/conf.h"
#include "ipc/control.h"
#include "redis/redis.h"
#include "redis/script.h"
#include "text/template.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static char empty[] = "", country[] = "84", nowhere[] = "/nonexistent";

static const struct conf conf = {
	.gateway = {empty, empty, empty, country, empty},
	.intake = {.stream = empty, .list = empty},
	.notices = {.templates = nowhere, .max_segments = 3},
};

bool
redis_answers(const struct redis *redis)
{
	(void)redis;
	return true;	/* but each query fails */
}

const char *
redis_trouble(const struct redis *redis)
{
	(void)redis;
	return "away";
}

const char *
redis_prefix(const struct redis *redis)
{
	(void)redis;
	return "p";
}

void
redis_query(struct redis *redis, redis_reply *done, void *arg, size_t n,
    const char *const *words)
{
	(void)redis;
	(void)n;
	(void)words;
	done(NULL, "away", arg);
}

void
call_raw(struct redis *redis, const struct conf *c, enum script script,
    struct call_words args, redis_reply *done, void *arg)
{
	(void)redis;
	(void)c;
	(void)script;
	words_clear(&args);
	done(NULL, "away", arg);
}

void
conf_print(const struct conf *c, FILE *to)
{
	(void)c;
	(void)to;
}

/* There is one, "a". */
bool
conf_pool_has(const struct conf_pool *pool, const char *modem)
{
	(void)pool;
	(void)modem;
	return false;
}

const struct conf_agency *
conf_agency_find(const struct conf *c, const char *id)
{
	static const struct conf_agency agency;

	(void)c;
	return strcmp(id, "a") == 0 ? &agency : NULL;
}

static json_t *
status(void *arg)
{
	(void)arg;
	return json_object();
}

static json_t *
modems(const char *name, void *arg)
{
	(void)name;
	(void)arg;
	return json_array();
}

static void
send_text(const char *phone, const char *text, struct admin_request *req,
    void *arg)
{
	(void)arg;
	if (phone[0] != '+' || *text == '\0')
		abort();
	admin_fail(req, 1, "%.5s", text);
}

static const struct templates *
templates(void *arg)
{
	(void)arg;
	return NULL;
}

static const struct conf *
get_conf(void *arg)
{
	(void)arg;
	return &conf;
}

static json_t *
check_event(const json_t *fields, void *arg)
{
	(void)arg;
	if (json_array_size(fields) == 0 || json_array_size(fields) % 2 != 0)
		abort();
	return json_array_size(fields) == 2 ? NULL
	    : json_pack("{s:s, s:s}", "field", "status", "error", "missing");
}

static json_t *
plan_event(const json_t *fields, void *arg)
{
	(void)fields;
	(void)arg;
	return json_object();
}

static void
control(const struct admin_decision *decision, struct admin_request *req,
    void *arg)
{
	(void)arg;
	if (*decision->verb == '\0' || (decision->id == NULL) ==
	    (decision->agency == NULL) || decision->since < 0)
		abort();
	admin_reply(req, json_object());
}

static void
probe(const char *modem, struct admin_request *req, void *arg)
{
	(void)modem;
	(void)arg;
	admin_reply(req, json_object());
}

static void
wish(const char *modem, const char *word, struct admin_request *req,
    void *arg)
{
	(void)word;
	probe(modem, req, arg);
}

static void
repair(struct admin_request *req, void *arg)
{
	(void)arg;
	admin_reply(req, json_object());
}

static void
ussd(const char *modem, const char *code, struct admin_request *req,
    void *arg)
{
	(void)arg;
	if (*modem == '\0' || *code == '\0')
		abort();
	admin_reply(req, json_object());
}

static void
ussd_try(const char *phone, const char *session, const char *dialled,
    const char *inputs, struct admin_request *req, void *arg)
{
	(void)arg;
	if (phone[0] != '+' || *dialled == '\0' || session == NULL ||
	    inputs == NULL)
		abort();
	admin_reply(req, json_pack("{ss sb}", "text", "", "is_final", true));
}

static void
privacy(const char *verb, const char *phone, struct admin_request *req,
    void *arg)
{
	(void)arg;
	if (*verb == '\0' || phone[0] != '+')
		abort();
	admin_reply(req, json_object());
}

static void
key_accept(struct admin_request *req, void *arg)
{
	(void)arg;
	admin_reply(req, json_object());
}

static unsigned
alarms_ack(enum alarm_id id, const char *about, const char *by, void *arg)
{
	(void)about;
	(void)by;
	(void)arg;
	return (unsigned)id;
}

static json_t *
alarms(void *arg)
{
	(void)arg;
	return json_array();
}

static json_t *
waiting(void *arg)
{
	(void)arg;
	return json_object();
}

static void
answered(const char *answer, size_t n, void *arg)
{
	struct control_answer a;

	if (control_answer_decode((const uint8_t *)answer, n, &a) == -1)
		abort();
	control_answer_clear(&a);
	++*(int *)arg;
}

static json_t *
phone_hashes(const char *phone, void *arg)
{
	(void)phone;
	(void)arg;
	return json_array();
}

static json_t *
explain(const char *word, void *arg)
{
	(void)arg;
	return json_pack("{s:s, s:s}", "word", word, "means", "");
}

static json_t *
letter(const json_t *record, void *arg)
{
	(void)record;
	(void)arg;
	return json_object();
}

/* A hook that this target lacks would be called as NULL. */
static void
assert_all_set(const struct admin_hooks *hooks)
{
	void *each[sizeof(*hooks) / sizeof(void *)];

	memcpy(each, hooks, sizeof(each));
	for (size_t i = 0; i < sizeof(each) / sizeof(each[0]); i++)
		if (each[i] == NULL) {
			fprintf(stderr, "hook %zu of struct admin_hooks is "
			    "not set in fuzz_control.c\n", i);
			abort();
		}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static const struct admin_hooks hooks = {
		.status = status,
		.modems = modems,
		.send = send_text,
		.templates = templates,
		.conf = get_conf,
		.check_event = check_event,
		.plan_event = plan_event,
		.control = control,
		.alarms = alarms,
		.alarms_ack = alarms_ack,
		.waiting = waiting,
		.reload = alarms,
		.phone_hashes = phone_hashes,
		.letter = letter,
		.explain = explain,
		.ussd = ussd,
		.ussd_try = ussd_try,
		.privacy = privacy,
		.repair = repair,
		.probe = probe,
		.reset = probe,
		.wish = wish,
		.pin = wish,
		.look = status,
		.key_accept = key_accept,
	};
	struct admin_tools tools = {.hooks = &hooks};
	struct admin_peer peer = {.may_change = true,
	    .sees_numbers = true};
	struct admin_request *req;
	int answers = 0;

	assert_all_set(&hooks);
	(void)log_init("fuzz", "stderr", "error");
	req = request_new(&tools, &peer, data, n, answered, &answers);
	if (req == NULL)
		return 0;
	cmd_run(req);
	if (answers != 1 || !LIST_EMPTY(&tools.requests))
		abort();
	return 0;
}
