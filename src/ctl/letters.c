/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The page in three pieces; values are escaped, the page is the operator's.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "ctl/html.h"
#include "ctl/letters.h"

struct letters {
	char *head, *letter, *tail;	/* one allocation, at head */
};

struct letters *
letters_new(const char *page)
{
	struct letters *l = xcalloc(1, sizeof(*l));
	char *begin, *end;

	l->head = xstrdup(page);
	begin = strstr(l->head, LETTER_BEGIN);
	end = begin != NULL ? strstr(begin, LETTER_END) : NULL;
	if (end == NULL) {
		letters_free(l);
		return NULL;
	}
	*begin = *end = '\0';
	l->letter = begin + strlen(LETTER_BEGIN);
	l->tail = end + strlen(LETTER_END);
	return l;
}

void
letters_free(struct letters *l)
{
	if (l == NULL)
		return;
	free(l->head);
	free(l);
}

void
letters_head(const struct letters *l, FILE *to)
{
	fputs(l->head, to);
}

/* The value of the placeholder at p, of n octets with its braces; NULL: it is
 * none. */
static const char *
value_at(const json_t *row, const char *p, size_t *n)
{
	static const char *const names[] = {"agency", "desk", "contact",
	    "code", "text", "today"};
	const json_t *letter = json_object_get(row, "letter");
	const char *value;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		*n = strlen(names[i]) + 2;
		if (p[0] != '{' || p[*n - 1] != '}' ||
		    strncmp(p + 1, names[i], *n - 2) != 0)
			continue;
		value = json_string_value(strcmp(names[i], "code") == 0
		    ? json_object_get(row, "dossier")
		    : json_object_get(letter, names[i]));
		return value != NULL ? value : "";
	}
	return NULL;
}

void
letters_row(const struct letters *l, FILE *to, const json_t *row)
{
	const char *p = l->letter, *value;
	size_t n;

	while (*p != '\0') {
		size_t plain = strcspn(p, "{");

		fwrite(p, 1, plain, to);
		p += plain;
		if (*p == '\0')
			break;
		value = value_at(row, p, &n);
		if (value != NULL)
			html_text(to, value);
		else
			fputc(*p, to);
		p += value != NULL ? n : 1;
	}
}

void
letters_tail(const struct letters *l, FILE *to)
{
	fputs(l->tail, to);
}
