//! What is right: the data of `patterns/settings/`, and what follows from it for one choice.

mod data;
mod format;
mod resolve;
#[cfg(test)]
mod validate;

pub use data::Guide;
pub(crate) use format::version_of;
pub use format::{
    CheckInfo, CloudGuide, FeatureGuide, FieldGuide, GenerationGuide, JiraGuide, ProtocolGuide, ProviderGuide,
    ScreenGuide, TenantGuide,
};
pub use resolve::{Choice, ChoiceError, Field, Recommendation, Screen};
