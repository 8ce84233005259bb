/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds the function for a request's words: are they a command, are there
 * enough of them, may this client run it? A command that changes something
 * leaves a line in the log first.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <unistr.h>

#include "admin/cmd.h"
#include "admin/own.h"
#include "admin/view.h"
#include "base/log.h"
#include "base/metric.h"
#include "base/phone.h"
#include "conf/conf.h"
#include "dossier/code.h"

static command_function *const functions[] = {
#define FUNCTION_LOCAL(name)  NULL
#define FUNCTION_READ(name)   cmd_##name
#define FUNCTION_LOOK(name)   cmd_##name
#define FUNCTION_CHANGE(name) cmd_##name
#define C(name, words, arguments, least, most, right, line, more)             \
	[COMMAND_##name] = FUNCTION_##right(name),
	COMMANDS(C)
#undef C
};

/* Writes an argument as far as the log may show it. */
static void
audit_argument(const struct admin_request *req, size_t i, FILE *to)
{
	char kind[32], phone[PHONE_SIZE], mask[PHONE_SIZE];
	const char *arg = req->args[i];
	char code[64];

	(void)command_argument(req->command, i, kind, sizeof(kind));
	if (phone_normalise(request_conf(req)->gateway.country_code, arg,
	    phone) == PHONE_OK) {
		fprintf(to, " %s", phone_mask(phone, mask));
	} else if (req->command->right == COMMAND_LOOK &&
	    strncmp(kind, "CODE", 4) == 0) {
		fprintf(to, " %s", code_mask(arg, code, sizeof(code)));
	} else if (strcmp(kind, "NUMBER") == 0) {
		fprintf(to, " (no number)");
	} else if (req->command->id == COMMAND_ussd_try) {
		/* it may be digits of an ID */
		fprintf(to, " %.16s", strncmp(arg, "--", 2) == 0 ? arg
		    : "...");
	} else if (strcmp(kind, "TEXT") == 0 || strcmp(kind, "NOTE") == 0) {
		fprintf(to, " (%zu characters)",
		    u8_mbsnlen((const uint8_t *)arg, strlen(arg)));
	} else if (strcmp(kind, "field=value") == 0) {
		size_t n = strcspn(arg, "=");

		/* A misplaced name may be anything, such as a phone number. */
		if (view_is_event_field(arg, n))
			fprintf(to, " %.*s=", (int)n, arg);
		else
			fprintf(to, " (no field)");
	} else {
		fprintf(to, " %.64s", arg);
	}
}

static void
audit(const struct admin_request *req)
{
	char *text = NULL, quoted[512];
	size_t size;
	FILE *to = open_memstream(&text, &size);

	if (to == NULL)
		abort(); /* out of memory: base/mem.h's rule */
	fprintf(to, "%s", req->command->words);
	for (size_t i = 0; i < req->n_args; i++)
		audit_argument(req, i, to);
	if (req->rows != NULL)
		fprintf(to, " (%zu rows)", json_array_size(req->rows));
	(void)fclose(to);
	log_info("audit", "uid=%ld pid=%ld command=%s", (long)req->peer.uid,
	    (long)req->peer.pid, log_quote(text, quoted, sizeof(quoted)));
	free(text);
}

static void
refuse(const struct admin_request *req)
{
	log_warning("audit_refused", "uid=%ld pid=%ld command=\"%s\"",
	    (long)req->peer.uid, (long)req->peer.pid, req->command->words);
}

/* baotinctl asks for the rest of a long list; its start is in the log. */
static bool
is_next_page(const struct admin_request *req)
{
	for (size_t i = 0; i < req->n_args; i++)
		if (strcmp(req->args[i], "--after") == 0)
			return true;
	return false;
}

void
cmd_run(struct admin_request *req)
{
	char error[COMMAND_ERROR_SIZE];
	size_t used;

	metric_add(METRIC_CONTROL_REQUESTS, 1);
	req->command = command_find((const char *const *)req->words,
	    req->n_words, &used, error);
	if (req->command == NULL) {
		admin_fail(req, 2, "%s", error);
		return;
	}
	req->args = req->words + used;
	req->n_args = req->n_words - used;
	if (command_check(req->command, req->n_args, error) == -1) {
		admin_fail(req, 2, "%s", error);
		return;
	}
	if (!own_may_run(req)) {
		refuse(req);
		admin_fail(req, 1, "%s is not for this socket: it shows an "
		    "agency's own dossier, undelivered, report, why and "
		    "explain", req->command->words);
		return;
	}
	if ((req->rows != NULL) != (req->command->id == COMMAND_import ||
	    req->command->id == COMMAND_dry_run ||
	    req->command->id == COMMAND_pin)) {
		admin_fail(req, 2, "%s: %s", req->command->words,
		    req->rows != NULL ? "takes no rows"
		    : "its rows are missing");
		return;
	}
	switch (req->command->right) {
	case COMMAND_LOCAL:
		admin_fail(req, 2, "%s: baotinctl answers this by itself",
		    req->command->words);
		return;
	case COMMAND_READ:
		break;
	case COMMAND_LOOK:
		if (!is_next_page(req))
			audit(req);
		break;
	case COMMAND_CHANGE:
		if (!req->peer.may_change) {
			refuse(req);
			admin_fail(req, 1, "%s changes something: the status "
			    "socket is for reading only, use the control "
			    "socket", req->command->words);
			return;
		}
		audit(req);
		break;
	}
	functions[req->command->id](req);
}
