/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * {"modems": {"viettel-1": {"wish": "paused"}},
 *  "sims": {"452040…": {"imei": "3569…", "reports": "yes"}}}
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "modem/memory.h"

static json_t *
load(const char *path)
{
	json_error_t error;
	json_t *all = json_load_file(path, JSON_REJECT_DUPLICATES, &error);

	if (all == NULL && access(path, F_OK) == 0)
		log_warning("memory_unreadable", "file=%s error=\"%s\"", path,
		    error.text);
	if (json_is_object(all))
		return all;
	json_decref(all);
	return json_object();
}

/* Replaces the file by a whole new one, or changes nothing. */
static int
save(const json_t *all, const char *path)
{
	char *fresh = xasprintf("%s.new", path);
	int fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = -1;

	if (fd != -1 && json_dumpfd(all, fd, JSON_INDENT(1)) == 0 &&
	    fsync(fd) == 0 && rename(fresh, path) == 0)
		rc = 0;
	if (rc == -1)
		log_warning("memory_unwritten", "file=%s error=\"%s\"", path,
		    strerror(errno));
	if (fd != -1)
		(void)close(fd);
	free(fresh);
	return rc;
}

/* The member of this name; adds it when there is none. Borrowed. */
static json_t *
within(json_t *object, const char *name)
{
	json_t *member = json_object_get(object, name);

	if (json_is_object(member))
		return member;
	json_object_set_new(object, name, json_object());
	return json_object_get(object, name);
}

void
modem_memory_get(const char *state_dir, const char *kind, const char *name,
    const char *key, char *out, size_t size)
{
	char *path = xasprintf("%s/modems.json", state_dir);
	json_t *all = load(path);
	const char *value = json_string_value(json_object_get(within(within(
	    all, kind), name), key));

	(void)snprintf(out, size, "%s", value != NULL ? value : "");
	json_decref(all);
	free(path);
}

int
modem_memory_set(const char *state_dir, const char *kind, const char *name,
    const char *key, const char *value)
{
	char *path = xasprintf("%s/modems.json", state_dir);
	json_t *all = load(path), *place = within(within(all, kind), name);
	const char *was = json_string_value(json_object_get(place, key));
	int rc = 0;

	if (was == NULL || strcmp(was, value) != 0) {
		json_object_set_new(place, key, json_string(value));
		rc = save(all, path);
	}
	json_decref(all);
	free(path);
	return rc;
}
