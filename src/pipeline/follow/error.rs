//! Why following cannot start.

use std::{fmt, path::PathBuf};

use crate::source::tail::StateError;

/// Why following cannot start. Nothing was followed.
#[derive(Debug)]
#[non_exhaustive]
pub enum FollowError {
    /// The state file cannot be used.
    State(StateError),
    /// A path leads to something that can never be followed.
    Path {
        /// The path as it was given.
        path: PathBuf,
        /// What it leads to, and what to do.
        reason: String,
    },
}

impl fmt::Display for FollowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State(error) => error.fmt(f),
            Self::Path { path, reason } => write!(f, "cannot follow {}: {reason}", path.display()),
        }
    }
}

impl std::error::Error for FollowError {}

impl From<StateError> for FollowError {
    fn from(error: StateError) -> Self {
        Self::State(error)
    }
}
