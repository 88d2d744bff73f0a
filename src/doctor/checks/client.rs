//! Client ID and client secret.

use super::{check::Check, context::IntegrationView};
use crate::doctor::settings::{ClientId, Endpoint, SecretForm};

const FROM_OVERVIEW: &str = "Enter the Application (client) ID from the app's Overview page in the Entra portal.";
const NEW_VALUE: &str = "Create a new client secret in the Entra portal (Certificates & secrets), copy its Value, not its Secret ID, \
    and paste it into Client secret.";
const NO_GUID: &str = "00000000-0000-0000-0000-000000000000";

pub(super) fn check(view: &IntegrationView<'_>, checks: &mut Vec<Check>) {
    checks.push(client_id(view));
    checks.push(secret(view));
}

fn client_id(view: &IntegrationView<'_>) -> Check {
    let id = "client.id";
    let integration = view.integration;
    let is_microsoft = view.provider.is_none_or(|provider| provider.provider == "microsoft");
    let endpoints = [&integration.authorization, &integration.token];
    let is_tenant = |guid: &str| {
        let mut tenants =
            endpoints.into_iter().flatten().filter_map(Endpoint::tenant).chain(integration.tenant_id.as_deref());
        tenants.any(|tenant| tenant.eq_ignore_ascii_case(guid))
    };
    match &integration.client_id {
        ClientId::Absent => Check::unknown(id, "The client ID is not among these settings."),
        ClientId::Empty => Check::problem(id, "The client ID is empty.", FROM_OVERVIEW),
        ClientId::SameAsSecret => Check::problem(
            id,
            "Client ID and client secret are the same GUID: one of them is the other's.",
            FROM_OVERVIEW,
        ),
        ClientId::Guid(guid) if guid == NO_GUID => {
            Check::unknown(id, "The client ID is that of the template.").with_fix(FROM_OVERVIEW)
        }
        ClientId::Guid(guid) if is_microsoft && is_tenant(guid) => Check::problem(
            id,
            format!("The client ID {guid} is the Directory (tenant) ID: it is the tenant of the endpoints."),
            FROM_OVERVIEW,
        ),
        ClientId::Guid(guid) if is_microsoft => {
            Check::ok(id, format!("The client ID {guid} has the form of an application ID."))
        }
        ClientId::Guid(_) => Check::problem(
            id,
            "The client ID is a GUID, as Microsoft's are; Google's end in .apps.googleusercontent.com.",
            "Enter the client ID of the OAuth client from the Google Cloud console.",
        ),
        ClientId::Google(name) if !is_microsoft => Check::ok(id, format!("The client ID {name} has Google's form.")),
        ClientId::Google(_) => {
            Check::problem(id, "The client ID is one of Google's, and the endpoints are Microsoft's.", FROM_OVERVIEW)
        }
        ClientId::Other if is_microsoft => Check::problem(
            id,
            "The client ID is not a GUID; it is not shown, because it may be a secret.",
            FROM_OVERVIEW,
        ),
        ClientId::Other => Check::problem(
            id,
            "The client ID does not end in .apps.googleusercontent.com; it is not shown, because it may be a secret.",
            "Enter the client ID of the OAuth client from the Google Cloud console.",
        ),
    }
}

fn secret(view: &IntegrationView<'_>) -> Check {
    let id = "client.secret";
    let is_google = view.provider.is_some_and(|provider| provider.provider == "google");
    let Some(form) = view.integration.secret else {
        return Check::unknown(id, "The client secret is not among these settings, and need not be.");
    };
    match form {
        SecretForm::Empty => Check::problem(id, "The client secret is empty.", NEW_VALUE),
        SecretForm::SecretId if is_google => Check::problem(
            id,
            "The client secret has the form of a GUID, which Google's do not have.",
            "Copy the client secret of the OAuth client from the Google Cloud console.",
        ),
        SecretForm::SecretId => Check::problem(
            id,
            "The client secret has the form of a Secret ID (a GUID), not of a Value: Entra ID answers AADSTS7000215.",
            NEW_VALUE,
        ),
        SecretForm::Padded => Check::problem(
            id,
            "The client secret has a space or a line break before or after it.",
            "Paste the Value again, without spaces around it.",
        ),
        SecretForm::MicrosoftValue if is_google => Check::warning(
            id,
            "The client secret has the form of one of Microsoft's, and the endpoints are Google's.",
            "Copy the client secret of the OAuth client from the Google Cloud console.",
        ),
        SecretForm::GoogleValue if view.is_microsoft() => {
            Check::problem(id, "The client secret is one of Google's, and the endpoints are Microsoft's.", NEW_VALUE)
        }
        SecretForm::MicrosoftValue => Check::ok(id, "The client secret has the form of a Value."),
        SecretForm::GoogleValue => Check::ok(id, "The client secret has the form of a secret of Google."),
        SecretForm::Masked => Check::unknown(id, "The client secret is masked here."),
        SecretForm::Encrypted => Check::unknown(id, "The client secret is encrypted by Jira here."),
        SecretForm::Other => {
            let fix = "Compare its length and its first characters with the Value in your records; if in doubt, create a new one.";
            Check::warning(id, "The client secret has an unusual form.", fix)
        }
    }
}
