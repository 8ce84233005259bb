/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A snapshot (admin/snapshot.h) in the forms that machines read.
 */
#ifndef ADMIN_EXPOSITION_H
#define ADMIN_EXPOSITION_H

#include <jansson.h>

/* All metrics in Prometheus' text format, for the caller to free. */
char *exposition_metrics(const json_t *snapshot);

enum health {
	HEALTH_PASS,
	HEALTH_WARN,	/* it sends, but an operator should look */
	HEALTH_FAIL,	/* nothing can be sent */
};

/* Writes application/health+json, which the caller frees, and the verdict. */
char *exposition_health(const json_t *snapshot, enum health *out);

#endif
