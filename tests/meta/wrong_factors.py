"""Power iteration and non-negative factors that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
from typing import Any

from mistake import ERROR, FAIL, WEAK, Wrong, single
from textbook_factors import Rows, Vector

POWER = ("power.run",)
NMF = ("nmf.run",)


# --- power iteration ----------------------------------------------------------------------------------


class LengthForEigenvalue(Wrong):
    """The eigenvalue is the factor by which the last product was longer than the vector."""

    spoils = POWER
    caught = {
        "power.run/lecture-table": (FAIL, "length of the last product"),
        "power.run/negative-eigenvalue": (FAIL, "modulus of an eigenvalue"),
    }

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        told = super().power_run(matrix, vector, iterations)
        if not iterations:
            return told
        before = super().power_run(matrix, vector, iterations - 1)["vector"]
        return {**told, "eigenvalue": self.length(self.image(matrix, before))}


class QuotientOfEntries(Wrong):
    """The eigenvalue is the quotient of an entry and the same entry before."""

    spoils = POWER
    caught = {"power.run/plus-and-minus": (FAIL, "quotient of entries")}

    def eigenvalue(self, matrix: Rows, unit: Vector) -> float:
        largest = max(range(len(unit)), key=lambda i: abs(unit[i]))
        return self.image(matrix, unit)[largest] / unit[largest]


class OneProductMore(Wrong):
    """One multiplication more than asked for."""

    spoils = POWER
    caught = {"power.run/plain": (FAIL, "one step too many")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        return super().power_run(matrix, vector, iterations + 1)


class StartAsGiven(Wrong):
    """Where no step is taken the start comes back as it is."""

    spoils = POWER
    caught = {"power.run/no-step": (FAIL, "not brought to length 1")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        told = super().power_run(matrix, vector, iterations)
        return told if iterations else {**told, "vector": vector}


class PerturbedStart(Wrong):
    """The start is moved a little, in order not to be orthogonal to what is looked for."""

    spoils = POWER
    caught = {"power.run/orthogonal-start": (FAIL, "hidden perturbation")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        self.check_power(matrix, vector)
        return super().power_run(matrix, [x + 1e-9 * (i + 1) for i, x in enumerate(vector)], iterations)


class StopsEarly(Wrong):
    """Ends where the vector hardly moves."""

    spoils = POWER
    caught = {"power.run/nearly-tied": (FAIL, "a stop where the vector hardly moves")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        before = super().power_run(matrix, vector, 0)
        for t in range(1, iterations + 1):
            told = super().power_run(matrix, vector, t)
            moved = max(abs(abs(a) - abs(b)) for a, b in zip(told["vector"], before["vector"], strict=True))
            if moved < 1e-2:
                return told
            before = told
        return before


class LargestEntryOne(Wrong):
    """The vector is scaled by its largest entry, and called a unit vector."""

    spoils = POWER
    caught = {"power.run/three-four-five": (FAIL, "another norm than the Euclidean one")}

    def unit(self, vector: Vector) -> Vector:
        return vector

    def eigenvalue(self, matrix: Rows, unit: Vector) -> float:
        return super().eigenvalue(matrix, unit) / self.inner(unit, unit)


class ScaledAtTheEnd(Wrong):
    """Only the last product is scaled."""

    spoils = POWER
    caught = {"power.run/large-numbers": (FAIL, "overflow"), "power.run/small-numbers": (ERROR, "underflow")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        self.check_power(matrix, vector)
        for _ in range(iterations):
            vector = self.image(matrix, vector)
        return super().power_run(matrix, vector, 0)


class ZeroByTolerance(Wrong):
    """A short vector counts as zero."""

    spoils = POWER
    caught = {"power.run/small-numbers": (ERROR, "a small vector that is taken for zero")}

    def image(self, matrix: Rows, vector: Vector) -> Vector:
        found = super().image(matrix, vector)
        return found if max(map(abs, found)) > 1e-12 else [0.0] * len(found)


class UpperTriangle(Wrong):
    """What is below the diagonal is not looked at."""

    spoils = POWER
    caught = {"power.run/refuse-not-symmetric": (FAIL, "another that is not looked at")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        d = range(len(matrix))
        return super().power_run([[matrix[min(i, j)][max(i, j)] for j in d] for i in d], vector, iterations)


class CutToLength(Wrong):
    """A vector that is too long is cut."""

    spoils = POWER
    caught = {"power.run/refuse-length": (FAIL, "a vector that is cut")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        return super().power_run(matrix, vector[: len(matrix)], iterations)


class AnswersZero(Wrong):
    """A vector of zeros is an answer."""

    spoils = POWER
    caught = {
        "power.run/refuse-zero-start": (FAIL, "a division by zero that is answered"),
        "power.run/refuse-zero-iterate": (FAIL, "a vector of zeros"),
    }

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        try:
            return super().power_run(matrix, vector, iterations)
        except ArithmeticError:
            return {"vector": [0.0] * len(vector), "eigenvalue": 0.0}


class LastRowLeftOut(Wrong):
    """Products of more than three rows lose the last one."""

    spoils = POWER
    caught = {"power.run/six-dimensions": (FAIL, "rows that are left out")}

    def image(self, matrix: Rows, vector: Vector) -> Vector:
        found = list(super().image(matrix, vector))
        return [*found[:-1], 0.0] if len(found) > 3 else found


class AddsToTheDiagonal(Wrong):
    """A small part of the largest entry is added to the diagonal, lest the matrix be singular."""

    spoils = POWER
    caught = {"power.run/rank-one": (WEAK, "added to the diagonal")}

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        self.check_power(matrix, vector)
        little = 1e-9 * max(abs(x) for row in matrix for x in row)
        moved = [[x + little * (i == j) for j, x in enumerate(row)] for i, row in enumerate(matrix)]
        return super().power_run(moved, vector, iterations)


# --- non-negative factors -----------------------------------------------------------------------------


class RightFirst(Wrong):
    """H is updated before W."""

    spoils = NMF
    caught = {"nmf.run/plain": (FAIL, "H before W")}

    def updates(self, x: Rows, w: Rows, h: Rows) -> tuple[Rows, Rows]:
        h = self.right(x, w, h)
        return self.left(x, w, h), h


class BothAtOnce(Wrong):
    """H is updated with the old W."""

    spoils = NMF
    caught = {"nmf.run/plain": (FAIL, "both from the old factors")}

    def updates(self, x: Rows, w: Rows, h: Rows) -> tuple[Rows, Rows]:
        return self.left(x, w, h), self.right(x, w, h)


class WholeSquare(Wrong):
    """The loss is not halved."""

    spoils = NMF
    caught = {"nmf.run/plain": (FAIL, "whole square in place of its half")}

    def loss(self, x: Rows, w: Rows, h: Rows) -> float:
        return super().loss(x, w, h) * 2


class RootOfLoss(Wrong):
    """The loss is the Frobenius norm."""

    spoils = NMF
    caught = {"nmf.run/squares-not-divergence": (FAIL, "the root of the loss")}

    def loss(self, x: Rows, w: Rows, h: Rows) -> float:
        return math.sqrt(super().loss(x, w, h) * 2)


class Divergence(Wrong):
    """The updates are those for the divergence of Kullback and Leibler."""

    spoils = NMF
    caught = {"nmf.run/squares-not-divergence": (FAIL, "divergence of Kullback and Leibler")}

    def left(self, x: Rows, w: Rows, h: Rows) -> Rows:
        columns = self.turned(h)
        found = []
        for data, row in zip(x, w, strict=True):
            model = [self.inner(row, column) for column in columns]
            ratios = [a / b if b else 0.0 for a, b in zip(data, model, strict=True)]
            found.append(
                [self.updated(e, self.inner(ratios, basis), self.total(basis)) for e, basis in zip(row, h, strict=True)]
            )
        return found


class OneUpdateMore(Wrong):
    """One iteration more than asked for."""

    spoils = NMF
    caught = {"nmf.run/two-factors": (FAIL, "one step too many"), "nmf.run/no-step": (FAIL, "changed though no step")}

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, Any]:
        return super().nmf_run(matrix, w, h, iterations + 1)


class NanForZeroByZero(Wrong):
    """0/0 is NaN."""

    spoils = NMF
    caught = {"nmf.run/zero-row": (FAIL, "0/0"), "nmf.run/zero-factor": (FAIL, "0/0")}

    def updated(self, entry: float, above: float, below: float) -> float:
        return entry * (above / below) if below else math.nan


class AddsToDenominators(Wrong):
    """A small number is added to denominators."""

    spoils = NMF
    caught = {"nmf.run/zero-factor": (WEAK, "a small number added to denominators")}

    def updated(self, entry: float, above: float, below: float) -> float:
        return entry * above / (below + 1e-9)


class NoZeros(Wrong):
    """Zeros of the start are replaced by a small number."""

    spoils = NMF
    caught = {"nmf.run/zeros-stay": (FAIL, "replaced by a small number")}

    def updates(self, x: Rows, w: Rows, h: Rows) -> tuple[Rows, Rows]:
        w, h = ([[entry or 1e-9 for entry in row] for row in rows] for rows in (w, h))
        return super().updates(x, w, h)


class LossBetween(Wrong):
    """The loss is that of the new W and the old H."""

    spoils = NMF
    caught = {"nmf.run/ten-steps": (FAIL, "one half step early")}

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, Any]:
        told = super().nmf_run(matrix, w, h, iterations)
        if not iterations:
            return told
        before = super().nmf_run(matrix, w, h, iterations - 1)
        return {**told, "loss": self.loss(matrix, told["w"], before["h"])}


class StopsWhereTheLossHardlyFalls(Wrong):
    """Ends where the loss falls by less than a ten-thousandth."""

    spoils = NMF
    caught = {"nmf.run/hundred-steps": (FAIL, "a stop where the loss hardly falls")}

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, Any]:
        told = super().nmf_run(matrix, w, h, 0)
        for _ in range(iterations):
            before, told = told, super().nmf_run(matrix, told["w"], told["h"], 1)
            if before["loss"] - told["loss"] < 1e-4 * before["loss"]:
                break
        return told


class PerturbedFactors(Wrong):
    """Equal factors are moved a little, in order to become different."""

    spoils = NMF
    caught = {"nmf.run/equal-factors": (FAIL, "a random perturbation")}

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, Any]:
        if len(set(map(tuple, h))) < len(h):
            h = [[x * (1 + 1e-6 * (r + j)) for j, x in enumerate(row)] for r, row in enumerate(h)]
        return super().nmf_run(matrix, w, h, iterations)


class RowsOfSumOne(Wrong):
    """Rows of H are brought to sum 1, and columns of W take it up."""

    spoils = NMF
    caught = {"nmf.run/unequal-scales": (FAIL, "rows of H that are brought to sum 1")}

    def updates(self, x: Rows, w: Rows, h: Rows) -> tuple[Rows, Rows]:
        w, h = super().updates(x, w, h)
        sums = [self.total(row) or 1.0 for row in h]
        return (
            [[a * s for a, s in zip(row, sums, strict=True)] for row in w],
            [[a / s for a in row] for row, s in zip(h, sums, strict=True)],
        )


class SingleFactors(Wrong):
    """Factors are binary32."""

    spoils = NMF
    caught = {"nmf.run/large-numbers": (FAIL, "binary32")}

    def loss(self, x: Rows, w: Rows, h: Rows) -> float:
        return single(super().loss(x, w, h))

    def updated(self, entry: float, above: float, below: float) -> float:
        return single(super().updated(entry, above, below))


class AnswersNegative(Wrong):
    """Nobody looks at the signs or the shapes."""

    spoils = NMF
    caught = {"nmf.run/refuse-negative": (FAIL, "negative data that are answered")}

    def check_factors(self, x: Rows, w: Rows, h: Rows) -> None:
        super().check_factors([[abs(a) for a in row] for row in x], w, h)


class CutsFactors(Wrong):
    """Factors of different rank are cut to the smaller one."""

    spoils = NMF
    caught = {"nmf.run/refuse-shapes": (FAIL, "factors of different rank")}

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, Any]:
        rank = min(len(w[0]), len(h))
        return super().nmf_run(matrix, [row[:rank] for row in w], h[:rank], iterations)
