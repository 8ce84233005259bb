/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A walk over the words with what may come next in each place. Whatever
 * comes instead has a sentence; signs that people type by mistake have one
 * of their own in hint_sign.c.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "conf/hint.h"
#include "conf/lexer.h"
#include "conf/options.h"

#define DEPTH_MAX 64
#define SHOWN_MAX 40
#define KEY_MAX	  48

enum place {
	KEY,		/* a key, or the end of the group */
	ASSIGN,		/* = or : */
	VALUE,
	AFTER_VALUE,	/* ; or the next key */
	ITEM,		/* an entry of a list */
	AFTER_ITEM,	/* a comma or the end of the list */
};

struct bracket {
	char sign;
	int line;
	char key[KEY_MAX];
};

struct walk {
	struct lexer lexer;
	struct lexer_word word, last;
	enum place place;
	char key[KEY_MAX];	/* the key that the value belongs to */
	struct bracket open[DEPTH_MAX];
	size_t depth;
	char stray[KEY_MAX];	/* a group of the top seen inside another */
	int stray_line;
	size_t stray_depth;
	struct hint *out;
};

static bool __attribute__((format(printf, 3, 4)))
say(struct walk *w, int line, const char *fmt, ...)
{
	va_list ap;

	w->out->line = line;
	va_start(ap, fmt);
	(void)vsnprintf(w->out->text, sizeof(w->out->text), fmt, ap);
	va_end(ap);
	return true;
}

/* How many octets of a text of n are shown; never half a character. */
static int
shown(const char *s, size_t n)
{
	if (n > SHOWN_MAX)
		for (n = SHOWN_MAX; n > 0 && (s[n] & 0xc0) == 0x80; n--)
			;
	return (int)n;
}

#define WORD(word) shown((word).at, (word).n), (word).at

/* All that was written as one value, up to its end on this line. */
static int
raw(const struct walk *w, const char *at)
{
	size_t n = 0;

	while (at + n < w->lexer.end && strchr(";,(){}[]\r\n#\"", at[n]) ==
	    NULL)
		n++;
	while (n > 0 && (at[n - 1] == ' ' || at[n - 1] == '\t'))
		n--;
	return shown(at, n);
}

static bool
is_any(const struct lexer_word *word, const char *signs_wanted)
{
	return word->kind == LEXER_SIGN &&
	    strchr(signs_wanted, *word->at) != NULL;
}

static bool
is_word(const struct lexer_word *word, const char *text)
{
	return word->n == strlen(text) &&
	    strncasecmp(word->at, text, word->n) == 0;
}

static bool
is_one_of(const struct lexer_word *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (is_word(word, *list))
			return true;
	return false;
}

static bool
is_bool(const struct lexer_word *word)
{
	static const char *const words[] = {"true", "false", NULL};

	return is_one_of(word, words);
}

static struct lexer_word
peek(const struct walk *w)
{
	struct lexer ahead = w->lexer;

	return lexer_next(&ahead);
}

static bool
say_sign(struct walk *w)
{
	const char *text = hint_sign(w->word.at,
	    (size_t)(w->lexer.end - w->word.at));

	if (text != NULL)
		return say(w, w->word.line, "%s", text);
	return say(w, w->word.line, "\"%.*s\" has no meaning here",
	    WORD(w->word));
}

static char
opposite(char sign)
{
	return sign == '{' ? '}' : sign == '(' ? ')' : ']';
}

/* The file ends inside of brackets. */
static bool
say_open(struct walk *w)
{
	const struct bracket *b = &w->open[w->depth - 1];

	if (w->stray_line != 0 && w->depth >= w->stray_depth)
		return say(w, w->open[w->stray_depth - 1].line, "the %c that "
		    "opens \"%s\" here is not closed before \"%s\" in line "
		    "%d: a %c is missing", w->open[w->stray_depth - 1].sign,
		    w->open[w->stray_depth - 1].key, w->stray, w->stray_line,
		    opposite(w->open[w->stray_depth - 1].sign));
	return say(w, b->line, "the %c that opens \"%s\" here is never "
	    "closed: a %c is missing", b->sign, b->key, opposite(b->sign));
}

static bool
push(struct walk *w)
{
	struct bracket *b = &w->open[w->depth];

	if (w->depth == DEPTH_MAX)
		return say(w, w->word.line, "too many brackets one in the "
		    "other");
	b->sign = *w->word.at;
	b->line = w->word.line;
	(void)snprintf(b->key, sizeof(b->key), "%s", w->key);
	w->depth++;
	w->place = b->sign == '{' ? KEY : ITEM;
	return false;
}

static bool
pop(struct walk *w)
{
	char sign = *w->word.at;
	const struct bracket *b;

	if (w->depth == 0)
		return say(w, w->word.line, "this %c closes nothing: it is "
		    "one too many, or its other half is missing before",
		    sign);
	b = &w->open[w->depth - 1];
	if (opposite(b->sign) != sign)
		return say(w, w->word.line, "%c stands here, but the %c of "
		    "line %d (\"%s\") is to be closed first, by %c", sign,
		    b->sign, b->line, b->key, opposite(b->sign));
	w->depth--;
	w->place = w->depth == 0 || w->open[w->depth - 1].sign == '{'
	    ? AFTER_VALUE : AFTER_ITEM;
	return false;
}

/* Written right behind the word before: one value without quotes. */
static bool
is_glued(const struct walk *w)
{
	return (w->last.kind == LEXER_NUMBER || w->last.kind == LEXER_NAME) &&
	    w->last.at + w->last.n == w->word.at && !is_any(&w->word, ";,)]}");
}

static bool
say_unquoted(struct walk *w, const char *at, int line)
{
	int n = raw(w, at);

	if (n > 1 && at[n - 1] == '%')
		return say(w, line, "write the number without a sign: %.*s",
		    (int)strspn(at, "0123456789"), at);
	return say(w, line, "write it in quotes: \"%.*s\"", n, at);
}

static bool
say_empty(struct walk *w, int line)
{
	return say(w, line, "nothing stands behind \"%s\": write %s = value;",
	    w->key, w->key);
}

/* --- one function for each place ------------------------------------------ */

/* In place of a key. */
static bool
key_is_number(struct walk *w)
{
	if (lexer_is(&w->last, ','))
		return say(w, w->word.line, "a number is written without "
		    "commas, and a list stands in [ ]: is \"%s\" one number "
		    "or a list?", w->key);
	if (w->last.kind == LEXER_NUMBER)
		return say(w, w->word.line, "two numbers side by side: a "
		    "number is written without blanks");
	return say(w, w->word.line, "\"%.*s\" can't begin a key",
	    raw(w, w->word.at), w->word.at);
}

static bool
key_is_sign(struct walk *w)
{
	struct lexer_word next = peek(w);
	const char *name = w->word.at + strspn(w->word.at, "[");

	switch (*w->word.at) {
	case ';':
		return w->word.is_first && next.line == w->word.line &&
		    next.kind != LEXER_END
		    ? say(w, w->word.line, "a comment begins with # or //, "
		    "not with ;")
		    : say(w, w->word.line, "a second ; stands here, or a "
		    "comment, which begins with # or //");
	case ',':
		return say(w, w->word.line, "this comma is one too many");
	case ':':
	case '=':
		return say(w, w->word.line, "the key before %c is missing",
		    *w->word.at);
	case '[':
		return say(w, w->word.line, "[%.*s] begins no group here: "
		    "write %.*s: { … };", raw(w, name), name, raw(w, name),
		    name);
	default:
		if (w->last.kind == LEXER_END)
			return say(w, w->word.line, "no %c stands around the "
			    "whole file: begin with \"gateway: { … };\"",
			    *w->word.at);
		return say(w, w->word.line, "the key before %c is missing: "
		    "write key: %c … %c;", *w->word.at, *w->word.at,
		    opposite(*w->word.at));
	}
}

/* A group of the top that stands inside of another one, at the left edge. */
static void
note_stray(struct walk *w)
{
	if (w->depth == 0 || w->stray_line != 0 || !w->word.is_first ||
	    (w->word.at > w->lexer.begin && w->word.at[-1] != '\n') ||
	    option_section_find(w->key) == NULL)
		return;
	(void)snprintf(w->stray, sizeof(w->stray), "%s", w->key);
	w->stray_line = w->word.line;
	w->stray_depth = w->depth;
}

static bool
at_key(struct walk *w)
{
	struct lexer_word next;

	switch (w->word.kind) {
	case LEXER_END:
		return w->depth > 0 && say_open(w);
	case LEXER_NAME:
		if (is_word(&w->word, "*") && *w->lexer.p == '/')
			return say_sign(w);
		(void)snprintf(w->key, sizeof(w->key), "%.*s",
		    (int)w->word.n, w->word.at);
		note_stray(w);
		w->place = ASSIGN;
		return false;
	case LEXER_SIGN:
		return is_any(&w->word, "])}") ? pop(w) : key_is_sign(w);
	case LEXER_NUMBER:
		return key_is_number(w);
	case LEXER_STRING:
	case LEXER_OPEN_STRING:
		next = peek(w);
		if (is_any(&next, ":="))
			return say(w, w->word.line, "a key stands without "
			    "quotes: write %.*s", shown(w->word.at + 1,
			    w->word.n - 2), w->word.at + 1);
		if (lexer_is(&w->last, ','))
			return say(w, w->word.line, "several texts for one "
			    "key stand in [ ]: %s = [ \"…\", %.*s ];",
			    w->key, WORD(w->word));
		return say(w, w->word.line, "%.*s stands here without a key",
		    WORD(w->word));
	case LEXER_JUNK:
		if (*w->word.at == '%' && w->last.kind == LEXER_NUMBER)
			return say_unquoted(w, w->last.at, w->word.line);
		return say_sign(w);
	}
	return false;
}

/* The word behind the key is another name. */
static bool
assign_is_name(struct walk *w)
{
	struct lexer_word next = peek(w);

	if (w->word.line != w->last.line)
		return say_empty(w, w->last.line);
	if (is_any(&next, "=:"))
		return say(w, w->word.line, "a key is one word: is \"%s_%.*s\" "
		    "meant, or is a ; missing before \"%.*s\"?", w->key,
		    WORD(w->word), WORD(w->word));
	return say(w, w->word.line, "= is missing behind \"%s\": write "
	    "%s = \"%.*s\";", w->key, w->key, raw(w, w->word.at),
	    w->word.at);
}

static bool
at_assign(struct walk *w, const struct lexer_word *value)
{
	if (is_any(&w->word, ":=")) {
		w->place = VALUE;
		return false;
	}
	if (value->kind == LEXER_NUMBER && value->line == w->last.line &&
	    value->at < w->last.at && w->word.kind != LEXER_END)
		return say_unquoted(w, value->at, value->line);
	if (is_any(&w->word, "{[("))
		return say(w, w->word.line, "a colon is missing: write %s: "
		    "%c … %c;", w->key, *w->word.at, opposite(*w->word.at));
	if (is_any(&w->word, ";,}])") || w->word.kind == LEXER_END)
		return say_empty(w, w->last.line);
	if (w->word.kind == LEXER_NAME)
		return assign_is_name(w);
	if (w->word.kind == LEXER_STRING && strcmp(w->key, "include") == 0)
		return say(w, w->word.line, "write @include %.*s",
		    WORD(w->word));
	if (w->word.kind != LEXER_JUNK)
		return say(w, w->word.line, "= is missing behind \"%s\": "
		    "write %s = %.*s;", w->key, w->key, WORD(w->word));
	if (*w->word.at == '.')
		return say(w, w->word.line, "a key has no dot: write %s: { "
		    "%.*s = …; };", w->key, shown(w->word.at + 1,
		    w->word.n - 1), w->word.at + 1);
	if (memchr("+-?!>", *w->word.at, 5) != NULL)
		return say(w, w->word.line, "write = alone between \"%s\" "
		    "and its value", w->key);
	return say_sign(w);
}

static bool
value_is_name(struct walk *w)
{
	static const char *const yes[] = {"yes", "on", "enabled", "enable",
	    "y", NULL};
	static const char *const no[] = {"no", "off", "disabled", "disable",
	    "n", NULL};
	static const char *const none[] = {"null", "none", "nil", NULL};
	struct lexer_word next = peek(w);

	if (w->place == VALUE && is_any(&next, ":=") &&
	    (next.at + 1 == w->lexer.end ||
	    strchr(" \t\r\n{([\"", next.at[1]) != NULL) &&
	    (lexer_is(&w->last, ':') || w->word.line != w->last.line))
		return lexer_is(&w->last, ':')
		    ? say(w, w->last.line, "a group stands in { }: write "
		    "%s: { %.*s = …; };", w->key, WORD(w->word))
		    : say_empty(w, w->last.line);
	if (w->place == ITEM && is_any(&next, ":="))
		return say(w, w->word.line, "each entry of this list is a "
		    "group: write %c { %.*s = …; } %c",
		    w->open[w->depth - 1].sign, WORD(w->word),
		    opposite(w->open[w->depth - 1].sign));
	if (is_one_of(&w->word, yes))
		return say(w, w->word.line, "write true, or \"%.*s\" in "
		    "quotes where a text is meant", WORD(w->word));
	if (is_one_of(&w->word, no))
		return say(w, w->word.line, "write false, or \"%.*s\" in "
		    "quotes where a text is meant", WORD(w->word));
	if (is_one_of(&w->word, none))
		return say(w, w->word.line, "there is no %.*s: leave the key "
		    "out, or write \"\"", WORD(w->word));
	return say_unquoted(w, w->word.at, w->word.line);
}

/* A sign that looks like a quote is named; anything else needs quotes. */
static bool
value_is_junk(struct walk *w)
{
	if (memchr("/.~$@%&|^?+*_\\", *w->word.at, 14) != NULL)
		return say_unquoted(w, w->word.at, w->word.line);
	return say_sign(w);
}

static bool
value_is_sign(struct walk *w)
{
	bool is_item = w->place == ITEM;

	if (lexer_is(&w->word, '{') && is_item &&
	    w->open[w->depth - 1].sign == '[')
		return say(w, w->open[w->depth - 1].line, "a list of groups "
		    "stands in ( ), not in [ ]: %s: ( { … }, { … } );",
		    w->open[w->depth - 1].key);
	if (is_any(&w->word, "{[("))
		return push(w);
	if (is_item && is_any(&w->word, "])}"))
		return lexer_is(&w->last, ',') ? say(w, w->last.line,
		    "behind this comma nothing follows: remove it") : pop(w);
	if (is_item)
		return say(w, w->word.line, "an entry of the list is missing "
		    "before %c", *w->word.at);
	if (is_any(&w->word, ":="))
		return say(w, w->word.line, "one = or : is enough behind "
		    "\"%s\"", w->key);
	return say_empty(w, w->last.line);
}

static bool
at_value(struct walk *w)
{
	switch (w->word.kind) {
	case LEXER_END:
		return w->place == ITEM ? say_open(w)
		    : say_empty(w, w->last.line);
	case LEXER_OPEN_STRING:
		return say(w, w->word.line, "the quote that opens here is "
		    "never closed: %.*s", (int)strcspn(w->word.at, "\r\n"),
		    w->word.at);
	case LEXER_NAME:
		if (!is_bool(&w->word))
			return value_is_name(w);
		break;
	case LEXER_SIGN:
		return value_is_sign(w);
	case LEXER_JUNK:
		return value_is_junk(w);
	case LEXER_NUMBER:
	case LEXER_STRING:
		break;
	}
	w->place = w->place == ITEM ? AFTER_ITEM : AFTER_VALUE;
	return false;
}

static bool
at_after_value(struct walk *w)
{
	if (is_glued(w))
		return say_unquoted(w, w->last.at, w->last.line);
	if (is_any(&w->word, ";,")) {
		w->place = KEY;
		return false;
	}
	if (w->word.kind == LEXER_STRING && w->last.kind == LEXER_STRING)
		return false;	/* libconfig makes one of them */
	if (is_any(&w->word, ":=([{"))
		return say(w, w->word.line, "%c has no meaning behind a "
		    "value: is a ; missing, or a quote?", *w->word.at);
	if (w->word.kind == LEXER_STRING && w->last.kind == LEXER_NAME)
		return say(w, w->word.line, "a ; is missing before %.*s",
		    WORD(w->word));
	return at_key(w);
}

static bool
at_after_item(struct walk *w)
{
	const struct bracket *b = &w->open[w->depth - 1];

	if (is_glued(w))
		return say_unquoted(w, w->last.at, w->last.line);
	if (lexer_is(&w->word, ',')) {
		w->place = ITEM;
		return false;
	}
	if (is_any(&w->word, "])}"))
		return pop(w);
	if (w->word.kind == LEXER_END)
		return say_open(w);
	if (lexer_is(&w->word, ';'))
		return say(w, w->word.line, "commas, not ;, separate the "
		    "entries of the list \"%s\"%s", b->key,
		    "; or its end is missing");
	if (w->word.kind == LEXER_JUNK)
		return say_sign(w);
	if (w->word.kind == LEXER_NAME && option_section_find(b->key) != NULL)
		return say(w, w->word.line, "the list \"%s\" of line %d is "
		    "not closed before \"%.*s\": a %c is missing", b->key,
		    b->line, WORD(w->word), opposite(b->sign));
	return say(w, w->word.line, "a comma is missing before %.*s: it "
	    "separates the entries of the list \"%s\"", WORD(w->word),
	    b->key);
}

bool
hint_find(const char *text, size_t n, struct hint *out)
{
	struct walk w = {.out = out, .place = KEY};
	struct lexer_word value = {.kind = LEXER_END};
	bool is_told = false;

	lexer_init(&w.lexer, text, n);
	w.last.kind = LEXER_END;
	do {
		w.word = lexer_next(&w.lexer);
		switch (w.place) {
		case KEY:
			is_told = at_key(&w);
			break;
		case ASSIGN:
			is_told = at_assign(&w, &value);
			break;
		case VALUE:
		case ITEM:
			value = w.word;
			is_told = at_value(&w);
			break;
		case AFTER_VALUE:
			is_told = at_after_value(&w);
			break;
		case AFTER_ITEM:
			is_told = at_after_item(&w);
			break;
		}
		w.last = w.word;
	} while (!is_told && w.word.kind != LEXER_END);
	return is_told;
}
