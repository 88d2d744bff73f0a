//! Layouts in which Jira or a log shipper writes one event.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// An event as a logger gets it.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) level: &'static str,
    pub(crate) thread: String,
    pub(crate) user: &'static str,
    /// Request path; none in background threads.
    pub(crate) url: Option<String>,
    pub(crate) logger: &'static str,
    pub(crate) message: String,
    /// The event's exception and its causes, outermost first.
    pub(crate) chain: Vec<(&'static str, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Layout {
    /// `atlassian-jira.log`.
    Jira,
    /// `atlassian-jira-incoming-mail.log`, `-outgoing-mail.log`.
    Mail,
    /// `atlassian-jira-security.log`: no level, no logger.
    Security,
    /// `logstash-logback-encoder` and log4j's Logstash form.
    Logstash,
    /// Elastic Common Schema with flat keys.
    Ecs,
    /// log4j's `JsonLayout`, the exception as an object.
    Log4jJson,
    /// Graylog.
    Gelf,
}

/// The layouts; the two of Jira's own text are worth more than the others.
pub(crate) const LAYOUTS: [Layout; 7] =
    [Layout::Jira, Layout::Mail, Layout::Jira, Layout::Logstash, Layout::Ecs, Layout::Log4jJson, Layout::Gelf];

/// `com.example.mail.Puller` as `c.e.mail.Puller`, as long as it is long.
fn abbreviated(logger: &str) -> String {
    let mut parts: Vec<&str> = logger.split('.').collect();
    for i in 0..parts.len() - 1 {
        if parts.join(".").len() <= 40 {
            break;
        }
        parts[i] = &parts[i][..1];
    }
    parts.join(".")
}

fn frames(out: &mut String, class: &str, first: bool) {
    writeln!(out, "\tat {class}.execute({}.java:119)", class.rsplit('.').next().unwrap_or(class)).expect("a text");
    if first {
        out.push_str("\tat com.atlassian.scheduler.caesium.impl.CaesiumSchedulerService.executeQueuedJob(CaesiumSchedulerService.java:452)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n");
    } else {
        out.push_str("\t... 9 more\n");
    }
}

fn trace(event: &Event) -> String {
    let mut out = String::new();
    for (i, (class, message)) in event.chain.iter().enumerate() {
        let caused = if i == 0 { "" } else { "Caused by: " };
        writeln!(out, "{caused}{class}: {message}").expect("a text");
        frames(&mut out, event.logger, i == 0);
    }
    out
}

fn thrown(chain: &[(&'static str, String)], outermost: bool) -> Value {
    let Some(((class, message), rest)) = chain.split_first() else { return Value::Null };
    let mut value = json!({
        "commonElementCount": if outermost { 0 } else { 9 },
        "localizedMessage": message,
        "message": message,
        "name": class,
        "extendedStackTrace": [{ "class": class, "method": "execute", "file": "X.java", "line": 119 }],
    });
    if !rest.is_empty() {
        value["cause"] = thrown(rest, false);
    }
    value
}

/// One record, with its last line break. `at` counts the seconds of the log.
pub(crate) fn render(event: &Event, layout: Layout, at: usize) -> String {
    let (minute, second) = (at / 60 % 60, at % 60);
    let Event { level, thread, user, logger, message, .. } = event;
    let stamp = format!("2026-03-03 10:{minute:02}:{second:02},417+0100");
    let instant = format!("2026-03-03T09:{minute:02}:{second:02}.417Z");
    let request = event.url.as_ref().map(|url| format!("615x{at}x1 1k28so 203.0.113.{} {url} ", 1 + at % 250));
    let trace = trace(event);
    // Logback's and syslog's number of the level.
    let numbers = match *level {
        "ERROR" | "FATAL" => (40_000, 3),
        "WARN" => (30_000, 4),
        "INFO" => (20_000, 6),
        _ => (10_000, 7),
    };
    match layout {
        Layout::Jira => {
            let request = request.unwrap_or_else(|| "    ".to_owned());
            format!("{stamp} {thread} {level} {user} {request}[{}] {message}\n{trace}", abbreviated(logger))
        }
        Layout::Mail => format!("{stamp} {level} [Contoso Mail] {thread} {user}     {message}\n{trace}"),
        Layout::Security => {
            format!("{stamp} {thread} {user} {}{message}\n", request.unwrap_or_else(|| "    ".to_owned()))
        }
        Layout::Logstash => {
            let mut value = json!({
                "@timestamp": instant, "@version": "1", "message": message, "logger_name": logger,
                "thread_name": thread, "level": level, "level_value": numbers.0,
            });
            if !trace.is_empty() {
                value["stack_trace"] = trace.into();
            }
            format!("{value}\n")
        }
        Layout::Ecs => {
            let mut value = json!({
                "@timestamp": instant, "ecs.version": "1.2.0", "log.level": level, "message": message,
                "process.thread.name": thread, "log.logger": logger, "service.name": "jira",
            });
            if let Some((class, message)) = event.chain.first() {
                value["error.type"] = (*class).into();
                value["error.message"] = message.clone().into();
                value["error.stack_trace"] = trace.into();
            }
            format!("{value}\n")
        }
        Layout::Log4jJson => {
            let mut value = json!({
                "instant": { "epochSecond": 1_772_528_400 + at, "nanoOfSecond": 417_000_000 },
                "thread": thread, "level": level, "loggerName": logger, "message": message,
                "endOfBatch": false, "loggerFqcn": "org.apache.logging.slf4j.Log4jLogger",
            });
            if !event.chain.is_empty() {
                value["thrown"] = thrown(&event.chain, true);
            }
            format!("{value}\n")
        }
        Layout::Gelf => {
            let mut value = json!({
                "version": "1.1", "host": "jira-1", "short_message": message, "level": numbers.1,
                "timestamp": 1_772_528_400.417 + at as f64, "_logger": logger, "_thread": thread,
            });
            if !trace.is_empty() {
                value["full_message"] = trace.into();
            }
            format!("{value}\n")
        }
    }
}
