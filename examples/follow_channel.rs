//! Follows a log in a thread and receives its findings through a bounded channel. A writer adds a failure
//! every 50 ms; the example ends after three: `cargo run --example follow_channel`.

use std::{
    error::Error,
    fs::{self, OpenOptions},
    io::Write,
    ops::ControlFlow,
    path::Path,
    process,
    sync::{Arc, mpsc},
    thread,
    time::{Duration, Instant},
};

use oauthsift::{Catalogue, Engine, Event, Finding, Follow, StartPosition};

/// Findings that wait for the receiver. When they are this many, following waits.
const CHANNEL_SIZE: usize = 16;
/// The example never runs longer.
const MAX_RUN_TIME: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::temp_dir().join(format!("oauthsift-example-{}-jira.log", process::id()));
    fs::write(&path, "")?;
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let (sender, receiver) = mpsc::sync_channel::<Finding>(CHANNEL_SIZE);
    let received = thread::scope(|scope| -> Result<usize, Box<dyn Error>> {
        scope.spawn(|| {
            let end = Instant::now() + MAX_RUN_TIME;
            let follow = Follow::new(&engine).paths([&path]).from(StartPosition::Start).poll(Duration::from_millis(10));
            let summary = follow.run(
                || Instant::now() >= end,
                |event| match event {
                    // The receiver is gone: end here.
                    Event::Finding(followed) if sender.send(followed.finding.clone()).is_err() => {
                        ControlFlow::Break(())
                    }
                    _ => ControlFlow::Continue(()),
                },
            );
            // Lets the receiver end, too.
            drop(sender);
            if let Err(error) = summary {
                eprintln!("{error}");
            }
        });
        for number in 0..3 {
            append(&path, number)?;
            thread::sleep(Duration::from_millis(50));
        }
        // A further record: the last one of a log counts as complete only after a quiet time.
        append(&path, 3)?;
        let mut received = 0;
        for finding in receiver.iter().take(3) {
            println!("line {}: {}", finding.line, finding.title);
            received += 1;
        }
        // Dropped here, so that the follow ends at its next finding, at the latest when its time is up.
        drop(receiver);
        append(&path, 4)?;
        append(&path, 5)?;
        Ok(received)
    })?;
    fs::remove_file(&path)?;
    assert_eq!(received, 3);
    Ok(())
}

fn append(path: &Path, number: u32) -> Result<(), Box<dyn Error>> {
    let mut log = OpenOptions::new().append(true).open(path)?;
    writeln!(
        log,
        "2026-01-05 20:34:0{number},014+0000 http-nio-8080-exec-3 ERROR admin 1x1x1 abc12 \
         /rest/oauth2-client/latest/config/flow/1 [] Error occurred while authorizing an integration. The error \
         message is: AADSTS7000215: Invalid client secret provided."
    )?;
    Ok(())
}
