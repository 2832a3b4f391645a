"""Numbers as a figure writes them: three significant digits, a real minus, small arrays in brackets."""

from __future__ import annotations

from typing import Any

import numpy as np

MOST_ENTRIES = 4


def write(value: Any, *, pad: bool = True) -> str:
    """Write a number or an array for a figure.

    Parameters
    ----------
    value : number or array
    pad : bool
        Keep zeros at the end, so that 5 is written 5.00. Entries of arrays never keep them.

    Examples
    --------
    >>> write(-4.0), write(0.73106), write(123456.0), write(2.0, pad=False)
    ('−4.00', '0.731', '1.23e5', '2')
    >>> write(np.array([1.0, -0.5])), write(np.zeros((32, 10)))
    ('[1 −0.5]', '(32, 10)')
    """
    array = np.asarray(value)
    if array.ndim == 0:
        return _number(array.item(), pad)
    if array.ndim > 2 or not 0 < array.size <= MOST_ENTRIES:
        return str(array.shape)
    rows = (" ".join(_number(entry, False) for entry in row) for row in np.atleast_2d(array).tolist())
    return f"[{'; '.join(rows)}]"


def say(value: Any) -> str:
    """Write a number or an array for an alternative text: as short as `write`, in plain characters.

    Examples
    --------
    >>> say(-12.0), say(float("nan")), say(np.zeros((32, 10)))
    ('-12', 'not a number', '(32, 10)')
    """
    text = write(value, pad=False).replace("−", "-").replace("∞", "infinity")
    return text.replace("nan", "not a number")


def _number(x: Any, pad: bool) -> str:
    if not isinstance(x, (int, float)) or isinstance(x, bool):
        return str(x)
    if not np.isfinite(x):
        return "nan" if np.isnan(x) else "∞" if x > 0 else "−∞"
    if 1000 <= abs(x) < 9999.5:
        text = f"{x:.0f}"  # four digits are as short as a power of ten
    elif 0 < abs(x) < 0.001:
        text = f"{x:.2e}"
    else:
        text = f"{x:#.3g}"
    mantissa, _, exponent = text.partition("e")
    if not pad and "." in mantissa:
        mantissa = mantissa.rstrip("0")
    mantissa = mantissa.rstrip(".")
    return (f"{mantissa}e{int(exponent)}" if exponent else mantissa).replace("-", "−")
