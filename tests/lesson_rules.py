"""What every lesson keeps to. A rule takes a notebook and yields a sentence for each place that breaks it."""

import html
import re
from collections import Counter

TIERS = {"core", "more", "deck"}
MOST_CORE_ITEMS = 18
MOST_LINES = 30
MOST_WORDS = 220
ALTERNATIVE_TEXT = range(20, 261)  # characters
MOST_BYTES = 1_000_000

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u26ff\u2705\u2728\u274c\u2753-\u2757\u2764\ufe0f]")
# After a word and before a space or the end. `x != y` and, once formulas are taken out, n! are none.
EXCLAMATION = re.compile(r"[\w)*_\"”’]!+(?=[\s\"”’)*_]|$)")
NOT_PROSE = re.compile(r"```.*?```|\$\$.*?\$\$|`[^`\n]*`|\$[^$\n]*\$", re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)")
IMAGE_TAG = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
ALT = re.compile(r"""\balt=(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)


def code_cells(notebook):
    """Yield (index, cell) for the code cells that hold code."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "code" and cell.source.strip():
            yield i, cell


def markdown_cells(notebook):
    """Yield (index, cell) for the Markdown cells."""
    for i, cell in enumerate(notebook.cells):
        if cell.cell_type == "markdown":
            yield i, cell


def tags(cell, prefix=""):
    """Return the cell's tags that begin with a prefix, without it."""
    return [tag.removeprefix(prefix) for tag in cell.metadata.get("tags", []) if tag.startswith(prefix)]


# Against what is defined elsewhere ------------------------------------------------------------------------


def exercise_cells_hold_the_stubs(notebook, exercises):
    """`exercises` maps the ids of this lesson's exercises to their stubs."""
    found = Counter()
    for i, cell in enumerate(notebook.cells):
        for name in tags(cell, "exercise:"):
            found[name] += 1
            if name not in exercises:
                yield f"cell {i}: exercise {name} is not defined for this lesson"
            elif cell.cell_type != "code" or cell.source.strip() != exercises[name].strip():
                yield f"cell {i}: differs from the stub of exercise {name}"
    yield from (f"exercise {name} has {found[name]} cells, expected 1" for name in exercises if found[name] != 1)


def deck_items_are_settled_once(notebook, items):
    """`items` are the ids of this lesson in book/ledger.csv."""
    found = Counter(item for cell in notebook.cells for item in tags(cell, "deck:"))
    yield from (f"{item} is no item of this lesson in book/ledger.csv" for item in found if item not in items)
    yield from (f"{item} is tagged {found[item]} times, expected 1" for item in items if found[item] != 1)


def links_lead_somewhere(notebook, files):
    """`files` are the names in the folder of the lessons, which is all that a learner's copy has."""
    for i, cell in markdown_cells(notebook):
        for target in LINK.findall(NOT_PROSE.sub(" ", cell.source)):
            file = target.partition("#")[0]
            if file and not re.match(r"(https?|mailto|attachment):", file) and file not in files:
                yield f"cell {i}: {target} is not there"


# Of the lesson alone --------------------------------------------------------------------------------------


def deck_cells_have_one_tier(notebook):
    """A cell that settles items of the decks is core, more or deck."""
    for i, cell in enumerate(notebook.cells):
        tiers = TIERS & set(tags(cell))
        if tags(cell, "deck:") and len(tiers) != 1:
            yield f"cell {i}: expected one tag of {sorted(TIERS)}, got {sorted(tiers)}"


def the_core_is_small(notebook):
    """What a first reader walks."""
    items = [item for cell in notebook.cells if "core" in tags(cell) for item in tags(cell, "deck:")]
    if len(items) > MOST_CORE_ITEMS:
        yield f"{len(items)} items in core cells, expected {MOST_CORE_ITEMS} at most"


def images_have_alternative_text(notebook):
    """The text is the caption, what a screen reader says, and what strict nbval compares."""
    for i, cell in code_cells(notebook):
        for output in cell.outputs:
            data = output.get("data", {})
            images = IMAGE_TAG.findall(data.get("text/html", ""))
            if not images and not any(kind.startswith("image/") for kind in data):
                continue
            text = data.get("text/plain", "")
            if len(text) not in ALTERNATIVE_TEXT or text.startswith("<"):
                yield f"cell {i}: an image with the text {text!r}, expected a sentence of 20 to 260 characters"
            for image in images:
                alt = ALT.search(image)
                if not alt or html.unescape(alt[1] or alt[2] or "") != text:
                    yield f"cell {i}: an <img> whose alt is not its text/plain"


def cells_are_short(notebook):
    """One thing per cell."""
    for i, cell in code_cells(notebook):
        lines = sum(bool(line.strip()) for line in cell.source.splitlines())
        if lines > MOST_LINES:
            yield f"cell {i}: {lines} lines of code, expected {MOST_LINES} at most"
    for i, cell in markdown_cells(notebook):
        words = len(re.findall(r"\w+", re.sub(r"\$\$.*?\$\$", "", cell.source, flags=re.DOTALL)))
        if words > MOST_WORDS:
            yield f"cell {i}: {words} words, expected {MOST_WORDS} at most"


def cells_were_run_in_order(notebook):
    """As `make notebooks` leaves them."""
    for count, (i, cell) in enumerate(code_cells(notebook), start=1):
        if cell.execution_count != count:
            yield f"cell {i}: execution count {cell.execution_count}, expected {count}; run make notebooks"


def outputs_hold_no_error(notebook):
    """A learner who opens a lesson sees a run that worked."""
    for i, cell in code_cells(notebook):
        for output in cell.outputs:
            if output.output_type == "error":
                yield f"cell {i}: saved with {output.ename}: {output.evalue}"


def the_kernel_is_the_plain_one(notebook):
    """So that a lesson runs wherever ipykernel is."""
    name = notebook.metadata.get("kernelspec", {}).get("name")
    if name != "python3":
        yield f"kernel {name}, expected python3"


def the_prose_is_calm(notebook):
    """No exclamation marks at the ends of sentences, no emoji."""
    for i, cell in markdown_cells(notebook):
        prose = NOT_PROSE.sub(" ", cell.source)
        for found in [*EXCLAMATION.finditer(prose), *EMOJI.finditer(cell.source)]:
            yield f"cell {i}: {found[0]!r} in {found.string[max(0, found.start() - 20) : found.end()]!r}"


RULES = [
    deck_cells_have_one_tier,
    the_core_is_small,
    images_have_alternative_text,
    cells_are_short,
    cells_were_run_in_order,
    outputs_hold_no_error,
    the_kernel_is_the_plain_one,
    the_prose_is_calm,
]
