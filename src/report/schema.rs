//! The JSON Schema of the report, from its types.
//!
//! Most types derive theirs. Those here are also compiled into the build script, which has no use
//! for schemas, so theirs stand apart.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema};

use super::summary::Report;
use crate::{
    catalogue::Reference,
    model::{Provider, Severity, Stage},
};

/// The JSON Schema (draft 2020-12) of `oauthsift.report/1`. Every key is always there; absent values
/// are null. Later versions add keys, so unknown ones are allowed.
#[must_use]
pub fn schema() -> Schema {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "oauthsift report".into());
    schema
}

fn words(description: &str, words: &[impl serde::Serialize]) -> Schema {
    json_schema!({ "description": description, "type": "string", "enum": words })
}

impl JsonSchema for Severity {
    fn schema_name() -> Cow<'static, str> {
        "Severity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        words("How much a failure matters to the running integration.", &Self::ALL)
    }
}

impl JsonSchema for Stage {
    fn schema_name() -> Cow<'static, str> {
        "Stage".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A new stage does not compile until it stands in the list as well.
        let all = match Self::Unknown {
            Self::Authorize
            | Self::Callback
            | Self::Token
            | Self::Refresh
            | Self::Mailbox
            | Self::Transport
            | Self::Configuration
            | Self::Unknown => [
                Self::Authorize,
                Self::Callback,
                Self::Token,
                Self::Refresh,
                Self::Mailbox,
                Self::Transport,
                Self::Configuration,
                Self::Unknown,
            ],
        };
        words("The step of the OAuth 2.0 life of an integration that failed.", &all)
    }
}

impl JsonSchema for Provider {
    fn schema_name() -> Cow<'static, str> {
        "Provider".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let all = match Self::Other {
            Self::Microsoft | Self::Google | Self::Other => [Self::Microsoft, Self::Google, Self::Other],
        };
        words("Who answered, or should have answered.", &all)
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let text = generator.subschema_for::<String>();
        json_schema!({
            "description": "A page.",
            "type": "object",
            "properties": { "title": text, "url": text },
            "required": ["title", "url"],
        })
    }
}
