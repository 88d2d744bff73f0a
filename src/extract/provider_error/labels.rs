//! Ids under labels of other languages: the provider translates its messages for some clients.
//!
//! Whatever the language and however the log was encoded, the order is the same: a label and the trace id, a label and the
//! correlation id, a label and the time.

use memchr::memchr_iter;

use super::time;
use crate::{
    extract::guid::{GUID_BYTES, is_guid},
    model::IdpTime,
};

/// Both ids and the time.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct LabelledIds<'t> {
    pub(super) trace_id: &'t [u8],
    pub(super) correlation_id: &'t [u8],
    pub(super) time: IdpTime,
}

/// How far after a code its ids are looked for: the longest messages list scopes and addresses.
const MAX_MESSAGE_BYTES: usize = 2048;
/// The longest label, with its colon and what separates it from the value before it.
const MAX_LABEL_BYTES: usize = 80;
/// Where a GUID has its first hyphen.
const FIRST_HYPHEN: usize = 8;

/// The ids in a text that starts with a code.
pub(super) fn ids_after(text: &[u8]) -> Option<LabelledIds<'_>> {
    let text = &text[..text.len().min(MAX_MESSAGE_BYTES)];
    let mut guids = memchr_iter(b'-', text).filter_map(|hyphen| {
        let start = hyphen.checked_sub(FIRST_HYPHEN)?;
        text.get(start..start + GUID_BYTES).is_some_and(is_guid).then_some(start)
    });
    let mut first = guids.next()?;
    for second in guids {
        let between = text.get(first + GUID_BYTES..second).unwrap_or_default();
        if is_label(&text[..first])
            && between.len() <= MAX_LABEL_BYTES
            && is_label(between)
            && let Some(time) = time_after(&text[second + GUID_BYTES..])
        {
            let id = |at: usize| &text[at..at + GUID_BYTES];
            return Some(LabelledIds { trace_id: id(first), correlation_id: id(second), time });
        }
        first = second;
    }
    None
}

/// True for a text that ends in a colon, also a full-width one, and perhaps a space.
fn is_label(text: &[u8]) -> bool {
    let label = text.strip_suffix(b" ").or_else(|| text.strip_suffix(b"\xc2\xa0")).unwrap_or(text);
    let label = label.strip_suffix(b":").or_else(|| label.strip_suffix("\u{ff1a}".as_bytes()));
    label.is_some_and(|label| label.last().is_some_and(|b| !b.is_ascii_digit()))
}

/// The time after the next label.
fn time_after(text: &[u8]) -> Option<IdpTime> {
    let text = &text[..text.len().min(MAX_LABEL_BYTES)];
    let digit = text.iter().position(u8::is_ascii_digit)?;
    if is_label(&text[..digit]) { time(&text[digit..]) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRACE: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
    const CORRELATION: &str = "33333333-aaaa-4bbb-8ccc-000000000003";

    fn found(text: &[u8]) -> Option<(String, String, String)> {
        let text_of = |id: &[u8]| String::from_utf8_lossy(id).into_owned();
        let ids = ids_after(text)?;
        Some((text_of(ids.trace_id), text_of(ids.correlation_id), ids.time.format("%H:%M:%S").to_string()))
    }

    #[test]
    fn ids_are_read_under_the_labels_of_every_language() {
        let expected = Some((TRACE.to_owned(), CORRELATION.to_owned(), "15:14:59".to_owned()));
        for labels in [
            ["Ablaufverfolgungs-ID: ", " Korrelations-ID: ", " Zeitstempel: "],
            ["ID de suivi : ", "\r\nID de corrélation : ", "\r\nHorodatage : "],
            ["Id. de seguimiento: ", " Id. de correlación: ", " Marca de tiempo: "],
            ["ID de rastreamento: ", "\nID de correlação: ", "\nCarimbo de data/hora: "],
            ["ID traccia: ", " ID correlazione: ", " Timestamp: "],
            ["Traceer-ID: ", " Correlatie-ID: ", " Tijdstempel: "],
            ["トレース ID: ", " 関連付け ID: ", " タイムスタンプ: "],
            ["跟踪 ID：", " 相关 ID：", " 时间戳："],
            ["ID de suivi\u{a0}: ", " ID de corr?lation\u{a0}: ", " Horodatage\u{a0}: "],
        ] {
            let [trace, correlation, time] = labels;
            let text =
                format!("AADSTS50034: x 'a-b' y. {trace}{TRACE}{correlation}{CORRELATION}{time}2021-06-19 15:14:59Z");
            assert_eq!(found(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn other_ids_are_none_of_them() {
        for text in [
            format!("AADSTS50034: x. app: {TRACE} tenant: {CORRELATION}"),
            format!("AADSTS50034: app '{TRACE}' of '{CORRELATION}': 2021-06-19 15:14:59Z"),
            format!("AADSTS50034: x. Ablaufverfolgungs-ID: {TRACE} Zeitstempel: 2021-06-19 15:14:59Z"),
            format!("AADSTS50034: x. {TRACE}"),
            "AADSTS50034: a-b".to_owned(),
        ] {
            assert_eq!(found(text.as_bytes()), None, "{text}");
        }
    }
}
