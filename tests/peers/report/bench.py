"""bench.py NAS: how long `nas report` takes for 10,000 trials, how large its page is, and how soon that answers.

Wants an otherwise idle machine. Ends with 1 where a promise of results/REPORT.md is broken."""

import os
import statistics
import subprocess
import sys
import tempfile
import time

import browser

MOST_SECONDS = 2.0
MOST_BYTES = 5_000_000
REPEATS = 5
# By what takes longest, genotypes, and by a filter that looks at all texts: milliseconds until the table is laid out.
SORT = """
const start = performance.now();
[...document.querySelectorAll('#trials th button')].find((head) => head.textContent === 'genotype').click();
const field = document.querySelector('#trials input[type=search]');
field.value = '1,1';
field.dispatchEvent(new Event('input'));
document.getElementById('trials').getBoundingClientRect();
return performance.now() - start;
"""
TRIALS = 10_000
# A few large decisions, and many small ones with layers of which each trial has a part; costs with every trial.
CASES = {
    "nasbench201, one run of 10,000 trials": ["--space", "nasbench201", "--strategy", "evolution", "--trials", str(TRIALS),
                                              "--max", "macs=1G"],
    "mbconv, one run of 10,000 trials": ["--space", "mbconv", "--strategy", "evolution", "--trials", str(TRIALS),
                                         "--max", "macs=1G"],
    "mbconv, 10 runs of 1,000 trials": ["--space", "mbconv", "--strategy", "random", "--trials", str(TRIALS // 10),
                                        "--max", "macs=1G", "--seeds", "0-9"],
}


def median_of(measure):
    return statistics.median(measure() for _ in range(REPEATS))


def main():
    nas = os.path.abspath(sys.argv[1])
    driver = browser.open_browser()
    broken = False
    try:
        with tempfile.TemporaryDirectory() as folder:
            for number, (name, words) in enumerate(CASES.items()):
                runs, page = f"{folder}/{number}", f"{folder}/{number}.html"
                subprocess.run([nas, "run", *words, "--estimator", "synthetic", "--quiet", "--out", runs], check=True,
                               stdout=subprocess.DEVNULL)

                def write():
                    start = time.monotonic()
                    subprocess.run([nas, "report", runs, "-o", page, "--force"], check=True, stdout=subprocess.DEVNULL)
                    return time.monotonic() - start

                def open_it():
                    return browser.open_page(driver, page) / 1000

                def sort_it():
                    return driver.execute_script(SORT) / 1000

                browser.show_as(driver)
                written, size, ready = median_of(write), os.path.getsize(page), median_of(open_it)
                answer = median_of(sort_it)
                within = size < MOST_BYTES and max(written, ready, answer) < MOST_SECONDS
                broken |= not within
                print(f"{name}: written in {written:.2f} s, {size / 1e6:.2f} MB, all drawn after {ready:.2f} s, sorted and "
                      f"filtered in {answer:.2f} s, medians of {REPEATS}" + ("" if within else ": MORE THAN PROMISED"),
                      flush=True)
    finally:
        driver.quit()
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
