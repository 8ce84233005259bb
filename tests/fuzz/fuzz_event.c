/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Fuzz target: an entry of the events stream. Names and values are the
 * pieces between NULs and newlines. What is taken must be whole, and its
 * notice sendable; what is not must say which field and why.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/keyhash.h"
#include "base/log.h"
#include "conf/conf.h"
#include "conf/reader.h"
#include "intake/event.h"
#include "intake/notice.h"
#include "text/template_set.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

static const char settings[] =
    "gateway: { name = \"fuzz\"; };\n"
    "agencies: ( { id = \"H10.45\"; name = \"UBND xã Bom Bo\"; },\n"
    "    { id = \"H10\"; name = \"Sở\"; accents = true; } );\n"
    "modems: ( { name = \"m\"; device = \"/dev/null\"; } );\n";

static const char texts[] =
    "registered off = {agency}: {code}.\n"
    "registered.online = {agency}: {code}, {date}.\n"
    "received = {agency}: đã nhận {code}[, hẹn {due}].\n"
    "supplement = {agency}: {code} cần bổ sung tại {place}, {hotline}.\n"
    "payment = {agency}: {code} cần nộp[ {fee}] tại {desk}.\n"
    "ready = {agency}: {code} đã có kết quả tại {place}.\n"
    "ready.postal = {agency}: {code} đã gửi bưu điện[, mã {parcel}].\n"
    "late = {agency}: xin lỗi, {code} trễ hẹn[, ngày mới {due}].\n";

static void
conf_fault_seen(const char *text, void *arg)
{
	(void)arg;
	(void)fprintf(stderr, "%s\n", text);
	abort();
}

static void
template_fault_seen(const char *file, int line, const char *text, void *arg)
{
	(void)arg;
	(void)fprintf(stderr, "%s:%d: %s\n", file, line, text);
	abort();
}

static struct conf *
make_conf(void)
{
	struct conf *conf = conf_load_string(settings, conf_fault_seen, NULL);

	assert(conf != NULL);
	return conf;
}

static struct keyhash *
make_keyhash(void)
{
	char dir[] = "/tmp/fuzz_event.XXXXXX", file[64];
	struct keyhash *kh;

	if (mkdtemp(dir) == NULL)
		abort();
	(void)snprintf(file, sizeof(file), "%s/key", dir);
	kh = keyhash_open(file);
	assert(kh != NULL);
	(void)unlink(file);
	(void)rmdir(dir);
	return kh;
}

static struct template_book *
make_book(void)
{
	const struct template_reading reading = {.max_segments = 3,
	    .fault = template_fault_seen};
	struct template_book *book = template_book_new("", TEMPLATE_MASTER,
	    "vi.txt", true);

	template_book_parse(book, texts, strlen(texts), &reading);
	return book;
}

/* The entry as redis/ hands it on: null where a piece is no UTF-8, and
 * always a value for each name. */
static json_t *
make_fields(const uint8_t *data, size_t n)
{
	json_t *fields = json_array();
	size_t from = 0;

	for (size_t i = 0; i <= n; i++) {
		json_t *piece;

		if (i < n && data[i] != '\0' && data[i] != '\n')
			continue;
		piece = json_stringn((const char *)data + from, i - from);
		(void)json_array_append_new(fields,
		    piece != NULL ? piece : json_null());
		from = i + 1;
	}
	if (json_array_size(fields) % 2 != 0)
		(void)json_array_append_new(fields, json_string(""));
	return fields;
}

static void
check_hidden(const json_t *fields, const struct keyhash *kh)
{
	char *hash = event_hide_id4(fields, kh);
	char *json = event_hide_json(fields);
	json_t *shown = json != NULL ? json_string(json) : NULL;

	assert(hash == NULL || strlen(hash) == KEYHASH_SIZE - 1);
	assert(json == NULL || shown != NULL);
	json_decref(shown);
	free(json);
	free(hash);
}

static void
check_notice(const struct event *event, const struct conf *conf,
    const struct templates *templates)
{
	struct event_fault why = {NULL, NULL};
	struct message message;

	switch (notice_make(event, conf, templates, &message, &why)) {
	case NOTICE_SEND:
		assert(message.text != NULL && message.text[0] != '\0');
		assert(message.segments >= 1 &&
		    message.segments <= templates->max_segments);
		assert(message.phone[0] == '+' && message.pool != NULL);
		break;
	case NOTICE_SUPPRESS:
	case NOTICE_REJECT:
		assert(why.error != NULL && why.field != NULL &&
		    message.text == NULL);
		break;
	}
	message_clear(&message);
}

static void
check_event(const struct event *event, const struct conf *conf)
{
	const struct change *c = &event->change;

	assert(event->key != NULL && event->key_ttl_ms > 0);
	assert(c->dossier[0] != '\0');
	assert(c->phone[0] == '\0' || c->phone[0] == '+');
	assert(c->agency != NULL &&
	    conf_agency_find(conf, c->agency) != NULL);
	assert(c->accents >= -1 && c->accents <= 1);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	static struct conf *conf;
	static struct keyhash *kh;
	static struct template_book *book;
	static struct templates templates;
	struct event_fault fault = {NULL, NULL};
	struct event event;
	json_t *fields;

	if (conf == NULL) {
		(void)log_init("fuzz_event", "stderr", "error");
		conf = make_conf();
		kh = make_keyhash();
		book = make_book();
		templates = (struct templates){.books = &book,
		    .n = 1, .max_segments = 3};
	}
	fields = make_fields(data, n);
	check_hidden(fields, kh);
	if (event_parse(fields, clock_wall_ms(), conf, kh, &event, &fault) ==
	    0) {
		check_event(&event, conf);
		check_notice(&event, conf, &templates);
		event_clear(&event);
	} else {
		assert(fault.error != NULL && fault.field != NULL);
	}
	json_decref(fields);
	return 0;
}
