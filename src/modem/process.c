/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Starts the worker: socketpair, fork, the child's end on descriptor 3, all
 * descriptors above it closed, exec. The owner restarts it, never this file.
 */
#include <sys/socket.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <event2/event.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/metric.h"
#include "ipc/channel.h"
#include "modem/process.h"

#define FRAME_LIMIT (64 * 1024)
#define LINGER_MS   5000  /* from the end of its channel to SIGKILL */
#define SILENT_MS   75000 /* an idle worker says something every 30 s */
#define GRACE_MS    15000 /* from its deadline to SIGKILL, when idle */

struct process {
	pid_t pid;
	struct channel *channel;
	struct event *reaper;		/* SIGCHLD */
	struct event *deadline;
	struct process_hooks hooks;
	void *arg;
	int64_t fresh_deadline;		/* its next word is due by then */
	char what[64];			/* the call that must end in time */
	char why[160];			/* why we killed it; "": we did not */
};

static void
arm(struct process *process, uint32_t ms)
{
	struct timeval tv = {ms / 1000, (ms % 1000) * 1000};

	event_add(process->deadline, &tv);
}

void
process_kill(struct process *process, const char *why)
{
	metric_add(METRIC_WORKER_KILLS, 1);
	if (process->why[0] == '\0')
		(void)snprintf(process->why, sizeof(process->why), "%s", why);
	(void)kill(process->pid, SIGKILL);
}

static void
on_deadline_cb(evutil_socket_t fd, short what, void *arg)
{
	struct process *process = arg;
	char why[160];

	(void)fd;
	(void)what;
	(void)snprintf(why, sizeof(why), "missing the deadline of %s",
	    process->what);
	process_kill(process, why);
}

void
process_expect(struct process *process, const char *what,
    uint32_t deadline_ms)
{
	if (deadline_ms == 0) {
		(void)snprintf(process->what, sizeof(process->what),
		    "a sign of life (%d ms)", SILENT_MS);
		process->fresh_deadline = clock_mono_ms() + SILENT_MS;
		arm(process, SILENT_MS + GRACE_MS);
		return;
	}
	(void)snprintf(process->what, sizeof(process->what), "%s (%u ms)",
	    what, deadline_ms);
	process->fresh_deadline = clock_mono_ms() + deadline_ms;
	arm(process, deadline_ms);
}

bool
process_is_fresh(const struct process *process)
{
	return clock_mono_ms() <= process->fresh_deadline;
}

static void
on_frame(struct channel *channel, uint16_t type, const uint8_t *payload,
    size_t n, void *arg)
{
	struct process *process = arg;

	(void)channel;
	process->hooks.on_frame(type, payload, n, process->arg);
}

/* The channel mostly ends because the process is ending: the reaper reports
 * why. */
static void
on_closed(struct channel *channel, const char *reason, void *arg)
{
	struct process *process = arg;

	(void)channel;
	if (strcmp(reason, "eof") != 0)
		process_kill(process, reason);
	else
		process_expect(process, "its exit", LINGER_MS);
}

static void
obituary(const struct process *process, int status, char *out, size_t size)
{
	const char *why = process->why;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		(void)snprintf(out, size, "killed by signal %d after a "
		    "system call that it may not make (syscall_forbidden)",
		    WTERMSIG(status));
	else if (WIFSIGNALED(status))
		(void)snprintf(out, size, "killed by signal %d%s%s",
		    WTERMSIG(status), *why != '\0' ? " after " : "", why);
	else
		(void)snprintf(out, size, "exited with status %d",
		    WEXITSTATUS(status));
}

static void
on_child_cb(evutil_socket_t fd, short what, void *arg)
{
	struct process *process = arg;
	char why[256];
	int status;

	(void)fd;
	(void)what;
	if (waitpid(process->pid, &status, WNOHANG) != process->pid)
		return;
	obituary(process, status, why, sizeof(why));
	process->pid = -1;
	event_del(process->deadline);
	event_del(process->reaper);
	process->hooks.on_dead(why, process->arg);
}

static void __attribute__((noreturn))
run_child(const char *path, int fd)
{
	sigset_t none;

	if (fd == 3) {
		if (fcntl(fd, F_SETFD, 0) == -1)
			_exit(126);
	} else if (dup2(fd, 3) == -1) {
		_exit(126);
	}
	(void)close_range(4, ~0U, 0);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* A terminal's Ctrl-C goes to the daemon alone, which then stops us. */
	(void)setsid();
	execl(path, path, (char *)NULL);
	_exit(127);
}

struct process *
process_new(struct event_base *base, const char *path,
    const struct process_hooks *hooks, void *arg)
{
	static const struct channel_hooks channel_hooks = {
		.on_frame = on_frame,
		.on_closed = on_closed,
	};
	struct process *process;
	int fds[2];
	pid_t pid;

	if (access(path, X_OK) == -1) {
		log_error("worker_missing", "path=%s error=\"%s\"", path,
		    strerror(errno));
		return NULL;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == -1) {
		log_error("worker_start", "error=\"socketpair: %s\"",
		    strerror(errno));
		return NULL;
	}
	process = xcalloc(1, sizeof(*process));
	process->hooks = *hooks;
	process->arg = arg;
	process->reaper = evsignal_new(base, SIGCHLD, on_child_cb, process);
	process->deadline = evtimer_new(base, on_deadline_cb, process);
	if (process->reaper == NULL || process->deadline == NULL)
		abort();
	event_add(process->reaper, NULL);
	pid = fork();
	if (pid == 0)
		run_child(path, fds[1]);
	(void)close(fds[1]);
	process->pid = pid;
	process->channel = channel_new(base, fds[0], FRAME_LIMIT,
	    &channel_hooks, process);
	if (pid == -1 || process->channel == NULL) {
		log_error("worker_start", "error=\"fork: %s\"",
		    strerror(errno));
		process_free(process);
		return NULL;
	}
	return process;
}

void
process_free(struct process *process)
{
	if (process == NULL)
		return;
	channel_free(process->channel);
	event_free(process->reaper);
	event_free(process->deadline);
	free(process);
}

void
process_send(struct process *process, uint16_t type, const void *payload,
    size_t n)
{
	channel_send(process->channel, type, payload, n);
}

int
process_pid(const struct process *process)
{
	return process->pid;
}
