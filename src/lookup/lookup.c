/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The lookups as a whole: made, ended.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/series.h"
#include "lookup/inside.h"
#include "text/template.h"

static const char *const fronts[] = {"sms", "call", "modem", "http", "ctl"};

struct lookup *
lookup_new(struct event_base *base, const struct conf *conf,
    struct store *store, const struct keyhash *keyhash,
    const struct lookup_hooks *hooks, void *arg)
{
	struct lookup *lookup = xcalloc(1, sizeof(*lookup));

	lookup->base = base;
	lookup->conf = conf;
	lookup->store = store;
	lookup->keyhash = keyhash;
	lookup->hooks = hooks;
	lookup->arg = arg;
	(void)keyhash_make(keyhash, "", "", lookup->nobody);
	for (size_t i = 0; i < sizeof(fronts) / sizeof(fronts[0]); i++)
		histogram_observe(HISTOGRAM_LOOKUP_SECONDS, -1, fronts[i]);
	return lookup;
}

void
lookup_free(struct lookup *lookup)
{
	free(lookup);
}

const struct phrases *
lookup_phrases(const struct lookup *lookup)
{
	return templates_phrases(lookup->hooks->templates(lookup->arg));
}

int
lookup_dialled(const char *service_code, const char *dialled, char *out,
    size_t size)
{
	size_t n = strlen(service_code), length = strlen(dialled);

	if (n < 2 || service_code[n - 1] != '#' || length < n ||
	    dialled[length - 1] != '#' ||
	    strncmp(service_code, dialled, n - 1) != 0)
		return -1;
	dialled += n - 1;
	length -= n;		/* without the code and the last # */
	if (length > 0 && (*dialled++ != '*' || --length >= size))
		return -1;
	memcpy(out, dialled, length);
	out[length] = '\0';
	return 0;
}
