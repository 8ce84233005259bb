/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Asks one port after the other.
 */
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "worker/at.h"
#include "worker/card.h"
#include "worker/ear.h"
#include "worker/run.h"
#include "worker/search.h"
#include "worker/tty.h"
#include "worker/worker.h"

#define ASK_MS	 500
#define IMEI_MIN 14

static void
ignore_stray(const char *line, void *arg)
{
	(void)line, (void)arg;
}

static bool
is_pattern(const char *device)
{
	return strcmp(device, "auto") == 0 || strpbrk(device, "*?[") != NULL;
}

bool
search_is_wanted(const struct worker *w)
{
	const struct proto_config *c = w->config;

	return c->imei[0] != '\0' && (is_pattern(c->device) ||
	    access(c->device, F_OK) == -1);
}

/* Does the modem behind this port have the IMEI? */
static bool
is_it(const struct worker *w, int fd)
{
	struct at_reply reply;
	char imei[32];
	struct at at;

	at_init(&at, fd, ignore_stray, NULL);
	if (ear_write(fd, "\x1b", 1) == -1)
		return false;
	at_discard(&at, 20);
	/* Ask twice: earlier input on the line may spoil the first command. */
	for (int i = 0; i < 2; i++)
		if (at_command(&at, "ATV1", "AT", ASK_MS, &reply) == AT_OK)
			break;
	if (at_command(&at, "AT+CGSN", "+CGSN", ASK_MS, &reply) != AT_OK)
		return false;
	return card_digits(&reply, IMEI_MIN, imei, sizeof(imei)) &&
	    strcmp(imei, w->config->imei) == 0;
}

static bool
try_port(struct worker *w, const char *port)
{
	int fd = tty_try(port);
	bool found = fd != -1 && is_it(w, fd);

	tty_close(fd);
	if (!found)
		return false;
	log_info("modem_located", "modem=%s device=%s", w->config->modem,
	    port);
	free(w->config_frame.config.device);
	w->config_frame.config.device = xstrdup(port);
	return true;
}

static bool
try_pattern(struct worker *w, const char *pattern)
{
	bool found = false;
	glob_t ports;

	if (glob(pattern, 0, NULL, &ports) != 0)
		return false;
	for (size_t i = 0; i < ports.gl_pathc && !found &&
	    worker_is_wanted(w); i++)
		found = try_port(w, ports.gl_pathv[i]);
	globfree(&ports);
	return found;
}

bool
search_device(struct worker *w)
{
	static const char *const usual[] = {"/dev/ttyUSB*", "/dev/ttyACM*"};
	const char *device = w->config->device;
	bool found = false;

	if (strcmp(device, "auto") != 0 && is_pattern(device))
		return try_pattern(w, device);
	for (size_t i = 0; i < sizeof(usual) / sizeof(*usual) && !found; i++)
		found = try_pattern(w, usual[i]);
	return found;
}
