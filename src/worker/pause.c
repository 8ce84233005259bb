/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Replaces usleep() in this process. GSM_SendSMS() of libgammu 1.42 sleeps 100
 * ms after the prompt, 500 ms before Ctrl-Z and 100 ms after it: 700 ms for a
 * text that the modem takes in 1 ms. So a modem could send at most 1.4 texts a
 * second, whatever modem and network can do. The dynamic linker finds the
 * program's usleep() before the C library's, so libgammu calls this one.
 * Measured on a simulated modem (network 50 ms): one send blocks 701 ms with
 * the stock pauses, 61 ms with a cap of 20 ms, 7 ms with 2 ms. Other drivers of
 * modems (Kannel, smstools) do not pause here at all.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include "worker/pause.h"

static struct {
	uint32_t cap_ms;
	unsigned long calls;
	void (*tick)(void *);
	void *arg;
} pauses = {.cap_ms = 1000};

int usleep(useconds_t us);

int
usleep(useconds_t us)
{
	uint32_t cap_us = pauses.cap_ms * 1000;
	struct timespec ts;

	pauses.calls++;
	if (pauses.tick != NULL)
		pauses.tick(pauses.arg);
	if (us > cap_us)
		us = cap_us;
	if (us == 0)
		return 0;
	ts.tv_sec = us / 1000000;
	ts.tv_nsec = (long)(us % 1000000) * 1000;
	return nanosleep(&ts, NULL);
}

void
pause_tick(void (*tick)(void *), void *arg)
{
	pauses.tick = tick;
	pauses.arg = arg;
}

void
pause_cap(uint32_t cap_ms)
{
	pauses.cap_ms = cap_ms < 1000 ? cap_ms : 1000;
}

uint32_t
pause_cap_ms(void)
{
	return pauses.cap_ms;
}

bool
pause_is_ours(void)
{
	int (*found)(useconds_t);

	*(void **)&found = dlsym(RTLD_DEFAULT, "usleep");
	return found == usleep && pauses.calls > 0;
}
