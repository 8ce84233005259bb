/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What is looked at before libconfig may read a text: what it would pass
 * over in silence, and whether it lives through it at all.
 */
#include <sys/wait.h>

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <libconfig.h>

#include "base/mem.h"
#include "conf/lexer.h"
#include "conf/snapshot.h"

#define TRIAL_S	  10
#define TRIALS	  5
#define DEPTH_MAX 64

static void __attribute__((format(printf, 5, 6)))
tell(const struct snapshot *s, int line, conf_fault *fault, void *arg,
    const char *fmt, ...)
{
	char buf[512], *text;
	const char *file;
	int file_line;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	file = snapshot_place(s, line, &file_line);
	text = xasprintf("%s:%d: %s", file, file_line, buf);
	fault(text, arg);
	free(text);
}

/* The line of the word, without blanks at its ends. */
static int
whole_line(const struct snapshot *s, const char *at, const char **begin)
{
	size_t n;

	while (at > s->text && at[-1] != '\n')
		at--;
	at += strspn(at, " \t");
	n = strcspn(at, "\r\n");
	*begin = at;
	return (int)(n > 200 ? 200 : n);
}

static void
tell_quote(const struct snapshot *s, const struct lexer_word *word,
    conf_fault *fault, void *arg)
{
	const char *line;
	int n = whole_line(s, word->at, &line);

	if (word->at > s->text && word->at[-1] == '\\')
		tell(s, word->line, fault, arg, "a backslash stands before "
		    "the quote: write the quote alone: %.*s", n, line);
	else
		tell(s, word->line, fault, arg, "the quote that opens here "
		    "is not closed on its line: %.*s", n, line);
}

/* In which bracket does the next word stand? */
static void
follow(const struct lexer_word *word, char *open, size_t *depth)
{
	if (word->kind != LEXER_SIGN)
		return;
	if (strchr("[({", *word->at) != NULL && *depth + 1 < DEPTH_MAX)
		open[++*depth] = *word->at;
	else if (strchr("])}", *word->at) != NULL && *depth > 0)
		--*depth;
}

unsigned
snapshot_check(const struct snapshot *s, conf_fault *fault, void *arg)
{
	char open[DEPTH_MAX] = "{";
	size_t depth = 0;
	unsigned n = 0;
	struct lexer lexer;
	struct lexer_word word, last = {.kind = LEXER_END};

	lexer_init(&lexer, s->text, s->n);
	for (;; last = word) {
		word = lexer_next(&lexer);
		if (word.kind == LEXER_END)
			break;
		if (word.kind == LEXER_OPEN_STRING ||
		    (word.kind == LEXER_STRING &&
		    memchr(word.at, '\n', word.n) != NULL)) {
			tell_quote(s, &word, fault, arg);
			return n + 1;
		}
		if (word.kind == LEXER_STRING && last.kind == LEXER_STRING &&
		    open[depth] != '{') {
			tell(s, last.line, fault, arg, "a comma is missing "
			    "between %.*s and %.*s", (int)last.n, last.at,
			    (int)word.n, word.at);
			n++;
		}
		follow(&word, open, &depth);
	}
	if (lexer.comment_line != 0) {
		tell(s, lexer.comment_line, fault, arg, "the comment that "
		    "begins here with /* has no end: write */ where it shall "
		    "end, for it hides all that follows");
		n++;
	} else if (lexer.nested_line != 0) {
		tell(s, lexer.nested_line, fault, arg, "in the comment that "
		    "begins here another one begins: its */ is missing, and "
		    "it hides what stands between");
		n++;
	}
	return n;
}

/* The child leaves the parent's exit handlers and buffers alone. */
static void __attribute__((noreturn))
run_trial(const char *text)
{
	sigset_t none;
	config_t cfg;

	(void)signal(SIGALRM, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)alarm(TRIAL_S);
	config_init(&cfg);
	(void)config_read_string(&cfg, text);
	config_destroy(&cfg);
	_exit(0);
}

/* By somebody else, perhaps the kernel, which is out of memory: that says
 * nothing about the text. */
static bool
was_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* The child's end; -1: there was none. */
static int
try_in_child(const char *text, int *status)
{
	pid_t pid = fork();

	if (pid == 0)
		run_trial(text);
	if (pid == -1)
		return -1;
	while (waitpid(pid, status, 0) == -1 && errno == EINTR)
		;
	return 0;
}

int
snapshot_try(const struct snapshot *s, conf_fault *fault, void *arg)
{
	int status = 0, tries = 0;

	do {
		if (try_in_child(s->text, &status) == -1) {
			tell(s, 1, fault, arg, "can't be checked: fork: %s",
			    strerror(errno));
			return -1;
		}
	} while (was_killed(status) && ++tries < TRIALS);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM)
		tell(s, 1, fault, arg, "libconfig did not end within %d s",
		    TRIAL_S);
	else if (was_killed(status))
		tell(s, 1, fault, arg, "can't be checked: somebody killed the "
		    "process that reads it (signal 9); is the memory full?");
	else
		tell(s, 1, fault, arg, "libconfig broke down over this text "
		    "(%s %d)", WIFSIGNALED(status) ? "signal" : "status",
		    WIFSIGNALED(status) ? WTERMSIG(status)
		    : WEXITSTATUS(status));
	return -1;
}
