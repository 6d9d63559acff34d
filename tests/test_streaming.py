"""Cases are read, asked and reported one at a time: memory does not grow with their number.

`tests/benchmarks/streaming.py` does the same with 100,000 cases, and tells megabytes and seconds.
"""

import importlib.util
import json
import os
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the size of a process is asked of POSIX systems only")

FEW, MANY = 1000, 3000


@pytest.fixture(scope="module")
def streaming() -> ModuleType:
    place = Path(__file__).parent / "benchmarks" / "streaming.py"
    spec = importlib.util.spec_from_file_location("streaming_benchmark", place)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_memory_does_not_grow_with_the_number_of_cases(streaming: ModuleType, tmp_path: Path) -> None:
    sizes = []
    for count in (FEW, MANY):
        folder = tmp_path / str(count)
        streaming.write_cases(folder, count)
        megabytes, seconds, last = streaming.measured(folder, "--junit", "junit.xml")
        assert last == "passed: every applicable case"
        assert (folder / "junit.xml").read_text().count("<testcase") == count
        assert seconds < 300
        sizes.append(megabytes)
    assert sizes[1] < 200
    assert sizes[1] - sizes[0] < 6


def test_a_json_report_has_an_end_and_copies_differ_in_their_id_alone(streaming: ModuleType, tmp_path: Path) -> None:
    streaming.write_cases(tmp_path, 100)
    _, _, last = streaming.measured(tmp_path, "--format", "json")
    assert last == "}"
    model = json.loads(streaming.MODEL.read_text(encoding="utf-8"))
    one = json.loads((tmp_path / "fixtures" / "cases" / "kmeans.assign" / "n000099.json").read_text())
    assert {name for name in model if model[name] != one[name]} == {"id"}
