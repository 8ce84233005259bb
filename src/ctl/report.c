/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * One table of agencies with their sum, and what the counts mean.
 */
#include <string.h>

#include "ctl/html.h"
#include "ctl/report.h"

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"vi\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<title>Báo cáo tin nhắn</title>\n<style>\n"
    "@page { size: A4 landscape; margin: 15mm; }\n"
    "body { font: 11pt/1.4 \"Times New Roman\", \"Liberation Serif\", serif; "
    "color: #000; background: #fff; }\n"
    "h1 { font-size: 16pt; }\n"
    "table { border-collapse: collapse; width: 100%; }\n"
    "th, td { border: 1px solid #000; padding: 1mm 2mm; text-align: right; }\n"
    "th { vertical-align: bottom; }\n"
    "td:first-child, th:first-child { text-align: left; }\n"
    "tr { break-inside: avoid; }\n"
    "tfoot td { font-weight: bold; }\n"
    ".note { font-size: 9.5pt; }\n"
    "@media screen { body { max-width: 70em; margin: 1em auto; "
    "padding: 0 1em; } }\n"
    "</style>\n</head>\n<body>\n";

static const struct {
	const char *key, *title;
} columns[] = {
	{"events", "Thay đổi hồ sơ"},
	{"notices", "Tin nhắn"},
	{"reached", "Đã đến"},
	{"not_reached", "Không đến"},
	{"waiting", "Chưa rõ"},
	{"on_time", "Đúng hẹn"},
	{"late", "Trễ hẹn"},
	{"median_s", "Nửa số tin đến trong"},
	{"p95_s", "95% số tin đến trong"},
	{"lookups", "Lượt tra cứu"},
};

#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

/* Seconds as people say them. */
static void
write_seconds(FILE *to, json_int_t s)
{
	if (s < 120)
		fprintf(to, "%lld giây", (long long)s);
	else if (s < 2 * 3600)
		fprintf(to, "%lld phút", (long long)(s + 30) / 60);
	else
		fprintf(to, "%lld giờ", (long long)(s + 1800) / 3600);
}

static void
write_cell(FILE *to, const char *key, const json_t *value)
{
	size_t n = strlen(key);

	fputs("<td>", to);
	if (!json_is_integer(value))
		fputs("–", to);
	else if (strcmp(key + n - 2, "_s") == 0)
		write_seconds(to, json_integer_value(value));
	else
		fprintf(to, "%lld", (long long)json_integer_value(value));
	fputs("</td>", to);
}

static void
write_row(FILE *to, const char *name, const json_t *row)
{
	fputs("<tr><td>", to);
	html_text(to, name);
	fputs("</td>", to);
	for (size_t i = 0; i < N_COLUMNS; i++)
		write_cell(to, columns[i].key, json_object_get(row,
		    columns[i].key));
	fputs("</tr>\n", to);
}

/* "2026-11-27" as dd/mm/yyyy. */
static void
write_day(FILE *to, const json_t *day)
{
	const char *text = json_string_value(day);

	if (text != NULL && strlen(text) == 10)
		fprintf(to, "%.2s/%.2s/%.4s", text + 8, text + 5, text);
}

static const char *
name_of(const json_t *row)
{
	const char *id = json_string_value(json_object_get(row, "agency"));
	const char *name = json_string_value(json_object_get(row, "name"));

	if (name != NULL && *name != '\0')
		return name;
	return id != NULL && strcmp(id, "-") != 0 ? id
	    : "Tra cứu không thấy hồ sơ";
}

void
report_html(FILE *to, const json_t *result)
{
	const json_t *rows = json_object_get(result, "agencies"), *row;
	size_t i;

	fputs(head, to);
	fputs("<h1>Báo tin cho người dân từ ", to);
	write_day(to, json_object_get(result, "from"));
	fputs(" đến ", to);
	write_day(to, json_object_get(result, "to"));
	fputs("</h1>\n<table>\n<thead><tr><th>Cơ quan</th>", to);
	for (i = 0; i < N_COLUMNS; i++)
		fprintf(to, "<th>%s</th>", columns[i].title);
	fputs("</tr></thead>\n<tbody>\n", to);
	json_array_foreach(rows, i, row)
		write_row(to, name_of(row), row);
	fputs("</tbody>\n<tfoot>\n", to);
	write_row(to, "Cộng", json_object_get(result, "total"));
	fputs("</tfoot>\n</table>\n<p class=\"note\">Tin nhắn được tính vào "
	    "ngày tạo tin. Không đến: gửi hỏng, hết hạn, mạng báo không đến, "
	    "không rõ, và hồ sơ không có số điện thoại hoặc người dân không "
	    "nhận tin; những trường hợp này do bộ phận một cửa gọi điện hoặc "
	    "gửi thư. Đúng hẹn: có kết quả không sau ngày hẹn trả. Bảng này "
	    "không có số điện thoại và mã hồ sơ nào.</p>\n</body>\n"
	    "</html>\n", to);
}
