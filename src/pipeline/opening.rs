//! What an incident is opened with: its first finding, written up, with cause and cure.

use crate::{
    catalogue::{Catalogue, Status},
    engine::{self, Hit},
    extract::redact::RedactionLevel,
    report::{EntryTraits, IncidentSeed},
};

/// Opens an incident with `hit`, which stands at `line` of `source`. People are marked, not named.
pub(super) fn opening(
    hit: &Hit<'_>,
    catalogue: &Catalogue,
    source: &str,
    line: u64,
    hide: RedactionLevel,
) -> IncidentSeed {
    let said = engine::explain(catalogue, hit.pattern, hit.code, hit.text);
    IncidentSeed {
        sample: engine::build_finding(hit, catalogue, source, line, hide),
        cause: said.cause,
        steps: said.steps,
        references: said.references,
        preview: hit.pattern.status == Status::Preview,
        traits: EntryTraits { unknown: is_unknown(hit, catalogue), ..EntryTraits::of(hit.pattern) },
    }
}

/// True when neither an entry nor the table of codes knows the deciding number.
fn is_unknown(hit: &Hit<'_>, catalogue: &Catalogue) -> bool {
    hit.pattern.rule.aadsts_other && hit.code.is_some_and(|code| catalogue.codes().get(code).is_none())
}
