"""Settings come from a file, variables and flags, and a wrong one is named with its place."""

from pathlib import Path

import pytest

from hemlarm_cloud.settings import Settings, SettingsError, load_settings


def write(folder: Path, text: str) -> Path:
    file = folder / "hemlarm.toml"
    file.write_text(text)
    return file


def test_without_anything_the_defaults_hold() -> None:
    settings = load_settings(None, {}, {"port": None})
    assert settings == Settings()
    assert settings.database_url == f"sqlite:///{settings.data}/store.db"


def test_a_variable_beats_the_file_and_a_flag_beats_both(tmp_path: Path) -> None:
    file = write(tmp_path, 'port = 1001\nhost = "10.0.0.1"\nbroker = "mosquitto"')
    settings = load_settings(file, {"HEMLARM_PORT": "1002", "HEMLARM_HOST": "10.0.0.2"}, {"port": 1003})
    assert (settings.port, settings.host, settings.broker) == (1003, "10.0.0.2", "mosquitto")


def test_a_variable_can_name_the_file(tmp_path: Path) -> None:
    file = write(tmp_path, "port = 1001")
    assert load_settings(None, {"HEMLARM_CONFIG": str(file)}, {}).port == 1001


def test_other_programs_variables_do_not_matter() -> None:
    assert load_settings(None, {"PORT": "no", "HEMLARMPORT": "no"}, {}) == Settings()


def test_a_relative_folder_in_a_file_starts_from_the_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, 'data = "kept"'), {}, {})
    assert settings.data == tmp_path / "kept"
    assert settings.database_url == f"sqlite:///{tmp_path}/kept/store.db"


def test_a_database_url_stands_for_itself_and_is_not_shown() -> None:
    settings = load_settings(None, {"HEMLARM_DATABASE": "postgresql://hemlarm:hunter2@db/hemlarm"}, {})
    assert settings.database_url == "postgresql://hemlarm:hunter2@db/hemlarm"
    assert "hunter2" not in repr(settings)


def test_names_are_a_list_in_a_file_and_have_commas_elsewhere(tmp_path: Path) -> None:
    assert load_settings(write(tmp_path, 'names = ["a.example", "10.0.0.1"]'), {}, {}).names == (
        "a.example",
        "10.0.0.1",
    )
    assert load_settings(None, {"HEMLARM_NAMES": "a.example, 10.0.0.1"}, {}).names == ("a.example", "10.0.0.1")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("prot = 1", r"hemlarm\.toml: unknown key 'prot'; known are data, database, broker"),
        ("port = 0", r"hemlarm\.toml: port = 0 is not a whole number from 1 to 65535"),
        ("port = true", "port = True is not"),
        ("port = 80.5", r"port = 80\.5 is not"),
        ('broker = "emqx"', "broker = 'emqx' is not one of nats, mosquitto"),
        ('host = ""', "host = '' is not an address"),
        ("names = []", "names = .* is not a list of host names"),
        ("data = 5", "data = 5 is not the path of a folder"),
        ("port =", r"hemlarm\.toml: not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=told):
        load_settings(write(tmp_path, text), {}, {})


def test_a_mistake_in_a_variable_is_told() -> None:
    with pytest.raises(SettingsError, match="variable HEMLARM_PORT: port = 'many' is not a whole number"):
        load_settings(None, {"HEMLARM_PORT": "many"}, {})
    with pytest.raises(SettingsError, match="variable HEMLARM_PROT: unknown key 'prot'"):
        load_settings(None, {"HEMLARM_PROT": "1"}, {})


def test_a_mistake_in_a_flag_is_told() -> None:
    with pytest.raises(SettingsError, match="flag --broker: broker = 'emqx' is not one of"):
        load_settings(None, {}, {"broker": "emqx"})


def test_a_wrong_database_is_told_without_its_password() -> None:
    with pytest.raises(SettingsError, match="database is not a URL such as") as caught:
        load_settings(None, {"HEMLARM_DATABASE": "mysql://hemlarm:hunter2@db/hemlarm"}, {})
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"none\.toml: cannot be read"):
        load_settings(tmp_path / "none.toml", {}, {})


SMS = {"HEMLARM_SMS_LISTEN": "127.0.0.1:8080", "HEMLARM_SMS_TOKEN": "correct-horse-battery"}


def test_the_sms_gateway_is_off_unless_it_is_set_up() -> None:
    assert load_settings(None, {}, {}).sms_listen is None


def test_the_sms_gateway_is_set_up_in_any_place(tmp_path: Path) -> None:
    text = """
        sms_listen = "[::1]:8080"
        sms_token = "correct-horse-battery"
        sms_url = "https://sms.example/out?account=7"
        sms_url_token = "another-secret-token"
        sms_number = "+46700000000"
    """
    settings = load_settings(write(tmp_path, text), {}, {})
    assert settings.sms_listen == ("::1", 8080)
    assert (settings.sms_url, settings.sms_number) == ("https://sms.example/out?account=7", "+46700000000")
    assert "secret" not in repr(settings)
    assert "battery" not in repr(settings)
    assert load_settings(None, SMS, {}).sms_listen == ("127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("SMS_LISTEN", "8080"),
        ("SMS_LISTEN", "host:0"),
        ("SMS_TOKEN", "short"),
        ("SMS_TOKEN", "with a space in the middle"),
        ("SMS_URL", "http://sms.example/out"),
        ("SMS_URL", "ftp://localhost/out"),
        ("SMS_URL", "https://user:password@sms.example/"),
        ("SMS_NUMBER", "Hemlarm"),
    ],
)
def test_a_mistake_in_the_sms_gateway_is_told_without_its_secrets(key: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"variable HEMLARM_{key}: {key.lower()}.* is not") as caught:
        load_settings(None, {**SMS, f"HEMLARM_{key}": value}, {})
    assert (value in str(caught.value)) is (key != "SMS_TOKEN")


@pytest.mark.parametrize("missing", list(SMS))
def test_half_an_sms_gateway_is_told(missing: str) -> None:
    with pytest.raises(SettingsError, match="set both, or neither"):
        load_settings(None, {key: value for key, value in SMS.items() if key != missing}, {})
    with pytest.raises(SettingsError, match="sms_url is set, but not sms_listen"):
        load_settings(None, {"HEMLARM_SMS_URL": "https://sms.example/"}, {})


MAIL = {"HEMLARM_MAIL_SERVER": "mail.example", "HEMLARM_MAIL_FROM": "larm@example.se"}


def test_mail_goes_out_where_it_is_set_up(tmp_path: Path) -> None:
    assert load_settings(None, {}, {}).mail_server == ""
    settings = load_settings(None, MAIL, {})
    assert (settings.mail_port, settings.mail_tls, settings.mail_user) == (587, "starttls", "")
    text = """
        mail_server = "::1"
        mail_port = 25
        mail_from = "larm@example.se"
        mail_tls = "none"
        mail_user = "larm"
        mail_password = "correct horse"
    """
    settings = load_settings(write(tmp_path, text), {}, {})
    assert (settings.mail_server, settings.mail_port, settings.mail_password) == ("::1", 25, "correct horse")
    assert "horse" not in repr(settings)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("MAIL_SERVER", "mail server"),
        ("MAIL_FROM", "larm"),
        ("MAIL_FROM", "Larm <larm@example.se>"),
        ("MAIL_PORT", "0"),
        ("MAIL_TLS", "yes"),
        ("MAIL_TLS", "none"),
        ("MAIL_USER", "larm"),
        ("MAIL_PASSWORD", " "),
    ],
)
def test_a_mistake_in_mail_is_told(key: str, value: str) -> None:
    with pytest.raises(SettingsError, match=key.lower()):
        load_settings(None, MAIL | {f"HEMLARM_{key}": value}, {})


@pytest.mark.parametrize("missing", MAIL)
def test_a_mail_server_and_an_address_belong_together(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing.removeprefix("HEMLARM_").lower()):
        load_settings(None, {key: value for key, value in MAIL.items() if key != missing}, {})
