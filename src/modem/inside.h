/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * The parts of one modem, for the files of this folder only.
 */
#ifndef MODEM_INSIDE_H
#define MODEM_INSIDE_H

#include "base/fsm.h"
#include "ipc/proto.h"
#include "journal/replay.h"
#include "message/message.h"
#include "modem/ladder.h"
#include "modem/lines.h"
#include "modem/modem.h"
#include "modem/process.h"
#include "modem/work.h"

#define DEVICE_POLL_MS 1000
#define WAIT_MOST_MS   30000

#define PAST_MOST 20

/* A change of the state or of its reason. */
struct past {
	int64_t at;
	enum modem_state state;
	enum health_reason reason;
};

struct flight {
	char message[MESSAGE_ID_SIZE];
	char about[ABOUT_SIZE];
	uint32_t fence;
	uint32_t done;			/* bit per segment that has been sent */
	unsigned segments;
};

struct modem {
	struct fsm fsm;
	struct event_base *base;
	const struct conf *conf;
	const struct conf_modem *own;
	const char *worker;
	struct modem_hooks hooks;
	void *arg;
	struct event *timer;		/* next try to start */
	struct process *process;
	char *journal, *pin_memory;	/* paths */
	bool is_waiting_for_device;	/* the log says so already */
	bool is_wanted;			/* on_wanted was not answered yet */
	bool has_journal;		/* may hold news for Redis */
	bool is_draining;		/* for good: the daemon stops */
	bool is_leaving;		/* for good: modem_leave() */
	bool is_restarting;		/* a new worker replaces this one */
	struct conf_modem *kept;	/* own settings of a removed modem */
	char *typed_pin;		/* for the next worker, or NULL */
	modem_pin_done *pin_done;	/* called when the try ends; or NULL */
	void *pin_arg;
	bool is_pin_out;		/* this worker has the typed PIN */
	bool has_said_bye;		/* this worker has sent its BYE */
	char said_detail[200];		/* detail of this worker's last words */
	int64_t told_timeout_ms;	/* send_timeout of this worker */
	bool is_degraded;		/* its journal can't be written */
	int64_t wait_ms, journal_wait_ms;
	int64_t restarted_at;		/* the modem's own last restart */
	uint64_t heard_seq;		/* highest journal number received */
	int64_t tidy_at;		/* the last compaction of the journal */
	int64_t tidy_size;		/* octets, after that compaction */
	int64_t replayed_at;		/* 0: not yet */
	bool is_replaying;
	bool is_retold;			/* also retold since the last replay */
	struct replay_counts replayed;
	struct flight flights[MODEM_CREDIT];
	unsigned n_flights;
	int64_t front_since_ms;		/* the first flight's last progress */
	int64_t call_since_ms;		/* its worker waits for the modem; 0:
					 * it does not */

	/* what the worker told */
	struct proto ready, health, settings;	/* PROTO_NONE until then */
	struct proto failure;		/* the last DIALOGUE; outlives it */
	modem_probed *probed;		/* who waits for its answer, or NULL */
	void *probe_arg;
	enum health_reason reason;	/* why it is not ready */
	char detail[200];		/* detail of the reason, or "" */
	int tries_left;			/* for the PIN; -1 unknown */
	int64_t changed_at;		/* wall clock, when the state changed */
	struct ladder ladder;
	enum reset reset;		/* for the next worker */
	enum modem_wish wish;
	struct work work;		/* of its SIM */
	char met_imsi[32];		/* the SIM that work is about */
	char sim_was[32];		/* IMEI that the SIM was in before,
					 * until it sends here; or "" */
	struct past past[PAST_MOST];	/* the newest one last */
	size_t n_past;
	uint64_t sent, refused, unknown, reports, restarts;
	int64_t last_sent_at;
	char last_refusal[32];
};

/* The worker is to end or has ended, and gets nothing more to do. */
bool modem_is_ending(const struct modem *);

int64_t modem_journal_size(const struct modem *);

/* modem_arm(): sets the modem's timer. modem_send(): sends a frame; needs a
 * worker. */
void modem_arm(struct modem *, int64_t ms);
void modem_send(struct modem *, const struct proto *);

/* Sets the reason for the present or the next state. detail: may be NULL. */
void modem_set_reason(struct modem *, enum health_reason, const char *detail);
/* Goes to a state, or stays there. READY and BUSY set the reason to
 * HEALTH_WELL. */
void modem_go(struct modem *, enum modem_state);

/* modem_pin_take(): the PIN for the worker that starts, typed by an operator or
 * else read from the file. modem_pin_ended(): that try has ended, as the worker
 * is ready or has ended. */
void modem_pin_take(struct modem *, char *out, size_t size, bool *is_typed);
void modem_pin_ended(struct modem *, bool is_open);
void modem_pin_clear(struct modem *);

/* The worker is ready: notes whether another SIM is in the modem, and whether
 * this SIM was in another modem before. */
void modem_meet_sim(struct modem *);
/* The SIM has sent a text: this modem is its home from now on. */
void modem_sim_works(struct modem *);
/* The SIM has had enough reports to be known as one that gets them. */
void modem_sim_reports(struct modem *);
/* The answer to the probe, told to who waits for it; lines NULL: the worker
 * ended before it. */
void modem_probe_ended(struct modem *, const char *lines);
/* Asks the worker to finish and exit; needs a worker. */
void modem_end_worker(struct modem *);
/* modem_climb(): the modem failed for its reason. modem_climb_unregistered():
 * it has had no network for long. Then: it works; its device was away. */
void modem_climb(struct modem *);
void modem_climb_unregistered(struct modem *);
void modem_climb_down(struct modem *);
/* Loads the operator's wish that an earlier run stored. */
void modem_recall_wish(struct modem *);

/* Handles one decoded frame of the worker. */
void modem_hear(struct modem *, struct proto *);

#endif
