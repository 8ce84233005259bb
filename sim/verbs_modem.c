/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Control commands about one modem: faults, calls, radio, SIM, line.
 */
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "sim/centre.h"
#include "sim/fault.h"
#include "sim/modem.h"
#include "sim/verbs.h"

#define HOUR_MS	  3600000u
#define NOISE_MAX 1000000u
#define RING_MS	  3000

/* The fault's kind among the words; -1 after an error. */
static int
take_kind(struct words *words, struct reply *reply, struct fault *fault)
{
	unsigned cms = 0, cme = 0;

	if (verbs_value_number(words, reply, "cms", 65535, &cms) != 0 ||
	    verbs_value_number(words, reply, "cme", 65535, &cme) != 0)
		return -1;
	if (cms > 0) {
		fault->kind = FAULT_CMS;
		fault->code = (int)cms;
	} else if (cme > 0) {
		fault->kind = FAULT_CME;
		fault->code = (int)cme;
	}
	for (int kind = FAULT_ERROR; kind <= FAULT_SILENT_TAKEN; kind++) {
		if (words_flag(words, fault_kind_name((enum fault_kind)kind)))
			fault->kind = (enum fault_kind)kind;
	}
	if (fault->kind == FAULT_NONE)
		return reply_error(reply, "cms=N, cme=N, error, silent-prompt, "
		    "silent-lost or silent-taken is missing");
	return 0;
}

static int
run_fail(struct sim *sim, struct words *words, struct reply *reply)
{
	struct fault fault = {.kind = FAULT_NONE, .count = 1};
	const char *modem = words_next(words);
	const char *to = words_value(words, "to");
	const char *at = words_value(words, "at");

	if (modem == NULL ||
	    (strcmp(modem, "*") != 0 && sim_find_modem(sim, modem) == NULL))
		return reply_error(reply, "no modem is called \"%s\"",
		    modem != NULL ? modem : "");
	if (words_flag(words, "clear")) {
		fault_clear(sim->faults, modem);
		return 0;
	}
	(void)strncpy(fault.modem, modem, sizeof(fault.modem) - 1);
	if (take_kind(words, reply, &fault) != 0 ||
	    verbs_value_number(words, reply, "count", 1000000,
		&fault.count) != 0 ||
	    verbs_value_number(words, reply, "after", 1000000,
		&fault.after) != 0)
		return -1;
	if (words_flag(words, "forever"))
		fault.count = FAULT_FOREVER;
	if (at != NULL && strcmp(at, "prompt") != 0)
		return reply_error(reply, "at can only be \"prompt\"");
	fault.is_at_prompt = at != NULL || fault.kind == FAULT_SILENT_PROMPT;
	if (to != NULL && strlen(to) >= SIM_NUMBER_SIZE)
		return reply_error(reply, "to is too long");
	if (to != NULL && fault.is_at_prompt)
		return reply_error(reply, "before the prompt nobody knows the "
		    "phone: no to= here");
	if (fault.is_at_prompt && (fault.kind == FAULT_SILENT_LOST ||
	    fault.kind == FAULT_SILENT_TAKEN))
		return reply_error(reply, "silent-lost and silent-taken are "
		    "after Ctrl-Z: no at=prompt here");
	if (to != NULL)
		centre_normalise(to, fault.to);
	if (words_unused(words) != NULL)
		return reply_error(reply, "what is \"%s\"?",
		    words_unused(words));
	fault_add(sim->faults, &fault);
	return 0;
}

static int
run_call(struct sim *sim, struct words *words, struct reply *reply)
{
	unsigned rings = 3, every_ms = RING_MS;
	struct modem *modem;
	const char *from;

	if (verbs_take_modem(sim, words, reply, &modem) != 0 ||
	    verbs_value_number(words, reply, "rings", 1000, &rings) != 0 ||
	    verbs_value_number(words, reply, "every", HOUR_MS, &every_ms) != 0)
		return -1;
	from = words_next(words);
	if (from == NULL)
		return reply_error(reply, "the caller is missing");
	if (modem_ring(modem, strcmp(from, "withheld") == 0 ? NULL : from,
		rings, every_ms) != 0)
		return reply_error(reply, "%s is busy or off the network",
		    modem_name(modem));
	return 0;
}

static int
run_ussd(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	const char *text;
	unsigned asks = 0, keeps = 0;

	if (verbs_value_number(words, reply, "ask", 1, &asks) != 0 ||
	    verbs_value_number(words, reply, "keep", 1, &keeps) != 0 ||
	    verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	text = words_next_text(words);
	if (text == NULL)
		return reply_error(reply, "the text is missing");
	if (modem_ussd(modem, text, asks == 1, keeps == 1) != 0)
		return reply_error(reply, "%s is off the network or nobody "
		    "has set AT+CUSD=1", modem_name(modem));
	return 0;
}

static int
run_net(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *name = words_next(words);
	unsigned latency_ms = UINT_MAX, jitter_ms = UINT_MAX;
	bool is_found = false;
	struct modem *modem;

	if (verbs_value_number(words, reply, "latency", HOUR_MS,
		&latency_ms) != 0 ||
	    verbs_value_number(words, reply, "jitter", HOUR_MS,
		&jitter_ms) != 0)
		return -1;
	for (modem = modem_next(sim, NULL); name != NULL && modem != NULL;
	    modem = modem_next(sim, modem)) {
		struct modem_view view;

		if (strcmp(name, "*") != 0 &&
		    strcmp(modem_name(modem), name) != 0)
			continue;
		is_found = true;
		modem_look(modem, &view);
		modem_set_latency(modem,
		    latency_ms != UINT_MAX ? latency_ms
					   : view.config->latency_ms,
		    jitter_ms != UINT_MAX ? jitter_ms
					  : view.config->jitter_ms);
	}
	return is_found ? 0
			: reply_error(reply, "no modem is called \"%s\"",
			      name != NULL ? name : "");
}

static int
run_reg(struct sim *sim, struct words *words, struct reply *reply)
{
	enum registration registration;
	struct modem *modem;
	const char *word;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	word = words_next(words);
	if (word == NULL || registration_parse(word, &registration) != 0)
		return reply_error(reply, "home, roaming, denied, searching "
		    "or none is missing");
	modem_set_registration(modem, registration);
	return 0;
}

static int
run_csq(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	unsigned csq;

	if (verbs_take_modem(sim, words, reply, &modem) != 0 ||
	    verbs_take_number(words, reply, "the signal", 99, &csq) != 0)
		return -1;
	if (csq > 31 && csq != 99)
		return reply_error(reply, "the signal is 0 to 31, or 99");
	modem_set_signal(modem, csq);
	return 0;
}

static int
run_pin(struct sim *sim, struct words *words, struct reply *reply)
{
	enum sim_state state;
	struct modem *modem;
	const char *word;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	word = words_next(words);
	if (word == NULL || sim_state_parse(word, &state) != 0)
		return reply_error(reply, "ready, pin, puk or absent is "
		    "missing");
	modem_set_sim_state(modem, state);
	return 0;
}

static int
run_tries(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	unsigned tries;

	if (verbs_take_modem(sim, words, reply, &modem) != 0 ||
	    verbs_take_number(words, reply, "the tries left", 3, &tries) != 0)
		return -1;
	if (tries == 0)
		return reply_error(reply, "with none left the SIM asks for "
		    "its PUK: pin MODEM puk");
	modem_set_pin_tries(modem, tries);
	return 0;
}

static int
run_cpin(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	const char *word;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	word = words_next_text(words);
	if (word == NULL || modem_set_cpin(modem, strcmp(word, "off") == 0
	    ? "" : word) != 0)
		return reply_error(reply, "\"off\" or the word is missing, or "
		    "too long, as \"NOT READY\"");
	return 0;
}

static int
run_simfull(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	bool is_on;

	if (verbs_take_modem(sim, words, reply, &modem) != 0 ||
	    verbs_take_switch(words, reply, &is_on) != 0)
		return -1;
	modem_set_full(modem, is_on);
	return 0;
}

static int
run_simkeep(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	bool is_on;

	if (verbs_take_modem(sim, words, reply, &modem) != 0 ||
	    verbs_take_switch(words, reply, &is_on) != 0)
		return -1;
	modem_set_keeps(modem, is_on);
	return 0;
}

static int
run_hangup(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	modem_unplug(modem);
	return 0;
}

static int
run_plug(struct sim *sim, struct words *words, struct reply *reply)
{
	const char *link = words_value(words, "name");
	struct modem *modem;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	if (link != NULL && (link[0] == '\0' || strchr(link, '/') != NULL ||
	    link[0] == '.' || strlen(link) >= SIM_NAME_SIZE))
		return reply_error(reply, "\"%s\" can't be a name here", link);
	if (modem_plug(modem, link) != 0)
		return reply_error(reply, "%s is plugged in, or there is no "
		    "terminal for it", modem_name(modem));
	return 0;
}

static int
run_noise(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	unsigned n = 0;

	if (verbs_value_number(words, reply, "line", NOISE_MAX, &n) != 0 ||
	    verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	if (n > 0) {
		modem_long_line(modem, n);
		return 0;
	}
	if (verbs_take_number(words, reply, "the number of bytes", NOISE_MAX,
		&n) != 0)
		return -1;
	modem_noise(modem, n);
	return 0;
}

static int
run_chatter(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	unsigned every_ms = 0;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	if (!words_flag(words, "off") &&
	    verbs_take_number(words, reply, "the time in ms", HOUR_MS,
		&every_ms) != 0)
		return -1;
	modem_chatter(modem, every_ms);
	return 0;
}

static int
run_mr(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;
	bool is_overwrite;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	is_overwrite = words_flag(words, "overwrite");
	if (!is_overwrite && !words_flag(words, "keep"))
		return reply_error(reply, "\"keep\" or \"overwrite\" is "
		    "missing");
	modem_set_overwrites_mr(modem, is_overwrite);
	return 0;
}

static int
run_restart(struct sim *sim, struct words *words, struct reply *reply)
{
	struct modem *modem;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	modem_restart(modem);
	return 0;
}

static int
run_refuse(struct sim *sim, struct words *words, struct reply *reply)
{
	char patterns[400] = "";
	struct modem *modem;
	const char *word;
	size_t n = 0;

	if (verbs_take_modem(sim, words, reply, &modem) != 0)
		return -1;
	while ((word = words_next_text(words)) != NULL && n < sizeof(patterns))
		n += (size_t)snprintf(patterns + n, sizeof(patterns) - n,
		    "%s%s", n > 0 ? " " : "", word);
	if (n == 0)
		return reply_error(reply, "\"off\" or the commands are "
		    "missing, as +CLIP=*");
	if (n >= sizeof(patterns) || modem_refuse(modem,
	    strcmp(patterns, "off") == 0 ? "" : patterns) != 0)
		return reply_error(reply, "these are too many");
	return 0;
}

static void
count_command(const char *command, uint64_t n, void *arg)
{
	(void)json_object_set_new(arg, command, json_integer((json_int_t)n));
}

static json_t *
describe(const struct modem *modem)
{
	json_t *commands = json_object();
	struct modem_view v;

	modem_look(modem, &v);
	modem_each_command(modem, count_command, commands);
	return json_pack("{ss ss ss ss ss ss sb sb sb ss ss si si sb ss si si "
	    "si sI sI sI sI sI ss so ss s[iiiii] ss}",
	    "name", v.name, "link", v.link, "number", v.config->number,
	    "imei", v.config->imei, "imsi", v.config->imsi,
	    "iccid", v.config->iccid, "plugged", v.is_plugged,
	    "open", v.is_open, "reachable", v.can_reach,
	    "registration", registration_name(v.registration),
	    "sim", sim_state_name(v.sim_state),
	    "pin_tries", v.pin_tries, "csq", v.csq, "full", v.is_full,
	    "mr", v.overwrites_mr ? "overwrite" : "keep",
	    "stored", v.stored, "waiting", v.waiting, "cmms", v.cmms,
	    "commands", (json_int_t)v.commands,
	    "unknown", (json_int_t)v.unknown, "sent", (json_int_t)v.sent,
	    "failed", (json_int_t)v.failed,
	    "received", (json_int_t)v.received, "ussd_reply", v.ussd_reply,
	    "at", commands, "like", v.config->brand->name, "cnmi", v.cnmi[0],
	    v.cnmi[1], v.cnmi[2], v.cnmi[3], v.cnmi[4],
	    "cscs", v.cscs);
}

static int
run_modems(struct sim *sim, struct words *words, struct reply *reply)
{
	json_t *list = json_array();
	const struct modem *modem = NULL;

	(void)words;
	while ((modem = modem_next(sim, modem)) != NULL)
		(void)json_array_append_new(list, describe(modem));
	return json_object_set_new(reply->object, "modems", list);
}

const struct verb *
verbs_modem_table(void)
{
	static const struct verb table[] = {
	    {"fail", "MODEM|* [to=PHONE] cms=N|cme=N|error|silent-prompt|"
		"silent-lost|silent-taken [at=prompt] [count=N|forever] "
		"[after=N]",
		"The next submits fail (one, when no count is given), after N "
		"that go well.", run_fail},
	    {"fail", "MODEM|* clear", "No more faults.", run_fail},
	    {"call", "MODEM FROM|withheld [rings=N] [every=MS]",
		"A call comes in and gives up after its rings.", run_call},
	    {"ussd", "MODEM TEXT [ask=1 [keep=1]]",
		"The network begins a USSD session, or only shows a text; it "
		"keeps the session after the answer, for the next of these.",
		run_ussd},
	    {"net", "MODEM|* [latency=MS] [jitter=MS]",
		"How long the network takes from Ctrl-Z to its answer.",
		run_net},
	    {"reg", "MODEM home|roaming|denied|searching|none",
		"Registration.", run_reg},
	    {"csq", "MODEM N", "Signal, 0 to 31, or 99 for none.", run_csq},
	    {"pin", "MODEM ready|pin|puk|absent", "State of the SIM.",
		run_pin},
	    {"tries", "MODEM N", "Tries left for the SIM's PIN, 1 to 3.",
		run_tries},
	    {"cpin", "MODEM WORD|off", "What AT+CPIN? says instead of the "
		"SIM's state, as \"NOT READY\".", run_cpin},
	    {"simfull", "MODEM on|off", "Makes the message memory full.",
		run_simfull},
	    {"simkeep", "MODEM on|off", "Deleting a message does nothing.",
		run_simkeep},
	    {"hangup", "MODEM", "Unplugs it.", run_hangup},
	    {"plug", "MODEM [name=LINK]",
		"Plugs it in again, under another name if wanted.", run_plug},
	    {"noise", "MODEM BYTES|line=N",
		"Random bytes, or one line of N characters.", run_noise},
	    {"chatter", "MODEM MS|off", "An unsolicited line every MS.",
		run_chatter},
	    {"mr", "MODEM keep|overwrite",
		"Whether the modem keeps the TP-MR of a submit.", run_mr},
	    {"restart", "MODEM", "It restarts by itself: the terminal stays, "
		"settings and PIN are forgotten.", run_restart},
	    {"refuse", "MODEM PATTERN...|off", "Answers these commands with "
		"ERROR, as \"+CNMI=2,*\" or \"+CLIP=*\".", run_refuse},
	    {"modems", "", "All modems with state and counters.", run_modems},
	    {NULL, NULL, NULL, NULL},
	};

	return table;
}
