//! Tells the command its version, its features and its target, for `--version`.

use std::env;

fn main() {
    let version = env::var("CARGO_PKG_VERSION").unwrap_or_default();
    let target = env::var("TARGET").unwrap_or_default();
    let mut features: Vec<String> = env::vars()
        .filter_map(|(name, _)| name.strip_prefix("CARGO_FEATURE_").map(str::to_lowercase))
        .filter(|feature| feature != "default")
        .map(|feature| feature.replace('_', "-"))
        .collect();
    features.sort();
    let features = if features.is_empty() {
        "no features".to_owned()
    } else {
        format!("with {}", features.join(", "))
    };
    println!("cargo::rustc-env=HEADSHOT_VERSION={version} ({features}; {target})");
    println!("cargo::rerun-if-changed=build.rs");
}
