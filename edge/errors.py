"""Errors that only make sense where HTTP is known; the rest of the tree is in `db.errors`."""

from datetime import timedelta

from db.errors import AttError
from db.errors import Conflict


class NotIdentified(AttError):
    """Nobody is signed in, or their session or token no longer counts."""

    def __init__(self, message: str = "Ingrese con su cuenta para continuar.") -> None:
        super().__init__(message)


class TooManyAttempts(NotIdentified):
    """Nothing is checked for `wait`, after too many failures to identify oneself."""

    def __init__(self, message: str, wait: timedelta) -> None:
        super().__init__(message)
        self.wait = wait


class PasswordGiven(AttError):
    """Whoever asks entered with a password that somebody else set, and must choose their own before anything else."""

    def __init__(self) -> None:
        super().__init__(
            "Su contraseña la fijó otra persona: entre con el navegador y elija una propia antes de continuar."
        )


class SecondStepMissing(AttError):
    """Whoever asks gave their password and not yet what they owe besides (`second_factor.CODE`, `…ENROLMENT`)."""

    def __init__(self, owes: str) -> None:
        super().__init__("Falta el segundo paso de su ingreso: entre con el navegador y complételo.")
        self.owes = owes


class ProofMissing(AttError):
    """The act asks whoever does it to prove again who they are."""

    def __init__(self, message: str = "Confirme que es usted: lo que va a hacer lo pide.") -> None:
        super().__init__(message)


class NotVouched(AttError):
    """What came of a provider of identities cannot be trusted. `what` names for the log what is wrong with it."""

    def __init__(self, what: str, message: str = "") -> None:
        super().__init__(
            message or "La respuesta sobre su cuenta institucional no se pudo comprobar. Comience de nuevo."
        )
        self.what = what


class PreconditionMissing(AttError):
    """The request must say which revision it was written for."""

    def __init__(self) -> None:
        super().__init__("Envíe en el encabezado If-Match la revisión que recibió en ETag.")


class PreconditionFailed(Conflict):
    """The thing changed since the revision the request was written for."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="stale")
