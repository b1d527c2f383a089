"""What Contact ID codes mean, in Swedish and English. The English names are those of `contact_id_names`. Pure."""

from hemlarm_protocol import contact_id_names
from hemlarm_protocol.contact_id import NEW, RESTORE, split

_SWEDISH = {
    110: "Brandlarm", 111: "Röklarm", 114: "Värmelarm", 115: "Brandknapp", 118: "Brand, första puls",
    120: "Överfallslarm", 121: "Tvångskod", 122: "Tyst överfallslarm",
    130: "Inbrottslarm", 131: "Skalskyddslarm", 132: "Inre inbrottslarm", 133: "Dygnetruntlarm", 134: "Entrélarm",
    137: "Sabotage", 139: "Verifierat larm", 144: "Sabotage på detektor", 147: "Detektor svarar inte",
    154: "Vattenläcka", 158: "För varmt", 159: "För kallt", 162: "Kolmonoxidlarm",
    301: "Nätavbrott", 302: "Lågt batteri", 305: "Centralapparaten omstartad", 306: "Inställningar ändrade",
    307: "Självtest misslyckades", 308: "Centralapparaten vilar, batteriet tomt", 309: "Batteritest misslyckades",
    311: "Batteri saknas eller är slut", 312: "Laddningsfel", 313: "Fabriksåterställd",
    344: "Radiostörning", 350: "Mobilförbindelse används",
    351: "Fel på IP-förbindelse", 352: "Fel på mobilförbindelse", 354: "Ingen kontakt med larmcentralen",
    373: "Fel på brandslinga", 374: "Fel vid utgång", 377: "Sektion spärrad efter många larm", 380: "Detektorfel",
    381: "Radiokontakt med detektor förlorad", 383: "Sabotage på detektor", 384: "Lågt batteri i detektor",
    401: "Frånkopplat av användare", 403: "Frånkopplat automatiskt", 406: "Larm återkallat av användare",
    413: "Ny programvara i drift", 414: "Ny programvara inte i drift", 422: "Upplåst", 432: "Låset bekräftar inte",
    441: "Frånkopplat från hemmaläge", 456: "Frånkopplat från nattläge", 461: "Felaktiga koder på manöverpanel",
    570: "Sektion förbikopplad", 601: "Årsprov påbörjat", 602: "Periodiskt prov", 607: "Gångtest",
    611: "Sektion provad", 612: "Sektion inte provad", 624: "Händelselogg full", 627: "Programmering påbörjad",
    628: "Programmering avslutad",
}  # fmt: skip

_SWEDISH_SPECIAL = {
    3308: "Centralapparaten i drift igen efter vila", 3350: "IP-förbindelse används igen",
    3401: "Tillkopplat av användare", 3403: "Tillkopplat automatiskt", 3441: "Tillkopplat hemma av användare",
    3422: "Låst", 3456: "Tillkopplat för natten av användare", 3570: "Förbikoppling upphävd", 3601: "Årsprov avslutat",
    3607: "Gångtest avslutat", 6111: "Brandsiren tystad, detektorn ännu i larm", 6120: "Överfallssiren tystad",
    6130: "Inbrottssiren tystad", 6133: "Dygnetruntlarm tystat", 6134: "Inpasseringstid påbörjad",
    6137: "Sabotagelarm tystat", 6154: "Vattenlarm tystat", 6162: "Kolmonoxidsiren tystad",
    6602: "Periodiskt prov, något är fel",
}  # fmt: skip


def describe(qcode: int, language: str) -> str:
    """Return what an event means, in a few words; an unknown code is named as such and never an error."""
    if language == "en":
        return contact_id_names.describe(qcode)
    if qcode in _SWEDISH_SPECIAL:
        return _SWEDISH_SPECIAL[qcode]
    qualifier, code = split(qcode)
    if code not in _SWEDISH or qualifier not in contact_id_names.QUALIFIERS:
        return f"Okänd händelse {qcode}"
    if qualifier == NEW:
        return _SWEDISH[code]
    return _SWEDISH[code] + (", återställt" if qualifier == RESTORE else ", status")
