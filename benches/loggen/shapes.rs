//! The shapes in which Jira writes a failure.

use super::{
    Truth, failures,
    failures::{Coded, Codeless},
    jira::{Jira, Sender},
    rng::push_decimal,
    template::Template,
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

/// How often each shape occurs in one round.
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

/// Stack frames of a failed token request; `\n` and `\t` as in templates.
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

/// A shuffled list that is repeated endlessly.
#[derive(Debug, Clone)]
struct Cycle<T> {
    list: Vec<T>,
    at: usize,
}

impl<T> Cycle<T> {
    fn new(jira: &mut Jira, mut list: Vec<T>) -> Self {
        jira.rng.shuffle(&mut list);
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
    /// The code and its text.
    message: Vec<u8>,
    /// The same, followed by the ids.
    message_with_ids: Vec<u8>,
}

impl Failures {
    pub(super) fn new(jira: &mut Jira, own_applications: bool) -> Self {
        let round = ROUND.iter().flat_map(|(shape, times)| std::iter::repeat_n(*shape, *times)).collect();
        Self {
            shapes: Cycle::new(jira, round),
            coded: Cycle::new(jira, failures::coded(own_applications)),
            network: Cycle::new(jira, failures::network()),
            mailbox: Cycle::new(jira, failures::mailbox()),
            crlf_inside: true,
            flow: Template::new("/rest/oauth2-client/latest/config/flow/#g"),
            callback: Template::new("/plugins/servlet/oauth2/client/callback/#x"),
            frames: Template::new(&TOKEN_FRAMES.trim_start().replace('\n', "\\n")),
            message: Vec::new(),
            message_with_ids: Vec::new(),
        }
    }

    pub(super) fn set_crlf_inside(&mut self, enabled: bool) {
        self.crlf_inside = enabled;
    }

    /// Appends one failure. The caller fills in offset and lines of the returned truth.
    pub(super) fn write(&mut self, jira: &mut Jira, out: &mut Vec<u8>) -> Truth {
        match *self.shapes.next() {
            Shape::Network => self.network(jira, out),
            Shape::Mailbox => self.mailbox(jira, out),
            Shape::LostState => self.lost_state(jira, out),
            Shape::Crlf if !self.crlf_inside => self.coded(jira, Shape::Indented, out),
            shape => self.coded(jira, shape, out),
        }
    }

    fn coded(&mut self, jira: &mut Jira, shape: Shape, out: &mut Vec<u8>) -> Truth {
        let start = out.len();
        let mail = shape == Shape::MailLog;
        if mail {
            mail_header(jira, out);
            out.extend_from_slice(b"Refresh Token Failed. Reported Reason: ");
        } else {
            self.flow_header(jira, out);
        }
        if shape == Shape::MaskedDate {
            out[start + 5..start + 10].copy_from_slice(b"xx-xx");
        }
        let (trace, correlation) = (jira.rng.guid(), jira.rng.guid());
        let time = jira.clock.seconds_ago(jira.rng.below(4));
        let Coded { code, error, pattern, text } = self.coded.next();
        self.message.clear();
        self.message.extend_from_slice(b"AADSTS");
        push_decimal(u64::from(*code), &mut self.message);
        self.message.extend_from_slice(b": ");
        text.render(&mut jira.rng, &mut self.message);
        let separator: &[u8] = match shape {
            Shape::OneLine | Shape::MailLog => b" ",
            Shape::Crlf => b"\r\n    ",
            Shape::Json => br"\r\n",
            _ => b"\n    ",
        };
        self.message_with_ids.clear();
        let ids: [&[u8]; 3] = [&trace, &correlation, &time];
        self.message_with_ids.extend_from_slice(&self.message);
        for (label, id) in ["Trace ID: ", "Correlation ID: ", "Timestamp: "].into_iter().zip(ids) {
            self.message_with_ids.extend_from_slice(separator);
            self.message_with_ids.extend_from_slice(label.as_bytes());
            self.message_with_ids.extend_from_slice(id);
        }
        self.message_with_ids.push(b'Z');
        match shape {
            Shape::Json => {
                out.extend_from_slice(br#"Error when fetching authorization response: {"error_description":""#);
                for byte in &self.message_with_ids {
                    // The library escapes slashes.
                    if *byte == b'/' {
                        out.push(b'\\');
                    }
                    out.push(*byte);
                }
                out.extend_from_slice(br#"","error":""#);
                out.extend_from_slice(error.as_bytes());
                out.extend_from_slice(br#"","error_codes":["#);
                push_decimal(u64::from(*code), out);
                for (key, id) in [r#"],"timestamp":""#, r#"Z","trace_id":""#, r#"","correlation_id":""#]
                    .into_iter()
                    .zip([ids[2], ids[0], ids[1]])
                {
                    out.extend_from_slice(key.as_bytes());
                    out.extend_from_slice(id);
                }
                out.extend_from_slice(br#"","error_uri":"https:\/\/login.microsoftonline.com\/error?code="#);
                push_decimal(u64::from(*code), out);
                out.extend_from_slice(b"\"}\n");
            }
            Shape::StackTrace => {
                out.extend_from_slice(&self.message_with_ids);
                out.extend_from_slice(b"\ncom.atlassian.oauth2.client.api.storage.token.exception.RecoverableTokenException: An error has occurred while refreshing OAuth token\n");
                self.frames.render(&mut jira.rng, out);
                out.extend_from_slice(b"Caused by: com.atlassian.oauth2.client.api.lib.token.TokenServiceException: ");
                out.extend_from_slice(if jira.rng.below(2) == 0 { &self.message_with_ids } else { &self.message });
                out.extend_from_slice(b"\n\tat com.atlassian.oauth2.client.lib.token.DefaultTokenService.getToken(DefaultTokenService.java:104)\n\t... 9 more\n");
            }
            _ => {
                out.extend_from_slice(&self.message_with_ids);
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

    /// Appends the record start that the thread polling a flow writes, up to the reason.
    fn flow_header(&self, jira: &mut Jira, out: &mut Vec<u8>) {
        jira.request(Sender::Admin, b"ERROR", &self.flow, out);
        // Some versions log no class here.
        let logger: &[u8] =
            if jira.rng.below(8) == 0 { b"[]" } else { b"[c.a.o.c.rest.resource.ClientConfigurationResource]" };
        out.extend_from_slice(logger);
        out.extend_from_slice(b" Error occurred while authorizing an integration. The error message is: ");
    }

    fn network(&mut self, jira: &mut Jira, out: &mut Vec<u8>) -> Truth {
        self.flow_header(jira, out);
        let Codeless { pattern, text } = self.network.next();
        text.render(&mut jira.rng, out);
        out.push(b'\n');
        truth("codeless", pattern)
    }

    fn mailbox(&mut self, jira: &mut Jira, out: &mut Vec<u8>) -> Truth {
        mail_header(jira, out);
        let Codeless { pattern, text } = self.mailbox.next();
        out.extend_from_slice(b"Exception when MailPullerWorker pulls emails: ");
        text.render(&mut jira.rng, out);
        out.push(b'\n');
        self.frames.render(&mut jira.rng, out);
        truth("mailbox", pattern)
    }

    fn lost_state(&self, jira: &mut Jira, out: &mut Vec<u8>) -> Truth {
        jira.request(Sender::Admin, b"WARN", &self.callback, out);
        out.extend_from_slice(b"[c.a.o.c.lib.web.AuthorizationCodeFlowServlet] Can't complete OAuth 2.0 authorization code flow - unknown state returned by authorization server\n");
        truth("lost state", "jira-state-unknown")
    }
}

/// Appends a header of the incoming mail log: the level comes first, and there is no logger.
fn mail_header(jira: &mut Jira, out: &mut Vec<u8>) {
    jira.timestamp(out);
    out.extend_from_slice(b" ERROR [");
    out.extend_from_slice(jira.rng.pick(&MAILBOXES).as_bytes());
    out.extend_from_slice(b"] Caesium-1-");
    push_decimal(1 + jira.rng.below(4) as u64, out);
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
