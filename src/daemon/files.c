/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * What the daemon reads from files: configuration, templates, key. It reads and
 * checks all of them at a start and for -t, and again for a reload while it
 * runs.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <systemd/sd-daemon.h>

#include "admin/admin.h"
#include "admin/http.h"
#include "base/clock.h"
#include "base/keyhash.h"
#include "base/log.h"
#include "base/mem.h"
#include "conf/conf.h"
#include "daemon/files.h"
#include "daemon/gate.h"
#include "daemon/instance.h"
#include "daemon/modems.h"
#include "daemon/state.h"
#include "dispatch/dispatch.h"
#include "dispatch/errors.h"
#include "intake/http.h"
#include "lookup/http.h"
#include "text/template.h"

/* --- what comes from files ------------------------------------------------ */

/* arg: an array that collects the sentences; NULL: they go to stderr. */
static void
tell_conf_fault(const char *text, void *arg)
{
	if (arg != NULL)
		json_array_append_new(arg, json_string(text));
	else
		fprintf(stderr, "%s\n", text);
}

/* arg, at a reload: the warning goes to the log. Else it goes to stderr. */
static void
tell_conf_warning(const char *text, void *arg)
{
	if (arg != NULL)
		log_warning("conf_warning", "text=\"%s\"", text);
	else
		fprintf(stderr, "%s\n", text);
}

static void
tell_template_fault(const char *file, int line, const char *text, void *arg)
{
	char *sentence = line == 0 ? xasprintf("%s: %s", file, text)
	    : xasprintf("%s:%d: %s", file, line, text);

	tell_conf_fault(sentence, arg);
	free(sentence);
}

static struct templates *
load_templates(const struct conf *conf, json_t *faults)
{
	const char **ids = xcalloc(conf->n_agencies + 1, sizeof(*ids));
	struct templates *templates;

	for (size_t i = 0; i < conf->n_agencies; i++)
		ids[i] = conf->agencies[i].id;
	templates = templates_load_complete(conf->notices.templates, ids,
	    (unsigned)conf->notices.max_segments, tell_template_fault, faults);
	free(ids);
	return templates;
}

static int
check_state_dir(const struct conf *conf)
{
	struct stat st;

	if (stat(conf->gateway.state_dir, &st) == 0 && S_ISDIR(st.st_mode) &&
	    access(conf->gateway.state_dir, W_OK | X_OK) == 0)
		return 0;
	fprintf(stderr, "gateway.state_dir: %s is not a folder that this "
	    "user may write to: %s\n", conf->gateway.state_dir,
	    errno != 0 ? strerror(errno) : "not a folder");
	return -1;
}

static int
check_worker(const char *worker)
{
	if (access(worker, X_OK) == 0)
		return 0;
	fprintf(stderr, "%s: the worker program can't be run: %s\n", worker,
	    strerror(errno));
	return -1;
}

int
files_load(struct daemon *d, const char *conf_file)
{
	const char *worker = getenv("BAOTIN_WORKER");
	int status = 0;

	d->worker = worker != NULL ? worker : LIBEXECDIR "/baotin-modem";
	/* The absolute path: a daemon in the background is in another
	 * folder. */
	d->conf_file = realpath(conf_file, NULL);
	d->conf = conf_load(conf_file, tell_conf_fault, tell_conf_warning,
	    NULL);
	if (d->conf == NULL)
		return -1;
	setenv("TZ", d->conf->gateway.timezone, 1);
	tzset();
	d->templates = load_templates(d->conf, NULL);
	if (d->templates == NULL)
		status = -1;
	errno = 0;
	if (check_state_dir(d->conf) == -1)
		status = -1;
	else if ((d->keyhash = keyhash_open(d->conf->privacy.key_file)) ==
	    NULL)
		status = -1;
	if (check_worker(d->worker) == -1)
		status = -1;
	if (intake_http_check_conf(d->conf) == -1 ||
	    lookup_http_check(d->conf) == -1 ||
	    admin_http_check(d->conf) == -1)
		status = -1;
	return status;
}

void
files_unload(struct daemon *d)
{
	free(d->conf_file);
	instance_free(d->instance);
	keyhash_free(d->keyhash);
	templates_free(d->templates);
	conf_free(d->conf);
}

/* --- reload --------------------------------------------------------- */

/* Gives each part that keeps a pointer into the old configuration its
 * counterpart in the new one. */
static void
take_over(struct daemon *d, struct conf *fresh, struct templates *templates)
{
	struct conf old = *d->conf;

	/* The struct keeps its address: many parts borrow it. */
	*d->conf = *fresh;
	*fresh = old;
	templates_free(d->templates);
	d->templates = templates;
	errors_free(d->errors);
	d->errors = errors_new(d->conf);
	modems_reload(d);
	gate_reload(d->gate);
	dispatch_reload(d->dispatch);
	intake_http_reload(d->intake_http);
	lookup_http_reload(d->lookup_http);
	admin_reload(d->admin);
	log_set_level(d->conf->log.level);
	conf_free(fresh);
}

static struct conf *
load_fresh(struct daemon *d, json_t *faults)
{
	struct conf *fresh;
	const char *key;
	char *text;

	if (d->stop_deadline != 0) {
		tell_conf_fault("the daemon is stopping", faults);
		return NULL;
	}
	fresh = conf_load(d->conf_file, tell_conf_fault, tell_conf_warning,
	    faults);
	if (fresh == NULL)
		return NULL;
	if (intake_http_check_conf(fresh) != 0 ||
	    lookup_http_check(fresh) != 0 || admin_http_check(fresh) != 0) {
		tell_conf_fault("a token of intake.http.token_files, "
		    "ussd.http.token_files or admin.token_files can't be "
		    "read (see the log)", faults);
		conf_free(fresh);
		return NULL;
	}
	key = conf_fixed_difference(d->conf, fresh);
	if (key == NULL)
		return fresh;
	text = xasprintf("%s: \"%s\" has changed, which needs a restart; "
	    "nothing was taken over", d->conf_file, key);
	tell_conf_fault(text, faults);
	free(text);
	conf_free(fresh);
	return NULL;
}

json_t *
files_reload(struct daemon *d)
{
	json_t *faults = json_array(), *fault;
	struct templates *templates = NULL;
	struct conf *fresh;
	size_t i;

	sd_notifyf(0, "RELOADING=1\nMONOTONIC_USEC=%lld",
	    (long long)clock_mono_us());
	fresh = load_fresh(d, faults);
	if (fresh != NULL)
		templates = load_templates(fresh, faults);
	if (templates != NULL) {
		take_over(d, fresh, templates);
		log_info("reloaded", "file=%s", d->conf_file);
	} else {
		conf_free(fresh);
		json_array_foreach(faults, i, fault)
			log_error("reload_failed", "fault=\"%s\"",
			    json_string_value(fault));
	}
	sd_notify(0, "READY=1");
	return faults;
}
