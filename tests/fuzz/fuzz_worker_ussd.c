/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: what a modem writes behind +CUSD. The first octet is the dcs
 * of a text that is decoded as it is, as the hexadecimal of its octets, and
 * in whole lines; whatever it was, the daemon gets UTF-8, and once a line.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "base/log.h"
#include "base/mem.h"
#include "ipc/proto.h"
#include "worker/worker.h"

#define TEXT_MOST 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
void __wrap_link_put(struct link *, const struct proto *);

static unsigned n_told;

static void
check_text(const char *text, size_t most)
{
	size_t n = strlen(text);

	assert(u8_check((const uint8_t *)text, n) == NULL);
	assert(n <= most);
}

void
__wrap_link_put(struct link *link, const struct proto *p)
{
	(void)link;
	assert(p->type == PROTO_TYPE_USSD);
	assert(p->ussd.status <= 5);
	check_text(p->ussd.text, 3 * TEXT_MOST);
	n_told++;
}

static void
decode(const char *text, int dcs)
{
	char *out = ussd_decode(text, dcs, false);

	/* Of one septet or octet at most three. */
	check_text(out, 3 * strlen(text));
	free(out);
}

static char *
to_hex(const uint8_t *data, size_t n)
{
	char *hex = xcalloc(1, 2 * n + 1);

	for (size_t i = 0; i < n; i++)
		(void)snprintf(hex + 2 * i, 3, "%02X", data[i]);
	return hex;
}

static void
try_line(const char *before, const char *text, const char *behind)
{
	static const struct proto_config config = {
		.modem = (char *)(uintptr_t)"modem1",
	};
	struct worker w;
	unsigned told = n_told;
	char *line = xasprintf("+CUSD:%s%s%s", before, text, behind);

	memset(&w, 0, sizeof(w));
	w.config = &config;
	ussd_stray(&w, line);
	assert(n_told == told + 1);
	free(line);
}

static void
try_lines(const char *text, int dcs)
{
	char behind[16];

	(void)snprintf(behind, sizeof(behind), "\",%d", dcs);
	try_line(" 1,\"", text, behind);
	try_line(" 0,\"", text, "\"");
	try_line(" 2,\"", text, "");
	try_line("", text, "");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static bool is_ready;
	char *text, *hex;
	int dcs;

	if (n < 1 || n > TEXT_MOST / 2)
		return 0;
	if (!is_ready) {
		(void)log_init("fuzz_worker_ussd", "stderr", "error");
		is_ready = true;
	}
	dcs = *data++;
	text = xstrndup((const char *)data, --n);
	hex = to_hex(data, n);
	decode(text, dcs);
	decode(hex, dcs);
	try_lines(text, dcs);
	try_lines(hex, dcs);
	free(text);
	free(hex);
	return 0;
}
