/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The memory of PIN tries: a file of lines "<word> <sim> <hash>". Lines are
 * only appended, each in one write, so that several workers can share the file.
 * For a SIM, the last line counts. The hash (SHA-256 over SIM and PIN) tells a
 * corrected PIN from the refused one. It does not protect the PIN: the file's
 * mode does.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <nettle/sha2.h>

#include "base/log.h"
#include "base/mem.h"
#include "worker/pin.h"

#define UNTOLD_TRIES 2	/* of three, when the SIM gives no number */
#define HASH_TEXT 33 /* of its 32 octets, 16 are enough */

struct sim_key {
	char sim[64];
	char hash[HASH_TEXT];
};

static void
make_key(struct sim_key *key, const char *iccid, const char *imei,
    const char *pin)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	(void)snprintf(key->sim, sizeof(key->sim), "%s:%s",
	    iccid[0] != '\0' ? "iccid" : "imei",
	    iccid[0] != '\0' ? iccid : imei);
	sha256_init(&ctx);
	sha256_update(&ctx, strlen(key->sim), (const uint8_t *)key->sim);
	sha256_update(&ctx, 1, (const uint8_t *)"\n");
	sha256_update(&ctx, strlen(pin), (const uint8_t *)pin);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (unsigned i = 0; i < (HASH_TEXT - 1) / 2; i++)
		(void)snprintf(key->hash + (size_t)2 * i, 3, "%02x",
		    digest[i]);
}

enum memory { MEMORY_NONE, MEMORY_SAME, MEMORY_OTHER, MEMORY_ERROR };

/* Was a try of this SIM remembered, and was it with this PIN? n_tried: the
 * tries since the SIM last accepted one. */
static enum memory
look_up(const char *file, const struct sim_key *key, unsigned *n_tried)
{
	char line[256], word[16], sim[64], hash[64];
	enum memory found = MEMORY_NONE;
	FILE *f = fopen(file, "re");

	*n_tried = 0;
	if (f == NULL && errno == ENOENT)
		return MEMORY_NONE;
	if (f == NULL) {
		log_error("pin_memory", "file=%s error=\"%s\"", file,
		    strerror(errno));
		return MEMORY_ERROR;
	}
	while (fgets(line, sizeof(line), f) != NULL) {
		if (sscanf(line, "%15s %63s %63s", word, sim, hash) != 3 ||
		    strcmp(sim, key->sim) != 0)
			continue;
		if (strcmp(word, "tried") != 0) {
			found = MEMORY_NONE;
			*n_tried = 0;
			continue;
		}
		(*n_tried)++;
		if (found != MEMORY_SAME)
			found = strcmp(hash, key->hash) == 0 ?
			    MEMORY_SAME : MEMORY_OTHER;
	}
	if (ferror(f))
		found = MEMORY_ERROR;
	(void)fclose(f);
	return found;
}

enum pin_advice
pin_ask(const char *file, const char *iccid, const char *imei,
    const char *pin, int tries_left, bool is_typed)
{
	struct sim_key key;
	unsigned n_tried;

	if (tries_left >= 0 && tries_left < 2)
		return PIN_TOO_FEW;
	if (pin[0] == '\0')
		return PIN_UNKNOWN;
	make_key(&key, iccid, imei, pin);
	switch (look_up(file, &key, &n_tried)) {
	case MEMORY_NONE:
		return PIN_TRY;
	case MEMORY_OTHER:
		return tries_left >= 2 || (is_typed && tries_left == -1 &&
		    n_tried < UNTOLD_TRIES) ? PIN_TRY : PIN_REFUSED;
	case MEMORY_SAME:
	case MEMORY_ERROR:
		break;
	}
	return PIN_REFUSED;
}

static int
note(const char *word, const char *file, const char *iccid, const char *imei,
    const char *pin)
{
	struct sim_key key;
	char *line;
	int fd, rc = -1;

	make_key(&key, iccid, imei, pin);
	line = xasprintf("%s %s %s\n", word, key.sim, key.hash);
	fd = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd != -1 &&
	    write(fd, line, strlen(line)) == (ssize_t)strlen(line) &&
	    fsync(fd) == 0)
		rc = 0;
	if (rc == -1)
		log_error("pin_memory", "file=%s error=\"%s\"", file,
		    strerror(errno));
	if (fd != -1)
		(void)close(fd);
	free(line);
	return rc;
}

int
pin_note_try(const char *file, const char *iccid, const char *imei,
    const char *pin)
{
	return note("tried", file, iccid, imei, pin);
}

void
pin_note_success(const char *file, const char *iccid, const char *imei,
    const char *pin)
{
	(void)note("took", file, iccid, imei, pin);
}
