/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The first hindrance counts: behind it may stand others.
 */
#include <stdlib.h>
#include <string.h>

#include "admin/pending.h"
#include "base/clock.h"
#include "base/mem.h"
#include "conf/conf.h"

/* One row of pending.lua, borrowed. */
struct pending {
	const char *id, *dossier, *state, *reason, *agency, *pool, *modem,
	    *before;
	int64_t due, expires_at;
};

/* Of this gateway at this moment, owned. */
struct hindrances {
	const struct conf *conf;
	json_t *modems, *waiting;
	bool is_vi;
};

static const char *
word_at(const json_t *row, size_t i)
{
	const char *word = json_string_value(json_array_get(row, i));

	return word != NULL ? word : "";
}

static const char *
field_word(const json_t *object, const char *name)
{
	const char *word = json_string_value(json_object_get(object, name));

	return word != NULL ? word : "";
}

static bool
is_of_pool(const struct hindrances *h, const char *pool, const char *modem)
{
	for (size_t i = 0; i < h->conf->n_pools; i++)
		if (strcmp(h->conf->pools[i].name, pool) == 0)
			return conf_pool_has(&h->conf->pools[i], modem);
	return false;
}

/* Can any modem of the pool send? */
static bool
has_modem(const struct hindrances *h, const char *pool)
{
	const json_t *modem;
	size_t i;

	json_array_foreach(h->modems, i, modem) {
		const char *state = field_word(modem, "state");

		if ((strcmp(state, "ready") == 0 ||
		    strcmp(state, "busy") == 0) &&
		    is_of_pool(h, pool, field_word(modem, "name")))
			return true;
	}
	return false;
}

/* A limit that is used up, of this modem; NULL: none. */
static const json_t *
used_up(const struct hindrances *h, const char *modem)
{
	const json_t *quotas = json_object_get(h->waiting, "quotas"), *quota;
	size_t i;

	json_array_foreach(quotas, i, quota)
		if (strcmp(field_word(quota, "modem"), modem) == 0 &&
		    json_is_integer(json_object_get(quota, "rest")) &&
		    json_integer_value(json_object_get(quota, "rest")) == 0)
			return quota;
	return NULL;
}

/* The limit for which the whole pool waits: "viettel-1 day"; the caller
 * frees. NULL: some modem may still send. */
static char *
limit_of_pool(const struct hindrances *h, const char *pool)
{
	const json_t *modem, *quota = NULL;
	size_t i;

	json_array_foreach(h->modems, i, modem) {
		if (!is_of_pool(h, pool, field_word(modem, "name")))
			continue;
		quota = used_up(h, field_word(modem, "name"));
		if (quota == NULL)
			return NULL;
	}
	return quota == NULL ? NULL : xasprintf("%s %s",
	    field_word(quota, "modem"), field_word(quota, "period"));
}

/* Of one that is ready to go. */
static char *
why_not_sent(const struct hindrances *h, const struct pending *p,
    int64_t *until)
{
	const json_t *window = json_object_get(h->waiting, "window");
	char *limit, *out;

	if (!json_is_true(json_object_get(window, "open"))) {
		*until = json_integer_value(json_object_get(window,
		    "turns_at"));
		return xasprintf(h->is_vi ? "giờ gửi tin (notices.window, "
		    "%s)" : "the hours of notices.window (%s)",
		    field_word(window, "hours"));
	}
	if (!has_modem(h, p->pool))
		return xasprintf(h->is_vi ? "một modem của nhóm %s gửi được: "
		    "lúc này không có (baotinctl modems)"
		    : "a modem of the pool %s that can send: there is none "
		    "now (baotinctl modems)", p->pool);
	limit = limit_of_pool(h, p->pool);
	if (limit == NULL)
		return xasprintf(h->is_vi ? "đến lượt trong nhóm %s"
		    : "its turn in the pool %s", p->pool);
	out = xasprintf(h->is_vi ? "hạn mức của SIM (%s)"
	    : "the limits of the SIMs (%s)", limit);
	free(limit);
	return out;
}

static char *
waits_for(const struct hindrances *h, const struct pending *p,
    int64_t *until)
{
	bool vi = h->is_vi;

	*until = 0;
	if (strcmp(p->state, "held") == 0)
		return xasprintf(vi ? "người vận hành cho đi (baotinctl "
		    "release --agency %s)" : "an operator's release (baotinctl "
		    "release --agency %s)", p->agency);
	if (strcmp(p->state, "sending") == 0)
		return xasprintf(vi ? "modem %s đang gửi"
		    : "the modem %s, which has it in its hands", p->modem);
	*until = p->due;
	if (strcmp(p->state, "unknown") == 0)
		return xasprintf("%s", vi ? "báo nhận, hoặc quyết định của "
		    "người vận hành (retry, cancel)" : "a status report, or an "
		    "operator's decision (retry, cancel)");
	if (*p->before != '\0') {
		*until = 0;
		return xasprintf(vi ? "tin trước của cùng hồ sơ (%s)"
		    : "the notice before it of this dossier (%s)", p->before);
	}
	if (p->due > clock_wall_ms())
		return *p->reason != '\0' ? xasprintf(vi ? "lần gửi lại, sau "
		    "%s" : "its next try, after %s", p->reason)
		    : xasprintf("%s", vi ? "giờ của nó (not_before, hoặc đủ "
		    "số tin một ngày)" : "its time (not_before, or the limit "
		    "of texts a day)");
	*until = 0;
	return why_not_sent(h, p, until);
}

static json_t *
view_one(const struct hindrances *h, const json_t *row)
{
	const struct pending p = {
		.id = word_at(row, 0),
		.dossier = word_at(row, 1),
		.state = word_at(row, 2),
		.reason = word_at(row, 3),
		.agency = word_at(row, 4),
		.pool = word_at(row, 5),
		.modem = word_at(row, 6),
		.due = strtoll(word_at(row, 7), NULL, 10),
		.before = word_at(row, 8),
		.expires_at = strtoll(word_at(row, 9), NULL, 10),
	};
	int64_t until;
	char *text = waits_for(h, &p, &until);
	json_t *out = json_pack("{ss ss ss ss}", "message", p.id, "dossier",
	    p.dossier, "state", p.state, "waits_for", text);

	(void)json_object_set_new(out, "until_at", until > 0
	    ? json_integer(until) : json_null());
	(void)json_object_set_new(out, "expires_at",
	    json_integer(p.expires_at));
	free(text);
	return out;
}

json_t *
pending_view(const struct admin_request *req, const json_t *rows, bool is_vi)
{
	const struct admin_hooks *hooks = req->tools->hooks;
	struct hindrances h = {
		.conf = request_conf(req),
		.modems = hooks->modems(NULL, req->tools->arg),
		.waiting = hooks->waiting(req->tools->arg),
		.is_vi = is_vi,
	};
	json_t *out = json_array();
	const json_t *row;
	size_t i;

	json_array_foreach(rows, i, row)
		(void)json_array_append_new(out, view_one(&h, row));
	json_decref(h.modems);
	json_decref(h.waiting);
	return out;
}
