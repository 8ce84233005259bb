/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A terminal phone: lines that are typed become commands of the control
 * socket, events of it are shown. With a script on standard input each line
 * waits for what it brings about.
 */
#include <sys/socket.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim/client.h"
#include "sim/control.h"
#include "sim/phone.h"
#include "sim/phone_inside.h"
#include "sim/words.h"

#define TIMEOUT_S     30
#define TIMEOUT_MAX_S 3600

/* --- what the network says ------------------------------------------------ */

static const char *
string_of(json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s != NULL ? s : "";
}

static void
show_text(struct phone *phone, json_t *text)
{
	const char *from = string_of(text, "from");
	char head[64], plain[64];

	(void)snprintf(head, sizeof(head), "SMS %s", from);
	(void)snprintf(plain, sizeof(plain), "sms from %s: ", from);
	phone_screen_show(&phone->screen, head, plain,
	    string_of(text, "text"), false);
}

static void
show_ussd(struct phone *phone, json_t *event)
{
	json_t *error = json_object_get(event, "error");

	phone->is_in_dialogue =
	    json_is_true(json_object_get(event, "asks"));
	if (error != NULL)
		phone_screen_show(&phone->screen, "USSD", "ussd error: ",
		    string_of(event, "error"), false);
	else
		phone_screen_show(&phone->screen, "USSD",
		    phone->is_in_dialogue ? "ussd ask: " : "ussd end: ",
		    string_of(event, "text"), phone->is_in_dialogue);
	if (error != NULL && !phone->screen.has_prompt)
		phone->status = 1;
}

static void
show_call(struct phone *phone, json_t *event)
{
	char head[96];

	(void)snprintf(head, sizeof(head), "Call %s",
	    string_of(event, "modem"));
	phone_screen_show(&phone->screen, head, "call: ",
	    string_of(event, "state"), false);
}

static void
hear_event(struct phone *phone, const char *kind, json_t *event)
{
	enum awaited what = AWAITED_NOTHING;

	if (strcmp(kind, "text") == 0) {
		show_text(phone, event);
		what = AWAITED_TEXT;
		if (phone->awaited != AWAITED_TEXT)
			phone->unread++;
	} else if (strcmp(kind, "ussd") == 0) {
		show_ussd(phone, event);
		what = AWAITED_USSD;
	} else if (strcmp(kind, "call") == 0) {
		show_call(phone, event);
		what = AWAITED_CALL;
	}
	if (phone->awaited == what)
		phone->awaited = AWAITED_NOTHING;
}

static void
hear_answer(struct phone *phone, json_t *answer)
{
	json_t *texts = json_object_get(answer, "texts"), *text;
	const char *number = string_of(answer, "phone");
	size_t i;

	if (phone->open_answers > 0)
		phone->open_answers--;
	if (!json_is_true(json_object_get(answer, "ok")))
		phone_complain(phone, string_of(answer, "error"));
	if (*number != '\0' && strlen(number) < sizeof(phone->number))
		(void)strcpy(phone->number, number);
	json_array_foreach(texts, i, text)
		show_text(phone, text);
}

static void
hear_line(struct phone *phone, const char *line)
{
	json_t *object = json_loads(line, 0, NULL);
	const char *kind = string_of(object, "event");

	if (*kind != '\0')
		hear_event(phone, kind, object);
	else
		hear_answer(phone, object);
	json_decref(object);
}

static void
hear(struct phone *phone)
{
	char *end;
	ssize_t n;

	phone->in = xreallocarray(phone->in, phone->n_in + PHONE_LINE_MAX + 1,
	    1);
	n = read(phone->fd, phone->in + phone->n_in, PHONE_LINE_MAX);
	if (n <= 0) {
		phone_complain(phone, "the simulator is gone");
		phone->status = 1;
		phone->is_over = true;
		return;
	}
	phone->n_in += (size_t)n;
	phone->in[phone->n_in] = '\0';
	while ((end = memchr(phone->in, '\n', phone->n_in)) != NULL) {
		*end++ = '\0';
		hear_line(phone, phone->in);
		phone->n_in -= (size_t)(end - phone->in);
		memmove(phone->in, end, phone->n_in + 1);
	}
}

/* --- what is typed -------------------------------------------------------- */

/* A script goes on when the line before has had its effect. */
static bool
may_type(const struct phone *phone)
{
	return phone->screen.has_prompt ||
	    (phone->open_answers == 0 && phone->awaited == AWAITED_NOTHING);
}

/* The first whole line that was typed. false: there is none. */
static bool
type_next(struct phone *phone)
{
	char *end = memchr(phone->typed, '\n', phone->n_typed);

	if (end == NULL)
		return false;
	*end++ = '\0';
	phone_type(phone, phone->typed);
	phone->n_typed -= (size_t)(end - phone->typed);
	memmove(phone->typed, end, phone->n_typed);
	return true;
}

static void
read_typed(struct phone *phone)
{
	size_t room = sizeof(phone->typed) - 1 - phone->n_typed;
	ssize_t n = read(STDIN_FILENO, phone->typed + phone->n_typed, room);

	if (n > 0) {
		phone->n_typed += (size_t)n;
		return;
	}
	phone->is_typed_over = true;
	if (phone->n_typed > 0)
		phone->typed[phone->n_typed++] = '\n';
}

/* --- the loop ------------------------------------------------------------- */

static void
check_deadline(struct phone *phone)
{
	if (phone->awaited == AWAITED_NOTHING ||
	    clock_mono_ms() < phone->deadline)
		return;
	phone_complain(phone, phone->awaited == AWAITED_TEXT
	    ? "no text came" : "no answer came");
}

static void
loop(struct phone *phone)
{
	while (!phone->is_over) {
		struct pollfd fds[2] = {
			{.fd = phone->fd, .events = POLLIN},
			{.fd = STDIN_FILENO, .events = POLLIN},
		};
		bool may = may_type(phone);
		int wait_ms = -1;

		if (may && type_next(phone))
			continue;
		if (may && phone->is_typed_over)
			return;
		if (phone->awaited != AWAITED_NOTHING)
			wait_ms = 100;
		if (poll(fds, may && !phone->is_typed_over ? 2 : 1,
			wait_ms) < 0 && errno != EINTR)
			return;
		if (fds[0].revents != 0)
			hear(phone);
		if (fds[1].revents != 0)
			read_typed(phone);
		check_deadline(phone);
	}
}

static int
run_phone(struct phone *phone, const char *number)
{
	const char *const words[] = {"listen", number, NULL};
	char *line;

	phone->fd = client_connect(phone->dir);
	if (phone->fd < 0)
		return 1;
	line = client_line(words);
	if (send(phone->fd, line, strlen(line), MSG_NOSIGNAL) > 0)
		phone->open_answers = 1;
	free(line);
	while (phone->open_answers > 0 && !phone->is_over)
		hear(phone);
	if (phone->status == 0 && phone->screen.has_prompt)
		(void)printf("This is %s. Try *1022#, or help.\n",
		    phone->number);
	phone_screen_prompt(&phone->screen);
	if (phone->status == 0)
		loop(phone);
	if (phone->screen.has_prompt)
		(void)printf("\n");
	/* The user has gone: an open dialogue ends. */
	if (phone->is_in_dialogue)
		phone_cancel(phone);
	(void)close(phone->fd);
	free(phone->in);
	return phone->status;
}

static void
print_help(void)
{
	(void)printf("Usage: baotin-sim phone --dir DIR [OPTION]... NUMBER\n\n"
	    "A telephone in the network of the simulator in DIR. On a "
	    "terminal it asks for\ncommands and shows what comes; with a "
	    "script as standard input each line waits\nfor what it brings "
	    "about.\n\n"
	    "  --frames      draw screens as the phone does, also when that "
	    "is no terminal\n"
	    "  --timeout S   how long a line of a script waits (default 30)\n"
	    "  --help\n\nCommands:\n\n");
	phone_print_commands();
	(void)printf("\nExit status: 0 done, 1 something did not come or was "
	    "refused, 2 wrong usage.\n");
}

int
phone_main(int argc, char **argv)
{
	bool is_terminal = isatty(STDOUT_FILENO) == 1;
	const char *number = NULL, *plain = getenv("NO_COLOR");
	struct phone phone = {
		.timeout_s = TIMEOUT_S,
		.screen = {
			.is_framed = is_terminal,
			.is_coloured = is_terminal &&
			    (plain == NULL || *plain == '\0'),
			.has_prompt = is_terminal &&
			    isatty(STDIN_FILENO) == 1,
		},
	};

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_help();
			return 0;
		} else if (strcmp(argv[i], "--frames") == 0) {
			phone.screen.is_framed = true;
		} else if (strcmp(argv[i], "--dir") == 0 && i + 1 < argc) {
			phone.dir = argv[++i];
		} else if (strcmp(argv[i], "--timeout") == 0 && i + 1 < argc &&
		    words_parse_number(argv[i + 1], TIMEOUT_MAX_S,
			&phone.timeout_s) == 0) {
			i++;
		} else if (number == NULL && argv[i][0] != '-') {
			number = argv[i];
		} else {
			(void)fprintf(stderr, "baotin-sim: phone: what is "
			    "\"%s\"? (see baotin-sim phone --help)\n",
			    argv[i]);
			return 2;
		}
	}
	if (phone.dir == NULL || number == NULL) {
		(void)fprintf(stderr, "baotin-sim: %s is missing (see "
		    "baotin-sim phone --help)\n",
		    number == NULL ? "the number" : "--dir DIR");
		return 2;
	}
	return run_phone(&phone, number);
}
