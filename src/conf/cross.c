/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What single values can't show: references, uniqueness, and keys that go
 * only together or not at all.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "conf/reader.h"

static void __attribute__((format(printf, 3, 4)))
fault(struct reader *reader, const char *key, const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	reader_fault(reader, reader_where(reader, key), key, "%s", text);
}

static void
replace(char **field, char *text)
{
	free(*field);
	*field = text;
}

/* The host's name up to its first dot, other characters than a name's as
 * "-". */
static char *
host_name(void)
{
	char host[256] = "";

	if (gethostname(host, sizeof(host) - 1) == -1 || host[0] == '\0')
		return xstrdup("localhost");
	host[32] = '\0';
	host[strcspn(host, ".")] = '\0';
	for (char *p = host; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && *p != '-')
			*p = '-';
	return xstrdup(host);
}

static void
derive_pool(struct conf *conf)
{
	struct conf_pool *pool;

	free(conf->pools);
	pool = conf->pools = xcalloc(1, sizeof(*pool));
	conf->n_pools = 1;
	pool->name = xstrdup("default");
	pool->modems = xcalloc(conf->n_modems + 1, sizeof(*pool->modems));
	for (size_t i = 0, n = 0; i < conf->n_modems; i++)
		if (!conf_pool_has(pool, conf->modems[i].name))
			pool->modems[n++] = xstrdup(conf->modems[i].name);
}

void
reader_derive(struct conf *conf)
{
	if (conf->gateway.name[0] == '\0')
		replace(&conf->gateway.name, host_name());
	if (conf->intake.stream[0] == '\0')
		replace(&conf->intake.stream,
		    xasprintf("%s:events", conf->redis.prefix));
	if (conf->privacy.key_file[0] == '\0')
		replace(&conf->privacy.key_file,
		    xasprintf("%s/privacy.key", conf->gateway.state_dir));
	if (conf->n_pools == 0)
		derive_pool(conf);
}

static void
check_redis(struct reader *reader)
{
	struct conf *conf = reader->conf;
	const config_setting_t *at =
	    config_lookup(&reader->cfg, "redis.address");
	const char *text = at != NULL ? config_setting_get_string(at) : NULL;

	if (conf->redis.sentinels[0] != NULL) {
		if (text != NULL && *text != '\0')
			fault(reader, "redis.address",
			    "stands beside redis.sentinels; leave out one");
		if (conf->redis.master[0] == '\0')
			fault(reader, "redis.master",
			    "missing: redis.sentinels need the master's name");
		replace(&conf->redis.address, xstrdup(""));
	} else if (conf->redis.address[0] == '\0') {
		fault(reader, "redis.address",
		    "is empty, and there are no redis.sentinels");
	} else if (conf->redis.master[0] != '\0') {
		fault(reader, "redis.master",
		    "needs redis.sentinels, and there are none");
	}
	if (conf->redis.username[0] != '\0' &&
	    conf->redis.password_file[0] == '\0')
		fault(reader, "redis.username",
		    "needs redis.password_file");
}

static void
check_times(struct reader *reader)
{
	const struct conf *conf = reader->conf;

	if (conf->retry.unknown_wait_ms >= conf->notices.validity_ms)
		fault(reader, "retry.unknown_wait",
		    "must be shorter than notices.validity");
	if (conf->retry.lease_ms <= conf->retry.send_timeout_ms)
		fault(reader, "retry.lease",
		    "must be longer than retry.send_timeout");
}

/* Where items of intake.list wait on their way to the stream. */
static bool
is_taken(const struct conf *conf, const char *key)
{
	size_t n = strlen(conf->redis.prefix);

	return strncmp(key, conf->redis.prefix, n) == 0 &&
	    strcmp(key + n, ":taken") == 0;
}

/* A number that is missing or wrong was told before. */
static bool
is_zero(const config_setting_t *at)
{
	int type = config_setting_type(at);

	return (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64) &&
	    config_setting_get_int64(at) == 0;
}

static void
check_errors(struct reader *reader)
{
	const struct conf *conf = reader->conf;
	const struct conf_error *errors = conf->retry.errors;
	char key[KEY_SIZE];

	for (size_t i = 0; i < conf->retry.n_errors; i++) {
		(void)snprintf(key, sizeof(key), "retry.errors[%zu].code", i);
		if (is_zero(reader_where(reader, key)))
			fault(reader, key, "0 is no error");
		for (size_t j = 0; j < i; j++)
			if (errors[j].code == errors[i].code &&
			    errors[i].code != 0) {
				fault(reader, key,
				    "%lld is retry.errors[%zu].code too",
				    (long long)errors[i].code, j);
				break;
			}
	}
}

static void
check_intake(struct reader *reader)
{
	const struct conf *conf = reader->conf;

	if (strcmp(conf->intake.stream, conf->intake.list) == 0)
		fault(reader, "intake.list",
		    "is also the key of the stream");
	if (is_taken(conf, conf->intake.list) ||
	    is_taken(conf, conf->intake.stream))
		fault(reader, is_taken(conf, conf->intake.list)
		    ? "intake.list" : "intake.stream",
		    "is a key that baotin uses for itself");
	if (conf->gateway.default_agency[0] != '\0' &&
	    conf_agency_find(conf, conf->gateway.default_agency) == NULL)
		fault(reader, "gateway.default_agency",
		    "no agency has the id \"%s\"",
		    conf->gateway.default_agency);
}

/* Tells when the value of entry i was seen before. values: n of them, each
 * stride bytes behind the other; "" is no value. */
static void
check_unique(struct reader *reader, const char *list, const char *member,
    char *const *values, size_t stride, size_t i)
{
	const char *base = (const char *)values;
	const char *mine = *(char *const *)(const void *)(base + i * stride);
	char key[KEY_SIZE];

	for (size_t j = 0; j < i && *mine != '\0'; j++) {
		const char *other =
		    *(char *const *)(const void *)(base + j * stride);

		if (strcmp(mine, other) != 0)
			continue;
		(void)snprintf(key, sizeof(key), "%s[%zu].%s", list, i,
		    member);
		fault(reader, key, "\"%s\" is %s[%zu].%s too", mine, list, j,
		    member);
		return;
	}
}

static void
check_agencies(struct reader *reader)
{
	const struct conf *conf = reader->conf;
	char key[KEY_SIZE];

	for (size_t i = 0; i < conf->n_agencies; i++) {
		const struct conf_agency *agency = &conf->agencies[i];

		check_unique(reader, "agencies", "id", &conf->agencies->id,
		    sizeof(*agency), i);
		if (agency->pool[0] == '\0' || strcmp(agency->pool,
		    conf_agency_pool(conf, agency)->name) == 0)
			continue;
		(void)snprintf(key, sizeof(key), "agencies[%zu].pool", i);
		fault(reader, key, "there is no pool \"%s\"", agency->pool);
	}
}

static void
check_pool(struct reader *reader, const struct conf_pool *pool, size_t i)
{
	char key[KEY_SIZE];

	for (size_t j = 0; pool->modems[j] != NULL; j++) {
		(void)snprintf(key, sizeof(key), "pools[%zu].modems[%zu]", i,
		    j);
		if (conf_modem_find(reader->conf, pool->modems[j]) == NULL)
			fault(reader, key, "there is no modem \"%s\"",
			    pool->modems[j]);
		for (size_t k = 0; k < j; k++)
			if (strcmp(pool->modems[k], pool->modems[j]) == 0) {
				fault(reader, key,
				    "\"%s\" is in this pool already",
				    pool->modems[j]);
				break;
			}
	}
}

/* A search for the device needs to know the IMEI. */
static void
check_searched(struct reader *reader, const struct conf_modem *modem,
    size_t i)
{
	char key[KEY_SIZE];

	if (modem->imei[0] != '\0')
		return;
	(void)snprintf(key, sizeof(key), "modems[%zu].imei", i);
	fault(reader, key, "is missing: with device = \"%s\" the modem is "
	    "found by its IMEI (dial *#06#, or look at its label)",
	    modem->device);
}

static void
check_modems(struct reader *reader)
{
	const struct conf *conf = reader->conf;
	const size_t size = sizeof(*conf->modems);

	if (conf->n_modems == 0)
		fault(reader, "modems", "there must be at least one modem: "
		    "modems: ( { name = \"modem-1\"; "
		    "device = \"/dev/ttyUSB0\"; } );");
	for (size_t i = 0; i < conf->n_modems; i++) {
		check_unique(reader, "modems", "name", &conf->modems->name,
		    size, i);
		if (conf_device_is_searched(conf->modems[i].device))
			check_searched(reader, &conf->modems[i], i);
		else
			check_unique(reader, "modems", "device",
			    &conf->modems->device, size, i);
		check_unique(reader, "modems", "imei", &conf->modems->imei,
		    size, i);
	}
}

/* key, of an address that is not admin's, must have tokens. */
static void
check_entrance(struct reader *reader, const char *key, const char *listen,
    const char *needs, char *const *token_files)
{
	if (*listen == '\0')
		return;
	if (token_files[0] == NULL)
		fault(reader, key, "%s", needs);
	if (strcmp(listen, reader->conf->admin.http) == 0)
		fault(reader, key, "is the same as admin.http");
}

static void
check_entrances(struct reader *reader)
{
	const struct conf *conf = reader->conf;

	if (strcmp(conf->admin.socket, conf->admin.status_socket) == 0)
		fault(reader, "admin.status_socket",
		    "is the same as admin.socket");
	check_entrance(reader, "intake.http.listen", conf->intake.listen,
	    "needs intake.http.token_files", conf->intake.token_files);
	check_entrance(reader, "ussd.http.listen", conf->ussd.listen,
	    "needs ussd.http.token_files", conf->ussd.token_files);
	if (*conf->ussd.listen != '\0' &&
	    strcmp(conf->ussd.listen, conf->intake.listen) == 0)
		fault(reader, "ussd.http.listen",
		    "is the same as intake.http.listen");
}

void
reader_cross_check(struct reader *reader)
{
	const struct conf *conf = reader->conf;

	check_redis(reader);
	check_intake(reader);
	check_times(reader);
	check_errors(reader);
	check_agencies(reader);
	for (size_t i = 0; i < conf->n_pools; i++) {
		check_unique(reader, "pools", "name", &conf->pools->name,
		    sizeof(*conf->pools), i);
		check_pool(reader, &conf->pools[i], i);
	}
	check_modems(reader);
	check_entrances(reader);
}
