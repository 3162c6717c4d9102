from dataclasses import replace

from articles import raw

from pipeline.account import account
from pipeline.message import Message
from schemas import Rejection


def _final(source: Message, reason: str = "not_json") -> Message:
    rejection = Rejection.model_validate(
        {"stage": "parse", "reason": reason, "detail": "", "topic": None, "value": b""}
    )
    return replace(Message.of_record(rejection, source), topic="news.rejected")


FIRST, SECOND = Message.of_input(raw("one")), Message.of_input(raw("two"))


def test_the_account_holds_where_every_input_has_one_final_record() -> None:
    drawn_up = account([FIRST, SECOND], [_final(FIRST), _final(SECOND)])
    assert drawn_up.holds
    assert str(drawn_up) == "2 fed = 0 enriched + 0 duplicates + 0 withdrawals + 2 rejected"


def test_a_redelivered_record_counts_once() -> None:
    assert account([FIRST], [_final(FIRST), _final(FIRST)]).holds


def test_an_input_fed_twice_counts_once() -> None:
    assert account([FIRST, FIRST], [_final(FIRST)]).holds


def test_an_input_without_record_is_missing() -> None:
    drawn_up = account([FIRST, SECOND], [_final(FIRST)])
    assert drawn_up.missing == (SECOND.input_id,)
    assert not drawn_up.holds
    assert str(drawn_up).endswith("does not hold (1 missing)")


def test_two_different_records_of_one_input_do_not_hold() -> None:
    other = replace(_final(FIRST), headers=(*_final(FIRST).headers, ("ce_id", b"another")))
    assert account([FIRST], [_final(FIRST), other]).several == (FIRST.input_id,)


def test_a_record_of_nothing_that_was_fed_does_not_hold() -> None:
    assert account([FIRST], [_final(FIRST), _final(SECOND)]).unknown == (SECOND.input_id,)
