//! A log in which nothing matches, which is the usual case.

mod loggen;

use std::{hint::black_box, sync::Arc};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use oauthsift::{Catalogue, Engine};

fn no_match(c: &mut Criterion) {
    let recipe = loggen::Recipe { bytes: 32 << 20, failure_rate: 0.0, decoy_rate: 0.0, ..loggen::Recipe::default() };
    let (log, _) = loggen::generate(&recipe);
    let engine = Engine::new(Arc::new(Catalogue::builtin()));
    let mut group = c.benchmark_group("no match");
    group.throughput(Throughput::Bytes(log.len() as u64)).sample_size(20);
    group.bench_function("32 MiB", |b| b.iter(|| engine.scan_for_benchmark(black_box(&log))));
    group.finish();
}

criterion_group!(benches, no_match);
criterion_main!(benches);
