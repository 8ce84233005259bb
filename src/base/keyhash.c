/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The privacy key: read once at start, never written to logs or Redis.
 */
#include <sys/random.h>

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/base16.h>
#include <nettle/hmac.h>

#include "base/keyhash.h"
#include "base/log.h"
#include "base/mem.h"

#define KEY_BYTES 32

struct keyhash {
	uint8_t key[KEY_BYTES];
};

static int
complain(const char *file, const char *what)
{
	log_error("key_file", "file=%s error=\"%s\"", file, what);
	return -1;
}

static int
make_key(const char *file)
{
	uint8_t key[KEY_BYTES];
	char hex[BASE16_ENCODE_LENGTH(KEY_BYTES) + 1];
	int fd, status = 0;

	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return complain(file, "no random bytes");
	base16_encode_update(hex, sizeof(key), key);
	hex[sizeof(hex) - 1] = '\n';
	fd = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd == -1)
		return complain(file, strerror(errno));
	if (write(fd, hex, sizeof(hex)) != (ssize_t)sizeof(hex) ||
	    fsync(fd) == -1)
		status = complain(file, strerror(errno));
	(void)close(fd);
	explicit_bzero(key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
	if (status == 0)
		log_info("key_made", "file=%s", file);
	return status;
}

static int
read_key(const char *file, uint8_t key[KEY_BYTES])
{
	char hex[BASE16_ENCODE_LENGTH(KEY_BYTES)];
	struct base16_decode_ctx ctx;
	size_t n = KEY_BYTES;
	FILE *in = fopen(file, "re");
	size_t got;

	if (in == NULL)
		return complain(file, strerror(errno));
	got = fread(hex, 1, sizeof(hex), in);
	(void)fclose(in);
	base16_decode_init(&ctx);
	if (got != sizeof(hex) || !base16_decode_update(&ctx, &n, key, got,
	    hex) || !base16_decode_final(&ctx) || n != KEY_BYTES)
		return complain(file, "not a key: 64 hexadecimal digits "
		    "are expected");
	explicit_bzero(hex, sizeof(hex));
	return 0;
}

struct keyhash *
keyhash_open(const char *file)
{
	struct keyhash *kh;

	if (access(file, F_OK) == -1 && errno == ENOENT &&
	    make_key(file) == -1)
		return NULL;
	kh = xcalloc(1, sizeof(*kh));
	if (read_key(file, kh->key) == -1) {
		keyhash_free(kh);
		return NULL;
	}
	return kh;
}

void
keyhash_free(struct keyhash *kh)
{
	if (kh == NULL)
		return;
	explicit_bzero(kh->key, sizeof(kh->key));
	free(kh);
}

const char *
keyhash_make(const struct keyhash *kh, const char *a, const char *b,
    char out[KEYHASH_SIZE])
{
	uint8_t digest[(KEYHASH_SIZE - 1) / 2];
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, sizeof(kh->key), kh->key);
	hmac_sha256_update(&hmac, strlen(a) + 1, (const uint8_t *)a);
	hmac_sha256_update(&hmac, strlen(b), (const uint8_t *)b);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	base16_encode_update(out, sizeof(digest), digest);
	out[KEYHASH_SIZE - 1] = '\0';
	return out;
}
