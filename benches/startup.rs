//! The cost of starting, before a byte is read.

use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use oauthsift::{Catalogue, Engine};

fn startup(c: &mut Criterion) {
    c.bench_function("catalogue", |b| b.iter(Catalogue::builtin));
    let catalogue = Arc::new(Catalogue::builtin());
    c.bench_function("engine", |b| b.iter(|| Engine::new(Arc::clone(&catalogue))));
}

criterion_group!(benches, startup);
criterion_main!(benches);
