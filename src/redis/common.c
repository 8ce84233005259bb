/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The configuration's part of every call.
 */
#include "base/clock.h"
#include "base/when.h"
#include "conf/conf.h"
#include "redis/calls.h"
#include "redis/common.h"

void
call_common_put(struct call_words *words, const char *prefix,
    const struct conf *conf)
{
	struct common_args common = {
		.prefix = prefix,
		.gateway = conf->gateway.name,
		.retention_ms = conf->privacy.retention_ms,
		.unknown_wait_ms = conf->retry.unknown_wait_ms,
		.remind_after_ms = conf->notices.remind_after_ms,
		.dossiers_ms = conf->privacy.dossiers_ms,
		.zone_ms = when_zone_ms(clock_wall_ms()),
	};

	common_put(words, &common);
}

struct call_words
call_words_of(const struct conf *conf, struct call_words *args)
{
	struct call_words words = {0};

	call_common_put(&words, conf->redis.prefix, conf);
	words_append(&words, args);
	return words;
}
