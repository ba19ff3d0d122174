"""What an import costs, beside a start without it."""

import os
import sys

import pytest

from comparison.importing import import_ms

pytestmark = pytest.mark.skipif(not hasattr(os, "wait4"), reason="asks the system what a process used")


def test_an_import_costs_what_its_code_does_beyond_the_start(tmp_path):
    (tmp_path / "mockserver.py").write_text("import time\nwhile time.process_time() < 0.25: pass\n")
    # The interpreter's start is in those 250 ms, and is taken off.
    assert 100 < import_ms(sys.executable, tmp_path) < 250


def test_an_import_that_fails_is_told(tmp_path):
    (tmp_path / "mockserver.py").write_text("raise SystemExit(3)")
    with pytest.raises(OSError, match="ended with 3"):
        import_ms(sys.executable, tmp_path)
