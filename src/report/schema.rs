//! The JSON Schema of the report, generated from its types.
//!
//! Most types derive theirs. The types in this file are also compiled into the build script, which
//! does not depend on schemars, so their schemas are written by hand.

use std::borrow::Cow;

use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema, transform::RecursiveTransform,
};
use serde_json::Value;

use super::summary::Report;
use crate::{
    catalogue::Reference,
    model::{Provider, Severity, Stage},
};

/// The JSON Schema (draft 2020-12) of `oauthsift.report/1`. Every key is always present; absent values
/// are null. Later versions may add keys, so unknown keys are allowed.
#[must_use]
pub fn schema() -> Schema {
    let settings =
        SchemaSettings::draft2020_12().for_serialize().with_transform(RecursiveTransform(join_description_lines));
    let mut schema = settings.into_generator().into_root_schema_for::<Report>();
    schema.insert("title".to_owned(), "oauthsift report".into());
    schema
}

/// Descriptions come from doc comments, whose lines end where the source code's do.
fn join_description_lines(schema: &mut Schema) {
    if let Some(Value::String(description)) = schema.get_mut("description") {
        let paragraphs: Vec<String> = description.split("\n\n").map(|text| text.replace('\n', " ")).collect();
        *description = paragraphs.join("\n\n");
    }
}

fn string_enum(description: &str, values: &[impl serde::Serialize]) -> Schema {
    json_schema!({ "description": description, "type": "string", "enum": values })
}

impl JsonSchema for Severity {
    fn schema_name() -> Cow<'static, str> {
        "Severity".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        string_enum(
            "How much a failure affects the integration: `critical` (mail or sign-in has stopped and does not recover on its own), `error` (this flow, refresh or login failed), `warning` (fails at times, or will fail), `info` (nothing is broken).",
            &Self::ALL,
        )
    }
}

impl JsonSchema for Stage {
    fn schema_name() -> Cow<'static, str> {
        "Stage".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        // A new stage does not compile until it is added to this list.
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
        string_enum(
            "Step of the OAuth 2.0 flow that failed: `authorize` (browser at the authorization endpoint), `callback` (redirect back to Jira), `token` (exchange of the authorization code), `refresh` (exchange of the refresh token), `mailbox` (login at the mail server with a token), `transport` (DNS, TCP, TLS or proxy on the way to the provider), `configuration` (Jira's own settings or stored data), `unknown`.",
            &all,
        )
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
        string_enum("The OAuth 2.0 provider that answered, or should have: `microsoft`, `google` or `other`.", &all)
    }
}

impl JsonSchema for Reference {
    fn schema_name() -> Cow<'static, str> {
        "Reference".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let string = generator.subschema_for::<String>();
        json_schema!({
            "description": "A page of documentation.",
            "type": "object",
            "properties": { "title": string, "url": string },
            "required": ["title", "url"],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schema_file_is_that_of_the_types() {
        let file: Value = serde_json::from_str(include_str!("../../docs/report.schema.json")).expect("JSON");
        assert!(file == schema().to_value(), "outdated: cargo run --features schema --example write_schemas");
    }
}
