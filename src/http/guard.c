/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Tokens are compared as SHA-256: equal lengths whatever is sent, and every
 * one of them each time.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include <nettle/memops.h>
#include <nettle/sha2.h>

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "http/guard.h"

#define TOKEN_SIZE  512
#define TOKEN_SHORT 16 /* characters: fewer can be guessed */

struct net {
	int family;
	uint8_t address[sizeof(struct in6_addr)];
	unsigned bits;
};

struct http_guard {
	uint8_t (*tokens)[SHA256_DIGEST_SIZE];
	size_t n_tokens;
	struct net *nets;
	size_t n_nets;
};

static void
hash(const char *token, uint8_t out[SHA256_DIGEST_SIZE])
{
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, strlen(token), (const uint8_t *)token);
	sha256_digest(&ctx, SHA256_DIGEST_SIZE, out);
}

static int
add_token(struct http_guard *guard, const char *file, const char *key)
{
	char token[TOKEN_SIZE];

	if (conf_read_secret(file, token, sizeof(token)) != 0) {
		log_error("http_token", "key=%s file=%s error=unusable", key,
		    file);
		return -1;
	}
	if (strlen(token) < TOKEN_SHORT)
		log_warning("http_token_short", "file=%s advice=\"use at "
		    "least %d random characters\"", file, TOKEN_SHORT);
	guard->tokens = xreallocarray(guard->tokens, guard->n_tokens + 1,
	    sizeof(*guard->tokens));
	hash(token, guard->tokens[guard->n_tokens++]);
	explicit_bzero(token, sizeof(token));
	return 0;
}

/* "10.0.0.0/8" or an address alone; the configuration was checked. */
static void
add_net(struct http_guard *guard, const char *text)
{
	const char *slash = strchr(text, '/');
	char *host = xstrndup(text, slash != NULL ? (size_t)(slash - text)
						  : strlen(text));
	struct net net = {.family = strchr(host, ':') != NULL ? AF_INET6
							      : AF_INET};

	net.bits = net.family == AF_INET ? 32 : 128;
	if (slash != NULL)
		net.bits = (unsigned)atoi(slash + 1);
	if (inet_pton(net.family, host, net.address) == 1) {
		guard->nets = xreallocarray(guard->nets, guard->n_nets + 1,
		    sizeof(*guard->nets));
		guard->nets[guard->n_nets++] = net;
	}
	free(host);
}

struct http_guard *
http_guard_new(char *const *token_files, char *const *allow,
    const char *key)
{
	struct http_guard *guard = xcalloc(1, sizeof(*guard));

	for (char *const *file = token_files; *file != NULL; file++) {
		if (add_token(guard, *file, key) != 0) {
			http_guard_free(guard);
			return NULL;
		}
	}
	for (char *const *net = allow; *net != NULL; net++)
		add_net(guard, *net);
	return guard;
}

void
http_guard_free(struct http_guard *guard)
{
	if (guard == NULL)
		return;
	free(guard->tokens);
	free(guard->nets);
	free(guard);
}

bool
http_guard_is_open(const struct http_guard *guard)
{
	return guard->n_tokens == 0;
}

bool
http_guard_knows(const struct http_guard *guard, const char *token)
{
	uint8_t given[SHA256_DIGEST_SIZE];
	int found = 0;

	hash(token != NULL ? token : "", given);
	for (size_t i = 0; i < guard->n_tokens; i++)
		found |= memeql_sec(given, guard->tokens[i], sizeof(given));
	return found != 0 && token != NULL;
}

static bool
is_in(const struct net *net, int family, const uint8_t *address)
{
	unsigned whole = net->bits / 8, rest = net->bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	return net->family == family &&
	    memcmp(net->address, address, whole) == 0 &&
	    (rest == 0 ||
		((net->address[whole] ^ address[whole]) & mask) == 0);
}

bool
http_guard_allows(const struct http_guard *guard, const struct sockaddr *from)
{
	const void *any = from;
	const uint8_t *address;
	int family = from->sa_family;

	if (family == AF_INET) {
		const struct sockaddr_in *in = any;

		address = (const uint8_t *)&in->sin_addr;
	} else if (family == AF_INET6) {
		const struct sockaddr_in6 *in6 = any;

		address = in6->sin6_addr.s6_addr;
		if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
			family = AF_INET;
			address += 12;
		}
	} else {
		return false;
	}
	for (size_t i = 0; i < guard->n_nets; i++)
		if (is_in(&guard->nets[i], family, address))
			return true;
	return false;
}
