/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loading a file, freeing what came of it and finding things in it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/value.h"

/* @include is relative to the folder of the file it stands in the first
 * time. */
static void
set_include_dir(config_t *cfg, const char *file)
{
	const char *slash = strrchr(file, '/');
	char *dir;

	if (slash == NULL)
		return;
	dir = xstrndup(file, slash == file ? 1 : (size_t)(slash - file));
	config_set_include_dir(cfg, dir);
	free(dir);
}

static void
fault_parse(struct reader *reader, int error)
{
	const config_t *cfg = &reader->cfg;
	char name[1024], *text;

	if (config_error_type(cfg) == CONFIG_ERR_FILE_IO)
		text = xasprintf("%s: can't be read: %s", reader->file,
		    error != 0 ? strerror(error) : "not a file");
	else
		text = xasprintf("%s:%d: %s", reader_file(reader,
		    config_error_file(cfg), name, sizeof(name)),
		    config_error_line(cfg), config_error_text(cfg));
	reader->n_faults++;
	reader->fault(text, reader->arg);
	free(text);
}

/* Takes the parsed tree. */
static struct conf *
finish(struct reader *reader)
{
	struct conf *conf = xcalloc(1, sizeof(*conf));

	reader->conf = conf;
	reader_fill(reader);
	reader_derive(conf);
	reader_cross_check(reader);
	if (reader->n_faults == 0)
		return conf;
	conf_free(conf);
	return NULL;
}

struct conf *
conf_load(const char *file, conf_fault *fault, void *arg)
{
	struct reader reader = {.file = file, .fault = fault, .arg = arg};
	struct conf *conf = NULL;

	config_init(&reader.cfg);
	set_include_dir(&reader.cfg, file);
	errno = 0;
	if (config_read_file(&reader.cfg, file) == CONFIG_TRUE)
		conf = finish(&reader);
	else
		fault_parse(&reader, errno);
	config_destroy(&reader.cfg);
	return conf;
}

struct conf *
conf_load_string(const char *text, conf_fault *fault, void *arg)
{
	struct reader reader = {.file = "text", .fault = fault, .arg = arg};
	struct conf *conf = NULL;

	config_init(&reader.cfg);
	if (config_read_string(&reader.cfg, text) == CONFIG_TRUE)
		conf = finish(&reader);
	else
		fault_parse(&reader, 0);
	config_destroy(&reader.cfg);
	return conf;
}

static void
clear_group(const struct section *section, void *base)
{
	for (size_t i = 0; i < section->n_options; i++)
		value_clear(&section->options[i],
		    value_field(&section->options[i], base));
}

static void
clear_list(const struct section *section, struct conf *conf)
{
	char *base = (char *)conf;
	void *items = *(void **)(void *)(base + section->items_offset);
	size_t n = *(size_t *)(void *)(base + section->count_offset);

	for (size_t i = 0; i < n; i++)
		clear_group(section, (char *)items + i * section->size);
	free(items);
}

void
conf_free(struct conf *conf)
{
	size_t n;
	const struct section *sections = option_sections(&n);

	if (conf == NULL)
		return;
	for (size_t i = 0; i < n; i++)
		if (sections[i].is_list)
			clear_list(&sections[i], conf);
		else
			clear_group(&sections[i], conf);
	free(conf);
}

const struct conf_agency *
conf_agency_find(const struct conf *conf, const char *id)
{
	for (size_t i = 0; i < conf->n_agencies; i++)
		if (strcmp(conf->agencies[i].id, id) == 0)
			return &conf->agencies[i];
	return NULL;
}

const struct conf_modem *
conf_modem_find(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->n_modems; i++)
		if (strcmp(conf->modems[i].name, name) == 0)
			return &conf->modems[i];
	return NULL;
}

const struct conf_pool *
conf_agency_pool(const struct conf *conf, const struct conf_agency *agency)
{
	for (size_t i = 0; i < conf->n_pools; i++)
		if (strcmp(conf->pools[i].name, agency->pool) == 0)
			return &conf->pools[i];
	return &conf->pools[0];
}

bool
conf_pool_has(const struct conf_pool *pool, const char *modem)
{
	for (char **p = pool->modems; *p != NULL; p++)
		if (strcmp(*p, modem) == 0)
			return true;
	return false;
}
