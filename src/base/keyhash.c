/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The privacy keys: read once at start, never written to logs or Redis.
 */
#include <sys/random.h>

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/base16.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/sha2.h>

#include "base/file.h"
#include "base/keyhash.h"
#include "base/log.h"
#include "base/mem.h"

#define KEY_BYTES    32
#define KEY_HEX	     64
#define ID_BYTES     4
#define ID_HEX	     8
#define DIGEST_BYTES 16
#define LINE_SIZE    256
#define FILE_OCTETS  65536

struct key {
	char id[ID_HEX + 1];
	uint8_t bytes[KEY_BYTES];
};

struct keyhash {
	size_t n;
	struct key keys[KEYHASH_KEYS_MAX];
};

static int
complain(const char *file, const char *what)
{
	log_error("key_file", "file=%s error=\"%s\"", file, what);
	return -1;
}

/* A new name is only safe when its folder is on disk too. */
static int
sync_folder(const char *file)
{
	char *copy = xstrdup(file);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int status = fd == -1 ? -1 : fsync(fd);

	if (fd != -1)
		(void)close(fd);
	free(copy);
	return status;
}

/* Under another name first: whoever finds the file finds all of it, even
 * when two daemons start at once or the power fails. */
static int
make_file(const char *file, const char *text, size_t n)
{
	char *name = xasprintf("%s.%ld", file, (long)getpid());
	int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int status = -1;

	if (fd != -1 && write(fd, text, n) == (ssize_t)n && fsync(fd) == 0 &&
	    (link(name, file) == 0 || errno == EEXIST) &&
	    sync_folder(file) == 0)
		status = 0;
	if (status == -1)
		(void)complain(file, strerror(errno));
	if (fd != -1) {
		(void)close(fd);
		(void)unlink(name);
	}
	free(name);
	return status;
}

static int
make_key(const char *file)
{
	uint8_t key[KEY_BYTES];
	char hex[BASE16_ENCODE_LENGTH(KEY_BYTES) + 1];
	int status;

	if (getrandom(key, sizeof(key), 0) != (ssize_t)sizeof(key))
		return complain(file, "no random bytes");
	base16_encode_update(hex, sizeof(key), key);
	hex[sizeof(hex) - 1] = '\n';
	status = make_file(file, hex, sizeof(hex));
	explicit_bzero(key, sizeof(key));
	explicit_bzero(hex, sizeof(hex));
	if (status == 0)
		log_info("key_made", "file=%s", file);
	return status;
}

/* The id of a key. It may be shown, because it says nothing about the key's
 * bytes. */
static void
name_key(struct key *key)
{
	static const char label[] = "baotin key id";
	uint8_t digest[ID_BYTES];
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, sizeof(key->bytes), key->bytes);
	hmac_sha256_update(&hmac, sizeof(label), (const uint8_t *)label);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	base16_encode_update(key->id, sizeof(digest), digest);
	key->id[ID_HEX] = '\0';
}

static const struct key *
find_key(const struct keyhash *kh, const char *id)
{
	for (size_t i = 0; i < kh->n; i++)
		if (strncmp(kh->keys[i].id, id, ID_HEX) == 0)
			return &kh->keys[i];
	return NULL;
}

/* NULL, or what is wrong with the line. */
static const char *
add_line(struct keyhash *kh, const char *line)
{
	struct key *key = &kh->keys[kh->n];
	size_t length = strcspn(line, "\r\n \t"), n = KEY_BYTES;
	struct base16_decode_ctx ctx;

	if (length == 0 || line[0] == '#')
		return NULL;
	if (kh->n == KEYHASH_KEYS_MAX)
		return "too many keys";
	base16_decode_init(&ctx);
	if (length != KEY_HEX || !base16_decode_update(&ctx, &n, key->bytes,
	    length, line) || !base16_decode_final(&ctx) || n != KEY_BYTES)
		return "not a key: 64 hexadecimal digits are expected";
	name_key(key);
	if (find_key(kh, key->id) != NULL)
		return "the same key twice";
	kh->n++;
	return NULL;
}

static int
read_keys(struct keyhash *kh, const char *file)
{
	char text[LINE_SIZE];
	const char *fault;
	size_t n;
	char *data = file_read(file, FILE_OCTETS, &n, &fault), *line = data;
	int number = 0;

	if (data == NULL)
		return complain(file, fault);
	fault = memchr(data, '\0', n) != NULL ? "not a text" : NULL;
	while (fault == NULL && *line != '\0') {
		number++;
		fault = add_line(kh, line);
		line += strcspn(line, "\n");
		line += *line == '\n';
	}
	explicit_bzero(data, n);
	free(data);
	if (fault == NULL && kh->n == 0)
		fault = "no key: 64 hexadecimal digits are expected";
	if (fault == NULL)
		return 0;
	(void)snprintf(text, sizeof(text), "line %d: %s; put back the copy "
	    "that you keep", number, fault);
	return complain(file, text);
}

struct keyhash *
keyhash_open(const char *file)
{
	struct keyhash *kh;

	if (access(file, F_OK) == -1 && errno == ENOENT &&
	    make_key(file) == -1)
		return NULL;
	kh = xcalloc(1, sizeof(*kh));
	if (read_keys(kh, file) == -1) {
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
	explicit_bzero(kh, sizeof(*kh));
	free(kh);
}

static const char *
make(const struct key *key, const char *a, const char *b,
    char out[KEYHASH_SIZE])
{
	uint8_t digest[DIGEST_BYTES];
	struct hmac_sha256_ctx hmac;

	hmac_sha256_set_key(&hmac, sizeof(key->bytes), key->bytes);
	hmac_sha256_update(&hmac, strlen(a) + 1, (const uint8_t *)a);
	hmac_sha256_update(&hmac, strlen(b), (const uint8_t *)b);
	hmac_sha256_digest(&hmac, sizeof(digest), digest);
	memcpy(out, key->id, ID_HEX);
	out[ID_HEX] = ':';
	base16_encode_update(out + ID_HEX + 1, sizeof(digest), digest);
	out[KEYHASH_SIZE - 1] = '\0';
	return out;
}

const char *
keyhash_make(const struct keyhash *kh, const char *a, const char *b,
    char out[KEYHASH_SIZE])
{
	return make(&kh->keys[0], a, b, out);
}

size_t
keyhash_count(const struct keyhash *kh)
{
	return kh->n;
}

const char *
keyhash_id(const struct keyhash *kh, size_t i)
{
	return kh->keys[i].id;
}

const char *
keyhash_at(const struct keyhash *kh, size_t i, const char *a, const char *b,
    char out[KEYHASH_SIZE])
{
	return make(&kh->keys[i], a, b, out);
}

bool
keyhash_matches(const struct keyhash *kh, const char *stored, const char *a,
    const char *b)
{
	const struct key *key;
	char hash[KEYHASH_SIZE];

	if (strlen(stored) != KEYHASH_SIZE - 1 ||
	    (key = find_key(kh, stored)) == NULL)
		return false;
	make(key, a, b, hash);
	return memeql_sec(hash, stored, KEYHASH_SIZE - 1) != 0;
}
