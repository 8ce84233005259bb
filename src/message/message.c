/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Makes ids and names, and sets a message's text.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nettle/sha2.h>

#include "message/message.h"

static const char *const priorities[] = {
#define X(id, name) [PRIORITY_##id] = name,
	PRIORITIES(X)
#undef X
};

const char *
priority_name(enum priority priority)
{
	return priorities[priority];
}

int
priority_parse(const char *text, enum priority *out)
{
	for (enum priority p = PRIORITY_HIGH; p <= PRIORITY_LOW; p++)
		if (strcmp(text, priorities[p]) == 0) {
			*out = p;
			return 0;
		}
	return -1;
}

void
change_clear(struct change *change)
{
	free(change->agency);
	free(change->collect_at);
	free(change->due);
	free(change->fee);
	free(change->parcel);
	free(change->lang);
	free(change->id4_hash);
	free(change->secret_hash);
	memset(change, 0, sizeof(*change));
}

void
message_clear(struct message *message)
{
	for (size_t i = 0; i < message->n_variants; i++)
		free(message->variants[i].text);
	free(message->text);
	memset(message, 0, sizeof(*message));
}

int
message_set_text(struct message *message, char *text)
{
	message->text = text;
	return text == NULL ? -1 : segments_measure(text, &message->coding,
	    &message->segments);
}

void
message_id_make(const char *key, char out[MESSAGE_ID_SIZE])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, strlen(key), (const uint8_t *)key);
	sha256_digest(&sha, sizeof(digest), digest);
	for (int i = 0; i < (MESSAGE_ID_SIZE - 1) / 2; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", digest[i]);
}
