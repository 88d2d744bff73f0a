"""Settings: what to enter where, and whether what was entered is right."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Sequence, Union

from . import _native
from ._errors import InputError, SettingsError
from ._report import Report
from ._scan import fixed_time, named_sources, raises

if TYPE_CHECKING:
    from typing import Literal

    from ._scan import Progress, Source, Time

__all__ = ["Check", "DoctorReport", "Field", "Recommendation", "Screen", "SettingsSource", "doctor", "settings"]

_VERDICTS = ("ok", "unknown", "warning", "problem")


@dataclass(frozen=True)
class Check:
    """The result of a check. Names and meaning are those of ``docs/doctor.schema.json``."""

    #: ``client.id``, ``scopes.offline``, …
    id: str
    title: str
    #: An integration or a mail server; ``None`` for Jira itself.
    subject: Optional[str]
    #: ``ok``, ``unknown``, ``warning`` or ``problem``.
    verdict: str
    #: What the verdict rests on.
    fact: str
    #: What to do; ``None`` when it is right.
    fix: Optional[str]
    #: The exact value to enter.
    value: Optional[str]
    #: How long it took; ``None`` for a check without a network.
    milliseconds: Optional[int]


@dataclass(frozen=True)
class SettingsSource:
    """A file with settings."""

    name: str
    format: str
    #: What was left out.
    notes: List[str]


class DoctorReport:
    """What the check of settings has found.

    >>> import oauthsift
    >>> report = oauthsift.doctor("../tests/settings/cases/14-secret-id-in-place-of-value.toml")
    >>> report.verdict
    'problem'
    >>> [check.id for check in report.checks if check.verdict == "problem"]
    ['client.secret']
    """

    def __init__(self, native: _native.DoctorReport) -> None:
        self._native = native

    @cached_property
    def _parts(self) -> Dict[str, Any]:
        parts: Dict[str, Any] = json.loads(self._native.to_json())
        return parts

    @cached_property
    def checks(self) -> List[Check]:
        """The checks, the worst of each kind first."""
        return [Check(**item) for item in self._parts["checks"]]

    @cached_property
    def sources(self) -> List[SettingsSource]:
        """The files with settings that were read."""
        return [SettingsSource(**item) for item in self._parts["sources"]]

    @property
    def verdict(self) -> str:
        """The worst verdict; ``unknown`` without any check."""
        return max((check.verdict for check in self.checks), key=_VERDICTS.index, default="unknown")

    @cached_property
    def logs(self) -> Optional[Report]:
        """The report on the logs, if there were any; its list of findings is empty."""
        native = self._native.logs()
        return None if native is None else Report(native)

    def to_json(self) -> str:
        """The report as JSON, as ``oauthsift doctor --format json`` writes it."""
        return self._native.to_json()

    def to_html(self) -> str:
        """The report as one HTML page that loads nothing."""
        return self._native.to_html()

    def to_markdown(self) -> str:
        """The report as Markdown."""
        return self._native.to_markdown()

    def __str__(self) -> str:
        return self._native.to_table()

    def __repr__(self) -> str:
        counts = self._parts["summary"]
        return f"<DoctorReport: {', '.join(f'{counts[verdict]} {verdict}' for verdict in reversed(_VERDICTS))}>"


def doctor(
    source: Union[Source, Sequence[Source]],
    *,
    generated_at: Optional[Time] = None,
    threads: int = 0,
    progress: Optional[Progress] = None,
    errors: Literal["raise", "keep"] = "raise",
) -> DoctorReport:
    """Checks the settings of OAuth 2.0 integrations, and joins them with what logs say.

    Contacts no host; ``oauthsift doctor --online`` on the command line does.

    :param source: settings and logs, distinguished by their content: a template, an export of Jira's tables, an XML
        backup, a support zip, a ``setenv`` file; logs, folders, archives. Secrets in settings are looked at, and
        neither kept nor shown.
    :param generated_at: the time of the report; it decides what has expired. Default: now.
    :param threads: threads that scan; 0 for as many as the machine runs at once.
    :param progress: called about ten times a second while logs are read, as by :func:`scan`.
    :param errors: ``"raise"`` raises :class:`SettingsError` when a file holds no settings, and :class:`InputError`
        when a log could not be read whole; ``"keep"`` does not.
    """
    wants_errors = raises(errors)
    native = _native.doctor(named_sources(source), fixed_time(generated_at), threads, progress)
    report = DoctorReport(native)
    if wants_errors:
        problems = native.problems()
        if problems:
            raise SettingsError(problems, report)
        # A support zip with settings need not hold logs.
        read = {source.name for source in report.sources}
        faults = [] if report.logs is None else report.logs.faults
        failures = [fault for fault in faults if fault.is_failure and fault.source not in read]
        if failures and report.logs is not None:
            raise InputError(failures, report.logs)
    return report


@dataclass(frozen=True)
class Field:
    """A field of a screen."""

    name: str
    value: str


@dataclass(frozen=True)
class Screen:
    """A screen of Jira, or of the provider."""

    place: str
    #: How to get there.
    path: str
    fields: List[Field]


@dataclass(frozen=True)
class Recommendation:
    """What to enter where. ``str(…)`` is the text of ``oauthsift settings``."""

    provider: str
    provider_name: str
    cloud: str
    cloud_name: str
    protocol: str
    protocol_name: str
    tenant: str
    grant: str
    jira_type: str
    authorization_endpoint: Optional[str]
    token_endpoint: str
    scopes: List[str]
    permissions: List[str]
    redirect_url: Optional[str]
    mail_host: Optional[str]
    mail_port: Optional[int]
    mail_security: Optional[str]
    client_secret: str
    notes: List[str]
    #: In the order in which they are filled in.
    screens: List[Screen]
    _text: str = field(repr=False, compare=False)
    _markdown: str = field(repr=False, compare=False)
    _json: str = field(repr=False, compare=False)

    def to_json(self) -> str:
        """The recommendation as JSON, as ``oauthsift settings --format json`` writes it."""
        return self._json

    def to_markdown(self) -> str:
        """The recommendation as Markdown."""
        return self._markdown

    def __str__(self) -> str:
        return self._text


def settings(
    provider: str,
    protocol: str,
    *,
    cloud: Optional[str] = None,
    tenant: Optional[str] = None,
    tenant_id: Optional[str] = None,
    grant: str = "code",
    jira: Optional[str] = None,
    base_url: Optional[str] = None,
) -> Recommendation:
    """What to enter for an integration, in the order of the screens.

    >>> import oauthsift
    >>> oauthsift.settings("microsoft", "imap", cloud="gcc-high").scopes[0]
    'https://outlook.office365.us/IMAP.AccessAsUser.All'

    :param provider: ``microsoft`` or ``google``.
    :param protocol: ``imap``, ``pop``, ``smtp`` or ``graph``.
    :param cloud: ``worldwide``, ``gcc``, ``gcc-high``, ``dod`` or ``china``.
    :param tenant: ``single``, ``multi`` or ``personal``.
    :param tenant_id: the tenant's id or domain.
    :param grant: ``code`` or ``client-credentials``.
    :param jira: version of Jira.
    :param base_url: Jira's base URL.
    :raises ValueError: a combination that does not exist; the message says what there is.
    """
    text, markdown, data = _native.settings(provider, protocol, cloud, tenant, tenant_id, grant, jira, base_url)
    parts = json.loads(data)
    del parts["schema"]
    parts["screens"] = [
        Screen(screen["place"], screen["path"], [Field(**item) for item in screen["fields"]])
        for screen in parts["screens"]
    ]
    return Recommendation(**parts, _text=text, _markdown=markdown, _json=data)
