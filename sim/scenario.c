/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Scenario files: "SECONDS COMMAND...", "#" for comments.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim/scenario.h"
#include "sim/verbs.h"

#define SECONDS_MAX (7 * 86400.0)

struct step {
	TAILQ_ENTRY(step) entry;
	int64_t after_us;
	unsigned line;
	char *command;
};

struct scenario {
	struct sim *sim;
	const char *path;
	struct event *timer;
	int64_t started_us;
	TAILQ_HEAD(step_list, step) steps; /* by time */
};

static void
add_step(struct scenario *scenario, double seconds, unsigned line,
    const char *command)
{
	struct step *step = xcalloc(1, sizeof(*step)), *other;

	step->after_us = (int64_t)(seconds * 1e6);
	step->line = line;
	step->command = xstrdup(command);
	TAILQ_FOREACH_REVERSE (other, &scenario->steps, step_list, entry) {
		if (other->after_us <= step->after_us) {
			TAILQ_INSERT_AFTER(&scenario->steps, other, step,
			    entry);
			return;
		}
	}
	TAILQ_INSERT_HEAD(&scenario->steps, step, entry);
}

static int
read_line(struct scenario *scenario, char *text, unsigned line)
{
	char error[256], *end;
	double seconds;

	text[strcspn(text, "\r\n")] = '\0';
	text += strspn(text, " \t");
	if (*text == '\0' || *text == '#')
		return 0;
	seconds = strtod(text, &end);
	if (end == text || (*end != ' ' && *end != '\t') ||
	    !isfinite(seconds) || seconds < 0 || seconds > SECONDS_MAX) {
		(void)fprintf(stderr, "baotin-sim: %s:%u: a line is \"SECONDS "
		    "COMMAND...\"\n", scenario->path, line);
		return -1;
	}
	if (verbs_check(end, error, sizeof(error)) != 0) {
		(void)fprintf(stderr, "baotin-sim: %s:%u: %s\n",
		    scenario->path, line, error);
		return -1;
	}
	add_step(scenario, seconds, line, end);
	return 0;
}

static void
run_step(struct scenario *scenario, const struct step *step)
{
	json_t *answer = verbs_run(scenario->sim, step->command);

	if (!json_is_true(json_object_get(answer, "ok")))
		(void)fprintf(stderr, "baotin-sim: %s:%u: %s\n",
		    scenario->path, step->line,
		    json_string_value(json_object_get(answer, "error")));
	json_decref(answer);
}

static void
timer_cb(evutil_socket_t fd, short what, void *arg)
{
	struct scenario *scenario = arg;
	struct step *step;

	(void)fd;
	(void)what;
	while ((step = TAILQ_FIRST(&scenario->steps)) != NULL) {
		int64_t wait_us = scenario->started_us + step->after_us -
		    clock_mono_us();
		struct timeval wait = {wait_us / 1000000, wait_us % 1000000};

		if (wait_us > 0) {
			(void)evtimer_add(scenario->timer, &wait);
			return;
		}
		TAILQ_REMOVE(&scenario->steps, step, entry);
		run_step(scenario, step);
		free(step->command);
		free(step);
	}
}

struct scenario *
scenario_load(struct sim *sim, const char *path)
{
	struct scenario *scenario;
	FILE *in = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	unsigned line = 0;
	int result = 0;

	if (in == NULL) {
		(void)fprintf(stderr, "baotin-sim: %s: %s\n", path,
		    strerror(errno));
		return NULL;
	}
	scenario = xcalloc(1, sizeof(*scenario));
	scenario->sim = sim;
	scenario->path = path;
	scenario->timer = evtimer_new(sim->base, timer_cb, scenario);
	TAILQ_INIT(&scenario->steps);
	while (result == 0 && getline(&text, &size, in) > 0)
		result = read_line(scenario, text, ++line);
	free(text);
	(void)fclose(in);
	if (result == 0)
		return scenario;
	scenario_free(scenario);
	return NULL;
}

void
scenario_free(struct scenario *scenario)
{
	struct step *step;

	if (scenario == NULL)
		return;
	while ((step = TAILQ_FIRST(&scenario->steps)) != NULL) {
		TAILQ_REMOVE(&scenario->steps, step, entry);
		free(step->command);
		free(step);
	}
	event_free(scenario->timer);
	free(scenario);
}

void
scenario_start(struct scenario *scenario)
{
	scenario->started_us = clock_mono_us();
	timer_cb(-1, 0, scenario);
}
