//! Checks the law for each set of instructions that this processor has.

fn main() -> Result<(), String> {
    for name in oauthsift_vectors::instructions() {
        println!("{name}: {} needles found", oauthsift_vectors::check(&name, 400)?);
    }
    Ok(())
}
