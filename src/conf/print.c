/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The table and a configuration for readers: show config, the example file
 * and the manual page's list of keys.
 */
#include <ctype.h>
#include <stdarg.h>
#include <string.h>

#include "conf/value.h"

#define WIDTH 78

/* Where the writing is: how deep, and in which group of the group. */
struct printer {
	FILE *f;
	int depth;
	const char *group;	/* a key that begins with it, or NULL */
	size_t group_len;
};

static void
indent(const struct printer *w)
{
	for (int i = 0; i < w->depth; i++)
		(void)fputc('\t', w->f);
}

static void
leave_group(struct printer *w)
{
	if (w->group == NULL)
		return;
	w->group = NULL;
	w->depth--;
	indent(w);
	(void)fputs("};\n", w->f);
}

/* Opens and closes "limits: { … };" around keys as they need it. Returns
 * the key's last word. */
static const char *
enter_key(struct printer *w, const char *key)
{
	const char *dot = strchr(key, '.');

	if (w->group != NULL &&
	    strncmp(key, w->group, w->group_len) != 0)
		leave_group(w);
	if (dot == NULL)
		return key;
	if (w->group == NULL) {
		w->group = key;
		w->group_len = (size_t)(dot - key) + 1;
		indent(w);
		(void)fprintf(w->f, "%.*s: {\n", (int)(dot - key), key);
		w->depth++;
	}
	return dot + 1;
}

static void
print_group(struct printer *w, const struct section *section,
    const void *base)
{
	for (size_t i = 0; i < section->n_options; i++) {
		const struct option *option = &section->options[i];
		const char *word = enter_key(w, option->key);

		indent(w);
		(void)fprintf(w->f, "%s = ", word);
		value_print(option, value_field_const(option, base), w->f);
		(void)fputs(";\n", w->f);
	}
	leave_group(w);
}

static void
print_list(struct printer *w, const struct section *section,
    const struct conf *conf)
{
	const char *base = (const char *)conf;
	const char *items = *(const char *const *)(const void *)(base +
	    section->items_offset);
	size_t n = *(const size_t *)(const void *)(base +
	    section->count_offset);

	(void)fprintf(w->f, "%s: (\n", section->name);
	for (size_t i = 0; i < n; i++) {
		(void)fputs("\t{\n", w->f);
		w->depth = 2;
		print_group(w, section, items + i * section->size);
		(void)fprintf(w->f, "\t}%s\n", i + 1 < n ? "," : "");
	}
	(void)fputs(");\n", w->f);
}

void
conf_print(const struct conf *conf, FILE *f)
{
	size_t n;
	const struct section *sections = option_sections(&n);

	for (size_t i = 0; i < n; i++) {
		struct printer w = {.f = f, .depth = 1};

		if (sections[i].is_list) {
			print_list(&w, &sections[i], conf);
			continue;
		}
		(void)fprintf(f, "%s: {\n", sections[i].name);
		print_group(&w, &sections[i], conf);
		(void)fputs("};\n", f);
	}
}

/* Appends to a buffer, cutting at its end. */
static void __attribute__((format(printf, 3, 4)))
add(char *buf, size_t size, const char *fmt, ...)
{
	size_t n = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf + n, size - n, fmt, ap);
	va_end(ap);
}

/* "One of stderr, syslog." */
static void
add_words(char *buf, size_t size, const char *words)
{
	add(buf, size, "One of ");
	for (; *words != '\0'; words++)
		if (*words == '|')
			add(buf, size, ", ");
		else
			add(buf, size, "%c", *words);
}

/* "Number, 0 to 5000 ms. Required." */
static const char *
facts(const struct option *option, char *buf, size_t size)
{
	char range[128];

	buf[0] = '\0';
	if (option->type == OPTION_WORD || option->type == OPTION_HOLD)
		add_words(buf, size, option->unit);
	else
		add(buf, size, "%s", option_type_name(option));
	buf[0] = (char)toupper((unsigned char)buf[0]);
	(void)value_range(option, range, sizeof(range));
	if (option->type == OPTION_NAME || option->type == OPTION_TEXT)
		add(buf, size, ", at most %lld characters",
		    (long long)option->max);
	else if (option_shape(option) != SHAPE_STRING && range[0] != '\0')
		add(buf, size, ", %s", range);
	add(buf, size, ".");
	if (option->flags & OPTION_REQUIRED)
		add(buf, size, " Required.");
	return buf;
}

static void
begin_comment(const struct printer *w, int *column)
{
	indent(w);
	(void)fputc('#', w->f);
	*column = w->depth * 8 + 1;
}

/* Words of text as comment lines. */
static void
print_comment(const struct printer *w, const char *text)
{
	int column;

	begin_comment(w, &column);
	while (*text != '\0') {
		int n = (int)strcspn(text, " ");

		if (column + 1 + n > WIDTH) {
			(void)fputc('\n', w->f);
			begin_comment(w, &column);
		}
		(void)fprintf(w->f, " %.*s", n, text);
		column += n + 1;
		text += n;
		text += *text == ' ';
	}
	(void)fputc('\n', w->f);
}

/* The keys of each group of a list that is an option's value. */
static void
print_example_keys(const struct printer *w, const struct section *section)
{
	char text[1024], fact[512];

	for (size_t i = 0; i < section->n_options; i++) {
		const struct option *option = &section->options[i];

		(void)snprintf(text, sizeof(text), "%s: %s %s", option->key,
		    option->help, facts(option, fact, sizeof(fact)));
		print_comment(w, text);
	}
}

static void
print_example_option(struct printer *w, const struct option *option,
    bool is_first)
{
	const char *word;
	char text[1024], fact[512];

	if (!is_first)
		(void)fputc('\n', w->f);
	word = enter_key(w, option->key);
	(void)snprintf(text, sizeof(text), "%s %s%s%s%s", option->help,
	    facts(option, fact, sizeof(fact)),
	    option->example != NULL && !(option->flags & OPTION_REQUIRED)
	    ? " Default " : "",
	    option->example != NULL && !(option->flags & OPTION_REQUIRED)
	    ? option->def : "",
	    option->example != NULL && !(option->flags & OPTION_REQUIRED)
	    ? "." : "");
	print_comment(w, text);
	if (option_groups(option) != NULL)
		print_example_keys(w, option_groups(option));
	indent(w);
	(void)fprintf(w->f, "%s%s = %s;\n",
	    option->example != NULL ? "" : "#", word,
	    option->example != NULL ? option->example : option->def);
}

static void
print_example_section(FILE *f, const struct section *section)
{
	struct printer w = {.f = f};

	(void)fputc('\n', f);
	print_comment(&w, section->help);
	(void)fprintf(f, "%s: %s\n", section->name,
	    section->is_list ? "(\n\t{" : "{");
	w.depth = section->is_list ? 2 : 1;
	for (size_t i = 0; i < section->n_options; i++)
		print_example_option(&w, &section->options[i], i == 0);
	leave_group(&w);
	(void)fprintf(f, "%s\n", section->is_list ? "\t}\n);" : "};");
}

void
conf_print_example(FILE *f)
{
	struct printer w = {.f = f};
	size_t n;
	const struct section *sections = option_sections(&n);

	print_comment(&w, "Configuration of baotin, the SMS and USSD gateway; "
	    "see baotin.conf(5). \"baotind -t -c FILE\" checks it. A setting "
	    "behind \"#\" without a blank shows its default. Durations are "
	    "whole seconds or text with s, m, h or d: 90, \"90s\", \"48h\". "
	    "Another file: @include \"other.conf\", in the same folder.");
	for (size_t i = 0; i < n; i++)
		print_example_section(f, &sections[i]);
}

/* Text for roff: no line may begin with a dot, and a hyphen is a minus. */
static void
print_roff(const char *text, FILE *f)
{
	for (; *text != '\0'; text++)
		switch (*text) {
		case '\\':
			(void)fputs("\\e", f);
			break;
		case '-':
			(void)fputs("\\-", f);
			break;
		case '"':
			(void)fputs("\\(dq", f);
			break;
		default:
			(void)fputc(*text, f);
		}
	(void)fputc('\n', f);
}

/* path: what stands before the key, "agencies[]". */
static void
print_manual_option(const char *path, const struct option *option, FILE *f)
{
	const struct section *groups = option_groups(option);
	char fact[512], inner[128];

	(void)fprintf(f, ".TP\n\\fB%s.%s\\fR\n", path, option->key);
	print_roff(option->help, f);
	(void)fputs(".br\n", f);
	print_roff(facts(option, fact, sizeof(fact)), f);
	if (!(option->flags & OPTION_REQUIRED)) {
		(void)fputs("Default:\n", f);
		print_roff(option->def, f);
	}
	if (option->flags & OPTION_RESTART)
		(void)fputs("A change restarts this modem's worker.\n", f);
	(void)snprintf(inner, sizeof(inner), "%s.%s[]", path, option->key);
	for (size_t i = 0; groups != NULL && i < groups->n_options; i++)
		print_manual_option(inner, &groups->options[i], f);
}

void
conf_print_manual(FILE *f)
{
	size_t n;
	const struct section *sections = option_sections(&n);
	char path[64];

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(path, sizeof(path), "%s%s", sections[i].name,
		    sections[i].is_list ? "[]" : "");
		(void)fprintf(f, ".SS %s\n", sections[i].name);
		print_roff(sections[i].help, f);
		for (size_t j = 0; j < sections[i].n_options; j++)
			print_manual_option(path, &sections[i].options[j],
			    f);
	}
}
