"""API A: HyperStudy v3, the data API of a platform for behavioural experiments.

`routes.py` lists its operations, `catalogue.py` what each data type is, `data.py` answers.
"""
