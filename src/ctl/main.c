/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotinctl: finds the daemon's socket, asks one question, shows the
 * answer. Exit status: 0 done, 1 failed, 2 wrong use.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "ctl/csv.h"
#include "ctl/help.h"
#include "ctl/import.h"
#include "ctl/missed.h"
#include "ctl/monitor.h"
#include "ctl/narrow.h"
#include "ctl/pin.h"
#include "ctl/report.h"
#include "ctl/talk.h"
#include "ctl/ussd.h"
#include "ctl/writer.h"
#include "ipc/commands.h"

#define DEFAULT_CONF   SYSCONFDIR "/baotin/baotin.conf"
#define DEFAULT_SOCKET "/run/baotin/control.sock"
#define DEFAULT_STATUS "/run/baotin/status.sock"
#define TIMEOUT_MS     30000
#define USSD_MS	       60000	/* the network has 40 s */
#define PIN_MS	       240000	/* a SIM that is busy, a new worker */
#define MONITOR_MS     5000	/* it looks again */
#define TOLD_SIZE      512
#define WALK_MS	       1200000	/* export, erase, repair: every key */

struct options {
	const char *socket, *conf;	/* NULL: not given */
	bool is_json;
	bool is_long;			/* wide tables */
};

struct sockets {
	char *control, *status;		/* status "": none */
};

static void
told_fault(const char *text, void *arg)
{
	const bool *is_told = arg;

	if (*is_told)
		fprintf(stderr, "baotinctl: %s\n", text);
}

/* Where to ask. A configuration that was named must be readable; without
 * one the usual places will do. 0, or -1 (told). */
static int
sockets_find(const struct options *o, struct sockets *out)
{
	bool is_told = o->conf != NULL;
	struct conf *conf;

	if (o->socket != NULL) {
		out->control = xstrdup(o->socket);
		out->status = xstrdup("");
		return 0;
	}
	conf = !is_told && access(DEFAULT_CONF, R_OK) == -1 ? NULL
	    : conf_load(is_told ? o->conf : DEFAULT_CONF, told_fault,
	    NULL, &is_told);
	if (conf == NULL && is_told)
		return -1;
	out->control = xstrdup(conf != NULL ? conf->admin.socket
	    : DEFAULT_SOCKET);
	out->status = xstrdup(conf != NULL ? conf->admin.status_socket
	    : DEFAULT_STATUS);
	conf_free(conf);
	return 0;
}

static void
sockets_clear(struct sockets *s)
{
	free(s->control);
	free(s->status);
}

/* Why the daemon can't be reached, and what to do. */
static void
explain(const char *path, int error, char *out, size_t size)
{
	const char *what = "";

	if (error == ENOENT || error == ECONNREFUSED)
		what = "\nIs the daemon running? systemctl start baotin; or "
		    "name its socket with -s, its configuration with -c.";
	else if (error == EACCES)
		what = "\nYou must be in the socket's group (ls -l shows it), "
		    "or root.";
	(void)snprintf(out, size, "can't reach the daemon at %s: %s.%s", path,
	    strerror(error), what);
}

/* A connection to the control socket; for reading, where we may not enter
 * that, to the status socket. -1 with a sentence. */
static int
reach(const struct sockets *s, const struct command *command,
    const char **path, char *told, size_t size)
{
	int fd = talk_open(s->control), error = errno;

	*path = s->control;
	if (fd == -1 && error == EACCES && *s->status != '\0' &&
	    (command->right == COMMAND_READ ||
	    command->right == COMMAND_LOOK)) {
		*path = s->status;
		fd = talk_open(s->status);
		error = errno;
	}
	if (fd == -1)
		explain(*path, error, told, size);
	errno = error;
	return fd;
}

static bool
wants_colours(void)
{
	const char *no = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && (no == NULL || *no == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* A command with its words, and where to ask. */
struct errand {
	struct sockets sockets;
	const struct command *command;
	const char *const *words;
	size_t n;
	bool is_long;
	int error;			/* errno of the connection */
};

static int
patience_ms(const struct command *command)
{
	if (command->id == COMMAND_ussd || command->id == COMMAND_modem)
		return USSD_MS;
	if (command->id == COMMAND_pin)
		return PIN_MS;
	if (command->id == COMMAND_monitor)
		return MONITOR_MS;
	return command->id == COMMAND_export ||
	    command->id == COMMAND_erase || command->id == COMMAND_repair
	    ? WALK_MS : TIMEOUT_MS;
}

/* 0 with an answer, or -1 with a sentence. */
static int
try_daemon(struct errand *q, const json_t *rows,
    struct control_answer *answer, char *told, size_t size)
{
	char error[256];
	const char *path;
	int fd = reach(&q->sockets, q->command, &path, told, size);

	if (fd == -1) {
		q->error = errno;
		return -1;
	}
	if (talk(fd, q->words, q->n, rows, patience_ms(q->command), answer,
	    error, sizeof(error)) == -1) {
		(void)snprintf(told, size, "the daemon at %s: %s", path,
		    error);
		return -1;
	}
	/* Times are shown in the gateway's zone, wherever this runs. */
	if (answer->zone != NULL) {
		setenv("TZ", answer->zone, 1);
		tzset();
	}
	return 0;
}

/* 0 with an answer, or the exit status (told). */
static int
ask_daemon(struct errand *q, const json_t *rows,
    struct control_answer *answer)
{
	char told[TOLD_SIZE];

	if (try_daemon(q, rows, answer, told, sizeof(told)) == 0)
		return 0;
	fprintf(stderr, "baotinctl: %s\n", told);
	return 1;
}

/* status begins with its line, modems fit a terminal. */
static void
show_answer(const struct command *command, json_t *result, bool is_long)
{
	const char *line = json_string_value(json_object_get(result, "line"));
	json_t *rows = NULL;

	if (command->id == COMMAND_status && line != NULL) {
		writer_line(stdout, line, wants_colours());
		(void)json_object_del(result, "line");
	} else if (command->id == COMMAND_modems && !is_long) {
		rows = modems_narrow(result);
	}
	writer_text(stdout, rows != NULL ? rows : result, wants_colours());
	json_decref(rows);
}

static int
ask_and_show(struct errand *q, const json_t *rows, bool is_json)
{
	struct control_answer answer;
	int status = ask_daemon(q, rows, &answer);

	if (status != 0)
		return status;
	if (answer.result != NULL && is_json)
		writer_json(stdout, answer.result);
	else if (answer.result != NULL)
		show_answer(q->command, answer.result, q->is_long);
	if (answer.error != NULL && *answer.error != '\0')
		fprintf(stderr, "baotinctl: %s\n", answer.error);
	status = answer.status;
	control_answer_clear(&answer);
	return status;
}

/* For monitor_run(). */
static int
ask_again(struct control_answer *answer, char *error, size_t size, void *arg)
{
	return try_daemon(arg, NULL, answer, error, size);
}

static int
monitor(struct errand *q, bool is_json)
{
	struct monitor_job job = {
		.is_json = is_json,
		.has_colours = wants_colours(),
		.ask = ask_again,
		.arg = q,
	};

	return monitor_run(&job);
}

/* For import_run(). */
static int
ask_rows(const json_t *rows, struct control_answer *answer, void *arg)
{
	int status = ask_daemon(arg, rows, answer);

	if (status != 0 || answer->status == 0)
		return status;
	fprintf(stderr, "baotinctl: %s\n", answer->error);
	status = answer->status;
	control_answer_clear(answer);
	return status;
}

/* For ussd_run(). */
static int
ask_words(const char *const *words, size_t n, struct control_answer *answer,
    void *arg)
{
	struct errand q = *(struct errand *)arg;

	q.words = words;
	q.n = n;
	return ask_daemon(&q, NULL, answer);
}

/* The same for another command than the one that was typed. */
static int
ask_command(const char *const *words, size_t n, struct control_answer *answer,
    void *arg)
{
	struct errand q = *(struct errand *)arg;
	char error[COMMAND_ERROR_SIZE];
	size_t used;

	q.command = command_find(words, n, &used, error);
	q.words = words;
	q.n = n;
	return ask_daemon(&q, NULL, answer);
}

static int
ussd_try(struct errand *q, bool is_json)
{
	struct ussd_job job = {
		.words = q->words,
		.n = q->n,
		.is_json = is_json,
		.ask = ask_words,
		.arg = q,
	};

	return ussd_run(&job);
}

static int
enter_pin(struct errand *q, const char *modem, bool is_json)
{
	json_t *rows = pin_rows(modem);
	int status = rows != NULL ? ask_and_show(q, rows, is_json) : 2;

	json_decref(rows);
	return status;
}

/* The options are this program's but for --check, which the daemon must know
 * as well. */
static int
import(struct errand *q, const char *const *args, size_t n, bool is_json)
{
	const char *words[3] = {q->command->words};
	struct import_job job = {
		.file = args[n - 1],
		.is_json = is_json,
		.is_dry = q->command->id == COMMAND_dry_run,
		.ask = ask_rows,
		.ask_words = ask_command,
		.arg = q,
	};

	q->words = words;
	q->n = 1;
	for (size_t i = 0; i + 1 < n; i++) {
		if (strcmp(args[i], "--check") == 0 && !job.is_check &&
		    !job.is_dry) {
			job.is_check = true;
			words[q->n++] = args[i];
		} else if (strcmp(args[i], "--ignore-unknown") == 0) {
			job.ignores_unknown = true;
		} else {
			fprintf(stderr, "baotinctl: %s wants one FILE, "
			    "perhaps with %s--ignore-unknown before it; not "
			    "\"%s\"\n", words[0], job.is_dry ? ""
			    : "--check or ", args[i]);
			return 2;
		}
	}
	words[q->n++] = job.file;
	return import_run(&job);
}

static bool
has_word(const char *const *words, size_t n, const char *word)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* report --csv or --html. */
static int
show_report(struct errand *q)
{
	struct control_answer answer;
	const json_t *rows;
	int status = ask_daemon(q, NULL, &answer);

	if (status != 0)
		return status;
	rows = json_object_get(answer.result, "rows");
	if (answer.error != NULL)
		fprintf(stderr, "baotinctl: %s\n", answer.error);
	else if (rows != NULL) {
		csv_head(stdout, json_object_get(answer.result, "head"));
		csv_rows(stdout, rows);
	} else
		report_html(stdout, answer.result);
	status = answer.status;
	control_answer_clear(&answer);
	return status;
}

/* All pages of what undelivered --csv or --letters prints. */
static int
undelivered(struct errand *q)
{
	struct missed_job job = {
		.words = q->words,
		.n = q->n,
		.has_letters = has_word(q->words, q->n, "--letters"),
		.ask = ask_words,
		.arg = q,
	};

	return missed_run(stdout, &job);
}

/* Monitoring tools read standard output, and three words. A daemon that is
 * not there is critical; who may not ask it knows nothing. */
static int
run_check(struct errand *q)
{
	struct control_answer answer;
	int status = ask_daemon(q, NULL, &answer);
	bool is_gone = q->error == ENOENT || q->error == ECONNREFUSED;

	if (status != 0) {
		printf("BAOTIN %s - the daemon %s\n", is_gone ? "CRITICAL"
		    : "UNKNOWN", is_gone ? "does not run: systemctl status "
		    "baotin" : "gives no answer");
		return is_gone ? 2 : 3;
	}
	if (json_is_string(answer.result))
		puts(json_string_value(answer.result));
	else
		printf("BAOTIN UNKNOWN - %s\n", answer.error);
	status = answer.status;
	control_answer_clear(&answer);
	return status;
}

/* Is the terminal's language Vietnamese? */
static bool
is_vietnamese(void)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	const char *locale = NULL;

	for (size_t i = 0; i < 3 && (locale == NULL || *locale == '\0'); i++)
		locale = getenv(names[i]);
	return locale != NULL && strncmp(locale, "vi", 2) == 0 &&
	    (locale[2] == '\0' || locale[2] == '_' || locale[2] == '.');
}

/* The story of a citizen is told in the terminal's language. */
static int
ask_why(struct errand *q, bool is_json)
{
	const char *words[CONTROL_WORDS_MAX];

	if (is_vietnamese() && q->n < CONTROL_WORDS_MAX &&
	    !has_word(q->words, q->n, "--vi")) {
		memcpy(words, q->words, q->n * sizeof(words[0]));
		words[q->n++] = "--vi";
		q->words = words;
	}
	return ask_and_show(q, NULL, is_json);
}

/* Finds out what can be known without the daemon, then asks it. */
static int
run_command(const struct options *o, const char *const *words, size_t n)
{
	char error[COMMAND_ERROR_SIZE];
	const struct command *command;
	struct errand q = {.words = words, .n = n, .is_long = o->is_long};
	size_t used;
	int status;

	command = command_find(words, n, &used, error);
	if (command == NULL ||
	    command_check(command, n - used, error) == -1) {
		fprintf(stderr, "baotinctl: %s\n", error);
		return 2;
	}
	if (command->right == COMMAND_LOCAL) {
		if (help_command(stdout, words + used, n - used, error) == 0)
			return 0;
		fprintf(stderr, "baotinctl: %s\n", error);
		return 2;
	}
	if (sockets_find(o, &q.sockets) == -1)
		return 2;
	q.command = command;
	if (command->id == COMMAND_import || command->id == COMMAND_dry_run)
		status = import(&q, words + used, n - used, o->is_json);
	else if (command->id == COMMAND_ussd_try)
		status = ussd_try(&q, o->is_json);
	else if (command->id == COMMAND_monitor)
		status = monitor(&q, o->is_json);
	else if (command->id == COMMAND_pin)
		status = enter_pin(&q, words[used], o->is_json);
	else if (command->id == COMMAND_undelivered &&
	    (has_word(words, n, "--csv") || has_word(words, n, "--letters")))
		status = undelivered(&q);
	else if (command->id == COMMAND_check)
		status = run_check(&q);
	else if (command->id == COMMAND_why)
		status = ask_why(&q, o->is_json);
	else if (command->id == COMMAND_report &&
	    (has_word(words, n, "--csv") || has_word(words, n, "--html")))
		status = show_report(&q);
	else
		status = ask_and_show(&q, NULL, o->is_json);
	sockets_clear(&q.sockets);
	return status;
}

int
main(int argc, char **argv)
{
	static const struct option longs[] = {
		{"help", no_argument, NULL, 'h'},
		{"version", no_argument, NULL, 'V'},
		{NULL, 0, NULL, 0},
	};
	struct options o = {NULL, NULL, false, false};
	int opt, status;

	while ((opt = getopt_long(argc, argv, "+s:c:jlhV", longs, NULL)) !=
	    -1) {
		switch (opt) {
		case 's':
			o.socket = optarg;
			break;
		case 'c':
			o.conf = optarg;
			break;
		case 'j':
			o.is_json = true;
			break;
		case 'l':
			o.is_long = true;
			break;
		case 'h':
			help_usage(stdout);
			return 0;
		case 'V':
			printf("baotinctl %s\n", PACKAGE_VERSION);
			return 0;
		default:
			fputs("try: baotinctl --help\n", stderr);
			return 2;
		}
	}
	if (optind == argc) {
		help_usage(stderr);
		return 2;
	}
	status = run_command(&o, (const char *const *)argv + optind,
	    (size_t)(argc - optind));
	if (fflush(stdout) != 0 || ferror(stdout)) {
		fprintf(stderr, "baotinctl: %s\n", strerror(errno));
		return 1;
	}
	return status;
}
