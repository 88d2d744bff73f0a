//! What an incident is opened with: its first finding, written up, with cause and cure.

use crate::{
    catalogue::{Catalogue, Status},
    engine::{self, Hit},
    extract::redact::{self, Hide},
    report::{Opening, Subject},
};

/// Opens an incident with `hit`, which stands at `line` of `source`. People are marked, not named.
pub(super) fn opening(hit: &Hit<'_>, catalogue: &Catalogue, source: &str, line: u64, hide: Hide) -> Opening {
    let said = engine::explain(catalogue, hit.pattern, hit.code, hit.text);
    Opening {
        sample: engine::write_up(hit, catalogue, source, line, hide),
        subject: subject(hit, hide),
        cause: said.cause,
        steps: said.steps,
        references: said.references,
        preview: hit.pattern.status == Status::Preview,
    }
}

fn subject(hit: &Hit<'_>, hide: Hide) -> Subject {
    let show = |slot: Option<&[u8]>| slot.map(|bytes| redact::scrub(&redact::visible(bytes), None, hide));
    let told = hit.subject();
    Subject {
        app_id: show(told.app_id),
        tenant: show(told.tenant),
        mailbox: told.mailbox.map(|address| redact::mark_mailbox(&redact::visible(address), hide)),
        integration: show(hit.record.header.as_ref().and_then(|header| header.mail_server)),
    }
}
