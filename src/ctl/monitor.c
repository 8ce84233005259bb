/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks every two seconds. A terminal is drawn anew; a pipe gets what is
 * different from the answer before.
 */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/when.h"
#include "ctl/monitor.h"
#include "ctl/screen.h"

#define EVERY_MS 2000
#define ROWS	 24	/* of a terminal that does not tell */
#define COLUMNS	 80
#define TROUBLE_SIZE 512

#define ENTER "\033[?1049h\033[?25l"	/* another screen, no cursor */
#define LEAVE "\033[?25h\033[?1049l"
#define HOME  "\033[H"
#define BELOW "\033[J"

static volatile sig_atomic_t is_over;

static void
on_signal(int signo)
{
	if (signo != SIGWINCH)
		is_over = 1;
}

/* Without SA_RESTART: poll() ends, and a new size is drawn at once. */
static void
catch_signals(void)
{
	static const int ends[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH};
	struct sigaction sa = {.sa_handler = on_signal};

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		(void)sigaction(ends[i], &sa, NULL);
	/* A stopped program would leave the terminal as it is. */
	sa.sa_handler = SIG_IGN;
	(void)sigaction(SIGTSTP, &sa, NULL);
	(void)sigaction(SIGPIPE, &sa, NULL);
}

/* Until the next look. A key may end it. */
static void
rest(bool has_keys)
{
	int64_t until = clock_mono_ms() + EVERY_MS, left;
	struct pollfd p = {.fd = has_keys ? STDIN_FILENO : -1,
	    .events = POLLIN};
	char c;

	while (!is_over && (left = until - clock_mono_ms()) > 0) {
		int n = poll(&p, 1, (int)left);

		if (n == -1)
			return;
		if (n == 1 && read(STDIN_FILENO, &c, 1) != 1)
			p.fd = -1;
		else if (n == 1 && (c == 'q' || c == 'Q'))
			is_over = 1;
	}
}

/* --- on a terminal -------------------------------------------------------- */

static bool
take_keys(struct termios *before)
{
	struct termios keys;

	if (!isatty(STDIN_FILENO) || tcgetattr(STDIN_FILENO, before) == -1)
		return false;
	keys = *before;
	keys.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	keys.c_cc[VMIN] = 1;
	keys.c_cc[VTIME] = 0;
	return tcsetattr(STDIN_FILENO, TCSANOW, &keys) == 0;
}

static void
draw(const json_t *told, const char *trouble, bool has_colours)
{
	struct winsize size = {0};
	char *text;

	(void)ioctl(STDOUT_FILENO, TIOCGWINSZ, &size);
	text = screen_text(told, trouble, size.ws_row > 0 ? size.ws_row
	    : ROWS, size.ws_col > 0 ? size.ws_col : COLUMNS, has_colours);
	printf(HOME "%s" BELOW, text);
	free(text);
}

/* --- elsewhere ------------------------------------------------------------ */

static const char *
field_text(const json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	return text != NULL ? text : "";
}

/* A text in its hands is no news. */
static const char *
state_of(const json_t *modem)
{
	const char *state = field_text(modem, "state");

	return strcmp(state, "busy") == 0 ? "ready" : state;
}

/* The row of `rows` whose members of these keys are those of row. */
static const json_t *
find_alike(const json_t *rows, const json_t *row, const char *key,
    const char *other)
{
	const json_t *at;
	size_t i;

	json_array_foreach(rows, i, at)
		if (strcmp(field_text(at, key), field_text(row, key)) == 0 &&
		    strcmp(field_text(at, other), field_text(row, other)) == 0)
			return at;
	return NULL;
}

/* A change in words, or as an object, which is taken. */
static void
tell(const struct monitor_job *job, json_t *change)
{
	char at[WHEN_SIZE];
	const char *key;
	json_t *value;

	if (job->is_json) {
		(void)json_object_set_new(change, "at",
		    json_integer(clock_wall_ms()));
		(void)json_dumpf(change, stdout, JSON_COMPACT);
	} else {
		fputs(when_format(clock_wall_ms(), at), stdout);
		json_object_foreach(change, key, value) {
			if (strcmp(key, "alarm") == 0)
				fputs(" alarm", stdout);
			if (*json_string_value(value) != '\0')
				printf(" %s", json_string_value(value));
		}
	}
	putchar('\n');
	json_decref(change);
}

static bool
is_same(const json_t *was, const json_t *modem)
{
	return strcmp(state_of(was), state_of(modem)) == 0 &&
	    strcmp(field_text(was, "wish"), field_text(modem, "wish")) == 0 &&
	    strcmp(field_text(was, "reason"), field_text(modem, "reason")) == 0;
}

static void
tell_modems(const struct monitor_job *job, const json_t *old,
    const json_t *told)
{
	const json_t *modem, *was;
	size_t i;

	json_array_foreach(json_object_get(told, "modems"), i, modem) {
		was = find_alike(json_object_get(old, "modems"), modem,
		    "name", "name");
		if (was != NULL && is_same(was, modem))
			continue;
		tell(job, json_pack("{ss ss ss ss}", "modem",
		    field_text(modem, "name"), "state", state_of(modem), "wish",
		    strcmp(field_text(modem, "wish"), "up") == 0 ? ""
		    : field_text(modem, "wish"), "reason", field_text(modem, "reason")));
	}
}

/* Those of `rows` that `others` lack. level: NULL, its own. */
static void
tell_alarms(const struct monitor_job *job, const json_t *rows,
    const json_t *others, const char *level)
{
	const json_t *alarm;
	size_t i;

	json_array_foreach(rows, i, alarm)
		if (find_alike(others, alarm, "alarm", "about") == NULL)
			tell(job, json_pack("{ss ss ss}", "alarm",
			    field_text(alarm, "alarm"), "about",
			    field_text(alarm, "about"), "level", level != NULL
			    ? level : field_text(alarm, "level")));
}

/* What is different now. old: NULL, everything. */
static void
tell_changes(const struct monitor_job *job, const json_t *old,
    const json_t *told)
{
	const json_t *before = json_object_get(old, "alarms");
	const json_t *now = json_object_get(told, "alarms");

	if (strcmp(field_text(old, "line"), field_text(told, "line")) != 0)
		tell(job, json_pack("{ss}", "status", field_text(told, "line")));
	tell_modems(job, old, told);
	tell_alarms(job, now, before, NULL);
	tell_alarms(job, before, now, "clear");
}

/* --- both ----------------------------------------------------------------- */

/* What the daemon says; NULL: it does not, and why. The caller's. */
static json_t *
ask(const struct monitor_job *job, char trouble[TROUBLE_SIZE])
{
	struct control_answer answer;
	json_t *told;

	if (job->ask(&answer, trouble, TROUBLE_SIZE, job->arg) == -1) {
		for (char *p = trouble; *p != '\0'; p++)
			if (*p == '\n')
				*p = ' ';
		return NULL;
	}
	told = json_incref(answer.result);
	if (told == NULL)
		(void)snprintf(trouble, TROUBLE_SIZE, "%s",
		    answer.error != NULL ? answer.error : "no answer");
	control_answer_clear(&answer);
	return told;
}

/* Shows answers until the end; has the first one. */
static void
watch(const struct monitor_job *job, json_t *told, bool is_screen,
    bool has_keys)
{
	json_t *old = NULL;
	char trouble[TROUBLE_SIZE] = "", before[TROUBLE_SIZE] = "";

	while (!is_over && !ferror(stdout)) {
		if (is_screen)
			draw(told, told != NULL ? NULL : trouble,
			    job->has_colours);
		else if (told != NULL)
			tell_changes(job, old, told);
		else if (strcmp(trouble, before) != 0)
			tell(job, json_pack("{ss}", "status", trouble));
		(void)fflush(stdout);
		memcpy(before, trouble, sizeof(before));
		if (told != NULL) {
			json_decref(old);
			old = told;
			before[0] = '\0';
		}
		rest(has_keys);
		told = is_over ? NULL : ask(job, trouble);
	}
	json_decref(told);
	json_decref(old);
}

int
monitor_run(const struct monitor_job *job)
{
	bool is_screen = isatty(STDOUT_FILENO) && !job->is_json;
	char trouble[TROUBLE_SIZE];
	json_t *told = ask(job, trouble);
	struct termios before;
	bool has_keys;

	if (told == NULL) {
		fprintf(stderr, "baotinctl: %s\n", trouble);
		return 1;
	}
	catch_signals();
	has_keys = is_screen && take_keys(&before);
	if (is_screen)
		fputs(ENTER, stdout);
	watch(job, told, is_screen, has_keys);
	if (is_screen)
		fputs(LEAVE, stdout);
	(void)fflush(stdout);
	if (has_keys)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &before);
	return 0;
}
