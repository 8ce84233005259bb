/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file is one JSON object of objects: {"wish": {"modem1": "paused"}}. A
 * file that can't be read counts as empty.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "daemon/memory.h"

struct memory {
	char *path;
	json_t *all;
};

struct memory *
memory_new(const char *state_dir)
{
	struct memory *memory = xcalloc(1, sizeof(*memory));

	memory->path = xasprintf("%s/memory.json", state_dir);
	errno = 0;
	memory->all = json_load_file(memory->path, 0, NULL);
	if (json_is_object(memory->all))
		return memory;
	if (errno != ENOENT)
		log_warning("memory_damaged", "file=%s text=\"passed over\"",
		    memory->path);
	json_decref(memory->all);
	memory->all = json_object();
	return memory;
}

void
memory_free(struct memory *memory)
{
	if (memory == NULL)
		return;
	json_decref(memory->all);
	free(memory->path);
	free(memory);
}

const char *
memory_get(const struct memory *memory, const char *kind, const char *of)
{
	const char *word = json_string_value(json_object_get(json_object_get(
	    memory->all, kind), of));

	return word != NULL ? word : "";
}

void
memory_set(struct memory *memory, const char *kind, const char *of,
    const char *word)
{
	char *path;

	if (strcmp(memory_get(memory, kind, of), word) == 0)
		return;
	if (!json_is_object(json_object_get(memory->all, kind)))
		json_object_set_new(memory->all, kind, json_object());
	json_object_set_new(json_object_get(memory->all, kind), of,
	    json_string(word));
	path = xasprintf("%s.new", memory->path);
	if (json_dump_file(memory->all, path, JSON_COMPACT) == -1 ||
	    rename(path, memory->path) == -1)
		log_warning("memory_unwritten", "file=%s error=\"%s\"",
		    memory->path, strerror(errno));
	free(path);
}
