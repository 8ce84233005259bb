/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Finds the row of an error and says what to do with the message. Pure: no
 * clock, no Redis, no log.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "conf/conf.h"
#include "dispatch/errors.h"

#define COUNT(a)	(sizeof(a) / sizeof((a)[0]))
#define CONFIGURED	(-1)
#define NO_CAP		0
#define CONFIRM		1	/* flag of a row */

static const struct error_row rows[] = {
#define ROW(from, to, reason, class, blame, delay, cap, flags, word, sentence) \
	{from, to, reason, CLASS_##class, BLAME_##blame, delay, cap,          \
	    ((flags) & CONFIRM) != 0, word, sentence},
#define E(from, to, class, blame, delay, cap, flags, word, sentence)          \
	ROW(from, to, NULL, class, blame, delay, cap, flags, word, sentence)
#define R(reason, class, blame, delay, cap, flags, word, sentence)            \
	ROW(0, 0, reason, class, blame, delay, cap, flags, word, sentence)
#include "dispatch/errors.def"
#undef R
#undef E
#undef ROW
};

/* Any number that is outside all ranges, and any of the worker's words that has
 * no row. */
static const struct error_row other = {
	.class = CLASS_LATER,
	.blame = BLAME_NOBODY,
	.first_delay_ms = CONFIGURED,
	.max_tries = NO_CAP,
	.word = "other",
	.sentence = "The text was not sent; the log has the details.",
};

struct errors {
	struct error_row *overrides;
	size_t n;
};

static const struct error_row *
find_row(int32_t code, const char *reason)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct error_row *row = &rows[i];

		if (code == 0 ? row->reason != NULL && reason != NULL &&
		    strcmp(row->reason, reason) == 0
		    : row->reason == NULL && code >= row->from &&
		    code <= row->to)
			return row;
	}
	return &other;
}

static enum error_blame
blame_of(enum error_class class)
{
	switch (class) {
	case CLASS_PERMANENT:
		return BLAME_NUMBER;
	case CLASS_OTHER_MODEM:
	case CLASS_OPERATOR:
		return BLAME_MODEM;
	case CLASS_LATER:
	case CLASS_UNKNOWN:
		return BLAME_NETWORK;
	case CLASS_OURS:
	case CLASS_DONE:
		break;
	}
	return BLAME_NOBODY;
}

/* retry.errors gives the number another class. Its word and sentence stay; the
 * message follows the plain rule of the class, without the row's own delays and
 * caps. */
static struct error_row
override(const struct conf_error *conf)
{
	int32_t code = (int32_t)conf->code;
	struct error_row row = *find_row(code, NULL);

	row.from = row.to = code;
	if (error_class_parse(conf->class, &row.class) == -1)
		abort(); /* conf/ accepts only these words */
	row.blame = blame_of(row.class);
	row.first_delay_ms = CONFIGURED;
	row.max_tries = NO_CAP;
	row.confirm = false;
	return row;
}

struct errors *
errors_new(const struct conf *conf)
{
	struct errors *errors = xcalloc(1, sizeof(*errors));

	errors->n = conf->retry.n_errors;
	errors->overrides = xcalloc(errors->n + 1, sizeof(*errors->overrides));
	for (size_t i = 0; i < errors->n; i++)
		errors->overrides[i] = override(&conf->retry.errors[i]);
	return errors;
}

void
errors_free(struct errors *errors)
{
	if (errors == NULL)
		return;
	free(errors->overrides);
	free(errors);
}

const struct error_row *
error_find(const struct errors *errors, int32_t code, const char *reason)
{
	for (size_t i = 0; code != 0 && i < errors->n; i++)
		if (errors->overrides[i].from == code)
			return &errors->overrides[i];
	return find_row(code, reason);
}

static enum action
action_of(const struct error_row *row)
{
	switch (row->class) {
	case CLASS_PERMANENT:
	case CLASS_OURS:
		return ACTION_FAIL;
	case CLASS_LATER:
		return ACTION_RETRY;
	case CLASS_OTHER_MODEM:
	case CLASS_OPERATOR:
		return ACTION_OTHER_MODEM;
	case CLASS_DONE:
		return ACTION_DONE;
	case CLASS_UNKNOWN:
		break;
	}
	return ACTION_UNKNOWN;
}

void
error_decide(const struct errors *errors, int32_t code, const char *reason,
    struct decision *out)
{
	const struct error_row *row = error_find(errors, code, reason);

	memset(out, 0, sizeof(*out));
	out->action = action_of(row);
	out->blames_modem = row->blame == BLAME_MODEM;
	/* If the text may be on the air, this counts as a try, whoever is to
	 * blame. */
	out->counts = !out->blames_modem || row->max_tries != NO_CAP ||
	    out->action == ACTION_UNKNOWN;
	out->delay_ms = row->first_delay_ms;
	out->trips_breaker = row->class == CLASS_OPERATOR;
	out->max_tries = row->max_tries;
	out->confirm = row->confirm;
}

const struct error_row *
error_row_at(unsigned i)
{
	return i < COUNT(rows) ? &rows[i] : NULL;
}

static const char *const class_names[] = {
#define X(id, name) [CLASS_##id] = name,
	ERROR_CLASSES(X)
#undef X
};

const char *
error_class_name(enum error_class class)
{
	return class_names[class];
}

const char *
error_class_vietnamese(enum error_class class)
{
	switch (class) {
	case CLASS_PERMANENT:
		return "Số này không nhận được tin: hãy hỏi lại số của người "
		    "dân.";
	case CLASS_LATER:
		return "Lỗi tạm thời: tự gửi lại sau.";
	case CLASS_OTHER_MODEM:
		return "Gửi lại bằng modem khác; nếu lặp lại, hãy xem SIM và "
		    "modem.";
	case CLASS_OPERATOR:
		return "Modem hoặc SIM cần người xử lý (PIN, tài khoản, bị "
		    "khóa); tin đi bằng modem khác.";
	case CLASS_OURS:
		return "Lỗi của baotin, hoặc modem không phù hợp: xin báo cho "
		    "nhóm phát triển.";
	case CLASS_DONE:
		return "Mạng đã có tin này: coi như đã gửi.";
	case CLASS_UNKNOWN:
		return "Không rõ mạng đã nhận hay chưa.";
	}
	return "";
}

int
error_class_parse(const char *name, enum error_class *class)
{
	for (size_t i = 0; i < COUNT(class_names); i++)
		if (strcmp(class_names[i], name) == 0) {
			*class = (enum error_class)i;
			return 0;
		}
	return -1;
}

const char *
error_blame_name(enum error_blame blame)
{
	static const char *const names[] = {
#define X(id, name) [BLAME_##id] = name,
		ERROR_BLAMES(X)
#undef X
	};

	return names[blame];
}

const char *
action_name(enum action action)
{
	static const char *const names[] = {
#define X(id, name) [ACTION_##id] = name,
		ACTIONS(X)
#undef X
	};

	return names[action];
}
