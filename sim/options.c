/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Options: one row each, which parses and explains itself.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "sim/options.h"
#include "sim/words.h"

#define MODEMS_MAX 1024
#define SLOTS	   50
#define CSCA	   "+84980200030"
#define HOUR_MS	   3600000u

/* apply: the sentence that says what is wrong, or NULL. */
struct option_row {
	const char *name;
	const char *value; /* NULL: takes none */
	const char *help;
	const char *(*apply)(struct sim_options *, const char *value);
};

static int
copy_text(const char *text, char *out, size_t size)
{
	if (*text == '\0' || strlen(text) >= size)
		return -1;
	memset(out, 0, size);
	memcpy(out, text, strlen(text));
	return 0;
}

static int
copy_digits(const char *text, char *out, size_t size)
{
	const char *digits = *text == '+' ? text + 1 : text;

	if (*digits == '\0' || strspn(digits, "0123456789") != strlen(digits))
		return -1;
	return copy_text(text, out, size);
}

static int
parse_mr(const char *text, bool *overwrites)
{
	*overwrites = strcmp(text, "overwrite") == 0;
	return *overwrites || strcmp(text, "keep") == 0 ? 0 : -1;
}

/* One key=value of --modem; -1: no such key, or a bad value. */
static int
apply_modem_key(struct modem_config *m, const char *key, const char *value)
{
	if (strcmp(key, "number") == 0)
		return copy_digits(value, m->number, sizeof(m->number));
	if (strcmp(key, "imei") == 0)
		return copy_digits(value, m->imei, sizeof(m->imei));
	if (strcmp(key, "imsi") == 0)
		return copy_digits(value, m->imsi, sizeof(m->imsi));
	if (strcmp(key, "iccid") == 0)
		return copy_digits(value, m->iccid, sizeof(m->iccid));
	if (strcmp(key, "csca") == 0)
		return copy_digits(value, m->csca, sizeof(m->csca));
	if (strcmp(key, "pin") == 0)
		return copy_digits(value, m->pin, sizeof(m->pin));
	if (strcmp(key, "slots") == 0)
		return words_parse_number(value, 1000, &m->n_slots);
	if (strcmp(key, "latency") == 0)
		return words_parse_number(value, HOUR_MS, &m->latency_ms);
	if (strcmp(key, "jitter") == 0)
		return words_parse_number(value, HOUR_MS, &m->jitter_ms);
	if (strcmp(key, "mr") == 0)
		return parse_mr(value, &m->overwrites_mr);
	if (strcmp(key, "like") == 0)
		return (m->brand = brand_find(value)) != NULL ? 0 : -1;
	return -1;
}

static bool
is_good_name(const char *name)
{
	return *name != '\0' && *name != '.' && strchr(name, '/') == NULL &&
	    strcmp(name, "sim.sock") != 0 && strcmp(name, "texts.jsonl") != 0;
}

/* Values that were not given are marked here and filled by
 * options_modem(), when all options are known. */
#define NOT_GIVEN ((unsigned)-1)

static const char *
apply_modem(struct sim_options *options, const char *value)
{
	struct modem_config *modem;
	char *copy, *rest, *word;
	const char *error = NULL;

	if (options->n_named == MODEMS_MAX)
		return "there are too many";
	options->modems = xreallocarray(options->modems, options->n_named + 1,
	    sizeof(*options->modems));
	modem = &options->modems[options->n_named++];
	memset(modem, 0, sizeof(*modem));
	modem->n_slots = modem->latency_ms = modem->jitter_ms = NOT_GIVEN;
	modem->overwrites_mr = options->overwrites_mr;
	rest = copy = xstrdup(value);
	word = strsep(&rest, ",");
	if (!is_good_name(word) ||
	    copy_text(word, modem->name, sizeof(modem->name)) != 0)
		error = "it must begin with a name for the folder";
	for (unsigned i = 0; i + 1 < options->n_named; i++) {
		if (strcmp(options->modems[i].name, modem->name) == 0)
			error = "the name is taken";
	}
	while (error == NULL && (word = strsep(&rest, ",")) != NULL) {
		char *end = strchr(word, '=');

		if (end != NULL)
			*end++ = '\0';
		if (end == NULL || apply_modem_key(modem, word, end) != 0)
			error = "after the name come number, imei, imsi, "
			    "iccid, csca, pin (digits), slots, latency, "
			    "jitter (numbers), mr (keep, overwrite) or like "
			    "(see --like help), each as key=value";
	}
	free(copy);
	return error;
}

static const char *
apply_like(struct sim_options *options, const char *value)
{
	options->brand = brand_find(value);
	return options->brand != NULL ? NULL
	    : "no such brand; --like help lists them";
}

static const char *
apply_dir(struct sim_options *options, const char *value)
{
	return copy_text(value, options->dir, sizeof(options->dir)) == 0
	    ? NULL : "it is empty or too long";
}

static const char *
apply_texts(struct sim_options *options, const char *value)
{
	return copy_text(value, options->texts, sizeof(options->texts)) == 0
	    ? NULL : "it is empty or too long";
}

static const char *
apply_scenario(struct sim_options *options, const char *value)
{
	return copy_text(value, options->scenario,
		   sizeof(options->scenario)) == 0
	    ? NULL : "it is empty or too long";
}

static const char *
apply_ussd_url(struct sim_options *options, const char *value)
{
	return strncmp(value, "http://", 7) == 0 &&
		copy_text(value, options->ussd_url,
		    sizeof(options->ussd_url)) == 0
	    ? NULL : "it must be as http://127.0.0.1:8022/ussd";
}

static const char *
apply_ussd_token(struct sim_options *options, const char *value)
{
	return copy_text(value, options->ussd_token,
		   sizeof(options->ussd_token)) == 0
	    ? NULL : "it is empty or too long";
}

static const char *
apply_ussd_code(struct sim_options *options, const char *value)
{
	size_t n = strlen(value);

	return n >= 3 && value[0] == '*' && value[n - 1] == '#' &&
		strspn(value + 1, "0123456789") == n - 2 &&
		copy_text(value, options->ussd_code,
		    sizeof(options->ussd_code)) == 0
	    ? NULL : "it must be as *1022#";
}

static const char *
apply_modems(struct sim_options *options, const char *value)
{
	return words_parse_number(value, MODEMS_MAX, &options->n_modems) == 0 &&
		options->n_modems > 0
	    ? NULL : "it must be 1 to 1024";
}

static const char *
apply_latency(struct sim_options *options, const char *value)
{
	return words_parse_number(value, HOUR_MS, &options->latency_ms) == 0
	    ? NULL : "it must be 0 to 3600000 ms";
}

static const char *
apply_jitter(struct sim_options *options, const char *value)
{
	return words_parse_number(value, HOUR_MS, &options->jitter_ms) == 0
	    ? NULL : "it must be 0 to 3600000 ms";
}

static const char *
apply_report_delay(struct sim_options *options, const char *value)
{
	return words_parse_number(value, HOUR_MS,
	    &options->report_delay_ms) == 0 ? NULL
	    : "it must be 0 to 3600000 ms";
}

static const char *
apply_reports(struct sim_options *options, const char *value)
{
	options->wants_reports = strcmp(value, "on") == 0;
	return options->wants_reports || strcmp(value, "off") == 0
	    ? NULL : "it must be on or off";
}

static const char *
apply_mr(struct sim_options *options, const char *value)
{
	return parse_mr(value, &options->overwrites_mr) == 0
	    ? NULL : "it must be keep or overwrite";
}

static const char *
apply_seed(struct sim_options *options, const char *value)
{
	unsigned seed;

	if (words_parse_number(value, UINT32_MAX, &seed) != 0)
		return "it must be a number";
	options->seed = seed;
	return NULL;
}

static const char *
apply_quiet(struct sim_options *options, const char *value)
{
	(void)value;
	options->is_quiet = true;
	return NULL;
}

static const struct option_row rows[] = {
    {"dir", "DIR",
	"folder for the modems, sim.sock and texts.jsonl (default: a new one "
	"under $TMPDIR)", apply_dir},
    {"modems", "N", "number of modems, modem1 to modemN (default 1)",
	apply_modems},
    {"modem", "NAME[,KEY=VALUE]...",
	"a modem of its own: number, imei, imsi, iccid, csca, pin, slots, "
	"latency, jitter, mr, like; may be repeated", apply_modem},
    {"like", "NAME", "what the modems are like (see below)", apply_like},
    {"latency", "MS", "the network's time from Ctrl-Z to answer (default 50)",
	apply_latency},
    {"jitter", "MS", "up to so much more, at random (default 0)",
	apply_jitter},
    {"report-delay", "MS", "from delivery to status report (default 100)",
	apply_report_delay},
    {"reports", "on|off", "whether the centre makes status reports "
	"(default on)", apply_reports},
    {"mr", "keep|overwrite", "whether modems keep the TP-MR of a submit "
	"(default keep)", apply_mr},
    {"seed", "N", "for all that is random (default 1)", apply_seed},
    {"scenario", "FILE", "commands with their times (\"SECONDS COMMAND...\")",
	apply_scenario},
    {"texts", "FILE", "instead of DIR/texts.jsonl", apply_texts},
    {"ussd-url", "URL", "the application behind the service code, asked in "
	"the form of Africa's Talking", apply_ussd_url},
    {"ussd-token", "FILE", "its first line goes along as X-Baotin-Token",
	apply_ussd_token},
    {"ussd-code", "CODE", "the service code (default *1022#)",
	apply_ussd_code},
    {"quiet", NULL, "no line \"ready\"", apply_quiet},
};

#define N_ROWS (sizeof(rows) / sizeof(*rows))

static void
print_help(void)
{
	(void)printf("Usage: baotin-sim [run] [OPTION]...\n"
	    "       baotin-sim ctl --dir DIR COMMAND [WORD]...\n"
	    "       baotin-sim phone --dir DIR NUMBER\n\n"
	    "Simulated LTE modems on pseudo terminals with a small network "
	    "behind them.\n\n");
	for (size_t i = 0; i < N_ROWS; i++)
		(void)printf("  --%s%s%s\n      %s\n", rows[i].name,
		    rows[i].value != NULL ? " " : "",
		    rows[i].value != NULL ? rows[i].value : "", rows[i].help);
	(void)printf("  --help\n  --version\n\nBrands for --like:\n\n");
	brand_print(stdout);
	(void)printf("\n"
	    "When the line \"ready dir=DIR modems=N\" is out, DIR/modem1 is a "
	    "modem.\n\"baotin-sim ctl --help\" lists the commands, "
	    "\"baotin-sim phone --help\" those of a phone.\n");
}

static const struct option_row *
find_row(const char *name, size_t n)
{
	for (size_t i = 0; i < N_ROWS; i++) {
		if (strlen(rows[i].name) == n &&
		    strncmp(rows[i].name, name, n) == 0)
			return &rows[i];
	}
	return NULL;
}

/* "--name value" or "--name=value"; moves *i. */
static int
apply_arg(struct sim_options *out, int argc, char **argv, int *i)
{
	const char *name = argv[*i];
	const struct option_row *row = NULL;
	const char *value, *error;

	if (strncmp(name, "--", 2) == 0)
		row = find_row(name + 2, strcspn(name + 2, "="));
	if (row == NULL) {
		(void)fprintf(stderr, "baotin-sim: no option or command \"%s\" "
		    "(see baotin-sim --help)\n", name);
		return -1;
	}
	value = strchr(name, '=');
	if (value != NULL)
		value++;
	else if (row->value != NULL && *i + 1 < argc)
		value = argv[++*i];
	if ((row->value == NULL) != (value == NULL)) {
		(void)fprintf(stderr, "baotin-sim: --%s takes %s\n", row->name,
		    row->value != NULL ? row->value : "no value");
		return -1;
	}
	error = row->apply(out, value);
	if (error != NULL) {
		(void)fprintf(stderr, "baotin-sim: --%s %s: %s\n", row->name,
		    value, error);
		return -1;
	}
	return 0;
}

/* "--like help", "--like ?", "--like=help" */
static bool
is_like_help(int argc, char **argv, int i)
{
	const char *value = strncmp(argv[i], "--like=", 7) == 0 ? argv[i] + 7
	    : strcmp(argv[i], "--like") == 0 && i + 1 < argc ? argv[i + 1]
	    : "";

	return strcmp(value, "help") == 0 || strcmp(value, "?") == 0;
}

enum options_result
options_parse(int argc, char **argv, struct sim_options *out)
{
	memset(out, 0, sizeof(*out));
	out->latency_ms = 50;
	out->report_delay_ms = 100;
	out->wants_reports = true;
	out->seed = 1;
	(void)strcpy(out->ussd_code, "*1022#");
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--help") == 0) {
			print_help();
			return OPTIONS_DONE;
		}
		if (is_like_help(argc, argv, i)) {
			brand_print(stdout);
			return OPTIONS_DONE;
		}
		if (strcmp(argv[i], "--version") == 0) {
			(void)printf("baotin-sim %s\n", PACKAGE_VERSION);
			return OPTIONS_DONE;
		}
		if (i == 1 && strcmp(argv[i], "run") == 0)
			continue;
		if (apply_arg(out, argc, argv, &i) != 0)
			return OPTIONS_WRONG;
	}
	/* --modem alone means these and no others. */
	if (out->n_modems < out->n_named)
		out->n_modems = out->n_named;
	if (out->n_modems == 0)
		out->n_modems = 1;
	return OPTIONS_RUN;
}

void
options_clear(struct sim_options *options)
{
	free(options->modems);
	options->modems = NULL;
	options->n_named = 0;
}

static void
fill(char *field, size_t size, const char *prefix, int width, unsigned n)
{
	if (field[0] == '\0')
		(void)snprintf(field, size, "%s%0*u", prefix, width, n);
}

/* The check digit of an IMEI (3GPP TS 23.003 annex B). */
static void
add_luhn(char *digits)
{
	size_t n = strlen(digits);
	int sum = 0;

	for (size_t i = 0; i < n; i++) {
		int d = digits[i] - '0';

		if ((n - i) % 2 == 1)
			d = d * 2 > 9 ? d * 2 - 9 : d * 2;
		sum += d;
	}
	digits[n] = (char)('0' + (10 - sum % 10) % 10);
	digits[n + 1] = '\0';
}

void
options_modem(const struct sim_options *options, unsigned i,
    struct modem_config *out)
{
	memset(out, 0, sizeof(*out));
	out->n_slots = out->latency_ms = out->jitter_ms = NOT_GIVEN;
	out->overwrites_mr = options->overwrites_mr;
	if (i < options->n_named)
		*out = options->modems[i];
	fill(out->name, sizeof(out->name), "modem", 1, i + 1);
	fill(out->number, sizeof(out->number), "+8492888", 4, i + 1);
	if (out->imei[0] == '\0') {
		fill(out->imei, sizeof(out->imei), "35693803", 6, i + 1);
		add_luhn(out->imei);
	}
	fill(out->imsi, sizeof(out->imsi), "45204", 10, i + 1);
	fill(out->iccid, sizeof(out->iccid), "8984048000", 9, i + 1);
	if (out->csca[0] == '\0')
		(void)strcpy(out->csca, CSCA);
	if (out->brand == NULL)
		out->brand = options->brand != NULL ? options->brand
		    : brand_find("");
	if (out->n_slots == NOT_GIVEN)
		out->n_slots = SLOTS;
	if (out->latency_ms == NOT_GIVEN)
		out->latency_ms = options->latency_ms;
	if (out->jitter_ms == NOT_GIVEN)
		out->jitter_ms = options->jitter_ms;
}
