# One EM step for two coins. To have it judged: refimpl verify --exec "python3 docs/verify-yours/coins_step.py"
import json
import sys
from fractions import Fraction
from math import exp, inf, log

HELLO = {"protocol": 1, "name": "coins-step-python", "version": "1", "language": "Python", "precision": "binary64"}
HELLO |= {"tasks": ["coins.step"]}


def step(given):
    heads, tails = ([int(n) for n in given[name]] for name in ("heads", "tails"))
    theta = [float.fromhex(p) if "x" in p else float(Fraction(p)) for p in given["theta"]]  # "3/5" or "0x1.8p-3"
    if not heads:
        return {"error": {"kind": "empty-data", "message": "there are no rounds"}}
    if min(heads + tails) < 0 or not all(0 <= p <= 1 for p in theta):
        return {"error": {"kind": "bad-input", "message": "a count is below 0, or a probability outside [0, 1]"}}
    shares, counts, log_likelihood = [], [[0, 0], [0, 0]], 0
    for h, t in zip(heads, tails, strict=True):
        # ln p^h (1 - p)^t of both coins; 0^0 = 1
        a, b = (sum(n * log(q) if q else -inf for q, n in ((p, h), (1 - p, t)) if n) for p in theta)
        top = max(a, b)
        if top == -inf:
            return {"error": {"kind": "no-mass", "message": "a round is impossible under both coins"}}
        a, b = exp(a - top), exp(b - top)  # relative to the likelier coin, so that they are never both 0
        log_likelihood += top + log((a + b) / 2)
        shares.append(a / (a + b))
        for count, share in zip(counts, (a / (a + b), b / (a + b)), strict=True):  # 1 - share would lose digits
            count[:] = count[0] + share * h, count[1] + share * t
    theta = [h / (h + t) if h + t else kept for (h, t), kept in zip(counts, theta, strict=True)]
    return {"result": {"responsibilities": shares, "counts": counts, "theta": theta, "log_likelihood": log_likelihood}}


for request in map(json.loads, sys.stdin):
    if request["cmd"] == "bye":
        break
    answer = HELLO
    if request["cmd"] == "run":
        try:
            answer = {"seq": request["seq"], **step(request["input"])}
        except (ValueError, TypeError, ArithmeticError) as error:  # "nan", fewer tails than heads, "1/0"
            answer = {"seq": request["seq"], "error": {"kind": "bad-input", "message": str(error)}}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
