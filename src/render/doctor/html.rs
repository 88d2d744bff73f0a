//! The report of the doctor as an HTML page that loads nothing and runs nothing.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

use super::document;
use crate::{
    doctor::DoctorReport,
    render::blocks::{Block, Span},
};

/// `web/build` allows it in the page of the browser, by its hash.
const STYLE: &str = include_str!("page.css");

/// The report as one HTML page that opens offline.
#[must_use]
pub fn html(report: &DoctorReport) -> String {
    let hash = BASE64_STANDARD.encode(Sha256::digest(STYLE.as_bytes()));
    let policy = format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
    let mut body = String::new();
    for block in document(report) {
        match block {
            Block::Heading(level, line) => {
                let _ = writeln!(body, "<h{level}>{}</h{level}>", spans(&line));
            }
            Block::Para(line) => {
                let _ = writeln!(body, "<p>{}</p>", spans(&line));
            }
            Block::Notice { lines, .. } => {
                let tone = if report.summary.problem + report.summary.warning == 0 { " class=\"good\"" } else { "" };
                let lines: String = lines.iter().map(|line| format!("<p>{}</p>", spans(line))).collect();
                let _ = writeln!(body, "<aside{tone}>{lines}</aside>");
            }
            Block::Steps(lines) => list(&mut body, "ol", &lines),
            Block::Bullets(lines) => list(&mut body, "ul", &lines),
            Block::Table { head, rows } => {
                let head: String = head.iter().map(|cell| format!("<th>{}</th>", escaped(cell))).collect();
                let _ = writeln!(body, "<table><thead><tr>{head}</tr></thead><tbody>");
                for row in rows {
                    let cells: String = row.iter().map(|cell| format!("<td>{}</td>", spans(cell))).collect();
                    let _ = writeln!(body, "<tr>{cells}</tr>");
                }
                body.push_str("</tbody></table>\n");
            }
            Block::Pre(text) => {
                let _ = writeln!(body, "<pre>{}</pre>", escaped(&text));
            }
        }
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"robots\" content=\"noindex\">\
         <title>OAuth 2.0 settings and network</title><style>{STYLE}</style></head>\n<body><main>\n{body}</main></body></html>\n"
    )
}

fn list(out: &mut String, kind: &str, lines: &[Vec<Span>]) {
    let items: String = lines.iter().map(|line| format!("<li>{}</li>\n", spans(line))).collect();
    let _ = writeln!(out, "<{kind}>\n{items}</{kind}>");
}

fn spans(line: &[Span]) -> String {
    line.iter()
        .map(|span| match span {
            Span::Text(text) => escaped(text),
            Span::Strong(text) if ["problem", "warning", "unknown", "ok"].contains(&text.as_str()) => {
                format!("<strong class=\"{text}\">{text}</strong>")
            }
            Span::Strong(text) => format!("<strong>{}</strong>", escaped(text)),
            Span::Code(text) => format!("<code>{}</code>", escaped(text)),
            Span::Link { title, .. } => escaped(title),
        })
        .collect()
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}
