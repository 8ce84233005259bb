/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: any octets as a configuration. What loads must print to a
 * text that loads again. @include is left out: it would read other files.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/conf.h"
#include "conf/reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
const char *__lsan_default_suppressions(void);

/* libconfig 1.5 forgets its buffers when a text ends inside a string or an
 * unfinished directive. */
const char *
__lsan_default_suppressions(void)
{
	return "leak:strbuf_append\nleak:libconfig_yylex\n";
}

static void
ignore(const char *text, void *arg)
{
	(void)arg;
	if (strchr(text, ':') == NULL)
		abort();
}

static void
load_again(const struct conf *conf)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct conf *again;

	if (f == NULL)
		abort();
	conf_print(conf, f);
	(void)fclose(f);
	again = conf_load_string(text, ignore, NULL);
	if (again == NULL)
		abort();
	conf_free(again);
	free(text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char *text = malloc(n + 1);
	struct conf *conf;

	if (text == NULL)
		abort();
	memcpy(text, data, n);
	text[n] = '\0';
	if (strstr(text, "@include") == NULL) {
		conf = conf_load_string(text, ignore, NULL);
		if (conf != NULL)
			load_again(conf);
		conf_free(conf);
	}
	free(text);
	return 0;
}
