"""Texts of the page on which somebody types what a new panel's keypad shows."""

TEXTS: dict[str, tuple[str, str]] = {
    "provisioning.menu": ("Nya paneler", "New panels"),
    "provisioning.title": ("Nya centralapparater", "New panels"),
    "provisioning.lead": (
        "Skriv koden som står på manöverpanelen. Då vet båda ändar att de talar med varandra och ingen emellan.",
        "Type the code on the keypad. Then both ends know that they talk to each other, and to nobody in between.",
    ),
    "provisioning.none": ("Ingen centralapparat installeras just nu", "No panel is being installed now"),
    "provisioning.none-what": (
        "Anslut den nya centralapparaten till din dator och kör hemlarm install provision. Den dyker upp här.",
        "Connect the new panel to your computer and run hemlarm install provision. It turns up here.",
    ),
    "provisioning.no-site": ("Ingen anläggning ännu", "No site yet"),
    "provisioning.board": ("Kort", "Board"),
    "provisioning.serial": ("Kortets nummer", "The board's number"),
    "provisioning.firmware": ("Program", "Firmware"),
    "provisioning.began": ("Påbörjad", "Begun"),
    "provisioning.until": ("Gäller till", "Valid until"),
    "provisioning.code": ("Koden på manöverpanelen", "The code on the keypad"),
    "provisioning.code-hint": (
        "6 siffror. Skriv bara det som du själv ser på manöverpanelen, aldrig något som en dator visar.",
        "6 digits. Type only what you see on the keypad yourself, never what a computer shows.",
    ),
    "provisioning.approve": ("Godkänn", "Approve"),
    "provisioning.state-root": ("Centralapparaten svarar", "The panel answers"),
    "provisioning.state-code": ("Väntar på koden", "Waits for the code"),
    "provisioning.state-giving": ("Lämnar över nycklarna", "Hands the keys over"),
    "provisioning.state-done": ("Installerad", "Installed"),
    "provisioning.state-refused": ("Avvisad", "Refused"),
    "provisioning.state-ended": ("Avbruten", "Ended"),
    "provisioning.what-root": (
        "Koden visas på manöverpanelen om en stund.",
        "The code shows on the keypad in a moment.",
    ),
    "provisioning.what-giving": (
        "Koden var rätt. Stannar det här: kör kommandot igen vid centralapparaten, det fortsätter där det var.",
        "The code was right. If it stays like this, run the command again beside the panel; it goes on from here.",
    ),
    "provisioning.what-done": (
        "Centralapparaten har sina nycklar och är godkänd. Nu väntas dess första kontakt.",
        "The panel has its keys and is admitted. Its first contact is awaited now.",
    ),
    "provisioning.what-contact": ("Centralapparaten har haft kontakt.", "The panel has been in contact."),
    "provisioning.what-refused": (
        "Koden var fel tre gånger. Börja om vid centralapparaten. Var alla rätt avlästa kan någon sitta emellan: "
        "byt dator och kabel innan du försöker igen.",
        "The code was wrong three times. Begin anew beside the panel. If all were read rightly, somebody may sit in "
        "between: change computer and cable before you try again.",
    ),
    "provisioning.wrong": ("Koden stämmer inte. {n} försök kvar.", "That is not the code. {n} tries left."),
    "provisioning.wrong-last": ("Koden stämmer inte. Ett försök kvar.", "That is not the code. One try left."),
    "provisioning.six": ("Skriv 6 siffror.", "Type 6 digits."),
    "provisioning.to-site": ("Till anläggningen", "To the site"),
}
