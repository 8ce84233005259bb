/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Is this a build for tests, or a run under a tool? Those need more system
 * calls and files than baotin itself.
 */
#include "config.h"

#include <stdlib.h>
#include <string.h>

#include "confine/confine.h"

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define INSTRUMENT "sanitizers"
#elif defined(WITH_COVERAGE)
#define INSTRUMENT "coverage"
#else
#define INSTRUMENT NULL
#endif

const char *
confine_instrument(void)
{
	const char *preload = getenv("LD_PRELOAD");

	if (INSTRUMENT != NULL)
		return INSTRUMENT;
	return preload != NULL && strstr(preload, "/vgpreload_") != NULL ?
	    "valgrind" : NULL;
}
