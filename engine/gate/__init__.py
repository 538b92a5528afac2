"""What a bundle must be before it is deployed. Refuses by default: what is not known to be harmless is not let in.

The text and its words, each element, how the arrows join them, the loops, the decisions that no way may pass by, who
tells what decisions read, and that from everywhere there is a way to the end.
"""

from engine import spiff
from engine.bundle import Bundle
from engine.gate import elements
from engine.gate import flows
from engine.gate import mandatory
from engine.gate import names
from engine.gate import text
from engine.gate import ways
from engine.registry import Process


def check(bundle: Bundle, process: Process) -> spiff.Specs:
    """What the library reads in `bundle`, once it is known to be harmless.

    `process` says what the names in its diagrams stand for. Raises DefinitionError for the first thing that is not
    allowed, naming file, element and line; its `code` says which rule refused it.
    """
    text.check(bundle)
    names.check(bundle)
    elements.check(bundle, process)
    flows.check(bundle, process.forms)
    ways.check(bundle)
    mandatory.check(bundle, process)
    flows.check_told(bundle, process)
    ways.check_ends(bundle, process)
    return spiff.parse(bundle)
