/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * A text back to who asked by text or call: closes the question and queues
 * the answer in one step.
 */
#ifndef LOOKUP_REPLY_H
#define LOOKUP_REPLY_H

struct question;
struct sms;

/* once: see store_reply(). text: UTF-8, or NULL: silence. */
void reply_send(struct sms *, const struct question *, const char *text,
    const char *once);

#endif
