/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Two configurations held against each other, for a reload: what needs a
 * new worker, and what needs a new daemon.
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

/* Sections that are read only at the start; none is a list. */
static bool
is_fixed(const struct section *section)
{
	static const char *const names[] = {
		"gateway", "redis", "intake", "privacy", "admin",
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

const char *
conf_fixed_difference(const struct conf *a, const struct conf *b)
{
	size_t n;
	const struct section *sections = option_sections(&n);

	for (size_t i = 0; i < n; i++) {
		const struct section *section = &sections[i];

		if (is_fixed(section) && !is_same(section, a, b))
			return section->name;
	}
	/* Opened once; the rest of their groups is read anew. */
	if (strcmp(a->ussd.listen, b->ussd.listen) != 0)
		return "ussd.http.listen";
	if (strcmp(a->log.target, b->log.target) != 0)
		return "log.target";
	return NULL;
}
