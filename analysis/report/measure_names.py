"""Names the measures of schemes: those of a closed list by the catalog, those by charger or profile by their parts."""

import re

from analysis.report.text import Voice

BY_CHARGER = re.compile(
    r"(?P<kind>break_even_support|payback)_(?P<who>median|top_tenth|profile)_(?:(?P<profile>\w+?)_)?"
    r"(?P<option>(?:ac|dc)_\d+)_(?P<openness>open|closed)_(?:sek|years)"
)


def measure_name(measure: str, voice: Voice) -> str:
    """Name a measure of ``SchemeSummary``; one that nobody named stands by its id.

    Examples
    --------
    break_even_support_profile_p01_ac_11_open_sek gives the words for the break-even support of a profile, its name,
    the charger's name and open.
    """
    found = BY_CHARGER.fullmatch(measure)
    if found is None or f"measure.{measure}" in voice.texts:
        return voice.name("measure", measure)
    parts = [voice.say(f"measure_by_charger.{found['kind']}_{found['who']}")]
    if found["profile"]:
        parts.append(voice.inline("profile_name", found["profile"]))
    parts += [voice.inline("charger", found["option"]), voice.inline("openness", found["openness"])]
    return ", ".join(parts)
