"""An adapter whose library warns of what is judged anyway: of convergence, of duplicates, of divisions by 0."""

import warnings

from refimpl.oracle.case import Numbers
from refimpl.oracle.peers.adapter import Adapter
from refimpl.oracle.peers.peer import Answer


class Quiet(Adapter):
    """An adapter that answers without warnings."""

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        """Answer one case: the answer is judged, not the mood."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return super().run(task, given, params)
