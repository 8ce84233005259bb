/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The file baotind.lock holds "token boot-id device:inode pid". If we get the
 * lock on it, the daemon that wrote it is dead. If boot id and inode are also
 * the same, this very file was written on this very machine, and we keep its
 * token. A copied state_dir or a cloned machine gets a new token.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/instance.h"
#include "daemon/seen.h"
#include "redis/claim.h"

#define LOOK_MS	  500	/* the name is not ours, or others are not ready */
#define MARGIN_MS 3000	/* a dead holder gets so much more time */
#define SPREADS	  5	/* so many rounds we wait for a replica */
#define TOKEN_SIZE 33

struct instance {
	int fd;
	char token[TOKEN_SIZE];
	char host[256];
	const struct conf *conf;
	struct store *store;
	struct instance_hooks hooks;
	void *arg;
	struct event *timer;	/* NULL: not started */
	int64_t since;		/* wall clock */
	bool is_up;
	bool is_asking;
	bool is_ours;
	unsigned spreads;	/* rounds without the name on a replica */
	bool has_synced;
	bool is_releasing, is_released;
	unsigned others;
	json_t *untold;		/* of the last heartbeat; or NULL */
	struct seen *seen;
	char beat[120];		/* the holder's beat, as first seen; "": none */
	int64_t patience_deadline;
};

/* --- the lock ------------------------------------------------------------- */

static void
read_boot_id(char out[40])
{
	int fd = open("/proc/sys/kernel/random/boot_id",
	    O_RDONLY | O_CLOEXEC);
	ssize_t n = fd == -1 ? -1 : read(fd, out, 39);

	if (fd != -1)
		(void)close(fd);
	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
	if (out[0] == '\0')
		(void)snprintf(out, 40, "unknown");
}

static void
make_token(char out[TOKEN_SIZE])
{
	uint8_t random[(TOKEN_SIZE - 1) / 2];

	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		abort();
	for (size_t i = 0; i < sizeof(random); i++)
		(void)snprintf(out + 2 * i, 3, "%02x", random[i]);
}

/* The one line of the file, or "". */
static void
read_line(int fd, char *out, size_t size)
{
	ssize_t n = pread(fd, out, size - 1, 0);

	out[n > 0 ? n : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

static void
take_token(struct instance *instance)
{
	char line[256], boot[40], mine[80], token[64], there[160];
	struct stat st;

	if (fstat(instance->fd, &st) == -1)
		abort();
	read_boot_id(boot);
	(void)snprintf(mine, sizeof(mine), "%s %llx:%llx", boot,
	    (unsigned long long)st.st_dev, (unsigned long long)st.st_ino);
	read_line(instance->fd, line, sizeof(line));
	if (strcmp(boot, "unknown") != 0 &&
	    sscanf(line, "%63s %159[^ ]", token, there) == 2 &&
	    strlen(token) == TOKEN_SIZE - 1 &&
	    strncmp(line + TOKEN_SIZE, mine, strlen(mine)) == 0 &&
	    line[TOKEN_SIZE + strlen(mine)] == ' ')
		memcpy(instance->token, token, TOKEN_SIZE);
	else
		make_token(instance->token);
}

/* To be called again after the daemon went to the background, which changes its
 * pid. */
static void
write_line(const struct instance *instance)
{
	char line[256], boot[40];
	struct stat st;
	int n;

	if (fstat(instance->fd, &st) == -1)
		return;
	read_boot_id(boot);
	n = snprintf(line, sizeof(line), "%s %s %llx:%llx %d\n",
	    instance->token, boot, (unsigned long long)st.st_dev,
	    (unsigned long long)st.st_ino, (int)getpid());
	/* If this fails, the next start after a crash has to wait a while. */
	if (ftruncate(instance->fd, 0) == -1 ||
	    pwrite(instance->fd, line, (size_t)n, 0) != n)
		log_warning("lock_file", "error=\"%s\"", strerror(errno));
}

/* Opens it read-only on a disk that takes no writes: a lock works there,
 * too. */
static int
open_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd == -1 && (errno == EROFS || errno == ENOSPC ||
	    errno == EDQUOT || errno == EIO))
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd;
}

struct instance *
instance_lock(const struct conf *conf)
{
	struct instance *instance;
	char *path = xasprintf("%s/baotind.lock", conf->gateway.state_dir);
	char line[256], pid[24] = "unknown";
	int fd = open_lock(path);

	if (fd == -1 || flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (fd != -1 && errno == EWOULDBLOCK) {
			read_line(fd, line, sizeof(line));
			(void)sscanf(line, "%*s %*s %*s %23s", pid);
			fprintf(stderr, "gateway.state_dir: %s is in use by "
			    "another baotind, pid %s\n",
			    conf->gateway.state_dir, pid);
		} else {
			fprintf(stderr, "%s: %s\n", path,
			    file_why(path, errno));
		}
		if (fd != -1)
			(void)close(fd);
		free(path);
		return NULL;
	}
	free(path);
	instance = xcalloc(1, sizeof(*instance));
	instance->fd = fd;
	take_token(instance);
	return instance;
}

void
instance_free(struct instance *instance)
{
	if (instance == NULL)
		return;
	(void)close(instance->fd);
	free(instance);
}

/* --- the name ------------------------------------------------------------- */

static void claim_name(struct instance *);

static void
ask_in(struct instance *instance, int64_t ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	event_add(instance->timer, &tv);
}

static void
doubt(struct instance *instance)
{
	if (!instance->is_ours)
		return;
	instance->is_ours = false;
	instance->hooks.on_doubt(instance->arg);
}

/* Does the other holder live? If so, its beat changes or is still there after
 * its time to live. */
static void
look_at_holder(struct instance *instance,
    const struct store_claim_answer *answer)
{
	int64_t now = clock_mono_ms();

	doubt(instance);
	if (instance->beat[0] == '\0') {
		(void)snprintf(instance->beat, sizeof(instance->beat), "%s",
		    answer->beat);
		instance->patience_deadline = now + STORE_NAME_TTL_MS +
		    MARGIN_MS;
		log_warning("name_held", "gateway=%s holder=\"%s\" "
		    "text=\"waiting to see whether it lives\"",
		    instance->conf->gateway.name, answer->holder);
	}
	if (strcmp(instance->beat, answer->beat) != 0 ||
	    now > instance->patience_deadline) {
		instance->hooks.on_taken(answer->holder, instance->arg);
		return;
	}
	ask_in(instance, LOOK_MS);
}

/* The same connection shows other data: FLUSHALL, or an older copy. */
static bool
is_other_data(struct instance *instance, const struct store_seen *now)
{
	const struct store_seen *seen = seen_get(instance->seen);

	return instance->is_ours && seen != NULL &&
	    strcmp(seen->epoch, now->epoch) != 0;
}

static void
begin_work(struct instance *instance)
{
	instance->spreads = 0;
	instance->is_ours = true;
	instance->hooks.on_ours(instance->arg);
	instance->hooks.on_beat(instance->arg);
}

/* Waits for a replica that does not get the name, but not for long: a stuck
 * replica must not stop the gateway. */
static void
on_spread(bool is_spread, void *arg)
{
	struct instance *instance = arg;

	if (!instance->is_up || instance->is_ours)
		return;
	if (!is_spread && ++instance->spreads < SPREADS) {
		store_spread(instance->store, on_spread, instance);
		return;
	}
	if (!is_spread)
		log_warning("replica_late", "gateway=%s after=%ds text=\"no "
		    "replica has this gateway's name: a failover now could "
		    "forget what it sends\"", instance->conf->gateway.name,
		    SPREADS * STORE_SPREAD_MS / 1000);
	begin_work(instance);
}

static void
on_claimed(const struct store_claim_answer *answer, void *arg)
{
	struct instance *instance = arg;

	instance->is_asking = false;
	if (!instance->is_up)
		return;
	if (answer->error != NULL) {
		ask_in(instance, LOOK_MS);
		return;
	}
	if (answer->holder != NULL) {
		look_at_holder(instance, answer);
		return;
	}
	instance->beat[0] = '\0';
	instance->others = answer->others;
	json_decref(instance->untold);
	instance->untold = json_deep_copy(answer->untold);
	if (is_other_data(instance, &answer->seen)) {
		instance->has_synced = false;
		doubt(instance);
	}
	seen_note(instance->seen, &answer->seen);
	ask_in(instance, answer->others > 0 || instance->untold != NULL
	    ? LOOK_MS : STORE_NAME_TTL_MS / 3);
	if (instance->is_ours)
		instance->hooks.on_beat(instance->arg);
	else if (instance->spreads == 0)
		store_spread(instance->store, on_spread, instance);
}

static void
claim_name(struct instance *instance)
{
	const struct store_claim_ask claim = {
		.token = instance->token,
		.host = instance->host,
		.state_dir = instance->conf->gateway.state_dir,
		.since = instance->since,
		.has_synced = instance->has_synced,
		.seen = seen_get(instance->seen),
	};

	if (instance->is_asking || !instance->is_up ||
	    instance->is_releasing)
		return;
	instance->is_asking = true;
	store_claim(instance->store, &claim, on_claimed, instance);
}

static void
on_timer_cb(evutil_socket_t fd, short what, void *arg)
{
	(void)fd;
	(void)what;
	claim_name(arg);
}

void
instance_start(struct instance *instance, struct event_base *base,
    const struct conf *conf, struct store *store,
    const struct instance_hooks *hooks, void *arg)
{
	write_line(instance);
	if (gethostname(instance->host, sizeof(instance->host) - 1) == -1)
		(void)snprintf(instance->host, sizeof(instance->host), "?");
	instance->conf = conf;
	instance->store = store;
	instance->hooks = *hooks;
	instance->arg = arg;
	instance->since = clock_wall_ms();
	instance->seen = seen_new(conf);
	instance->timer = evtimer_new(base, on_timer_cb, instance);
	if (instance->timer == NULL)
		abort();
}

void
instance_stop(struct instance *instance)
{
	if (instance->timer == NULL)
		return;
	event_free(instance->timer);
	instance->timer = NULL;
	seen_free(instance->seen);
	json_decref(instance->untold);
	instance->untold = NULL;
}

void
instance_up(struct instance *instance)
{
	instance->is_up = true;
	instance->has_synced = false;
	instance->others = 0;
	claim_name(instance);
}

void
instance_down(struct instance *instance)
{
	instance->is_up = false;
	instance->spreads = 0;
	event_del(instance->timer);
	doubt(instance);
}

bool
instance_is_ours(const struct instance *instance)
{
	return instance->is_ours;
}

void
instance_synced(struct instance *instance)
{
	instance->has_synced = true;
	claim_name(instance);
}

unsigned
instance_others(const struct instance *instance)
{
	return instance->others;
}

const json_t *
instance_untold(const struct instance *instance)
{
	return instance->untold;
}

static void
on_released(const struct store_answer *answer, void *arg)
{
	struct instance *instance = arg;

	(void)answer;
	instance->is_released = true;
}

bool
instance_release(struct instance *instance)
{
	if (!instance->is_up || !instance->is_ours)
		return true;
	if (!instance->is_releasing) {
		instance->is_releasing = true;
		store_release(instance->store, on_released, instance);
	}
	return instance->is_released;
}
