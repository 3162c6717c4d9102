"""Sending records to a web address: signed, with a key against doing it twice, and with patience.

Signature and id are those of Standard Webhooks (`webhook-id`, `webhook-timestamp`,
`webhook-signature`: HMAC-SHA256 of `id.timestamp.body` in base64), for which receivers have
libraries. `Idempotency-Key` repeats the id: what is sent again has the same.
"""

import base64
import binascii
import hmac
import time
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlsplit

import urllib3
from pydantic import SecretStr
from urllib3.util import Retry, Timeout

from pipeline.errors import UserError
from pipeline.settings import Settings

# Once at once, then after 0, 2, 4, 8 and 16 times the pause (in seconds), and at random up to one
# more: half a minute in all at a pause of one second.
_TRIES = 6
_PAUSE = 1.0
_LONGEST_PAUSE = 60
_TIMEOUT = Timeout(connect=5.0, read=30.0)
# What may go away by itself; any other refusal will be the same the next time.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent in one request: the body, and the id that stays the same when sent again."""

    id: str
    body: bytes
    headers: dict[str, str]


class NotDelivered(Exception):
    """The receiver did not take it; the message says what it answered, or that it did not."""


class Webhook:
    """Sends parcels to one address, each until it is taken or the patience ends."""

    def __init__(self, url: str, secret: SecretStr, pause: float = _PAUSE) -> None:
        """Send to `url`; `pause` seconds is the unit of the waits between the tries.

        Raises `UserError` for an address that is no http or https URL.
        """
        self.url = _checked(url)
        self._key = _key(secret)
        # A redirection is refused: who gave the address meant this one.
        self._patient = Retry(
            total=_TRIES - 1,
            redirect=False,
            allowed_methods=None,  # POST too: the id makes it safe
            status_forcelist=_PASSING,
            backoff_factor=pause,
            backoff_jitter=pause,
            backoff_max=_LONGEST_PAUSE,
            retry_after_max=_LONGEST_PAUSE,
            raise_on_status=False,
        )
        self._once = Retry(0, redirect=False, raise_on_status=False)
        self._is_away = False
        self._pool = urllib3.PoolManager(timeout=_TIMEOUT, maxsize=1)

    def send(self, parcel: Parcel) -> None:
        """Send a parcel; raise `NotDelivered` where it is not taken.

        After one that was not, the next are tried once, until one is: a receiver that is away does
        not hold up all others by half a minute each.
        """
        try:
            answer = self._pool.request(
                "POST",
                self.url,
                body=parcel.body,
                headers={**parcel.headers, **self._signed(parcel)},
                retries=self._once if self._is_away else self._patient,
                preload_content=False,  # what it says beside the status is of no interest
            )
            answer.release_conn()
            if answer.status not in range(200, 300):
                answer.close()
        except urllib3.exceptions.HTTPError as error:
            self._is_away = True
            reason = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
            raise NotDelivered(f"no answer ({type(reason).__name__})") from error
        self._is_away = answer.status in _PASSING
        if answer.status not in range(200, 300):
            raise NotDelivered(f"answered {answer.status}")

    def _signed(self, parcel: Parcel) -> dict[str, str]:
        timestamp = str(int(time.time()))
        signature = sign(self._key, parcel.id, timestamp, parcel.body)
        return {
            "user-agent": "newswire",
            "webhook-id": parcel.id,
            "webhook-timestamp": timestamp,
            "webhook-signature": f"v1,{signature}",
            "idempotency-key": f'"{parcel.id}"',
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.clear()


def sign(key: bytes, parcel_id: str, timestamp: str, body: bytes) -> str:
    """Return the signature of Standard Webhooks, version 1, in base64."""
    signed = f"{parcel_id}.{timestamp}.".encode() + body
    return base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def webhook_secret(settings: Settings) -> SecretStr:
    """Return the secret that receivers know us by; raise `UserError` where there is no good one."""
    secret = settings.secret("webhook_secret")
    if secret is None:
        raise UserError(
            "--post signs what it sends: set NEWSWIRE_WEBHOOK_SECRET, or "
            "NEWSWIRE_WEBHOOK_SECRET_FILE to the file that holds it"
        )
    return secret


def _key(secret: SecretStr) -> bytes:
    """Return the key of a secret; after `whsec_` it is in base64, as Standard Webhooks has it."""
    text = secret.get_secret_value()
    if not text.startswith("whsec_"):
        return text.encode()
    try:
        return base64.b64decode(text.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        raise UserError("NEWSWIRE_WEBHOOK_SECRET: after whsec_ it must be base64") from None


def _checked(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or not url.isascii() or not url.isprintable() or " " in url:
        raise UserError(f"--post {url!a}: is no http or https address")
    return url
