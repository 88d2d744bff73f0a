//! From a record to evidence. Every extractor is a pure function of bytes.

mod callback;
mod cloud;
mod context;
mod elsewhere;
mod guid;
mod markers;
mod message;
mod oauth_response;
mod provider_error;
mod proxy;
mod quotation;
pub(crate) mod redact;
mod refresh;
mod subject;
mod suppressed;
mod unescape;
mod url_answer;
mod user_field;

pub(crate) use callback::{CALLBACK_ID_BYTES, CALLBACK_PATH, callback_ids, starts_with_callback_id};
pub(crate) use cloud::{Cloud, Clouds, clouds};
pub(crate) use context::{Contexts, OIDC_PATHS, is_interactive, of_header, of_logger, of_pasted, of_request, of_text};
pub(crate) use elsewhere::failed_elsewhere;
pub(crate) use guid::{GUID_BYTES, is_guid};
pub(crate) use message::{code_position, failing_host, failing_sentence, has_other_provider, outermost_exception};
pub(crate) use oauth_response::{OAuthResponse, http_status, parse_oauth_response};
pub(crate) use provider_error::{ProviderError, ProviderErrors, provider_errors};
pub(crate) use proxy::failed_proxy;
pub(crate) use quotation::{Assertion, CodeForm, assess};
pub(crate) use refresh::is_refreshing;
pub(crate) use subject::{Subject, flow_id, subject};
pub(crate) use suppressed::suppressed;
pub(crate) use unescape::undo_escapes;
pub(crate) use url_answer::{may_have_url_answer, with_url_answer};
pub(crate) use user_field::{user_fields, without_fields};
