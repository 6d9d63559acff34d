"""A run of any task on a person's own data: read a table, run, report, draw.

table = own_data.read(Path("geyser.csv"))
outcome = own_data.run("kmeans.fit", table, own_data.Options(k=2, start="k-means++", seed=1))
outcome.found.results["centers"]
"""

from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.job import Outcome, contents, run
from refimpl.own_data.options import Options
from refimpl.own_data.reading import parsed, read
from refimpl.own_data.request import Request
from refimpl.own_data.table import Table

__all__ = ["Found", "Options", "Outcome", "Request", "Step", "Table", "Watch", "contents", "parsed", "read", "run"]
