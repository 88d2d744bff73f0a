//! From a record to evidence. Every extractor is a pure function over bytes with a table of tests.

mod cloud;
mod context;
mod exception;
mod host;
mod markers;
mod oauth_response;
mod provider_error;
mod quotation;
pub mod redact;
mod sentence;
mod subject;
mod unescape;

pub use cloud::{Cloud, Clouds, clouds};
pub use context::{Contexts, of_header, of_text};
pub(crate) use context::{of_logger, of_request};
pub use exception::outermost;
pub use host::failing_host;
pub use oauth_response::{OAuthResponse, http_status, parse_oauth_response};
pub use provider_error::{ProviderError, ProviderErrors, provider_errors};
pub use quotation::{Assertion, CodeForm, assess};
pub use sentence::failing_sentence;
pub use subject::{Subject, flow_id, subject};
pub use unescape::undo_escapes;
