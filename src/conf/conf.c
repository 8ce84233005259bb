/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Loading a file, and freeing what came of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/hint.h"
#include "conf/value.h"

/* The file and line of a fault of libconfig, and what a text without a
 * meaning should have been. */
static void
fault_parse(struct reader *reader)
{
	const config_t *cfg = &reader->cfg;
	const char *error = config_error_text(cfg);
	struct hint hint = {.line = config_error_line(cfg), .text = ""};

	if (error == NULL)
		error = "syntax error";
	if (strcmp(error, "syntax error") == 0)
		(void)hint_find(reader->source.text, reader->source.n, &hint);
	else if (strstr(error, "mismatched element type") != NULL)
		(void)snprintf(hint.text, sizeof(hint.text), "all entries of "
		    "[ ] are texts, or all are numbers");
	else if (strcmp(error, "duplicate setting name") == 0)
		(void)snprintf(hint.text, sizeof(hint.text), "this key or "
		    "group stands twice; write both parts as one");
	reader_fault_line(reader, hint.line, "%s%s%s", error,
	    hint.text[0] != '\0' ? ": " : "", hint.text);
}

/* The parsed tree to a configuration. */
static struct conf *
conf_of_tree(struct reader *reader)
{
	struct conf *conf = xcalloc(1, sizeof(*conf));

	reader->conf = conf;
	reader_fill(reader);
	reader_derive(conf);
	reader_cross_check(reader);
	if (reader->warning != NULL)
		reader_check_places(reader);
	if (reader->n_faults == 0)
		return conf;
	conf_free(conf);
	return NULL;
}

/* Makes a configuration of a text that was read as a whole. */
static struct conf *
parse(struct reader *reader)
{
	struct conf *conf = NULL;

	if (snapshot_check(&reader->source, reader->fault, reader->arg) > 0)
		return NULL;
	config_init(&reader->cfg);
	if (config_read_string(&reader->cfg, reader->source.text) ==
	    CONFIG_TRUE)
		conf = conf_of_tree(reader);
	else
		fault_parse(reader);
	config_destroy(&reader->cfg);
	return conf;
}

struct conf *
conf_load(const char *file, conf_fault *fault, conf_fault *warning, void *arg)
{
	struct reader reader = {.fault = fault, .warning = warning,
	    .arg = arg};
	struct conf *conf = NULL;

	if (snapshot_read(&reader.source, file, fault, arg) == 0 &&
	    snapshot_try(&reader.source, fault, arg) == 0)
		conf = parse(&reader);
	snapshot_clear(&reader.source);
	return conf;
}

struct conf *
conf_load_string(const char *text, conf_fault *fault, void *arg)
{
	struct reader reader = {.fault = fault, .arg = arg};
	struct conf *conf = NULL;

	if (snapshot_take(&reader.source, "text", text, fault, arg) == 0)
		conf = parse(&reader);
	snapshot_clear(&reader.source);
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
