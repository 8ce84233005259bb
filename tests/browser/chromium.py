# SPDX-License-Identifier: GPL-2.0-or-later
"""Debian's Chromium without a window, spoken to by the DevTools Protocol over
a pair of pipes (--remote-debugging-pipe): JSON objects with a NUL behind each.
No driver, no port.

    with Chromium(folder) as browser:
        page = browser.open("http://127.0.0.1:9477/", width=360)
        page.run("document.title")
        page.screenshot("page.png")
"""

import base64
import json
import os
import select
import shutil
import subprocess
import time

from lab import PATIENCE

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")


def find():
    """The program's path, or None."""
    return next(filter(None, map(shutil.which, PROGRAMS)), None)


class Chromium:
    def __init__(self, folder):
        to_us, theirs_out = os.pipe()
        theirs_in, from_us = os.pipe()
        words = [find(), "--headless=new", "--remote-debugging-pipe",
                 "--user-data-dir=" + os.path.join(folder, "chromium"),
                 "--no-first-run", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--disable-extensions",
                 "--disable-background-networking", "--disable-sync",
                 "--disable-component-update", "--hide-scrollbars",
                 "--force-prefers-reduced-motion", "--lang=vi",
                 "about:blank"]

        def place():
            # High first: one of the two may be 3 or 4 itself.
            high = [os.dup2(theirs_in, 100), os.dup2(theirs_out, 101)]
            os.dup2(high[0], 3)
            os.dup2(high[1], 4)
        with open(os.path.join(folder, "chromium.log"), "w") as log:
            self.child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=place, close_fds=False,
                env={k: v for k, v in os.environ.items()
                     if not k.lower().endswith("_proxy")})
        os.close(theirs_in)
        os.close(theirs_out)
        self.reading, self.writing = to_us, from_us
        self.buffer = b""
        self.number = 0
        self.answers = {}
        self.pages = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.writing)
        os.close(self.reading)
        self.child.terminate()
        try:
            self.child.wait(10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()

    def take(self, seconds):
        """Reads what has come, or comes within this time."""
        if not select.select([self.reading], [], [], seconds)[0]:
            return
        data = os.read(self.reading, 1 << 20)
        assert data, "Chromium has ended; see chromium.log"
        *texts, self.buffer = (self.buffer + data).split(b"\0")
        for text in texts:
            said = json.loads(text)
            if "id" in said:
                self.answers[said["id"]] = said
            elif said.get("sessionId") in self.pages:
                self.pages[said["sessionId"]].events.append(said)

    def call(self, method, session=None, **params):
        self.number += 1
        said = {"id": self.number, "method": method, "params": params}
        if session is not None:
            said["sessionId"] = session
        data = json.dumps(said).encode() + b"\0"
        while data:
            data = data[os.write(self.writing, data):]
        number, deadline = self.number, time.monotonic() + 60 * PATIENCE
        while number not in self.answers:
            assert time.monotonic() < deadline, method
            self.take(1)
        answer = self.answers.pop(number)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def open(self, url, width=1280, height=900, script=True):
        target = self.call("Target.createTarget", url="about:blank")
        session = self.call("Target.attachToTarget", flatten=True,
                            targetId=target["targetId"])["sessionId"]
        page = self.pages[session] = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network"):
            page.call(domain + ".enable")
        page.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 600)
        if not script:
            page.call("Emulation.setScriptExecutionDisabled", value=True)
        page.load(url)
        return page


class Page:
    def __init__(self, browser, session):
        self.browser, self.session = browser, session
        self.events = []

    def call(self, method, **params):
        return self.browser.call(method, self.session, **params)

    def names(self):
        return [event["method"] for event in self.events]

    def load(self, url):
        del self.events[:]
        self.call("Page.navigate", url=url)
        deadline = time.monotonic() + 60 * PATIENCE
        while "Page.loadEventFired" not in self.names():
            assert time.monotonic() < deadline, url
            self.browser.take(1)

    def run(self, expression):
        """The value of a JavaScript expression, of a promise what it
        brings."""
        said = self.call("Runtime.evaluate", expression=expression,
                         awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in said, said["exceptionDetails"]
        return said["result"].get("value")

    def wait(self, expression, what, timeout=30):
        deadline = time.monotonic() + timeout * PATIENCE
        while not self.run(expression):
            assert time.monotonic() < deadline, "waited in vain for " + what
            self.browser.take(0.1)

    def resize(self, width, height=900):
        self.call("Emulation.setDeviceMetricsOverride", width=width,
                  height=height, deviceScaleFactor=1, mobile=width < 600)

    def look(self, scheme):
        """"light" or "dark"."""
        self.call("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": scheme}])

    def screenshot(self, path):
        data = self.call("Page.captureScreenshot", format="png",
                         captureBeyondViewport=True)["data"]
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as out:
            out.write(base64.b64decode(data))

    # --- what went wrong -----------------------------------------------------

    def complaints(self):
        """All that the console or the log of the browser was told."""
        out = []
        for event in self.events:
            params = event["params"]
            if event["method"] == "Log.entryAdded":
                out.append(params["entry"]["text"])
            elif event["method"] == "Runtime.exceptionThrown":
                out.append(params["exceptionDetails"]["text"])
            elif event["method"] == "Runtime.consoleAPICalled":
                out.append(str(params["args"]))
        return out

    def urls(self):
        return [event["params"]["request"]["url"] for event in self.events
                if event["method"] == "Network.requestWillBeSent"]
