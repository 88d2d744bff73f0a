//! The shapes in which Jira writes a failure.

use super::{
    Truth, failures,
    failures::{Coded, Codeless},
    template::Template,
    world::{Sender, World, number},
};

/// How a failure is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    Indented,
    Crlf,
    OneLine,
    StackTrace,
    Json,
    MailLog,
    MaskedDate,
    Network,
    Mailbox,
    LostState,
}

/// Each shape, and how often it comes in one round of all.
const ROUND: [(Shape, usize); 10] = [
    (Shape::Indented, 9),
    (Shape::Crlf, 2),
    (Shape::OneLine, 5),
    (Shape::StackTrace, 5),
    (Shape::Json, 3),
    (Shape::MailLog, 3),
    (Shape::MaskedDate, 1),
    (Shape::Network, 2),
    (Shape::Mailbox, 2),
    (Shape::LostState, 1),
];

const MAILBOXES: [&str; 4] = ["Contoso Mailbox", "Contoso Support", "365 IMAP", "HR Requests"];

/// Frames below the failed exchange of a token; `\n` and `\t` as in templates.
const TOKEN_FRAMES: &str = r"
\tat com.atlassian.oauth2.client.lib.token.DefaultTokenService.forceRefresh(DefaultTokenService.java:#n)
\tat com.atlassian.oauth2.client.lib.token.DefaultTokenHandler.refreshTokenIfNeeded(DefaultTokenHandler.java:#n)
\tat com.atlassian.oauth2.client.lib.token.DefaultTokenHandler.execute(DefaultTokenHandler.java:#n)
\tat com.atlassian.jira.internal.mail.processor.feature.puller.MailPullerWorker.pullMailFromAuthenticatedChannel(MailPullerWorker.java:#n)
\tat com.atlassian.jira.internal.mail.processor.feature.puller.MailPullerWorker.pullMailFromAllValidConnections(MailPullerWorker.java:#n)
\tat com.atlassian.jira.internal.mail.processor.services.MailPullerService.run(MailPullerService.java:#n)
\tat com.atlassian.scheduler.core.JobLauncher.runJob(JobLauncher.java:#n)
\tat com.atlassian.scheduler.caesium.impl.SchedulerQueueWorker.run(SchedulerQueueWorker.java:#n)
\tat java.base/java.lang.Thread.run(Thread.java:833)
";

/// A list that is gone through again and again.
#[derive(Debug, Clone)]
struct Cycle<T> {
    list: Vec<T>,
    at: usize,
}

impl<T> Cycle<T> {
    fn new(world: &mut World, mut list: Vec<T>) -> Self {
        world.dice.shuffle(&mut list);
        Self { list, at: 0 }
    }

    fn next(&mut self) -> &T {
        self.at = (self.at + 1) % self.list.len();
        &self.list[self.at]
    }
}

/// Writes failures.
#[derive(Debug, Clone)]
pub(super) struct Failures {
    shapes: Cycle<Shape>,
    coded: Cycle<Coded>,
    network: Cycle<Codeless>,
    mailbox: Cycle<Codeless>,
    crlf_inside: bool,
    flow: Template,
    callback: Template,
    frames: Template,
    /// The code and its sentence.
    said: Vec<u8>,
    /// The same and the ids behind it.
    told: Vec<u8>,
}

impl Failures {
    pub(super) fn new(world: &mut World) -> Self {
        let round = ROUND.iter().flat_map(|(shape, times)| std::iter::repeat_n(*shape, *times)).collect();
        Self {
            shapes: Cycle::new(world, round),
            coded: Cycle::new(world, failures::coded()),
            network: Cycle::new(world, failures::network()),
            mailbox: Cycle::new(world, failures::mailbox()),
            crlf_inside: true,
            flow: Template::new("/rest/oauth2-client/latest/config/flow/#g"),
            callback: Template::new("/plugins/servlet/oauth2/client/callback/#x"),
            frames: Template::new(&TOKEN_FRAMES.trim_start().replace('\n', "\\n")),
            said: Vec::new(),
            told: Vec::new(),
        }
    }

    pub(super) fn set_crlf_inside(&mut self, wanted: bool) {
        self.crlf_inside = wanted;
    }

    /// Appends one failure; offset and lines of its truth are the caller's to fill in.
    pub(super) fn write(&mut self, world: &mut World, out: &mut Vec<u8>) -> Truth {
        match *self.shapes.next() {
            Shape::Network => self.network(world, out),
            Shape::Mailbox => self.mailbox(world, out),
            Shape::LostState => self.lost_state(world, out),
            Shape::Crlf if !self.crlf_inside => self.coded(world, Shape::Indented, out),
            shape => self.coded(world, shape, out),
        }
    }

    fn coded(&mut self, world: &mut World, shape: Shape, out: &mut Vec<u8>) -> Truth {
        let start = out.len();
        let mail = shape == Shape::MailLog;
        if mail {
            mail_header(world, out);
            out.extend_from_slice(b"Refresh Token Failed. Reported Reason: ");
        } else {
            self.flow_header(world, out);
        }
        if shape == Shape::MaskedDate {
            out[start + 5..start + 10].copy_from_slice(b"xx-xx");
        }
        let (trace, correlation) = (world.dice.guid(), world.dice.guid());
        let time = world.clock.seconds_ago(world.dice.below(4));
        let Coded { code, error, pattern, text } = self.coded.next();
        self.said.clear();
        self.said.extend_from_slice(b"AADSTS");
        number(u64::from(*code), &mut self.said);
        self.said.extend_from_slice(b": ");
        text.render(&mut world.dice, &mut self.said);
        let between: &[u8] = match shape {
            Shape::OneLine | Shape::MailLog => b" ",
            Shape::Crlf => b"\r\n    ",
            Shape::Json => br"\r\n",
            _ => b"\n    ",
        };
        self.told.clear();
        let ids: [&[u8]; 3] = [&trace, &correlation, &time];
        self.told.extend_from_slice(&self.said);
        for (label, id) in ["Trace ID: ", "Correlation ID: ", "Timestamp: "].into_iter().zip(ids) {
            self.told.extend_from_slice(between);
            self.told.extend_from_slice(label.as_bytes());
            self.told.extend_from_slice(id);
        }
        self.told.push(b'Z');
        match shape {
            Shape::Json => {
                out.extend_from_slice(br#"Error when fetching authorization response: {"error_description":""#);
                for byte in &self.told {
                    // The library escapes slashes.
                    if *byte == b'/' {
                        out.push(b'\\');
                    }
                    out.push(*byte);
                }
                out.extend_from_slice(br#"","error":""#);
                out.extend_from_slice(error.as_bytes());
                out.extend_from_slice(br#"","error_codes":["#);
                number(u64::from(*code), out);
                for (key, id) in [r#"],"timestamp":""#, r#"Z","trace_id":""#, r#"","correlation_id":""#]
                    .into_iter()
                    .zip([ids[2], ids[0], ids[1]])
                {
                    out.extend_from_slice(key.as_bytes());
                    out.extend_from_slice(id);
                }
                out.extend_from_slice(br#"","error_uri":"https:\/\/login.microsoftonline.com\/error?code="#);
                number(u64::from(*code), out);
                out.extend_from_slice(b"\"}\n");
            }
            Shape::StackTrace => {
                out.extend_from_slice(&self.told);
                out.extend_from_slice(b"\ncom.atlassian.oauth2.client.api.storage.token.exception.RecoverableTokenException: An error has occurred while refreshing OAuth token\n");
                self.frames.render(&mut world.dice, out);
                out.extend_from_slice(b"Caused by: com.atlassian.oauth2.client.api.lib.token.TokenServiceException: ");
                out.extend_from_slice(if world.dice.below(2) == 0 { &self.told } else { &self.said });
                out.extend_from_slice(b"\n\tat com.atlassian.oauth2.client.lib.token.DefaultTokenService.getToken(DefaultTokenService.java:104)\n\t... 9 more\n");
            }
            _ => {
                out.extend_from_slice(&self.told);
                out.push(b'\n');
            }
        }
        let id = |guid: [u8; 36]| Some(guid.map(char::from).iter().collect());
        let name = match shape {
            Shape::Crlf => "crlf",
            Shape::OneLine => "one line",
            Shape::StackTrace => "stack trace",
            Shape::Json => "json",
            Shape::MailLog => "mail log",
            Shape::MaskedDate => "masked date",
            _ => "indented",
        };
        Truth { code: Some(*code), trace_id: id(trace), correlation_id: id(correlation), ..truth(name, pattern) }
    }

    /// The thread that polls a flow, up to the reason.
    fn flow_header(&self, world: &mut World, out: &mut Vec<u8>) {
        world.request(Sender::Admin, b"ERROR", &self.flow, out);
        // Some versions log no class here.
        let logger: &[u8] =
            if world.dice.below(8) == 0 { b"[]" } else { b"[c.a.o.c.rest.resource.ClientConfigurationResource]" };
        out.extend_from_slice(logger);
        out.extend_from_slice(b" Error occurred while authorizing an integration. The error message is: ");
    }

    fn network(&mut self, world: &mut World, out: &mut Vec<u8>) -> Truth {
        self.flow_header(world, out);
        let Codeless { pattern, text } = self.network.next();
        text.render(&mut world.dice, out);
        out.push(b'\n');
        truth("codeless", pattern)
    }

    fn mailbox(&mut self, world: &mut World, out: &mut Vec<u8>) -> Truth {
        mail_header(world, out);
        let Codeless { pattern, text } = self.mailbox.next();
        out.extend_from_slice(b"Exception when MailPullerWorker pulls emails: ");
        text.render(&mut world.dice, out);
        out.push(b'\n');
        self.frames.render(&mut world.dice, out);
        truth("mailbox", pattern)
    }

    fn lost_state(&self, world: &mut World, out: &mut Vec<u8>) -> Truth {
        world.request(Sender::Admin, b"WARN", &self.callback, out);
        out.extend_from_slice(b"[c.a.o.c.lib.web.AuthorizationCodeFlowServlet] Can't complete OAuth 2.0 authorization code flow - unknown state returned by authorization server\n");
        truth("lost state", "jira-state-unknown")
    }
}

/// The layout of the incoming mail log: the level comes first, there is no logger.
fn mail_header(world: &mut World, out: &mut Vec<u8>) {
    world.stamp(out);
    out.extend_from_slice(b" ERROR [");
    out.extend_from_slice(world.dice.pick(&MAILBOXES).as_bytes());
    out.extend_from_slice(b"] Caesium-1-");
    number(1 + world.dice.below(4) as u64, out);
    out.extend_from_slice(b" ServiceRunner     ");
}

fn truth(shape: &'static str, pattern: &'static str) -> Truth {
    Truth {
        offset: 0,
        line: 0,
        lines: 0,
        code: None,
        trace_id: None,
        correlation_id: None,
        shape,
        pattern: Some(pattern),
    }
}
