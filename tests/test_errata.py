"""The errata of docs/errata.md, proven in exact rational arithmetic; each test carries the erratum's name.

Nothing here imports the package: the lectures are judged by their own definitions, written out once more.
"""

import functools
import hashlib
import itertools
import json
import math
import operator
import re
from collections.abc import Iterable, Sequence
from fractions import Fraction as Q
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LECTURE = ROOT / "fixtures" / "lecture"

Interval = tuple[Q, Q]
"""Lower and upper bound of a positive number."""


def lecture(name: str) -> dict:
    """One table as printed."""
    return json.loads((LECTURE / f"{name}.json").read_text(encoding="utf-8"))


def column(table: dict, name: str) -> list[str]:
    """One column of a table, as the printed strings."""
    j = [c["name"] for c in table["columns"]].index(name)
    return [row[j] for row in table["rows"]]


def mean(xs: Iterable[Q | int]) -> Q:
    xs = list(xs)
    return Q(sum(xs)) / len(xs)


def cov(xs: Sequence[Q | int], ys: Sequence[Q | int], divisor: int) -> Q:
    """Sum of the products of deviations, over the divisor: n or n - 1."""
    ex, ey = mean(xs), mean(ys)
    return sum((x - ex) * (y - ey) for x, y in zip(xs, ys, strict=True)) / Q(divisor)


def corr_squared_signed(xs: Sequence[Q | int], ys: Sequence[Q | int]) -> Q:
    """The product corr |corr|: rational where corr need not be; it is +1, 0, -1 exactly where corr is."""
    c = cov(xs, ys, 1)
    return c * abs(c) / (cov(xs, xs, 1) * cov(ys, ys, 1))


def scatter(group: Sequence[int]) -> Q:
    """Sum of squared distances from the mean: |G| var(G) with the divisor |G|."""
    return cov(group, group, 1)


def bipartitions(points: Sequence[int]) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """All splits of distinct points into two non-empty groups; the first holds the first point."""
    head, *tail = points
    splits = []
    for r in range(len(tail)):
        for chosen in itertools.combinations(tail, r):
            splits.append(((head, *chosen), tuple(x for x in tail if x not in chosen)))
    return splits


def is_rounding_of(printed: str, value: Interval) -> bool:
    """Whether the printed decimal is nearest to every number of the interval."""
    unit = Q(1, 10 ** len(printed.partition(".")[2]))
    return Q(printed) - unit / 2 < value[0] and value[1] < Q(printed) + unit / 2


# --- K-means --------------------------------------------------------------------------------------


def test_km_2_distance_and_variance_scale_differently() -> None:
    xs = [0, 3, 7]
    scaled = [10 * x for x in xs]  # centimetres to millimetres
    assert abs(scaled[1] - scaled[0]) == 10 * abs(xs[1] - xs[0])
    assert cov(scaled, scaled, 3) == 10**2 * cov(xs, xs, 3)


def test_km_3_the_weighted_sum_is_minimal_not_each_variance() -> None:
    splits = bipartitions([0, 1, 4, 8])
    weighted = {s: sum(scatter(g) for g in s) for s in splits}
    unweighted = {s: sum(scatter(g) / len(g) for g in s) for s in splits}
    best = ((0, 1), (4, 8))
    other = ((0, 1, 4), (8,))
    assert [s for s in splits if weighted[s] == min(weighted.values())] == [best]
    assert [s for s in splits if unweighted[s] == min(unweighted.values())] == [other]
    assert (weighted[best], weighted[other]) == (Q(17, 2), Q(26, 3))
    assert (unweighted[best], unweighted[other]) == (Q(17, 4), Q(26, 9))
    assert scatter((8,)) < scatter((4, 8))  # the best partition does not have the smallest second variance


def test_km_4_the_nearest_centroid_need_not_be_unique() -> None:
    assert [(1 - c) ** 2 for c in (0, 2)] == [1, 1]


def test_km_5_a_centroid_may_have_no_points() -> None:
    points, centers = [0, 1], [0, 100]
    labels = [min((0, 1), key=lambda j: (x - centers[j]) ** 2) for x in points]
    assert labels.count(1) == 0
    with pytest.raises(ZeroDivisionError):
        mean(x for x, j in zip(points, labels, strict=True) if j == 1)


def test_km_6_a_fixed_point_need_not_be_a_local_minimum() -> None:
    points, centers = [0, 2, 3], [Q(1), Q(3)]
    distances = [[(x - c) ** 2 for c in centers] for x in points]
    labels = [d.index(min(d)) for d in distances]  # a tie goes to the lowest index
    assert distances[1] == [1, 1]
    assert labels == [0, 0, 1]
    assert [mean(x for x, j in zip(points, labels, strict=True) if j == k) for k in (0, 1)] == centers

    def distortion(c: Sequence[Q]) -> Q:
        return sum((min((x - m) ** 2 for m in c) for x in points), start=Q(0))

    assert distortion(centers) == 2
    for e in (Q(1, 2), Q(1, 10), Q(1, 1000), Q(1, 10**30)):
        assert distortion([centers[0], centers[1] - e]) == 2 - 2 * e + 2 * e**2 < 2
    assert distortion([Q(0), Q(5, 2)]) == Q(1, 2)


def test_km_7_own_points_may_be_farther_than_foreign_ones() -> None:
    splits = bipartitions([0, 2, 3, 5])
    total = {s: sum(scatter(g) for g in s) for s in splits}
    assert [s for s in splits if total[s] == min(total.values())] == [((0, 2), (3, 5))]
    assert abs(2 - 3) < abs(2 - 0)


def test_km_8_the_mean_belongs_to_the_squared_distance() -> None:
    points = [0, 0, 3]

    def cost(m: Q | int) -> Q:
        return Q(sum(abs(x - m) for x in points))

    assert mean(points) == 1
    assert (cost(1), cost(0)) == (4, 3)


def test_km_9_moving_every_center_merges_them() -> None:
    stream, rate = [0, 8, 0, 8], Q(1, 2)
    every, nearest = [Q(0), Q(8)], [Q(0), Q(8)]
    for n, x in enumerate(stream, start=1):
        every = [m + rate * (x - m) for m in every]
        k = min((0, 1), key=lambda j: (x - nearest[j]) ** 2)
        nearest[k] += rate * (x - nearest[k])
        assert every[1] - every[0] == 8 * (1 - rate) ** n
    assert nearest == [0, 8]


def test_palette_percentages_are_right() -> None:
    for colours, printed in ((2, "4.2"), (3, "8.3"), (10, "16.7")):
        share = 100 * Q((colours - 1).bit_length(), 24)
        assert is_rounding_of(printed, (share, share))


# --- Advertising channels -------------------------------------------------------------------------

CHANNELS = ROOT.parent / "shared" / "data" / "ad_performance.txt"
"""The lecture's table, which has no known licence and is no part of the project."""

needs_the_channels = pytest.mark.skipif(
    not CHANNELS.is_file(), reason="the lecture's table, which has no licence, does not lie beside the project"
)

FOUR = (523, 742, 409, 865)
"""Channels, counted from 0, from which K-means falls to the lecture's four clusters."""

EIGHT, LOCAL = (582, 49, 381, 658, 290, 682, 445, 879), (526, 75, 659, 244, 875, 429, 698, 826)
"""Channels from which it falls to the lowest J that is known for K = 8, and to the minimum that the lecture has."""


@functools.cache
def channels() -> tuple[list[str], list[list[str]]]:
    """Headings and rows."""
    content = CHANNELS.read_bytes()
    assert hashlib.sha256(content).hexdigest() == "154d07c078daa331367426237c1c810fe65892f27b0a089660b4fa23c846bf0d"
    head, *rows = [line.split("\t") for line in content.decode("utf-8-sig").splitlines()]
    return head, [[cell.strip() for cell in row] for row in rows]


@functools.cache
def filled() -> list[list[Q]]:
    """The seven columns of numbers, the mean in the place of what is missing."""
    found = []
    for j in range(1, 8):
        column = [Q(row[j]) if row[j] else None for row in channels()[1]]
        middle = mean(x for x in column if x is not None)
        found.append([middle if x is None else x for x in column])
    return found


@functools.cache
def coded() -> tuple[list[list[int]], int]:
    """All channels as points, in integers over one denominator: seven columns from 0 to 1, five of codes."""
    columns = []
    for c in filled():
        low, high = min(c), max(c)
        columns.append([(x - low) / (high - low) for x in c])
    for j in range(8, 13):
        order: dict[str, int] = {}
        columns.append([Q(order.setdefault(row[j], len(order))) for row in channels()[1]])
    unit = math.lcm(*{x.denominator for c in columns for x in c})
    return [[int(x * unit) for x in row] for row in zip(*columns, strict=True)], unit


@functools.cache
def settled(start: Sequence[int]) -> tuple[list[int], Q]:
    """Labels and J where K-means ends that starts from these channels, in integers."""
    points, unit = coded()
    sums, sizes = [points[i] for i in start], [1] * len(start)
    labels: list[int] = []
    while True:
        # |x - S/n|^2 L^2 - |x|^2 L^2, L being a multiple of all n: the least one is nearest
        multiple = math.lcm(*sizes)
        means = [[x * (multiple // n) for x in s] for s, n in zip(sums, sizes, strict=True)]
        own = [sum(c * c for c in m) for m in means]
        twice = [[2 * multiple * c for c in m] for m in means]
        scores = [[o - sum(map(operator.mul, x, m)) for o, m in zip(own, twice, strict=True)] for x in points]
        before, labels = labels, [row.index(min(row)) for row in scores]
        if labels == before:
            break
        groups = [[x for x, label in zip(points, labels, strict=True) if label == k] for k in range(len(start))]
        sums, sizes = [[sum(c) for c in zip(*group, strict=True)] for group in groups], [len(g) for g in groups]
    squares = sum(sum(x * x for x in row) for row in points)
    j = squares - sum(Q(sum(x * x for x in s), n) for s, n in zip(sums, sizes, strict=True))
    return labels, j / unit**2


@functools.cache
def roots() -> list[list[int]]:
    """R[n][m] <= distance of channels m < n < R[n][m] + 1, in units of the denominator of `coded`."""
    points, _ = coded()
    return [[math.isqrt(sum(d * d for d in map(operator.sub, x, y))) for y in points[:n]] for n, x in enumerate(points)]


def silhouettes(labels: Sequence[int]) -> tuple[Interval, Interval]:
    """The mean silhouette over points, and that over classes as the lecture defines them; both enclosed."""
    k = max(labels) + 1
    sizes = [labels.count(j) for j in range(k)]
    below = [[0] * k for _ in labels]
    for n, row in enumerate(roots()):
        for m, root in enumerate(row):
            below[n][labels[m]] += root
            below[m][labels[n]] += root
    # the sum over a cluster lies between that of the roots and so many units more
    points, among = [], [[0] * k for _ in range(k)]
    for own, line in zip(labels, below, strict=True):
        a = Q(line[own], sizes[own] - 1)
        b = min(Q(line[j], sizes[j]) for j in range(k) if j != own)
        points.append(quotient(a, b))
        among[own] = [x + y for x, y in zip(among[own], line, strict=True)]
    classes = []
    for j in range(k):
        a = Q(among[j][j], sizes[j] * (sizes[j] - 1))
        b = min(Q(among[j][i], sizes[j] * sizes[i]) for i in range(k) if i != j)
        classes.append(quotient(a, b))
    low, high = ([mean(pair[end] for pair in pairs) for pairs in (points, classes)] for end in (0, 1))
    return (low[0], high[0]), (low[1], high[1])


def quotient(a: Q, b: Q) -> Interval:
    """(b - a) / max(a, b) for numbers from these to one unit more: it rises with b and falls with a."""
    ends = [1 - x / y if x <= y else y / x - 1 for x, y in ((a + 1, b), (a, b + 1))]
    scale = 10**30
    return Q(ends[0] * scale // 1, scale), Q(-(-ends[1] * scale // 1), scale)


def sample_variance(group: Sequence[Q]) -> Q:
    """What `cov(group, group, n - 1)` is, in integers, which are quicker."""
    unit, n = math.lcm(*{x.denominator for x in group}), len(group)
    whole = [int(x * unit) for x in group]
    return Q(n * sum(x * x for x in whole) - sum(whole) ** 2, n * (n - 1) * unit**2)


def is_root_of(printed: str, square: Q, decimals: int) -> bool:
    """Whether the printed decimal is nearest to the root, to so many decimals; zeros at its end are not printed."""
    half = Q(1, 2 * 10**decimals)
    return (Q(printed) - half) ** 2 < square < (Q(printed) + half) ** 2


@needs_the_channels
def test_ad_1_the_printed_features_are_standard_deviations() -> None:
    labels, _ = settled(FOUR)
    (_, *counts), (_, *shares), *table = lecture("ad-profile")["rows"]
    order = [[labels.count(k) for k in range(4)].index(int(count)) for count in counts]
    for share, k in zip(shares, order, strict=True):
        assert is_rounding_of(share, (Q(labels.count(k), 889),) * 2)
    head, rows = channels()
    true = []
    for name, *cells in table:
        j = head.index(name)
        for printed, k in zip(cells, order, strict=True):
            if j >= 8:  # categories are printed by the most frequent one
                kinds = [row[j] for row, label in zip(rows, labels, strict=True) if label == k]
                assert all(kinds.count(printed) > kinds.count(other) for other in set(kinds) - {printed})
                continue
            group = [x for x, label in zip(filled()[j - 1], labels, strict=True) if label == k]
            decimals = 2 if j == 1 else 3
            assert is_root_of(printed, sample_variance(group), decimals)
            assert not is_root_of(printed, mean(group) ** 2, decimals)
            true += [mean(group)] if j <= 2 else []
    few = filled()[0][:5]
    assert sample_variance(few) == cov(few, few, 4)
    true, rates = true[:4], true[4:]
    for printed, value in zip(("539.12", "461.38", "973.64", "622.84"), true, strict=True):
        assert is_rounding_of(printed, (value, value))
    assert max(true) == true[2]  # and not true[3], which the lecture calls outstanding
    assert is_rounding_of("0.0027", (rates[3],) * 2)
    assert is_rounding_of("0.0014", (max(rates[:3]),) * 2)


@needs_the_channels
def test_ad_2_the_silhouette_for_eight_is_that_of_a_local_minimum() -> None:
    best, j = settled(EIGHT)
    local, higher = settled(LOCAL)
    assert is_rounding_of("586.7191", (j, j))
    assert is_rounding_of("594.0712", (higher, higher))
    printed = dict(lecture("ad-silhouettes")["rows"])
    assert is_rounding_of(printed["8"], silhouettes(local)[0])
    assert is_rounding_of("0.51450727", silhouettes(best)[0])


@needs_the_channels
def test_ad_3_the_printed_silhouettes_are_means_over_points_not_over_classes() -> None:
    points, classes = silhouettes(settled(FOUR)[0])
    printed = dict(lecture("ad-silhouettes")["rows"])["4"]
    assert is_rounding_of(printed, points)
    assert is_rounding_of("0.61520954", classes)


@needs_the_channels
def test_ad_4_nearly_all_scatter_is_that_of_the_codes() -> None:
    points, unit = coded()
    parts = [cov(column, column, 1) / unit**2 for column in zip(*points, strict=True)]
    share = sum(parts[7:]) / sum(parts)
    assert is_rounding_of("0.980", (share, share))


# --- Covariance and correlation -------------------------------------------------------------------

X = [1, 3, 6, 10, 15, 21]
Y = [7, 11, 17, 25, 35, 47]


def test_the_covariance_table_is_right_to_its_digits() -> None:
    table = lecture("covariance")
    dx, dy = [x - mean(X) for x in X], [y - mean(Y) for y in Y]
    exact = {"x": X, "y": Y, "dx": dx, "dy": dy, "product": [a * b for a, b in zip(dx, dy, strict=True)]}
    for name, values in exact.items():
        for printed, value in zip(column(table, name), values, strict=True):
            assert is_rounding_of(printed, (Q(value), Q(value))), (name, printed)
    feet = [mean(X), mean(Y), cov(X, X, 5), cov(Y, Y, 5), cov(X, Y, 5)]
    assert feet == [Q(28, 3), Q(71, 3), Q(868, 15), Q(3472, 15), Q(1736, 15)]
    for printed, value in zip(table["footer"][1:], feet, strict=True):
        assert is_rounding_of(printed, (value, value))
    assert [2 * x + 5 for x in X] == Y
    assert corr_squared_signed(X, Y) == 1


def test_cov_1_the_mean_of_squares_is_not_the_printed_variance() -> None:
    assert mean((x - mean(X)) ** 2 for x in X) == Q(434, 9)
    assert cov(X, X, len(X) - 1) == Q(868, 15)
    with pytest.raises(ZeroDivisionError):
        cov([1], [1], 0)  # one observation


def test_cov_2_the_printed_expectation_is_not_a_mean() -> None:
    products = [(x - mean(X)) * (y - mean(Y)) for x, y in zip(X, Y, strict=True)]
    assert mean(products) == Q(868, 9)
    assert is_rounding_of("96.44", (mean(products), mean(products)))
    assert is_rounding_of("115.73", (sum(products) / 5, sum(products) / 5))


def test_cov_3_correlation_one_needs_a_positive_slope() -> None:
    for a in (Q(1, 3), 2, 10**9):
        assert corr_squared_signed(X, [a * x + 7 for x in X]) == 1
        assert corr_squared_signed(X, [-a * x + 7 for x in X]) == -1
    with pytest.raises(ZeroDivisionError):
        corr_squared_signed(X, [7 for _ in X])
    assert corr_squared_signed([0, 1, 2], [0, 1, 3]) < 1  # and nothing but a line reaches 1


def test_cov_4_zero_correlation_allows_dependence_and_a_constant_has_none() -> None:
    xs = [-1, 0, 1]
    assert corr_squared_signed(xs, [x * x for x in xs]) == 0
    with pytest.raises(ZeroDivisionError):
        corr_squared_signed(xs, [5, 5, 5])


def test_cov_5_correlation_is_symmetric_with_its_sign() -> None:
    xs, ys = [0, 1, 5, 2], [4, 4, -1, 3]
    assert corr_squared_signed(xs, ys) == corr_squared_signed(ys, xs) < 0


def test_cov_6_positive_correlation_is_not_monotone_growth() -> None:
    xs, ys = [1, 2, 3], [1, 3, 2]
    assert corr_squared_signed(xs, ys) == Q(1, 4)  # corr = 1/2
    assert ys[2] < ys[1]


def test_cov_7_a_sample_of_independent_variables_may_be_correlated() -> None:
    outcomes = list(itertools.product((0, 1), repeat=2))  # two fair coins, tossed independently: four equal chances
    assert cov([x for x, _ in outcomes], [y for _, y in outcomes], 4) == 0
    seen = []
    for (x1, y1), (x2, y2) in itertools.product(outcomes, repeat=2):
        if x1 != x2 and y1 != y2:
            seen.append(corr_squared_signed([x1, x2], [y1, y2]))
    assert sorted(seen) == [-1, -1, 1, 1]  # wherever a sample of two has a correlation, it is 1 or -1


def test_cov_8_covariance_depends_on_the_units() -> None:
    scaled = [100 * x for x in X]
    noisy = [8, 10, 18, 24, 36, 46]
    assert cov(scaled, noisy, 5) == 100 * cov(X, noisy, 5)
    assert corr_squared_signed(scaled, noisy) == corr_squared_signed(X, noisy) < corr_squared_signed(X, Y)
    assert cov(scaled, noisy, 5) > cov(X, Y, 5)  # the larger covariance, the weaker linear relation


# --- Two coins ------------------------------------------------------------------------------------

HEADS = (5, 9, 8, 4, 7)
"""Heads among the ten tosses of each round (table 5.3)."""

START = (Q(6, 10), Q(5, 10))


def likelihood(h: int, theta: Q) -> Q:
    """Probability of one sequence with h heads in ten tosses."""
    return theta**h * (1 - theta) ** (10 - h)


def posterior(h: int, a: Q, b: Q, prior_a: Q = Q(1, 2)) -> Q:
    """Probability that coin A was tossed in a round with h heads, by Bayes' theorem."""
    mine = prior_a * likelihood(h, a)
    return mine / (mine + (1 - prior_a) * likelihood(h, b))


def expected(r: Sequence[Q]) -> list[Q]:
    """Heads and tails of A, heads and tails of B, expected over all rounds."""
    return [
        sum((w * n for w, n in zip(weights, counts, strict=True)), start=Q(0))
        for weights in (r, [1 - p for p in r])
        for counts in (HEADS, [10 - h for h in HEADS])
    ]


def test_table_5_3_implies_the_counts() -> None:
    table = lecture("table-5.3")
    tosses = column(table, "tosses")
    assert all(re.fullmatch("[HT]{10}", t) for t in tosses)
    assert tuple(t.count("H") for t in tosses) == HEADS
    assert table["implied"]["rows"] == [
        [str(i), str(t.count("H")), str(t.count("T"))] for i, t in enumerate(tosses, start=1)
    ]
    assert table["implied"]["footer"] == [None, str(sum(HEADS)), str(50 - sum(HEADS))]


def test_coin_1_table_5_4_has_one_wrong_digit() -> None:
    table = lecture("table-5.4")
    wrong = []
    for i, (h, row) in enumerate(zip(HEADS, table["rows"], strict=True), start=1):
        a = posterior(h, *START)
        b = 1 - a
        exact = [a, b, a * h, a * (10 - h), b * h, b * (10 - h)]
        for name, printed, value in zip(table["columns"][1:], row[1:], exact, strict=True):
            if not is_rounding_of(printed, (value, value)):
                wrong.append((i, name["name"], printed, value))
    assert [w[:3] for w in wrong] == [(5, "tails_b", "1.07")]
    value = 3 * (1 - posterior(7, *START))
    assert value == Q(29296875, 27681529)
    assert is_rounding_of("1.06", (value, value))
    totals = expected([posterior(h, *START) for h in HEADS])
    for printed, total in zip(table["footer"][3:], totals, strict=True):
        assert is_rounding_of(printed, (total, total))
    # The printed entries themselves betray it: they add up to 8.44 where 8.43 is printed, and those of
    # round 5 to 10.01 tosses.
    sums = [sum(map(Q, column(table, c["name"]))) for c in table["columns"][3:]]
    assert sums == [Q("21.30"), Q("8.57"), Q("11.70"), Q("8.44")]
    assert [sum(map(Q, row[3:])) for row in table["rows"]] == [10, 10, 10, 10, Q("10.01")]


def test_coin_2_the_printed_formula_contradicts_itself() -> None:
    p = posterior(5, *START)
    assert is_rounding_of("0.45", (p, p))
    # As printed, P = P * prior / (P + (1 - P)), which holds for P = 0 or prior = 1 only.
    assert p * Q(1, 2) / (p + (1 - p)) == p / 2 != p


def test_coin_4_printed_numbers_do_not_reproduce_each_other() -> None:
    table = lecture("table-5.4")
    assert Q(column(table, "p_a")[1]) * 9 == Q("7.20")
    assert column(table, "heads_a")[1] == "7.24"
    table = lecture("table-5.5")
    off = []
    for row in table["rows"]:
        t, ha, ta, hb, tb, a, b = row
        for name, heads, tails, printed in (("theta_a", ha, ta, a), ("theta_b", hb, tb, b)):
            ratio = Q(heads) / (Q(heads) + Q(tails))
            if not is_rounding_of(printed, (ratio, ratio)):
                off.append((t, name, printed))
    assert off == [("8", "theta_a", "0.796")]
    ratio = Q("20.16") / (Q("20.16") + Q("5.15"))
    assert is_rounding_of("0.797", (ratio, ratio))


def test_coin_5_the_prior_of_the_coins_matters() -> None:
    assert posterior(5, *START) != posterior(5, *START, prior_a=Q(2, 3))
    assert is_rounding_of("0.62", (posterior(5, *START, prior_a=Q(2, 3)),) * 2)


def test_coin_6_the_limit_depends_on_the_start() -> None:
    def step(a: Q, b: Q) -> tuple[Q, Q]:
        ha, ta, hb, tb = expected([posterior(h, a, b) for h in HEADS])
        return ha / (ha + ta), hb / (hb + tb)

    pooled = Q(sum(HEADS), 50)
    assert step(Q(1, 2), Q(1, 2)) == step(pooled, pooled) == (pooled, pooled) == (Q(33, 50), Q(33, 50))
    a, b = step(*START)
    assert step(*reversed(START)) == (b, a)

    def total(a: Q, b: Q) -> Q:
        p = Q(1)
        for h in HEADS:
            p *= (likelihood(h, a) + likelihood(h, b)) / 2
        return p

    for e in (Q(1, 10), Q(1, 1000), Q(1, 10**12)):  # a saddle: the likelihood rises away from it
        assert total(pooled + e, pooled - e) > total(pooled, pooled)
    q = pooled * (1 - pooled)
    assert sum((h - 10 * pooled) ** 2 for h in HEADS) == Q("17.2")
    assert 50 * q == Q("11.22")
    assert total(Q("0.797"), Q("0.520")) > Q(8, 5) * total(pooled, pooled)


def outward(value: Interval, digits: int = 120) -> Interval:
    """A slightly wider interval with short fractions."""
    scale = 10**digits
    return Q(value[0] * scale // 1, scale), Q(-(-value[1] * scale // 1), scale)


def enclosed_step(a: Interval, b: Interval) -> tuple[list[Interval], Interval, Interval]:
    """One EM step on intervals: expected counts and the new thetas.

    With odds w_B / w_A the posterior of A is 1 / (1 + odds), which falls as the odds rise; with the
    posteriors the counts of A rise and those of B fall; theta = 1 / (1 + tails / heads) rises with
    the heads and falls with the tails. So the extremes are taken at the end points.
    """
    r = []
    for h in HEADS:
        low = likelihood_bounds(h, b)[0] / likelihood_bounds(h, a)[1]
        high = likelihood_bounds(h, b)[1] / likelihood_bounds(h, a)[0]
        r.append((1 / (1 + high), 1 / (1 + low)))
    at_low, at_high = expected([p[0] for p in r]), expected([p[1] for p in r])
    counts = [outward((min(p), max(p))) for p in zip(at_low, at_high, strict=True)]
    thetas = [
        outward((h[0] / (h[0] + t[1]), h[1] / (h[1] + t[0])))
        for h, t in ((counts[0], counts[1]), (counts[2], counts[3]))
    ]
    return counts, thetas[0], thetas[1]


def likelihood_bounds(h: int, theta: Interval) -> Interval:
    """Bounds of theta^h (1 - theta)^(10 - h), factor by factor."""
    low, high = theta
    return low**h * (1 - high) ** (10 - h), high**h * (1 - low) ** (10 - h)


def test_table_5_5_is_right_to_its_digits() -> None:
    a, b = (START[0], START[0]), (START[1], START[1])
    for row in lecture("table-5.5")["rows"]:
        counts, a, b = enclosed_step(a, b)
        for printed, value in zip(row[1:], [*counts, a, b], strict=True):
            assert is_rounding_of(printed, value), (row[0], printed)
    assert all(Q("0.79674") < bound < Q("0.79675") for bound in a)
    for _ in range(30):
        _, a, b = enclosed_step(a, b)
    assert all(Q("0.79678906") < bound < Q("0.79678907") for bound in a)
    assert all(Q("0.51958312") < bound < Q("0.51958313") for bound in b)


# --- Mixtures and principal components ------------------------------------------------------------


def test_gmm_1_the_printed_density_has_too_much_mass() -> None:
    # D = 2, epsilon = 1: exp(-u) >= 1 - u gives a lower bound of the integral over the square [-1, 1]^2,
    #   integral of 1 - (x^2 + y^2) / 2  =  4 - (4/3 + 4/3) / 2  =  8/3.
    square = 4 - (Q(4, 3) + Q(4, 3)) / 2
    assert square == Q(8, 3)
    # Times the printed 1 / sqrt(2 pi) it exceeds 1, since its square does for pi < 22/7.
    assert square**2 / (2 * Q(22, 7)) > 1


def test_gmm_2_a_tie_is_shared_by_the_weights() -> None:
    weights = [Q(3, 4), Q(1, 8), Q(1, 8)]
    for near in (Q(1), Q(1, 1000), Q(1, 10**40)):  # exp(-d^2 / (2 epsilon)) of the two that are nearest
        for far in (near / 10, near / 10**30):  # of the third
            joint = [w * p for w, p in zip(weights, (near, near, far), strict=True)]
            r = [p / sum(joint) for p in joint]
            assert r[0] / r[1] == 6  # as the weights, whatever epsilon is
            assert r[2] <= far / near / 8 / Q(7, 8)  # and nothing but this bound keeps the third from 0


def test_gmm_3_without_the_constraint_there_is_no_maximum() -> None:
    def value(pi: Sequence[Q]) -> Q:
        """The exponential of 3 ln pi_1 + ln pi_2, for N_k = 3, 1."""
        return pi[0] ** 3 * pi[1]

    best = (Q(3, 4), Q(1, 4))
    assert all(value((Q(k, 100), 1 - Q(k, 100))) < value(best) for k in range(101) if k != 75)
    assert value([2 * x for x in best]) == 16 * value(best)  # weights that need not add up to 1 may grow for ever


def test_gmm_4_em_need_not_converge() -> None:
    # The proof in docs/errata.md needs 16 exp(-4) < 1/3 and tanh 2 >= 1/2, that is exp(4) >= 3;
    # both follow from e > 27/10.
    e = sum((Q(1, f) for f in (1, 1, 2, 6, 24)), start=Q(0))  # a partial sum of the series of e
    assert e > Q(27, 10)
    assert 16 / Q(27, 10) ** 4 < Q(1, 3)
    assert Q(27, 10) ** 4 >= 3


def test_gmm_6_groups_of_different_width_are_cut() -> None:
    points = [*range(0, 33, 3), 36, 37, 37, 38, 38, 39, 40]
    j = {cut: scatter(points[:cut]) + scatter(points[cut:]) for cut in range(1, len(points))}
    assert j[11] == Q(7006, 7)
    assert min(j, key=lambda cut: j[cut]) == 8
    assert (points[7], points[8], j[8]) == (21, 24, Q(3272, 5))


def test_blog_1_one_component_is_the_fit_of_a_gaussian() -> None:
    points = [(0, 1), (2, 2), (4, 0), (5, 5)]
    for density in (Q(1, 7), Q(10) ** -300):  # whatever it is, the quotient is 1
        assert density / sum([density]) == 1
    columns = list(zip(*points, strict=True))
    assert [mean(c) for c in columns] == [Q(11, 4), 2]
    assert [[cov(a, b, 4) for b in columns] for a in columns] == [[Q(59, 16), Q(7, 4)], [Q(7, 4), Q(7, 2)]]


def test_blog_2_a_constant_column_has_no_scale() -> None:
    column = [Q(5)] * 3
    with pytest.raises(ZeroDivisionError):
        [(x - min(column)) / (max(column) - min(column)) for x in column]


def test_blog_3_a_density_of_binary64_may_be_0() -> None:
    variance, distance = Q(1, 10000), Q(1, 2)
    exponent = distance**2 / (2 * variance)
    assert exponent == 1250
    assert 1 / (2 * 3 * variance) < 2**11  # the density's factor, as pi > 3
    assert Q(1, 2**1250) * 2**11 == Q(1, 2**1239) < Q(1, 2**1075)  # e > 2; half of the least positive number
    assert float(Q(1, 2**1239)) == 0.0 < float(Q(1, 2**1074))


def test_blog_4_the_first_responsibilities_are_lukewarm() -> None:
    corners = list(itertools.product((0, 1), repeat=2))  # squared distances are convex: largest at corners
    assert max((a - c) ** 2 + (b - d) ** 2 for (a, b), (c, d) in itertools.product(corners, repeat=2)) == 2
    # so the log-odds are at most 2/2 = 1, and with e < 28/10 a share is above 1 / (1 + 28/10)
    e = sum((Q(1, f) for f in (1, 1, 2, 6, 24)), start=Q(0)) + Q(1, 60)  # the rest of the series is below 1/60
    assert e < Q(28, 10)
    assert 1 / (1 + Q(28, 10)) > Q(26, 100)
    assert max(cov(column, column, 4) for column in itertools.product((0, 1), repeat=4)) == Q(1, 4)


def quadratic(sigma: Sequence[Sequence[int]], w: Sequence[Q | int]) -> Q:
    """w^T sigma w."""
    return Q(sum(w[i] * sigma[i][j] * w[j] for i in range(len(w)) for j in range(len(w))))


def test_pca_1_the_printed_constraint_leaves_nothing_to_maximise() -> None:
    sigma = [[4, 0], [0, 1]]
    for w in ([Q(1, 2), 0], [0, 1], [Q(3, 10), Q(4, 5)]):
        assert quadratic(sigma, w) == 1  # every admissible w has the same objective
    assert (quadratic(sigma, [1, 0]), quadratic(sigma, [0, 1])) == (4, 1)  # under w^T w = 1 they differ


def test_pca_2_unit_length_alone_lets_a_column_repeat() -> None:
    sigma = [[4, 0], [0, 1]]
    twice_the_first = [[1, 0], [1, 0]]
    assert all(sum(x * x for x in w) == 1 for w in twice_the_first)
    assert sum(quadratic(sigma, w) for w in twice_the_first) == 8 > 4 + 1


# --- The note -------------------------------------------------------------------------------------


def test_every_erratum_that_names_a_test_has_it() -> None:
    note = (ROOT / "docs" / "errata.md").read_text(encoding="utf-8")
    named = re.findall(r"`(test_\w+)`", note)
    assert named
    assert sorted(set(named)) == sorted(
        name for name in globals() if name.startswith("test_") and name != "test_every_erratum_that_names_a_test_has_it"
    )
