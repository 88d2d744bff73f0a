//! What opens an incident: its first finding, with cause and fix.

use crate::{
    catalogue::{Catalogue, Status},
    engine::{self, Hit},
    extract::redact::RedactionLevel,
    report::{EntryTraits, IncidentSeed},
};

/// The seed of an incident whose first finding is `hit`, at `line` of `source`. People have placeholders.
pub(super) fn incident_seed(
    hit: &Hit<'_>,
    catalogue: &Catalogue,
    source: &str,
    line: u64,
    redaction: RedactionLevel,
) -> IncidentSeed {
    let explanation = engine::explain(catalogue, hit.pattern, hit.code, hit.text);
    let sample = engine::build_finding(hit, catalogue, source, line, redaction);
    IncidentSeed {
        cause: explanation.cause,
        steps: engine::steps_for(hit.pattern, &sample),
        sample,
        references: explanation.references,
        preview: hit.pattern.status == Status::Preview,
        traits: EntryTraits { unknown: is_unknown(hit, catalogue), ..EntryTraits::of(hit.pattern) },
    }
}

/// True when neither a pattern nor the table of codes knows the deciding code.
fn is_unknown(hit: &Hit<'_>, catalogue: &Catalogue) -> bool {
    hit.pattern.rule.aadsts_other && hit.code.is_some_and(|code| catalogue.codes().get(code).is_none())
}
