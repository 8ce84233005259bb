/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What goes over the control sockets: one request frame, one answer frame,
 * both JSON objects (UTF-8) in the frames of ipc/channel.h.
 *
 *	{"words": ["modem", "viettel-1"]}
 *	{"words": ["import", "a.csv"], "rows": [{"dossier": "…", …}, …]}
 *	{"ok": true, "result": ..., "zone": "Asia/Ho_Chi_Minh"}
 *	{"ok": false, "status": 1, "error": "...", "result": ..., "zone": ...}
 *
 * rows come with import and dry-run only, and hold texts only.
 *
 * zone is gateway.timezone, in which whoever shows an answer writes times:
 * those are milliseconds since 1970.
 *
 * status is the exit status (1 failed, 2 wrong use); a failure
 * may carry a result as well. One request at a time per connection.
 */
#ifndef IPC_CONTROL_H
#define IPC_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#define CONTROL_LIMIT	  (1024 * 1024)	/* octets of a payload */
#define CONTROL_REQUEST	  1		/* frame types */
#define CONTROL_ANSWER	  2
#define CONTROL_WORDS_MAX 64

#define CONTROL_ROWS_MAX  100

/* The payload for n words and rows, which may be NULL, for the caller to
 * free; NULL when one of the words is not valid UTF-8, or all together is
 * too long for a frame. */
char *control_request_encode(const char *const *words, size_t n,
    const json_t *rows);

/* The words of a payload, 1 to CONTROL_WORDS_MAX, in a NULL-terminated
 * array that is one allocation for the caller to free; NULL for anything
 * that is not exactly such an object. *rows: 1 to CONTROL_ROWS_MAX objects
 * of strings, for the caller to free, or NULL. Does not log. */
char **control_request_decode(const uint8_t *data, size_t n, size_t *n_words,
    json_t **rows);

struct control_answer {
	int status;		/* 0: ok */
	char *error;		/* owned, NULL when ok */
	json_t *result;		/* owned, may be NULL on failure */
	char *zone;		/* owned, NULL when the daemon did not say */
};
/* 0, or -1: no such answer, and nothing to clear. */
int control_answer_decode(const uint8_t *data, size_t n,
    struct control_answer *out);
void control_answer_clear(struct control_answer *);

#endif
