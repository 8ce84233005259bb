/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The commands that ask Redis, with a real one: records, queue, rejected
 * events and their way back, and Redis away.
 */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "admin_world.h"
#include "base/mem.h"
#include "redis/redis.h"

#define w (*the_world())

/* --- Redis behind it -----------------------------------------------------*/

static void
test_records(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("HSET ~message:1f new_field x sent_at 1684137600000 "
	    "text Xong attempt 1 phone +84912345678 state sent id4 0a1b");
	redis_do("HSET ~dossier:H10.45-230515-0001 code H10.45-230515-0001 "
	    "status ready phone +84912345678");
	assert_int_equal(on_control("-j", "message", "1f"), 0);
	assert_string_equal(w.out, "{\n  \"id\": \"1f\",\n"
	    "  \"channel\": \"direct\",\n"
	    "  \"phone\": \"+84912345678\",\n  \"text\": \"Xong\",\n"
	    "  \"state\": \"sent\",\n  \"reason\": \"\",\n"
	    "  \"attempt\": 1,\n  \"priority\": \"normal\",\n"
	    "  \"done\": 0,\n  \"sent_at\": 1684137600000,\n"
	    "  \"new_field\": \"x\",\n  \"fence\": 0\n}\n");
	assert_int_equal(on_status("-j", "message", "1f"), 0);
	assert_string_equal(w.out, "{\n  \"id\": \"1f\",\n"
	    "  \"channel\": \"direct\",\n"
	    "  \"phone\": \"+8491*****78\",\n"
	    "  \"state\": \"sent\",\n  \"reason\": \"\",\n"
	    "  \"attempt\": 1,\n  \"priority\": \"normal\",\n"
	    "  \"done\": 0,\n  \"sent_at\": 1684137600000,\n"
	    "  \"new_field\": \"x\",\n  \"fence\": 0\n}\n");
	assert_int_equal(on_status("dossier", "h10.45-230515-0001"), 0);
	assert_string_equal(w.out, "code    H10.45-230515-0001\n"
	    "status  ready\nphone   +8491*****78\n");
	assert_int_equal(on_control("message", "2f"), 1);
	assert_int_equal(on_control("dossier", "nothing"), 1);
	redis_do("SET ~message:3f x");
	assert_int_equal(on_control("message", "3f"), 1);
	assert_non_null(strstr(w.err, "WRONGTYPE"));
}

static void
test_queue(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	assert_int_equal(on_status("-j", "queue"), 0);
	assert_non_null(strstr(w.out, "\"pools\": []"));
	redis_do("SADD ~pools south east");
	redis_do("ZADD ~ready:south:high 1684137600000 a 1684137601000 b");
	redis_do("ZADD ~ready:south:normal 1684137500000 c");
	redis_do("ZADD ~delayed:east 1684137700000 d");
	redis_do("ZADD ~expiring 1 a 1 b 1 c 1 d 1 e 1 f");
	redis_do("ZADD ~leased:bu-dop-1 1 e");
	redis_do("XADD ~events 1684137400000-0 dossier x");
	assert_int_equal(on_status("-j", "queue"), 0);
	assert_non_null(strstr(w.out, "\"stream\": \"t:events\",\n"
	    "    \"length\": 1,\n    \"pending\": 0,\n    \"in_list\": 0,\n"
	    "    \"oldest_at\": 1684137400000\n  },\n"
	    "  \"ready\": 3,\n  \"delayed\": 1,\n  \"behind\": 1,\n"
	    "  \"in_flight\": 1,\n"));
	assert_non_null(strstr(w.out, "{\n      \"pool\": \"east\",\n"
	    "      \"urgent\": 0,\n      \"high\": 0,\n      \"normal\": 0,\n"
	    "      \"low\": 0,\n      \"delayed\": 1,\n"
	    "      \"oldest_at\": null,\n      \"next_at\": 1684137700000"));
	assert_non_null(strstr(w.out, "\"oldest_at\": 1684137500000"));
	assert_int_equal(on_status("-j", "status"), 0);
	assert_non_null(strstr(w.out, "\"queue\": {\n    \"events\": 1,\n"
	    "    \"ready\": 3,\n"));
	assert_int_equal(on_control("queue"), 0);
	assert_non_null(strstr(w.out, "pool   urgent  high  normal  low  "));
}

static void
test_queue_held(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("SADD ~pools south");
	redis_do("SADD ~wants:south viettel-1");
	redis_do("ZADD ~ready:south:urgent 1684137600000 a");
	redis_do("ZADD ~ready:south:high 1684137600000 b");
	redis_do("ZADD ~ready:south:high:viettel-1 1684137400000 c");
	redis_do("SADD ~agencies H10.45 H10.46 H10.47");
	redis_do("SADD ~holds H10.46 H10.48");
	redis_do("ZADD ~held:H10.45 1684137300000 d 1684137300001 e");
	redis_do("HSET ~message:d reason flood");
	redis_do("ZADD ~expiring 1 a 1 b 1 c 1 f");
	assert_int_equal(on_status("-j", "queue"), 0);
	assert_non_null(strstr(w.out, "  \"ready\": 3,\n  \"delayed\": 0,\n"
	    "  \"behind\": 1,\n  \"in_flight\": 0,\n  \"unknown\": 0,\n"
	    "  \"held_back\": 2,\n"));
	assert_non_null(strstr(w.out, "\"waiting_for_window\": 2,\n"
	    "  \"all_on_hold\": false,\n"));
	assert_non_null(strstr(w.out, "      \"urgent\": 1,\n"
	    "      \"high\": 2,\n"));
	assert_non_null(strstr(w.out, "      \"oldest_at\": 1684137400000,\n"
	    "      \"next_at\": null,\n      \"for_one_sim\": 1\n"));
	assert_non_null(strstr(w.out, "      \"agency\": \"H10.45\",\n"
	    "      \"messages\": 2,\n      \"reason\": \"flood\",\n"
	    "      \"on_hold\": false,\n"
	    "      \"oldest_at\": 1684137300000\n"));
	assert_non_null(strstr(w.out, "      \"agency\": \"H10.46\",\n"
	    "      \"messages\": 0,\n      \"reason\": \"\",\n"
	    "      \"on_hold\": true,\n"));
	assert_non_null(strstr(w.out, "H10.48"));
	assert_null(strstr(w.out, "H10.47"));
	redis_do("SADD ~holds *");
	assert_int_equal(on_status("-j", "queue"), 0);
	assert_non_null(strstr(w.out, "\"all_on_hold\": true"));
	assert_null(strstr(w.out, "\"*\""));
}

static void
test_phone(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("ZADD ~phone:+84912345678 1684137500000 A-1 1684137600000 "
	    "A-2 1684137600001 A-3");
	redis_do("HSET ~dossier:A-1 status ready at 1684137500000 phone "
	    "+84912345678");
	redis_do("HSET ~dossier:A-2 status received at 1684137600000 phone "
	    "+84912345678");
	/* Has another phone by now. */
	redis_do("HSET ~dossier:A-3 status ready at 1 phone +84912345679");
	redis_do("ZADD ~messages:+84912345678 2 1f 1 gone");
	redis_do("HSET ~message:1f dossier A-1 status ready state failed "
	    "reason cms_1 created_at 1684137600000 phone +84912345678");
	redis_do("HSET ~wish:old:1 stop 1 lang en");
	redis_do("SADD ~pools south");
	redis_do("SET ~last:south:+84912345678 viettel-1");
	assert_int_equal(on_control("phone", "091 234 5678"), 0);
	assert_non_null(strstr(w.out, "phone   +84912345678\n"
	    "optout  yes\n"));
	assert_non_null(strstr(w.out, "en"));
	assert_non_null(strstr(w.out, "south  viettel-1\n"));
	assert_int_equal(on_status("-j", "phone", "+84912345678"), 0);
	assert_non_null(strstr(w.out, "\"phone\": \"+8491*****78\""));
	assert_non_null(strstr(w.out, "\"dossiers\": [\n    {\n"
	    "      \"code\": \"A-2\",\n      \"status\": \"received\",\n"
	    "      \"at\": 1684137600000\n    },\n    {\n"
	    "      \"code\": \"A-1\",\n"));
	assert_non_null(strstr(w.out, "      \"id\": \"1f\",\n"
	    "      \"dossier\": \"A-1\",\n      \"status\": \"ready\",\n"
	    "      \"state\": \"failed\",\n      \"reason\": \"cms_1\",\n"
	    "      \"at\": 1684137600000\n"));
	assert_null(strstr(w.out, "A-3"));
	assert_null(strstr(w.out, "gone"));
	assert_null(strstr(w.out, "5678"));
	assert_int_equal(on_status("-j", "phone", "0912345670"), 0);
	assert_non_null(strstr(w.out, "\"optout\": false"));
	assert_non_null(strstr(w.out, "\"dossiers\": []"));
}

static void
test_undelivered(void **state)
{
	char command[128];

	(void)state;
	if (!has_redis())
		return;
	redis_do("SADD ~agencies H10.45 H10.46");
	redis_do("ZADD ~missed:H10.45 1684137500000 1f 1684137700000 2f "
	    "1684137700001 3f 1684137700002 4f");
	redis_do("ZADD ~missed:H10.46 1684137600000 5f");
	redis_do("HSET ~message:1f dossier A-1 status ready phone "
	    "+84912345678 state failed reason cms_1 agency H10.45");
	redis_do("HSET ~message:2f dossier A-2 status ready phone "
	    "+84912345678 state expired reason validity agency H10.45");
	redis_do("HSET ~message:3f dossier A-3 state delivered");
	redis_do("HSET ~message:5f dossier A-5 status late phone "
	    "+84912345679 state no_report reason validity agency H10.46");
	assert_int_equal(on_control("-j", "undelivered"), 0);
	assert_true(strstr(w.out, "A-2") < strstr(w.out, "A-5"));
	assert_true(strstr(w.out, "A-5") < strstr(w.out, "A-1"));
	assert_non_null(strstr(w.out, "      \"dossier\": \"A-1\",\n"
	    "      \"status\": \"ready\",\n"
	    "      \"phone\": \"+84912345678\",\n"
	    "      \"state\": \"failed\",\n      \"reason\": \"cms_1\",\n"
	    "      \"at\": 1684137500000,\n"
	    "      \"agency\": \"H10.45\",\n      \"message\": \"1f\"\n"));
	assert_non_null(strstr(w.out, "\"more\": false"));
	assert_null(strstr(w.out, "A-3"));
	assert_int_equal(on_status("undelivered", "--agency", "H10.46"), 0);
	assert_non_null(strstr(w.out, "+8491*****79"));
	assert_null(strstr(w.out, "A-1"));
	assert_int_equal(on_status("undelivered", "--since",
	    "1684137600000"), 0);
	assert_null(strstr(w.out, "A-1"));
	assert_non_null(strstr(w.out, "A-5"));
	for (int i = 0; i < 500; i++) {
		(void)snprintf(command, sizeof(command), "ZADD ~missed:H10.45 "
		    "%d m%d", i + 1, i);
		redis_do(command);
		(void)snprintf(command, sizeof(command), "HSET ~message:m%d "
		    "dossier B-%d state failed", i, i);
		redis_do(command);
	}
	assert_int_equal(on_control("-j", "undelivered"), 0);
	assert_non_null(strstr(w.out, "\"more\": true"));
	assert_non_null(strstr(w.out, "more than these 500"));
	assert_non_null(strstr(w.out, "\"B-3\""));
	assert_null(strstr(w.out, "\"B-2\""));
}

static void
test_unknown(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("ZADD ~unknown 1684137700000 1f 1684137700001 2f");
	redis_do("HSET ~message:1f dossier A-1 phone +84912345678 modem "
	    "viettel-1 reason timeout at 1684137600000 state unknown");
	redis_do("HSET ~message:2f dossier A-2 state cancelled");
	assert_int_equal(on_status("-j", "unknown"), 0);
	assert_string_equal(w.out, "{\n  \"unknown\": [\n    {\n"
	    "      \"id\": \"1f\",\n      \"dossier\": \"A-1\",\n"
	    "      \"phone\": \"+8491*****78\",\n"
	    "      \"modem\": \"viettel-1\",\n"
	    "      \"reason\": \"timeout\",\n"
	    "      \"at\": 1684137600000,\n"
	    "      \"decided_at\": 1684137700000\n    }\n  ],\n"
	    "  \"more\": false\n}\n");
	assert_int_equal(on_control("unknown"), 0);
	assert_non_null(strstr(w.out, "+84912345678"));
}

static void
test_alarms(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("XADD ~alarms 1684137600000-0 alarm quota_day level warning "
	    "modem viettel-1 text nearly__used at 1684137600000");
	redis_do("XADD ~alarms 1684137700000-0 alarm quota_day level clear "
	    "modem viettel-1 text fresh at 1684137700000");
	assert_int_equal(on_status("alarms"), 0);
	assert_non_null(strstr(w.out, "raised\n  alarm  about\n"
	    "  flood  H10.45\n"));
	assert_true(strstr(w.out, "clear") < strstr(w.out, "warning"));
	assert_non_null(strstr(w.out, "quota_day  viettel-1  nearly  used"));
}

static void
test_rejected(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	assert_int_equal(on_status("rejected"), 0);
	assert_string_equal(w.out, "none\n");
	redis_do("XADD ~rejected 1684137600000-0 dossier A-1 status 9 phone "
	    "0912x id4 deadbeef error phone_character field phone entry 1-0");
	redis_do("XADD ~rejected 1684137600001-0 dossier 0912345678 name An "
	    "error status field status entry 2-0");
	assert_int_equal(on_control("-j", "rejected", "1"), 0);
	assert_string_equal(w.out, "[\n  {\n"
	    "    \"id\": \"1684137600001-0\",\n"
	    "    \"rejected_at\": 1684137600001,\n"
	    "    \"error\": \"status\",\n    \"field\": \"status\",\n"
	    "    \"entry\": \"2-0\",\n    \"event\": {\n"
	    "      \"dossier\": \"0912345678\",\n      \"name\": \"An\"\n"
	    "    }\n  }\n]\n");
	assert_int_equal(on_status("rejected"), 0);
	assert_non_null(strstr(w.out,
	    "dossier=+8491*****78 name=(hidden)\n"));
	assert_non_null(strstr(w.out,
	    "dossier=A-1 status=9 phone=(hidden)\n"));
	assert_null(strstr(w.out, "deadbeef"));
}

static void
test_requeue(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	redis_do("XADD ~rejected 5-0 dossier A-1 phone 0912x id4 deadbeef "
	    "error phone field phone entry 1-0");
	redis_do("XADD ~rejected 6-0 json {\"dossier\":\"A-2\",\"at\":"
	    "1684137600000,\"id4\":\"ab\",\"notify\":true,\"fee\":null} "
	    "error x field y entry 1-1");
	redis_do("XADD ~rejected 7-0 error x field y entry 1-2");
	redis_do("XADD ~rejected 8-0 json {[ error json field json entry 1-3");
	assert_int_equal(on_control("rejected", "requeue", "5-0",
	    "phone=0912345678", "lang=vi"), 0);
	assert_non_null(strstr(w.out, "requeued     1\n"));
	assert_non_null(strstr(w.out, "without_id4  1\n"));
	assert_non_null(strstr(w.out, "note "));
	/* Once only. */
	assert_int_equal(on_control("rejected", "requeue", "5-0"), 1);
	assert_non_null(strstr(w.err, "no rejected event 5-0"));
	assert_int_equal(redis_xlen("~events"), 1);
	assert_int_equal(on_control("rejected", "requeue", "7-0"), 1);
	assert_non_null(strstr(w.err, "nothing would be left"));
	assert_int_equal(on_control("-j", "rejected", "requeue", "all"), 0);
	assert_non_null(strstr(w.out, "\"requeued\": 2,\n  \"kept\": 1,\n"
	    "  \"without_id4\": 1,"));
	assert_int_equal(redis_xlen("~events"), 3);
	assert_int_equal(redis_xlen("~rejected"), 1);
	/* What became of them, seen as if they were rejected again. */
	redis_do("RENAME ~events ~rejected");
	assert_int_equal(on_control("rejected"), 0);
	assert_non_null(strstr(w.out, "event\n"));
	assert_non_null(strstr(w.out, " dossier=A-1 "));
	assert_non_null(strstr(w.out, "phone=0912345678"));
	assert_non_null(strstr(w.out, "lang=vi"));
	assert_non_null(strstr(w.out, "dossier=A-2"));
	assert_non_null(strstr(w.out, "at=1684137600000"));
	assert_non_null(strstr(w.out, "notify=1"));
	assert_non_null(strstr(w.out, "json={["));
	assert_null(strstr(w.out, "0912x"));
	assert_null(strstr(w.out, "fee"));
}

static void
test_requeue_many(void **state)
{
	char command[128];

	(void)state;
	if (!has_redis())
		return;
	for (int i = 1; i <= 250; i++) {
		(void)snprintf(command, sizeof(command), "XADD ~rejected "
		    "%d-0 dossier A-%d error x field y entry 1-0", i, i);
		redis_do(command);
	}
	assert_int_equal(on_control("rejected", "requeue", "all"), 0);
	assert_non_null(strstr(w.out, "requeued     250\n"));
	assert_int_equal(redis_xlen("~events"), 250);
	assert_int_equal(redis_xlen("~rejected"), 0);
	assert_int_equal(on_control("rejected", "requeue", "all"), 0);
	assert_non_null(strstr(w.out, "requeued     0\n"));
}

/* Last: Redis goes away for good. */
static void
import_text(const char *text)
{
	char *path = xasprintf("%s/log", w.dir);
	FILE *to = fopen(path, "w");

	assert_non_null(to);
	(void)fputs(text, to);
	(void)fclose(to);
	free(path);
}

/* More than one batch; refused rows in the order of their lines. */
static void
test_import(void **state)
{
	char *path, *text = xasprintf("status,dossier\n9,\n"), *next;
	const char *report;

	(void)state;
	if (!has_redis())
		return;
	for (int i = 0; i < 150; i++) {
		next = xasprintf("%s9,H%d\n", text, i);
		free(text);
		text = next;
	}
	next = xasprintf("%s9,\n", text);
	import_text(next);
	free(next);
	free(text);
	path = xasprintf("%s/log", w.dir);
	assert_int_equal(on_control("import", "--check", path), 1);
	assert_non_null(strstr(w.out, "\n150 usable, 2 refused\n"));
	assert_int_equal(redis_xlen("~events"), 0);
	assert_int_equal(on_control("import", path), 1);
	report = strstr(w.out, ":2: field dossier: missing\n");
	assert_non_null(report);
	assert_non_null(strstr(report, ":153: field dossier: missing\n"
	    "150 imported, 2 refused\n"));
	assert_int_equal(redis_xlen("~events"), 150);
	assert_int_equal(on_control("-j", "import", path), 1);
	assert_non_null(strstr(w.out, "\"imported\": 150"));
	assert_non_null(strstr(w.out, "\"line\": 153"));
	assert_int_equal(on_status("import", path), 1);
	assert_int_equal(redis_xlen("~events"), 300);
	redis_do("DEL ~events");
	redis_do("SET ~events x");
	assert_int_equal(on_control("import", path), 1);
	assert_non_null(strstr(w.err, "WRONGTYPE"));
	assert_non_null(strstr(w.out, "0 imported, 0 refused"));
	free(path);
}

static void
test_redis_away(void **state)
{
	(void)state;
	if (!has_redis())
		return;
	(void)kill(w.redis_pid, SIGKILL);
	assert_int_equal(waitpid(w.redis_pid, NULL, 0), w.redis_pid);
	w.redis_pid = -1;
	until(!redis_is_up(w.redis));
	/* Nothing can be sent. */
	assert_int_equal(on_status("-j", "status"), 1);
	assert_non_null(strstr(w.out, "bu-dop-1"));
	assert_non_null(strstr(w.out, "\"line\": \"NOT SENDING: Redis at "));
	assert_null(strstr(w.out, "queue"));
	assert_int_equal(on_status("queue"), 1);
	assert_non_null(strstr(w.err, "Redis: "));
	assert_int_equal(on_status("message", "1f"), 1);
	assert_int_equal(on_control("hold"), 1);
	assert_non_null(strstr(w.err, "Redis: "));
	assert_int_equal(on_status("alarms"), 0);
	assert_non_null(strstr(w.out, "flood  H10.45"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_queue),
		cmocka_unit_test(test_queue_held),
		cmocka_unit_test(test_phone),
		cmocka_unit_test(test_undelivered),
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_alarms),
		cmocka_unit_test(test_rejected),
		cmocka_unit_test(test_requeue),
		cmocka_unit_test(test_requeue_many),
		cmocka_unit_test(test_import),
		cmocka_unit_test(test_redis_away),
	};

	return cmocka_run_group_tests(tests, world_begin, world_end);
}
