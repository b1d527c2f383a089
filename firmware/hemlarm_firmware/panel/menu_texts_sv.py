"""The menus' texts in Swedish; see `menu_texts`. {0}, {1}, ... are numbers of three digits at most, words or names."""

from hemlarm_firmware.panel import menu_texts as texts

TEXTS = {
    texts.MENU: "Meny {0}/{1}|{2}",
    texts.BYPASS: "Förbikoppla",
    texts.CHIME: "Dörrsignal",
    texts.LOG: "Händelselogg",
    texts.WALK_TEST: "Gångtest",
    texts.YEARLY_TEST: "Årligt larmprov",
    texts.USERS: "Användare",
    texts.OWN_CODE: "Min kod",
    texts.OWN_DURESS: "Min hotkod",
    texts.ACCESS: "Teknikeråtkomst",
    texts.DELAYS: "Ut- och inpass.",
    texts.LANGUAGE: "Språk",
    texts.BYPASSED: "{0}|Förbikopplad",
    texts.IN_USE: "{0}|Inkopplad",
    texts.NO_ZONES: "Ingen zon kan|förbikopplas",
    texts.CHIME_ON: "Dörrsignal: på|OK = stäng av",
    texts.CHIME_OFF: "Dörrsignal: av|OK = slå på",
    texts.ACCESS_ON: "Tekniker: ja|OK = avsluta",
    texts.ACCESS_OFF: "Tekniker: nej|OK = ja, i 24 h",
    texts.LANGUAGE_IS: "Svenska|OK = English",
    texts.WALK_START: "Gångtest|OK = starta",
    texts.WALK_STOP: "Gångtest|OK = avsluta",
    texts.NOT_NOW: "Det går inte|just nu",
    texts.YEARLY_1: "1. Larma på, gå|ut, vänta 3 min",
    texts.YEARLY_2: "2. Gå in utan|att larma av",
    texts.YEARLY_3: "3. Låt det ljuda|30 s, larma av",
    texts.YEARLY_4: "4. Svara central|med lösenordet",
    texts.YEARLY_START: "Årligt larmprov|OK = starta",
    texts.LOG_EMPTY: "Händelselogg|Inga händelser",
    texts.EVENT: "{0}|{1} {2}",
    texts.EVENT_UNKNOWN: "Händelse {0}",
    texts.RESTORED: "{0} ok",
    texts.MARK_ZONE: "Z{0}",
    texts.MARK_USER: "A{0}",
    texts.DATE_UNKNOWN: "Utan datum",
    texts.WHO: "{0}|Zon {1} Anv. {2}",
    texts.USER: "Användare {0}|{1}",
    texts.MASTER: "Huvudanvändare",
    texts.PLAIN_USER: "Användare",
    texts.GUEST: "Gäst",
    texts.INSTALLER: "Tekniker",
    texts.NEW_USER: "Ny användare|OK = lägg till",
    texts.NEW_CODE: "Ny kod",
    texts.NEW_DURESS: "Ny hotkod",
    texts.ADD_TAG: "Lägg till tagg",
    texts.DROP_TAGS: "Ta bort taggar",
    texts.REMOVE: "Ta bort",
    texts.ROLE: "Anv. {0}, roll:|{1}",
    texts.CODE_FIRST: "Ny kod (4-6):|{0}",
    texts.CODE_AGAIN: "Samma kod igen:|{0}",
    texts.CODE_LENGTH: "Fyra till sex|siffror behövs",
    texts.CODE_DIFFERS: "Koderna skiljer|Försök igen",
    texts.TAKEN: "Kan inte väljas|Ta en annan",
    texts.HOLD_TAG: "Håll taggen mot|knappsatsen",
    texts.TAGS_FULL: "Högst fyra|taggar var",
    texts.USERS_FULL: "Inte plats för|fler användare",
    texts.REMOVE_SURE: "Ta bort nr {0}?|OK = ja",
    texts.DROP_TAGS_SURE: "Taggar nr {0}?|OK = ta bort",
    texts.EXIT_DELAY: "Utpass. omr. {0}|{1} s, ny: {2}",
    texts.ENTRY_DELAY: "Inpass. omr. {0}|{1} s, ny: {2}",
    texts.DELAY_RANGE: "Från 0 till 300|Försök igen",
    texts.SAVING: "Ändringen|sparas",
    texts.ZONE: "Zon {0}",
    texts.REMOTE: "Fjärrstyrning",
    texts.REMOTE_DISARM: "Fjärrfrånkoppl.|{0}. OK=byt",
    texts.REMOTE_UNLOCK: "Fjärrupplåsning|{0}. OK=byt",
    texts.ALWAYS: "Alltid",
    texts.WITH_CODE: "Med kod",
    texts.NEVER: "Aldrig",
    texts.RESET: "Återställ allt",
    texts.RESET_WHAT: "Allt raderas! Ej|ångra. OK=vidare",
    texts.RESET_CODE: "Din kod en gång|till: {0}",
    texts.RESETTING: "Allt raderas nu|Bryt ej strömmen",
}

EVENTS = """
1111 Röklarm
1114 Värmelarm
1115 Brandknapp
1118 Brandvarning
1120 Överfallslarm
1130 Inbrottslarm
1132 Inbrottslarm
1133 Dygnslarm
1134 Inbrottslarm
1137 Panelsabotage
1139 Bekräftat larm
1144 Sabotage
1147 Givare saknas
1154 Vattenläcka
1158 För varmt
1159 För kallt
1162 Kolmonoxid
1301 Strömavbrott
1302 Lågt batteri
1305 Omstart
1306 Ny inställning
1307 Fel i självtest
1308 Viloläge
3308 Igång igen
1309 Slitet batteri
1311 Batteri saknas
1312 Laddningsfel
1313 Nollställd
1344 Radiostörning
1350 Mobilnät i bruk
3350 Bredband i bruk
1351 Bredbandsfel
1352 Mobilnätsfel
1354 Ingen kontakt
1373 Brandslinga
1374 Fel vid utgång
1377 Zon avstängd
1380 Givarfel
1381 Givare saknas
1384 Givarbatteri
1401 Frånkopplat
3401 Tillkoppl. borta
3441 Tillkoppl. hemma
3456 Tillkoppl. natt
1413 Uppdaterad
1414 Ej uppdaterad
1422 Upplåst
3422 Låst
1432 Låsfel
1461 Fel kod för ofta
1570 Förbikopplad
3570 Åter inkopplad
1601 Årligt larmprov
3601 Larmprov klart
1607 Gångtest
3607 Gångtest slut
6111 Brand tystad
6130 Larm tystat
6134 Inpassering
6611 Zon provad
1611 Zon provad
6612 Zon ej provad
1612 Zon ej provad
"""
