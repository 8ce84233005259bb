/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The daemon asks each SIM for its credit by USSD, one question per modem at a
 * time and only between texts. The pattern in the configuration reads the
 * answer (POSIX regcomp() of the C library).
 */
#include <ctype.h>
#include <inttypes.h>
#include <regex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "alarm/alarm.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/balance.h"
#include "daemon/modems.h"
#include "daemon/state.h"
#include "daemon/ussd.h"
#include "modem/memory.h"
#include "modem/modem.h"
#include "modem/work.h"

#define FIRST_MS   60000	/* after the modem is ready */
#define AGAIN_MS   600000	/* after an answer without an amount */
#define SUSPECT_MS 600000	/* refusals make us ask at most so often */
#define SUSPECTS   2		/* refusals in a row */
#define TEXT_SIZE  600
#define NUMBER_MIN 9		/* a number of so many digits is masked */

struct balance {
	LIST_ENTRY(balance) entry;
	char *modem;
	char imsi[32];			/* this SIM's; "" none yet */
	int64_t ready_ms;		/* monotonic, when that SIM came */
	int64_t asked_at;		/* wall clock; 0 never */
	int64_t answered_at;
	int64_t amount;			/* -1 unknown */
	bool is_unreadable, is_suspected, is_asking;
	int64_t suspected_ms;		/* monotonic; 0 never */
	char text[TEXT_SIZE];
};

struct balances {
	LIST_HEAD(, balance) all;
};

static struct balance *
find(const struct daemon *d, const char *modem)
{
	struct balance *b;

	LIST_FOREACH(b, &d->balances->all, entry)
		if (strcmp(b->modem, modem) == 0)
			return b;
	return NULL;
}

/* --- what the daemon remembers of a SIM ----------------------------------- */

static int64_t
recall_number(const struct daemon *d, const char *imsi, const char *key,
    int64_t otherwise)
{
	char word[32];

	modem_memory_get(d->conf->gateway.state_dir, "sims", imsi, key, word,
	    sizeof(word));
	return word[0] != '\0' ? strtoll(word, NULL, 10) : otherwise;
}

static void
remember_number(const struct daemon *d, const char *imsi, const char *key,
    int64_t value)
{
	char word[32];

	(void)snprintf(word, sizeof(word), "%" PRId64, value);
	(void)modem_memory_set(d->conf->gateway.state_dir, "sims", imsi, key,
	    word);
}

/* Another SIM is in the modem: load what the daemon remembers of it. */
static void
meet(const struct daemon *d, struct balance *b, const char *imsi)
{
	(void)snprintf(b->imsi, sizeof(b->imsi), "%s", imsi);
	b->ready_ms = clock_mono_ms();
	b->is_unreadable = b->is_suspected = false;
	b->amount = recall_number(d, imsi, "balance", -1);
	b->answered_at = recall_number(d, imsi, "balance_at", 0);
	b->asked_at = recall_number(d, imsi, "balance_asked_at", 0);
	modem_memory_get(d->conf->gateway.state_dir, "sims", imsi,
	    "balance_text", b->text, sizeof(b->text));
}

static struct balance *
balance_get(struct daemon *d, const struct modem *modem)
{
	struct balance *b = find(d, modem_name(modem));

	if (b == NULL) {
		b = xcalloc(1, sizeof(*b));
		b->modem = xstrdup(modem_name(modem));
		b->amount = -1;
		LIST_INSERT_HEAD(&d->balances->all, b, entry);
	}
	if (*modem_imsi(modem) != '\0' &&
	    strcmp(b->imsi, modem_imsi(modem)) != 0)
		meet(d, b, modem_imsi(modem));
	return b;
}

/* --- reading an answer ---------------------------------------------------- */

/* Separators are allowed, as in "12.500" and "12,500.50": one or two digits
 * behind the last separator are decimals. Returns -1 when there is no
 * amount. */
static int64_t
amount_of(const char *text, size_t n)
{
	int64_t value = 0;
	size_t digits = 0, last = n;

	for (size_t i = 0; i < n; i++)
		if (text[i] == '.' || text[i] == ',')
			last = i;
	if (n - last > 3 || n - last < 2)
		last = n;
	for (size_t i = 0; i < last; i++) {
		if (isdigit((unsigned char)text[i]) && digits < 15) {
			value = value * 10 + (text[i] - '0');
			digits++;
		} else if (text[i] != '.' && text[i] != ',' &&
		    text[i] != ' ') {
			return -1;
		}
	}
	return digits > 0 ? value : -1;
}

static int64_t
read_amount(const char *pattern, const char *text)
{
	regmatch_t match[2];
	int64_t amount = -1;
	regex_t regex;

	if (regcomp(&regex, pattern, REG_EXTENDED) != 0)
		return -1;
	if (regexec(&regex, text, 2, match, 0) == 0 && match[1].rm_so != -1)
		amount = amount_of(text + match[1].rm_so,
		    (size_t)(match[1].rm_eo - match[1].rm_so));
	regfree(&regex);
	return amount;
}

/* Masks long numbers: the answer may contain the SIM's own number. */
static void
keep_text(struct balance *b, const char *text)
{
	size_t run;

	(void)snprintf(b->text, sizeof(b->text), "%.500s", text);
	for (char *p = b->text; *p != '\0'; p += run > 0 ? run : 1) {
		run = strspn(p, "0123456789");
		if (run >= NUMBER_MIN)
			memset(p + 2, '*', run - 4);
	}
}

/* --- asking --------------------------------------------------------------- */

static void
tell_low(struct daemon *d, const struct balance *b, int64_t low)
{
	char text[120];
	bool is_low = low > 0 && b->amount >= 0 && b->amount < low;

	(void)snprintf(text, sizeof(text), "the SIM's balance is %" PRId64
	    ", below %" PRId64, b->amount, low);
	alarm_set(d->alarms, ALARM_CREDIT_LOW, b->modem, is_low, is_low
	    ? text : "it is enough again");
}

static void
on_answer(struct daemon *d, const char *name, const char *status,
    const char *text, void *arg)
{
	const struct modem *modem = modems_find(d, name);
	struct balance *b = find(d, name);
	const struct conf_balance *own;

	(void)arg;
	if (modem == NULL || b == NULL)
		return;
	own = &modem_conf(modem)->balance;
	b->is_asking = false;
	b->amount = status != NULL ? read_amount(own->pattern, text) : -1;
	b->is_unreadable = b->amount < 0;
	b->answered_at = clock_wall_ms();
	keep_text(b, text);
	log_info("balance", "modem=%s amount=%" PRId64 " status=%s", name,
	    b->amount, status != NULL ? status : "-");
	remember_number(d, b->imsi, "balance", b->amount);
	remember_number(d, b->imsi, "balance_at", b->answered_at);
	(void)modem_memory_set(d->conf->gateway.state_dir, "sims", b->imsi,
	    "balance_text", b->text);
	alarm_set(d->alarms, ALARM_BALANCE_UNREADABLE, name,
	    b->is_unreadable, b->is_unreadable ? NULL
	    : "the balance can be read");
	if (!b->is_unreadable)
		tell_low(d, b, own->low);
}

static bool
is_due(const struct balance *b, const struct conf_balance *own)
{
	int64_t first_ms = own->every_ms < FIRST_MS ? own->every_ms
	    : FIRST_MS;
	int64_t every_ms = b->is_unreadable && own->every_ms > AGAIN_MS
	    ? AGAIN_MS : own->every_ms;

	if (b->is_suspected)
		return true;
	return clock_mono_ms() - b->ready_ms >= first_ms &&
	    clock_wall_ms() - b->asked_at >= every_ms;
}

static void
ask(struct daemon *d, const struct modem *modem)
{
	const struct conf_balance *own = &modem_conf(modem)->balance;
	struct balance *b = balance_get(d, modem);

	if (b->imsi[0] == '\0' || b->is_asking || !is_due(b, own) ||
	    ussd_ask(d, b->modem, own->code, on_answer, NULL) == -1)
		return;
	b->is_asking = true;
	b->is_suspected = false;
	b->asked_at = clock_wall_ms();
	remember_number(d, b->imsi, "balance_asked_at", b->asked_at);
}

void
balance_tick(struct daemon *d)
{
	for (size_t i = 0; i < d->n_modems; i++) {
		const struct modem *modem = d->modems[i];
		const struct conf_balance *own = &modem_conf(modem)->balance;

		if (!modem_is_leaving(modem) && own->code != NULL &&
		    *own->code != '\0' && own->every_ms > 0 &&
		    modem_in_flight(modem) == 0 && modem_can_send(modem))
			ask(d, modem);
	}
}

/* Networks refuse a SIM without credit with one of these causes. errors.def has
 * them as rejected, out of order, not subscribed, not implemented, barred. */
void
balance_suspect(struct daemon *d, const struct modem *modem,
    const char *reason)
{
	static const char *const causes[] = {
		"cms_8", "cms_21", "cms_29", "cms_38", "cms_50", "cms_69",
		"cms_500",
	};
	struct balance *b;
	bool is_one = false;

	for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
		is_one = is_one || strcmp(causes[i], reason) == 0;
	if (!is_one || modem_work(modem)->in_a_row < SUSPECTS)
		return;
	b = balance_get(d, modem);
	if (b->suspected_ms != 0 &&
	    clock_mono_ms() - b->suspected_ms < SUSPECT_MS)
		return;
	b->suspected_ms = clock_mono_ms();
	b->is_suspected = true;
}

/* --- for people ----------------------------------------------------------- */

int64_t
balance_of(const struct daemon *d, const struct modem *modem)
{
	const struct balance *b = find(d, modem_name(modem));

	return b != NULL ? b->amount : -1;
}

bool
balance_is_unreadable(const struct daemon *d, const struct modem *modem)
{
	const struct balance *b = find(d, modem_name(modem));

	return b != NULL && b->is_unreadable;
}

void
balance_describe(const struct daemon *d, const struct modem *modem,
    bool is_alone, json_t *out)
{
	const struct balance *b = find(d, modem_name(modem));

	json_object_set_new(out, "balance", b == NULL || b->amount < 0
	    ? json_null() : json_integer(b->amount));
	if (b == NULL || b->answered_at == 0)
		return;
	json_object_set_new(out, "balance_at",
	    json_integer(b->answered_at));
	if (is_alone)
		json_object_set_new(out, "balance_text",
		    json_string(b->text));
}

void
balance_start(struct daemon *d)
{
	d->balances = xcalloc(1, sizeof(*d->balances));
	LIST_INIT(&d->balances->all);
}

void
balance_stop(struct daemon *d)
{
	struct balance *b;

	while (d->balances != NULL &&
	    (b = LIST_FIRST(&d->balances->all)) != NULL) {
		LIST_REMOVE(b, entry);
		free(b->modem);
		free(b);
	}
	free(d->balances);
	d->balances = NULL;
}
