/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the paths of a configuration lead to. Nothing is opened: a modem may
 * come later, and a file may be readable by the daemon's user alone.
 */
#include <sys/stat.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "conf/reader.h"

/* The kinds of file that a path may name. */
enum wanted {
	FOLDER,		/* that others may not write to */
	SECRET,		/* a file that others may not even read */
	NEW_SECRET,	/* the same; it is made when it is missing */
	DEVICE,
};

static const char *
kind(mode_t mode)
{
	return S_ISDIR(mode) ? "a folder" : S_ISREG(mode) ? "a file"
	    : S_ISCHR(mode) ? "a device" : "neither file nor folder";
}

static bool
is_right(enum wanted wanted, mode_t mode)
{
	switch (wanted) {
	case FOLDER:
		return S_ISDIR(mode);
	case SECRET:
	case NEW_SECRET:
		return S_ISREG(mode);
	case DEVICE:
		return S_ISCHR(mode);
	}
	return true;
}

static const char *
wanted_name(enum wanted wanted)
{
	return wanted == DEVICE ? "a modem's device"
	    : wanted == SECRET || wanted == NEW_SECRET ? "a file"
	    : "a folder";
}

static void
tell_missing(struct reader *reader, const char *key, const char *path,
    enum wanted wanted)
{
	if (wanted == FOLDER)
		reader_fault(reader, reader_where(reader, key), key,
		    "there is no folder %s: make it, or name another one",
		    path);
	else if (wanted == DEVICE)
		reader_warn(reader, key, "%s is not there: the modem is "
		    "waited for; see ls -l /dev/serial/by-path", path);
	else if (wanted == SECRET)
		reader_warn(reader, key, "%s is not there: write the secret "
		    "into it, or take the key out", path);
}

/* path "": none. */
static void
look(struct reader *reader, const char *key, const char *path,
    enum wanted wanted)
{
	mode_t bad = wanted == SECRET || wanted == NEW_SECRET
	    ? S_IROTH | S_IWOTH : S_IWOTH;
	struct stat st;

	if (*path == '\0')
		return;
	if (stat(path, &st) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			tell_missing(reader, key, path, wanted);
		return;
	}
	if (!is_right(wanted, st.st_mode))
		reader_fault(reader, reader_where(reader, key), key,
		    "%s is %s; %s is expected", path, kind(st.st_mode),
		    wanted_name(wanted));
	else if (wanted != DEVICE && (st.st_mode & bad) != 0)
		reader_warn(reader, key, "everybody may %s %s (mode %04o): "
		    "chmod o-rwx %s", st.st_mode & S_IWOTH ? "write to"
		    : "read", path, (unsigned)st.st_mode & 07777, path);
}

static void
look_at_modems(struct reader *reader)
{
	const struct conf *conf = reader->conf;
	char key[KEY_SIZE];

	for (size_t i = 0; i < conf->n_modems; i++) {
		(void)snprintf(key, sizeof(key), "modems[%zu].device", i);
		if (!conf_device_is_searched(conf->modems[i].device))
			look(reader, key, conf->modems[i].device, DEVICE);
		(void)snprintf(key, sizeof(key), "modems[%zu].pin_file", i);
		look(reader, key, conf->modems[i].pin_file, SECRET);
	}
}

/* The configuration says where the secrets are and what is sent. */
static void
look_at_files(struct reader *reader)
{
	char text[1200];
	struct stat st;

	for (size_t i = 0; i < reader->source.n_files; i++) {
		const char *file = reader->source.files[i];

		if (stat(file, &st) == -1 || (st.st_mode & S_IWOTH) == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s:1: warning: everybody "
		    "may write to this file (mode %04o): chmod o-w %s", file,
		    (unsigned)st.st_mode & 07777, file);
		reader->warning(text, reader->arg);
	}
}

static void
look_at_pools(struct reader *reader)
{
	const struct conf *conf = reader->conf;
	char key[KEY_SIZE];

	for (size_t i = 0; i < conf->n_modems; i++) {
		bool is_used = false;

		for (size_t j = 0; j < conf->n_pools; j++)
			is_used = is_used || conf_pool_has(&conf->pools[j],
			    conf->modems[i].name);
		if (is_used)
			continue;
		(void)snprintf(key, sizeof(key), "modems[%zu].name", i);
		reader_warn(reader, key, "the modem \"%s\" is in no pool and "
		    "will send nothing: add it to pools", conf->modems[i].name);
	}
}

/* section: whose http.token_files they are. */
static void
look_at_tokens(struct reader *reader, const char *section,
    char *const *files)
{
	char key[KEY_SIZE];

	for (size_t i = 0; files[i] != NULL; i++) {
		(void)snprintf(key, sizeof(key), "%s.http.token_files[%zu]",
		    section, i);
		look(reader, key, files[i], SECRET);
	}
}

void
reader_check_places(struct reader *reader)
{
	const struct conf *conf = reader->conf;

	look_at_files(reader);
	look(reader, "gateway.state_dir", conf->gateway.state_dir, FOLDER);
	look(reader, "notices.templates", conf->notices.templates,
	    FOLDER);
	look(reader, "privacy.key_file", conf->privacy.key_file, NEW_SECRET);
	look(reader, "redis.password_file", conf->redis.password_file,
	    SECRET);
	look_at_tokens(reader, "intake", conf->intake.token_files);
	look_at_tokens(reader, "ussd", conf->ussd.token_files);
	look_at_modems(reader);
	look_at_pools(reader);
}
