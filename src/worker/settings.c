/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Sets the modem up, row by row.
 */
#include <ctype.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/settings.h"
#include "worker/worker.h"

#define COMMAND_MS  10000
#define CLIP_MS	    20000	/* Quectel's manuals give it 18 s */
#define ASK_MS	    2500
#define LEAVE_MS    2500
#define SIM_TRIES   10		/* while the SIM is still being read */
#define SIM_RETRY_MS 1000

#define CNMI_VALUES 12

struct setting_row {
	const char *name, *command;
	/* The wanted values, the best first; ends with NULL. */
	const char *values[CNMI_VALUES + 1];
	unsigned lack;		/* what the modem lacks when it refuses all */
	int64_t ms;
	bool needs_sim;		/* may fail while the SIM is being read */
	bool is_optional;	/* a refusal does no harm: not logged */
	bool is_kept;		/* only the modem itself may change it */
};

static const struct setting_row rows[N_SETTINGS] = {
#define X(id, n, c) [SETTING_##id].name = (n), [SETTING_##id].command = (c),
	SETTINGS(X)
#undef X
	[SETTING_CMEE].values = {"1"},
	[SETTING_CMEE].ms = COMMAND_MS,
	[SETTING_CMEE].is_optional = true,
	[SETTING_CMEE].is_kept = true,
	/* PDU mode (3GPP TS 27.005 §3.2.3) */
	[SETTING_CMGF].values = {"0"},
	[SETTING_CMGF].ms = COMMAND_MS,
	[SETTING_CMGF].needs_sim = true,
	[SETTING_CMGF].is_kept = true,
	/* With AT+CSMS=1 each +CDS would need an AT+CNMA (§3.4.4). */
	[SETTING_CSMS].values = {"0"},
	[SETTING_CSMS].ms = COMMAND_MS,
	[SETTING_CSMS].is_optional = true,
	/* First of all: then the modem's texts can be read as they are. */
	[SETTING_CSCS].values = {"\"GSM\"", "\"IRA\"", "\"UCS2\""},
	[SETTING_CSCS].ms = COMMAND_MS,
	[SETTING_CSCS].is_kept = true,
	/* New texts go to the third memory; libgammu reads SM and ME. */
	[SETTING_CPMS].values = {
		"\"SM\",\"SM\",\"SM\"", "\"ME\",\"ME\",\"ME\"",
		"\"MT\",\"MT\",\"MT\"", "\"SM\"", "\"ME\"",
	},
	[SETTING_CPMS].ms = COMMAND_MS,
	[SETTING_CPMS].needs_sim = true,
	[SETTING_CPMS].lack = LACK_MEMORIES,
	/* mode, mt, bm, ds, bfr. In this order: reports at once, reports
	 * stored, no reports. Some modems take only one value of bfr. */
	[SETTING_CNMI].values = {
		"2,1,0,1,0", "2,1,0,1,1", "1,1,0,1,0", "1,1,0,1,1",
		"2,1,0,2,0", "2,1,0,2,1", "1,1,0,2,0", "1,1,0,2,1",
		"2,1,0,0,0", "2,1,0,0,1", "1,1,0,0,0", "1,1,0,0,1",
	},
	[SETTING_CNMI].ms = COMMAND_MS,
	[SETTING_CNMI].needs_sim = true,
	[SETTING_CNMI].is_kept = true,
	[SETTING_CNMI].lack = LACK_REPORTS | LACK_NEWS,
	/* Keeps the radio link open between two segments. */
	[SETTING_CMMS].values = {"2", "1"},
	[SETTING_CMMS].ms = COMMAND_MS,
	[SETTING_CMMS].is_optional = true,
	/* Not read back: AT+CLIP? asks the network (27.007 §7.6), which takes
	 * seconds. Each round sets it again instead (worker/restart.c). */
	[SETTING_CLIP].values = {"1"},
	[SETTING_CLIP].ms = CLIP_MS,
	[SETTING_CUSD].values = {"1"},
	[SETTING_CUSD].ms = COMMAND_MS,
	[SETTING_CUSD].lack = LACK_USSD,
};

static enum at_verdict
tell_modem(struct worker *w, const struct setting_row *row, const char *value,
    struct at_reply *reply)
{
	char command[64], prefix[16];

	(void)snprintf(prefix, sizeof(prefix), "%s:", row->command);
	(void)snprintf(command, sizeof(command), "AT%s=%s", row->command,
	    value);
	return at_command(&w->at, command, prefix, row->ms, reply);
}

/* Returns false when the modem is silent or gone: then the worker has
 * failed. */
static bool
is_alive(struct worker *w, enum at_verdict verdict, const char *name)
{
	if (verdict != AT_SILENT && verdict != AT_GONE)
		return true;
	log_error("modem_silent", "modem=%s setting=%s", w->config->modem,
	    name);
	worker_fail(w, verdict == AT_GONE ? "gone" : "timeout");
	return false;
}

/* The SIM is the reason, not the value (27.007 §9.2, 27.005 §3.2.5): the SIM is
 * busy or not read yet. */
static bool
is_sim_busy(enum at_verdict verdict, const struct at_reply *reply)
{
	return verdict == AT_CODE && (reply->code == 14 ||
	    reply->code == 314 || reply->code == 512 || reply->code == 515);
}

/* Returns 1 when the modem took the value, 0 when it refused, -1 when the
 * worker has failed. */
static int
try_value(struct worker *w, const struct setting_row *row, const char *value)
{
	struct at_reply reply;
	enum at_verdict verdict;

	for (int i = 0; ; i++) {
		verdict = tell_modem(w, row, value, &reply);
		if (!is_alive(w, verdict, row->name))
			return -1;
		if (!row->needs_sim || i == SIM_TRIES ||
		    !is_sim_busy(verdict, &reply) || !w->is_wanted(w))
			break;
		(void)poll(NULL, 0, SIM_RETRY_MS);
	}
	return verdict == AT_OK ? 1 : 0;
}

/* Copies the first line, without quotes and blanks. */
static void
plain(const char *text, char *out, size_t size)
{
	size_t n = 0;

	for (; *text != '\0' && *text != '\n' && n + 1 < size; text++)
		if (*text != '"' && !isspace((unsigned char)*text))
			out[n++] = *text;
	out[n] = '\0';
}

/* Returns 1 when the value is as it was set, 0 when it is not or can't be read,
 * -1 when the worker has failed. */
static int
read_back(struct worker *w, enum setting id)
{
	const struct setting_row *row = &rows[id];
	const char *taken = w->settings.taken[id], *text;
	char command[32], prefix[16], said[128];
	struct at_reply reply;
	enum at_verdict verdict;

	(void)snprintf(command, sizeof(command), "AT%s?", row->command);
	(void)snprintf(prefix, sizeof(prefix), "%s:", row->command);
	verdict = at_command(&w->at, command, prefix, ASK_MS, &reply);
	if (!is_alive(w, verdict, row->name))
		return -1;
	if (verdict != AT_OK || reply.text[0] == '\0')
		return 0;
	text = strchr(reply.text, ':');
	plain(text != NULL ? text + 1 : reply.text, said, sizeof(said));
	/* "+CLIP: 1,1" says more than was set. */
	return strncmp(said, taken, strlen(taken)) == 0 &&
	    (said[strlen(taken)] == '\0' || said[strlen(taken)] == ',');
}

/* Sets the first value of the row that the modem takes. */
static int
set_row(struct worker *w, enum setting id)
{
	const struct setting_row *row = &rows[id];
	struct settings *s = &w->settings;
	int rc;

	for (const char *const *v = row->values; *v != NULL; v++) {
		if ((rc = try_value(w, row, *v)) == -1)
			return -1;
		if (rc == 0)
			continue;
		plain(*v, s->taken[id], sizeof(s->taken[id]));
		s->value[id] = *v;
		if (row->is_kept && (rc = read_back(w, id)) == -1)
			return -1;
		s->is_readable[id] = row->is_kept && rc == 1;
		return 0;
	}
	s->is_refused[id] = true;
	s->lacks |= row->lack;
	if (!row->is_optional)
		log_warning("setting_refused", "modem=%s setting=%s",
		    w->config->modem, row->name);
	return 0;
}

static bool
is_wanted(const struct worker *w, enum setting id)
{
	return id != SETTING_CLIP || w->config->missed_calls;
}

/* <ds>, the fourth value (27.005 §3.4.1). */
static char
report_mode(const struct worker *w)
{
	const char *cnmi = w->settings.taken[SETTING_CNMI];

	return cnmi[0] != '\0' ? cnmi[strlen("2,1,0,")] : '0';
}

bool
settings_stores_reports(const struct worker *w)
{
	return report_mode(w) == '2';
}

/* How the caller is found: by +CLIP, or by AT+CLCC while the phone rings
 * (27.007 §7.18). */
static int
look_at_calls(struct worker *w)
{
	struct settings *s = &w->settings;
	struct at_reply reply;
	enum at_verdict verdict;

	if (!w->config->missed_calls)
		return 0;
	verdict = at_command(&w->at, "AT+CLCC", "+CLCC:", COMMAND_MS, &reply);
	if (!is_alive(w, verdict, "clcc"))
		return -1;
	s->has_clcc = verdict == AT_OK;
	if (!s->has_clcc && s->is_refused[SETTING_CLIP])
		s->lacks |= LACK_CALLS;
	return 0;
}

/* --- to the daemon ------------------------------------------------------- */

char *
settings_text(const struct settings *s)
{
	char *out = xstrdup(""), *more;

	for (unsigned i = 0; i < N_SETTINGS; i++) {
		if (s->taken[i][0] == '\0' && !s->is_refused[i])
			continue;
		more = xasprintf("%s%s%s=%s", out, *out != '\0' ? " " : "",
		    rows[i].name, s->is_refused[i] ? "refused" : s->taken[i]);
		free(out);
		out = more;
	}
	return out;
}

char *
settings_lacks_text(const struct settings *s)
{
	static const char *const words[] = {
#define X(id, word) word,
		LACKS(X)
#undef X
	};
	char *out = xstrdup(""), *more;

	for (unsigned i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if ((s->lacks & 1U << i) == 0)
			continue;
		more = xasprintf("%s%s%s", out, *out != '\0' ? " " : "",
		    words[i]);
		free(out);
		out = more;
	}
	return out;
}

static void
tell_settings(struct worker *w)
{
	struct settings *s = &w->settings;
	struct proto p = {.type = PROTO_TYPE_SETTINGS};

	s->told = s->lacks + 1;
	p.settings.taken = settings_text(s);
	p.settings.lacks = settings_lacks_text(s);
	log_info("modem_settings", "modem=%s %s lacks=\"%s\"",
	    w->config->modem, p.settings.taken, p.settings.lacks);
	link_put(&w->link, &p);
	proto_clear(&p);
}

void
settings_lack(struct worker *w, unsigned lack, bool is_lacking)
{
	struct settings *s = &w->settings;

	s->lacks = is_lacking ? s->lacks | lack : s->lacks & ~lack;
	if (s->told != s->lacks + 1)
		tell_settings(w);
}

/* --- the session --------------------------------------------------------- */

int
settings_apply(struct worker *w)
{
	struct settings *s = &w->settings;

	memset(s, 0, sizeof(*s));
	for (unsigned i = 0; i < N_SETTINGS; i++)
		if (is_wanted(w, (enum setting)i) &&
		    set_row(w, (enum setting)i) == -1)
			return -1;
	if (s->is_refused[SETTING_CMGF]) {
		worker_fail(w, "no_pdu_mode");
		return -1;
	}
	if (report_mode(w) == '0' && w->config->status_reports)
		s->lacks |= LACK_REPORTS;
	if (!w->config->status_reports)
		s->lacks &= ~(unsigned)LACK_REPORTS;
	w->stored.must_poll = s->is_refused[SETTING_CNMI];
	if (look_at_calls(w) == -1)
		return -1;
	tell_settings(w);
	return 0;
}

int
settings_renew(struct worker *w, enum setting id)
{
	const char *value = w->settings.value[id];

	return value != NULL && try_value(w, &rows[id], value) == -1 ? -1 : 0;
}

const char *
settings_changed(struct worker *w)
{
	for (unsigned i = 0; i < N_SETTINGS; i++) {
		int rc;

		if (!w->settings.is_readable[i])
			continue;
		if ((rc = read_back(w, (enum setting)i)) == -1)
			return NULL;
		if (rc == 0)
			return rows[i].name;
	}
	return NULL;
}

void
settings_leave(struct worker *w)
{
	struct setting_row row = rows[SETTING_CNMI];
	char value[SETTING_SIZE];
	struct at_reply reply;

	if (!w->config->status_reports || report_mode(w) != '1')
		return;
	(void)snprintf(value, sizeof(value), "%s",
	    w->settings.taken[SETTING_CNMI]);
	value[strlen("2,1,0,")] = '2';
	row.ms = LEAVE_MS;
	if (tell_modem(w, &row, value, &reply) != AT_OK)
		log_info("modem_leave", "modem=%s text=\"it stores no "
		    "reports meanwhile\"", w->config->modem);
}
