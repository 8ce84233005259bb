/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Preloaded by flow tests that set the wall clock. In the file
 * BAOTIN_TEST_CLOCK stand three numbers of 64 bits: milliseconds that are
 * added to the wall clock, and to CLOCK_BOOTTIME; and whether adjtimex() says
 * that the clock is synchronised (0: yes). What is not there is 0. The
 * monotonic clock stays real. (libfaketime would do, but its start-up needs
 * malloc, and Debian's redis-server brings a jemalloc that asks the time in
 * its own start-up: it hangs.)
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t, struct timespec *);
int gettimeofday(struct timeval *restrict, void *restrict);
time_t time(time_t *);
int adjtimex(struct timex *);

static const volatile int64_t *numbers;

static void __attribute__((constructor))
start(void)
{
	const char *path = getenv("BAOTIN_TEST_CLOCK");
	int fd = path != NULL ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *page;

	if (fd == -1)
		return;
	page = mmap(NULL, 3 * sizeof(*numbers), PROT_READ, MAP_SHARED, fd, 0);
	(void)close(fd);
	if (page != MAP_FAILED)
		numbers = page;
}

/* 0 or 1: which number is added to this clock; -1: none. */
static int
number_of(clockid_t id)
{
	if (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)
		return 0;
	return id == CLOCK_BOOTTIME ? 1 : -1;
}

int
clock_gettime(clockid_t id, struct timespec *ts)
{
	int status = (int)syscall(SYS_clock_gettime, id, ts);
	int which = numbers != NULL ? number_of(id) : -1;

	if (status == 0 && which != -1) {
		int64_t add = numbers[which];
		int64_t ns = ts->tv_nsec + add % 1000 * 1000000;

		ts->tv_sec += add / 1000;
		if (ns >= 1000000000)
			ts->tv_sec++;
		else if (ns < 0)
			ts->tv_sec--;
		ts->tv_nsec = (ns + 1000000000) % 1000000000;
	}
	return status;
}

int
adjtimex(struct timex *state)
{
	state->status = numbers != NULL && numbers[2] != 0 ? STA_UNSYNC : 0;
	return 0;
}

int
gettimeofday(struct timeval *restrict tv, void *restrict zone)
{
	struct timespec ts;
	int status = clock_gettime(CLOCK_REALTIME, &ts);

	(void)zone;
	tv->tv_sec = ts.tv_sec;
	tv->tv_usec = ts.tv_nsec / 1000;
	return status;
}

time_t
time(time_t *out)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	if (out != NULL)
		*out = ts.tv_sec;
	return ts.tv_sec;
}
