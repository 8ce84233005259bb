/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The phones. centre.c fills their inboxes, the control socket shows them.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/handset.h"

static const char *const mode_names[] = {
#define X(id, name) name,
	REPORT_MODES(X)
#undef X
};

const char *
report_mode_name(enum report_mode mode)
{
	return mode_names[mode];
}

int
report_mode_parse(const char *name, enum report_mode *out)
{
	for (size_t i = 0; i < sizeof(mode_names) / sizeof(*mode_names); i++) {
		if (strcmp(name, mode_names[i]) == 0) {
			*out = (enum report_mode)i;
			return 0;
		}
	}
	return -1;
}

struct handset *
handset_get(struct handset_list *list, const char *number)
{
	struct handset *handset;

	TAILQ_FOREACH (handset, list, entry) {
		if (strcmp(handset->number, number) == 0)
			return handset;
	}
	handset = xcalloc(1, sizeof(*handset));
	(void)strncpy(handset->number, number, sizeof(handset->number) - 1);
	handset->joiner = joiner_new();
	TAILQ_INIT(&handset->inbox);
	TAILQ_INSERT_TAIL(list, handset, entry);
	return handset;
}

void
handset_give_text(struct handset *handset, struct inbox_text *text)
{
	TAILQ_INSERT_TAIL(&handset->inbox, text, entry);
	handset->n_texts++;
}

static void
empty_inbox(struct handset *handset)
{
	struct inbox_text *text;

	while ((text = TAILQ_FIRST(&handset->inbox)) != NULL) {
		TAILQ_REMOVE(&handset->inbox, text, entry);
		free(text->text);
		free(text);
	}
	handset->n_texts = 0;
	handset->n_segments = 0;
}

void
handset_clear(struct handset *handset)
{
	empty_inbox(handset);
	joiner_free(handset->joiner);
	handset->joiner = joiner_new();
}

void
handset_free_all(struct handset_list *list)
{
	struct handset *handset;

	while ((handset = TAILQ_FIRST(list)) != NULL) {
		TAILQ_REMOVE(list, handset, entry);
		empty_inbox(handset);
		joiner_free(handset->joiner);
		free(handset);
	}
}
