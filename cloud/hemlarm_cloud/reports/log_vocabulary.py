"""The words of cases' logs, each in Swedish and English. Pure data."""

Pair = tuple[str, str]
"""Swedish, English."""

LOG_NAMES: dict[str, Pair] = {
    "opened": ("Öppnat", "Opened"),
    "reopened": ("Öppnat igen", "Opened again"),
    "claimed": ("Taget", "Claimed"),
    "released": ("Släppt", "Released"),
    "handed-over": ("Överlämnat", "Handed over"),
    "started": ("Påbörjat", "Started"),
    "waiting": ("Väntar", "Waiting"),
    "resumed": ("Återupptaget", "Resumed"),
    "woke": ("Åter aktuellt", "Due again"),
    "escalated": ("Ingen har tagit ärendet", "Nobody took the case"),
    "signals": ("Ny händelse", "New event"),
    "changed": ("Ändrat", "Changed"),
    "grown": ("Fler anläggningar", "More sites"),
    "merged": ("Sammanfört", "Merged"),
    "planned": ("Åtgärdsplan", "Action plan"),
    "user-cancelled": ("Återkallat av användare", "Cancelled by user"),
    "restored": ("Återställt", "Restored"),
    "task-done": ("Åtgärd utförd", "Measure taken"),
    "task-added": ("Åtgärd tillagd", "Measure added"),
    "task-left-out": ("Åtgärd utelämnad", "Measure left out"),
    "task-overdue": ("Åtgärd dröjer", "Measure overdue"),
    "note": ("Anteckning", "Note"),
    "feedback": ("Återkoppling", "Feedback"),
    "reminded": ("Påminnelse skickad", "Reminder sent"),
    "not-reminded": ("Påminnelse kunde inte skickas", "Reminder could not be sent"),
    "password-right": ("Rätt lösenord", "Right password"),
    "password-wrong": ("Fel lösenord", "Wrong password"),
    "password-not-set": ("Inget lösenord avtalat", "No password agreed on"),
    "counter-shown": ("Motlösenord använt", "Counter password used"),
    "picture-attached": ("Bild bifogad", "Picture attached"),
    "picture-arrived": ("Bild från kamera", "Picture from a camera"),
    "picture-seen": ("Bild visad", "Picture looked at"),
    "picture-held": ("Bild behålls", "Picture held"),
    "picture-released": ("Bild behålls inte längre", "Picture no longer held"),
    "picture-exported": ("Bilder utlämnade", "Pictures handed out"),
    "forwarding": ("Vidaresändning", "Forwarding"),
    "closed": ("Avslutat", "Closed"),
}

DETAIL_NAMES: dict[str, Pair] = {
    "task": ("åtgärd", "measure"),
    "kind": ("åtgärd", "measure"),
    "result": ("utfall", "result"),
    "outcome": ("resultat", "outcome"),
    "was": ("tidigare resultat", "earlier outcome"),
    "cause": ("orsak", "cause"),
    "secured": ("säkrat", "secured"),
    "inner_check": ("inre kontroll", "inner check"),
    "category": ("kategori", "category"),
    "plan": ("plan", "plan"),
    "tasks": ("antal åtgärder", "number of measures"),
    "qcodes": ("händelser", "events"),
    "to": ("till", "to"),
    "into": ("med ärende", "with case"),
    "sites": ("antal anläggningar", "number of sites"),
    "waited_s": ("väntat, s", "waited, s"),
    "until_ms": ("till", "until"),
    "reason": ("skäl", "reason"),
    "why": ("skäl", "reason"),
    "no_feedback_because": ("ingen återkoppling", "no feedback"),
    "note": ("anteckning", "note"),
}
"""What the log says beside the kind of its lines and is worth telling, in this order; the rest is left out."""

HIDDEN_LOGS = ("picture",)
"""Beginnings of kinds of log lines that stay at the centre: who looked at a picture is between it and the police."""
