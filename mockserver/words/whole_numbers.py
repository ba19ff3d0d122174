"""Whole numbers in queries: written with digits alone, and what to write where they are not. Pure."""

import re
from decimal import Decimal

__all__ = ["in_digits", "lies_within", "read_digits"]

# No number of ours has more digits, and Python converts no more than some thousands.
_MOST_DIGITS = 20
_LONGEST_NUMBER = 40
_DIGITS = re.compile(r"[0-9]+", re.ASCII)
# As R, JavaScript and spreadsheets write whole numbers; an unencoded + arrives as a blank.
_WRITTEN_OTHERWISE = re.compile(r"\+?([0-9]+(?:[,_' ][0-9]{3})*)(\.[0-9]*)?([eE][-+ ]?0*[0-9]{1,2})?")


def read_digits(value: str) -> int | None:
    """What digits say, or something as far beyond every range; None where there is anything else."""
    if not _DIGITS.fullmatch(value):
        return None
    digits = value.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MOST_DIGITS else 10**_MOST_DIGITS


def lies_within(number: int, least: int, most: int | None) -> bool:
    """Is it from `least` to `most`, which is None where any is right?"""
    return least <= number and (most is None or number <= most)


def in_digits(value: str, least: int, most: int | None) -> str:
    """How to write a whole number that was written otherwise, as a sentence; empty where it is none."""
    match = _WRITTEN_OTHERWISE.fullmatch(value.strip()) if len(value) <= _LONGEST_NUMBER else None
    if match is None or _DIGITS.fullmatch(value):
        return ""
    whole, fraction, exponent = match.groups(default="")
    if fraction == ".000" and len(whole) <= 3 and not exponent:
        # Whether this is a thousand times as much depends on the country.
        return ""
    number = Decimal(re.sub(r"[,_' ]", "", whole) + fraction + exponent.replace(" ", "+"))
    if number != number.to_integral_value():
        return ""
    if number > 10**_MOST_DIGITS:
        return ""
    if not lies_within(int(number), least, most):
        return f"In digits alone, that is {int(number)}."
    return f"Write it in digits alone: {int(number)}."
