use super::*;

const T1: &str = "11111111-aaaa-4bbb-8ccc-000000000001";
const T2: &str = "22222222-aaaa-4bbb-8ccc-000000000002";
const C1: &str = "33333333-aaaa-4bbb-8ccc-000000000003";
const C2: &str = "44444444-aaaa-4bbb-8ccc-000000000004";

/// `codes/trace/correlation/time` of each error, ids by the name of their constant.
fn shape(text: &str) -> Vec<String> {
    provider_errors(text.as_bytes())
        .list
        .iter()
        .map(|error| {
            let id = |id: Option<&[u8]>| match id.map(|id| String::from_utf8_lossy(id).into_owned()) {
                None => "-".to_owned(),
                Some(id) if id == T1 => "T1".to_owned(),
                Some(id) if id == T2 => "T2".to_owned(),
                Some(id) if id == C1 => "C1".to_owned(),
                Some(id) if id == C2 => "C2".to_owned(),
                Some(id) => id,
            };
            let time = error.time.map_or("-".to_owned(), |t| t.format("%H:%M:%S").to_string());
            format!("{:?}/{}/{}/{}", &*error.codes, id(error.trace_id), id(error.correlation_id), time)
        })
        .collect()
}

#[test]
fn codes_and_ids_are_read_from_every_form() {
    let table = [
        (
            format!(
                "AADSTS7000215: Invalid.\n    Trace ID: {T1}\n    Correlation ID: {C1}\n    Timestamp: 2022-01-05 20:33:57Z"
            ),
            vec!["[7000215]/T1/C1/20:33:57"],
        ),
        (
            format!(
                "AADSTS7000222: Expired. Trace ID: {T1} Correlation ID: {C1} Timestamp: 2021-06-19 15:14:59Z\",\"error_codes\":[7000222],\"trace_id\":\"{T1}\",\"correlation_id\":\"{C1}\",\"error_uri\":\"https://login.microsoftonline.com/error?code=7000222\""
            ),
            vec!["[7000222]/T1/C1/15:14:59"],
        ),
        (
            format!(
                "Request Id: {T1}\nCorrelation Id: {C1}\nTimestamp: 2022-04-29T22:14:59Z\nMessage: AADSTS50011: The redirect"
            ),
            vec!["[50011]/T1/C1/22:14:59"],
        ),
        (
            format!("AADSTS70002: Error validating credentials. AADSTS500133: Assertion.\r\nTrace ID: {T1}"),
            vec!["[70002, 500133]/T1/-/-"],
        ),
        ("\"error_codes\": [\n 9002313\n ]".to_owned(), vec!["[9002313]/-/-/-"]),
        ("errorNo\":700082}".to_owned(), vec!["[700082]/-/-/-"]),
        ("see https://login.partner.microsoftonline.cn/error?code=70011 now".to_owned(), vec!["[70011]/-/-/-"]),
        (format!("AADSTS50020 : no colon glued. Trace ID: {T1}"), vec!["[50020]/T1/-/-"]),
        ("aadsts50011: lower".to_owned(), vec!["[50011]/-/-/-"]),
        (
            "AADSTS50011: Trace ID: *** Correlation ID: xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".to_owned(),
            vec!["[50011]/***/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx/-"],
        ),
        (
            format!(
                "AADSTS50055: Expired. <li>Request Id: <b>{T1}</b></li><li><strong>Correlation Id:</strong>&nbsp;{C1}"
            ),
            vec!["[50055]/T1/C1/-"],
        ),
        (format!("AADSTS50055: Expired. Trace ID: *{T1}* Correlation ID: `{{{C1}}}`"), vec!["[50055]/T1/C1/-"]),
        (format!("AADSTS50055: Expired. TRACE ID: {T1}Correlation ID: {C1}"), vec!["[50055]/T1/C1/-"]),
        (
            format!("AADSTS50055: Expired. {{\"request-id\":\"{T1}\",\"client-request-id\":\"{T2}\"}}"),
            vec!["[50055]/T1/-/-"],
        ),
        ("AADSTS1: XAADSTS50011 AADSTS123456789 AADSTS".to_owned(), vec![]),
    ];
    for (text, expected) in table {
        assert_eq!(shape(&text), expected, "{text}");
    }
}

#[test]
fn the_trace_id_of_a_layout_is_not_the_providers() {
    for (text, expected) in [
        (
            "trace_id=0af7651916cd43dd8448eb211c80319c span_id=b7ad6b7169203331 AADSTS50055: x.".to_owned(),
            "[50055]/-/-/-",
        ),
        (format!("[traceId={T1}, spanId=b7ad6b7169203331] AADSTS50055: Expired."), "[50055]/-/-/-"),
        (format!("span_id=b7ad6b7169203331 trace_id={T1} AADSTS50055: Expired."), "[50055]/-/-/-"),
        (format!("trace_id={T2} span_id=b7ad6b7169203331 AADSTS50055: Expired. Trace ID: {T1}"), "[50055]/T1/-/-"),
        (format!("AADSTS50055: Expired. {{\"trace_id\":\"{T1}\",\"correlation_id\":\"{C1}\"}}"), "[50055]/T1/C1/-"),
    ] {
        assert_eq!(shape(&text), [expected], "{text}");
    }
}

#[test]
fn ids_under_labels_of_another_language_stay_with_their_error() {
    let text = format!(
        "AADSTS50173: Widerrufen. Ablaufverfolgungs-ID: {T1} Korrelations-ID: {C1} Zeitstempel: 2021-06-19 15:14:59Z\n\
         Caused by: AADSTS70008: Abgelaufen. Ablaufverfolgungs-ID: {T2} Korrelations-ID: {C2} Zeitstempel: 2021-06-19 16:14:59Z"
    );
    assert_eq!(shape(&text), ["[50173]/T1/C1/15:14:59", "[70008]/T2/C2/16:14:59"]);
}

#[test]
fn an_error_never_takes_the_ids_of_another() {
    let two = format!(
        "AADSTS50173: Revoked. Trace ID: {T1} Correlation ID: {C1}\nAADSTS70008: Expired. Trace ID: {T2} Correlation ID: {C2}"
    );
    assert_eq!(shape(&two), ["[50173]/T1/C1/-", "[70008]/T2/C2/-"]);
    let second_without =
        format!("AADSTS50173: Revoked. Trace ID: {T1} Correlation ID: {C1}\nCaused by: x: AADSTS70008: Expired.");
    assert_eq!(shape(&second_without), ["[50173]/T1/C1/-", "[70008]/-/-/-"]);
    let repeated = format!(
        "AADSTS50173: Revoked. Trace ID: {T1} Correlation ID: {C1}\nCaused by: x: AADSTS50173: Revoked. Trace ID: {T1} Correlation ID: {C1}"
    );
    assert_eq!(shape(&repeated), ["[50173]/T1/C1/-"]);
    let page_then_page =
        format!("Request Id: {T1}\nMessage: AADSTS50011: a\nRequest Id: {T2}\nMessage: AADSTS50020: b");
    assert_eq!(shape(&page_then_page), ["[50011]/T1/-/-", "[50020]/T2/-/-"]);
}

#[test]
fn an_id_that_is_cut_off_at_the_end_is_marked_as_truncated() {
    let found = provider_errors(b"AADSTS50173: Revoked. Trace ID: 11111111-aaaa-4bb");
    assert_eq!(found.list[0].trace_id, None);
    assert!(found.list[0].truncated_id);
    for after in ["\n", " [truncated]", "\r\nnext"] {
        let text = format!("AADSTS50173: Revoked. Trace ID: {T1} Correlation ID: 33333333-aaaa-4bbb-8ccc-0000{after}");
        let found = provider_errors(text.as_bytes());
        assert_eq!((found.list[0].correlation_id, found.list[0].truncated_id), (None, true), "{text}");
    }
    let of_layout = provider_errors(b"[traceId=1a2b3c4d-5e6f-77] AADSTS50173: Revoked.");
    assert!(of_layout.list.iter().all(|error| !error.truncated_id));
    assert!(!provider_errors(b"AADSTS50173: Revoked. Trace ID: none\n").list[0].truncated_id);
}

#[test]
fn codes_of_related_products_are_separate() {
    let found = provider_errors(b"AADB2C90085: internal. MSIS9605: not allowed");
    let names: Vec<_> = found.related_codes.iter().map(|code| format!("{}{}", code.family, code.number)).collect();
    assert_eq!(names, ["AADB2C90085", "MSIS9605"]);
}

#[test]
fn ids_after_a_code_stay_with_it_when_others_come_before() {
    let text = b"[Correlation ID: 11111111-2222-4333-8444-555555555555] request failed: AADSTS50076: x. \
        Trace ID: 66666666-7777-4888-8999-aaaaaaaaaaaa Correlation ID: bbbbbbbb-cccc-4ddd-8eee-ffffffffffff";
    let errors = provider_errors(text);
    let error = errors.list.iter().find(|error| *error.codes == [50076]).expect("the code");
    assert_eq!(error.trace_id, Some(&b"66666666-7777-4888-8999-aaaaaaaaaaaa"[..]));
    assert_eq!(error.correlation_id, Some(&b"bbbbbbbb-cccc-4ddd-8eee-ffffffffffff"[..]));
}
