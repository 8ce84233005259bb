/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * confine/: what a confined process still can and what ends it. Each case
 * runs in a child, for there is no way back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "confine/confine.h"

static char dir[] = "/tmp/test_confine.XXXXXX";
static char journal[64], device[64], outside[64], log_file[64];

#define CHECK(fact)                                                           \
	do {                                                                  \
		if (!(fact))                                                  \
			_exit(__LINE__ % 200 + 1);                            \
	} while (0)

static int
make_folder(void **state)
{
	int fd;

	(void)state;
	if (mkdtemp(dir) == NULL)
		return -1;
	(void)snprintf(journal, sizeof(journal), "%s/j", dir);
	(void)snprintf(device, sizeof(device), "%s/j/tty", dir);
	(void)snprintf(outside, sizeof(outside), "%s/outside", dir);
	(void)snprintf(log_file, sizeof(log_file), "%s/log", dir);
	if (mkdir(journal, 0700) == -1)
		return -1;
	(void)snprintf(journal, sizeof(journal), "%s/j/m.journal", dir);
	for (const char *const *p = (const char *const[]){device, outside,
	    NULL}; *p != NULL; p++) {
		fd = open(*p, O_WRONLY | O_CREAT, 0600);
		if (fd == -1 || close(fd) == -1)
			return -1;
	}
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	(void)unlink(journal);
	(void)unlink(device);
	(void)unlink(outside);
	(void)unlink(log_file);
	*strrchr(journal, '/') = '\0';
	return rmdir(journal) == 0 ? rmdir(dir) : -1;
}

/* Runs it in a child; its stderr goes to log_file. The wait status. */
static int
run(void (*confine)(void), void (*act)(void))
{
	pid_t pid = fork();
	int status = -1, fd;

	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		fd = open(log_file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd == -1 || dup2(fd, 2) == -1)
			_exit(250);
		confine();
		act();
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
as_worker(void)
{
	confine_worker("m", device, journal);
}

static bool
log_has(const char *text)
{
	char line[4096];
	FILE *f = fopen(log_file, "r");
	size_t n = f != NULL ? fread(line, 1, sizeof(line) - 1, f) : 0;

	if (f != NULL)
		(void)fclose(f);
	line[n] = '\0';
	return strstr(line, text) != NULL;
}

/* True, and said, when the program is built with, or runs under, something
 * that can't be confined. cmocka's skip() reads as a failure to automake. */
static bool
cannot_be_confined(bool is_worker)
{
	const char *instrument = confine_instrument();

	if (instrument == NULL ||
	    (!is_worker && strcmp(instrument, "valgrind") != 0))
		return false;
	print_message("# not with %s\n", instrument);
	return true;
}

/* --- the daemon's list -------------------------------------------- */

static void
daemon_acts(void)
{
	struct rlimit r;
	int fd, status;
	pid_t pid;

	CHECK(unshare(CLONE_NEWUSER) == -1 && errno == EPERM);
	CHECK(syscall(SYS_keyctl, 0, 0, 0, 0, 0) == -1 && errno == EPERM);
	CHECK(syscall(SYS_io_uring_setup, 1, NULL) == -1 && errno == EPERM);
	CHECK(syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, 0, 0, 0, 0) == -1 &&
	    errno == EPERM);
	CHECK(syscall(SYS_clone3, NULL, 0) == -1 && errno == ENOSYS);
	CHECK(ioctl(0, TIOCSTI, "x") == -1 && errno == EPERM);
	if (confine_instrument() == NULL)
		CHECK(ptrace(PTRACE_TRACEME, 0, NULL, NULL) == -1 &&
		    errno == EPERM);
	CHECK(getrlimit(RLIMIT_CORE, &r) == 0 && r.rlim_max == 0);
	/* What it needs goes on: files of its own, sockets, workers. */
	fd = open(outside, O_RDWR);
	CHECK(fd != -1 && socket(AF_UNIX, SOCK_STREAM, 0) != -1);
	pid = fork();
	if (pid == 0) {
		execl("/bin/true", "true", (char *)NULL);
		_exit(9);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static void
daemon_is_refused_what_it_never_needs(void **state)
{
	(void)state;
	if (cannot_be_confined(false))
		return;
	assert_int_equal(run(confine_daemon, daemon_acts), 0);
	assert_true(log_has("confined seccomp=deny_list"));
}

static void
mount_something(void)
{
	(void)syscall(SYS_mount, "none", "/nowhere", "tmpfs", 0, NULL);
}

static void
load_program(void)
{
	(void)syscall(SYS_bpf, 0, NULL, 0);
}

static void
hostile_calls_end_the_process(void **state)
{
	int status;

	(void)state;
	if (cannot_be_confined(false))
		return;
	status = run(confine_daemon, mount_something);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
	status = run(confine_daemon, load_program);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS);
}

static void
make_file(void)
{
	struct stat st;
	int fd = open(journal, O_WRONLY | O_CREAT, 0666);

	CHECK(fd != -1 && fstat(fd, &st) == 0);
	CHECK((st.st_mode & 0777) == 0600);
	CHECK(unlink(journal) == 0);
}

static void
files_are_the_owners_alone(void **state)
{
	(void)state;
	assert_int_equal(run(confine_daemon, make_file), 0);
}

/* --- the worker's list -------------------------------------------- */

static void
worker_acts(void)
{
	char new[80], buf[4] = "abc";
	int fd;

	CHECK((fd = open(journal, O_RDWR | O_CREAT, 0600)) != -1);
	CHECK(pwrite(fd, buf, 3, 0) == 3 && pread(fd, buf, 3, 0) == 3);
	CHECK(ftruncate(fd, 1) == 0 && fdatasync(fd) == 0);
	(void)snprintf(new, sizeof(new), "%s.new", journal);
	CHECK(open(new, O_RDWR | O_CREAT | O_TRUNC, 0600) != -1);
	CHECK(rename(new, journal) == 0 && unlink(journal) == 0);
	CHECK(open(device, O_RDWR | O_NOCTTY) != -1);
	free(malloc(1 << 22));
	(void)alarm(30);
	(void)alarm(0);
	CHECK(socket(AF_UNIX, SOCK_STREAM, 0) == -1 && errno == EPERM);
	log_info("still", "here=yes");
}

static void
worker_goes_on_with_its_work(void **state)
{
	(void)state;
	if (cannot_be_confined(true))
		return;
	assert_int_equal(run(as_worker, worker_acts), 0);
	assert_true(log_has("still here=yes"));
}

static void
files_elsewhere(void)
{
	CHECK(open(outside, O_RDWR) == -1 && errno == EACCES);
	CHECK(open("/etc/passwd", O_RDONLY) == -1 && errno == EACCES);
	CHECK(open("/proc/self/mem", O_RDWR) == -1 && errno == EACCES);
	CHECK(unlink(outside) == -1 && errno == EACCES);
	CHECK(rename(device, outside) == -1);
}

static void
worker_sees_no_other_file(void **state)
{
	(void)state;
	if (cannot_be_confined(true))
		return;
	(void)run(as_worker, worker_acts);
	if (log_has("landlock=\"no"))
		return;
	assert_int_equal(run(as_worker, files_elsewhere), 0);
}

static void
run_program(void)
{
	execl("/bin/true", "true", (char *)NULL);
}

static void
have_child(void)
{
	(void)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0);
}

static void
call_fork(void)
{
	(void)fork();
}

static void
send_away(void)
{
	(void)syscall(SYS_connect, 0, NULL, 0);
}

static void
kill_another(void)
{
	(void)kill(getppid(), 0);
}

static void
make_code(void)
{
	(void)mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void
allow_code(void)
{
	void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static void
forbidden_calls_end_a_worker_and_are_named(void **state)
{
	static const struct {
		void (*act)(void);
		const char *name;
	} cases[] = {
		{run_program, "name=execve"}, {have_child, "name=clone"},
		{send_away, "name=connect"}, {kill_another, "name=kill"},
		{make_code, "name=mmap"}, {allow_code, "name=mprotect"},
	};

	(void)state;
	if (cannot_be_confined(true))
		return;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int status = run(as_worker, cases[i].act);

		print_message("# %s\n", cases[i].name);
		assert_true(WIFSIGNALED(status));
		assert_int_equal(WTERMSIG(status), SIGSYS);
		assert_true(log_has("syscall_forbidden modem=m number="));
		assert_true(log_has(cases[i].name));
	}
}

/* Since glibc 2.41 fork() blocks all signals around its clone. The process
 * ends the same, but its handler can't name the call: the kernel kills it. */
static void
issue10_15_fork_of_any_libc_ends_a_worker(void **state)
{
	int status;

	(void)state;
	if (cannot_be_confined(true))
		return;
	status = run(as_worker, call_fork);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGSYS);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(daemon_is_refused_what_it_never_needs),
		cmocka_unit_test(hostile_calls_end_the_process),
		cmocka_unit_test(files_are_the_owners_alone),
		cmocka_unit_test(worker_goes_on_with_its_work),
		cmocka_unit_test(worker_sees_no_other_file),
		cmocka_unit_test(forbidden_calls_end_a_worker_and_are_named),
		cmocka_unit_test(issue10_15_fork_of_any_libc_ends_a_worker),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
