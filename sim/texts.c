/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * texts.jsonl.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "base/log.h"
#include "base/mem.h"
#include "sim/texts.h"

struct texts {
	int fd;
};

struct texts *
texts_open(const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	struct texts *texts;

	if (fd < 0) {
		log_error("sim_texts", "path=%s error=%s", path,
		    strerror(errno));
		return NULL;
	}
	texts = xcalloc(1, sizeof(*texts));
	texts->fd = fd;
	return texts;
}

void
texts_close(struct texts *texts)
{
	if (texts == NULL)
		return;
	(void)close(texts->fd);
	free(texts);
}

/* Takes the object. One write per line: readers see whole lines. */
static void
write_line(struct texts *texts, json_t *object)
{
	char *json = json_dumps(object,
	    JSON_COMPACT | JSON_REAL_PRECISION(15));
	char *line = xasprintf("%s\n", json != NULL ? json : "{}");
	size_t n = strlen(line);

	if (write(texts->fd, line, n) != (ssize_t)n)
		log_error("sim_texts", "error=%s", strerror(errno));
	free(line);
	free(json);
	json_decref(object);
}

static json_t *
seconds(int64_t us)
{
	return us > 0 ? json_real((double)us / 1e6) : json_null();
}

static json_t *
number_or_null(int value)
{
	return value >= 0 ? json_integer(value) : json_null();
}

void
texts_write_segment(struct texts *texts, const struct segment_record *r)
{
	const struct submit *submit = r->submit;
	const struct payload *p = &submit->payload;
	char *text = payload_text(p->alphabet, p->data, p->n);
	json_t *line = json_pack("{ss ss ss ss si sb sb ss si}", "kind",
	    "segment", "modem", r->modem, "from", r->from, "to", r->to, "mr",
	    submit->mr, "rd", submit->has_rd, "srr", submit->has_srr, "coding",
	    alphabet_name(p->alphabet), "dcs", submit->dcs);

	if (r->is_duplicate)
		(void)json_object_set_new(line, "duplicate", json_true());
	(void)json_object_set_new(line, "vp", number_or_null(submit->vp));
	(void)json_object_set_new(line, "ref", number_or_null(p->ref));
	(void)json_object_set_new(line, "part", json_integer(p->part));
	(void)json_object_set_new(line, "parts", json_integer(p->parts));
	(void)json_object_set_new(line, "text", json_string(text));
	(void)json_object_set_new(line, "t_cmd", seconds(r->command_us));
	(void)json_object_set_new(line, "t_prompt", seconds(r->prompt_us));
	(void)json_object_set_new(line, "t_pdu", seconds(r->pdu_us));
	(void)json_object_set_new(line, "t_reply", seconds(r->reply_us));
	(void)json_object_set_new(line, "result", json_string(r->result));
	free(text);
	write_line(texts, line);
}

void
texts_write_text(struct texts *texts, const struct text_record *r)
{
	json_t *line = json_pack("{ss ss ss ss ss si ss sI}", "kind", "text",
	    "modem", r->modem, "from", r->from, "to", r->to, "text", r->text,
	    "segments", r->segments, "coding", r->coding, "id",
	    (json_int_t)r->id);

	(void)json_object_set_new(line, "at", seconds(r->arrived_us));
	if (r->is_duplicate)
		(void)json_object_set_new(line, "duplicate", json_true());
	write_line(texts, line);
}
