// What the page says, in Swedish and in English. Words of the trade are those of the operator's pages.

import { NAMES } from "./names.js";

const TEXTS = {
  "page.title": ["Huset", "The house"],
  "page.skip": ["Till planritningen", "To the floor plan"],
  "page.customer": ["Kundens sidor", "Customer's pages"],
  "page.language": ["Språk", "Language"],
  "page.theme": ["Utseende", "Appearance"],
  "page.sound": ["Ljud", "Sound"],
  "page.help": ["Tangenter", "Keys"],
  "page.house": ["Byt hus", "Another house"],
  "page.all": ["Alla hus", "All houses"],
  "page.menu": ["Moln och hus", "Cloud and houses"],
  "page.lost": ["Ingen kontakt med simulatorn. Försöker igen.", "No contact with the simulator. Trying again."],
  "page.password": ["Lösenord", "Password"],
  "page.operator": ["Larmcentralen", "Operator's desk"],
  "page.supervisor": ["Larmcentralen, arbetsledare", "Desk, supervisor"],
  "page.installer": ["Installatörens sidor", "Installer's pages"],
  "theme.light": ["Ljust", "Light"],
  "theme.auto": ["Som datorn", "As the computer"],
  "theme.dark": ["Mörkt", "Dark"],
  "help.pause": ["Paus, och igång igen", "Pause, and on again"],
  "help.pace": ["Paus, ×1, ×60, ×3600", "Pause, ×1, ×60, ×3600"],
  "panel.is-off": ["utan ström", "no power"],
  "panel.is-alarm": ["larm", "alarm"],
  "panel.is-fault": ["fel", "fault"],
  "panel.is-armed": ["tillkopplat", "armed"],
  "panel.is-ready": ["frånkopplat", "disarmed"],
  "panel.instruments": ["Instrument", "Instruments"],
  "plan.selected": ["Det valda", "What is selected"],
  "plan.alarm": ["Larm: {0}", "Alarm: {0}"],
  "plan.lifeless": ["Centralen har ingen ström.", "The panel has no power."],
  "lamp.on": ["lyser", "on"],
  "lamp.off": ["släckt", "off"],
  "keypad.other": ["Okänd", "Stranger"],
  "line.stored": ["lagrad", "stored"],
  "case.open": ["öppet", "open"],
  "path.ip": ["fast nät", "fixed line"],
  "path.mobile": ["mobilnät", "mobile"],
  "path.sms": ["SMS", "SMS"],
  "message.sms": ["SMS", "SMS"],
  "message.mail": ["Brev", "Mail"],
  "message.push": ["Notis", "Notification"],
  "message.apps": ["App", "App"],
  "side.title": ["Vad som hänt", "What happened"],
  "help.arrows": ["Piltangenter: gå", "Arrow keys: walk"],
  "help.tab": ["Tabb: till nästa dörr, fönster eller detektor; Enter: det som en människa gör med den", "Tab: to the next door, window or detector; Enter: what a person does to it"],
  "help.digits": ["0–9: knappsatsens siffror, Enter i knappsatsen: OK, Backsteg: tillbaka", "0–9: the keypad's digits; within the keypad Enter: OK, Backspace: back"],
  "help.click": ["Klicka på ett golv: gå dit. Dra personen dit du vill.", "Click a floor to walk there, or drag the person."],
  "help.close": ["Stäng", "Close"],

  "plan.title": ["Planritning", "Floor plan"],
  "plan.person": ["Personen i huset, i {0}. Piltangenterna går.", "The person in the house, in {0}. Arrow keys walk."],
  "plan.none": ["Klicka på en dörr, ett fönster eller en detektor. Klicka på ett golv för att gå dit, eller använd piltangenterna.", "Click a door, a window or a detector. Click a floor to walk there, or use the arrow keys."],
  "plan.dark": ["Mörkt i rummen", "Dark in the rooms"],
  "plan.siren": ["Siren inne: {0}", "Siren inside: {0}"],
  "plan.outdoor": ["Siren ute: {0}", "Siren outside: {0}"],
  "plan.silent": ["tyst", "silent"],
  "plan.panel": ["Centralapparat", "Panel"],
  "plan.keypad": ["Knappsats", "Keypad"],
  "plan.close": ["Avmarkera", "Deselect"],
  "plan.zone": ["sektion {0}", "zone {0}"],
  "plan.radio": ["radio", "radio"],
  "plan.wire": ["tråd", "wire"],

  "is.rest": ["i vila", "at rest"],
  "is.closed": ["stängd", "closed"],
  "is.open": ["öppen", "open"],
  "is.active": ["påverkad", "active"],
  "is.alarm": ["larmar", "in alarm"],
  "is.off": ["tagen från sin plats", "taken off its place"],
  "is.cut": ["kabeln klippt", "cable cut"],
  "is.short": ["kabeln kortsluten", "cable shorted"],
  "is.low": ["svagt batteri", "battery low"],
  "is.fault": ["trasig", "out of order"],
  "is.reach": ["når inte centralen", "out of reach"],
  "is.sounding": ["tjuter", "sounding"],
  "is.on": ["på", "on"],
  "is.unlocked": ["olåst", "unlocked"],
  "is.locked": ["låst", "locked"],
  "is.moving": ["vrider", "turning"],
  "is.jammed": ["fastnat", "jammed"],

  "do.open": ["Öppna", "Open"],
  "do.close": ["Stäng", "Close"],
  "do.move": ["Någon rör sig", "Somebody moves"],
  "do.cat": ["En katt går förbi", "A cat walks by"],
  "do.dog": ["En stor hund går förbi", "A large dog walks by"],
  "do.break": ["Krossa rutan", "Break the pane"],
  "do.burn": ["Det brinner", "Something burns"],
  "do.clear": ["Vädra", "Clear the air"],
  "do.hot": ["90 °C", "90 °C"],
  "do.cool": ["20 °C", "20 °C"],
  "do.leak": ["Kolmonoxid", "Carbon monoxide"],
  "do.wet": ["Vatten", "Water"],
  "do.dry": ["Torka upp", "Dry it up"],
  "do.cold": ["2 °C", "2 °C"],
  "do.mild": ["21 °C", "21 °C"],
  "do.heat": ["45 °C", "45 °C"],
  "do.press": ["Tryck", "Press"],
  "do.test": ["Tryck på dess knapp", "Press its button"],
  "do.off": ["Ta ner", "Take off"],
  "do.cut": ["Klipp kabeln", "Cut cable"],
  "do.short": ["Kortslut", "Short cable"],
  "do.low": ["Svagt batteri", "Low battery"],
  "do.fault": ["Trasig", "Out of order"],
  "do.reach": ["Utom räckhåll", "Out of reach"],
  "do.turn": ["Vrid om", "Turn it"],
  "do.jam": ["Kärva", "Jam it"],
  "do.switch": ["Tryck på brytaren", "Press its switch"],

  "keypad.title": ["Knappsats", "Keypad"],
  "keypad.display": ["Teckenfönster", "Display"],
  "keypad.hold": ["Håll {0} intryckt i två sekunder", "Hold {0} for two seconds"],
  "keypad.people": ["Koder och taggar", "Codes and tags"],
  "keypad.tag": ["Håll taggen för {0} mot knappsatsen", "Hold {0}'s tag to the keypad"],
  "keypad.code": ["Slå koden för {0}: {1}", "Enter {0}'s code: {1}"],
  "keypad.duress": ["Slå hotkoden för {0}: {1}", "Enter {0}'s duress code: {1}"],
  "keypad.stranger": ["Okänd tagg", "Unknown tag"],
  "key.off": ["Av", "Off"],
  "key.away": ["Borta", "Away"],
  "key.home": ["Hemma", "Home"],
  "key.night": ["Natt", "Night"],
  "key.ok": ["OK", "OK"],
  "key.back": ["Tillbaka", "Back"],
  "key.up": ["Upp", "Up"],
  "key.down": ["Ner", "Down"],
  "key.fire": ["Brand", "Fire"],
  "key.hold-up": ["Överfall", "Hold-up"],
  "lamp.ready": ["Klar", "Ready"],
  "lamp.armed": ["Till", "Armed"],
  "lamp.open": ["Öppet", "Open"],
  "lamp.alarm": ["Larm", "Alarm"],
  "lamp.fault": ["Fel", "Fault"],
  "sound.intrusion": ["inbrott", "intrusion"],
  "sound.fire": ["brand", "fire"],
  "sound.co": ["kolmonoxid", "carbon monoxide"],
  "sound.hold-up": ["överfall", "hold-up"],
  "sound.off": ["tyst", "silent"],

  "power.title": ["Ström", "Power"],
  "power.mains": ["Nät 230 V", "Mains 230 V"],
  "power.pull": ["Dra ur nätet", "Cut mains"],
  "power.battery": ["Batteri", "Battery"],
  "power.full": ["fullt", "full"],
  "power.charging": ["laddas", "charging"],
  "power.giving": ["driver larmet", "powers the alarm"],
  "power.resting": ["vilar", "resting"],
  "power.none": ["urkopplat", "unplugged"],
  "power.hours": ["{0} h kvar", "{0} h left"],
  "power.curve": ["Batteriets spänning, {0} till {1} V", "The battery's voltage, {0} to {1} V"],
  "power.unplug": ["Koppla ur", "Unplug"],
  "power.plug": ["Koppla in", "Plug in"],
  "power.always": ["Det här huset har alltid ström; välj huset reference för batteri.", "This house always has power; take the house reference for a battery."],
  "power.off": ["Utan ström", "No power"],
  "panel.title": ["Central", "Panel"],
  "panel.boot": ["start nr {0}", "start no. {0}"],
  "panel.reset": ["Starta om", "Restart"],
  "panel.hang": ["Häng", "Hang"],
  "panel.power": ["Ström till centralen", "Panel's power"],
  "panel.flash": ["Trasigt minne", "Failing flash"],
  "net.title": ["Fast nät", "Fixed line"],
  "net.cable": ["Nätverkskabel", "Ethernet cable"],
  "net.plugged": ["Kabeln sitter i", "Cable plugged in"],
  "net.pulled": ["Kabeln är ur", "Cable pulled"],
  "net.hole": ["Svart hål", "Black hole"],
  "net.path": ["Väg till molnet", "Path to the cloud"],
  "net.ip": ["fast nät", "fixed line"],
  "net.mobile": ["mobilnät", "mobile"],
  "net.none": ["ingen kontakt", "no contact"],
  "mobile.title": ["Mobilnät", "Mobile"],
  "mobile.signal": ["Signal", "Signal"],
  "mobile.up": ["Nät", "Network"],
  "mobile.data": ["Data", "Data"],
  "mobile.none": ["Inget modem i det här huset.", "No modem in this house."],
  "jam.title": ["Störsändare", "Jammer"],
  "jam.1": ["Sensorernas radio", "Sensors' radio"],
  "jam.2": ["Mobilradion", "Mobile radio"],
  "pictures.title": ["Senaste bild", "Last picture"],
  "pictures.sent": ["{0} skickade, {1} väntar", "{0} sent, {1} waiting"],

  "time.title": ["Tid", "Time"],
  "time.pause": ["Paus", "Pause"],
  "time.real": ["Verklig tid: allt går i sin egen takt", "Real time: everything at its own pace"],
  "side.timeline": ["Händelser", "Timeline"],
  "side.messages": ["Meddelanden", "Messages"],
  "side.stories": ["Berättelser", "Stories"],
  "line.all": ["Alla", "All"],
  "line.alarm": ["Larm", "Alarms"],
  "line.arming": ["Till/från", "Arming"],
  "line.fault": ["Fel", "Faults"],
  "line.empty": ["Inget har hänt ännu. Slå koden för {0} och Borta, eller klicka på en dörr.", "Nothing has happened yet. Enter {0}'s code and Away, or click a door."],
  "line.filter": ["Visa", "Show"],
  "line.waits": ["väntar i centralen", "waits in the panel"],
  "line.ack": ["kvitterad efter {0}", "acknowledged after {0}"],
  "line.case": ["Ärende {0}", "Case {0}"],
  "item.back": ["Alla händelser", "All events"],
  "item.what": ["Vad som hände", "What happened"],
  "item.wire": ["På tråden", "On the wire"],
  "item.cloud": ["Vad molnet gjorde", "What the cloud made of it"],
  "item.when": ["När", "When"],
  "item.zone": ["Sektion", "Zone"],
  "item.user": ["Person", "Person"],
  "item.code": ["Kod", "Code"],
  "item.number": ["Nummer", "Number"],
  "item.path": ["Väg", "Path"],
  "item.stored": ["Lagrad", "Stored"],
  "item.acked": ["Kvitterad", "Acknowledged"],
  "item.unsent": ["Ligger i centralens journal och väntar på en väg till molnet.", "Lies in the panel's journal and waits for a path to the cloud."],
  "item.size": ["{0} byte: {1} nyckel-id och ett förseglat meddelande i storleksklass {2}. En betraktare ser storleken och inget mer.", "{0} bytes: {1} of key id, and a sealed message of size class {2}. Whoever listens learns the size and nothing else."],
  "item.nocase": ["Inget ärende: lagrad och kvitterad, mer behövs inte.", "No case: stored and acknowledged, nothing more is needed."],
  "bytes.kid": ["nyckel-id", "key id"],
  "bytes.cose": ["COSE-huvud", "COSE header"],
  "bytes.number": ["räknare", "counter"],
  "bytes.sealed": ["förseglat", "sealed"],
  "bytes.tag": ["äkthetstagg", "tag"],
  "message.none": ["Inga meddelanden ännu. Här syns sms, notiser och brev som mottagaren får dem.", "No messages yet. SMS, notifications and mail appear here as their recipient sees them."],
  "message.to": ["till {0}", "to {0}"],
  "story.search": ["Sök bland berättelser", "Search the stories"],
  "story.play": ["Spela", "Play"],
  "story.stop": ["Stoppa", "Stop"],
  "story.running": ["spelas", "playing"],
  "story.passed": ["gick som den ska", "came out as it says"],
  "story.stopped": ["stoppad", "stopped"],
  "story.failed": ["gick fel: {0}", "failed: {0}"],
  "story.note": ["En berättelse börjar om från början i sitt eget hus.", "A story starts anew, in its own house."],
  "story.none": ["Ingen berättelse heter så.", "No story is called that."],
};

const KEPT = "hemlarm-language";
const LANGUAGES = ["sv", "en"];

function chosen() {
  const kept = localStorage.getItem(KEPT);
  if (LANGUAGES.includes(kept)) return kept;
  return navigator.language.startsWith("sv") ? "sv" : "en";
}

export const language = chosen();
const column = LANGUAGES.indexOf(language);

/** The other language from now on. */
export function switchLanguage() {
  localStorage.setItem(KEPT, LANGUAGES[1 - column]);
  location.reload();
}

/** The text of a key, with what belongs in its gaps. */
export function t(key, ...values) {
  const pair = TEXTS[key];
  if (!pair) throw new Error(`no text is called ${key}`);
  return values.reduce((text, value, n) => text.replaceAll(`{${n}}`, value), pair[column]);
}

/** Whether there is a text of that key. */
export function has(key) {
  return key in TEXTS;
}

/** A text that the server gave in both languages, or in one. */
export function said(text) {
  if (text === null || text === undefined) return "";
  if (typeof text === "string") return text;
  return text[language] ?? text[column] ?? "";
}

/** What a room, sensor or output is called: by its label, else by its name. */
export function called(thing) {
  if (thing.label) return thing.label;
  const pair = NAMES[thing.name ?? thing];
  if (pair) return pair[column];
  const name = (thing.name ?? thing).replaceAll("-", " ");
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false };
const TIME = new Intl.DateTimeFormat("sv", { ...clock, timeZone: "Europe/Stockholm" });
const DAY = new Intl.DateTimeFormat(language === "sv" ? "sv" : "en-GB", {
  weekday: "short",
  day: "numeric",
  month: "short",
  timeZone: "Europe/Stockholm",
});

export const time = (ms) => TIME.format(ms);
export const day = (ms) => DAY.format(ms);

const DECIMALS = new Intl.NumberFormat(language, { maximumFractionDigits: 1, minimumFractionDigits: 1 });
const TWO = new Intl.NumberFormat(language, { maximumFractionDigits: 2, minimumFractionDigits: 2 });

export const tenths = (value) => DECIMALS.format(value);
export const hundredths = (value) => TWO.format(value);

/** A length of time, as short as can be read. */
export function span(ms) {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${tenths(ms / 1000)} s`;
  return ms < 3_600_000 ? `${Math.round(ms / 60_000)} min` : `${tenths(ms / 3_600_000)} h`;
}
