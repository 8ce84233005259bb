/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The whole of the running program, for the files of this folder: main.c
 * reads the command line, daemon.c starts and stops the parts, flow.c is
 * the life of a message, view.c what operators see.
 */
#ifndef DAEMON_DAEMON_H
#define DAEMON_DAEMON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

struct admin;
struct admin_request;
struct alarms;
struct conf;
struct dispatch;
struct errors;
struct event;
struct event_base;
struct gate;
struct instance;
struct keyhash;
struct list;
struct lookup;
struct lookup_http;
struct modem;
struct proto_incoming;
struct proto_rang;
struct proto_unreadable;
struct proto_ussd;
struct question;
struct reader;
struct outbox;
struct redis;
struct repair;
struct sms;
struct store;
struct templates;
struct ussd;

#define DAEMON_SIGNALS 4

struct daemon {
	struct event_base *base;
	char *conf_file;		/* whole path */
	struct conf *conf;
	struct templates *templates;
	struct keyhash *keyhash;
	const char *worker;		/* path of baotin-modem */
	struct redis *redis;
	struct store *store;
	struct alarms *alarms;
	struct errors *errors;
	struct outbox *outbox;
	struct dispatch *dispatch;
	struct modem **modems;		/* n_modems of them; daemon/modems.c */
	size_t n_modems;
	struct reader *reader;
	struct list *list;		/* NULL: no intake.list */
	struct lookup *lookup;
	struct sms *sms;
	struct ussd *ussd;
	struct lookup_http *lookup_http; /* NULL: no ussd.http.listen */
	struct admin *admin;
	struct event *signals[DAEMON_SIGNALS];
	struct event *tick;		/* sweep, watchdog */
	struct event *stop;		/* while draining: all done? */
	int64_t stop_deadline;		/* 0: not stopping */
	int64_t started_at;
	struct instance *instance;	/* the lock, and the name in Redis */
	struct gate *gate;
	unsigned sweeps;
	int64_t strangers_hour;		/* when they were cut off last */
	struct repair *repair;		/* the pass under way, or NULL */
	struct admin_request *repair_request; /* who waits for its end */
	int64_t repair_ms;		/* when the last one began */
	bool must_repair;		/* soon, not only daily */
	bool is_ready;			/* systemd knows */
	bool is_drained;		/* once is enough */
	int status;			/* of the exit, when it must end */
	int starter;			/* to tell that we work; -1: nobody */
};

/* SIGHUP and SIGUSR1 wait until the daemon can handle them. For main(). */
void daemon_block_signals(void);

/* What a start needs from files: 0 or -1 (told on stderr). For -t and for
 * the real start alike. */
int daemon_load(struct daemon *, const char *conf_file);
void daemon_unload(struct daemon *);

/* Makes sure that no other daemon works with our state_dir. 0 or -1 (told
 * on stderr). */
int daemon_lock(struct daemon *);

/* Runs until told to stop. The exit status: 0; 1, it failed; 2, only somebody
 * who changes something can mend it. */
int daemon_run(struct daemon *);

/* In the background, from here on: the starting process waits until we work
 * or have ended, and exits with 0 or our status. -1: told on stderr. */
int daemon_detach(struct daemon *);

/* It can't go on: ends with this status. The cause was logged. */
void daemon_end(struct daemon *, int status);

/* For gate.c: work has begun; or it must end, since holder has our name. */
void daemon_ready(struct daemon *);
void daemon_refuse(struct daemon *, const char *holder);

/* Reads configuration and templates anew and takes them over, or, when one
 * has a fault or needs a restart, changes nothing. Returns the faults as an
 * array of sentences, the caller's; empty: done. */
json_t *daemon_reload(struct daemon *);

/* --- flow.c: the hooks of all parts -------------------------------------- */

extern const struct reader_hooks flow_reader_hooks;
extern const struct dispatch_hooks flow_dispatch_hooks;
extern const struct modem_hooks flow_modem_hooks;
extern const struct outbox_hooks flow_outbox_hooks;

/* Time alone moves some messages; called every few seconds. */
void flow_sweep(struct daemon *);

/* --- server.c ------------------------------------------------------------- */

extern const struct redis_hooks server_redis_hooks;

/* Called every few seconds: a repair pass after each opening of the gate,
 * after a fault, and once a day. */
void server_tick(struct daemon *);
void server_stop(struct daemon *);	/* after redis_stop() */
void server_repair(struct admin_request *, void *daemon);

/* --- modems.c ------------------------------------------------------------- */

void modems_start(struct daemon *);
void modems_stop(struct daemon *);

/* d->conf is a new one; the former is still there. */
void modems_reload(struct daemon *);

/* Takes out one that has left, and frees it. */
void modems_forget(struct daemon *, struct modem *);

/* NULL: none of this name. */
struct modem *daemon_modem(const struct daemon *, const char *name);

/* --- question.c: the life of a question ---------------------------------- */

extern const struct sms_hooks question_sms_hooks;
extern const struct lookup_hooks question_lookup_hooks;

void question_text(struct modem *, const struct proto_incoming *, void *arg);
void question_call(struct modem *, const struct proto_rang *, void *arg);
void question_unreadable(struct modem *, const struct proto_unreadable *,
    void *arg);
void question_heard(const char *result, const struct question *, void *arg);

/* Those that are open for some time are taken up again. */
void question_sweep(struct daemon *);

/* What a sweep knows of this hour's lookups: clears their alarms. */
void question_calm(struct daemon *, bool is_scanning, bool is_guessing);

/* --- strangers.c: the alarm of this name ---------------------------------- */

/* lookup.strangers is used up. about: the modem that was asked, or the pool;
 * arg: the daemon. */
void strangers_cut(const char *about, void *arg);

/* A new hour clears it. */
void strangers_sweep(struct daemon *);

/* --- ussd.c: USSD of the modems ------------------------------------------ */

void ussd_start(struct daemon *);	/* after modems and lookup */
void ussd_stop(struct daemon *);
void ussd_heard(struct modem *, const struct proto_ussd *, void *arg);
void ussd_dial(const char *modem, const char *code, struct admin_request *,
    void *arg);

/* --- view.c --------------------------------------------------------------- */

extern const struct admin_hooks view_admin_hooks;

#endif
