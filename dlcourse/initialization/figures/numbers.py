"""How numbers are written in the figures of this folder."""

RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def power_of_ten(exponent: int) -> str:
    """A label of a logarithmic axis, as plain text: matplotlib sets it much faster than a formula.

    Examples
    --------
    >>> power_of_ten(-12)
    '10⁻¹²'
    """
    return "10" + str(exponent).translate(RAISED)


def two(number: float) -> str:
    """Two decimals, with a real minus, and 0.00 without one.

    Examples
    --------
    >>> two(-0.477), two(-0.001)
    ('−0.48', '0.00')
    """
    return f"{round(float(number), 2) + 0.0:.2f}".replace("-", "−")
