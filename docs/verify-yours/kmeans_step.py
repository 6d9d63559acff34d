# One step of K-means. To have it judged: refimpl verify --exec "python3 docs/verify-yours/kmeans_step.py"
import json
import sys
from fractions import Fraction

HELLO = {"protocol": 1, "name": "kmeans-step-python", "version": "1", "language": "Python", "precision": "binary64"}
HELLO |= {"tasks": ["kmeans.step"], "conventions": {"ties": "lowest-index", "empty": "keep"}}


def number(text):  # "17", "31/6", "1e-3" or "0x1.8p-3"
    return float.fromhex(text) if "x" in text else float(Fraction(text))


def distance2(x, c):
    return sum((a - b) * (a - b) for a, b in zip(x, c, strict=True))


def step(given):
    points, centers = ([[number(x) for x in row] for row in given[name]] for name in ("points", "centers"))
    if not all([points, centers, *points]):
        return {"error": {"kind": "empty-data", "message": "there are no points, no centers or no columns"}}
    if len(centers) > len(points):
        return {"error": {"kind": "k-too-large", "message": "there are more centers than points"}}
    # min takes the first of equals: a tie goes to the lowest index
    labels = [min(range(len(centers)), key=lambda k: distance2(x, centers[k])) for x in points]
    for k in set(labels):  # an empty cluster keeps its center
        members = [x for x, label in zip(points, labels, strict=True) if label == k]
        centers[k] = [sum(column) / len(members) for column in zip(*members, strict=True)]
    distortion = sum(distance2(x, centers[k]) for x, k in zip(points, labels, strict=True))
    return {"result": {"labels": labels, "centers": centers, "distortion": distortion}}


for request in map(json.loads, sys.stdin):
    if request["cmd"] == "bye":
        break
    answer = HELLO
    if request["cmd"] == "run":
        try:
            answer = {"seq": request["seq"], **step(request["input"])}
        except (ValueError, TypeError, ArithmeticError) as error:  # "nan", rows of unequal length, "1/0"
            answer = {"seq": request["seq"], "error": {"kind": "bad-input", "message": str(error)}}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
