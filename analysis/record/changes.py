"""Says in plain lines what is not as it was when a run was recorded, before it is run again."""

from collections.abc import Iterator, Mapping
from typing import Any

from analysis.errors import DataError, Fault

SHOWN = 12
MOST_NAMED = 10


def setting_changes(recorded: Mapping[str, Any], now: Mapping[str, Any], place: str = "settings") -> Iterator[str]:
    """Name each setting that differs, by its path of keys."""
    for key in sorted({*recorded, *now}):
        before, after = recorded.get(key), now.get(key)
        if isinstance(before, Mapping) and isinstance(after, Mapping):
            yield from setting_changes(before, after, f"{place}.{key}")
        elif before != after:
            yield f"{place}.{key}: recorded {before!r}, here {after!r}"


def run_changes(recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Name what differs between the facts of a run and those of this checkout.

    Parameters
    ----------
    recorded, now
        As :func:`analysis.record.package.run_facts` gives them.

    Returns
    -------
    list[str]
        A line each: code, commit, uncommitted files, lock, Python, libraries, machine, settings; none where all is as
        recorded. Libraries that are installed beside the recorded ones do not count.
    """
    lines = list(_code_changes(recorded["code"], now["code"]))
    before, after = recorded["software"], now["software"]
    if before["lock"] != after["lock"]:
        lines.append(
            f"requirements.lock: recorded {_short(before['lock']['hash'])}, here {_short(after['lock']['hash'])}"
        )
    if before["python"] != after["python"]:
        lines.append(f"Python: recorded {before['python']}, here {after['python']}")
    here = dict(each.split("==") for each in after["packages"])
    for name, version in (each.split("==") for each in before["packages"]):
        if here.get(name) != version:
            lines.append(f"library {name}: recorded {version}, here {here.get(name, 'not installed')}")
    lines += [
        f"machine, {key}: recorded {value}, here {now['machine'].get(key)}"
        for key, value in sorted(recorded["machine"].items()) if value != now["machine"].get(key)
    ]  # fmt: skip
    return lines + list(setting_changes(recorded["settings"], now["settings"]))


def _code_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    if before["digest"] != after["digest"]:
        yield f"code: recorded {before['digest']}, here {after['digest']}"
        if before["commit"] and before["commit"] != after["commit"]:
            yield f"commit: recorded {before['commit'][:SHOWN]}, here {(after['commit'] or 'none')[:SHOWN]}"
        if before["uncommitted"]:
            yield f"recorded with files that were not as committed: {_named(before['uncommitted'])}"


def input_changes(recorded: Mapping[str, str], now: Mapping[str, str | None]) -> list[str]:
    """Name each input file that is not the recorded one.

    Parameters
    ----------
    recorded, now
        Name of a file → digest; none where there is no such file now.

    Raises
    ------
    DataError
        Naming every file that is not there: nothing can be recomputed without it.
    """
    remedy = "Bring the file back; for a user's file say INPUTS=<folder>."
    if missing := [name for name in sorted(recorded) if now.get(name) is None]:
        raise DataError([Fault(name, "no such file", "an input of the recorded run", remedy) for name in missing])
    return [
        f"input {name}: recorded {_short(digest)}, here {_short(str(now[name]))}"
        for name, digest in sorted(recorded.items()) if digest != now[name]
    ]  # fmt: skip


def _short(digest: str) -> str:
    return digest.removeprefix("sha256:")[:SHOWN]


def _named(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
