//! oauthsift in a browser: the WebAssembly module of the page.
//!
//! It runs in a worker, which calls [`run`] with a request as JSON; `host.rs` lists what the worker
//! provides. `request.rs` lists the requests.

#![warn(missing_docs)]

mod doctor_report;
mod host;
mod look_up;
mod page_file;
mod request;
mod scan;
mod settings;
mod spool;
mod ticket;

use std::{
    panic,
    sync::{Arc, OnceLock},
};

use oauthsift::{Catalogue, Engine};
use serde::Serialize;

use request::Request;

/// Reserves memory for a request of so many bytes.
#[unsafe(no_mangle)]
pub extern "C" fn reserve(len: usize) -> *mut u8 {
    Box::leak(vec![0; len].into_boxed_slice()).as_mut_ptr()
}

/// Carries out a request: JSON of `len` bytes at `request`, which [`reserve`] has returned for that length. The reply goes
/// to the host before this returns.
///
/// # Safety
/// `request` and `len` are those of one call of [`reserve`], and used once.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn run(request: *mut u8, len: usize) {
    // SAFETY: the caller's promise; `reserve` has leaked a box of this length.
    let request = unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(request, len)) };
    panic::set_hook(Box::new(|info| host::panicked(&info.to_string())));
    match serde_json::from_slice(&request) {
        Ok(request) => answer(request),
        Err(error) => host::reply(&Failure { error: format!("not a request: {error}") }),
    }
}

/// The reply to a request that could not be carried out.
#[derive(Debug, Serialize)]
struct Failure {
    error: String,
}

fn answer(request: Request) {
    let failed = |error: &dyn std::fmt::Display| host::reply(&Failure { error: error.to_string() });
    match request {
        Request::Start => host::reply(&look_up::start(engines())),
        Request::LookUp { text } => match look_up::look_up(engines().catalogue(), &text) {
            Ok(found) => host::reply(&found),
            Err(error) => failed(&error),
        },
        Request::Scan { inputs, options, format } => match scan::scan(engines(), &inputs, &options, format) {
            Ok(outcome) => host::reply(&outcome),
            Err(error) => failed(&error),
        },
        Request::Ticket { inputs, options, checks } => {
            match ticket::ticket(engines(), &inputs, &options, checks.as_deref()) {
                Ok(outcome) => host::reply(&outcome),
                Err(error) => failed(&error),
            }
        }
    }
}

/// The engines of this worker.
#[derive(Debug)]
struct Engines {
    /// For formats that show weaker matches, and for tickets.
    complete: Engine,
    /// Faster, for the rest.
    without_also: Engine,
}

impl Engines {
    fn catalogue(&self) -> &Arc<Catalogue> {
        self.complete.catalogue()
    }
}

fn engines() -> &'static Engines {
    static ENGINES: OnceLock<Engines> = OnceLock::new();
    ENGINES.get_or_init(|| {
        let complete = Engine::new(Arc::new(Catalogue::builtin()));
        Engines { without_also: complete.clone().without_also(), complete }
    })
}
