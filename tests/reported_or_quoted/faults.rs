//! What the provider answers, and a generator of numbers that is the same everywhere.

/// SplitMix64.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, n: usize) -> usize {
        usize::try_from(self.next() % n as u64).expect("small")
    }

    pub(crate) fn pick<'l, T>(&mut self, list: &'l [T]) -> &'l T {
        &list[self.below(list.len())]
    }

    pub(crate) fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len())]
    }

    pub(crate) fn guid(&mut self) -> String {
        let (a, b) = (self.next(), self.next());
        format!(
            "{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
            a >> 32,
            a >> 16 & 0xffff,
            a & 0xfff,
            b >> 52 & 0xfff,
            b & 0xffff_ffff_ffff
        )
    }
}

/// Codes, the entries that explain them, the OAuth error and HTTP status that come with them, and the sentence.
const CODES: [(u32, &str, &str, u16, &str); 8] = [
    (
        7_000_222,
        "entra-client-secret-expired",
        "invalid_client",
        401,
        "The provided client secret keys for app '5c0f4b0e-2d1a-4d57-9d0b-6f1c6f0f7a11' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret.",
    ),
    (
        7_000_215,
        "entra-client-secret-invalid",
        "invalid_client",
        401,
        "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '5c0f4b0e-2d1a-4d57-9d0b-6f1c6f0f7a11'.",
    ),
    (
        700_082,
        "entra-refresh-expired-inactive",
        "invalid_grant",
        400,
        "The refresh token has expired due to inactivity. The token was issued on 2025-11-01T08:12:45.1234567Z and was inactive for 90.00:00:00.",
    ),
    (
        50_173,
        "entra-grant-revoked",
        "invalid_grant",
        400,
        "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
    ),
    (
        65_001,
        "entra-consent-missing",
        "invalid_grant",
        400,
        "The user or administrator has not consented to use the application with ID '5c0f4b0e-2d1a-4d57-9d0b-6f1c6f0f7a11' named 'Jira mail'. Send an interactive authorization request for this user and resource.",
    ),
    (
        53_003,
        "entra-ca-blocked",
        "interaction_required",
        400,
        "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.",
    ),
    (
        50_076,
        "entra-mfa-required",
        "invalid_grant",
        400,
        "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '00000002-0000-0ff1-ce00-000000000000'.",
    ),
    (
        700_016,
        "entra-app-not-in-tenant",
        "unauthorized_client",
        400,
        "Application with identifier '5c0f4b0e-2d1a-4d57-9d0b-6f1c6f0f7a11' was not found in the directory 'Contoso'. This can happen if the application has not been installed by the administrator of the tenant.",
    ),
];

/// One answer of the token endpoint.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) code: u32,
    pub(crate) pattern: &'static str,
    pub(crate) error: &'static str,
    pub(crate) status: u16,
    pub(crate) words: &'static str,
    pub(crate) trace_id: String,
    pub(crate) correlation_id: String,
}

impl Fault {
    pub(crate) fn new(dice: &mut Dice) -> Self {
        let (code, pattern, error, status, words) = *dice.pick(&CODES);
        Self { code, pattern, error, status, words, trace_id: dice.guid(), correlation_id: dice.guid() }
    }

    /// The sentence without ids.
    pub(crate) fn sentence(&self) -> String {
        format!("AADSTS{}: {}", self.code, self.words)
    }

    /// The sentence with its ids, joined as the place needs it.
    pub(crate) fn description(&self, joint: &str) -> String {
        [
            self.sentence(),
            format!("Trace ID: {}", self.trace_id),
            format!("Correlation ID: {}", self.correlation_id),
            "Timestamp: 2026-03-03 09:15:27Z".to_owned(),
        ]
        .join(joint)
    }

    /// The answer's JSON, on one line.
    pub(crate) fn json(&self, joint: &str) -> String {
        serde_json::json!({
            "error": self.error,
            "error_description": self.description(joint),
            "error_codes": [self.code],
            "timestamp": "2026-03-03 09:15:27Z",
            "trace_id": self.trace_id,
            "correlation_id": self.correlation_id,
            "error_uri": format!("https://login.microsoftonline.com/error?code={}", self.code),
        })
        .to_string()
    }
}
