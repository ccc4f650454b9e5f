"""Headless Chromium, driven by Selenium, both from Debian's packages: what a reader of a page has.

Where one of them is missing, `open_browser` ends the program with 77, which is "skipped" to ctest.
"""

import os
import shutil
import sys

SKIPPED = 77
WIDE = (1280, 900)
PHONE = (390, 844)


def open_browser():
    """A driver whose log has what pages say on the console, down to warnings."""
    try:
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
    except ImportError:
        skip("no python3-selenium")
    programs = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    for name, path in programs.items():
        if path is None:
            skip(f"no {name}")
    options = webdriver.ChromeOptions()
    options.binary_location = programs["chromium"]
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # The page is ours; the sandbox wants what containers have not, and /dev/shm is small in them.
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                     "--hide-scrollbars", "--no-first-run", "--disable-extensions",
                     "--disable-renderer-backgrounding", "--disable-backgrounding-occluded-windows"):
        options.add_argument(argument)
    driver = webdriver.Chrome(service=Service(programs["chromedriver"]), options=options)
    driver.set_script_timeout(60)
    return driver


def skip(reason):
    print(f"skipped: {reason}; .ci/install-packages peers installs what is missing")
    sys.exit(SKIPPED)


def show_as(driver, size=WIDE, theme="light"):
    """Before a page is opened or while it is: the size in pixels, and the theme that it is asked for."""
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": size == PHONE})
    driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": theme}]})


def open_page(driver, path):
    """Opens a report, and gives the milliseconds from its start until all charts were drawn."""
    from selenium.webdriver.support.ui import WebDriverWait

    driver.get("file://" + os.path.abspath(path))
    return int(WebDriverWait(driver, 60, poll_frequency=0.05).until(
        lambda it: it.execute_script("return document.documentElement.dataset.ready")))


def console(driver):
    """What the page has said on the console since the last call."""
    return [entry["message"] for entry in driver.get_log("browser")]


def screenshot(driver, file):
    """Of the whole page, however long it is."""
    import base64

    image = driver.execute_cdp_cmd("Page.captureScreenshot",
                                   {"format": "png", "captureBeyondViewport": True})
    with open(file, "wb") as out:
        out.write(base64.b64decode(image["data"]))


def printed(driver):
    """The page as PDF, as bytes."""
    import base64

    return base64.b64decode(driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": False})["data"])
