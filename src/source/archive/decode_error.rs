//! What is wrong with compressed data, as a person reads it: the messages of decoders name their own parts.

use std::{error::Error, fmt, io};

/// An error of what a decoder reads, which passes through it unchanged.
#[derive(Debug)]
struct InputError(io::Error);

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for InputError {}

/// Marks an error of the input of a decoder, so that [`explained`] does not take it for one of the decoder.
pub(super) fn of_input(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::Interrupted => error,
        kind => io::Error::new(kind, InputError(error)),
    }
}

/// Puts an error of a decoder into plain words. An error of its input is as it was.
pub(super) fn explained(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::Interrupted {
        return error;
    }
    if let Some(input) = causes(&error).find_map(|cause| cause.downcast_ref::<InputError>()) {
        return io::Error::new(input.0.kind(), input.0.to_string());
    }
    let is_cut_off = |error: &io::Error| error.kind() == io::ErrorKind::UnexpectedEof;
    let text = error.to_string().to_ascii_lowercase();
    if is_cut_off(&error) || causes(&error).filter_map(|cause| cause.downcast_ref()).any(is_cut_off) {
        return io::Error::new(io::ErrorKind::UnexpectedEof, "it is cut off");
    }
    let message = if error.kind() == io::ErrorKind::Unsupported || text.contains("dictionary id") {
        "it uses a filter or a dictionary that is not supported: decode it yourself"
    } else if error.kind() == io::ErrorKind::OutOfMemory
        || ["windowtoobig", "too big"].iter().any(|words| text.contains(words))
    {
        "to decode it takes more than about 100 MiB of memory, which is the limit: decode it yourself, or compress it again \
         without a larger dictionary or window"
    } else if text.contains("check") || text.contains("crc") {
        "its checksum is wrong: some of its bytes have changed"
    } else {
        "it is damaged"
    };
    io::Error::new(io::ErrorKind::InvalidData, message)
}

/// What is within an error: the error that it holds, and the source of each.
fn causes<'e>(error: &'e io::Error) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    let held = |error: &'e io::Error| error.get_ref().map(|error| error as &'e (dyn Error + 'static));
    std::iter::successors(held(error), move |error| {
        let error: &'e (dyn Error + 'static) = *error;
        error.downcast_ref::<io::Error>().map_or_else(|| error.source(), held)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_input_is_as_it_was() {
        let denied = || io::Error::new(io::ErrorKind::PermissionDenied, "the share is gone");
        let wrapped = io::Error::other(of_input(denied()));
        for error in [of_input(denied()), wrapped] {
            let error = explained(error);
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (io::ErrorKind::PermissionDenied, "the share is gone")
            );
        }
        let busy = of_input(io::ErrorKind::Interrupted.into());
        assert_eq!(explained(busy).kind(), io::ErrorKind::Interrupted);
    }

    #[test]
    fn an_end_that_is_missing_is_found_within_other_errors() {
        let within = io::Error::other(io::Error::from(io::ErrorKind::UnexpectedEof));
        assert_eq!(explained(within).to_string(), "it is cut off");
    }
}
