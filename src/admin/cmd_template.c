/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The office's words: template show (those in use), template check (the
 * files as they are at this moment).
 */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "admin/cmd.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "text/template.h"

struct wanted {
	const char *lang, *situation;	/* NULL: any */
	json_t *rows;
};

/* "ready" also finds "ready.postal". */
static bool
is_wanted(const struct wanted *w, const struct template_row *row)
{
	size_t n;

	if (w->lang != NULL && strcmp(w->lang, row->lang) != 0)
		return false;
	if (w->situation == NULL)
		return true;
	n = strlen(w->situation);
	return strncmp(w->situation, row->situation, n) == 0 &&
	    (row->situation[n] == '\0' || row->situation[n] == '.');
}

static void
add_row(const struct template_row *row, void *arg)
{
	struct wanted *w = arg;

	if (!is_wanted(w, row))
		return;
	(void)json_array_append_new(w->rows, json_pack(
	    "{s:s, s:s, s:s, s:b, s:s?, s:o, s:s, s:i, s:s?}",
	    "lang", row->lang, "situation", row->situation,
	    "agency", row->agency, "accents", row->accents,
	    "coding", row->is_off ? NULL : coding_name(row->coding),
	    "segments", row->is_off ? json_null()
		: json_integer(row->segments),
	    "file", row->file, "line", row->line,
	    "sample", row->is_off ? NULL : row->sample));
}

void
cmd_template_show(struct admin_request *req)
{
	const struct templates *set = req->tools->hooks->templates(
	    req->tools->arg);
	struct wanted w = {
		.lang = req->n_args > 0 ? req->args[0] : NULL,
		.situation = req->n_args > 1 ? req->args[1] : NULL,
		.rows = json_array(),
	};

	if (set != NULL)
		templates_each(set, add_row, &w);
	if (json_array_size(w.rows) > 0) {
		admin_reply(req, w.rows);
		return;
	}
	json_decref(w.rows);
	if (set == NULL)
		admin_fail(req, 1, "no templates are loaded");
	else
		admin_fail(req, 1, "no text in language %.32s%s%.64s",
		    w.lang != NULL ? w.lang : "(any)",
		    w.situation != NULL ? " for " : "",
		    w.situation != NULL ? w.situation : "");
}

static void
add_fault(const char *file, int line, const char *text, void *arg)
{
	json_t *faults = arg;

	(void)json_array_append_new(faults, json_pack("{s:s, s:i, s:s}",
	    "file", file, "line", line, "fault", text));
}

static struct templates *
load(const struct conf *conf, json_t *faults)
{
	const char **agencies = xcalloc(conf->n_agencies + 1,
	    sizeof(*agencies));
	struct templates *set;

	for (size_t i = 0; i < conf->n_agencies; i++)
		agencies[i] = conf->agencies[i].id;
	set = templates_load_complete(conf->notices.templates, agencies,
	    (unsigned)conf->notices.max_segments, add_fault, faults);
	free(agencies);
	return set;
}

void
cmd_template_check(struct admin_request *req)
{
	const struct conf *conf = request_conf(req);
	struct wanted w = {.rows = json_array()};
	json_t *faults = json_array(), *out;
	struct templates *set = load(conf, faults);
	char *sentence;

	if (set != NULL)
		templates_each(set, add_row, &w);
	templates_free(set);
	out = json_pack("{s:o, s:o}", "texts", w.rows, "faults", faults);
	if (set != NULL) {
		admin_reply(req, out);
		return;
	}
	sentence = xasprintf("%zu faults in the templates of %s; what is in "
	    "use has not changed", json_array_size(faults),
	    conf->notices.templates);
	request_fail_with(req, 1, out, sentence);
	free(sentence);
}
