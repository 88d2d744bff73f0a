use super::{
    super::wildcards::{WildcardKind, may_match_callback_id, may_match_table_hash, numbers},
    *,
};

fn fits(template: &str, text: &str) -> bool {
    let (template, _) = Template::of(template.as_bytes(), WildcardSet::Frames, true).expect("a template");
    template.fits(text.as_bytes(), &mut Alignment::default())
}

#[test]
fn ids_and_times_are_wildcards_and_numbers_are_not() {
    let text = b"AADSTS50011: app '11111111-2222-3333-4444-555555555555' Timestamp: 2026-01-05 20:33:57Z took 12345678";
    let (found, _) = find_wildcards(text, WildcardSet::Frames).expect("a short text");
    let found: Vec<_> = found.iter().map(|wildcard| (wildcard.place(), wildcard.kind)).collect();
    assert_eq!(found, [(18..54, WildcardKind::Guid), (67..86, WildcardKind::Time)]);
}

#[test]
fn a_template_fits_other_ids_but_not_other_words() {
    let (a, b) = ("11111111-2222-3333-4444-555555555555", "aaaaaaaa-2222-3333-4444-555555555555");
    let template = format!("AADSTS50011: x {a} y {a} z");
    assert!(fits(&template, &format!("AADSTS50011: x {b} y {b} z")));
    assert!(!fits(&template, &format!("AADSTS50012: x {b} y {b} z")));
    assert!(!fits(&template, &format!("AADSTS50011: x {a} y {b} z")));
    assert!(!fits(&template, &format!("AADSTS50011: x {} y {a} z", a.replace('1', "g"))));
    let different = format!("AADSTS50011: x {a} y {b} z");
    assert!(!fits(&different, &format!("AADSTS50011: x {a} y {a} z")));
}

#[test]
fn a_head_leaves_out_wildcards_and_what_follows_a_longer_one() {
    let may_fit = |template: &str, text: &str, wildcards| {
        let (_, head) = Template::of(template.as_bytes(), wildcards, false).expect("a template");
        head.may_fit(text.as_bytes())
    };
    let rest = "x".repeat(80);
    let template = format!("Unable to read AO_27e67e9c_ENTRY of 12345678-2222-3333-4444-555555555555 {rest}");
    assert!(may_fit(&template, &template.replace("12345678", "abcdefab"), WildcardSet::Frames));
    assert!(may_fit(&template, &template.replace("27e67e9c", "27e67e9d"), WildcardSet::Numbers));
    assert!(!may_fit(&template, &template.replace("27e67e9c", "27e67e9d"), WildcardSet::Frames));
    assert!(!may_fit(&template, &template.replace("ENTRY", "OTHER"), WildcardSet::Numbers));
    assert!(!may_fit(&template, &template.replace("Unable", "Unsure"), WildcardSet::Numbers));
    let template = format!("hook 31 of A {rest}");
    assert!(may_fit(&template, &template.replace("31 of A", "319 of A"), WildcardSet::Numbers));
    assert!(!may_fit(&template, &template.replace("31", "32"), WildcardSet::Frames));
    assert!(may_fit(&template, "hook", WildcardSet::Frames));
}

#[test]
fn the_last_part_of_a_redirect_url_is_a_wildcard() {
    let text =
        "AADSTS50011: The redirect URI 'https://x/oauth2/client/callback/7c1e9a04' and /callback/7c1e9a04 differ";
    assert!(fits(text, &text.replacen("7c1e9a04", "0f0f0f0f", 1)));
    assert!(!fits(text, &text.replace("7c1e9a04", "0f0f0f0f")));
    for other in ["50053000", "deadbeef", "7c1e9a041", "7c1e9a0"] {
        assert!(!fits(text, &text.replacen("7c1e9a04", other, 1)), "{other}");
    }
    let twice = "/client/callback/7c1e9a04 /client/callback/7c1e9a04";
    assert!(fits(twice, &twice.replace("7c1e", "8d2f")) && !fits(twice, &twice.replacen("7c1e", "8d2f", 1)));
    for literal in
        ["/client/callback/7c1e9a04", "ent/callback/7", "k/7c1e9a04?", "/7c1e9a04", "9a04", "a04'", "4 is", "dead end"]
    {
        assert!(may_match_callback_id(literal), "{literal}");
    }
    for literal in ["/client/callback/", "/callback", "client", "back", "failed", "AADSTS", "/code"] {
        assert!(!may_match_callback_id(literal), "{literal}");
    }
}

#[test]
fn the_hash_of_a_table_is_a_wildcard_where_numbers_are() {
    let (template, _) = Template::of(b"no AO_60DB71_VIEW", WildcardSet::Numbers, false).expect("a template");
    let fits = |text: &[u8]| template.fits(text, &mut Alignment::default());
    assert!(fits(b"no AO_950DC3_VIEW"));
    for other in ["no AO_950DC3_TC", "no AO_950DC31_VIEW", "no AO_950DG3_VIEW", "no AO_950DC3_view"] {
        assert!(!fits(other.as_bytes()), "{other}");
    }
    assert!(!self::fits("no AO_60DB71_VIEW", "no AO_950DC3_VIEW"));
    for literal in ["no AO_60DB71", "71_VIEW", "71_", "C3", "O_9", "_95"] {
        assert!(may_match_table_hash(literal), "{literal}");
    }
    for literal in ["invalid_grant", "bad_certificate", "_VIEW"] {
        assert!(!may_match_table_hash(literal), "{literal}");
    }
}

#[test]
fn a_number_is_not_part_of_a_name() {
    let found = |text: &str| numbers(text.as_bytes());
    assert_eq!(found("customfield_10012 took 7ms, 8"), [12..17, 23..24, 28..29]);
    assert_eq!(found("AO_27e67e9c a12 42x").len(), 1);
}

#[test]
fn frames_may_have_other_line_numbers() {
    let template = "AADSTS50011: x\n\tat a.B.c(B.java:92)\n\tat a.D.e(D.java:7) at 2026-01-05 20:33:57 99\n";
    assert!(fits(template, &template.replace(":92)", ":1092)").replace(":7)", ":71)")));
    assert!(!fits(template, &template.replace(":92)", ":)")));
    assert!(!fits(template, &template.replace(" 99", " 98")));
    // With a longer number, the rest of such a line may make it a header.
    let header = "AADSTS50011: x\n05-Jan-2026 20:33:57 (B.java:92) y\n";
    assert!(fits(header, &header.replace(":92)", ":93)")));
    assert!(!fits(header, &header.replace(":92)", ":192)")));
}

#[test]
fn positions_after_a_longer_number_are_shifted() {
    let (template, _) = Template::of(b"(B.java:92) x", WildcardSet::Frames, true).expect("a template");
    let mut alignment = Alignment::default();
    assert!(template.fits(b"(B.java:1092) x and more", &mut alignment));
    assert_eq!((alignment.len, alignment.in_message(2), alignment.in_message(12)), (15, 2, 14));
    assert!(template.fits(b"(B.java:2) x", &mut alignment));
    assert_eq!((alignment.len, alignment.in_message(12), alignment.in_template(11)), (12, 11, 12));
}

#[test]
fn a_number_has_the_same_number_of_digits_or_too_few_for_a_code() {
    let (template, _) = Template::of(b"took 12 of 123456 ms", WildcardSet::Numbers, false).expect("a template");
    let fits = |text: &[u8]| template.fits(text, &mut Alignment::default());
    assert!(fits(b"took 123 of 654321 ms"));
    assert!(!fits(b"took 12345 of 123456 ms"));
    assert!(!fits(b"took 12 of 12345 ms"));
}

#[test]
fn a_message_with_a_wildcard_at_the_start_of_a_line_has_no_template() {
    let of = |text: &str| Template::of(text.as_bytes(), WildcardSet::Frames, true).is_some();
    assert!(!of("x\n2026-01-05 20:33:57 y\n"));
    assert!(of("x\n 2026-01-05 20:33:57 y\n"));
}
