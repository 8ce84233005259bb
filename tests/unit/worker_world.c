/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/mem.h"
#include "ipc/proto.h"
#include "journal/journal.h"
#include "worker_world.h"

void
world_open(struct worker_world *world)
{
	int fds[2];

	memset(world, 0, sizeof(*world));
	(void)signal(SIGXFSZ, SIG_IGN);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)snprintf(world->dir, sizeof(world->dir), "%s",
	    "/tmp/baotin.XXXXXX");
	assert_non_null(mkdtemp(world->dir));
	(void)snprintf(world->path, sizeof(world->path), "%s/m1.journal",
	    world->dir);
	world->journal = journal_open(world->path);
	assert_non_null(world->journal);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0,
	    fds), 0);
	link_init(&world->worker, fds[0]);
	link_init(&world->daemon, fds[1]);
	ledger_init(&world->ledger, world->journal, &world->worker, "m1",
	    world->path);
}

void
world_close(struct worker_world *world)
{
	world_fill_disk(world, false);
	ledger_clear(&world->ledger);
	journal_close(world->journal);
	(void)close(world->worker.fd);
	(void)close(world->daemon.fd);
	link_clear(&world->worker);
	link_clear(&world->daemon);
	(void)unlink(world->path);
	(void)rmdir(world->dir);
}

/* Adds what a test compares of one message. */
static void
put_message(FILE *to, const struct proto *p)
{
	const struct proto_result *r = &p->result;

	if (ftell(to) > 0)
		(void)fputc(' ', to);
	(void)fputs(proto_name(p->type), to);
	if (p->type == PROTO_TYPE_INTENT)
		fprintf(to, "(%s/%u)", p->intent.message, p->intent.segment);
	else if (p->type == PROTO_TYPE_RESULT)
		fprintf(to, "(%s/%u %s%s%s)", r->message, r->segment,
		    outcome_name((enum outcome)r->outcome),
		    *r->reason != '\0' ? " " : "", r->reason);
	else if (p->type == PROTO_TYPE_REPORT)
		fprintf(to, "(%u)", p->report.reference);
	else if (p->type == PROTO_TYPE_JOURNAL)
		fprintf(to, "(%s)", p->journal.is_well ? "well" : "broken");
}

static bool
on_record(const struct journal_record *record, void *arg)
{
	struct proto p;

	assert_int_equal(proto_decode(record->type, record->payload,
	    record->n, &p), 0);
	put_message(arg, &p);
	proto_clear(&p);
	return true;
}

char *
world_journal(const struct worker_world *world)
{
	struct journal *peek = journal_peek(world->path);
	char *text = NULL;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	assert_non_null(to);
	assert_non_null(peek);
	assert_int_equal(journal_each(peek, on_record, to), 0);
	journal_close(peek);
	(void)fclose(to);
	return text;
}

char *
world_frames(struct worker_world *world)
{
	char *text = NULL;
	struct proto p;
	size_t n;
	FILE *to = open_memstream(&text, &n);

	assert_non_null(to);
	link_put(&world->worker, &(struct proto){.type = PROTO_TYPE_QUERY});
	link_flush(&world->worker);
	link_read(&world->daemon);
	while (link_take(&world->daemon, &p) == LINK_FRAME) {
		if (p.type != PROTO_TYPE_QUERY)
			put_message(to, &p);
		proto_clear(&p);
	}
	(void)fclose(to);
	return text;
}

void
world_fill_disk(const struct worker_world *world, bool is_full)
{
	struct rlimit limit;
	struct stat st;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = limit.rlim_max;
	if (is_full && stat(world->path, &st) == 0)
		limit.rlim_cur = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}
