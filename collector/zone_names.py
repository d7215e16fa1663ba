"""Abbreviations of time zones that people write after a time, and places that use them."""

from types import MappingProxyType

_EUROPE = "Europe/Berlin"
ABBREVIATIONS = MappingProxyType(
    {
        **dict.fromkeys(("WET", "WEST"), "Europe/Lisbon"),
        **dict.fromkeys(("CET", "CEST"), _EUROPE),
        **dict.fromkeys(("EET", "EEST"), "Europe/Helsinki"),
        **dict.fromkeys(("EST", "EDT"), "America/New_York"),
        **dict.fromkeys(("CDT",), "America/Chicago"),
        **dict.fromkeys(("MST", "MDT"), "America/Denver"),
        **dict.fromkeys(("PST", "PDT"), "America/Los_Angeles"),
        **dict.fromkeys(("AKST", "AKDT"), "America/Anchorage"),
        **dict.fromkeys(("HST",), "Pacific/Honolulu"),
        **dict.fromkeys(("AEST", "AEDT"), "Australia/Sydney"),
        **dict.fromkeys(("ACST", "ACDT"), "Australia/Adelaide"),
        **dict.fromkeys(("AWST",), "Australia/Perth"),
        **dict.fromkeys(("NZST", "NZDT"), "Pacific/Auckland"),
        **dict.fromkeys(("JST",), "Asia/Tokyo"),
        **dict.fromkeys(("KST",), "Asia/Seoul"),
        **dict.fromkeys(("HKT",), "Asia/Hong_Kong"),
        **dict.fromkeys(("PKT",), "Asia/Karachi"),
        **dict.fromkeys(("WIB",), "Asia/Jakarta"),
        **dict.fromkeys(("MSK",), "Europe/Moscow"),
        **dict.fromkeys(("SAST",), "Africa/Johannesburg"),
        **dict.fromkeys(("WAT",), "Africa/Lagos"),
        **dict.fromkeys(("EAT",), "Africa/Nairobi"),
        **dict.fromkeys(("IDT",), "Asia/Jerusalem"),
        **dict.fromkeys(("NST", "NDT"), "America/St_Johns"),
    }
)
"""A place that uses this abbreviation, at least for a part of the year."""
WHOLE_YEAR = MappingProxyType(
    {"ET": "America/New_York", "CT": "America/Chicago", "MT": "America/Denver", "PT": "America/Los_Angeles"}
)
NAMELESS = MappingProxyType({"SGT": 8, "MYT": 8, "ICT": 7, "TRT": 3, "BRT": -3})
"""Hours ahead of UTC, all year; the time zone database has no abbreviations for these places."""
SEVERAL = MappingProxyType(
    {
        "AST": "Atlantic or Arabia",
        "BST": "Britain or Bangladesh",
        "CST": "Chicago, China or Cuba",
        "GST": "Gulf or South Georgia",
        "IST": "India, Ireland or Israel",
    }
)
UNSUPPORTED = frozenset(
    {
        *("CLT", "CLST", "ART", "BRST", "COT", "VET", "UYT", "PYT", "ECT", "GFT", "WITA", "PHT", "NPT", "UZT", "AZT"),
        *("YEKT", "OMST", "KRAT", "NOVT", "IRKT", "YAKT", "VLAT", "MAGT", "PETT", "SAMT", "MSD", "CHST", "CHAST"),
        *("CHADT", "IRST", "IRDT", "AFT", "ULAT", "CVT", "AZOT", "AZOST", "LHST", "LHDT", "ACWST", "PMST", "PMDT"),
    }
)
"""Abbreviations without a place here: a time in one of them is refused."""
SAME = MappingProxyType({"MEZ": "CET", "MESZ": "CEST"})
"""Abbreviations in other languages."""
REGIONS = frozenset(
    {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific", "Etc", "US"}
)
