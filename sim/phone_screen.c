/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Frames and lines of `baotin-sim phone`.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "sim/phone_screen.h"

#define WIDTH 44 /* characters in a frame */

static const char *
colour(const struct phone_screen *screen, const char *sequence)
{
	return screen->is_coloured ? sequence : "";
}

/* Characters of n octets of UTF-8; combining marks do not matter here. */
static size_t
width(const char *text, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] & 0xc0) != 0x80)
			count++;
	return count;
}

static void
print_bar(size_t n)
{
	while (n-- > 0)
		(void)fputs("─", stdout);
}

static void
print_row(const struct phone_screen *screen, const char *text, size_t n)
{
	size_t used = width(text, n);

	(void)printf("  %s│%s ", colour(screen, "\033[36m"),
	    colour(screen, "\033[0m"));
	/* No escape sequence of a text shall move the terminal. */
	for (size_t i = 0; i < n; i++)
		(void)putchar((unsigned char)text[i] < 0x20 ? ' ' : text[i]);
	for (; used < WIDTH; used++)
		(void)putchar(' ');
	(void)printf(" %s│%s\n", colour(screen, "\033[36m"),
	    colour(screen, "\033[0m"));
}

/* Octets of the line that may stand in a row; *next: where to go on. */
static size_t
row_length(const char *line, size_t n, size_t *next)
{
	size_t end = 0, last_blank = 0;

	while (end < n && width(line, end + 1) <= WIDTH) {
		if (line[end] == ' ')
			last_blank = end;
		end++;
	}
	if (end == n || last_blank == 0) {
		*next = end;
		return end;
	}
	*next = last_blank + 1;
	return last_blank;
}

static void
print_rows(const struct phone_screen *screen, const char *text)
{
	while (*text != '\0') {
		size_t n = strcspn(text, "\n"), used, next = 0;

		for (size_t at = 0; at < n || n == 0; at += next) {
			used = row_length(text + at, n - at, &next);
			print_row(screen, text + at, used);
			if (n == 0)
				break;
		}
		text += n + (text[n] == '\n');
	}
}

static void
print_frame(const struct phone_screen *screen, const char *head,
    const char *text, bool asks)
{
	size_t n = width(head, strlen(head));

	(void)printf("  %s┌─ %s ", colour(screen, "\033[36m"), head);
	print_bar(n + 1 < WIDTH ? WIDTH - n - 1 : 0);
	(void)printf("┐%s\n", colour(screen, "\033[0m"));
	print_rows(screen, text);
	if (asks)
		print_row(screen, "[________]", 10);
	(void)printf("  %s└", colour(screen, "\033[36m"));
	print_bar(WIDTH + 2);
	(void)printf("┘%s\n", colour(screen, "\033[0m"));
}

static void
print_line(const char *plain, const char *text)
{
	(void)printf("%s", plain);
	for (; *text != '\0'; text++) {
		if (*text == '\n')
			(void)fputs(" / ", stdout);
		else
			(void)putchar((unsigned char)*text < 0x20 ? ' '
								  : *text);
	}
	(void)putchar('\n');
}

void
phone_screen_show(const struct phone_screen *screen, const char *head,
    const char *plain, const char *text, bool asks)
{
	char dated[96], when[8];
	time_t now = time(NULL);
	struct tm tm;

	if (screen->has_prompt)
		(void)fputs("\r\033[K", stdout);
	(void)localtime_r(&now, &tm);
	(void)strftime(when, sizeof(when), "%H:%M", &tm);
	(void)snprintf(dated, sizeof(dated), "%s ── %s", head, when);
	if (screen->is_framed)
		print_frame(screen, dated, text, asks);
	else
		print_line(plain, text);
	phone_screen_prompt(screen);
	(void)fflush(stdout);
}

void
phone_screen_echo(const struct phone_screen *screen, const char *line)
{
	if (screen->is_framed && !screen->has_prompt)
		(void)printf("  %s> %s%s\n", colour(screen, "\033[1m"), line,
		    colour(screen, "\033[0m"));
	(void)fflush(stdout);
}

void
phone_screen_prompt(const struct phone_screen *screen)
{
	if (screen->has_prompt)
		(void)fputs("> ", stdout);
	(void)fflush(stdout);
}
