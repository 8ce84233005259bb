/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon reads from files: configuration, templates, keys.
 */
#ifndef DAEMON_FILES_H
#define DAEMON_FILES_H

#include <jansson.h>

struct daemon;

/* Reads and checks what a start needs, for -t and for the real start alike.
 * Returns 0, or -1 (the faults are on stderr). */
int files_load(struct daemon *, const char *conf_file);
void files_unload(struct daemon *);

/* Reads configuration and templates anew and takes them over. When one has a
 * fault or needs a restart, it changes nothing. Returns the faults as an
 * array of sentences, the caller's; empty: done. */
json_t *files_reload(struct daemon *);

#endif
