/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes baotin-messages(7) in man(7) macros from the table of states, in
 * English or, with the argument vi, in Vietnamese. Only make runs it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "message/states.h"

static bool is_vietnamese;

static const char *
say(const char *english, const char *vietnamese)
{
	return is_vietnamese ? vietnamese : english;
}

/* Writes the text without the marks of code, and hyphens as a manual needs
 * them. */
static void
put_text(const char *text)
{
	for (; *text != '\0'; text++)
		if (*text == '-')
			fputs("\\-", stdout);
		else if (*text != '`')
			putchar(*text);
}

/* Writes the states that follow one another when all goes well. */
static void
put_usual_way(void)
{
	const char *arrow = "";

	printf(".PP\n%s\n.PP\n.RS\n", say("When all goes well:",
	    "Khi mọi việc suôn sẻ:"));
	for (enum state s = STATE_QUEUED; s != STATE_END;
	    s = state_usual_next(s)) {
		printf("%s%s", arrow, state_name(s));
		arrow = " \\-> ";
	}
	puts("\n.RE");
}

/* Writes one row and one column for each state. A mark says that the column's
 * state may follow the row's. */
static void
put_diagram(void)
{
	printf(".PP\n%s\n.PP\n.nf\n.ft CR\n", say("A state at the left may be "
	    "followed by those with a mark in its row:",
	    "Sau trạng thái ở bên trái có thể là trạng thái được đánh dấu:"));
	printf("%16s", "");
	for (enum state s = 0; s < STATE_END; s++)
		printf(" %3d", (int)s + 1);
	putchar('\n');
	for (enum state s = 0; s < STATE_END; s++) {
		printf("%3d %-12s", (int)s + 1, state_name(s));
		for (enum state next = 0; next < STATE_END; next++)
			printf(" %3s", state_may_become(s, next) ? "*" : ".");
		putchar('\n');
	}
	puts(".ft\n.fi");
}

static void
put_state(enum state state)
{
	const char *comma = "";

	printf(".TP\n.B %s\n", state_name(state));
	put_text(say(state_english(state), state_vietnamese(state)));
	puts(".");
	if (state_has(state, STATE_IS_MISSED))
		puts(say("Listed by \\fBbaotinctl undelivered\\fR when it "
		    "ends like this.", "Kết thúc như vậy thì có trong "
		    "\\fBbaotinctl undelivered\\fR."));
	if (state_has(state, STATE_IS_CANCELLABLE))
		puts(say("\\fBbaotinctl cancel\\fR ends it.",
		    "\\fBbaotinctl cancel\\fR hủy được."));
	if (state_has(state, STATE_IS_REPEATABLE))
		puts(say("\\fBbaotinctl retry\\fR sends it again.",
		    "\\fBbaotinctl retry\\fR gửi lại được."));
	printf(".br\n%s ", say("Next:", "Tiếp theo:"));
	for (enum state next = 0; next < STATE_END; next++)
		if (state_may_become(state, next)) {
			printf("%s%s", comma, state_name(next));
			comma = ", ";
		}
	puts(*comma == '\0' ? say("nothing.", "không có gì.") : ".");
}

int
main(int argc, char **argv)
{
	is_vietnamese = argc == 2 && strcmp(argv[1], "vi") == 0;
	printf(".TH BAOTIN\\-MESSAGES 7\n.SH %s\nbaotin\\-messages \\- %s\n",
	    say("NAME", "TÊN"), say("the states of a message",
	    "các trạng thái của một tin"));
	printf(".SH %s\n%s\n", say("DESCRIPTION", "MÔ TẢ"), say(
	    "Each receipt names the state to which a message came, and why in "
	    "\\fBreason\\fR.", "Mỗi biên nhận nêu trạng thái mới của tin, và "
	    "lý do trong \\fBreason\\fR."));
	put_usual_way();
	put_diagram();
	printf(".SH %s\n", say("STATES", "\"TRẠNG THÁI\""));
	for (enum state s = 0; s < STATE_END; s++)
		put_state(s);
	printf(".SH \"%s\"\n.BR baotin\\-reasons (7),\n.BR baotinctl (1)\n",
	    say("SEE ALSO", "XEM THÊM"));
	return fflush(stdout) == 0 ? 0 : 1;
}
