"""What the people of a home are told of what happens there, in Swedish and English.

`{at}` and `{since}` are an hour or a date; `{by}`, `{part}`, `{where}`, `{spot}` and `{help}` begin with their own
space or colon, or are empty.
"""

from hemlarm_cloud.notices.texts import Text

TEXTS: dict[str, dict[str, Text]] = {
    "armed-away": {
        "sv": Text("{site}: larmet tillkopplat", "Larmet i {site}{part} tillkopplat{by} {at}."),
        "en": Text("{site}: alarm armed", "The alarm at {site}{part} was armed{by} {at}."),
    },
    "armed-home": {
        "sv": Text("{site}: larmet tillkopplat hemma", "Larmet i {site}{part} tillkopplat i hemmaläge{by} {at}."),
        "en": Text("{site}: alarm armed, home", "The alarm at {site}{part} was armed in home mode{by} {at}."),
    },
    "armed-night": {
        "sv": Text("{site}: larmet tillkopplat för natten", "Larmet i {site}{part} tillkopplat för natten{by} {at}."),
        "en": Text("{site}: alarm armed for the night", "The alarm at {site}{part} was armed for the night{by} {at}."),
    },
    "armed-by-itself": {
        "sv": Text("{site}: larmet tillkopplat", "Larmet i {site} tillkopplades av sig självt {at}."),
        "en": Text("{site}: alarm armed", "The alarm at {site}{part} armed itself {at}."),
    },
    "disarmed": {
        "sv": Text("{site}: larmet frånkopplat", "Larmet i {site}{part} frånkopplat{by} {at}."),
        "en": Text("{site}: alarm disarmed", "The alarm at {site}{part} was disarmed{by} {at}."),
    },
    "disarmed-by-itself": {
        "sv": Text("{site}: larmet frånkopplat", "Larmet i {site} frånkopplades av sig självt {at}."),
        "en": Text("{site}: alarm disarmed", "The alarm at {site}{part} disarmed itself {at}."),
    },
    "alarm": {
        "sv": Text("Larm i {site}: {alarm}", "Larm ({alarm}) i {site} {at}{where}.{help}"),
        "en": Text("Alarm at {site}: {alarm}", "Alarm ({alarm}) at {site} {at}{where}.{help}"),
    },
    "cancelled": {
        "sv": Text("{site}: larmet återkallat", "Larmet i {site} återkallades{by} {at}."),
        "en": Text("{site}: alarm cancelled", "The alarm at {site} was cancelled{by} {at}."),
    },
    "mains-lost": {
        "sv": Text("{site}: strömavbrott", "Strömmen är borta i {site} sedan {since}. Larmet går på batteri."),
        "en": Text("{site}: power cut", "No power at {site} since {since}. The alarm runs on its battery."),
    },
    "mains-back": {
        "sv": Text("{site}: strömmen är tillbaka", "Strömmen är tillbaka i {site} sedan {since}."),
        "en": Text("{site}: power restored", "The power is back at {site} since {since}."),
    },
    "line-lost": {
        "sv": Text("{site}: {fault}", "Larmcentralen når inte larmet i {site} som vanligt sedan {since}: {fault}."),
        "en": Text("{site}: {fault}", "The centre does not reach the alarm at {site} as usual since {since}: {fault}."),
    },
    "line-back": {
        "sv": Text("{site}: åter kontakt", "Larmcentralen har åter kontakt med larmet i {site} sedan {since}."),
        "en": Text("{site}: in contact again", "The centre has reached the alarm at {site} again since {since}."),
    },
    "fault": {
        "sv": Text("{site}: {fault}", "I {site} sedan {since}: {fault}{spot}."),
        "en": Text("{site}: {fault}", "At {site} since {since}: {fault}{spot}."),
    },
    "fault-ended": {
        "sv": Text("{site}: åtgärdat, {fault}", "Åtgärdat i {site} {at}: {fault}{spot}."),
        "en": Text("{site}: over, {fault}", "Over at {site} {at}: {fault}{spot}."),
    },
    "call-112": {
        "sv": Text("", " Gå ut och ring 112 om någon är i fara."),
        "en": Text("", " Get out, and call 112 if anybody is in danger."),
    },
    "test": {"sv": Text("Prov: ", "Prov. "), "en": Text("Test: ", "Test. ")},
    "at": {"sv": Text("", "kl {hour}"), "en": Text("", "at {hour}")},
    "since": {"sv": Text("", "kl {hour}"), "en": Text("", "{hour}")},
    "area": {"sv": Text("", " (område {number})"), "en": Text("", " (area {number})")},
    "user": {"sv": Text("", "användare {number}"), "en": Text("", "user {number}")},
    "zone": {"sv": Text("", "zon {number}"), "en": Text("", "zone {number}")},
    "by": {"sv": Text("", " av {who}"), "en": Text("", " by {who}")},
    "by-code": {"sv": Text("", " med kod"), "en": Text("", " with a code")},
    "by-tag": {"sv": Text("", " med tagg"), "en": Text("", " with a tag")},
    "by-app": {"sv": Text("", " på distans"), "en": Text("", " remotely")},
}
"""By topic and language; the pieces of sentences have no subject."""
