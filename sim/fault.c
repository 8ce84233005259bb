/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The list of faults to come. Filled by the control socket, asked by
 * cmd_send.c at the two moments of a submit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/fault.h"

struct rule {
	TAILQ_ENTRY(rule) entry;
	struct fault fault;
};

struct fault_list {
	TAILQ_HEAD(, rule) rules;
};

const char *
fault_kind_name(enum fault_kind kind)
{
	static const char *const names[] = {
#define X(id, name) name,
		FAULT_KINDS(X)
#undef X
	};

	return names[kind];
}

struct fault_list *
fault_list_new(void)
{
	struct fault_list *list = xcalloc(1, sizeof(*list));

	TAILQ_INIT(&list->rules);
	return list;
}

static void
rule_free(struct fault_list *list, struct rule *rule)
{
	TAILQ_REMOVE(&list->rules, rule, entry);
	free(rule);
}

void
fault_list_free(struct fault_list *list)
{
	if (list == NULL)
		return;
	fault_clear(list, "*");
	free(list);
}

void
fault_add(struct fault_list *list, const struct fault *fault)
{
	struct rule *rule = xcalloc(1, sizeof(*rule));

	rule->fault = *fault;
	TAILQ_INSERT_TAIL(&list->rules, rule, entry);
}

void
fault_clear(struct fault_list *list, const char *modem)
{
	struct rule *rule, *next;

	for (rule = TAILQ_FIRST(&list->rules); rule != NULL; rule = next) {
		next = TAILQ_NEXT(rule, entry);
		if (strcmp(modem, "*") == 0 ||
		    strcmp(modem, rule->fault.modem) == 0)
			rule_free(list, rule);
	}
}

static bool
fits(const struct fault *fault, const char *modem, const char *to)
{
	if (strcmp(fault->modem, "*") != 0 && strcmp(fault->modem, modem) != 0)
		return false;
	if (fault->is_at_prompt != (to == NULL))
		return false;
	return fault->to[0] == '\0' ||
	    (to != NULL && strcmp(fault->to, to) == 0);
}

struct fault
fault_take(struct fault_list *list, const char *modem, const char *to)
{
	struct fault result = {.kind = FAULT_NONE};
	struct rule *rule;

	TAILQ_FOREACH (rule, &list->rules, entry) {
		if (!fits(&rule->fault, modem, to))
			continue;
		if (rule->fault.after > 0) {
			rule->fault.after--;
			continue;
		}
		result = rule->fault;
		if (rule->fault.count != FAULT_FOREVER &&
		    --rule->fault.count == 0)
			rule_free(list, rule);
		return result;
	}
	return result;
}
