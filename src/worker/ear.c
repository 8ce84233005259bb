/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Our own read(), for the same reason and in the same way as usleep() in
 * worker/pause.c: libgammu does not tell whether it holds half a line. Two
 * read the tty, libgammu while a text is on the air and we otherwise; a
 * line that begins with one and ends with the other is lost (a status
 * report), and its first half in libgammu's buffer costs the next text 28 s
 * and its attempt. So does a whole line that libgammu does not know, when it
 * comes in one read with the end of an answer (seen: "^SMMEMFULL" behind the
 * OK of AT+CMGD: 18 s, and the worker): it gets one line at a time, and
 * never one that begins with "^".
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "worker/ear.h"

#define HEAD 5 /* strlen("+CDS:") */

static struct {
	int fd;
	char head[HEAD + 1];	/* the line's first octets */
	size_t n;		/* octets of it so far */
	bool is_second;		/* the line belongs to the one before */
	bool at_start;		/* the last read began with a line */
	bool is_chatter;	/* the rest of this line is dropped, too */
} ear = {.fd = -1};

static void
hear(char c)
{
	if (c == '\r' || c == '\0')
		return;
	if (c != '\n') {
		if (ear.n < HEAD)
			ear.head[ear.n] = c;
		ear.n++;
		return;
	}
	if (ear.n == 0)
		return;
	ear.is_second = !ear.is_second && ear.n > HEAD &&
	    (memcmp(ear.head, "+CDS:", HEAD) == 0 ||
	    memcmp(ear.head, "+CMT:", HEAD) == 0);
	ear.n = 0;
}

static bool
has_more(int fd)
{
	int left = 0;

	return ioctl(fd, FIONREAD, &left) == 0 && left > 0;
}

/* At most to the end of a line. */
static ssize_t
read_line(int fd, char *to, size_t n)
{
	ssize_t got = syscall(SYS_read, fd, to, 1);
	size_t done = 1;
	int left = 0;

	ear.at_start = ear.n == 0;
	if (got != 1)
		return got;
	hear(to[0]);
	if (ioctl(fd, FIONREAD, &left) == -1)
		left = 0;
	while (done < n && to[done - 1] != '\n' && left-- > 0 &&
	    syscall(SYS_read, fd, to + done, 1) == 1)
		hear(to[done++]);
	return (ssize_t)done;
}

ssize_t
read(int fd, void *data, size_t n)
{
	ssize_t got;
	bool is_chatter;

	if (fd != ear.fd || n == 0)
		return syscall(SYS_read, fd, data, n);
	/* "^RSSI:", "^SMMEMFULL": a vendor's own; nothing that we have
	 * libgammu ask is answered so. It may come in parts. */
	do {
		got = read_line(fd, data, n);
		is_chatter = got > 0 && (ear.is_chatter || (n > 1 &&
		    ear.at_start && ((const char *)data)[0] == '^'));
		ear.is_chatter = is_chatter && ear.n > 0;
	} while (is_chatter && has_more(fd));
	return is_chatter ? 0 : got;
}

void
ear_open(int fd)
{
	memset(&ear, 0, sizeof(ear));
	ear.fd = fd;
}

bool
ear_is_inside(void)
{
	return ear.n > 0 || ear.is_second;
}
