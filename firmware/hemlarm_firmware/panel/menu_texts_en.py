"""The menus' texts in English; see `menu_texts`. {0}, {1}, ... are numbers of three digits at most, words or names."""

from hemlarm_firmware.panel import menu_texts as texts

TEXTS = {
    texts.MENU: "Menu {0}/{1}|{2}",
    texts.BYPASS: "Bypass zones",
    texts.CHIME: "Door chime",
    texts.LOG: "Event log",
    texts.WALK_TEST: "Walk test",
    texts.YEARLY_TEST: "Yearly test",
    texts.USERS: "Users",
    texts.OWN_CODE: "My code",
    texts.OWN_DURESS: "My duress code",
    texts.ACCESS: "Installer access",
    texts.DELAYS: "Exit and entry",
    texts.LANGUAGE: "Language",
    texts.BYPASSED: "{0}|Bypassed",
    texts.IN_USE: "{0}|Not bypassed",
    texts.NO_ZONES: "No zone|may be bypassed",
    texts.CHIME_ON: "Door chime: on|OK = turn off",
    texts.CHIME_OFF: "Door chime: off|OK = turn on",
    texts.ACCESS_ON: "Installer: yes|OK = end access",
    texts.ACCESS_OFF: "Installer: no|OK = 24 h access",
    texts.LANGUAGE_IS: "English|OK = svenska",
    texts.WALK_START: "Walk test|OK = start",
    texts.WALK_STOP: "Walk test|OK = end",
    texts.NOT_NOW: "Not possible|right now",
    texts.YEARLY_1: "1. Go out, arm|and wait 3 min",
    texts.YEARLY_2: "2. Walk in and|don't disarm",
    texts.YEARLY_3: "3. Let it sound|30 s, disarm",
    texts.YEARLY_4: "4. Centre calls:|say the password",
    texts.YEARLY_START: "Yearly test|OK = start",
    texts.LOG_EMPTY: "Event log|No events",
    texts.EVENT: "{0}|{1} {2}",
    texts.EVENT_UNKNOWN: "Event {0}",
    texts.RESTORED: "{0} ok",
    texts.MARK_ZONE: "Z{0}",
    texts.MARK_USER: "U{0}",
    texts.DATE_UNKNOWN: "No date",
    texts.WHO: "{0}|Zone {1} Us. {2}",
    texts.USER: "User {0}|{1}",
    texts.MASTER: "Master",
    texts.PLAIN_USER: "User",
    texts.GUEST: "Guest",
    texts.INSTALLER: "Installer",
    texts.NEW_USER: "New user|OK = add",
    texts.NEW_CODE: "New code",
    texts.NEW_DURESS: "New duress code",
    texts.ADD_TAG: "Add tag",
    texts.DROP_TAGS: "Remove all tags",
    texts.REMOVE: "Remove user",
    texts.ROLE: "User {0}, role:|{1}",
    texts.CODE_FIRST: "New code (4-6):|{0}",
    texts.CODE_AGAIN: "Same code again:|{0}",
    texts.CODE_LENGTH: "Four to six|digits needed",
    texts.CODE_DIFFERS: "Codes differ|Try again",
    texts.TAKEN: "Cannot be used|Choose another",
    texts.HOLD_TAG: "Hold the tag to|the keypad",
    texts.TAGS_FULL: "Four tags each|at most",
    texts.USERS_FULL: "No room for|more users",
    texts.REMOVE_SURE: "Remove user {0}?|OK = yes",
    texts.DROP_TAGS_SURE: "All tags of {0}?|OK = remove",
    texts.EXIT_DELAY: "Area {0} exit|{1} s, new: {2}",
    texts.ENTRY_DELAY: "Area {0} entry|{1} s, new: {2}",
    texts.DELAY_RANGE: "From 0 to 300 s|Try again",
    texts.SAVING: "Saving|the change",
    texts.ZONE: "Zone {0}",
    texts.REMOTE: "Remote control",
    texts.REMOTE_DISARM: "Remote disarm|{0}. OK=next",
    texts.REMOTE_UNLOCK: "Remote unlock|{0}. OK=next",
    texts.ALWAYS: "Always",
    texts.WITH_CODE: "Code",
    texts.NEVER: "Never",
    texts.RESET: "Factory reset",
    texts.RESET_WHAT: "All is erased!|OK = go on",
    texts.RESET_CODE: "Your code once|more: {0}",
    texts.RESETTING: "Erasing all now|Keep power on",
}

EVENTS = """
1111 Smoke alarm
1114 Heat alarm
1115 Fire button
1118 Fire warning
1120 Hold-up
1130 Intrusion
1132 Intrusion
1133 24 h alarm
1134 Intrusion
1137 Tamper: panel
1139 Confirmed alarm
1144 Tamper
1147 Sensor lost
1154 Water leak
1158 Too hot
1159 Too cold
1162 CO alarm
1301 Mains lost
1302 Battery low
1305 Restart
1306 Settings changed
1307 Self-test failed
1308 Parked
3308 Running again
1309 Battery worn
1311 No battery
1312 Charger fault
1313 Factory reset
1344 Radio jammed
1350 Mobile in use
3350 Broadband used
1351 Broadband fault
1352 Mobile fault
1354 No contact
1373 Fire loop
1374 Exit error
1377 Zone shut off
1380 Sensor fault
1381 Sensor lost
1384 Sensor batt.
1401 Disarmed
3401 Armed away
3441 Armed home
3456 Armed night
1413 Updated
1414 Not updated
1422 Unlocked
3422 Locked
1432 Lock fault
1461 Wrong codes
1570 Bypassed
3570 Bypass ended
1601 Yearly test
3601 Test ended
1607 Walk test
3607 Walk test over
6111 Fire silenced
6130 Alarm silenced
6134 Entry delay
6611 Zone tested
1611 Zone tested
6612 Zone not tested
1612 Zone not tested
"""
