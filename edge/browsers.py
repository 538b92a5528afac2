"""A browser as its person knows it: by its name and its device, not by what it says of itself.

What browsers send is full of each other's names: the order in which they are looked for is what tells them apart.
"""

_BROWSERS = (
    ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"), ("CriOS", "Chrome"), ("Chromium", "Chromium"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_DEVICES = (
    ("iPad", "una tableta iPad"), ("iPhone", "un teléfono iPhone"), ("Android", "una tableta Android"),
    ("Windows", "un computador con Windows"), ("CrOS", "un computador con ChromeOS"),
    ("Macintosh", "un computador Mac"), ("Linux", "un computador con Linux"),
)  # fmt: skip


def in_words(agent: str) -> str:
    """«Chrome en un teléfono Android»; «Un navegador» or «Un programa» where nothing more is known."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    device = next((name for mark, name in _DEVICES if mark in agent), "")
    if "Android" in agent and "Mobile" in agent:
        device = "un teléfono Android"
    if not agent.startswith("Mozilla/"):
        return "Un programa" if agent else "Un navegador"
    return f"{browser or 'Un navegador'} en {device}" if device else browser or "Un navegador"
