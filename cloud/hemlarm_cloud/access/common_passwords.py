"""Passwords of ten characters and more that people choose most: Swedish and English, letters and digits only."""

_WORDS = """
losenord password passwort hemligt hemlig qwerty qwertyuiop asdfghjkl zxcvbnm sommar sommaren vinter hosten varen
svenska sverige stockholm goteborg malmo uppsala hammarby djurgarden ifkgoteborg malmoff aik hockey fotboll
alskling alskardig jagalskardig mamma pappa familjen lillan gubben hejsan hejhej hejhopp valkommen
welcome letmein iloveyou princess sunshine football baseball monkey dragon master superman batman starwars
whatever trustno computer internet administrator admin user guest test testing
hemlarm larmet larm hemmet alarm sectoralarm verisure securitas
abcabc abcdef qazwsx oneqaz wsxedc changeme secret access
"""

_TAILS = ("", "1", "12", "123", "1234", "12345", "123456", "1234567", "12345678", "123456789", "1234567890")
_YEARS = tuple(str(year) for year in range(1940, 2041))

_WHOLE = """
1q2w3e4r5t 1qaz2wsx3edc qwerty123456 q1w2e3r4t5 123qweasdzxc passw0rd123 p4ssw0rd123 1234512345 1212121212
1234567890 0987654321 9876543210 1122334455 123123123123 qwertyuiop qwertyuiopa asdfasdfasdf abcd1234abcd
"""

COMMON = frozenset(
    _WHOLE.split()
    + [word + tail for word in _WORDS.split() for tail in (*_TAILS, *_YEARS)]
    + [word * 2 for word in _WORDS.split()]
    + [word * 3 for word in _WORDS.split()]
)
"""In lower case, without what is neither letter nor digit; a and o stand for the Swedish letters too."""
