"""What stands on every message: who sends it, and the address of this installation to which its links lead."""

from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import NAMESPACE_URL
from uuid import uuid5


@dataclass(frozen=True, slots=True)
class Letterhead:
    """`base_url` begins every link; `sender` is the address that messages come from and that bounces go to."""

    base_url: str = "http://127.0.0.1:8080"
    sender: str = "avisos@localhost"
    name: str = "Sistema de asistencia técnica territorial"

    @property
    def host(self) -> str:
        """The host of the installation."""
        return urlsplit(self.base_url).hostname or "localhost"

    def link(self, path: str) -> str:
        """The whole address of a page."""
        return f"{self.base_url}{path}"

    def internet_id(self, key: str) -> str:
        """The Message-ID of the message with this key: the same whenever it is asked."""
        return f"<{uuid5(NAMESPACE_URL, f'{self.base_url}/{key}')}@{self.host}>"


class _InUse:
    head = Letterhead()


def use(head: Letterhead) -> None:
    """Write on this paper from now on."""
    _InUse.head = head


def current() -> Letterhead:
    """The paper in use."""
    return _InUse.head
