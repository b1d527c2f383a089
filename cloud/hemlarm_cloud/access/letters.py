"""What is sent to people who sign up and in, in Swedish and English. Notices with secrets are not shown to anybody."""

from collections.abc import Callable

from hemlarm_cloud.notices import outbox
from hemlarm_cloud.notices.outbox import UNSHOWN, Channel
from hemlarm_cloud.notices.texts import clean
from hemlarm_cloud.store.transaction import Transaction

_NAME_BYTES = 9

TEXTS: dict[str, dict[str, tuple[str, str]]] = {
    # Subject and body; an SMS takes the body alone.
    "code": {
        "sv": (
            "Engångskod",
            "{code} är din kod till Hemlarm. Den gäller i 10 minuter. Lämna den inte till någon: "
            "vi frågar aldrig efter den.",
        ),
        "en": (
            "One-time code",
            "{code} is your code for Hemlarm. It is good for 10 minutes. Give it to nobody: we never ask for it.",
        ),
    },
    "has-account": {
        "sv": (
            "Du har redan ett konto",
            "Du har redan ett konto hos Hemlarm. Logga in, eller välj Glömt lösenordet. "
            "Var det inte du som försökte? Då behöver du inte göra något.",
        ),
        "en": (
            "You have an account already",
            "You have an account with Hemlarm already. Sign in, or choose Forgotten password. "
            "Was it not you who tried? Then there is nothing you need to do.",
        ),
    },
    "confirm": {
        "sv": (
            "Bekräfta din e-postadress",
            "Hej!\n\nBekräfta att den här e-postadressen är din, så kan du logga in med den hos Hemlarm:\n\n{link}\n\n"
            "Länken gäller i ett dygn. Känner du inte igen det här kan du strunta i mejlet.\n",
        ),
        "en": (
            "Confirm your e-mail address",
            "Hello,\n\nconfirm that this e-mail address is yours, and you can sign in to Hemlarm with it:\n\n{link}\n\n"
            "The link is good for a day. If you know nothing of this, ignore this mail.\n",
        ),
    },
    "reset": {
        "sv": (
            "Välj ett nytt lösenord",
            "Hej!\n\nNågon, troligen du, vill välja ett nytt lösenord till Hemlarm:\n\n{link}\n\n"
            "Länken gäller i 30 minuter och kan användas en gång. Var det inte du? Då behöver du inte göra något: "
            "ditt lösenord gäller som förut.\n",
        ),
        "en": (
            "Choose a new password",
            "Hello,\n\nsomebody, most likely you, wants to choose a new password for Hemlarm:\n\n{link}\n\n"
            "The link is good for 30 minutes, and once. Was it not you? Then there is nothing you need to do: "
            "your password is what it was.\n",
        ),
    },
    "invite": {
        "sv": (
            "{inviter} bjuder in dig till Hemlarm",
            "Hej {name}!\n\n{inviter} vill att du ska kunna sköta larmet hemma. Välj ett eget lösenord här:\n\n{link}"
            "\n\nLänken gäller i sju dygn och kan användas en gång.\n",
        ),
        "en": (
            "{inviter} invites you to Hemlarm",
            "Hello {name},\n\n{inviter} wants you to be able to look after the alarm at home. Choose a password "
            "of your own here:\n\n{link}\n\nThe link is good for seven days, and once.\n",
        ),
    },
    "password-changed": {
        "sv": (
            "Ditt lösenord är ändrat",
            "Hej!\n\nLösenordet till ditt konto hos Hemlarm är ändrat, och du är utloggad på andra enheter. "
            "Var det inte du? Välj genast ett nytt med Glömt lösenordet, och ring oss.\n",
        ),
        "en": (
            "Your password was changed",
            "Hello,\n\nthe password of your account with Hemlarm was changed, and other devices are signed out. "
            "Was it not you? Choose a new one at once by Forgotten password, and call us.\n",
        ),
    },
    "mail-changed": {
        "sv": (
            "Din e-postadress är ändrad",
            "Hej!\n\nNu loggar du in hos Hemlarm med en annan e-postadress: {login}. Var det inte du? "
            "Ring oss genast.\n",
        ),
        "en": (
            "Your e-mail address was changed",
            "Hello,\n\nyou now sign in to Hemlarm with another e-mail address: {login}. Was it not you? "
            "Call us at once.\n",
        ),
    },
}


def send(
    tx: Transaction,
    topic: str,
    channel: Channel,
    recipient: str,
    language: str,
    now_ms: int,
    random: Callable[[int], bytes],
    **values: str,
) -> None:
    """Put a letter, to be sent when this commits. Raises InvalidError for a recipient who cannot be reached."""
    subject, body = TEXTS[topic][language]
    shown = {name: clean(value) for name, value in values.items()}
    told = subject.format_map(shown)[: outbox.SUBJECT_MAX].replace("\n", " ")
    key = f"{UNSHOWN}{topic} {random(_NAME_BYTES).hex()}"
    outbox.put(tx, key, channel, recipient, told, body.format_map(shown), now_ms)
