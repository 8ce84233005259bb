/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: a journal file of any content is opened, replayed, appended
 * to, and read again.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/proto.h"
#include "journal/journal.h"
#include "journal/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static void
ignore(const struct proto *p, void *arg)
{
	(void)p, (void)arg;
}

static bool
count(const struct journal_record *r, void *arg)
{
	(void)r;
	++*(int *)arg;
	return true;
}

static void
use(const char *path)
{
	static const struct replay_hooks hooks = {ignore, ignore};
	struct journal *j = journal_open(path);
	struct replay_counts counts;
	int before = 0, after = 0;

	if (j == NULL)
		abort();
	if (journal_each(j, count, &before) == -1 ||
	    journal_replay(j, 0, &hooks, NULL, &counts) == -1 ||
	    journal_append(j, PROTO_TYPE_QUERY, NULL, 0) == -1)
		abort();
	journal_close(j);
	if ((j = journal_open(path)) == NULL ||
	    journal_each(j, count, &after) == -1 || after !=
	    before + 1 + (int)(counts.unknown + counts.unsent))
		abort();
	journal_close(j);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	char dir[] = "/tmp/fuzz_journal.XXXXXX", path[64], aside[80];
	int fd;

	(void)log_init("fuzz_journal", "stderr", "error");
	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(path, sizeof(path), "%s/j", dir);
	(void)snprintf(aside, sizeof(aside), "%s.damaged", path);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	if (fd == -1 || write(fd, data, n) != (ssize_t)n)
		abort();
	(void)close(fd);
	use(path);
	(void)unlink(path);
	(void)unlink(aside);
	(void)rmdir(dir);
	return 0;
}
