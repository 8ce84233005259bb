/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Reads and empties the modem's memories. The order for each message: read it,
 * write it to the journal and report it, sync, delete it.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <zlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "worker/worker.h"

/* A SIM may take seconds per message, and some SIMs hold 255. */
#define LINE_MS	  20000
#define LIST_MS	  240000
#define COMMAND_MS 20000
#define POLL_MS	  30000		/* for modems that do not announce texts */

/* Read in this order. MT is SM and ME together, where a modem has it. SR holds
 * status reports (Quectel stores them there but announces SM). */
static const char *const memories[] = {"SM", "ME", "MT", "SR"};

#define N_MEMORIES (sizeof(memories) / sizeof(*memories))
#define MEMORY_SM  (1U << 0)
#define MEMORY_ME  (1U << 1)
#define MEMORY_MT  (1U << 2)
#define MEMORY_SR  (1U << 3)

void
stored_clear(struct worker *w)
{
	free(w->stored.read);
	free(w->stored.announced);
	memset(&w->stored, 0, sizeof(w->stored));
}

/* --- what the operator sees ---------------------------------------------- */

/* code: that of +CMS ERROR; 0: none. */
static void
reading_failed(struct worker *w, const char *text, int code)
{
	if (!w->stored.is_failing)
		log_error("reading_failed", "modem=%s command=%s code=%d "
		    "text=\"texts of citizens stay in the modem\"",
		    w->config->modem, text, code);
	w->stored.is_failing = true;
	settings_lack(w, LACK_READING, true);
}

static void
reading_is_well(struct worker *w)
{
	if (w->stored.is_failing)
		log_info("reading_well", "modem=%s", w->config->modem);
	w->stored.is_failing = false;
	settings_lack(w, LACK_READING, false);
}

/* --- asking -------------------------------------------------------------- */

/* Returns false when the modem is silent or gone: then the worker has
 * failed. */
static bool
is_answered(struct worker *w, enum at_verdict verdict, const char *command)
{
	if (verdict == AT_GONE)
		worker_fail(w, "gone");
	if (verdict == AT_SILENT) {
		log_error("modem_silent", "modem=%s command=%s",
		    w->config->modem, command);
		reading_failed(w, command, 0);
		worker_fail(w, "timeout");
	}
	return verdict != AT_GONE && verdict != AT_SILENT;
}

/* Returns true when the modem said OK. */
static bool
command(struct worker *w, const char *text, const char *prefix,
    struct at_reply *reply)
{
	enum at_verdict verdict;

	worker_calling(w, "read", COMMAND_MS + 1000);
	verdict = at_command(&w->at, text, prefix, COMMAND_MS, reply);
	worker_called(w);
	return is_answered(w, verdict, text) && verdict == AT_OK;
}

/* +CPMS: ("SM","ME"),("SM"),("SM"): the first pair of brackets lists the
 * memories that can be read. If the modem does not say, each memory is
 * tried. */
static unsigned
ask_memories(struct worker *w)
{
	struct at_reply reply;
	const char *end;
	unsigned found = 0;
	char name[8];

	if (!command(w, "AT+CPMS=?", "+CPMS:", &reply) ||
	    (end = strchr(reply.text, ')')) == NULL)
		return MEMORY_SM | MEMORY_ME | MEMORY_SR;
	for (size_t i = 0; i < N_MEMORIES; i++) {
		const char *at;

		(void)snprintf(name, sizeof(name), "\"%s\"", memories[i]);
		at = strstr(reply.text, name);
		if (at != NULL && at < end)
			found |= 1U << i;
	}
	if ((found & (MEMORY_SM | MEMORY_ME)) == (MEMORY_SM | MEMORY_ME))
		found &= ~MEMORY_MT;
	return found != 0 ? found : MEMORY_SM | MEMORY_ME | MEMORY_SR;
}

/* Chooses a memory for reading and deleting only; new messages go where they
 * went. Some modems answer without the counts, some want two names. */
static bool
choose(struct worker *w, unsigned memory)
{
	struct at_reply reply;
	char text[40];

	(void)snprintf(text, sizeof(text), "AT+CPMS=\"%s\"",
	    memories[memory]);
	if (command(w, text, "+CPMS:", &reply))
		return true;
	if (w->is_failed)
		return false;
	(void)snprintf(text, sizeof(text), "AT+CPMS=\"%s\",\"%s\"",
	    memories[memory], memories[memory]);
	return command(w, text, "+CPMS:", &reply);
}

/* --- reading ------------------------------------------------------------- */

struct stored_reading {
	struct worker *w;
	unsigned memory;
	int index;		/* the index in the last head line */
	bool has_head;		/* a head came; its PDU follows */
	size_t n_before;	/* read before, and still in the modem */
};

static void
push(struct stored_message **all, size_t *n, size_t *room,
    const struct stored_message *m)
{
	if (*n == *room) {
		*room = *room * 2 + 16;
		*all = xreallocarray(*all, *room, sizeof(**all));
	}
	(*all)[(*n)++] = *m;
}

/* The message was reported already, but the modem did not delete it. */
static bool
was_read(const struct stored_reading *r, const struct stored_message *m)
{
	for (size_t i = 0; i < r->n_before; i++) {
		const struct stored_message *other = &r->w->stored.read[i];

		if (other->memory == m->memory && other->index == m->index &&
		    other->digest == m->digest)
			return true;
	}
	return false;
}

static void
take(struct stored_reading *r, const char *hex)
{
	struct stored *s = &r->w->stored;
	struct pdu_place place = {memories[r->memory], r->index};
	struct stored_message m = {
		.memory = r->memory,
		.index = r->index,
		.digest = (uint32_t)crc32(0, (const Bytef *)hex,
		    (uInt)strlen(hex)),
	};

	r->has_head = false;
	if (!was_read(r, &m))
		inbox_take(&r->w->inbox, &place, hex);
	push(&s->read, &s->n, &s->room, &m);
}

/* +CMGL: <index>,<stat>,[<alpha>],<length>, and the PDU on the next line. */
static void
on_listed(const char *line, void *arg)
{
	struct stored_reading *r = arg;
	char *end;

	if (strncasecmp(line, "+CMGL:", 6) != 0) {
		if (r->has_head)
			take(r, line);
		return;
	}
	if (r->has_head)
		take(r, "");	/* a place without a PDU */
	r->index = (int)strtol(line + 6, &end, 10);
	r->has_head = end != line + 6;
}

/* +CMGR: <stat>,[<alpha>],<length>; nothing, or a head alone, when the place
 * is empty. */
static void
on_read(const char *line, void *arg)
{
	struct stored_reading *r = arg;

	if (strncasecmp(line, "+CMGR:", 6) == 0)
		r->has_head = true;
	else if (r->has_head)
		take(r, line);
}

/* --- deleting ------------------------------------------------------------ */

/* Deletes the messages that were read, from this one on. A message that the
 * modem keeps all the same is not told again by the next sweep; it is deleted
 * again. */
static void
delete_read(struct worker *w, size_t from)
{
	struct stored *s = &w->stored;
	struct at_reply reply;
	unsigned chosen = N_MEMORIES;
	char text[32];

	/* If the sync fails, the messages stay and will be read again. */
	if (s->n == from || ledger_sync(&w->ledger) == -1)
		return;
	link_flush(&w->link);
	for (size_t i = from; i < s->n && !w->is_failed; i++) {
		struct stored_message *m = &s->read[i];

		if (m->memory != chosen && !choose(w, m->memory))
			continue;
		chosen = m->memory;
		(void)snprintf(text, sizeof(text), "AT+CMGD=%d", m->index);
		m->is_deleted = command(w, text, "+CMGD:", &reply);
		if (!m->is_deleted && !w->is_failed) {
			s->n_left++;
			reading_failed(w, "AT+CMGD", reply.code);
		}
	}
}

/* --- all, or one --------------------------------------------------------- */

static bool
list_memory(struct worker *w, unsigned memory, size_t n_before)
{
	struct stored_reading r = {
	    .w = w, .memory = memory, .n_before = n_before};
	enum at_verdict verdict;
	int code;

	worker_calling(w, "list", LIST_MS + 1000);
	verdict = at_list(&w->at, "AT+CMGL=4", "+CMGL:", LINE_MS, LIST_MS,
	    on_listed, &r, &code);
	worker_called(w);
	if (!is_answered(w, verdict, "AT+CMGL=4"))
		return false;
	if (r.has_head)
		take(&r, "");
	if (verdict == AT_OK)
		return true;
	reading_failed(w, "AT+CMGL=4", code);
	return false;
}

/* Forgets messages that were read before this sweep and are not in the modem
 * any more. */
static void
forget(struct stored *s, size_t n_before)
{
	if (n_before == 0)
		return;		/* maybe the list could not be read */
	s->n -= n_before;
	memmove(s->read, s->read + n_before, s->n * sizeof(*s->read));
}

static void
sweep(struct worker *w)
{
	struct stored *s = &w->stored;
	size_t n_before = s->n;
	bool is_well = true, is_chosen = false;
	struct at_reply reply;

	s->wants_sweep = false;
	s->n_announced = 0;
	s->n_left = 0;
	s->sweep_deadline = clock_mono_ms() + POLL_MS;
	/* Somebody may have left the modem in text mode, which has no PDUs. */
	if (!command(w, "AT+CMGF=0", "+CMGF:", &reply) && !w->is_failed)
		reading_failed(w, "AT+CMGF=0", reply.code);
	if (s->memories == 0 && !w->is_failed)
		s->memories = ask_memories(w);
	for (unsigned i = 0; i < N_MEMORIES && !w->is_failed; i++) {
		if ((s->memories >> i & 1) == 0 || !choose(w, i))
			continue;
		is_chosen = true;
		is_well = list_memory(w, i, n_before) && is_well;
	}
	/* The modem can't choose a memory: read the present one. */
	if (!is_chosen && !w->is_failed)
		is_well = list_memory(w, 0, n_before);
	if (w->is_failed)
		return;
	forget(s, n_before);
	delete_read(w, 0);
	if (is_well && s->n_left == 0 && !w->is_failed)
		reading_is_well(w);
}

static void
read_one(struct worker *w)
{
	struct stored *s = &w->stored;
	struct stored_message place = s->announced[0];
	struct stored_reading r = {.w = w, .memory = place.memory,
	    .index = place.index};
	enum at_verdict verdict = AT_ERROR;
	size_t before = s->n;
	char text[32];
	int code;

	s->n_announced--;
	memmove(s->announced, s->announced + 1,
	    s->n_announced * sizeof(*s->announced));
	if (choose(w, place.memory)) {
		(void)snprintf(text, sizeof(text), "AT+CMGR=%d", place.index);
		worker_calling(w, "read", LINE_MS + 1000);
		verdict = at_list(&w->at, text, "+CMGR:", LINE_MS, LINE_MS,
		    on_read, &r, &code);
		worker_called(w);
		(void)is_answered(w, verdict, text);
	}
	if (w->is_failed)
		return;
	/* The message is not there. It may be elsewhere (a report in SR,
	 * announced as SM). */
	if (s->n == before)
		s->wants_sweep = true;
	else
		delete_read(w, before);
	s->n = before;
}

void
stored_announced(struct worker *w, const char *text)
{
	struct stored *s = &w->stored;
	struct stored_message place = {.memory = N_MEMORIES};
	const char *comma = strchr(text, ',');

	text += strspn(text, " \"");
	for (unsigned i = 0; i < N_MEMORIES; i++)
		if (strncmp(text, memories[i], 2) == 0)
			place.memory = i;
	comma = comma != NULL ? comma + 1 + strspn(comma + 1, " \"") : "";
	if (place.memory == N_MEMORIES || !isdigit((unsigned char)*comma)) {
		s->wants_sweep = true;
		return;
	}
	place.index = atoi(comma);
	push(&s->announced, &s->n_announced, &s->room_announced, &place);
}

void
stored_count(struct worker *w, unsigned used)
{
	if (used > w->stored.n_left && w->stored.n_announced == 0)
		w->stored.wants_sweep = true;
}

bool
stored_step(struct worker *w)
{
	struct stored *s = &w->stored;

	if (s->must_poll && clock_mono_ms() >= s->sweep_deadline)
		s->wants_sweep = true;
	/* Many messages are read faster in one sweep. */
	if (s->n_announced > 0 && !s->wants_sweep && s->n_announced < 4)
		read_one(w);
	else if (s->wants_sweep || s->n_announced > 0)
		sweep(w);
	else
		return false;
	return true;
}
