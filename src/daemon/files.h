/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon reads from files: configuration, templates, keys.
 */
#ifndef DAEMON_FILES_H
#define DAEMON_FILES_H

#include <jansson.h>

struct daemon;

/* Reads and checks what a start needs; -t and a real start call the same.
 * Returns 0, or -1 (the faults are on stderr). */
int files_load(struct daemon *, const char *conf_file);
void files_unload(struct daemon *);

/* Reads configuration and templates again and takes them over. If one has a
 * fault or needs a restart, nothing changes. Returns the faults as an array of
 * sentences, which the caller frees; an empty one means success. */
json_t *files_reload(struct daemon *);

#endif
