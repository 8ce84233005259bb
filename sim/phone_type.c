/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What can be typed on a phone: a table of commands; each becomes one of the
 * control socket.
 */
#include <sys/socket.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim/client.h"
#include "sim/phone_inside.h"

void
phone_complain(struct phone *phone, const char *text)
{
	if (phone->screen.has_prompt)
		(void)fputs("\r\033[K", stdout);
	(void)fflush(stdout);
	(void)fprintf(stderr, "baotin-sim: %s\n", text);
	phone_screen_prompt(&phone->screen);
	if (!phone->screen.has_prompt)
		phone->status = 1;
	phone->awaited = AWAITED_NOTHING;
}

static void
await(struct phone *phone, enum awaited what)
{
	phone->awaited = what;
	phone->deadline = clock_mono_ms() + (int64_t)phone->timeout_s * 1000;
}

/* One command; the words end with NULL. */
static void
send_command(struct phone *phone, const char *const *words)
{
	char *line = client_line(words);
	size_t n = strlen(line);

	if (send(phone->fd, line, n, MSG_NOSIGNAL) == (ssize_t)n) {
		phone->open_answers++;
	} else {
		phone_complain(phone, "the simulator is gone");
		phone->status = 1;
		phone->is_over = true;
	}
	free(line);
}

static void
dial(struct phone *phone, const char *code)
{
	const char *const words[] = {"dial", phone->number, code, NULL};

	await(phone, AWAITED_USSD);
	send_command(phone, words);
}

static void
type_dial(struct phone *phone, char *rest)
{
	dial(phone, rest);
}

static void
type_sms(struct phone *phone, char *rest)
{
	char *to = strsep(&rest, " ");
	const char *const words[] = {"sms", to, phone->number,
	    rest != NULL ? rest : "", NULL};

	if (rest == NULL)
		phone_complain(phone, "sms NUMBER TEXT");
	else
		send_command(phone, words);
}

static void
type_call(struct phone *phone, char *rest)
{
	char *to = strsep(&rest, " ");
	char *rings = rest != NULL ? xasprintf("rings=%s", rest) : NULL;
	const char *const words[] = {"call", to, phone->number, rings, NULL};

	await(phone, AWAITED_CALL);
	send_command(phone, words);
	free(rings);
}

static void
type_wait(struct phone *phone, char *rest)
{
	(void)rest;
	if (phone->unread > 0)
		phone->unread--;
	else
		await(phone, AWAITED_TEXT);
}

static void
type_inbox(struct phone *phone, char *rest)
{
	const char *const words[] = {"inbox", phone->number, NULL};

	(void)rest;
	send_command(phone, words);
}

static void
type_cancel(struct phone *phone, char *rest)
{
	const char *const words[] = {"cancel", phone->number, NULL};

	(void)rest;
	phone->is_in_dialogue = false;
	send_command(phone, words);
}

void
phone_cancel(struct phone *phone)
{
	type_cancel(phone, NULL);
}

static void
type_off(struct phone *phone, char *rest)
{
	const char *const words[] = {"phone", phone->number, "off", NULL};

	(void)rest;
	send_command(phone, words);
}

static void
type_on(struct phone *phone, char *rest)
{
	const char *const words[] = {"phone", phone->number, "on", NULL};

	(void)rest;
	send_command(phone, words);
}

static void
type_quit(struct phone *phone, char *rest)
{
	(void)rest;
	phone->is_over = true;
}

static void type_help(struct phone *, char *rest);

static const struct {
	const char *name, *usage, *help;
	void (*run)(struct phone *, char *rest);
} commands[] = {
	{"dial", "CODE", "dials a USSD code; the code alone does too",
	    type_dial},
	{"sms", "NUMBER TEXT", "a text to a modem, by its number or name",
	    type_sms},
	{"call", "NUMBER [RINGS]", "rings a modem, 3 times or as often as "
	    "given", type_call},
	{"wait", "", "until the next text comes", type_wait},
	{"inbox", "", "all texts", type_inbox},
	{"cancel", "", "leaves the USSD dialogue", type_cancel},
	{"off", "", "switches the phone off", type_off},
	{"on", "", "and on", type_on},
	{"help", "", "this list", type_help},
	{"quit", "", "the end; the phone stays what it was", type_quit},
};

#define N_COMMANDS (sizeof(commands) / sizeof(*commands))

void
phone_print_commands(void)
{
	for (size_t i = 0; i < N_COMMANDS; i++)
		(void)printf("  %s%s%s\n      %s\n", commands[i].name,
		    *commands[i].usage != '\0' ? " " : "",
		    commands[i].usage, commands[i].help);
	(void)printf("While a USSD screen asks, anything else is the "
	    "answer.\n");
}

static void
type_help(struct phone *phone, char *rest)
{
	(void)rest;
	phone_print_commands();
	phone_screen_prompt(&phone->screen);
}

void
phone_type(struct phone *phone, char *line)
{
	const char *const answer[] = {"reply", phone->number, line, NULL};
	size_t n;

	line[strcspn(line, "\r")] = '\0';
	line += strspn(line, " \t");
	n = strcspn(line, " ");
	if (*line == '\0' || (*line == '#' && !phone->is_in_dialogue)) {
		phone_screen_prompt(&phone->screen);
		return;
	}
	if (strcmp(line, "wait") != 0) /* nothing that is typed */
		phone_screen_echo(&phone->screen, line);
	for (size_t i = 0; i < N_COMMANDS; i++) {
		if (strlen(commands[i].name) == n &&
		    strncmp(commands[i].name, line, n) == 0) {
			commands[i].run(phone,
			    line + n + strspn(line + n, " "));
			return;
		}
	}
	if (*line == '*' && line[strlen(line) - 1] == '#') {
		dial(phone, line);
	} else if (phone->is_in_dialogue) {
		await(phone, AWAITED_USSD);
		send_command(phone, answer);
	} else {
		phone_complain(phone, "what is that? (help)");
	}
}
