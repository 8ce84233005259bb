/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * baotin-modem: one process, one modem. What its parts share.
 *
 * owns: the modem's tty through libgammu, the modem's journal, and at most
 *	two texts.
 * promises: a RESULT for each segment it tried and for each text it did not
 *	begin, in the journal before the daemon hears of it; no second
 *	submit after a call that timed out (it exits instead).
 * never does: choose a text, a moment or another modem; answer a call.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include <stdbool.h>
#include <stdint.h>

#include <gammu.h>

#include "ipc/proto.h"
#include "worker/at.h"
#include "worker/inbox.h"
#include "worker/ledger.h"
#include "worker/link.h"
#include "worker/ring.h"
#include "worker/send.h"
#include "worker/settings.h"
#include "worker/stored.h"
#include "worker/ussd.h"

/* The sign of life comes so often that a dead modem, or one without a network,
 * is noticed within 15 s. */
#define WORKER_BEAT_MS 8000

struct journal;

/* What the modem and its SIM said about themselves. */
struct identity {
	char imei[32], imsi[32], iccid[32], smsc[64], number[32];
};

struct worker {
	struct proto config_frame;
	const struct proto_config *config;	/* inside config_frame */
	struct link link;
	struct journal *journal;
	struct ledger ledger;
	GSM_StateMachine *machine;
	int tty;			/* libgammu's descriptor */
	struct at at;			/* on it, between library calls */
	struct identity id;
	struct settings settings;
	struct sending sending;
	struct inbox inbox;
	struct ring ring;
	unsigned n_unacknowledged;	/* +CDS and +CMT that want AT+CNMA */
	struct stored stored;
	struct ussd ussd;
	int64_t call_began;		/* of worker_calling(); 0: no call */
	unsigned probe_at;		/* worker/probe.c; 0: no probe */
	bool wants_check, has_restarted; /* worker/restart.h */
	int64_t checked_at;
	bool wants_health;
	int64_t health_deadline;	/* when the next HEALTH is due */
	int64_t beat_deadline;		/* the next sign of life, unless the
					 * modem answers something before */
	unsigned beat_command;		/* worker/health.c */
	bool is_registered;		/* as the last HEALTH said */
	int64_t patience_deadline;	/* a QUERY waits no longer for quiet;
					 * 0: not waiting yet */
	int64_t quiet_deadline;		/* when the tty counts as quiet */
	bool (*is_wanted)(struct worker *); /* worker/run.h */
	bool is_ending;			/* SHUTDOWN, SIGTERM, or orphaned */
	bool is_failed;			/* leave the loop at once */
	const char *bye;		/* reason for BYE; "" none yet */
	char detail[256];		/* for LOCKED and BYE, or "" */
};

/* Tells the daemon that a call begins that may block for deadline_ms, and that
 * it has ended. A worker without a daemon has nobody that would kill it: an
 * alarm ends the process some seconds after the deadline. */
void worker_calling(struct worker *, const char *call, uint32_t deadline_ms);
void worker_called(struct worker *);

/* Does what must not wait while a call waits for the modem. arg: the worker.
 * Calls neither the library nor the modem. */
void worker_tick(void *arg);

/* Tells the daemon what worker and modem said before something failed for
 * this reason. */
void worker_tell_dialogue(struct worker *, const char *reason);

/* Leaves the loop and ends with this BYE. The first reason counts. */
void worker_fail(struct worker *, const char *reason);

/* A copy of what the modem said, cut where it is not UTF-8. */
char *worker_clean(const char *text);

/* Reads what is there: through libgammu while it waits for a text's result,
 * else directly, with what worker/ear.c kept. Returns false: the tty hung
 * up. */
bool worker_drain(struct worker *);

#endif
