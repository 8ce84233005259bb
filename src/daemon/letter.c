/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Letters: the notice's own text, with accents, on the page letter.html of
 * notices.templates, or on the page that the package ships.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/when.h"
#include "conf/conf.h"
#include "daemon/state.h"
#include "daemon/letter.h"
#include "dossier/status.h"
#include "intake/event.h"
#include "intake/notice.h"

#define PAGE_MAX (64 * 1024)	/* octets of letter.html */

static const char shipped[] =
#include "daemon/letter_html.inc"
    ;

/* Reads the file at each call, so that an edited page counts at once. */
static json_t *
page(const struct conf *conf)
{
	char *path = xasprintf("%s/letter.html", conf->notices.templates);
	const char *why = "not UTF-8";
	json_t *out = NULL;
	size_t n;

	if (access(path, F_OK) == 0) {
		char *text = file_read(path, PAGE_MAX, &n, &why);

		if (text != NULL)
			out = json_string(text);
		if (out == NULL)
			log_warning("letter_page", "file=%s error=\"%s\" "
			    "text=\"the page as it is shipped is used\"",
			    path, why);
		free(text);
	}
	free(path);
	return out != NULL ? out : json_string(shipped);
}

static void
set_default(json_t *object, const char *key, const char *value)
{
	if (json_object_get(object, key) == NULL)
		(void)json_object_set_new(object, key, json_string(value));
}

/* The notice of the status that the citizen has not heard of. Returns NULL when
 * there is none. */
static char *
row_text(const struct daemon *d, const json_t *row)
{
	const char *status = json_string_value(json_object_get(row,
	    "status"));
	json_t *record = json_deep_copy(row);
	struct event event;
	char *text = NULL;

	set_default(record, "phone", "");
	set_default(record, "channel", channel_name(CHANNEL_DIRECT));
	(void)json_object_set(record, "code", json_object_get(row,
	    "dossier"));
	if (event_from_record(record, &event) == 0) {
		if (status != NULL && situation_parse(status,
		    &event.change.situation) == 0)
			text = notice_letter(&event.change, d->conf,
			    d->templates);
		event_clear(&event);
	}
	json_decref(record);
	return text;
}

json_t *
letter_view(const json_t *record, void *arg)
{
	const struct daemon *d = arg;
	const char *id = json_string_value(json_object_get(record, "agency"));
	const struct conf_agency *agency;
	const char *name = "", *desk = "", *hotline = "";
	char today[WHEN_SIZE], *text, *contact;
	json_t *out;

	if (record == NULL)
		return page(d->conf);
	agency = id != NULL ? conf_agency_find(d->conf, id) : NULL;
	if (agency != NULL) {
		name = agency->name;
		desk = *agency->desk != '\0' ? agency->desk : agency->name;
		hotline = agency->hotline;
	}
	text = row_text(d, record);
	if (text == NULL)
		text = xasprintf("Có tin về hồ sơ %s. Mời ông/bà đến %s.",
		    json_string_value(json_object_get(record, "dossier")),
		    desk);
	contact = xasprintf("%s%s%s", desk, *hotline != '\0' ? ", " : "",
	    hotline);
	out = json_pack("{ss ss ss ss ss}", "agency", name, "desk", desk,
	    "contact", contact, "text", text, "today",
	    when_format_date(clock_wall_ms(), today));
	free(contact);
	free(text);
	return out;
}
