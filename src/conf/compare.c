/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two configurations held against each other, for a reload.
 */
#include <string.h>

#include "conf/value.h"

bool
conf_modem_equal(const struct conf_modem *a, const struct conf_modem *b)
{
	const struct section *section = option_section_find("modems");

	for (size_t i = 0; i < section->n_options; i++) {
		const struct option *option = &section->options[i];

		if ((option->flags & OPTION_RESTART) && !value_equal(option,
		    value_field_const(option, a),
		    value_field_const(option, b)))
			return false;
	}
	return true;
}

/* Sections that are read only at the start. */
static bool
is_fixed(const struct section *section)
{
	static const char *const names[] = {
		"gateway", "redis", "intake", "privacy", "pools", "admin",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(section->name, names[i]) == 0)
			return true;
	return false;
}

static bool
is_same(const struct section *section, const void *a, const void *b)
{
	for (size_t i = 0; i < section->n_options; i++) {
		const struct option *option = &section->options[i];

		if (!value_equal(option, value_field_const(option, a),
		    value_field_const(option, b)))
			return false;
	}
	return true;
}

static bool
is_same_list(const struct section *section, const struct conf *a,
    const struct conf *b)
{
	const char *pa = (const char *)a, *pb = (const char *)b;
	size_t n = *(const size_t *)(const void *)(pa +
	    section->count_offset);
	const char *ia = *(char *const *)(const void *)(pa +
	    section->items_offset);
	const char *ib = *(char *const *)(const void *)(pb +
	    section->items_offset);

	if (n != *(const size_t *)(const void *)(pb + section->count_offset))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!is_same(section, ia + i * section->size,
		    ib + i * section->size))
			return false;
	return true;
}

/* Limits, prefixes and the like may change; what a worker is started with,
 * and which modems there are, may not. */
static bool
are_modems_same(const struct conf *a, const struct conf *b)
{
	if (a->n_modems != b->n_modems)
		return false;
	for (size_t i = 0; i < a->n_modems; i++)
		if (!conf_modem_equal(&a->modems[i], &b->modems[i]))
			return false;
	return true;
}

const char *
conf_fixed_difference(const struct conf *a, const struct conf *b)
{
	size_t n;
	const struct section *sections = option_sections(&n);

	for (size_t i = 0; i < n; i++) {
		const struct section *section = &sections[i];

		if (is_fixed(section) && !(section->is_list
		    ? is_same_list(section, a, b) : is_same(section, a, b)))
			return section->name;
	}
	/* Bound once; the rest of its group is read anew. */
	if (strcmp(a->ussd.listen, b->ussd.listen) != 0)
		return "ussd.http.listen";
	return are_modems_same(a, b) ? NULL : "modems";
}
