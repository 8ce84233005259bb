/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Walks libconfig's tree along the table: unknown keys, missing ones, and
 * each value to its field.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/mem.h"
#include "conf/value.h"

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Levenshtein's distance; words longer than a key count as far away. */
static size_t
distance(const char *a, const char *b)
{
	size_t row[KEY_SIZE], n = strlen(b);

	if (strlen(a) >= KEY_SIZE || n >= KEY_SIZE)
		return KEY_SIZE;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t corner = row[0];

		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1,
			    corner + (a[i - 1] != b[j - 1]));
			corner = above;
		}
	}
	return row[n];
}

struct guess {
	const char *word;
	size_t distance;
	char best[KEY_SIZE];
};

static void
guess_try(struct guess *guess, const char *candidate)
{
	size_t d = strcasecmp(guess->word, candidate) == 0 ? 0
	    : distance(guess->word, candidate);

	if (d >= guess->distance || d > 1 + strlen(candidate) / 4)
		return;
	guess->distance = d;
	(void)snprintf(guess->best, sizeof(guess->best), "%s", candidate);
}

/* The words that may stand in a group: each option's key behind prefix, up
 * to its next dot. */
static void
guess_try_group(struct guess *guess, const struct section *section,
    const char *prefix)
{
	char word[KEY_SIZE];
	size_t n = strlen(prefix);

	for (size_t i = 0; i < section->n_options; i++) {
		const char *key = section->options[i].key;

		if (strncmp(key, prefix, n) != 0)
			continue;
		(void)snprintf(word, sizeof(word), "%.*s",
		    (int)strcspn(key + n, "."), key + n);
		guess_try(guess, word);
	}
}

/* Words that people write for a key of the same group. */
static void
guess_try_synonym(struct guess *guess, const struct section *section,
    const char *prefix)
{
	static const char *const words[][2] = {
		{"pin", "pin_file"}, {"sim_pin", "pin_file"},
		{"pincode", "pin_file"}, {"password", "password_file"},
		{"pass", "password_file"}, {"auth", "password_file"},
		{"token", "http.token_files"},
		{"http.token", "http.token_files"},
		{"http.secret", "http.token_files"}, {"key", "key_file"},
		{"port", "device"}, {"tty", "device"}, {"dev", "device"},
		{"path", "device"}, {"host", "address"},
		{"hostname", "address"}, {"server", "address"},
		{"url", "address"}, {"socket", "address"}, {"db", "database"},
		{"user", "username"}, {"hours", "window"}, {"tz", "timezone"},
		{"smsc_number", "smsc"}, {"baud", "connection"},
		{"speed", "connection"}, {"phone", "hotline"},
		{"telephone", "hotline"}, {"code", "id"}, {"title", "name"},
		{"lang", "language"}, {"unicode", "accents"},
		{"file", "target"},
	};
	char key[KEY_SIZE];

	(void)snprintf(key, sizeof(key), "%s%s", prefix, guess->word);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]) &&
	    guess->best[0] == '\0'; i++)
		if (strcmp(words[i][0], key) == 0 &&
		    option_find(section, words[i][1]) != NULL)
			(void)snprintf(guess->best, sizeof(guess->best), "%s",
			    words[i][1]);
}

/* No key of its own group is near: looks for the same word in another group. */
static void
guess_try_elsewhere(struct guess *guess)
{
	size_t n;
	const struct section *sections = option_sections(&n);

	for (size_t i = 0; i < n && guess->best[0] == '\0'; i++)
		for (size_t j = 0; j < sections[i].n_options; j++) {
			const char *key = sections[i].options[j].key;
			const char *dot = strrchr(key, '.');

			if (strcmp(dot != NULL ? dot + 1 : key, guess->word)
			    != 0)
				continue;
			(void)snprintf(guess->best, sizeof(guess->best),
			    "%s.%s", sections[i].name, key);
			break;
		}
}

static void
fault_unknown(struct reader *reader, const config_setting_t *at,
    const char *key, struct guess *guess)
{
	if (strcmp(key, guess->word) != 0 &&
	    option_section_find(guess->word) != NULL) {
		reader_fault(reader, at, key, "unknown key: \"%s\" is a "
		    "group of its own; is a } missing before it?",
		    guess->word);
		return;
	}
	if (guess->best[0] == '\0')
		guess_try_elsewhere(guess);
	if (guess->best[0] == '\0')
		reader_fault(reader, at, key, "unknown key");
	else
		reader_fault(reader, at, key,
		    "unknown key (did you mean %s?)", guess->best);
}

static bool
has_group(const struct section *section, const char *prefix)
{
	size_t n = strlen(prefix);

	for (size_t i = 0; i < section->n_options; i++)
		if (strncmp(section->options[i].key, prefix, n) == 0)
			return true;
	return false;
}

/* Tells every member of the group that the table does not know. path: the
 * group's own key; prefix: "" or "limits.". */
static void
check_members(struct reader *reader, const struct section *section,
    config_setting_t *group, const char *path, const char *prefix)
{
	char key[KEY_SIZE], inner[KEY_SIZE];

	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *s = config_setting_get_elem(group,
		    (unsigned)i);
		const char *name = config_setting_name(s);
		struct guess guess = {.word = name, .distance = KEY_SIZE};

		(void)snprintf(key, sizeof(key), "%s.%s", path, name);
		(void)snprintf(inner, sizeof(inner), "%s%s", prefix, name);
		if (option_find(section, inner) != NULL)
			continue;
		(void)snprintf(inner, sizeof(inner), "%s%s.", prefix, name);
		if (!has_group(section, inner)) {
			guess_try_synonym(&guess, section, prefix);
			if (guess.best[0] == '\0')
				guess_try_group(&guess, section, prefix);
			fault_unknown(reader, s, key, &guess);
		} else if (!config_setting_is_group(s)) {
			reader_fault(reader, s, key,
			    "expected a group: %s: { … };", name);
		} else {
			check_members(reader, section, s, key, inner);
		}
	}
}

/* One group into one struct. group may be NULL: all defaults. */
static void
read_group(struct reader *reader, const struct section *section,
    config_setting_t *group, const char *path, void *base)
{
	char key[KEY_SIZE];

	if (group != NULL)
		check_members(reader, section, group, path, "");
	for (size_t i = 0; i < section->n_options; i++) {
		const struct option *option = &section->options[i];
		void *field = value_field(option, base);
		config_setting_t *s = group;
		const char *rest = option->key;

		value_init(reader, option, field);
		while (s != NULL && *rest != '\0')
			s = reader_step(s, &rest);
		(void)snprintf(key, sizeof(key), "%s.%s", path, option->key);
		if (s != NULL)
			value_read(reader, option, s, key, field);
		else if (group != NULL && (option->flags & OPTION_REQUIRED))
			reader_fault(reader, group, key,
			    "missing: expected %s", option_expected(option));
	}
}

static void
read_groups(struct reader *reader, const struct section *section,
    config_setting_t *list, const char *key, void **items, size_t *count)
{
	int n = list != NULL ? config_setting_length(list) : 0;
	char path[KEY_SIZE];

	if (n > ELEMENTS_MAX) {
		reader_fault(reader, list, key,
		    "has %d groups, allowed are 0 to %d", n, ELEMENTS_MAX);
		n = ELEMENTS_MAX;
	}
	*items = xcalloc((size_t)n + 1, section->size);
	*count = 0;
	for (int i = 0; i < n; i++) {
		config_setting_t *s = config_setting_get_elem(list,
		    (unsigned)i);

		(void)snprintf(path, sizeof(path), "%s[%d]", key, i);
		if (!config_setting_is_group(s)) {
			reader_fault(reader, s, path,
			    "expected a group { … }");
			s = NULL;
		}
		read_group(reader, section, s, path,
		    (char *)*items + *count * section->size);
		++*count;
	}
}

static void
read_section(struct reader *reader, const struct section *section,
    config_setting_t *s)
{
	char *base = (char *)reader->conf;

	if (section->is_list) {
		if (s != NULL && !config_setting_is_list(s) &&
		    config_setting_length(s) != 0) {
			reader_fault(reader, s, section->name,
			    "expected a list of groups: %s: ( { … }, "
			    "{ … } );", section->name);
			s = NULL;
		}
		read_groups(reader, section, s, section->name,
		    (void **)(void *)(base + section->items_offset),
		    (size_t *)(void *)(base + section->count_offset));
		return;
	}
	if (s != NULL && !config_setting_is_group(s)) {
		reader_fault(reader, s, section->name,
		    "expected a group: %s: { … };", section->name);
		s = NULL;
	}
	read_group(reader, section, s, section->name, reader->conf);
}

void
reader_fill(struct reader *reader)
{
	config_setting_t *root = config_root_setting(&reader->cfg);
	size_t n;
	const struct section *sections = option_sections(&n);

	reader->read_groups = read_groups;
	for (int i = 0; i < config_setting_length(root); i++) {
		config_setting_t *s = config_setting_get_elem(root,
		    (unsigned)i);
		struct guess guess = {.word = config_setting_name(s),
		    .distance = KEY_SIZE};

		if (option_section_find(guess.word) != NULL)
			continue;
		for (size_t j = 0; j < n; j++)
			guess_try(&guess, sections[j].name);
		fault_unknown(reader, s, guess.word, &guess);
	}
	for (size_t i = 0; i < n; i++)
		read_section(reader, &sections[i],
		    config_setting_get_member(root, sections[i].name));
}
