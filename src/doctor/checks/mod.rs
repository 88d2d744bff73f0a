//! Checks of settings, without a network. Each returns what it found as data.

mod check;
mod client;
mod context;
mod endpoints;
mod jira;
mod log;
mod mail;
mod network;
mod redirect;
mod scopes;
mod tokens;

use super::settings::Settings;
pub(crate) use check::in_order;
pub use check::{Check, Verdict};
use context::CheckContext;
pub use log::{join, log_checks};

/// Checks settings. `now` is in milliseconds since 1970.
#[must_use]
pub fn check(settings: &Settings, now: i64) -> Vec<Check> {
    let context = CheckContext::new(settings, now);
    let mut checks = Vec::new();
    if settings.integrations.is_empty() && settings.mail_servers.is_empty() {
        checks.push(
            Check::unknown("settings.found", "No integration and no mail server was found.")
                .with_fix("Fill in a template (`oauthsift doctor --template`), or run the query of `oauthsift doctor --sql` on Jira's database."),
        );
    }
    for view in &context.integrations {
        let from = checks.len();
        client::check(view, &mut checks);
        endpoints::check(view, &mut checks);
        scopes::check(view, &mut checks);
        redirect::check(&context, view, &mut checks);
        for check in &mut checks[from..] {
            check.subject = Some(view.label.clone());
        }
    }
    mail::check(&context, &mut checks);
    jira::check(&context, &mut checks);
    tokens::check(&context, &mut checks);
    network::check(&context, &mut checks);
    in_order(&mut checks);
    checks
}
