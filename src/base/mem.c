/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Allocation that never fails: out of memory, we say so and abort. The
 * journal and Redis hold all that matters, and a supervisor starts us anew.
 */
#include "config.h" /* for vasprintf */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static void *
must(void *p)
{
	if (p == NULL) {
		static const char text[] = "out of memory\n";

		(void)!fwrite(text, 1, sizeof(text) - 1, stderr);
		abort();
	}
	return p;
}

void *
xmalloc(size_t size)
{
	return must(malloc(size != 0 ? size : 1));
}

void *
xcalloc(size_t n, size_t size)
{
	return must(calloc(n != 0 ? n : 1, size != 0 ? size : 1));
}

void *
xreallocarray(void *p, size_t n, size_t size)
{
	return must(
	    reallocarray(p, n != 0 ? n : 1, size != 0 ? size : 1));
}

char *
xstrdup(const char *s)
{
	return must(strdup(s));
}

char *
xstrndup(const char *s, size_t n)
{
	return must(strndup(s, n));
}

char *
xasprintf(const char *fmt, ...)
{
	va_list ap;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	n = vasprintf(&s, fmt, ap);
	va_end(ap);
	return must(n < 0 ? NULL : s);
}
