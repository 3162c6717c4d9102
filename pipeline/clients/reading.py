"""Reading the messages of a topic as records, those of a newer pipeline too as far as it goes."""

import logging

import orjson
from pydantic import ValidationError

from pipeline.message import Message
from pipeline.topics import RECORD_OF
from schemas import SCHEMA_VERSION, Record

logger = logging.getLogger(__name__)


class RecordReader:
    """Reads messages; what is no record is passed over with a line in the log.

    A record of a newer schema version is handed on with what is understood of it, because a kill
    must arrive; where what is needed is not in it, it is passed over. Either is said once a topic
    and version.
    """

    def __init__(self) -> None:
        self._said: set[tuple[str, str, bool]] = set()

    def read(self, message: Message) -> Record | None:
        """Return the record of the message's topic; None where the message is none."""
        record_type = RECORD_OF[message.topic or ""]
        try:
            return record_type.model_validate_json(message.value)
        except ValidationError as error:
            fault = error.errors()[0]
            newer = _newer_version(message.value)
            if newer is None:
                where = f"{message.topic}/{message.partition}/{message.offset}"
                logger.warning(
                    "%s is no %s and is passed over: %s", where, record_type.__name__, fault["msg"]
                )
                return None
        try:
            record = record_type.model_validate_json(message.value, extra="ignore")
        except ValidationError as error:
            fault = error.errors()[0]
            field = ".".join(map(str, fault["loc"]))
            self._say(message, newer, False, f"not understood ({field}: {fault['msg']})")
            return None
        self._say(message, newer, True, "handed on with what is understood")
        return record

    def _say(self, message: Message, version: str, understood: bool, outcome: str) -> None:
        key = (message.topic or "", version, understood)
        if key not in self._said:
            self._said.add(key)
            logger.warning(
                "%s has records of schema version %s, newer than %s: they are %s; update newswire",
                message.topic, version, SCHEMA_VERSION,
                outcome if understood else f"passed over where {outcome}",
            )  # fmt: skip


def _newer_version(value: bytes) -> str | None:
    """Return the record's schema version where it is newer than ours."""
    try:
        data = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    version = data.get("schema_version") if isinstance(data, dict) else None
    if not isinstance(version, str):
        return None
    return version if _numbers(version) > _numbers(SCHEMA_VERSION) else None


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")
    return tuple(int(part) for part in parts if part.isascii() and part.isdigit() and len(part) < 9)
