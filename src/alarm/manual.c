/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes baotin-alarms(7) in man(7) macros from the table of alarms, in English
 * or, with the argument vi, in Vietnamese. Only make runs it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "alarm/table.h"

static bool is_vietnamese;

static const char *
say(const char *english, const char *vietnamese)
{
	return is_vietnamese ? vietnamese : english;
}

/* Writes after how long the alarm is raised and cleared, if not at once. */
static void
times(const struct alarm_row *row)
{
	if (row->raise_s > 0)
		printf("%s %u s.\n", say("Raised after", "Báo sau"),
		    row->raise_s);
	if (row->clear_s == UNTIL_ACK)
		puts(say("It ends when somebody acknowledges it.",
		    "Chấm dứt khi có người xác nhận."));
	else if (row->clear_s > 0)
		printf("%s %u s.\n", say("Cleared after",
		    "Hết cảnh báo sau"), row->clear_s);
}

int
main(int argc, char **argv)
{
	is_vietnamese = argc == 2 && strcmp(argv[1], "vi") == 0;
	printf(".TH BAOTIN\\-ALARMS 7\n.SH %s\nbaotin\\-alarms \\- %s\n",
	    say("NAME", "TÊN"), say("what each alarm means, and what to do",
	    "ý nghĩa từng cảnh báo và việc cần làm"));
	printf(".SH \"%s\"\n", say("DESCRIPTION", "MÔ TẢ"));
	puts(say("Alarms are in the log, in the stream <prefix>:alarms, on "
	    "the status page, in the metric baotin_alarm and in baotinctl "
	    "alarms, until their cause is gone; they outlive a restart. "
	    "baotinctl alarms ack NAME says that somebody knows.",
	    "Cảnh báo có trong nhật ký, luồng <prefix>:alarms, trang tình "
	    "trạng, chỉ số baotin_alarm và baotinctl alarms cho đến khi hết "
	    "nguyên nhân, kể cả sau khi khởi động lại. baotinctl alarms ack "
	    "TÊN: đã có người biết."));
	printf(".SH \"%s\"\n", say("ALARMS", "CẢNH BÁO"));
	for (enum alarm_id id = (enum alarm_id)0; id < ALARM_END; id++) {
		const struct alarm_row *row = alarm_row(id);

		printf(".TP\n.B %s\n(%s) %s.\n%s\n", row->name,
		    alarm_level_name(row->level), say(row->text, row->vi),
		    say(row->advice, row->vi_advice));
		times(row);
	}
	printf(".SH \"%s\"\n.BR baotinctl (1),\n.BR baotind (8)\n",
	    say("SEE ALSO", "XEM THÊM"));
	return fflush(stdout) == 0 ? 0 : 1;
}
