/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finding things in a configuration that was read.
 */
#include <string.h>

#include "conf/conf.h"

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

bool
conf_device_is_searched(const char *device)
{
	return strcmp(device, "auto") == 0 || strpbrk(device, "*?[") != NULL;
}

bool
conf_allows_phone(const struct conf *conf, const char *phone)
{
	char **p = conf->notices.only_to;

	if (*p == NULL)
		return true;
	for (; *p != NULL; p++)
		if (strcmp(*p, phone) == 0)
			return true;
	return false;
}
