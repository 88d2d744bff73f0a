//! The exception of a JSON log event as the text of a Java stack trace.
//!
//! JSON layouts write an exception as a trace in one string (ECS `error.stack_trace`, Logstash
//! `exception.stacktrace`, log4j `thrown.extendedStackTrace` with `stacktraceAsString`) or as an
//! object with its frames in an array and its cause nested (log4j's `JsonLayout`). Either way the
//! rest of the program sees `Class: message`, `\tat frame` and `Caused by: ` lines.

use serde_json::Value;

/// Keys of an event that hold an exception, as text or as an object.
const THROWABLE_KEYS: [&str; 12] = [
    "error.stack_trace",
    "stack_trace",
    "stackTrace",
    "stacktrace",
    "exception",
    "thrown",
    "throwable",
    "error",
    "exc_info",
    "throwableInformation",
    "err",
    "@x",
];
/// Keys of an exception object that hold the whole trace as text.
const TRACE_KEYS: [&str; 8] =
    ["extendedStackTrace", "stack_trace", "stackTrace", "stacktrace", "trace", "stack", "stepArray", "frames"];
/// Keys of an exception's class.
const CLASS_KEYS: [&str; 6] = ["name", "exception_class", "exceptionType", "type", "class", "className"];
/// Keys of an exception's message.
const MESSAGE_KEYS: [&str; 3] = ["message", "exception_message", "localizedMessage"];
/// How deep causes may be nested.
const MAX_CAUSES: usize = 32;
/// How many frames of one exception are kept: a cause is found by its class and message.
const MAX_FRAMES: usize = 64;

/// Appends the exceptions of `event` to `text`, each line ended. Nothing when it has none.
pub(super) fn push(text: &mut String, event: &Value) {
    for key in THROWABLE_KEYS {
        match &event[key] {
            Value::String(trace) => push_new(text, trace),
            Value::Array(lines) => {
                let lines: Vec<&str> = lines.iter().filter_map(Value::as_str).collect();
                push_new(text, &lines.join("\n"));
            }
            Value::Object(_) => {
                let mut trace = String::new();
                push_throwable(&mut trace, &event[key], 0);
                push_new(text, &trace);
            }
            _ => {}
        }
    }
    // Flat keys of ECS without a trace.
    if let (Some(class), Some(message)) = (event["error.type"].as_str(), event["error.message"].as_str()) {
        push_new(text, &format!("{class}: {message}"));
    }
}

/// Appends a trace, unless the text has it already: some layouts repeat it.
fn push_new(text: &mut String, trace: &str) {
    let first = trace.lines().next().unwrap_or_default();
    let repeated = !first.is_empty() && text.contains(trace.trim_end());
    if trace.is_empty() || repeated {
        return;
    }
    text.push_str(trace);
    if !text.ends_with('\n') {
        text.push('\n');
    }
}

fn push_throwable(text: &mut String, thrown: &Value, depth: usize) {
    let string = |keys: &[&str]| keys.iter().find_map(|key| thrown[*key].as_str());
    if let Some(trace) = string(&TRACE_KEYS) {
        // Some layouts write the frames only.
        if let Some(message) = string(&MESSAGE_KEYS)
            && !trace.contains(message)
        {
            push_headline(text, string(&CLASS_KEYS), Some(message));
        }
        text.push_str(trace);
        if !text.ends_with('\n') {
            text.push('\n');
        }
        // A trace as text has its causes in it, unless it is of the outermost exception alone.
        if depth == 0 && !trace.contains("Caused by: ") {
            push_cause(text, thrown, depth);
        }
        return;
    }
    push_headline(text, string(&CLASS_KEYS), string(&MESSAGE_KEYS));
    let frames = TRACE_KEYS.iter().find_map(|key| thrown[*key].as_array()).map_or(&[][..], Vec::as_slice);
    for frame in frames.iter().take(MAX_FRAMES) {
        push_frame(text, frame);
    }
    push_cause(text, thrown, depth);
}

/// Appends the line `Class: message` of an exception, as far as it has these.
fn push_headline(text: &mut String, class: Option<&str>, message: Option<&str>) {
    match (class, message) {
        (Some(class), Some(message)) if !message.starts_with(class) => {
            text.push_str(class);
            text.push_str(": ");
            text.push_str(message);
        }
        (_, Some(message)) => text.push_str(message),
        (Some(class), None) => text.push_str(class),
        (None, None) => return,
    }
    text.push('\n');
}

fn push_cause(text: &mut String, thrown: &Value, depth: usize) {
    // JBoss LogManager has the cause one object deeper.
    let cause = [&thrown["cause"], &thrown["causedBy"]["exception"]].into_iter().find(|cause| cause.is_object());
    let cause = cause.unwrap_or(&Value::Null);
    if depth < MAX_CAUSES && cause.is_object() {
        text.push_str("Caused by: ");
        push_throwable(text, cause, depth + 1);
    }
}

fn push_frame(text: &mut String, frame: &Value) {
    let part = |keys: &[&str]| keys.iter().find_map(|key| frame[*key].as_str()).unwrap_or("?");
    match frame {
        Value::String(line) => {
            text.push_str("\tat ");
            text.push_str(line.trim_start().trim_start_matches("at "));
        }
        Value::Object(_) => {
            text.push_str("\tat ");
            text.push_str(part(&["class", "className"]));
            text.push('.');
            text.push_str(part(&["method", "methodName"]));
            text.push('(');
            text.push_str(part(&["file", "fileName"]));
            if let Some(line) = frame["line"].as_i64().or_else(|| frame["lineNumber"].as_i64()) {
                text.push_str(&format!(":{line}"));
            }
            text.push(')');
        }
        _ => return,
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn text_of(event: &Value) -> String {
        let mut text = String::new();
        push(&mut text, event);
        text
    }

    #[test]
    fn an_exception_object_becomes_a_java_stack_trace_with_its_causes() {
        let event = json!({"thrown": {"name": "a.Outer", "message": "failed",
            "extendedStackTrace": [{"class": "a.B", "method": "c", "file": "B.java", "line": 7}],
            "cause": {"name": "java.net.UnknownHostException", "message": "idp.example.com"}}});
        assert_eq!(
            text_of(&event),
            "a.Outer: failed\n\tat a.B.c(B.java:7)\nCaused by: java.net.UnknownHostException: idp.example.com\n"
        );
    }

    #[test]
    fn exception_objects_of_other_loggers_have_their_causes() {
        let expected = "a.Outer: failed\n\tat a.B.c(B.java:7)\nCaused by: d.Inner: refused\n";
        let jboss = json!({"exception": {"refId": 1, "exceptionType": "a.Outer", "message": "failed",
            "frames": [{"class": "a.B", "method": "c", "file": "B.java", "line": 7}],
            "causedBy": {"exception": {"refId": 2, "exceptionType": "d.Inner", "message": "refused", "frames": []}}}});
        assert_eq!(text_of(&jboss), expected);
        let logback = json!({"throwable": {"className": "a.Outer", "message": "failed",
            "stepArray": [{"className": "a.B", "methodName": "c", "fileName": "B.java", "lineNumber": 7}],
            "cause": {"className": "d.Inner", "message": "refused", "commonFramesCount": 4, "stepArray": []}}});
        assert_eq!(text_of(&logback), expected);
        let frames_only = json!({"err": {"type": "a.X", "message": "y", "stack": "Error\n    at z"}});
        assert_eq!(text_of(&frames_only), "a.X: y\nError\n    at z\n");
        assert_eq!(text_of(&json!({"@x": "a.X: y\n   at z"})), "a.X: y\n   at z\n");
    }

    #[test]
    fn traces_are_read_from_flat_and_nested_keys_and_not_twice() {
        let trace = "a.X: y\n\tat a.B.c(B.java:1)\nCaused by: d.E: f";
        let whole = format!("{trace}\n");
        assert_eq!(text_of(&json!({"error.type": "a.X", "error.message": "y", "error.stack_trace": trace})), whole);
        assert_eq!(text_of(&json!({"error": {"type": "a.X", "message": "y", "stack_trace": trace}})), whole);
        let logstash = json!({"exception": {"exception_class": "a.X", "exception_message": "y", "stacktrace": trace}});
        assert_eq!(text_of(&logstash), whole);
        assert_eq!(text_of(&json!({"error.type": "a.X", "error.message": "y"})), "a.X: y\n");
        assert_eq!(text_of(&json!({"message": "no exception"})), "");
    }
}
