/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of the running daemon and what it remembers, for the files of
 * this folder. daemon.c fills it at the start and empties it at the end.
 */
#ifndef DAEMON_STATE_H
#define DAEMON_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct admin;
struct admin_request;
struct alarms;
struct balances;
struct conf;
struct dispatch;
struct errors;
struct event;
struct event_base;
struct gate;
struct instance;
struct intake_http;
struct keyhash;
struct list;
struct lookup;
struct lookup_http;
struct memory;
struct modem;
struct modem_hooks;
struct outbox;
struct reader;
struct redis;
struct repair;
struct sms;
struct store;
struct templates;
struct ussd;
struct watch;

#define DAEMON_SIGNALS 4

struct daemon {
	struct event_base *base;
	char *conf_file;		/* absolute path */
	struct conf *conf;
	struct templates *templates;
	struct keyhash *keyhash;
	const char *worker;		/* path of baotin-modem */
	struct redis *redis;
	struct store *store;
	struct alarms *alarms;
	struct memory *memory;
	struct watch *watch;
	struct errors *errors;
	struct outbox *outbox;
	struct dispatch *dispatch;
	struct modem **modems;		/* n_modems of them; daemon/modems.c */
	size_t n_modems;
	const struct modem_hooks *modem_hooks; /* for those a reload adds */
	struct reader *reader;
	struct list *list;		/* NULL: no intake.list */
	struct lookup *lookup;
	struct sms *sms;
	struct ussd *ussd;
	struct balances *balances;
	struct intake_http *intake_http; /* NULL: no intake.http.listen */
	struct lookup_http *lookup_http; /* NULL: no ussd.http.listen */
	struct admin *admin;
	struct event *signals[DAEMON_SIGNALS];
	struct event *tick;		/* sweep, watchdog */
	struct event *stop;		/* while draining: is all done? */
	int64_t stop_deadline;		/* 0: not stopping */
	int64_t started_at;
	struct instance *instance;	/* the lock, and the name in Redis */
	struct gate *gate;
	unsigned sweeps;
	int64_t strangers_hour;		/* when strangers were cut off last */
	struct repair *repair;		/* the pass under way, or NULL */
	struct admin_request *repair_request; /* waits for that pass */
	int64_t repair_ms;		/* when the last pass began */
	bool must_repair;		/* begin a pass soon, not only daily */
	bool is_ready;			/* systemd has been told */
	bool is_late;			/* some worker is late: notify.c */
	bool is_drained;		/* stays true once all was done */
	int status;			/* exit status at the end */
	int starter;			/* starting process; -1: none */
};

#endif
