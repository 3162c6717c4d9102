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


@pytest.mark.parametrize(
    ("name", "value", "wanted"),
    [
        ("PARTITIONS", "many", "give a whole number from 1 to 1,000"),
        ("PARTITIONS", "2.5", "give a whole number from 1 to 1,000"),
        ("PRODUCER_BATCH_SIZE", "-1", "give a whole number from 1 to 16,777,216"),
        ("SESSION_TIMEOUT", "-1", "give a number from 1 to 1,800"),
        ("WINDOW_DAYS", "nan", "give a number above 0, 3,650 at most"),
        ("PUSH_RATE", "inf", "give a number above 0, 1,000,000 at most"),
        ("TLS", "maybe", "give true or false"),
        ("LOG_LEVEL", "loud", "give debug, info, warning or error"),
        ("SASL_MECHANISM", "GSSAPI", "give PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512"),
        ("CONTACT", "the desk", "give at most 200 visible ASCII characters, none of them a "
                                "parenthesis"),
        ("CONSUMER_GROUP", "news desk", "give at most 200 letters, digits, dots, hyphens and "
                                        "underscores of ASCII"),
        ("ALLOWED_NETWORKS", "10.0.0.1/8", "10.0.0.1/8 has host bits set; give networks such as "
                                           "10.0.0.0/8, 127.0.0.1"),
    ],
)  # fmt: skip
def test_a_bad_value_is_one_line_that_names_it_and_what_it_should_be(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, wanted: str
) -> None:
    monkeypatch.setenv(f"NEWSWIRE_{name}", value)
    with pytest.raises(UserError) as raised:
        load_settings()
    assert str(raised.value) == f"NEWSWIRE_{name}={value}: {wanted}"


@pytest.mark.parametrize(
    "name",
    [name for name, field in Settings.model_fields.items() if field.annotation in (int, float)],
)
def test_no_number_is_given_as_none(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    variable = f"NEWSWIRE_{name.upper()}"
    monkeypatch.setenv(variable, "nan")
    with pytest.raises(UserError, match=rf"^{variable}=nan: give a (whole )?number "):
        load_settings()


@pytest.mark.parametrize("name", ["PUSH_TOKEN", "WEBHOOK_SECRET"])
def test_a_secret_that_is_too_short_is_not_shown(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(f"NEWSWIRE_{name}", "hush")
    with pytest.raises(UserError) as raised:
        load_settings()
    assert str(raised.value) == f"NEWSWIRE_{name}: give at least 16 characters"


def test_another_process_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings().on_embedded_broker("127.0.0.1:1")
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert load_settings() == settings


def test_a_bad_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEWSWIRE_SASL_PASSWORD", "hush")
    assert "hush" not in repr(load_settings())
