"""What a box for files says of those that the server keeps: the browser refuses the others before they are sent."""

from markupsafe import Markup

from db.files import KINDS
from db.files import MAX_BYTES

_ENDINGS = ",".join(ending for kind in KINDS for ending in kind.extensions)
_WORDS = ", ".join(kind.label for kind in KINDS)

ATTRIBUTES = Markup('accept="{}" data-most="{}" data-kinds="{}"').format(_ENDINGS, MAX_BYTES, _WORDS)
"""Of each `<input type="file">` whose files are kept; `sending.js` reads them."""
