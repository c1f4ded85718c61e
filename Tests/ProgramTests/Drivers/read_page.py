"""Opens a page in headless Chromium and says what a reader would meet, as one line of JSON.

    python3 read_page.py FACET PAGE WIDTH HEIGHT light|dark [SCREENSHOT]

- errors: messages of the console and exceptions, and whatever the page asks of a network
- overflow: by how many pixels the page is wider than the window, and the elements at fault
- contrast: the least contrast of a text with what lies behind it (WCAG 2.1), and that text
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

MEASURE = r"""
(() => {
  const channel = v => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4 };
  const luminance = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const parse = s => (s.match(/[\d.]+/g) || []).map(Number);
  const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? [18, 18, 18] : [255, 255, 255];
  const behind = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length && (c.length < 4 || c[3] > 0)) return c;
    }
    return canvas;
  };
  let contrast = 99, text = '';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.data.trim(), e = walker.currentNode.parentElement;
    if (!words || ['STYLE', 'SCRIPT'].includes(e.tagName) || e.closest('svg')) continue;
    const [a, b] = [parse(getComputedStyle(e).color), behind(e)].map(luminance);
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < contrast) { contrast = ratio; text = words.slice(0, 60); }
  }
  const width = document.documentElement.clientWidth, wide = [];
  for (const e of document.body.querySelectorAll('*')) {
    if (e.closest('svg') && e.tagName !== 'svg' || e.closest('.scroll, pre')) continue;
    if (e.getBoundingClientRect().right > width + 1) wide.push(e.tagName + ': ' + e.textContent.slice(0, 60));
  }
  return JSON.stringify({
    overflow: document.documentElement.scrollWidth - width, wide: wide.slice(0, 5), contrast, text,
    figures: document.querySelectorAll('figure svg').length,
    tables: document.querySelectorAll('table').length,
  });
})()
"""


class Browser:
    """Chromium, spoken to over a pair of pipes: messages in JSON, each ended by a NUL."""

    def __init__(self, profile):
        read, self.out = os.pipe()
        self.inp, write = os.pipe()

        def take():
            # Where Chromium looks for them.
            os.dup2(read, 3)
            os.dup2(write, 4)

        # High numbers, so that neither is overwritten while the other is moved.
        read, write = os.dup2(read, 60), os.dup2(write, 61)
        self.process = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", f"--user-data-dir={profile}", "--remote-debugging-pipe"],
            preexec_fn=take, pass_fds=(3, 4, 60, 61), stderr=subprocess.DEVNULL)
        os.close(60), os.close(61)
        self.buffer, self.count, self.events = b"", 0, []

    def receive(self):
        while b"\0" not in self.buffer:
            part = os.read(self.inp, 1 << 20)
            if not part:
                sys.exit("Chromium has gone")
            self.buffer += part
        message, self.buffer = self.buffer.split(b"\0", 1)
        return json.loads(message)

    def call(self, method, session=None, **parameters):
        self.count += 1
        message = {"id": self.count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self.out, json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.count:
                if "error" in answer:
                    sys.exit(f"{method}: {answer['error']['message']}")
                return answer["result"]
            self.events.append(answer)

    def wait(self, method):
        while not any(event.get("method") == method for event in self.events):
            self.events.append(self.receive())


def told(events):
    """What the page complained of or asked for."""
    for event in events:
        method, words = event.get("method"), event.get("params", {})
        if method == "Runtime.exceptionThrown":
            yield words["exceptionDetails"]["text"]
        elif method == "Runtime.consoleAPICalled" and words["type"] in ("error", "warning"):
            yield str([value.get("value") for value in words["args"]])
        elif method == "Log.entryAdded":
            yield words["entry"]["text"]
        elif method == "Network.requestWillBeSent":
            address = words["request"]["url"]
            if not address.startswith(("file:", "data:")):
                yield "asks for " + address


def main():
    page, width, height, scheme = sys.argv[2:6]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        browser = Browser(profile)
        target = browser.call("Target.createTarget", url="about:blank")["targetId"]
        session = browser.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Runtime", "Log", "Network", "Page"):
            browser.call(domain + ".enable", session)
        browser.call(
            "Emulation.setDeviceMetricsOverride", session, width=int(width), height=int(height),
            deviceScaleFactor=1, mobile=int(width) < 600)
        browser.call(
            "Emulation.setEmulatedMedia", session,
            features=[{"name": "prefers-color-scheme", "value": scheme}])
        browser.call("Page.navigate", session, url=pathlib.Path(page).resolve().as_uri())
        browser.wait("Page.loadEventFired")
        found = json.loads(
            browser.call("Runtime.evaluate", session, expression=MEASURE)["result"]["value"])
        found["errors"] = list(told(browser.events))
        if len(sys.argv) > 6:
            full = browser.call("Page.getLayoutMetrics", session)["cssContentSize"]
            picture = browser.call(
                "Page.captureScreenshot", session, captureBeyondViewport=True,
                clip={"x": 0, "y": 0, "width": int(width), "height": full["height"], "scale": 1})
            pathlib.Path(sys.argv[6]).write_bytes(base64.b64decode(picture["data"]))
        print(json.dumps(found))
        browser.call("Browser.close")
        browser.process.wait(timeout=20)


main()
