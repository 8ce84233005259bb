/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads one setting into one field. What is wrong is told here with the
 * value, what was expected and the range.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/mem.h"
#include "base/phone.h"
#include "base/when.h"
#include "conf/check.h"
#include "conf/value.h"

#define SHOWN_MAX 60

/* Where a value comes from: one argument instead of four. */
struct origin {
	struct reader *reader;
	const struct option *option;
	config_setting_t *setting;
	const char *key;
};

/* How many bytes of a value a fault shows; never half a character. */
static int
shown(const char *s)
{
	size_t n = strlen(s);

	if (n > SHOWN_MAX)
		for (n = SHOWN_MAX; (s[n] & 0xc0) == 0x80; n--)
			;
	return (int)n;
}

static const char *
found_name(const config_setting_t *setting)
{
	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a number";
	case CONFIG_TYPE_FLOAT:
		return "a number with a fraction";
	case CONFIG_TYPE_STRING:
		return "text";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_GROUP:
		return "a group";
	default:
		return "a list";
	}
}

static void
fault_type(const struct origin *src)
{
	reader_fault(src->reader, src->setting, src->key,
	    "expected %s, found %s", option_expected(src->option),
	    found_name(src->setting));
}

static bool
is_number(const config_setting_t *setting)
{
	int type = config_setting_type(setting);

	return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
}

const char *
value_range(const struct option *o, char *buf, size_t size)
{
	char min[WHEN_SIZE], max[WHEN_SIZE];

	buf[0] = '\0';
	switch (option_shape(o)) {
	case SHAPE_INT:
		(void)snprintf(buf, size, "%lld to %lld%s%s",
		    (long long)o->min, (long long)o->max,
		    o->unit != NULL ? " " : "",
		    o->unit != NULL ? o->unit : "");
		break;
	case SHAPE_DURATION:
	case SHAPE_DURATIONS:
		(void)snprintf(buf, size, "%s to %s", o->min == 0 ? "0"
		    : duration_format(o->min, min),
		    duration_format(o->max, max));
		break;
	case SHAPE_STRING:
		(void)snprintf(buf, size, "%lld to %lld characters",
		    (long long)o->min, (long long)o->max);
		break;
	case SHAPE_STRINGS:
	case SHAPE_GROUPS:
		(void)snprintf(buf, size, "%lld to %lld entries",
		    (long long)o->min, (long long)o->max);
		break;
	case SHAPE_BOOL:
	case SHAPE_WINDOW:
	case SHAPE_HOLD:
		break;
	}
	return buf;
}

static int
get_int(const struct origin *src, int64_t *out)
{
	const struct option *o = src->option;
	char range[128];
	int64_t n;

	if (!is_number(src->setting)) {
		fault_type(src);
		return -1;
	}
	n = config_setting_get_int64(src->setting);
	if (n < o->min || n > o->max) {
		reader_fault(src->reader, src->setting, src->key,
		    "%lld is out of range (%s)", (long long)n,
		    value_range(o, range, sizeof(range)));
		return -1;
	}
	*out = n;
	return 0;
}

/* Text of the setting if it is clean UTF-8, else NULL, told. */
static const char *
get_text(const struct origin *src)
{
	const char *s = config_setting_get_string(src->setting);

	if (s == NULL)
		fault_type(src);
	else if (!check_text(s)) {
		reader_fault(src->reader, src->setting, src->key,
		    "%s", u8_check((const uint8_t *)s, strlen(s)) != NULL
		    ? "is not UTF-8: save the file as UTF-8"
		    : "holds a control character: write one line, and \\\\ "
		    "for a \\");
		s = NULL;
	}
	return s;
}

static void
fault_not(const struct origin *src, const char *s)
{
	reader_fault(src->reader, src->setting, src->key,
	    "\"%.*s\" is not %s", shown(s), s,
	    option_expected(src->option));
}

static int
get_duration(const struct origin *src, int64_t *out)
{
	const struct option *o = src->option;
	char number[WHEN_SIZE], range[128];
	const char *s = number;
	int64_t n;

	if (is_number(src->setting)) {
		n = config_setting_get_int64(src->setting);
		(void)snprintf(number, sizeof(number), "%lld", (long long)n);
		n = n < 0 || n > INT64_MAX / 1000 ? -1 : n * 1000;
	} else if (config_setting_type(src->setting) != CONFIG_TYPE_STRING) {
		fault_type(src);
		return -1;
	} else if ((s = get_text(src)) == NULL) {
		return -1;
	} else if (duration_parse(s, &n) == -1) {
		fault_not(src, s);
		return -1;
	}
	if (n < o->min || n > o->max) {
		reader_fault(src->reader, src->setting, src->key,
		    "%.*s is out of range (%s)", shown(s), s,
		    value_range(o, range, sizeof(range)));
		return -1;
	}
	*out = n;
	return 0;
}

/* Is s one of the words of "a|b|c"? */
static bool
is_word(const char *s, const char *words)
{
	size_t len = strlen(s);

	for (; *words != '\0'; words += *words == '|') {
		size_t n = strcspn(words, "|");

		if (n == len && strncmp(s, words, n) == 0)
			return true;
		words += n;
	}
	return false;
}

static int
check_length(const struct origin *src, const char *s)
{
	const struct option *o = src->option;
	size_t n = u8_mbsnlen((const uint8_t *)s, strlen(s));
	char range[128];

	if ((int64_t)n >= o->min && (int64_t)n <= o->max)
		return 0;
	reader_fault(src->reader, src->setting, src->key,
	    "\"%.*s\" has %zu characters, allowed are %s", shown(s), s, n,
	    value_range(o, range, sizeof(range)));
	return -1;
}

static int
get_string(const struct origin *src, const char **out)
{
	const struct option *o = src->option;
	const char *s = get_text(src);

	if (s == NULL)
		return -1;
	if (*s != '\0' && o->type == OPTION_WORD && !is_word(s, o->unit)) {
		reader_fault(src->reader, src->setting, src->key,
		    "\"%.*s\" is not one of %s", shown(s), s, o->unit);
		return -1;
	}
	if (check_length(src, s) == -1)
		return -1;
	if (*s != '\0' && !option_checker(o)(s)) {
		fault_not(src, s);
		return -1;
	}
	*out = s;
	return 0;
}

static int
get_window(const struct origin *src, int window[2])
{
	const char *s = get_text(src);
	int minutes[2];

	if (s == NULL)
		return -1;
	if (check_window(s, minutes) == -1) {
		fault_not(src, s);
		return -1;
	}
	if (minutes[0] >= minutes[1]) {
		reader_fault(src->reader, src->setting, src->key,
		    "\"%s\" must begin before it ends", s);
		return -1;
	}
	memcpy(window, minutes, sizeof(minutes));
	return 0;
}

static int
get_hold(const struct origin *src, bool *out)
{
	const char *s = get_text(src);

	if (s == NULL)
		return -1;
	if (!is_word(s, src->option->unit)) {
		fault_not(src, s);
		return -1;
	}
	*out = strcmp(s, "hold") == 0;
	return 0;
}

/* One entry of a list of strings; the caller frees. NULL: told. */
static char *
entry_take(const struct origin *src)
{
	char phone[PHONE_SIZE];
	enum phone_verdict verdict;
	const char *s = get_text(src);

	if (s == NULL)
		return NULL;
	if (src->option->type == OPTION_PHONES) {
		verdict = phone_normalise(
		    src->reader->conf->gateway.country_code, s, phone);
		if (verdict == PHONE_OK)
			return xstrdup(phone);
		reader_fault(src->reader, src->setting, src->key,
		    "\"%.*s\" is no telephone number for texts (%s)",
		    shown(s), s, phone_verdict_name(verdict));
		return NULL;
	}
	if (!option_checker(src->option)(s)) {
		reader_fault(src->reader, src->setting, src->key,
		    "\"%.*s\" does not fit in %s", shown(s), s,
		    option_expected(src->option));
		return NULL;
	}
	return xstrdup(s);
}

static bool
is_list(const struct origin *src, int64_t min, int64_t max)
{
	int n = config_setting_length(src->setting);

	if (!config_setting_is_array(src->setting) &&
	    !config_setting_is_list(src->setting)) {
		fault_type(src);
		return false;
	}
	if (n < min || n > max) {
		reader_fault(src->reader, src->setting, src->key,
		    "has %d entries, allowed are %lld to %lld", n,
		    (long long)min, (long long)max);
		return false;
	}
	return true;
}

static struct origin
entry_source(const struct origin *src, int i, char *key, size_t size)
{
	struct origin entry = *src;

	(void)snprintf(key, size, "%s[%d]", src->key, i);
	entry.key = key;
	entry.setting = config_setting_get_elem(src->setting, (unsigned)i);
	return entry;
}

static void
free_strings(char **list)
{
	for (char **p = list; p != NULL && *p != NULL; p++)
		free(*p);
	free(list);
}

static void
read_strings(const struct origin *src, char ***field)
{
	int n = config_setting_length(src->setting);
	char key[128], **list;
	bool ok = true;
	size_t kept = 0;

	if (!is_list(src, src->option->min, src->option->max))
		return;
	list = xcalloc((size_t)n + 1, sizeof(*list));
	for (int i = 0; i < n; i++) {
		struct origin entry = entry_source(src, i, key, sizeof(key));

		list[kept] = entry_take(&entry);
		if (list[kept] != NULL)
			kept++;
		else
			ok = false;
	}
	if (!ok) {
		free_strings(list);
		return;
	}
	free_strings(*field);
	*field = list;
}

static void
read_durations(const struct origin *src, int64_t **field)
{
	int n = config_setting_length(src->setting);
	char key[128];
	int64_t *list;
	bool ok = true;

	if (!is_list(src, 1, DURATIONS_MAX))
		return;
	list = xcalloc((size_t)n, sizeof(*list));
	for (int i = 0; i < n; i++) {
		struct origin entry = entry_source(src, i, key, sizeof(key));

		ok = get_duration(&entry, &list[i]) == 0 && ok;
	}
	if (!ok) {
		free(list);
		return;
	}
	free(*field);
	*field = list;
	*value_count(field) = (size_t)n;
}

static void
read_groups(const struct origin *src, void *field)
{
	bool is_empty = config_setting_is_array(src->setting) &&
	    config_setting_length(src->setting) == 0;

	if (!config_setting_is_list(src->setting) && !is_empty) {
		fault_type(src);
		return;
	}
	value_clear(src->option, field);
	src->reader->read_groups(src->reader, option_groups(src->option),
	    src->setting, src->key, field, value_count(field));
}

static void
read_string(const struct origin *src, char **field)
{
	const char *s;

	if (get_string(src, &s) == -1)
		return;
	free(*field);
	*field = xstrdup(s);
}

void
value_read(struct reader *reader, const struct option *option,
    config_setting_t *setting, const char *key, void *field)
{
	struct origin src = {reader, option, setting, key};

	switch (option_shape(option)) {
	case SHAPE_STRING:
		read_string(&src, field);
		break;
	case SHAPE_INT:
		(void)get_int(&src, field);
		break;
	case SHAPE_BOOL:
		if (config_setting_type(setting) == CONFIG_TYPE_BOOL)
			*(bool *)field = config_setting_get_bool(setting) != 0;
		else
			fault_type(&src);
		break;
	case SHAPE_DURATION:
		(void)get_duration(&src, field);
		break;
	case SHAPE_WINDOW:
		(void)get_window(&src, field);
		break;
	case SHAPE_HOLD:
		(void)get_hold(&src, field);
		break;
	case SHAPE_STRINGS:
		read_strings(&src, field);
		break;
	case SHAPE_DURATIONS:
		read_durations(&src, field);
		break;
	case SHAPE_GROUPS:
		read_groups(&src, field);
		break;
	}
}

/* Defaults are written as a file writes them, and so go the same way. */
void
value_init(struct reader *reader, const struct option *option, void *field)
{
	unsigned before = reader->n_faults;
	char *text;
	config_t cfg;

	if (option_shape(option) == SHAPE_STRINGS)
		*(char ***)field = xcalloc(1, sizeof(char *));
	else if (option_shape(option) == SHAPE_STRING)
		*(char **)field = xstrdup("");
	if (option->flags & OPTION_REQUIRED)
		return;
	text = xasprintf("v = %s;", option->def);
	config_init(&cfg);
	if (config_read_string(&cfg, text) == CONFIG_TRUE)
		value_read(reader, option, config_lookup(&cfg, "v"),
		    option->key, field);
	else
		assert(!"a default that libconfig can't read");
	assert(reader->n_faults == before);
	config_destroy(&cfg);
	free(text);
}
