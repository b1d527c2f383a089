"""A script for each bug that can be planted, in which it shows, and the promise that it breaks.

All but a few words of them were found and shortened by the explorer.
"""

_HEAD = "seed 1\nhouse {}\nheartbeat 3600\nlasts 0:40:00.000\n"
_WITH_MODEM = ("never-fails-over", "path-restore-not-told", "sms-acknowledgement-without-the-tag-check")

SCRIPTS = {
    "acknowledged-before-the-commit": (
        "forgets-only-what-is-stored",
        """
        0:05:00.000 crash before-commit 10000
        0:10:00.000 arms anna home
        """,
    ),
    "number-reused-after-a-torn-write": (
        "nonce-once",
        """
        0:05:00.000 ask 100 arm-home 1
        0:10:00.000 cut-at 1 85 88000
        0:10:01.000 ask 102 disarm 1
        """,
    ),
    "bypass-not-saved": (
        "arming-kept",
        """
        0:05:00.000 ask 100 bypass 6
        0:06:00.000 cut 2000
        """,
    ),
    "acknowledgement-without-the-tag-check": (
        "forgets-only-what-is-stored",
        """
        0:05:00.000 misacknowledge
        0:05:30.000 calls fire
        """,
    ),
    "settings-written-in-place": (
        "no-false-alarm",
        """
        0:05:00.000 arms anna home
        0:10:00.000 cut-at 6 50 12000
        0:10:00.000 disarms anna
        """,
    ),
    "retransmission-stops-after-a-reconnect": (
        "every-event-once",
        """
        0:05:00.000 half-open
        0:05:10.000 arms anna home
        """,
    ),
    "duplicate-filter-keyed-by-number-alone": (
        "every-event-once",
        """
        0:05:00.000 forget 20000
        """,
    ),
    "command-executed-before-its-result-is-journalled": (
        "command-once",
        """
        0:05:00.000 disturb lose up 15000 1000
        0:05:01.000 ask 100 walk-test 1
        0:05:05.000 cut 1000
        """,
    ),
    "void-range-off-by-one": (
        "numbers-complete",
        """
        0:05:00.000 cut 2000
        """,
    ),
    "clock-jump-moves-a-timer": (
        "timers-hold",
        """
        0:05:00.000 arms anna home
        0:05:20.000 cloud-clock 3600000 600000
        0:05:25.000 drop
        """,
    ),
    "urgency-order-ignored-when-the-window-is-full": (
        "urgent-at-once",
        """
        0:05:00.000 ask 105 walk-test 1
        0:05:06.000 crash now 175000
        0:06:18.000 arms anna home
        0:06:23.000 calls hold-up
        """,
    ),
    "watchdog-reset-loses-the-entry-delay": (
        "every-alarm-told",
        """
        0:05:00.000 leaves anna
        0:20:00.000 breaks-in front-door 4000
        0:20:05.000 hang busy
        """,
    ),
    "never-fails-over": (
        "acknowledged-in-time",
        """
        0:08:00.000 black-hole-ip 600000
        0:09:00.000 calls hold-up
        """,
    ),
    "path-restore-not-told": (
        "path-faults-told",
        """
        0:08:00.000 black-hole-ip 900000
        0:09:00.000 calls hold-up
        """,
    ),
    "sms-acknowledgement-without-the-tag-check": (
        "forgets-only-what-is-stored",
        """
        0:08:00.000 mobile-data-off 900000
        0:08:00.000 black-hole-ip 900000
        0:08:30.000 misacknowledge-sms
        0:09:00.000 calls hold-up
        """,
    ),
}


def script(bug: str, planted: bool) -> str:
    """The script in which a bug shows, with the bug or without."""
    lines = "\n".join(line.strip() for line in SCRIPTS[bug][1].split("\n"))
    head = _HEAD.format("two-paths" if bug in _WITH_MODEM else "villa")
    return head + (f"bug {bug}\n" if planted else "") + lines
