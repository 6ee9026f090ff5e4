"""What the stored objects of the Assistants API have in common: ids, times, metadata, pages, refusals."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Protocol, TypeVar

from local.openai_emulator.problems import ApiError, invalid_request, not_emulated

# Limits of the provider's API reference.
MAX_METADATA_PAIRS = 16
MAX_METADATA_KEY = 64
MAX_METADATA_VALUE = 512
MAX_PAGE = 100
DEFAULT_PAGE = 20


class Stored(Protocol):
    """Anything that is kept under an id and can be listed."""

    @property
    def id(self) -> str:
        """The identifier that the provider gave."""
        ...

    def as_json(self) -> dict[str, Any]:
        """The object as the API shows it."""
        ...


StoredT = TypeVar("StoredT", bound=Stored)


def new_id(prefix: str) -> str:
    """An unguessable id such as ``thread_…``."""
    return f"{prefix}_{uuid.uuid4().hex[:24]}"


def epoch_seconds() -> int:
    """The moment as the API writes it: whole seconds."""
    return int(time.time())


def find_stored(kind: str, objects: Mapping[str, StoredT], object_id: str) -> StoredT:
    """The object of that id.

    Raises:
        ApiError: 404 where there is none.
    """
    found = objects.get(object_id)
    if found is None:
        raise ApiError(404, None, f"No {kind} found with id '{object_id}'.")
    return found


def check_names(body: Mapping[str, Any], known: frozenset[str], where: str = "") -> None:
    """Refuse what the API does not know.

    Raises:
        ApiError: 400 naming the parameter.
    """
    for name in body:
        if name not in known:
            raise invalid_request(
                f"Unknown parameter: '{where}{name}'.", param=f"{where}{name}", code="unknown_parameter"
            )


def check_without(body: Mapping[str, Any], names: Sequence[str], where: str = "") -> None:
    """Refuse what the real service has and this one has not, unless it is left empty.

    Raises:
        ApiError: 400 naming the parameter.
    """
    for name in names:
        if body.get(name):
            raise not_emulated(f"{where}{name}", f"'{where}{name}'")


def checked_metadata(body: Mapping[str, Any], where: str = "") -> dict[str, str]:
    """The ``metadata`` of an object; empty where there is none.

    Raises:
        ApiError: 400 where it is more than 16 pairs of short texts.
    """
    value = body.get("metadata")
    if value is None:
        return {}
    is_valid = (
        isinstance(value, dict)
        and len(value) <= MAX_METADATA_PAIRS
        and all(
            isinstance(text, str) and len(key) <= MAX_METADATA_KEY and len(text) <= MAX_METADATA_VALUE
            for key, text in value.items()
        )
    )
    if not is_valid:
        raise invalid_request(
            f"Invalid '{where}metadata': expected at most {MAX_METADATA_PAIRS} pairs of texts, keys up to "
            f"{MAX_METADATA_KEY} and values up to {MAX_METADATA_VALUE} characters.",
            param=f"{where}metadata",
            code="invalid_value",
        )
    return dict(value)


def optional_text(body: Mapping[str, Any], name: str) -> str | None:
    """A text that may be left out.

    Raises:
        ApiError: 400 where it is something else.
    """
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid_request(
            f"Invalid type for '{name}': expected a string.", param=name, code="invalid_type"
        )
    return value


def page_of(objects: Sequence[StoredT], query: Mapping[str, str]) -> tuple[list[StoredT], dict[str, Any]]:
    """The objects that ``limit``, ``order``, ``after`` and ``before`` ask for, and the list's JSON.

    ``objects`` come oldest first; the newest are shown first unless ``order=asc``.

    Raises:
        ApiError: 400 where one of the four has no meaning.
    """
    order = query.get("order", "desc")
    if order not in {"asc", "desc"}:
        raise invalid_request(
            "Invalid 'order': expected 'asc' or 'desc'.", param="order", code="invalid_value"
        )
    limit = query.get("limit", str(DEFAULT_PAGE))
    if not limit.isdecimal() or not 1 <= int(limit) <= MAX_PAGE:
        raise invalid_request(
            f"Invalid 'limit': expected 1 to {MAX_PAGE}.", param="limit", code="invalid_value"
        )
    ordered = list(objects) if order == "asc" else list(reversed(objects))
    ids = [item.id for item in ordered]
    if "after" in query:
        ordered = ordered[_place(ids, query["after"], "after") + 1 :]
    if "before" in query:
        ids = [item.id for item in ordered]
        ordered = ordered[: _place(ids, query["before"], "before")]
    shown = ordered[: int(limit)]
    listing = {
        "object": "list",
        "data": [item.as_json() for item in shown],
        "first_id": shown[0].id if shown else None,
        "last_id": shown[-1].id if shown else None,
        "has_more": len(shown) < len(ordered),
    }
    return shown, listing


def _place(ids: Sequence[str], wanted: str, name: str) -> int:
    if wanted not in ids:
        raise invalid_request(
            f"Invalid '{name}': no such object in this list.", param=name, code="invalid_value"
        )
    return ids.index(wanted)
