/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * check: the whole state in one line for monitoring tools like Nagios: what is
 * wrong, then numbers with their thresholds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "admin/look.h"
#include "admin/member.h"
#include "admin/queue.h"
#include "admin/summary.h"
#include "base/clock.h"
#include "base/mem.h"
#include "base/when.h"

enum { OK, WARNING, CRITICAL, UNKNOWN };

static const char *const words[] = {"OK", "WARNING", "CRITICAL", "UNKNOWN"};

/* The values of --oldest and --waiting. */
struct limits {
	int64_t oldest_s[2];		/* warning, critical */
	int64_t waiting[2];		/* texts that are ready; 0: none */
};

/* Reads "W,C", both durations or numbers. Returns 0 or -1. */
static int
read_pair(const char *text, bool is_duration, int64_t out[2])
{
	char first[32];
	size_t n = strcspn(text, ",");
	const char *parts[2] = {first, text + n + 1};

	if (n == 0 || n >= sizeof(first) || text[n] != ',')
		return -1;
	memcpy(first, text, n);
	first[n] = '\0';
	for (size_t i = 0; i < 2; i++) {
		size_t digits = strspn(parts[i], "0123456789");
		int64_t ms;

		if (is_duration) {
			if (duration_parse(parts[i], &ms) == -1)
				return -1;
			out[i] = ms / 1000;
			continue;
		}
		if (digits == 0 || digits > 9 || parts[i][digits] != '\0')
			return -1;
		out[i] = strtoll(parts[i], NULL, 10);
	}
	return out[0] <= out[1] ? 0 : -1;
}

static int
read_limits(struct admin_request *req, struct limits *limits)
{
	*limits = (struct limits){.oldest_s = {900, 3600}};
	for (size_t i = 0; i < req->n_args; i += 2) {
		const char *name = req->args[i];
		const char *value = i + 1 < req->n_args ? req->args[i + 1]
		    : "";
		bool is_oldest = strcmp(name, "--oldest") == 0;

		if ((is_oldest || strcmp(name, "--waiting") == 0) &&
		    read_pair(value, is_oldest, is_oldest ? limits->oldest_s
		    : limits->waiting) == 0)
			continue;
		admin_fail(req, UNKNOWN, "check takes --oldest WARNING,"
		    "CRITICAL (as 15m,1h) and --waiting WARNING,CRITICAL "
		    "(as 100,1000), the first not above the second");
		return -1;
	}
	return 0;
}

static int
level_of(int64_t value, const int64_t limits[2])
{
	if (limits[1] > 0 && value >= limits[1])
		return CRITICAL;
	return limits[0] > 0 && value >= limits[0] ? WARNING : OK;
}

static void
worsen(int *level, int other)
{
	if (other > *level)
		*level = other;
}

/* Writes "; alarm modem_down modem1". The worst level goes to *level. */
static void
write_alarms(FILE *to, const json_t *alarms, int *level)
{
	const json_t *alarm;
	size_t i;

	json_array_foreach(alarms, i, alarm) {
		const char *about = text_of(alarm, "about");

		worsen(level, strcmp(text_of(alarm, "level"), "critical") ==
		    0 ? CRITICAL : WARNING);
		fprintf(to, "; alarm %s%s%s", text_of(alarm, "alarm"),
		    *about != '\0' ? " " : "", about);
	}
}

/* How many seconds the oldest text that may go out now has been ready. */
static int64_t
oldest_s(const json_t *totals, const char *why)
{
	int64_t at = (int64_t)number_of(totals, "oldest_at");

	if (at == 0 || strcmp(why, "window") == 0)
		return 0;
	return (clock_wall_ms() - at) / 1000;
}

/* Perfdata follows a bar, so no bar may stand in the text before it. */
static char *
write_check(const json_t *look, const json_t *totals,
    const struct limits *limits, int *level)
{
	const json_t *alarms = json_object_get(look, "alarms");
	int64_t waiting = (int64_t)number_of(totals, "ready");
	int64_t oldest = oldest_s(totals, text_of(look, "why"));
	char *line = summary_line(look), *text = NULL, *alarms_text = NULL;
	size_t size;
	FILE *to = open_memstream(&alarms_text, &size);

	if (to == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	*level = json_is_true(json_object_get(look, "sending")) ? OK
	    : CRITICAL;
	if (strcmp(text_of(look, "why"), "hold") == 0)
		worsen(level, WARNING);
	worsen(level, level_of(oldest, limits->oldest_s));
	worsen(level, level_of(waiting, limits->waiting));
	write_alarms(to, alarms, level);
	(void)fclose(to);
	text = xasprintf("BAOTIN %s - %s%s | modems=%.0f;;;0;%zu "
	    "waiting=%lld;%lld;%lld;0 oldest=%llds;%lld;%lld;0 "
	    "alarms=%zu;;;0", words[*level], line, alarms_text,
	    number_of(look, "usable"), json_array_size(json_object_get(look,
	    "modems")), (long long)waiting, (long long)limits->waiting[0],
	    (long long)limits->waiting[1], (long long)oldest,
	    (long long)limits->oldest_s[0], (long long)limits->oldest_s[1],
	    json_array_size(alarms));
	free(alarms_text);
	free(line);
	return text;
}

static void
check_got(struct admin_request *req, const json_t *reply)
{
	json_t *look = look_new(req->tools), *totals = NULL;
	struct limits limits;
	char *text;
	int level;

	if (read_limits(req, &limits) == -1) {
		json_decref(look);
		return;
	}
	if (reply != NULL) {
		totals = queue_totals(reply);
		(void)json_object_set_new(look, "queue", queue_view(reply,
		    json_incref(json_object_get(look, "waiting"))));
	}
	look_judge(look);
	text = write_check(look, totals, &limits, &level);
	if (level == OK)
		admin_reply(req, json_string(text));
	else
		request_fail_with(req, level, json_string(text), "");
	free(text);
	json_decref(totals);
	json_decref(look);
}

void
cmd_check(struct admin_request *req)
{
	req->takes_errors = true;
	queue_query(req, check_got);
}
