import pytest

from pipeline.errors import UserError
from pipeline.settings import Settings, load_settings


def test_a_setting_is_read_from_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_BROKER", "kafka:9092")
    assert load_settings().broker == "kafka:9092"


def test_an_unknown_setting_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_BROKERS", "kafka:9092")
    with pytest.raises(UserError, match=r"^NEWSWIRE_BROKERS is no setting; there are NEWSWIRE_"):
        load_settings()


def test_a_misspelt_setting_is_told_what_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_PARTITION", "4")
    with pytest.raises(UserError, match=r"is no setting; there are NEWSWIRE_PARTITIONS$"):
        load_settings()


def test_a_level_may_be_in_capitals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_LOG_LEVEL", "DEBUG")
    assert load_settings().log_level == "debug"


def test_a_bad_value_is_one_line_that_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_PARTITIONS", "many")
    with pytest.raises(UserError, match=r"^NEWSWIRE_PARTITIONS=many: .*integer"):
        load_settings()


def test_another_process_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings().on_embedded_broker("127.0.0.1:1")
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_a_bad_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_SASL_PASSWORD", "hush")
    assert "hush" not in repr(load_settings())
