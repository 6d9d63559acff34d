"""Whole commands in turns: importing refimpl and judging scikit-learn, against starting Python and scikit-learn.

Run with: python tests/benchmarks/command_speed.py
"""

import subprocess
import sys

from timing import fastest, ratios


def command(*arguments: str) -> None:
    """Run Python with these arguments and wait; the exit status of `verify` is 1 where a peer fails."""
    subprocess.run([sys.executable, *arguments], check=False, capture_output=True)


def main() -> None:
    """Print a line for imports, and one for the main job."""
    imports = {
        "import refimpl": lambda: command("-c", "import refimpl"),
        "import every room": lambda: command("-c", "import refimpl.kmeans, refimpl.two_coins, refimpl.moments"),
        "nothing": lambda: command("-c", "pass"),
        "import mpmath": lambda: command("-c", "import mpmath"),
    }
    print(ratios("start Python and", fastest(imports, 5), "import refimpl"))
    judging = {
        "refimpl verify scikit-learn": lambda: command("-m", "refimpl", "verify", "scikit-learn"),
        "import scikit-learn's KMeans": lambda: command("-c", "import sklearn.cluster, sklearn.covariance"),
    }
    print(ratios("main job", fastest(judging, 3), "refimpl verify scikit-learn"))


if __name__ == "__main__":
    main()
