"""Tokens for models that want a licence accepted: in the system's keyring, and nowhere else.

A token is kept for one origin and handed out for that one alone. It stands in no file of ours, no log and
no error: faults of a keyring are told by their kind.
"""

from __future__ import annotations

import re

from penwright.base.errors import HubError
from penwright.modelstore.network import Origin

_SERVICE = "penwright"
_TOKEN = re.compile(r"[\x21-\x7e]{8,512}")


class Tokens:
    """The system's keyring, as far as Penwright uses it."""

    def get(self, origin: Origin) -> str | None:
        """Return the token for this hub, or None; a keyring that is locked or absent has none."""
        import keyring  # noqa: PLC0415 - it looks through what is installed, and most never need it
        import keyring.errors  # noqa: PLC0415

        try:
            return keyring.get_password(_SERVICE, str(origin))
        except (keyring.errors.KeyringError, RuntimeError, OSError):
            return None

    def put(self, origin: Origin, token: str) -> None:
        """Keep a token. Raises HubError: hub.token_shape, hub.token_unsafe, hub.no_keyring."""
        import keyring  # noqa: PLC0415
        import keyring.errors  # noqa: PLC0415

        token = token.strip()
        if not _TOKEN.fullmatch(token):
            raise HubError("hub.token_shape")
        if not origin.may_carry_token:
            raise HubError("hub.token_unsafe", host=origin.host)
        try:
            keyring.set_password(_SERVICE, str(origin), token)
        except (keyring.errors.KeyringError, RuntimeError, OSError):
            # Not chained: some back ends put what they were given into their error.
            raise HubError("hub.no_keyring") from None

    def drop(self, origin: Origin) -> bool:
        """Forget the token for this hub; return whether there was one. Raises HubError (hub.no_keyring)."""
        import keyring  # noqa: PLC0415
        import keyring.errors  # noqa: PLC0415

        try:
            keyring.delete_password(_SERVICE, str(origin))
        except keyring.errors.PasswordDeleteError:
            return False
        except (keyring.errors.KeyringError, RuntimeError, OSError):
            raise HubError("hub.no_keyring") from None
        return True
