/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Joins segments. A set is the parts that came under one reference; the
 * newest finished sets are remembered, to know what is sent again.
 *
 * A part of a finished set may be a repetition, or the first part of a new
 * text that begins like the old one under a reference that came round: it
 * counts as repetition and is kept for a new set all the same, so that
 * neither is lost.
 */
#include <sys/queue.h>

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "sim/join.h"
#include "sim/sim.h"

#define SETS_MAX     512 /* per phone, finished and open together */
#define LEFTOVER_S   60	 /* a lone repetition is no start of a new text */

struct set {
	TAILQ_ENTRY(set) entry;
	char from[SIM_NUMBER_SIZE];
	unsigned mr; /* of a single one */
	int ref;
	bool has_ref16;
	bool is_done;
	bool is_repetition; /* every part so far came before */
	int64_t touched_us;
	unsigned n_parts;
	unsigned n_have;
	struct payload *parts; /* n == 0 and alphabet as taken: see has[] */
	bool *has;
};

TAILQ_HEAD(set_list, set);

struct joiner {
	struct set_list sets; /* newest last */
	unsigned n_sets;
};

struct joiner *
joiner_new(void)
{
	struct joiner *joiner = xcalloc(1, sizeof(*joiner));

	TAILQ_INIT(&joiner->sets);
	return joiner;
}

static void
set_free(struct joiner *joiner, struct set *set)
{
	TAILQ_REMOVE(&joiner->sets, set, entry);
	joiner->n_sets--;
	free(set->parts);
	free(set->has);
	free(set);
}

void
joiner_free(struct joiner *joiner)
{
	struct set *set;

	if (joiner == NULL)
		return;
	while ((set = TAILQ_FIRST(&joiner->sets)) != NULL)
		set_free(joiner, set);
	free(joiner);
}

static struct set *
set_new(struct joiner *joiner, const char *from, unsigned mr,
    const struct payload *p)
{
	struct set *set;

	if (joiner->n_sets == SETS_MAX)
		set_free(joiner, TAILQ_FIRST(&joiner->sets));
	set = xcalloc(1, sizeof(*set));
	(void)strncpy(set->from, from, sizeof(set->from) - 1);
	set->mr = mr;
	set->ref = p->ref;
	set->has_ref16 = p->has_ref16;
	set->n_parts = p->parts;
	set->is_repetition = true;
	set->parts = xcalloc(p->parts, sizeof(*set->parts));
	set->has = xcalloc(p->parts, sizeof(*set->has));
	TAILQ_INSERT_TAIL(&joiner->sets, set, entry);
	joiner->n_sets++;
	return set;
}

static struct set *
find_set(struct joiner *joiner, const char *from, unsigned mr,
    const struct payload *p, bool is_done)
{
	struct set *set;

	TAILQ_FOREACH_REVERSE (set, &joiner->sets, set_list, entry) {
		if (set->is_done == is_done && set->ref == p->ref &&
		    set->has_ref16 == p->has_ref16 &&
		    set->n_parts == p->parts && strcmp(set->from, from) == 0 &&
		    (p->ref >= 0 || set->mr == mr))
			return set;
	}
	return NULL;
}

static bool
has_same(const struct set *set, const struct payload *p)
{
	const struct payload *have;

	if (set == NULL || !set->has[p->part - 1])
		return false;
	have = &set->parts[p->part - 1];
	return have->alphabet == p->alphabet && have->n == p->n &&
	    memcmp(have->data, p->data, p->n) == 0;
}

/* Decodes runs of one alphabet together, so that a character cut in two
 * halves is whole again. */
static char *
text_of(const struct set *set)
{
	char *text = xstrdup("");
	uint8_t *run = xmalloc((size_t)set->n_parts * PAYLOAD_SIZE);
	size_t n = 0;

	for (unsigned i = 0; i < set->n_parts; i++) {
		const struct payload *p = &set->parts[i];
		char *piece, *longer;

		memcpy(run + n, p->data, p->n);
		n += p->n;
		if (i + 1 < set->n_parts &&
		    set->parts[i + 1].alphabet == p->alphabet)
			continue;
		piece = payload_text(p->alphabet, run, n);
		longer = xasprintf("%s%s", text, piece);
		free(piece);
		free(text);
		text = longer;
		n = 0;
	}
	free(run);
	return text;
}

void
joiner_take(struct joiner *joiner, const char *from, unsigned mr,
    const struct payload *p, struct joined *out)
{
	struct set *done = find_set(joiner, from, mr, p, true);
	struct set *set = find_set(joiner, from, mr, p, false);
	bool was_done = has_same(done, p);

	memset(out, 0, sizeof(*out));
	out->is_duplicate = was_done || has_same(set, p);
	if (set != NULL && set->is_repetition && !was_done &&
	    clock_mono_us() - set->touched_us > LEFTOVER_S * 1000000LL) {
		set_free(joiner, set);
		set = NULL;
	}
	if (set == NULL)
		set = set_new(joiner, from, mr, p);
	set->touched_us = clock_mono_us();
	set->is_repetition = set->is_repetition && was_done;
	if (!set->has[p->part - 1])
		set->n_have++;
	set->has[p->part - 1] = true;
	set->parts[p->part - 1] = *p;
	if (set->n_have < set->n_parts)
		return;
	out->text = text_of(set);
	out->segments = set->n_parts;
	out->is_again = set->is_repetition;
	set->is_done = true;
	if (done != NULL)
		set_free(joiner, done);
}
