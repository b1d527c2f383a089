"""The texts of all notices to customers, in Swedish and English.

Each topic is a subject and a body, with the same values in braces in both languages. The trade's own words: serviceläge
for service mode, klarrapport for the completion report, objekt for a site, larmsändare for a transmitter.
"""

import string
import unicodedata
from typing import NamedTuple

from hemlarm_cloud.errors import InvalidError
from hemlarm_cloud.notices.outbox import SUBJECT_MAX

LANGUAGES = ("sv", "en")

VALUE_MAX = 4_000
"""Characters of one value: longer ones are cut, so that no list makes a notice that cannot be sent."""

_CONTROL = ("Cc", "Cs", "Zl", "Zp")


class Text(NamedTuple):
    """What a notice says. An SMS takes the body alone."""

    subject: str
    body: str


TOPICS: dict[str, dict[str, Text]] = {
    "service-registered": {
        "sv": Text(
            "Serviceläge registrerat: {site}",
            "Serviceläge är registrerat för {site}, {kinds}, från {from} till {until}. "
            "Klarrapport skickas när det börjar och när det är slut. Ärende S{order}.",
        ),
        "en": Text(
            "Service mode registered: {site}",
            "Service mode is registered for {site}, {kinds}, from {from} until {until}. "
            "A completion report follows when it begins and when it ends. Reference S{order}.",
        ),
    },
    "service-set": {
        "sv": Text(
            "Klarrapport: {site} i serviceläge",
            "{site} är i serviceläge, {kinds}, till {until}. Larm sparas men åtgärdas inte under tiden. "
            "Det avslutas av sig självt. Ärende S{order}.",
        ),
        "en": Text(
            "Completion report: {site} in service mode",
            "{site} is in service mode, {kinds}, until {until}. Alarms are kept but nobody acts on them meanwhile. "
            "It ends by itself. Reference S{order}.",
        ),
    },
    "service-withdrawn": {
        "sv": Text(
            "Serviceläge återtaget: {site}", "Serviceläget för {site} från {from} är återtaget. Ärende S{order}."
        ),
        "en": Text(
            "Service mode withdrawn: {site}",
            "The service mode of {site} from {from} has been withdrawn. Reference S{order}.",
        ),
    },
    "service-ended": {
        "sv": Text(
            "Klarrapport: {site} ur serviceläge",
            "Serviceläget för {site}, {kinds}, är slut sedan {ended}. Larm åtgärdas igen. Ärende S{order}.\n"
            "Händelser under tiden: {count}.{events}\nKvarstående fel: {lasting}.",
        ),
        "en": Text(
            "Completion report: {site} out of service mode",
            "The service mode of {site}, {kinds}, ended {ended}. Alarms are acted on again. Reference S{order}.\n"
            "Events meanwhile: {count}.{events}\nStill in fault: {lasting}.",
        ),
    },
    "mains-lost": {
        "sv": Text(
            "Påminnelse: strömmen är borta hos {site}",
            "Larmet hos {site} har varit utan nätspänning sedan {since} och går på batteri. "
            "Kontrollera säkringar och kontakt.",
        ),
        "en": Text(
            "Reminder: no mains at {site}",
            "The alarm at {site} has been without mains since {since} and runs on its battery. "
            "Please check the fuses and the plug.",
        ),
    },
    "low-battery": {
        "sv": Text(
            "Lågt batteri hos {site}",
            "Larmet hos {site} har meddelat lågt batteri sedan {since}. Det behöver bytas eller laddas.",
        ),
        "en": Text(
            "Low battery at {site}",
            "The alarm at {site} has reported a low battery since {since}. It needs to be changed or charged.",
        ),
    },
    "yearly-test": {
        "sv": Text(
            "Dags för årligt prov: {site}",
            "Larmet hos {site} provades senast {tested}. Prova det en gång om året: koppla på, vänta tre minuter, gå "
            "in utan att koppla av, låt sirenen ljuda i minst 30 sekunder och ha lösenordet redo när vi ringer.",
        ),
        "en": Text(
            "Time for the yearly test: {site}",
            "The alarm at {site} was last tested {tested}. Test it once a year: arm it, wait three minutes, go in "
            "without disarming, let the siren sound for at least 30 seconds, and have the password ready when we call.",
        ),
    },
    "fire-certificate-soon": {
        "sv": Text(
            "Brandcertifikatet går ut {until}",
            "Brandcertifikatet för {company} går ut {until}. Skicka in det nya; utan det kan ni inte beställa "
            "serviceläge för brandlarm.",
        ),
        "en": Text(
            "The fire certificate expires {until}",
            "The fire certificate of {company} expires {until}. Please send the new one; without it you cannot order "
            "service mode for fire alarms.",
        ),
    },
    "fire-certificate-passed": {
        "sv": Text(
            "Brandcertifikatet har gått ut",
            "Brandcertifikatet för {company} gick ut {until}. Serviceläge för brandlarm kan inte beställas förrän ett "
            "giltigt certifikat har kommit in.",
        ),
        "en": Text(
            "The fire certificate has expired",
            "The fire certificate of {company} expired {until}. Service mode for fire alarms cannot be ordered until a "
            "valid certificate has come in.",
        ),
    },
    "police-approval-soon": {
        "sv": Text(
            "Polisgodkännandet går ut {until}",
            "Polisgodkännandet för {person}, {company}, går ut {until}. Skicka in det nya i god tid.",
        ),
        "en": Text(
            "The police approval expires {until}",
            "The police approval of {person}, {company}, expires {until}. Please send the new one in good time.",
        ),
    },
    "police-approval-passed": {
        "sv": Text(
            "Polisgodkännandet har gått ut",
            "Polisgodkännandet för {person}, {company}, gick ut {until}. Behörigheten för inbrottslarm gäller inte "
            "förrän ett nytt har kommit in.",
        ),
        "en": Text(
            "The police approval has expired",
            "The police approval of {person}, {company}, expired {until}. The authority for burglar alarms does not "
            "hold until a new one has come in.",
        ),
    },
    "contract-soon": {
        "sv": Text(
            "Avtal {contract} upphör {until}",
            "Det uppsagda avtalet {contract} upphör {until}. Därefter tas inga larm emot. Nycklar återlämnas eller "
            "förstörs enligt överenskommelse.",
        ),
        "en": Text(
            "Contract {contract} ends {until}",
            "Contract {contract}, of which notice was given, ends {until}. No alarms are received after that. Keys are "
            "returned or destroyed as agreed.",
        ),
    },
    "contract-passed": {
        "sv": Text("Avtal {contract} har upphört", "Avtalet {contract} upphörde {until}."),
        "en": Text("Contract {contract} has ended", "Contract {contract} ended {until}."),
    },
    "feedback": {
        "sv": Text("Återkoppling: {site}", "Vi har tagit emot ett larm ({category}) från {site} {at}. {outcome}"),
        "en": Text("Feedback: {site}", "We received an alarm ({category}) from {site} at {at}. {outcome}"),
    },
    "report": {
        "sv": Text("{title}", "Bifogat: {title}, {period}."),
        "en": Text("{title}", "Attached: {title}, {period}."),
    },
}


def compose(topic: str, language: str, **values: str) -> Text:
    """Return the text on a topic, one of TOPICS, with its values put in.

    Values lose their control characters and what is beyond `VALUE_MAX`; a subject is cut to what a notice takes. Raises
    InvalidError for an unknown topic or language and for values that are missing.
    """
    try:
        template = TOPICS[topic][language]
        shown = {name: clean(value) for name, value in values.items()}
        subject, body = template.subject.format_map(shown), template.body.format_map(shown)
    except KeyError as missing:
        raise InvalidError(f"no text {topic} in {language}, or it lacks {missing}; see TOPICS") from None
    return Text(subject.replace("\n", " ")[:SUBJECT_MAX], body)


def fields(text: str) -> set[str]:
    """Return the names of the values that a text takes."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def clean(value: str) -> str:
    """Return a value without control characters and cut to `VALUE_MAX`."""
    kept = (c if c == "\n" or unicodedata.category(c) not in _CONTROL else " " for c in value[:VALUE_MAX])
    return "".join(kept)
