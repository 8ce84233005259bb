/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Secrets live in files of their own: one line, nothing else. What was read
 * is wiped from every buffer but the caller's.
 */
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "conf/conf.h"

#define SECRET_MAX 4096

/* Opens without waiting for a pipe's other end. -1: logged. */
static int
open_secret(const char *file)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd == -1 || fstat(fd, &st) == -1) {
		log_error("secret_unreadable", "file=%s error=\"%s\"", file,
		    file_why(file, errno));
	} else if (!S_ISREG(st.st_mode)) {
		log_error("secret_unreadable", "file=%s error=\"no file\"",
		    file);
	} else {
		if (st.st_mode & (S_IROTH | S_IWOTH))
			log_warning("secret_open_to_others",
			    "file=%s mode=%04o advice=\"chmod o= %s\"", file,
			    (unsigned)st.st_mode & 07777, file);
		return fd;
	}
	if (fd != -1)
		(void)close(fd);
	return -1;
}

/* Up to size bytes; -1: errno. */
static ssize_t
read_all(int fd, char *buf, size_t size)
{
	size_t n = 0;
	ssize_t got;

	while (n < size) {
		got = read(fd, buf + n, size - n);
		if (got == -1 && errno == EINTR)
			continue;
		if (got == -1)
			return -1;
		if (got == 0)
			break;
		n += (size_t)got;
	}
	return (ssize_t)n;
}

/* The first line of n bytes to out: NULL, or what is wrong with it. */
static const char *
first_line(const char *buf, size_t n, char *out, size_t size)
{
	const char *end = memchr(buf, '\n', n);
	size_t len = end != NULL ? (size_t)(end - buf) : n;

	if (len > 0 && buf[len - 1] == '\r')
		len--;
	if (len == 0)
		return "the first line is empty";
	if (memchr(buf, '\0', len) != NULL)
		return "the first line is no text";
	if (len >= size)
		return "the first line is too long";
	memcpy(out, buf, len);
	out[len] = '\0';
	return NULL;
}

int
conf_read_secret(const char *file, char *out, size_t size)
{
	int fd = open_secret(file);
	const char *why = NULL;
	char buf[SECRET_MAX];
	ssize_t n;

	if (fd == -1)
		return -1;
	n = read_all(fd, buf, sizeof(buf));
	why = n == -1 ? strerror(errno)
	    : first_line(buf, (size_t)n, out, size);
	(void)close(fd);
	explicit_bzero(buf, sizeof(buf));
	if (why == NULL)
		return 0;
	log_error("secret_unreadable", "file=%s error=\"%s\"", file, why);
	return -1;
}
