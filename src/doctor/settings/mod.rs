//! What an administrator has entered, as far as it may be kept: no secret, no token, no user name.

mod java;
mod known_secrets;
mod secret;
mod types;
mod url;

pub use java::{JavaArguments, ProxySettings};
pub(crate) use known_secrets::Secrets;
pub use secret::SecretForm;
pub(crate) use secret::form_of;
pub use types::{ClientId, Integration, Jira, MailServer, Scope, Settings, Source, Token};
pub use url::Endpoint;
pub(crate) use url::{host_name, is_guid};
