"""StepMix's latent classes of binary rows behind the protocol.

    bernoulli.e_step       StepMix(K, measurement="binary").predict_proba and score
    bernoulli.m_step       StepMix._m_step, which fit calls; nothing public takes responsibilities
    bernoulli.step, run    StepMix(K, measurement="binary", abs_tol=0, rel_tol=0, max_iter=t).fit
    bernoulli.fixed_point  the same until the parameters stay

StepMix draws its starts at random; `_initialize_parameters` is overridden to give it one. With both tolerances 0 no
change of ln p is small enough to stop, so that fit takes max_iter steps. Its lower_bound_ is ln p for each row at
the parameters that entered the last of them ("entered", "per-sample"); predict_proba belongs to those that left it,
and so the responsibilities are those of a second fit of one step less. Probabilities, and weights that come of a
step, are kept between 1e-15 and 1 - 1e-15.
"""

from collections.abc import Mapping
from typing import ClassVar, TypeAlias

import numpy as np
import stepmix
from numpy.typing import NDArray
from sklearn.utils import check_array

from refimpl.oracle.peers.adapter import Row, Rows
from refimpl.oracle.peers.quiet import Quiet

Floats: TypeAlias = NDArray[np.float64]
Bits: TypeAlias = list[list[int]]

AT_ONCE, AT_MOST = 100, 10_000
"""Steps between two looks at whether the parameters stay, and altogether: some seconds."""

STAYS = 2.0**-50
"""The largest change."""


class StepMix(Quiet):
    """The installed StepMix."""

    name = "stepmix"
    version = stepmix.__version__
    conventions: ClassVar[Mapping[str, str]] = {"likelihood": "entered", "scale": "per-sample"}
    omits: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "bernoulli.fixed_point": {"rate": "fit tells no rate of convergence"}
    }

    def bernoulli_e_step(self, rows: Bits, weights: Row, probabilities: Rows) -> dict[str, object]:
        """What the start says of the rows."""
        data = np.array(rows, dtype=float)
        return _expectation(_after(0, *_start(weights, probabilities)), data)

    def bernoulli_m_step(self, rows: Bits, responsibilities: Rows) -> dict[str, object]:
        """The step that fit takes after its E-step; as that is private it trusts what it gets."""
        data, r = check_array(rows, dtype=float), check_array(responsibilities)
        if (r < 0).any() or not np.allclose(r.sum(axis=1), 1, rtol=0, atol=1e-8):
            raise NotImplementedError("no user hands StepMix responsibilities, and it does not check its own")
        k = r.shape[1]
        model = _after(0, np.full(k, 1 / k), np.full((k, data.shape[1]), 0.5))
        model._m_step(data, r)
        return _parameters(model)

    def bernoulli_step(self, rows: Bits, weights: Row, probabilities: Rows) -> dict[str, object]:
        """One iteration."""
        return self.bernoulli_run(rows, weights, probabilities, 1)

    def bernoulli_run(self, rows: Bits, weights: Row, probabilities: Rows, iterations: int) -> dict[str, object]:
        """Exactly as many iterations."""
        data, start = np.array(rows, dtype=float), _start(weights, probabilities)
        if iterations == 0:
            begun = _after(0, *start)
            return {**_expectation(begun, data), **_parameters(begun)}
        left, entered = _after(iterations, *start, data), _after(iterations - 1, *start, data)
        return {
            "responsibilities": entered.predict_proba(data),
            "log_likelihood": left.lower_bound_,
            **_parameters(left),
        }

    def bernoulli_fixed_point(self, rows: Bits, weights: Row, probabilities: Rows) -> dict[str, object]:
        """Iterations until the parameters stay."""
        data, now = np.array(rows, dtype=float), _start(weights, probabilities)
        for _ in range(AT_MOST // AT_ONCE):
            model = _after(AT_ONCE, *now, data)
            before, now = now, (model.weights_, model._mm.parameters["pis"])
            if not any(np.abs(x - y).max() > STAYS for x, y in zip(before, now, strict=True)):  # NaN stays NaN
                return {**_expectation(model, data), **_parameters(model)}
        raise NotImplementedError(f"the parameters still move after {AT_MOST} iterations")


class _Begun(stepmix.StepMix):  # type: ignore[misc]  # it ships no types
    """StepMix that begins where it is told to."""

    start: tuple[Floats, Floats]

    def begin(self) -> None:
        """Set the parameters of the start."""
        weights, p = self.start
        self.set_parameters({"weights": weights, "measurement": {"pis": p}, "measurement_in": p.shape[1]})

    def _initialize_parameters(self, X: Floats, random_state: object) -> None:
        self.begin()


def _start(weights: Row, probabilities: Rows) -> tuple[Floats, Floats]:
    """Return the start of a case. Raises NotImplementedError for one that no StepMix would draw."""
    start = np.array(weights), np.array(probabilities)
    if (
        len(weights) != len(probabilities)
        or not all(((x >= 0) & (x <= 1)).all() for x in start)
        or not np.isclose(sum(weights), 1, rtol=0, atol=1e-8)
    ):
        raise NotImplementedError("no user hands StepMix a start, and it does not check its own")
    return start


def _after(iterations: int, weights: Floats, probabilities: Floats, rows: Floats | None = None) -> _Begun:
    """Return the model after as many steps; without steps it needs no rows."""
    model = _Begun(len(weights), measurement="binary", abs_tol=0, rel_tol=0, max_iter=iterations or 1, progress_bar=0)
    model.start = weights, probabilities
    if iterations == 0:
        # set_parameters alone does not make predict_proba work (StepMix 3.0), so that one step is taken, and forgotten
        model.fit(np.zeros_like(probabilities))
        model.begin()
    else:
        model.fit(rows)
    return model


def _expectation(model: _Begun, rows: Floats) -> dict[str, object]:
    """Return what the model says of the rows at the parameters that it has."""
    return {"responsibilities": model.predict_proba(rows), "log_likelihood": model.score(rows)}


def _parameters(model: _Begun) -> dict[str, object]:
    return {"weights": model.weights_, "probabilities": model._mm.parameters["pis"]}
