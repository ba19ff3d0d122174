"""API A: HyperStudy v3, the data API of a platform for behavioural experiments.

`routes.py` says which addresses there are, `catalogue.py` what each data type is, `data.py` answers.
"""

from mockserver.hyperstudy.envelope import render_http_error
from mockserver.hyperstudy.routes import BASE_PATH, blueprint

__all__ = ["BASE_PATH", "blueprint", "render_http_error"]
