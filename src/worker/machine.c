/* SPDX-License-Identifier: GPL-2.0-or-later
 *
 * Opens libgammu on the modem.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "base/log.h"
#include "base/mem.h"
#include "worker/ear.h"
#include "worker/machine.h"
#include "worker/pause.h"
#include "worker/stray.h"
#include "worker/tty.h"
#include "worker/worker.h"

/* Each of 25 commands may take libgammu seconds; when the modem is silent, 30
 * s. */
#define INIT_MS	  40000
#define SWITCH_MS 45000

static void
status_cb(GSM_StateMachine *machine, int status, int reference, void *arg)
{
	struct worker *w = arg;

	(void)machine;
	send_answered(&w->sending, status, reference);
}

/* libgammu frees the strings with the state machine. */
static int
configure(struct worker *w)
{
	GSM_Config *cfg = GSM_GetConfig(w->machine, 0);

	if (cfg == NULL)
		return -1;
	(void)GSM_ReadConfig(NULL, cfg, 0);
	free(cfg->Device);
	free(cfg->Connection);
	cfg->Device = xstrdup(w->config->device);
	cfg->Connection = xstrdup(w->config->connection);
	cfg->UseGlobalDebugFile = FALSE;
	GSM_SetConfigNum(w->machine, 1);
	return 0;
}

/* This may fail in the library: its calls only make it look at what comes
 * between a prompt and its answer. worker/settings.c sets up the modem. */
static void
enable(struct worker *w, const char *call, GSM_Error error)
{
	if (error == ERR_NONE)
		return;
	log_debug("modem_setup", "modem=%s call=%s error=\"%s\"",
	    w->config->modem, call, GSM_ErrorString(error));
	if (error == ERR_TIMEOUT)
		worker_fail(w, "timeout");
}

/* Set the callbacks after GSM_InitConnection(), which clears them. */
static void
set_up(struct worker *w)
{
	GSM_SetSendSMSStatusCallback(w->machine, status_cb, w);
	worker_calling(w, "set_ussd", SWITCH_MS);
	GSM_SetIncomingUSSDCallback(w->machine, ussd_cb, w);
	enable(w, "incoming_ussd", GSM_SetIncomingUSSD(w->machine, TRUE));
	if (!w->is_failed) {
		worker_calling(w, "settings", SETTINGS_MS);
		(void)settings_apply(w);
	}
	worker_called(w);
}

int
machine_open(struct worker *w, void (*tick)(void *worker))
{
	GSM_Error error;

	if ((w->machine = GSM_AllocStateMachine()) == NULL ||
	    configure(w) == -1) {
		worker_fail(w, "library");
		return -1;
	}
	worker_calling(w, "init", INIT_MS);
	error = GSM_InitConnection(w->machine, 1);
	worker_called(w);
	if (error != ERR_NONE) {
		log_error("modem_init", "modem=%s connection=%s error=\"%s\"",
		    w->config->modem, w->config->connection,
		    GSM_ErrorString(error));
		worker_fail(w, error == ERR_TIMEOUT ? "timeout" : "init");
		return -1;
	}
	if ((w->tty = tty_find(w->config->device)) == -1) {
		log_error("modem_init", "modem=%s text=\"no descriptor of "
		    "%s among ours\"", w->config->modem, w->config->device);
		worker_fail(w, "gone");
		return -1;
	}
	if (!pause_is_ours())
		log_warning("modem_pace", "modem=%s text=\"libgammu's pauses "
		    "can't be capped; pace_ms is without effect\"",
		    w->config->modem);
	ear_open(w->tty);
	at_init(&w->at, w->tty, stray_line, w);
	w->at.tick = tick;
	pause_tick(tick, w);
	set_up(w);
	return w->is_failed ? -1 : 0;
}

void
machine_describe(struct worker *w, struct proto *ready)
{
	char manufacturer[GSM_MAX_MANUFACTURER_LENGTH + 1] = "";
	char model[GSM_MAX_MODEL_LENGTH + 1] = "";
	char firmware[GSM_MAX_VERSION_LENGTH + 1] = "";
	char date[GSM_MAX_VERSION_DATE_LENGTH + 1] = "";
	double number;

	/* Known since GSM_InitConnection(): this sends no command. */
	(void)GSM_GetManufacturer(w->machine, manufacturer);
	(void)GSM_GetModel(w->machine, model);
	(void)GSM_GetFirmware(w->machine, firmware, date, &number);
	memset(ready, 0, sizeof(*ready));
	ready->type = PROTO_TYPE_READY;
	ready->ready.imei = xstrdup(w->id.imei);
	ready->ready.imsi = xstrdup(w->id.imsi);
	ready->ready.iccid = xstrdup(w->id.iccid);
	ready->ready.smsc = xstrdup(w->id.smsc);
	ready->ready.number = xstrdup(w->id.number);
	ready->ready.device = xstrdup(w->config->device);
	ready->ready.manufacturer = worker_clean(manufacturer);
	ready->ready.model = worker_clean(model);
	ready->ready.firmware = worker_clean(firmware);
}

void
machine_leave(struct worker *w)
{
	worker_calling(w, "leave", SWITCH_MS);
	settings_leave(w);
	worker_called(w);
}

void
machine_close(struct worker *w)
{
	if (w->machine == NULL)
		return;
	/* libgammu sets TIOCEXCL and never clears it. */
	if (w->tty != -1)
		(void)ioctl(w->tty, TIOCNXCL);
	(void)GSM_TerminateConnection(w->machine);
	GSM_FreeStateMachine(w->machine);
	w->machine = NULL;
	w->tty = -1;
}
