#!/usr/bin/env python3
"""Writes golden.json: what SciPy and NumPy say of some samples. Debian's python3-scipy cannot be
installed beside the Boost that the program is built with, so this runs by hand, elsewhere:

    python3 tests/statistics/golden.py > tests/statistics/golden.json
"""
import json
import warnings

import numpy
import scipy
from scipy import stats

warnings.filterwarnings("ignore")  # of small samples for the normal approximation
random = numpy.random.default_rng(1)


def sample(size, shift, digits):
    return [round(float(value) + shift, digits) for value in random.normal(size=size)]


def has_ties(values):
    return len(set(values)) < len(values)


def mann_whitney(a, b):
    # The rule of R's wilcox.test for when to count exactly; SciPy's own goes by sizes up to 8.
    exact = not has_ties(a + b) and max(len(a), len(b)) < 50
    method = "exact" if exact else "asymptotic"
    case = {"a": a, "b": b, "exact": exact}
    for alternative in ("greater", "two-sided"):
        result = stats.mannwhitneyu(a, b, alternative=alternative, method=method)
        case["u"] = float(result.statistic)
        case[alternative] = float(result.pvalue)
    return case


def wilcoxon(a, b):
    differences = [x - y for x, y in zip(a, b)]
    exact = (0 not in differences and not has_ties([abs(d) for d in differences])
             and len(a) <= 50)
    case = {"a": a, "b": b, "exact": exact}
    for alternative in ("greater", "two-sided"):
        result = stats.wilcoxon(a, b, zero_method="pratt", alternative=alternative,
                                mode="exact" if exact else "approx")
        case[alternative] = float(result.pvalue)
    # Of the one-sided test: of the two-sided one it is the smaller of both sums.
    case["w_plus"] = float(stats.wilcoxon(a, b, zero_method="pratt", alternative="greater",
                                          mode="exact" if exact else "approx").statistic)
    return case


def described(values):
    return {"values": values, "mean": float(numpy.mean(values)),
            "deviation": float(numpy.std(values, ddof=1)), "median": float(numpy.median(values)),
            "quantiles": [[p, float(numpy.quantile(values, p))]
                          for p in (0, 0.025, 0.1, 0.5, 0.75, 0.975, 1)]}


def whole(values):
    """Quarters, whose differences are exact: ties are ties."""
    return [round(4 * value) / 4 for value in values]


unpaired = [(5, 5, 1.0, 6), (3, 3, 2.0, 6), (5, 8, -0.5, 6), (12, 9, 0.3, 6), (30, 30, 0.5, 9),
            (49, 20, 0.2, 9), (49, 49, 0.6, 9), (50, 50, 0.2, 9), (120, 80, 0.4, 9),
            (5, 5, 0.5, 0), (10, 12, 0.5, 1), (40, 40, 0.3, 1), (200, 150, -0.2, 1)]
paired = [(3, 1.0, 6), (5, 1.5, 6), (8, 0.2, 6), (10, -0.3, 6), (20, 0.5, 6), (50, 0.3, 6),
          (51, 0.3, 6), (100, 0.2, 9)]
tied = [(6, 0.5), (10, 0.5), (15, 0.2), (30, 0.3), (60, -0.1), (120, 0.2)]

golden = {
    "source": f"SciPy {scipy.__version__}, NumPy {numpy.__version__}; written by golden.py",
    "mann_whitney": [mann_whitney(sample(n, shift, digits), sample(m, 0, digits))
                     for n, m, shift, digits in unpaired],
    "wilcoxon": [wilcoxon(sample(n, shift, digits), sample(n, 0, digits))
                 for n, shift, digits in paired] +
                [wilcoxon(whole(sample(n, shift, 6)), whole(sample(n, 0, 6))) for n, shift in tied],
    "described": [described(sample(n, 0.5, 6)) for n in (2, 3, 5, 10, 100)],
}
text = json.dumps(golden)
for place in ('"mann_whitney": [', '"wilcoxon": [', '"described": [', "}, {"):
    text = text.replace(place, place[:-1] + "\n" + place[-1] if place == "}, {" else place + "\n")
print(text)
