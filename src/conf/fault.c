/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Says where a fault of a configuration is: file, line and key.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/reader.h"

/* Hands "FILE:LINE: WHAT" to one of the two hooks; line is one of source. */
static void
tell_place(struct reader *reader, conf_fault *hook, int line, const char *what)
{
	int file_line;
	const char *file = snapshot_place(&reader->source,
	    line > 0 ? line : 1, &file_line);
	char *text = xasprintf("%s:%d: %s", file, file_line, what);

	hook(text, reader->arg);
	free(text);
}

void
reader_fault(struct reader *reader, const config_setting_t *at,
    const char *key, const char *fmt, ...)
{
	char *what, buf[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	what = key != NULL ? xasprintf("key %s: %s", key, buf) : xstrdup(buf);
	reader->n_faults++;
	tell_place(reader, reader->fault, at != NULL
	    ? (int)config_setting_source_line(at) : 1, what);
	free(what);
}

void
reader_fault_line(struct reader *reader, int line, const char *fmt, ...)
{
	char buf[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	reader->n_faults++;
	tell_place(reader, reader->fault, line, buf);
}

void
reader_warn(struct reader *reader, const char *key, const char *fmt, ...)
{
	const config_setting_t *at = reader_where(reader, key);
	char *what, buf[1024];
	va_list ap;

	if (reader->warning == NULL)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(buf, sizeof(buf), fmt, ap);
	va_end(ap);
	what = xasprintf("warning: key %s: %s", key, buf);
	tell_place(reader, reader->warning, (int)config_setting_source_line(at),
	    what);
	free(what);
}

config_setting_t *
reader_step(const config_setting_t *from, const char **key)
{
	char name[KEY_SIZE];
	size_t n;

	if (**key == '[') {
		unsigned long i = strtoul(*key + 1, NULL, 10);

		*key += strcspn(*key, "]") + 1;
		*key += **key == '.';
		return config_setting_get_elem(from, (unsigned)i);
	}
	n = strcspn(*key, ".[");
	(void)snprintf(name, sizeof(name), "%.*s", (int)n, *key);
	*key += n;
	*key += **key == '.';
	return config_setting_is_group(from)
	    ? config_setting_get_member(from, name) : NULL;
}

const config_setting_t *
reader_where(struct reader *reader, const char *key)
{
	config_setting_t *at = config_root_setting(&reader->cfg);

	while (*key != '\0') {
		config_setting_t *next = reader_step(at, &key);

		if (next == NULL)
			break;
		at = next;
	}
	return at;
}
