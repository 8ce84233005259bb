/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Writes baotin-reasons(7) in man(7) macros from the tables of words, in
 * English or, with the argument vi, in Vietnamese. Only make runs it.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "daemon/reasons.def"
#include "dispatch/errors.h"

struct row {
	const char *word, *english, *vietnamese;
};

#define N(word, english, vietnamese) {word, english, vietnamese},
static const struct row suppressed[] = {REASONS_SUPPRESSED(N) {0}};
static const struct row message[] = {REASONS_MESSAGE(N) {0}};
static const struct row rejected[] = {REASONS_REJECTED(N) {0}};
static const struct row phone[] = {REASONS_PHONE(N) {0}};
static const struct row cells[] = {REASONS_ROW(N) {0}};
static const struct row reports[] = {REASONS_REPORT(N) {0}};
#undef N

static bool is_vietnamese;

static const char *
say(const char *english, const char *vietnamese)
{
	return is_vietnamese ? vietnamese : english;
}

static void
section(const char *english, const char *vietnamese, const struct row *rows)
{
	printf(".SH \"%s\"\n", say(english, vietnamese));
	for (; rows != NULL && rows->word != NULL; rows++)
		printf(".TP\n.B %s\n%s\n", rows->word,
		    say(rows->english, rows->vietnamese));
}

static void
errors(void)
{
	const struct error_row *row;

	section("Refused by modem or network", "Modem hoặc mạng từ chối",
	    NULL);
	puts(say("cms_N: N is the number that the modem said. The first row "
	    "that holds it counts. Your retry.errors may decide otherwise.",
	    "cms_N: N là số modem báo. Dòng đầu tiên có số đó được áp dụng; "
	    "retry.errors của bạn có thể quyết định khác."));
	for (unsigned i = 0; (row = error_row_at(i)) != NULL; i++) {
		if (row->reason != NULL)
			printf(".TP\n.B %s\n", row->reason);
		else if (row->from == -1)
			printf(".TP\n.B error\n");
		else if (row->from == row->to)
			printf(".TP\n.B cms_%d\n", (int)row->from);
		else
			printf(".TP\n.BR cms_%d \" … \" cms_%d\n",
			    (int)row->from, (int)row->to);
		printf("%s (%s): %s\n", row->word,
		    error_class_name(row->class),
		    say(row->sentence, error_class_vietnamese(row->class)));
	}
}

int
main(int argc, char **argv)
{
	is_vietnamese = argc == 2 && strcmp(argv[1], "vi") == 0;
	printf(".TH BAOTIN\\-REASONS 7\n.SH %s\nbaotin\\-reasons \\- %s\n",
	    say("NAME", "TÊN"), say("the words of receipts, rejections and "
	    "imports", "các từ trong biên nhận, từ chối và nhập tệp"));
	section("Suppressed: why there is no text",
	    "suppressed: vì sao không nhắn tin", suppressed);
	section("Queued, held, cancelled, superseded, expired, unknown",
	    "queued, held, cancelled, superseded, expired, unknown", message);
	errors();
	section("Undelivered: what the status report said",
	    "undelivered: báo cáo của mạng", reports);
	puts(say(".PP\nOther numbers from 64 on: the message centre gave up "
	    "for a reason of its own.", ".PP\nCác số khác từ 64 trở lên: "
	    "trung tâm nhắn tin thôi vì lý do riêng."));
	section("Rejected: what is wrong with the event",
	    "rejected: sự kiện sai ở đâu", rejected);
	section("Rejected: what is wrong with the phone",
	    "rejected: số điện thoại sai ở đâu", phone);
	section("Only in the report of an import", "Chỉ khi nhập tệp", cells);
	printf(".SH \"%s\"\n.BR baotind (8),\n.BR baotinctl (1)\n",
	    say("SEE ALSO", "XEM THÊM"));
	return fflush(stdout) == 0 ? 0 : 1;
}
