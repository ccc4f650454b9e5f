"""page.py NAS [--screenshots DIR]: the pages of `nas report` in headless Chromium: nothing on the console, every
chart drawn, sorting and filtering, dark and light, on a phone and in print."""

import argparse
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
import unittest

import browser

# Of every canvas in sight: its label and how many pixels are painted.
PAINTED = """
return [...document.querySelectorAll('canvas[role=img]')].filter((canvas) => canvas.offsetParent).map((canvas) => {
  const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
  let painted = 0;
  for (let i = 3; i < pixels.length; i += 4) if (pixels[i]) ++painted;
  return [canvas.getAttribute('aria-label'), painted];
});
"""
# Axes and their numbers alone paint more than a thousand pixels.
LEAST_PAINTED = 1500
CHART = """
const canvas = [...document.querySelectorAll('canvas[role=img]')].find((one) => one.getAttribute('aria-label').startsWith(arguments[0]));
return Chart.getChart(canvas).data.datasets.map((set) => ({ label: set.label || '', points: set.data.length, hidden: Boolean(set.hidden) }));
"""
# Of every chart in sight: its label and how many of its marks lie outside.
OUTSIDE = """
return [...document.querySelectorAll('canvas[role=img]')].filter((canvas) => canvas.offsetParent).map((canvas) => {
  const chart = Chart.getChart(canvas);
  const { left, right, top, bottom } = chart.chartArea;
  const isOutside = ({ x, y }) => x < left - 1 || x > right + 1 || y < top - 1 || y > bottom + 1;
  return [canvas.getAttribute('aria-label'), chart.getSortedVisibleDatasetMetas().flatMap((meta) => meta.data).filter(isOutside).length];
});
"""
SEEDS = 3
TRIALS = 60


def idx(magic, sizes, content):
    return struct.pack(f">{1 + len(sizes)}I", magic, *sizes) + content


def write_tiny_data(folder):
    """8 x 8 pixels, two classes, bright above or bright below."""
    os.makedirs(folder)
    noise = random.Random(0)
    for name, count in (("train", 128), ("t10k", 32)):
        pixels = bytes((140 if (row < 4) == (i % 2 == 0) else 60) + noise.randrange(60)
                       for i in range(count) for row in range(8) for _ in range(8))
        with open(f"{folder}/{name}-images-idx3-ubyte", "wb") as file:
            file.write(idx(0x0803, (count, 8, 8), pixels))
        with open(f"{folder}/{name}-labels-idx1-ubyte", "wb") as file:
            file.write(idx(0x0801, (count,), bytes(i % 2 for i in range(count))))


class Pages:
    """Runs and reports of them, made once."""

    def __init__(self, nas, folder):
        self.nas, self.folder = nas, folder
        for strategy in ("random", "evolution"):
            self.call("run", "--strategy", strategy, "--space", "nasbench201", "--estimator", "synthetic", "--trials",
                      str(TRIALS), "--seeds", f"1-{SEEDS}", "--quiet", "--out", f"runs/{strategy}")
        self.call("report", "runs", "-o", "landscape.html")
        write_tiny_data(f"{folder}/data")
        self.call("run", "--data", "data", "--trials", "4", "--final-epochs", "1", "--quiet", "--out", "trained")
        self.call("report", "trained", "-o", "trained.html", "--quiet", "--reference", "ds-cnn,resnet8,mobilenetv1-0.25")
        self.kill_before_any_trial("nothing")
        self.call("report", "nothing", "-o", "nothing.html")

    def call(self, *words):
        environment = {**os.environ, "XDG_CACHE_HOME": f"{self.folder}/cache"}
        ended = subprocess.run([self.nas, *words], cwd=self.folder, env=environment, capture_output=True, text=True)
        if ended.returncode != 0:
            raise RuntimeError(f"nas {' '.join(words)}: exit code {ended.returncode}, {ended.stderr}")

    def kill_before_any_trial(self, name):
        words = [self.nas, "run", "--estimator", "constant", "--set", "constant.sleep_ms=60000", "--quiet", "--out", name]
        with subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
            shown = [self.nas, "show", name]
            while run.poll() is None and subprocess.run(shown, cwd=self.folder, capture_output=True).returncode != 0:
                time.sleep(0.05)
            run.kill()

    def path(self, name):
        return f"{self.folder}/{name}.html"


class ReportPage(unittest.TestCase):
    driver = None
    pages = None
    screenshots = None

    def open(self, name, size=browser.WIDE, theme="light"):
        browser.show_as(self.driver, size, theme)
        browser.open_page(self.driver, self.pages.path(name))

    def script(self, text, *arguments):
        return self.driver.execute_script(text, *arguments)

    def check_silent(self):
        self.assertEqual(browser.console(self.driver), [])

    def check_painted(self, at_least):
        painted = self.script(PAINTED)
        self.assertGreaterEqual(len(painted), at_least)
        for label, pixels in painted:
            self.assertGreater(pixels, LEAST_PAINTED, label)

    def column(self, number):
        return self.script("return [...document.querySelectorAll('#trials tbody tr')].map((row) => row.cells[arguments[0]].textContent)", number)

    def heads(self):
        return self.script("return [...document.querySelectorAll('#trials th')].map((head) => head.textContent)")

    def press_head(self, name):
        self.script("[...document.querySelectorAll('#trials th button')].find((one) => one.textContent === arguments[0]).click()", name)

    def filter(self, text):
        """The words beside the field after `text` was typed."""
        field = self.driver.find_element("css selector", "#trials input[type=search]")
        field.clear()
        field.send_keys(text)
        # An empty text is no key: the field tells of its clearing itself.
        self.script("arguments[0].dispatchEvent(new Event('input'))", field)
        return self.script("return document.querySelector('#trials [role=status]').textContent")

    def test_a_page_draws_every_chart_and_asks_for_nothing(self):
        for name, charts in (("landscape", 6), ("trained", 7), ("nothing", 0)):
            for theme in ("light", "dark"):
                with self.subTest(page=name, theme=theme):
                    self.open(name, theme=theme)
                    self.check_painted(charts)
                    self.assertEqual(self.script("return performance.getEntriesByType('resource').length"), 0)
                    self.check_silent()

    def test_charts_hold_what_runs_have_found(self):
        self.open("landscape")
        lines = [one["label"] for one in self.script(CHART, "Best value so far") if one["label"]]
        self.assertEqual(lines, ["evolution", "random"])
        points = {one["label"]: one["points"] for one in self.script(CHART, "Every trial")}
        self.assertEqual(points["random"], TRIALS * SEEDS)
        self.assertEqual(points["evolution"], TRIALS * SEEDS)
        self.assertGreater(points["Pareto front"], 0)
        self.assertEqual(len(self.script(CHART, "Empirical distribution")), 2)
        self.assertEqual(self.script("return document.querySelectorAll('#drawings svg').length"), 2)
        self.assertEqual(self.script("return document.querySelectorAll('#drawings svg .node').length > 10"), True)

    def test_nothing_lies_outside_of_its_chart(self):
        for name in ("landscape", "trained"):
            self.open(name)
            for label, outside in self.script(OUTSIDE):
                self.assertEqual(outside, 0, f"{name}: {label}")

    def test_designed_networks_stand_beside_found_ones(self):
        self.open("trained")
        designed = [one for one in self.script(CHART, "Accuracy against") if one["label"] == "designed by people"]
        self.assertEqual([one["points"] for one in designed], [3])
        text = self.script("return document.getElementById('references').innerText")
        for word in ("resnet8", "ds-cnn", "mobilenetv1-0.25", "Banbury", "by the recipe of the runs"):
            self.assertIn(word, text)

    def test_a_head_sorts_by_its_column_and_the_other_way_round(self):
        self.open("landscape")
        trial, metric = self.heads().index("trial"), self.heads().index("val_accuracy")
        best_first = [float(text.rstrip(" %")) for text in self.column(metric)]
        self.assertEqual(best_first, sorted(best_first, reverse=True))
        self.press_head("trial")
        self.assertEqual(self.column(trial)[:7], ["0"] * 2 * SEEDS + ["1"])
        self.press_head("trial")
        last = [int(text) for text in self.column(trial)]
        self.assertEqual(last, sorted(last, reverse=True))
        self.assertEqual(last[0], TRIALS - 1)
        self.assertEqual(self.script("return [...document.querySelectorAll('#trials th')].map((head) => head.getAttribute('aria-sort')).filter((sort) => sort !== 'none')"), ["descending"])
        self.check_silent()

    def test_words_and_conditions_filter_trials(self):
        self.open("landscape")
        all_trials = 2 * SEEDS * TRIALS
        self.assertEqual(self.filter("evolution trial<10"), f"{10 * SEEDS} trials of {all_trials}")
        self.assertEqual(set(self.column(self.heads().index("group"))), {"evolution"})
        self.assertEqual(self.filter("run_seed = 2 trial >= 58"), f"4 trials of {all_trials}")
        self.assertEqual(self.filter("val_accuracy<0%"), f"0 trials of {all_trials}")
        self.assertEqual(self.filter("no_such_column>1"), "unknown: no_such_column")
        self.assertEqual(self.filter("val_accuracy<many"), "unknown: val_accuracy<many")
        self.assertEqual(self.filter(""), f"{all_trials} trials of {all_trials}")
        self.script("[...document.querySelectorAll('#trials button')].find((one) => one.textContent.startsWith('next')).click()")
        self.assertIn("51 to 100 of 360", self.script("return document.getElementById('trials').innerText"))
        self.check_silent()

    def test_every_choice_can_be_made(self):
        for name in ("landscape", "trained"):
            self.open(name)
            made = self.script("""
                let made = 0;
                for (const box of document.querySelectorAll('main input[type=checkbox]')) box.click(), box.click(), ++made;
                for (const select of document.querySelectorAll('main select')) {
                  for (const option of select.options) { select.value = option.value; select.dispatchEvent(new Event('change')); ++made; }
                }
                return made;""")
            self.assertGreater(made, 10)
            self.check_painted(6)
            self.check_silent()

    def test_a_group_is_hidden_and_shown(self):
        self.open("landscape")
        button = "document.querySelectorAll('#anytime .legend button')[1]"
        for hidden in (True, False):
            self.script(f"{button}.click()")
            sets = self.script(CHART, "Best value so far")
            self.assertEqual([one["hidden"] for one in sets if one["label"] == "random"], [hidden])
            self.assertEqual([one["hidden"] for one in sets if one["label"] == "evolution"], [False])

    def test_a_theme_that_changes_is_followed(self):
        self.open("landscape", theme="light")
        ground = "return getComputedStyle(document.body).backgroundColor"
        ink = "return Chart.getChart(document.querySelector('#anytime canvas[role=img]')).options.scales.x.title.color"
        light = (self.script(ground), self.script(ink))
        browser.show_as(self.driver, theme="dark")
        self.driver.execute_async_script("requestAnimationFrame(() => setTimeout(arguments[0], 0))")
        self.assertNotEqual(self.script(ground), light[0])
        self.assertNotEqual(self.script(ink), light[1])
        self.check_silent()

    def test_a_phone_scrolls_in_one_direction(self):
        for name in ("landscape", "trained", "nothing"):
            self.open(name, size=browser.PHONE)
            self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), browser.PHONE[0], name)
            self.check_silent()

    def test_a_page_is_printed_in_light(self):
        self.open("landscape", theme="dark")
        ink = "Chart.getChart(document.querySelector('#anytime canvas[role=img]')).options.scales.x.title.color"
        dark = self.script(f"return {ink}")
        self.script(f"addEventListener('beforeprint', () => {{ window.printedInk = {ink}; }})")
        pdf = browser.printed(self.driver)
        self.assertTrue(pdf.startswith(b"%PDF"))
        self.assertGreater(len(pdf), 50_000)
        self.assertEqual(self.script("return window.printedInk"), "#1b1f24")
        self.assertEqual(self.script(f"return {ink}"), dark)
        self.check_silent()

    def test_a_page_without_trials_says_so(self):
        self.open("nothing")
        self.assertIn("No trial has finished yet", self.script("return document.getElementById('notes').innerText"))
        self.assertEqual(self.script("return [...document.querySelectorAll('main > section')].filter((one) => one.offsetParent).map((one) => one.id)"),
                         ["notes", "overview", "configuration"])

    def test_screenshots(self):
        if self.screenshots is None:
            self.skipTest("wants --screenshots DIR")
        for name in ("landscape", "trained", "nothing"):
            for size in (browser.WIDE, browser.PHONE):
                for theme in ("light", "dark"):
                    self.open(name, size, theme)
                    browser.screenshot(self.driver, f"{self.screenshots}/{name}-{size[0]}-{theme}.png")
            browser.show_as(self.driver)
            with open(f"{self.screenshots}/{name}.pdf", "wb") as file:
                file.write(browser.printed(self.driver))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("nas")
    parser.add_argument("--screenshots", help="folder for pictures of all pages, to be looked at")
    arguments = parser.parse_args()
    ReportPage.driver = browser.open_browser()
    try:
        with tempfile.TemporaryDirectory() as folder:
            ReportPage.pages = Pages(os.path.abspath(arguments.nas), folder)
            ReportPage.screenshots = arguments.screenshots
            suite = unittest.defaultTestLoader.loadTestsFromTestCase(ReportPage)
            ended = unittest.TextTestRunner(verbosity=2).run(suite)
    finally:
        ReportPage.driver.quit()
    sys.exit(0 if ended.wasSuccessful() else 1)


if __name__ == "__main__":
    main()
