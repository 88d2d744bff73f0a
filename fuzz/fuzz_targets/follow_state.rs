#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| oauthsift_fuzz::follow_state(input));
