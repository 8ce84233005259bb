/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What else a field can do, by its shape: get its default, be freed,
 * compared and written. No case of libconfig's tree here.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "conf/value.h"

void *
value_field(const struct option *option, void *base)
{
	return (char *)base + option->offset;
}

const void *
value_field_const(const struct option *option, const void *base)
{
	return (const char *)base + option->offset;
}

size_t *
value_count(void *field)
{
	return (size_t *)(void *)((char *)field + sizeof(void *));
}

static void
clear_groups(const struct section *section, void *field)
{
	char *base = *(void **)field;

	for (size_t i = 0; i < *value_count(field); i++)
		for (size_t j = 0; j < section->n_options; j++)
			value_clear(&section->options[j],
			    value_field(&section->options[j],
			    base + i * section->size));
	free(base);
}

void
value_clear(const struct option *option, void *field)
{
	char **list;

	switch (option_shape(option)) {
	case SHAPE_STRING:
		free(*(char **)field);
		break;
	case SHAPE_STRINGS:
		list = *(char ***)field;
		for (char **p = list; p != NULL && *p != NULL; p++)
			free(*p);
		free(list);
		break;
	case SHAPE_DURATIONS:
		free(*(int64_t **)field);
		break;
	case SHAPE_GROUPS:
		clear_groups(option_groups(option), field);
		break;
	case SHAPE_INT:
	case SHAPE_BOOL:
	case SHAPE_DURATION:
	case SHAPE_WINDOW:
	case SHAPE_HOLD:
		break;
	}
}

static bool
equal_strings(char *const *a, char *const *b)
{
	for (; *a != NULL && *b != NULL; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return *a == NULL && *b == NULL;
}

/* value_count() of a field that is not to be changed. */
static size_t
count_of(const void *field)
{
	return *(const size_t *)(const void *)((const char *)field +
	    sizeof(void *));
}

static bool
equal_groups(const struct section *section, const void *a, const void *b)
{
	const char *one = *(char *const *)a, *two = *(char *const *)b;

	if (count_of(a) != count_of(b))
		return false;
	for (size_t i = 0; i < count_of(a) * section->n_options; i++) {
		const struct option *option =
		    &section->options[i % section->n_options];
		size_t at = i / section->n_options * section->size;

		if (!value_equal(option, value_field_const(option, one + at),
		    value_field_const(option, two + at)))
			return false;
	}
	return true;
}

bool
value_equal(const struct option *option, const void *a, const void *b)
{
	switch (option_shape(option)) {
	case SHAPE_STRING:
		return strcmp(*(char *const *)a, *(char *const *)b) == 0;
	case SHAPE_STRINGS:
		return equal_strings(*(char **const *)a, *(char **const *)b);
	case SHAPE_DURATIONS:
		return count_of(a) == count_of(b) &&
		    memcmp(*(int64_t *const *)a, *(int64_t *const *)b,
		    count_of(a) * sizeof(int64_t)) == 0;
	case SHAPE_GROUPS:
		return equal_groups(option_groups(option), a, b);
	case SHAPE_INT:
	case SHAPE_DURATION:
		return *(const int64_t *)a == *(const int64_t *)b;
	case SHAPE_BOOL:
	case SHAPE_HOLD:
		return *(const bool *)a == *(const bool *)b;
	case SHAPE_WINDOW:
		return memcmp(a, b, 2 * sizeof(int)) == 0;
	}
	return false;
}

static void
print_quoted(const char *s, FILE *f)
{
	(void)fputc('"', f);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			(void)fputc('\\', f);
		(void)fputc(*s, f);
	}
	(void)fputc('"', f);
}

static void
print_duration(int64_t ms, FILE *f)
{
	char buf[WHEN_SIZE];

	if (ms == 0)
		(void)fputs("0", f);
	else
		print_quoted(duration_format(ms, buf), f);
}

static void
print_strings(char *const *list, FILE *f)
{
	(void)fputc('[', f);
	for (char *const *p = list; *p != NULL; p++) {
		(void)fputs(p == list ? "" : ", ", f);
		print_quoted(*p, f);
	}
	(void)fputc(']', f);
}

static void
print_durations(const int64_t *list, size_t n, FILE *f)
{
	(void)fputc('[', f);
	for (size_t i = 0; i < n; i++) {
		(void)fputs(i == 0 ? "" : ", ", f);
		print_duration(list[i], f);
	}
	(void)fputc(']', f);
}

/* On one line: ( { code = 38; class = "later"; } ) */
static void
print_groups(const struct section *section, const void *field, FILE *f)
{
	const char *base = *(char *const *)field;

	(void)fputc('(', f);
	for (size_t i = 0; i < count_of(field); i++) {
		(void)fputs(i == 0 ? " {" : ", {", f);
		for (size_t j = 0; j < section->n_options; j++) {
			const struct option *option = &section->options[j];

			(void)fprintf(f, " %s = ", option->key);
			value_print(option, value_field_const(option,
			    base + i * section->size), f);
			(void)fputc(';', f);
		}
		(void)fputs(" }", f);
	}
	(void)fputs(count_of(field) > 0 ? " )" : ")", f);
}

void
value_print(const struct option *option, const void *field, FILE *f)
{
	const int *window = field;

	switch (option_shape(option)) {
	case SHAPE_STRING:
		print_quoted(*(char *const *)field, f);
		break;
	case SHAPE_INT:
		(void)fprintf(f, "%lld", (long long)*(const int64_t *)field);
		break;
	case SHAPE_BOOL:
		(void)fputs(*(const bool *)field ? "true" : "false", f);
		break;
	case SHAPE_DURATION:
		print_duration(*(const int64_t *)field, f);
		break;
	case SHAPE_WINDOW:
		(void)fprintf(f, "\"%02d:%02d-%02d:%02d\"", window[0] / 60,
		    window[0] % 60, window[1] / 60, window[1] % 60);
		break;
	case SHAPE_HOLD:
		(void)fputs(*(const bool *)field ? "\"hold\"" : "\"resend\"",
		    f);
		break;
	case SHAPE_STRINGS:
		print_strings(*(char **const *)field, f);
		break;
	case SHAPE_DURATIONS:
		print_durations(*(int64_t *const *)field, count_of(field), f);
		break;
	case SHAPE_GROUPS:
		print_groups(option_groups(option), field, f);
		break;
	}
}
